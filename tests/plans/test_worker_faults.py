"""Real workers on a database of their own: killed in the middle, stopped, several at once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

Watcher = psycopg.Connection[tuple[Any, ...]]
Start = Callable[..., "subprocess.Popen[str]"]

_PREPARE = """
import django; django.setup()
from hitotsu.cli.preparing import prepare; prepare(static=False)
from hitotsu.people.commands import add_staff, ensure_organisation
from hitotsu.people.queries import ANONYMOUS, Role, operator
ensure_organisation(by=ANONYMOUS, name='みほん県', kind='prefecture')
add_staff(by=operator(), email='p@example.lg.jp', name='担当', password='correct-horse-battery',
          organisation='みほん県', role=Role.EDITOR)
"""
_PARENT = """
import os, subprocess, sys
command = [sys.executable, '-m', 'hitotsu.cli.main', 'work', '--parent', str(os.getpid())]
child = subprocess.Popen(command, start_new_session=True)
print(child.pid, flush=True)
child.wait()
"""
_REQUEST = """
import sys; from pathlib import Path
import django; django.setup()
from hitotsu.people.models import Person
from hitotsu.people.queries import reader_of
from hitotsu.plans.commands import request_import
by = reader_of(Person.objects.get(email='p@example.lg.jp'))
(organisation,) = by.roles
print(request_import(by=by, organisation_id=organisation, path=Path(sys.argv[1])))
"""


@pytest.fixture(scope="module")
def site(make_database: Callable[[str], str]) -> dict[str, str]:
    environment = os.environ | {"HITOTSU_DATABASE_URL": make_database(f"test_worker_{os.getpid()}")}
    subprocess.run([sys.executable, "-c", _PREPARE], env=environment, check=True, capture_output=True)
    return environment


@pytest.fixture
def watcher(site: dict[str, str]) -> Iterator[Watcher]:
    with psycopg.connect(site["HITOTSU_DATABASE_URL"], autocommit=True) as connection:
        # Workers that were killed by an earlier test have left their rows.
        connection.execute("DELETE FROM procrastinate_jobs")
        connection.execute("DELETE FROM procrastinate_workers")
        yield connection


@pytest.fixture
def start(site: dict[str, str]) -> Iterator[Start]:
    """Starts a worker; whatever still runs at the end of the test is killed."""
    started: list[subprocess.Popen[str]] = []

    def begin(*options: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "hitotsu.cli.main", "work", *options],
            env=site,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def until(said: str, holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail(f"did not come: {said}")
        time.sleep(0.02)


def one(watcher: Watcher, query: str, *parameters: object) -> Any:
    row = watcher.execute(query, parameters).fetchone()  # type: ignore[arg-type]
    return row[0] if row else None


def many_pages(folder: Path, name: str, pages: int = 60) -> Path:
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    path = folder / f"{name}.pdf"
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    for page in range(1, pages + 1):
        canvas.setFont("HeiseiMin-W3", 10)
        for line in range(20):
            canvas.drawString(
                60, 780 - 34 * line, f"{name}の{page}ページ{line}行目。町の窓口で相談を受けます。"
            )
        canvas.showPage()
    canvas.save()
    return path


def request(site: dict[str, str], path: Path) -> int:
    done = subprocess.run(
        [sys.executable, "-c", _REQUEST, str(path)], env=site, check=True, capture_output=True, text=True
    )
    return int(done.stdout)


def reading(watcher: Watcher, asked: int) -> bool:
    pages = one(watcher, "SELECT pages_done FROM plans_import WHERE id = %s AND state = 'reading'", asked)
    return bool(pages)


def ended(watcher: Watcher, asked: int) -> bool:
    return one(watcher, "SELECT finished_at IS NOT NULL FROM plans_import WHERE id = %s", asked) is True


def outcome(watcher: Watcher, asked: int) -> tuple[Any, ...]:
    row = watcher.execute(
        "SELECT state, attempts, content IS NULL, (SELECT count(*) FROM plans_draft JOIN plans_sourcedocument"
        " document ON document.id = document_id WHERE document.sha256 = plans_import.sha256)"
        " FROM plans_import WHERE id = %s",
        [asked],
    ).fetchone()
    assert row is not None
    return row


def let_time_pass(watcher: Watcher) -> None:
    """As if the worker that holds a job had given no sign of life for an hour."""
    watcher.execute(
        "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
        " WHERE id IN (SELECT worker_id FROM procrastinate_jobs WHERE status = 'doing')"
    )


@pytest.mark.parametrize("successor", ["started afterwards", "running already"])
def test_an_import_whose_worker_is_killed_is_finished_once_by_the_next(
    site: dict[str, str], watcher: Watcher, start: Start, tmp_path: Path, successor: str
) -> None:
    first = start()
    asked = request(site, many_pages(tmp_path, f"倒れた {successor}"))
    until("the first pages are read", lambda: reading(watcher, asked))
    if successor == "running already":
        start()
        until(
            "the second worker is there",
            lambda: one(watcher, "SELECT count(*) FROM procrastinate_workers") == 2,
        )
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert outcome(watcher, asked) == ("reading", 1, False, 0)
    let_time_pass(watcher)
    if successor == "started afterwards":
        start()
    until("the import has ended", lambda: ended(watcher, asked))
    assert outcome(watcher, asked) == ("done", 2, True, 1)
    until("the queue is empty", lambda: one(watcher, "SELECT count(*) FROM procrastinate_jobs") == 0)


def test_killed_between_the_draft_and_its_end_leaves_no_half_draft(
    site: dict[str, str], watcher: Watcher, start: Start, tmp_path: Path
) -> None:
    path = tmp_path / "half.md"
    path.write_text("# みほん県計画\n\n## 1 暮らし\n\n### (1) 窓口\n\n【取組内容】\n\n- 窓口を設けます。\n")
    first = start()
    with psycopg.connect(site["HITOTSU_DATABASE_URL"]) as holder:
        holder.execute("LOCK TABLE plans_draftitem IN EXCLUSIVE MODE")
        asked = request(site, path)
        until(
            "the worker waits for the items",
            lambda: one(
                watcher,
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'",
            ),
        )
        first.send_signal(signal.SIGKILL)
        first.wait()
        holder.rollback()
    let_time_pass(watcher)
    start()
    until("the import has ended", lambda: ended(watcher, asked))
    assert outcome(watcher, asked) == ("done", 2, True, 1)


def test_a_worker_that_is_asked_to_stop_hands_its_import_back(
    site: dict[str, str], watcher: Watcher, start: Start, tmp_path: Path
) -> None:
    first = start()
    asked = request(site, many_pages(tmp_path, "止めた", pages=400))
    until("the first pages are read", lambda: reading(watcher, asked))
    first.send_signal(signal.SIGTERM)
    _, errors = first.communicate(timeout=60)
    assert first.returncode == 0, errors
    assert outcome(watcher, asked) == ("waiting", 0, False, 0)
    assert one(watcher, "SELECT status::text FROM procrastinate_jobs") == "todo"
    assert one(watcher, "SELECT count(*) FROM procrastinate_workers") == 0


def test_of_several_workers_each_import_is_read_by_one(
    site: dict[str, str], watcher: Watcher, start: Start, tmp_path: Path
) -> None:
    asked = [request(site, many_pages(tmp_path, f"並び{number}", pages=8)) for number in range(4)]
    workers = [start(), start()]
    until("all have ended", lambda: all(ended(watcher, one_of) for one_of in asked))
    assert [outcome(watcher, one_of) for one_of in asked] == [("done", 1, True, 1)] * 4
    for worker in workers:
        worker.send_signal(signal.SIGINT)
        worker.communicate(timeout=60)
        assert worker.returncode == 0


def test_a_worker_ends_with_the_process_that_started_it(site: dict[str, str], watcher: Watcher) -> None:
    parent = subprocess.Popen([sys.executable, "-c", _PARENT], env=site, text=True, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    until("the worker is there", lambda: one(watcher, "SELECT count(*) FROM procrastinate_workers"))
    parent.kill()
    parent.communicate()
    until("the worker has signed off", lambda: not one(watcher, "SELECT count(*) FROM procrastinate_workers"))
    until("the worker has ended", lambda: _gone(worker))


def _gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    stat = Path(f"/proc/{pid}/stat")
    # Ended, and its new parent has not looked yet.
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z"


def test_without_a_prepared_database_it_says_what_to_do(make_database: Callable[[str], str]) -> None:
    environment = os.environ | {"HITOTSU_DATABASE_URL": make_database(f"test_bare_{os.getpid()}")}
    done = subprocess.run(
        [sys.executable, "-m", "hitotsu.cli.main", "work"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 2
    assert "hitotsu prepare" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_number_of_jobs_below_one_is_refused(site: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hitotsu.cli.main", "work", "--concurrency", "0"],
        env=site,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "1以上" in done.stderr
