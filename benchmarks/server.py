import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

START_LIMIT_S = 120
STOP_LIMIT_S = 20


class CouldNotRun(Exception):
    """The server did not come up, or a page that is measured does not answer."""


def free_port() -> int:
    """A port of the loopback interface that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def data_directory() -> Iterator[Path]:
    """A folder for one embedded database, removed with what may still run in it."""
    # Short, because a PostgreSQL socket's path may not be longer than about a hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="hitotsu-bench-"))
    try:
        yield folder
    finally:
        _stop_database(folder / "postgres" / "postmaster.pid")
        shutil.rmtree(folder, ignore_errors=True)


def _stop_database(pid_file: Path) -> None:
    if not pid_file.exists():
        return
    # The first line of postmaster.pid is the process that was started for this folder and for nobody else.
    pid = int(pid_file.read_text().split("\n", 1)[0])
    deadline = time.monotonic() + STOP_LIMIT_S
    while time.monotonic() < deadline:
        try:
            os.kill(pid, signal.SIGINT)
        except ProcessLookupError:
            return
        time.sleep(0.5)


@contextmanager
def answering(command: Sequence[str], port: int, page: str, folder: Path, **settings: str) -> Iterator[float]:
    """Starts a server and gives the seconds until `page` answered 200; ends the server afterwards.

    Raises CouldNotRun with what the server printed.
    """
    own = {name: value for name, value in os.environ.items() if not name.startswith("HITOTSU_")}
    with (folder / "server.log").open("w+", encoding="utf-8") as log:
        started = time.perf_counter()
        server = subprocess.Popen(
            command,
            env=own | {"HITOTSU_DATA_DIR": str(folder)} | settings,
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(server, port, page, started)
            yield time.perf_counter() - started
        except CouldNotRun as error:
            log.seek(0)
            raise CouldNotRun(f"{error}\n{log.read()[-2000:]}") from error
        finally:
            server.terminate()
            try:
                server.wait(STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait(server: "subprocess.Popen[bytes]", port: int, page: str, started: float) -> None:
    while time.perf_counter() - started < START_LIMIT_S:
        if server.poll() is not None:
            raise CouldNotRun(f"the server ended with status {server.returncode}")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", page)
            status = connection.getresponse().status
        except OSError:
            time.sleep(0.02)
        else:
            if status == http.client.OK:
                return
            raise CouldNotRun(f"{page} answers {status}")
        finally:
            connection.close()
    raise CouldNotRun(f"no answer within {START_LIMIT_S} s")


def demo(port: int, *options: str) -> list[str]:
    """The command line of a demonstration server."""
    return [
        sys.executable, "-m", "hitotsu.cli.main", "demo", "--no-browser", "--port", str(port), *options,
    ]  # fmt: skip


def end_with_the_caller() -> None:
    """Lets a termination signal unwind the stack, so that servers are stopped and folders removed."""

    def leave(number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, leave)
