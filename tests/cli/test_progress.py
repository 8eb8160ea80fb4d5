import io

import pytest

from hitotsu.cli.progress import PageProgress


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_last_page_is_always_told() -> None:
    stream = io.StringIO()
    PageProgress(stream)(3, 3)
    assert stream.getvalue() == "3ページ中 3ページまで読みました\n"


def test_pages_that_follow_at_once_are_not_all_told() -> None:
    stream = io.StringIO()
    progress = PageProgress(stream)
    for page in range(1, 201):
        progress(page, 200)
    lines = stream.getvalue().splitlines()
    assert lines[-1] == "200ページ中 200ページまで読みました"
    assert len(lines) < 20


def test_on_a_terminal_it_stays_on_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(100))
    monkeypatch.setattr("hitotsu.cli.progress.time.monotonic", lambda: next(clock))
    screen = Screen()
    progress = PageProgress(screen)
    for page in (1, 2, 3):
        progress(page, 3)
    assert (
        screen.getvalue() == "".join(f"\r3ページ中 {page}ページまで読みました" for page in (1, 2, 3)) + "\n"
    )
