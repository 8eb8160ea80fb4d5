import sys
import time
from typing import TextIO


class PageProgress:
    """Tells on standard error how many pages are read: in place on a terminal, else a line now and then."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._pause = 0.2 if self._terminal else 5.0
        self._told = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if done < total and now - self._told < self._pause:
            return
        self._told = now
        text = f"{total}ページ中 {done}ページまで読みました"
        if self._terminal:
            self._stream.write(f"\r{text}" + ("\n" if done == total else ""))
        else:
            self._stream.write(f"{text}\n")
        self._stream.flush()
