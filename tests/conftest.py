import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg
import pytest
from psycopg import sql

REPOSITORY = Path(__file__).resolve().parents[1]
REFERENCE = REPOSITORY.parent / "shared"
# Short, because a PostgreSQL socket's path may not be longer than about a hundred characters; once, although
# tests may import this file a second time under its full name.
_DATA = Path(os.environ.get("HITOTSU_TEST_DATA") or tempfile.mkdtemp(prefix="hitotsu-test-"))
os.environ["HITOTSU_TEST_DATA"] = os.environ["HITOTSU_DATA_DIR"] = str(_DATA)
os.environ["DJANGO_SETTINGS_MODULE"] = "hitotsu.site.settings"
django.setup()


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(_DATA, ignore_errors=True)


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of published reference data beside the repository."""
    if not REFERENCE.is_dir():
        pytest.skip("../shared is not there: the published reference documents are not part of the project")
    return REFERENCE


def _with_database(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))


def _owner_url() -> str:
    from hitotsu.site import database

    return database.connection_urls()[0]


@pytest.fixture(scope="session")
def make_database() -> Iterator[Callable[[str], str]]:
    """Makes an empty database of that name on the server under test and gives the owner's URL to it."""
    made: list[str] = []
    owner = _owner_url()

    def make(name: str) -> str:
        with psycopg.connect(owner, autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
            )
        made.append(name)
        return _with_database(owner, name)

    yield make
    with psycopg.connect(owner, autocommit=True) as connection:
        for name in made:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )


@pytest.fixture(scope="session")
def django_db_setup(make_database: Callable[[str], str], django_db_blocker: Any) -> Iterator[None]:
    """Migrations run as the owner; every test then runs in the application's role, with its privileges."""
    from django.db import connections

    from hitotsu.cli.preparing import prepare

    name = f"test_hitotsu_{os.getpid()}"
    make_database(name)
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        connections[alias].settings_dict["OPTIONS"].pop("pool", None)
    with django_db_blocker.unblock():
        prepare(static=False)
    yield
    for alias in connections:
        connections[alias].close()


@pytest.fixture(autouse=True)
def plain_static_names(settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1"]


@pytest.fixture
def work_off(db: None) -> Callable[[], int]:
    """Does the waiting jobs here and now, inside the test's own transaction, and says how many there were."""
    from django.db import connection
    from procrastinate import JobContext, jobs
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.models import ProcrastinateJob

    def work() -> int:
        waiting = list(ProcrastinateJob.objects.filter(status="todo").order_by("id"))
        for row in waiting:
            job = jobs.Job(
                id=row.pk, queue=row.queue_name, lock=row.lock, queueing_lock=row.queueing_lock,
                task_name=row.task_name, task_kwargs=row.args,
            )  # fmt: skip
            context = JobContext(app=app, job=job, start_timestamp=time.time(), abort_reason=lambda: None)
            app.tasks[row.task_name](context, **row.args)
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [row.pk])
        return len(waiting)

    return work


@dataclass(frozen=True)
class LiveSite:
    url: str
    staff_email: str
    staff_password: str
    environment: dict[str, str]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def hitotsu(
    *arguments: str, environment: dict[str, str], stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """One run of the installed command."""
    return subprocess.run(
        [sys.executable, "-m", "hitotsu.cli.main", *arguments],
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="session")
def live_site(make_database: Callable[[str], str]) -> Iterator[LiveSite]:
    """A real server process on a database of its own, with the demonstration region and a member of staff."""
    url = make_database(f"test_live_{os.getpid()}")
    folder = Path(tempfile.mkdtemp(prefix="hitotsu-live-"))
    environment = os.environ | {
        "HITOTSU_DATA_DIR": str(folder),
        "HITOTSU_DATABASE_URL": url,
        "HITOTSU_DEMO_PASSWORD": "correct-horse-battery",
    }
    port = free_port()
    log = (folder / "server.log").open("w+")
    server = subprocess.Popen(
        [sys.executable, "-m", "hitotsu.cli.main", "demo", "--no-browser", "--port", str(port)],
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(address, server, folder / "server.log")
        yield LiveSite(address, "staff@example.lg.jp", "correct-horse-battery", environment)
    finally:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_up(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.poll() is not None:
            pytest.fail(f"the server ended: {log.read_text()}")
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the server did not come up: {log.read_text()}")
