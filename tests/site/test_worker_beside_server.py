"""The worker that `hitotsu serve` starts: there, started anew when it dies, gone with the server."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.conftest import _wait_until_up, free_port

Serve = Callable[..., "subprocess.Popen[bytes]"]

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="the children of a process are looked up in /proc"
)


@pytest.fixture
def serve(make_database: Callable[[str], str], tmp_path: Path) -> Iterator[Serve]:
    environment = os.environ | {
        "HITOTSU_DATA_DIR": str(tmp_path),
        "HITOTSU_DATABASE_URL": make_database(f"test_beside_{os.getpid()}"),
    }
    servers: list[subprocess.Popen[bytes]] = []

    def begin(*options: str) -> "subprocess.Popen[bytes]":
        port = free_port()
        log = tmp_path / "server.log"
        with log.open("w") as output:
            server = subprocess.Popen(
                [sys.executable, "-m", "hitotsu.cli.main", "serve", "--port", str(port), *options],
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        servers.append(server)
        _wait_until_up(f"http://127.0.0.1:{port}", server, log)
        return server

    yield begin
    for server in servers:
        if server.poll() is None:
            server.terminate()
            server.wait(30)


def workers(server: "subprocess.Popen[bytes]") -> list[int]:
    """The living children of the server that run `hitotsu work`."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(parent) == server.pid and state != "Z" and b"work" in words:
            found.append(int(folder.name))
    return found


def until(said: str, holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail(f"did not come: {said}")
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_has_one_worker_which_comes_back_and_goes_with_it(serve: Serve, number: int) -> None:
    server = serve("--workers", "2")
    until("the worker is there", lambda: workers(server))
    (first,) = workers(server)
    os.kill(first, signal.SIGKILL)
    until("another worker is there", lambda: set(workers(server)) - {first})
    (second,) = workers(server)
    server.send_signal(number)
    assert server.wait(60) == 0
    assert not Path(f"/proc/{second}").exists()


def test_a_server_that_is_killed_leaves_no_worker(serve: Serve) -> None:
    server = serve()
    until("the worker is there", lambda: workers(server))
    (worker,) = workers(server)
    children = [
        int(pid) for pid in Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    ]
    server.kill()
    server.wait()
    until("the worker has gone", lambda: not _runs(worker))
    for child in children:
        # What serves pages is the server library's own; it must not outlive the test.
        if _runs(child):
            os.kill(child, signal.SIGKILL)


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_where_workers_run_elsewhere_the_server_starts_none(serve: Serve) -> None:
    server = serve("--no-worker")
    assert workers(server) == []
    server.terminate()
    assert server.wait(60) == 0
