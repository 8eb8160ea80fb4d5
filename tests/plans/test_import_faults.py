"""An import that dies, and two imports at once: all or nothing is stored."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from tests.plans.conftest import FIRST_EDITION

TABLES = ("plans_sourcedocument", "plans_draft", "plans_draftitem")


@pytest.fixture(scope="module")
def site(make_database: Callable[[str], str]) -> dict[str, str]:
    environment = os.environ | {"HITOTSU_DATABASE_URL": make_database(f"test_faults_{os.getpid()}")}
    script = (
        "import django; django.setup()\n"
        "from hitotsu.cli.preparing import prepare; prepare(static=False)\n"
        "from hitotsu.people.commands import ensure_organisation\n"
        "from hitotsu.people.queries import ANONYMOUS\n"
        "ensure_organisation(by=ANONYMOUS, name='みほん県', kind='prefecture')\n"
    )
    subprocess.run([sys.executable, "-c", script], env=environment, check=True, capture_output=True)
    return environment


def importing(site: dict[str, str], path: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "hitotsu.cli.main", "plan", "import", str(path)],
        env=site,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def waiting(connection: "psycopg.Connection[tuple[object, ...]]", wanted: int) -> None:
    """Returns when that many other connections wait for a lock."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchone()
        if row is not None and row[0] == wanted:
            return
        time.sleep(0.02)
    pytest.fail("the import never came to the locked table")


def stored(connection: "psycopg.Connection[tuple[object, ...]]") -> list[object]:
    return [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES]  # type: ignore[index,call-overload]


def test_an_import_killed_in_the_middle_leaves_nothing(site: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "killed.md"
    path.write_text(FIRST_EDITION.replace("みほん", "たおれ"))
    url = site["HITOTSU_DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as watcher:
        with psycopg.connect(url) as holder:
            holder.execute("LOCK TABLE plans_draftitem IN EXCLUSIVE MODE")
            process = importing(site, path)
            # The document and the draft are written, the items are not: now it dies.
            waiting(watcher, 1)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            holder.rollback()
        deadline = time.monotonic() + 20
        while (
            watcher.execute(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND state <> 'idle'"
            ).fetchone()
            and time.monotonic() < deadline
        ):
            time.sleep(0.05)
        assert stored(watcher) == [0, 0, 0]
    again = importing(site, path)
    output, errors = again.communicate(timeout=60)
    assert again.returncode == 0, errors
    assert "下書き" in output
    with psycopg.connect(url, autocommit=True) as watcher:
        assert stored(watcher) == [1, 1, 3]


def test_of_two_imports_at_once_one_is_told_of_the_other(site: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "twice.md"
    path.write_text(FIRST_EDITION.replace("みほん", "ふたご"))
    url = site["HITOTSU_DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as watcher:
        before = stored(watcher)
        with psycopg.connect(url) as holder:
            holder.execute("LOCK TABLE plans_draftitem IN EXCLUSIVE MODE")
            both = [importing(site, path), importing(site, path)]
            waiting(watcher, 2)
            holder.rollback()
        results = [(process.communicate(timeout=60), process.returncode) for process in both]
        assert sorted(code for _, code in results) == [0, 2]
        ((_, refusal),) = [texts for texts, code in results if code == 2]
        assert "取り込まれています" in refusal
        after = stored(watcher)
    assert [new - old for new, old in zip(after, before, strict=True)] == [1, 1, 3]  # type: ignore[operator]
