"""A client that others wrote, in an environment of its own: what it needs does not fit beside our own tools."""

import subprocess
from pathlib import Path

import pytest
from tests.conftest import REPOSITORY
from tests.faces.ngsi.conftest import Api, Server

PYTHON = REPOSITORY / ".venv" / "clients" / "bin" / "python"
SESSION = Path(__file__).with_name("ngsildclient_session.py")


def test_ngsildclient_creates_finds_changes_and_deletes(api: Api, server: Server) -> None:
    if not PYTHON.exists():
        pytest.skip(
            "no .venv/clients: python3 -m venv .venv/clients && .venv/clients/bin/pip install ngsildclient"
        )
    done = subprocess.run(
        [str(PYTHON), str(SESSION), str(server.port)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "done"
    assert [one["id"] for one in api.find(type="AirQualityObserved").json()] == [
        "urn:ngsi-ld:AirQualityObserved:Aizu2"
    ]
