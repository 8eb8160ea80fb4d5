from pathlib import Path

import pytest

from hitotsu.people.errors import PermissionRefused
from hitotsu.people.models import AuditEntry
from hitotsu.people.queries import ANONYMOUS, Reader
from hitotsu.plans import commands, queries
from hitotsu.plans.errors import (
    DraftClosed,
    DraftNotFound,
    DuplicateDocument,
    EmptyFile,
    InitiativeNotFound,
    NothingToAdopt,
    PlanNotFound,
    ReviewUnfinished,
    SlugNotUsable,
)
from hitotsu.plans.models import Draft, DraftItem, Edition, Initiative, Plan, SourceDocument

pytestmark = pytest.mark.django_db


def adopt(by: Reader, organisation: int, path: Path, plan: str | None = None) -> tuple[str, int]:
    draft = commands.import_document(by=by, organisation_id=organisation, path=path, plan_slug=plan)
    commands.accept_remaining(by=by, draft_id=draft)
    return commands.adopt_draft(by=by, draft_id=draft, slug="mihon-dx")


def test_an_imported_document_is_a_draft_that_only_staff_see(
    publisher: Reader, organisation: int, first_edition: Path
) -> None:
    draft = commands.import_document(by=publisher, organisation_id=organisation, path=first_edition)
    view = queries.draft_view(reader=publisher, draft_id=draft)
    assert [item.title for item in view.items] == [
        "除雪状況の見える化",
        "暮らしの窓口",
        "路線バスのオープンデータ",
    ]
    assert [item.number for item in view.items] == [
        ("第2", "1", "(1)"),
        ("第2", "1", "(2)"),
        ("第2", "2", "(1)"),
    ]
    assert view.items[0].direction == "雪の日も安心して外に出られる県にします。"
    assert view.summary.pending == 3
    assert str(view.period_start) == "2026-04-01"
    assert queries.list_plans(reader=ANONYMOUS) == []
    with pytest.raises(DraftNotFound):
        queries.draft_view(reader=ANONYMOUS, draft_id=draft)


def test_the_source_lines_of_an_item_are_the_document_s_own(
    publisher: Reader, organisation: int, first_edition: Path
) -> None:
    draft = commands.import_document(by=publisher, organisation_id=organisation, path=first_edition)
    item = queries.draft_items(reader=publisher, draft_id=draft)[0]
    lines = queries.draft_source(reader=publisher, draft_id=draft, first=item.lines[0], last=item.lines[1])
    assert lines[0].text == "#### (1) 除雪状況の見える化"
    assert lines[0].number == item.lines[0]
    assert lines[-1].text.endswith("利用できるようにします。")


def test_an_adopted_plan_is_public_with_its_figures_and_terms(
    publisher: Reader, organisation: int, first_edition: Path
) -> None:
    assert adopt(publisher, organisation, first_edition) == ("mihon-dx", 1)
    plan = queries.plan_view(reader=ANONYMOUS, slug="mihon-dx")
    assert plan.edition.title == "みほん県DX計画"
    assert [(field.chapter, field.title, field.initiatives) for field in plan.fields] == [
        ("暮らしのDX", "冬の暮らし", 2),
        ("暮らしのDX", "移動", 1),
    ]
    desk = queries.initiative_view(reader=ANONYMOUS, slug="mihon-dx", key=2)
    assert desk.title == "暮らしの窓口"
    assert [term.term for term in desk.terms] == ["書かない窓口"]
    snow = queries.initiative_view(reader=ANONYMOUS, slug="mihon-dx", key=1)
    assert [(figure.value, figure.unit) for figure in snow.figures] == [(1240, "件")]
    assert (snow.previous_key, snow.next_key) == (None, 2)


def test_an_initiative_keeps_its_address_through_editions(
    publisher: Reader, organisation: int, first_edition: Path, second_edition: Path
) -> None:
    adopt(publisher, organisation, first_edition)
    assert adopt(publisher, organisation, second_edition, "mihon-dx") == ("mihon-dx", 2)
    plan = queries.plan_view(reader=ANONYMOUS, slug="mihon-dx")
    assert {(change.kind, change.key) for change in plan.changes} == {
        ("renamed", 1),
        ("revised", 2),
        ("split", 4),
        ("new", 5),
        ("ended", 3),
    }
    snow = queries.initiative_view(reader=ANONYMOUS, slug="mihon-dx", key=1)
    assert snow.title == "除雪状況の見える化と通報"
    assert [(edition, change.before_title) for edition, change in snow.history] == [(2, "除雪状況の見える化")]
    bus = queries.initiative_view(reader=ANONYMOUS, slug="mihon-dx", key=3)
    assert bus.ended
    assert bus.title == "路線バスのオープンデータ"
    first = queries.edition_view(reader=ANONYMOUS, slug="mihon-dx", ordinal=1)
    assert first.initiatives[0].title == "除雪状況の見える化"


def test_what_would_change_is_shown_before_adoption(
    publisher: Reader, organisation: int, first_edition: Path, second_edition: Path
) -> None:
    adopt(publisher, organisation, first_edition)
    draft = commands.import_document(
        by=publisher, organisation_id=organisation, path=second_edition, plan_slug="mihon-dx"
    )
    proposed = queries.proposed_changes(reader=publisher, draft_id=draft)
    assert [change.kind for change in proposed] == ["renamed", "revised", "split", "new", "ended"]
    snow = queries.draft_items(reader=publisher, draft_id=draft)[0]
    assert (snow.continues_key, snow.continues_title) == (1, "除雪状況の見える化")
    commands.set_continues(by=publisher, draft_id=draft, item_id=snow.id, initiative_key=None)
    proposed = queries.proposed_changes(reader=publisher, draft_id=draft)
    assert proposed[0].kind == "new"
    with pytest.raises(InitiativeNotFound):
        commands.set_continues(by=publisher, draft_id=draft, item_id=snow.id, initiative_key=99)


def test_search_takes_width_case_and_kana_as_equal(
    publisher: Reader, organisation: int, first_edition: Path
) -> None:
    adopt(publisher, organisation, first_edition)

    def found(text: str, field: str = "") -> list[int]:
        return [
            initiative.key
            for initiative in queries.search_initiatives(
                reader=ANONYMOUS, slug="mihon-dx", text=text, field=field
            )
        ]

    assert found("おーぷんでーた") == [3]
    assert found("ｵｰﾌﾟﾝﾃﾞｰﾀ") == [3]
    assert found("地図　除雪") == [1]
    assert found("地図 バス") == []
    assert found("100%") == []
    assert found("", "f2") == [3]
    assert found("窓口", "f2") == []


def test_a_corrected_dropped_and_set_aside_reading_is_what_is_published(
    publisher: Reader, organisation: int, first_edition: Path
) -> None:
    draft = commands.import_document(by=publisher, organisation_id=organisation, path=first_edition)
    snow, desk, bus = queries.draft_items(reader=publisher, draft_id=draft)
    commands.correct_item(
        by=publisher, draft_id=draft, item_id=snow.id, version=snow.version, number=snow.number,
        title="除雪の見える化", direction=snow.direction, status=snow.status, actions=["一つだけ行います。"],
    )  # fmt: skip
    commands.drop_item(by=publisher, draft_id=draft, item_id=desk.id)
    commands.accept_item(by=publisher, draft_id=draft, item_id=bus.id)
    view = queries.draft_view(reader=publisher, draft_id=draft)
    wrong = next(figure.index for figure, _ in view.figures if figure.value == 1240)
    commands.set_aside(by=publisher, draft_id=draft, kind="figures", index=wrong, aside=True)
    commands.adopt_draft(by=publisher, draft_id=draft, slug="mihon-dx")
    plan = queries.plan_view(reader=ANONYMOUS, slug="mihon-dx")
    assert [initiative.title for initiative in plan.initiatives] == [
        "除雪の見える化",
        "路線バスのオープンデータ",
    ]
    assert all(figure.value != 1240 for figure in plan.figures)
    published = queries.initiative_view(reader=ANONYMOUS, slug="mihon-dx", key=1)
    assert published.actions == ("一つだけ行います。",)
    assert published.figures == ()


def test_nothing_is_adopted_before_everything_was_looked_at(
    publisher: Reader, organisation: int, first_edition: Path
) -> None:
    draft = commands.import_document(by=publisher, organisation_id=organisation, path=first_edition)
    with pytest.raises(ReviewUnfinished, match="3件"):
        commands.adopt_draft(by=publisher, draft_id=draft)
    for item in queries.draft_items(reader=publisher, draft_id=draft):
        commands.drop_item(by=publisher, draft_id=draft, item_id=item.id)
    with pytest.raises(NothingToAdopt):
        commands.adopt_draft(by=publisher, draft_id=draft)
    assert not Edition.objects.exists()


@pytest.mark.parametrize("slug", ["Mihon", "み", "a b", "x" * 61, "../x"])
def test_an_address_that_does_not_work_is_refused(
    publisher: Reader, organisation: int, first_edition: Path, slug: str
) -> None:
    draft = commands.import_document(by=publisher, organisation_id=organisation, path=first_edition)
    commands.accept_remaining(by=publisher, draft_id=draft)
    with pytest.raises(SlugNotUsable):
        commands.adopt_draft(by=publisher, draft_id=draft, slug=slug)
    assert not Plan.objects.exists()


def test_a_taken_address_is_refused(
    publisher: Reader, organisation: int, first_edition: Path, second_edition: Path
) -> None:
    adopt(publisher, organisation, first_edition)
    with pytest.raises(SlugNotUsable):
        adopt(publisher, organisation, second_edition)
    assert Edition.objects.count() == 1


def test_the_same_document_twice_is_refused_and_changes_nothing(
    publisher: Reader, organisation: int, first_edition: Path
) -> None:
    draft = commands.import_document(by=publisher, organisation_id=organisation, path=first_edition)
    with pytest.raises(DuplicateDocument, match=f"下書き{draft}") as refused:
        commands.import_document(by=publisher, organisation_id=organisation, path=first_edition)
    assert refused.value.draft_id == draft
    assert Draft.objects.count() == SourceDocument.objects.count() == 1


def test_a_discarded_draft_makes_room_for_another_try(
    publisher: Reader, organisation: int, first_edition: Path
) -> None:
    draft = commands.import_document(by=publisher, organisation_id=organisation, path=first_edition)
    commands.discard_draft(by=publisher, draft_id=draft)
    again = commands.import_document(by=publisher, organisation_id=organisation, path=first_edition)
    assert again != draft
    with pytest.raises(DraftClosed):
        commands.accept_remaining(by=publisher, draft_id=draft)


def test_an_unreadable_document_stores_nothing(publisher: Reader, organisation: int, tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.touch()
    with pytest.raises(EmptyFile):
        commands.import_document(by=publisher, organisation_id=organisation, path=empty)
    assert not SourceDocument.objects.exists()
    assert not AuditEntry.objects.filter(action="plan.import").exists()


def test_who_may_not_import_review_or_adopt_changes_nothing(
    viewer: Reader, editor: Reader, organisation: int, first_edition: Path
) -> None:
    with pytest.raises(PermissionRefused):
        commands.import_document(by=viewer, organisation_id=organisation, path=first_edition)
    assert not SourceDocument.objects.exists()
    draft = commands.import_document(by=editor, organisation_id=organisation, path=first_edition)
    before = list(DraftItem.objects.values())
    item = before[0]["id"]
    for attempt in (
        lambda: commands.accept_item(by=viewer, draft_id=draft, item_id=item),
        lambda: commands.drop_item(by=viewer, draft_id=draft, item_id=item),
        lambda: commands.merge_items(by=viewer, draft_id=draft, item_id=item),
        lambda: commands.set_aside(by=viewer, draft_id=draft, kind="figures", index=0, aside=True),
        lambda: commands.undo_last_step(by=viewer, draft_id=draft),
        lambda: commands.discard_draft(by=viewer, draft_id=draft),
    ):
        with pytest.raises(PermissionRefused):
            attempt()
    commands.accept_remaining(by=editor, draft_id=draft)
    with pytest.raises(PermissionRefused):
        commands.adopt_draft(by=editor, draft_id=draft)
    commands.undo_last_step(by=editor, draft_id=draft)
    after = [row | {"version": 1} for row in DraftItem.objects.values()]
    assert after == before
    assert not Edition.objects.exists()


def test_staff_of_another_organisation_do_not_know_of_a_draft(
    editor: Reader, organisation: int, first_edition: Path
) -> None:
    draft = commands.import_document(by=editor, organisation_id=organisation, path=first_edition)
    stranger = Reader(editor.person_id, "よその職員", {organisation + 1: editor.roles[organisation]})
    assert queries.list_drafts(reader=stranger) == []
    with pytest.raises(DraftNotFound):
        queries.draft_source(reader=stranger, draft_id=draft)
    with pytest.raises(DraftNotFound):
        commands.accept_remaining(by=stranger, draft_id=draft)


def test_unknown_plans_and_initiatives_say_so(
    publisher: Reader, organisation: int, first_edition: Path, second_edition: Path
) -> None:
    with pytest.raises(PlanNotFound):
        queries.plan_view(reader=ANONYMOUS, slug="nothing")
    with pytest.raises(PlanNotFound):
        commands.import_document(
            by=publisher, organisation_id=organisation, path=first_edition, plan_slug="nothing"
        )
    assert not SourceDocument.objects.exists()
    adopt(publisher, organisation, first_edition)
    with pytest.raises(InitiativeNotFound):
        queries.initiative_view(reader=ANONYMOUS, slug="mihon-dx", key=99)


def test_every_step_is_told_in_the_audit_log(
    publisher: Reader, organisation: int, first_edition: Path
) -> None:
    adopt(publisher, organisation, first_edition)
    entries = AuditEntry.objects.filter(organisation_id=organisation).order_by("pk")
    assert [entry.action for entry in entries] == ["plan.import", "plan.adopt"]
    assert {entry.person_id for entry in entries} == {publisher.person_id}
    assert Initiative.objects.count() == entries[1].detail["initiatives"]
