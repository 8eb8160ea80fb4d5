"""An import that is read in the background: asked for, read once, refused or cancelled."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.plans.conftest import FIRST_EDITION, staff

from hitotsu.people.commands import ensure_organisation
from hitotsu.people.errors import PermissionRefused
from hitotsu.people.models import AuditEntry, Membership, Person
from hitotsu.people.queries import ANONYMOUS, Reader, Role, operator, reader_by_id
from hitotsu.plans.commands import (
    accept_remaining,
    adopt_draft,
    cancel_import,
    discard_draft,
    import_document,
    request_import,
    run_import,
)
from hitotsu.plans.commands import running as running_module
from hitotsu.plans.commands.running import MOST_ATTEMPTS, ReadingInterrupted
from hitotsu.plans.errors import (
    DuplicateDocument,
    EmptyFile,
    FileTooLarge,
    ImportClosed,
    ImportNotFound,
    ImportUnderWay,
    PlanNotFound,
)
from hitotsu.plans.models import Draft, DraftItem, Import, SourceDocument
from hitotsu.plans.queries import ImportState, ImportView, draft_view, import_view, list_imports
from hitotsu.plans.states import IMPORT_MOVES, UNFINISHED

Work = Callable[[], int]


@pytest.fixture
def planner(organisation: int) -> Reader:
    """An editor who is a person of the database, as everybody is for whom a worker acts."""
    return _member(organisation, Role.EDITOR)


def _member(organisation: int, role: Role) -> Reader:
    made = staff(organisation, role)
    Membership.objects.create(person_id=made.person_id, organisation_id=organisation, role=role.value)
    return made


def state_of(planner: Reader, import_id: int) -> ImportView:
    return import_view(reader=planner, import_id=import_id)


def jobs() -> int:
    return ProcrastinateJob.objects.filter(status="todo").count()


def test_what_is_asked_for_waits_and_becomes_a_draft(
    organisation: int, planner: Reader, first_edition: Path, work_off: Work
) -> None:
    asked = request_import(by=planner, organisation_id=organisation, path=first_edition)
    first_edition.unlink()
    waiting = state_of(planner, asked)
    assert (waiting.state, waiting.file_name, waiting.draft_id) == (ImportState.WAITING, "first.md", None)
    assert waiting.size == len(FIRST_EDITION.encode())
    assert (waiting.organisation, waiting.by) == ("みほん県", "editor")
    assert list_imports(reader=planner) == [waiting]
    assert not Draft.objects.exists()

    assert work_off() == 1
    done = state_of(planner, asked)
    assert done.state == ImportState.DONE
    assert done.finished_at is not None
    assert list_imports(reader=planner) == []
    assert done.draft_id is not None
    draft = draft_view(reader=planner, draft_id=done.draft_id)
    assert [item.title for item in draft.items] == [
        "除雪状況の見える化",
        "暮らしの窓口",
        "路線バスのオープンデータ",
    ]
    assert Import.objects.get().content is None
    assert SourceDocument.objects.get().imported_by_id == planner.person_id
    assert list(AuditEntry.objects.filter(actor="editor").values_list("action", flat=True)) == [
        "plan.import_request",
        "plan.import",
    ]


def test_it_is_the_same_draft_as_an_import_at_once_makes(
    organisation: int, planner: Reader, first_edition: Path, work_off: Work
) -> None:
    at_once = import_document(by=planner, organisation_id=organisation, path=first_edition)
    direct = list(DraftItem.objects.order_by("position").values("title", "actions", "number", "terms"))
    reading = Draft.objects.get(pk=at_once).reading
    discard_draft(by=planner, draft_id=at_once)
    asked = request_import(by=planner, organisation_id=organisation, path=first_edition)
    work_off()
    later = Draft.objects.get(pk=state_of(planner, asked).draft_id)
    assert later.reading == reading
    assert list(later.items.order_by("position").values("title", "actions", "number", "terms")) == direct


def test_the_next_edition_of_a_plan_finds_its_forerunners(
    organisation: int, publisher: Reader, first_edition: Path, second_edition: Path, work_off: Work
) -> None:
    Membership.objects.create(
        person_id=publisher.person_id, organisation_id=organisation, role=Role.PUBLISHER.value
    )
    draft = import_document(by=publisher, organisation_id=organisation, path=first_edition)
    accept_remaining(by=publisher, draft_id=draft)
    adopt_draft(by=publisher, draft_id=draft, slug="mihon-dx")
    asked = request_import(
        by=publisher, organisation_id=organisation, path=second_edition, plan_slug="mihon-dx"
    )
    assert state_of(publisher, asked).plan_slug == "mihon-dx"
    work_off()
    later = state_of(publisher, asked).draft_id
    assert later is not None
    view = draft_view(reader=publisher, draft_id=later)
    assert view.summary.plan_slug == "mihon-dx"
    assert any(item.continues_key for item in view.items)


def test_the_queue_holds_the_job_exactly_when_the_import_is_stored(
    organisation: int, planner: Reader, first_edition: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("the audit log is full")

    with monkeypatch.context() as patch:
        patch.setattr("hitotsu.plans.commands.requesting.record_audit", broken)
        with pytest.raises(RuntimeError):
            request_import(by=planner, organisation_id=organisation, path=first_edition)
    assert (Import.objects.count(), jobs()) == (0, 0)
    request_import(by=planner, organisation_id=organisation, path=first_edition)
    assert (Import.objects.count(), jobs()) == (1, 1)


@pytest.mark.parametrize("who", ["viewer", "nobody", "elsewhere", "operator"])
def test_who_may_not_import_asks_for_nothing(
    organisation: int, viewer: Reader, first_edition: Path, who: str
) -> None:
    other = ensure_organisation(by=ANONYMOUS, name="となり県", kind="prefecture")
    by = {
        "viewer": viewer,
        "nobody": ANONYMOUS,
        "elsewhere": Reader(viewer.person_id, "", {other: Role.ADMINISTRATOR}),
        # Nobody in whose name a worker could act.
        "operator": operator(),
    }[who]
    audited = AuditEntry.objects.count()
    with pytest.raises(PermissionRefused):
        request_import(by=by, organisation_id=organisation, path=first_edition)
    assert (Import.objects.count(), jobs(), AuditEntry.objects.count()) == (0, 0, audited)


def test_what_can_be_known_without_reading_is_refused_at_once(
    organisation: int, planner: Reader, first_edition: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PlanNotFound):
        request_import(by=planner, organisation_id=organisation, path=first_edition, plan_slug="nowhere")
    draft = import_document(by=planner, organisation_id=organisation, path=first_edition)
    with pytest.raises(DuplicateDocument, match="取り込まれています") as found:
        request_import(by=planner, organisation_id=organisation, path=first_edition)
    assert found.value.draft_id == draft
    monkeypatch.setattr("hitotsu.plans.reading.source.MAX_FILE_BYTES", 100)
    with pytest.raises(FileTooLarge, match="上限"):
        request_import(by=planner, organisation_id=organisation, path=first_edition)
    assert (Import.objects.count(), jobs()) == (0, 0)


def test_a_document_that_is_being_read_is_not_read_twice(
    organisation: int, planner: Reader, first_edition: Path, work_off: Work
) -> None:
    asked = request_import(by=planner, organisation_id=organisation, path=first_edition)
    with pytest.raises(ImportUnderWay) as found:
        request_import(by=planner, organisation_id=organisation, path=first_edition)
    assert found.value.import_id == asked
    other = ensure_organisation(by=ANONYMOUS, name="となり県", kind="prefecture")
    neighbour = Person.objects.create_user("n@example.lg.jp", None, name="となり")
    Membership.objects.create(person=neighbour, organisation_id=other, role=Role.EDITOR.value)
    request_import(by=reader_by_id(neighbour.pk), organisation_id=other, path=first_edition)
    assert work_off() == 2
    assert Draft.objects.count() == 2


def test_an_unreadable_document_ends_with_its_sentence(
    organisation: int, planner: Reader, tmp_path: Path, work_off: Work
) -> None:
    path = tmp_path / "empty.txt"
    path.write_bytes(b"   \n")
    asked = request_import(by=planner, organisation_id=organisation, path=path)
    work_off()
    refused = state_of(planner, asked)
    assert (refused.state, refused.draft_id) == (ImportState.REFUSED, None)
    assert refused.refusal == str(EmptyFile("empty.txt"))
    assert Import.objects.get().content is None
    assert list_imports(reader=planner, states=[ImportState.REFUSED]) == [refused]
    assert not SourceDocument.objects.exists()
    cancel_import(by=planner, import_id=asked)
    assert list_imports(reader=planner, states=[ImportState.REFUSED]) == []


def test_a_document_that_came_in_otherwise_meanwhile_leads_to_that_draft(
    organisation: int, planner: Reader, first_edition: Path, work_off: Work
) -> None:
    asked = request_import(by=planner, organisation_id=organisation, path=first_edition)
    draft = import_document(by=planner, organisation_id=organisation, path=first_edition)
    work_off()
    refused = state_of(planner, asked)
    assert (refused.state, refused.draft_id) == (ImportState.REFUSED, draft)
    assert "取り込まれています" in refused.refusal
    assert Draft.objects.count() == 1


@pytest.mark.parametrize("lost", ["membership", "role", "active"])
def test_who_has_lost_the_role_meanwhile_gets_no_draft(
    organisation: int, planner: Reader, first_edition: Path, work_off: Work, lost: str
) -> None:
    asked = request_import(by=planner, organisation_id=organisation, path=first_edition)
    memberships = Membership.objects.filter(person_id=planner.person_id)
    if lost == "membership":
        memberships.delete()
    elif lost == "role":
        memberships.update(role=Role.VIEWER.value)
    else:
        Person.objects.filter(pk=planner.person_id).update(is_active=False)
    work_off()
    refused = state_of(planner, asked)
    assert refused.state == ImportState.REFUSED
    assert refused.refusal == str(PermissionRefused("plan.import"))
    assert not Draft.objects.exists()


def test_a_role_lost_while_the_document_is_read_counts_too(
    organisation: int, planner: Reader, first_edition: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = request_import(by=planner, organisation_id=organisation, path=first_edition)
    read = running_module.read_source

    def slowly(source: object, file: str) -> object:
        Membership.objects.filter(person_id=planner.person_id).delete()
        return read(source, file)  # type: ignore[arg-type]

    monkeypatch.setattr(running_module, "read_source", slowly)
    run_import(import_id=asked)
    assert state_of(planner, asked).state == ImportState.REFUSED
    assert not Draft.objects.exists()


def test_a_second_run_changes_nothing(
    organisation: int, planner: Reader, first_edition: Path, work_off: Work
) -> None:
    asked = request_import(by=planner, organisation_id=organisation, path=first_edition)
    work_off()
    before = (state_of(planner, asked), AuditEntry.objects.count())
    run_import(import_id=asked)
    run_import(import_id=987_654)
    assert (state_of(planner, asked), AuditEntry.objects.count()) == before
    assert Draft.objects.count() == 1


def test_of_two_that_read_at_once_the_later_one_stores_nothing(
    organisation: int, planner: Reader, first_edition: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = request_import(by=planner, organisation_id=organisation, path=first_edition)
    read = running_module.read_source

    def overtaken(source: object, file: str) -> object:
        monkeypatch.setattr(running_module, "read_source", read)
        run_import(import_id=asked)
        return read(source, file)  # type: ignore[arg-type]

    monkeypatch.setattr(running_module, "read_source", overtaken)
    run_import(import_id=asked)
    done = state_of(planner, asked)
    assert (done.state, done.draft_id) == (ImportState.DONE, Draft.objects.get().pk)


def test_cancelled_while_waiting_nothing_is_read(
    organisation: int, planner: Reader, first_edition: Path, work_off: Work
) -> None:
    asked = request_import(by=planner, organisation_id=organisation, path=first_edition)
    cancel_import(by=planner, import_id=asked)
    cancel_import(by=planner, import_id=asked)
    work_off()
    assert state_of(planner, asked).state == ImportState.CANCELLED
    assert Import.objects.get().content is None
    assert not Draft.objects.exists()
    assert AuditEntry.objects.filter(action="plan.import_cancel").count() == 1
    again = request_import(by=planner, organisation_id=organisation, path=first_edition)
    work_off()
    assert state_of(planner, again).state == ImportState.DONE


def test_cancelled_while_reading_nothing_is_stored(
    organisation: int, planner: Reader, first_edition: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = request_import(by=planner, organisation_id=organisation, path=first_edition)
    read = running_module.read_source

    def slowly(source: object, file: str) -> object:
        cancel_import(by=planner, import_id=asked)
        return read(source, file)  # type: ignore[arg-type]

    monkeypatch.setattr(running_module, "read_source", slowly)
    run_import(import_id=asked)
    assert state_of(planner, asked).state == ImportState.CANCELLED
    assert not SourceDocument.objects.exists()


def test_what_is_done_is_not_cancelled(
    organisation: int, planner: Reader, viewer: Reader, first_edition: Path, work_off: Work
) -> None:
    asked = request_import(by=planner, organisation_id=organisation, path=first_edition)
    with pytest.raises(PermissionRefused):
        cancel_import(by=viewer, import_id=asked)
    assert state_of(planner, asked).state == ImportState.WAITING
    work_off()
    with pytest.raises(ImportClosed, match="下書き"):
        cancel_import(by=planner, import_id=asked)
    assert Draft.objects.count() == 1


def test_others_do_not_know_of_an_import(organisation: int, planner: Reader, first_edition: Path) -> None:
    asked = request_import(by=planner, organisation_id=organisation, path=first_edition)
    other = ensure_organisation(by=ANONYMOUS, name="となり県", kind="prefecture")
    for stranger in (ANONYMOUS, Reader(1, "", {other: Role.ADMINISTRATOR})):
        with pytest.raises(ImportNotFound):
            import_view(reader=stranger, import_id=asked)
        with pytest.raises(ImportNotFound):
            cancel_import(by=stranger, import_id=asked)
        assert list_imports(reader=stranger) == []
    assert state_of(planner, asked).state == ImportState.WAITING


def test_pages_are_told_and_a_stop_puts_the_import_back(
    organisation: int, planner: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _pdf(tmp_path, pages=4)
    asked = request_import(by=planner, organisation_id=organisation, path=path)
    seen: list[tuple[int, int | None]] = []

    def look() -> bool:
        view = state_of(planner, asked)
        assert view.state == ImportState.READING
        seen.append((view.pages_done, view.pages_total))
        return len(seen) == 3

    monkeypatch.setattr(running_module, "_SECONDS_BETWEEN_REPORTS", 0.0)
    with pytest.raises(ReadingInterrupted):
        run_import(import_id=asked, stopping=look)
    assert seen == [(0, None), (1, 4), (2, 4)]
    stopped = Import.objects.get()
    assert (stopped.state, stopped.attempts) == (ImportState.WAITING, 0)
    assert stopped.content is not None
    run_import(import_id=asked)
    done = state_of(planner, asked)
    assert (done.state, done.pages_done, done.pages_total) == (ImportState.DONE, 4, 4)


def test_progress_is_written_now_and_then_not_page_by_page(
    organisation: int, planner: Reader, tmp_path: Path
) -> None:
    asked = request_import(by=planner, organisation_id=organisation, path=_pdf(tmp_path, pages=5))
    report = running_module._Report(asked, lambda: False)
    Import.objects.filter(pk=asked).update(state=ImportState.READING)
    statements: list[str] = []

    def listen(execute: Callable[..., object], sql: str, *rest: object) -> object:
        statements.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(listen):
        for page in range(1, 501):
            report(page, 1000)
    assert 1 <= len(statements) < 50
    assert state_of(planner, asked).pages_total == 1000


def test_a_fault_is_no_refusal_until_it_came_again_and_again(
    organisation: int, planner: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work_off: Work
) -> None:
    asked = request_import(by=planner, organisation_id=organisation, path=_pdf(tmp_path, pages=2))

    def broken(*_: object) -> None:
        raise OSError("disk full")

    # Also where the reader of PDFs would take any error of its own for one of the file.
    monkeypatch.setattr(running_module._Report, "__call__", broken)
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(OSError, match="disk full"):
            run_import(import_id=asked)
        assert state_of(planner, asked).state == ImportState.READING
    run_import(import_id=asked)
    refused = state_of(planner, asked)
    assert refused.state == ImportState.REFUSED
    assert "3回止まった" in refused.refusal
    assert not Draft.objects.exists()


def test_the_states_move_as_they_may() -> None:
    ended = set(ImportState) - set(UNFINISHED)
    assert set(IMPORT_MOVES) == set(ImportState)
    assert all(IMPORT_MOVES[state].isdisjoint(UNFINISHED) for state in ended)
    assert IMPORT_MOVES[ImportState.DONE] == frozenset()


def _pdf(folder: Path, pages: int) -> Path:
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    path = folder / "plan.pdf"
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    for page in range(1, pages + 1):
        canvas.setFont("HeiseiMin-W3", 12)
        canvas.drawString(80, 700, f"第{page} みほん県の取組その{page}")
        canvas.drawString(80, 660, f"・町の{page}か所で、使い方の相談を受けます。")
        canvas.showPage()
    canvas.save()
    return path
