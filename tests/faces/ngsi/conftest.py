import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from tests.conftest import free_port

CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.9.jsonld"
ERRORS = "https://uri.etsi.org/ngsi-ld/errors/"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def refused(self, status: int, kind: str) -> dict[str, Any]:
        """The ProblemDetails of an answer that must be this refusal."""
        assert self.status == status, self.body
        details: dict[str, Any] = self.json()
        assert details["type"] == ERRORS + kind
        assert details["status"] == status
        assert details["title"]
        assert self.headers["content-type"] == "application/json"
        return details


@dataclass
class Server:
    """A server process of its own; `kill` ends it as a power cut would, `start` brings it back."""

    environment: Mapping[str, str]
    folder: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        log = self.folder / "server.log"
        with log.open("a") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "hitotsu.cli.main", "serve", "--no-worker", "--port", str(self.port)],
                env=self.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self.process.poll() is None, log.read_text()
            try:
                with urllib.request.urlopen(f"{self.url}/ngsi-ld/v1/types", timeout=5):
                    return
            except OSError:
                time.sleep(0.05)
        pytest.fail(f"the server did not come up: {log.read_text()}")

    def kill(self) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()

    def log(self) -> str:
        return (self.folder / "server.log").read_text()


class Api:
    """Requests to the NGSI-LD face of a server, over one kept connection."""

    def __init__(self, url: str, tenant: str | None = None) -> None:
        self._host = urlsplit(url).netloc
        self._tenant = tenant
        self._connection = HTTPConnection(self._host, timeout=60)

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        raw: bytes | None = None,
        content_type: str = "application/json",
        **headers: str,
    ) -> Reply:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self._tenant is not None:
            sent.setdefault("NGSILD-Tenant", self._tenant)
        payload = raw if raw is not None else json.dumps(body).encode() if body is not None else None
        if payload is not None:
            sent.setdefault("Content-Type", content_type)
        address = path if path.startswith("/_") else f"/ngsi-ld/v1/{path}"
        try:
            self._connection.request(method, address, payload, sent)
            answer = self._connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, found, answer.read())
        except Exception:
            self._connection.close()
            raise

    def close(self) -> None:
        self._connection.close()

    def get(self, path: str, **headers: str) -> Reply:
        return self("GET", path, **headers)

    def post(self, path: str, body: Any = None, **more: Any) -> Reply:
        return self("POST", path, body, **more)

    def patch(self, path: str, body: Any = None, **more: Any) -> Reply:
        return self("PATCH", path, body, **more)

    def put(self, path: str, body: Any = None, **more: Any) -> Reply:
        return self("PUT", path, body, **more)

    def delete(self, path: str, **more: Any) -> Reply:
        return self("DELETE", path, **more)

    def find(self, **parameters: object) -> Reply:
        """GET entities with these parameters."""
        return self.get("entities?" + "&".join(f"{name}={quote(str(v))}" for name, v in parameters.items()))

    def made(self, *entities: Mapping[str, Any]) -> None:
        """Creates entities that the test starts from."""
        for entity in entities:
            reply = self.post("entities", entity)
            assert reply.status == 201, reply.body


@pytest.fixture(scope="session")
def make_server(make_database: Callable[[str], str]) -> Iterator[Callable[..., Server]]:
    """Makes a server on a database of its own; in testing unless the environment says otherwise."""
    made: list[Server] = []

    def make(name: str, **environment: str) -> Server:
        folder = Path(tempfile.mkdtemp(prefix="hitotsu-ngsi-"))
        url = make_database(f"test_ngsi_{name}_{os.getpid()}")
        own = {"HITOTSU_DATA_DIR": str(folder), "HITOTSU_DATABASE_URL": url, "HITOTSU_TESTING": "1"}
        server = Server(os.environ | own | environment, folder)
        made.append(server)
        server.start()
        return server

    yield make
    for server in made:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server(make_server: Callable[..., Server]) -> Server:
    return make_server("api")


@pytest.fixture
def api(server: Server) -> Iterator[Api]:
    """The server's interface, with nothing in it."""
    api = Api(server.url)
    assert api("POST", "/__reset").status == 204
    yield api
    api.close()
