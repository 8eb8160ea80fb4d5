"""The worker process that a server starts beside itself."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_SECONDS_BETWEEN_LOOKS = 0.2
# More than a worker takes to bring its jobs to a stop.
_SECONDS_TO_END = 10.0
_SHORTEST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_SOUND_AFTER_SECONDS = 30.0


@contextmanager
def companion() -> Iterator[None]:
    """A worker process while the block runs: started anew when it dies, and ended with the block."""
    ending = threading.Event()
    watcher = threading.Thread(target=_keep, args=(_start(), ending), name="hitotsu-worker", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ending.set()
        watcher.join()


def _start() -> int:
    # Not `subprocess`: it waits for the new program through a pipe, and the server forks at any time; a copy of the
    # pipe in a process of the server would keep it waiting.
    return os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "hitotsu.cli.main", "work", "--parent", str(os.getpid())],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)],
        # A session of its own: Ctrl+C reaches the server, which ends the worker; and should the server be killed,
        # the worker sees that its parent has gone.
        setsid=True,
    )


def _keep(process: int, ending: threading.Event) -> None:
    started, pause = time.monotonic(), _SHORTEST_PAUSE
    while not ending.wait(_SECONDS_BETWEEN_LOOKS):
        status = _ended(process)
        if status is None:
            continue
        print(f"hitotsu: 作業のプロセスが終わりました（状態 {status}）。起動し直します。", file=sys.stderr)
        # One that never comes up is not started without end at full speed.
        lived = time.monotonic() - started
        pause = _SHORTEST_PAUSE if lived > _SOUND_AFTER_SECONDS else min(pause * 2, _LONGEST_PAUSE)
        if ending.wait(pause):
            return
        process, started = _start(), time.monotonic()
    _end(process)


def _ended(process: int) -> int | None:
    found, status = os.waitpid(process, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def _end(process: int) -> None:
    if _ended(process) is not None:
        return
    os.kill(process, signal.SIGTERM)
    until = time.monotonic() + _SECONDS_TO_END
    while time.monotonic() < until:
        if _ended(process) is not None:
            return
        time.sleep(_SECONDS_BETWEEN_LOOKS / 4)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
