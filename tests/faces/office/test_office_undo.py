import random
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hitotsu.people.queries import Reader
from hitotsu.plans import commands
from hitotsu.plans.errors import StepNotPossible
from hitotsu.plans.models import DraftItem
from hitotsu.plans.queries import DraftItemView, draft_items, draft_view

KINDS = ("accept", "correct", "drop", "merge", "split", "remaining", "aside", "front", "continue")


def known(owner: Reader, draft: int) -> object:
    """Everything that a person sees of a draft, but the numbers by which changes are noticed."""
    view = draft_view(reader=owner, draft_id=draft)
    items = [
        (
            item.id, item.state, item.number, item.title, item.direction, item.status, item.actions, item.figures,
            item.terms, item.lines, item.confidence, item.continues_key,
        )
        for item in view.items
    ]  # fmt: skip
    aside = [flag for _, flag in (*view.figures, *view.terms, *view.tables)] + [
        flag for *_, flag in view.bodies
    ]
    return items, aside, view.summary.title, view.issuer, view.period_start, view.period_end


def step(owner: Reader, draft: int, kind: str, dice: random.Random) -> None:
    items = draft_items(reader=owner, draft_id=draft)
    item = dice.choice(items)
    acting = {"by": owner, "draft_id": draft}
    if kind == "accept":
        commands.accept_item(**acting, item_id=item.id)
    elif kind == "correct":
        commands.correct_item(
            **acting, item_id=item.id, version=item.version, number=("9",), title=f"名称{dice.random()}",
            direction="", status=(), actions=("一つ", "二つ", "三つ"), figures=(), terms=("ことば",),
        )  # fmt: skip
    elif kind == "drop":
        commands.drop_item(**acting, item_id=item.id)
    elif kind == "merge":
        commands.merge_items(**acting, item_id=item.id)
    elif kind == "split":
        commands.split_item(**acting, item_id=item.id, at=1, title="分けたもの")
    elif kind == "remaining":
        commands.accept_remaining(**acting)
    elif kind == "aside":
        commands.set_aside(**acting, kind="figures", index=0, aside=dice.random() < 0.5)
    elif kind == "front":
        commands.correct_front(
            **acting, title=f"題{dice.random()}", issuer="", period_start=None, period_end=None
        )
    else:
        commands.set_continues(**acting, item_id=item.id, initiative_key=None)


def undo_everything(owner: Reader, draft: int) -> int:
    count = 0
    while draft_view(reader=owner, draft_id=draft).can_undo:
        commands.undo_last_step(by=owner, draft_id=draft)
        count += 1
    return count


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_step_is_taken_back(owner: Reader, draft: int, kind: str) -> None:
    before = known(owner, draft)
    step(owner, draft, kind, random.Random(3))
    assert undo_everything(owner, draft) == 1
    assert known(owner, draft) == before


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.lists(st.sampled_from(KINDS), max_size=12), seed=st.integers(0, 2**32))
def test_any_steps_taken_back_one_by_one_give_the_reading(
    owner: Reader, draft: int, kinds: list[str], seed: int
) -> None:
    before = known(owner, draft)
    dice = random.Random(seed)
    for kind in kinds:
        try:
            step(owner, draft, kind, dice)
        except StepNotPossible:
            continue
    undo_everything(owner, draft)
    assert known(owner, draft) == before


def test_an_undone_version_never_comes_back(
    owner: Reader, draft: int, items: Callable[[], list[DraftItemView]]
) -> None:
    first = items()[0]
    commands.accept_item(by=owner, draft_id=draft, item_id=first.id)
    accepted = items()[0].version
    commands.undo_last_step(by=owner, draft_id=draft)
    assert items()[0].version > accepted > first.version
    assert DraftItem.objects.filter(draft_id=draft).count() == 4
