"""The steps of a review. Each one is recorded with what it changed, and the last one can be taken back."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F

from hitotsu.people.queries import Reader
from hitotsu.plans.commands.locking import lock_draft
from hitotsu.plans.errors import EditConflict, InitiativeNotFound, StepNotPossible
from hitotsu.plans.models import Draft, DraftItem, Initiative, ReviewStep
from hitotsu.plans.states import ITEM_MOVES, ItemState

_ITEM_FIELDS = (
    "position", "state", "number", "title", "direction", "status", "actions", "figures", "terms",
    "first_line", "last_line", "confidence", "continues_id", "likeness", "version",
)  # fmt: skip
_FRONT_FIELDS = ("title", "issuer", "period_start", "period_end")
ASIDE_KINDS = ("figures", "terms", "tables", "bodies", "unsure")


@transaction.atomic
def accept_item(*, by: Reader, draft_id: int, item_id: int) -> None:
    """The item is right as it was read; a corrected one stays corrected."""
    draft = lock_draft(draft_id, by, "plan.review")
    item = _item(draft, item_id)
    if item.state == ItemState.CORRECTED:
        return
    _record(draft, by, "accept", [item], lambda: _set_state(item, ItemState.ACCEPTED))


@transaction.atomic
def accept_remaining(*, by: Reader, draft_id: int, least_confidence: float = 0.0) -> int:
    """How many pending items of at least that confidence were accepted in one step."""
    draft = lock_draft(draft_id, by, "plan.review")
    items = list(draft.items.filter(state=ItemState.PENDING, confidence__gte=least_confidence))
    if items:

        def change() -> None:
            for item in items:
                _set_state(item, ItemState.ACCEPTED)

        _record(draft, by, "accept", items, change)
    return len(items)


@transaction.atomic
def correct_item(
    *,
    by: Reader,
    draft_id: int,
    item_id: int,
    version: int,
    number: Sequence[str],
    title: str,
    direction: str,
    status: Sequence[str],
    actions: Sequence[str],
    figures: Sequence[int] | None = None,
    terms: Sequence[str] | None = None,
) -> None:
    """The item with the person's words in place of the reader's; figures and terms stay where none are given.

    ``version`` is the one that the person saw; raises ``EditConflict`` when somebody else was faster.
    """
    draft = lock_draft(draft_id, by, "plan.review")
    item = _item(draft, item_id)
    if item.version != version:
        raise EditConflict(item.title)
    if not title.strip():
        raise StepNotPossible("取組の名称が空です。名称を入力してください。")
    if len(title.strip()) > 500:
        raise StepNotPossible("取組の名称が500文字を超えています。短くしてください。")
    if figures is not None and not all(0 <= index < len(draft.reading["figures"]) for index in figures):
        raise StepNotPossible("選んだ数値が見つかりません。画面を読み直してください。")

    def change() -> None:
        item.number = [part.strip()[:60] for part in number if part.strip()]
        item.title = title.strip()
        item.direction = direction.strip()
        item.status = [text.strip() for text in status if text.strip()]
        item.actions = [text.strip() for text in actions if text.strip()]
        if figures is not None:
            item.figures = sorted(set(figures))
        if terms is not None:
            item.terms = list(dict.fromkeys(text.strip()[:200] for text in terms if text.strip()))
        _set_state(item, ItemState.CORRECTED)

    _record(draft, by, "correct", [item], change)


@transaction.atomic
def drop_item(*, by: Reader, draft_id: int, item_id: int) -> None:
    """The item is no initiative and will not be adopted; it stays in the draft."""
    draft = lock_draft(draft_id, by, "plan.review")
    item = _item(draft, item_id)
    _record(draft, by, "drop", [item], lambda: _set_state(item, ItemState.DROPPED))


@transaction.atomic
def merge_items(*, by: Reader, draft_id: int, item_id: int) -> None:
    """The item and the next one that is not dropped become one, under the first one's name."""
    draft = lock_draft(draft_id, by, "plan.review")
    item = _item(draft, item_id)
    following = draft.items.filter(position__gt=item.position).exclude(state=ItemState.DROPPED).first()
    if following is None:
        raise StepNotPossible(
            f"「{item.title}」は最後の取組です。統合する相手がないので、一つ前の取組から統合してください。"
        )

    def change() -> None:
        item.status = item.status + following.status
        item.actions = item.actions + following.actions
        item.figures = sorted({*item.figures, *following.figures})
        item.terms = list(dict.fromkeys([*item.terms, *following.terms]))
        item.direction = item.direction or following.direction
        item.first_line = min(item.first_line, following.first_line)
        item.last_line = max(item.last_line, following.last_line)
        _set_state(item, ItemState.CORRECTED)
        following.delete()

    _record(draft, by, "merge", [item, following], change)


@transaction.atomic
def split_item(*, by: Reader, draft_id: int, item_id: int, at: int, title: str) -> int:
    """The id of a new item of that title, which takes the actions from the ``at``-th on (counted from 1)."""
    draft = lock_draft(draft_id, by, "plan.review")
    item = _item(draft, item_id)
    if not 1 <= at < len(item.actions):
        raise StepNotPossible(
            f"「{item.title}」は取組内容が{len(item.actions)}件なので、{at}件目の後では分けられません。位置を選び直してください。"
        )
    if not title.strip():
        raise StepNotPossible("分けた後の取組の名称が空です。名称を入力してください。")
    draft.items.filter(position__gt=item.position).update(position=F("position") + 1)
    part = DraftItem(
        draft=draft,
        position=item.position + 1,
        state=ItemState.CORRECTED,
        number=item.number,
        title=title.strip()[:500],
        direction=item.direction,
        status=item.status,
        actions=item.actions[at:],
        figures=item.figures,
        terms=item.terms,
        first_line=item.first_line,
        last_line=item.last_line,
        confidence=item.confidence,
        continues_id=item.continues_id,
        likeness=item.likeness,
    )

    def change() -> list[DraftItem]:
        part.save()
        item.actions = item.actions[:at]
        _set_state(item, ItemState.CORRECTED)
        return [part]

    _record(draft, by, "split", [item], change)
    return part.pk


@transaction.atomic
def set_continues(*, by: Reader, draft_id: int, item_id: int, initiative_key: int | None) -> None:
    """The item carries on that initiative of the edition before (its number in the address), or none."""
    draft = lock_draft(draft_id, by, "plan.review")
    item = _item(draft, item_id)
    initiative = None
    if initiative_key is not None:
        initiative = Initiative.objects.filter(plan=draft.plan, key=initiative_key).first()
        if initiative is None:
            raise InitiativeNotFound(draft.plan.slug if draft.plan else "", initiative_key)

    def change() -> None:
        item.continues = initiative
        item.likeness = 1.0 if initiative else 0.0
        item.version += 1
        item.save()

    _record(draft, by, "continue", [item], change)


@transaction.atomic
def set_aside(*, by: Reader, draft_id: int, kind: str, index: int, aside: bool) -> None:
    """A figure, term, table or body is left out of the edition, or a doubt is settled (or neither any more)."""
    draft = lock_draft(draft_id, by, "plan.review")
    if kind not in ASIDE_KINDS or not 0 <= index < len(draft.reading[kind]):
        raise StepNotPossible("対象が見つかりません。画面を読み直してください。")

    def change() -> None:
        chosen = set(draft.set_aside.get(kind, []))
        (chosen.add if aside else chosen.discard)(index)
        draft.set_aside = draft.set_aside | {kind: sorted(chosen)}

    _record(draft, by, "set_aside", [], change)


@transaction.atomic
def correct_front(
    *,
    by: Reader,
    draft_id: int,
    title: str,
    issuer: str,
    period_start: date | None,
    period_end: date | None,
) -> None:
    """The draft's title, issuer and period in the person's words."""
    draft = lock_draft(draft_id, by, "plan.review")
    if not title.strip():
        raise StepNotPossible("計画の名称が空です。名称を入力してください。")
    if period_start and period_end and period_end < period_start:
        raise StepNotPossible("計画期間の終わりが始まりより前です。日付を確かめてください。")

    def change() -> None:
        draft.title, draft.issuer = title.strip()[:300], issuer.strip()[:200]
        draft.period_start, draft.period_end = period_start, period_end

    _record(draft, by, "front", [], change)


@transaction.atomic
def undo_last_step(*, by: Reader, draft_id: int, step_id: int | None = None) -> str:
    """The name of the step that was taken back; raises ``StepNotPossible`` when there is none.

    With ``step_id`` only that step is taken back, not one that somebody else has done since.
    """
    draft = lock_draft(draft_id, by, "plan.review")
    step = draft.steps.filter(undoes=None, undone_by=None).order_by("-pk").first()
    if step is None:
        raise StepNotPossible("元に戻せる操作がありません。")
    if step_id is not None and step.pk != step_id:
        raise StepNotPossible(
            "ほかの操作が続いて行われたため、元に戻しませんでした。最新の内容を確かめてください。"
        )
    _restore(draft, step)
    ReviewStep.objects.create(
        draft=draft, by_id=by.person_id, action="undo", before=step.after, after=step.before, undoes=step
    )
    return step.action


def _item(draft: Draft, item_id: int) -> DraftItem:
    item = draft.items.filter(pk=item_id).first()
    if item is None:
        raise StepNotPossible(
            "この取組は、ほかの操作で統合されたか取り消されました。画面を読み直してください。"
        )
    return item


def _set_state(item: DraftItem, state: ItemState) -> None:
    if state not in ITEM_MOVES[ItemState(item.state)]:
        raise StepNotPossible(
            f"「{item.title}」は{ItemState(item.state).label}なので、{state.label}にできません。"
        )
    item.state = state
    item.version += 1
    item.save()


def _record(
    draft: Draft, by: Reader, action: str, items: Sequence[DraftItem], change: Callable[[], object]
) -> None:
    before = _snapshot(draft, items)
    made = change()
    draft.save()
    kept = [item for item in items if item.pk is not None]
    if isinstance(made, list):
        kept += [item for item in made if isinstance(item, DraftItem)]
    ReviewStep.objects.create(
        draft=draft, by_id=by.person_id, action=action, before=before, after=_snapshot(draft, kept)
    )


def _snapshot(draft: Draft, items: Iterable[DraftItem]) -> dict[str, Any]:
    front = {name: getattr(draft, name) for name in _FRONT_FIELDS}
    return {
        "items": [{"id": item.pk} | {name: getattr(item, name) for name in _ITEM_FIELDS} for item in items],
        "set_aside": draft.set_aside,
        "front": {
            name: value.isoformat() if isinstance(value, date) else value for name, value in front.items()
        },
    }


def _restore(draft: Draft, step: ReviewStep) -> None:
    wanted = {item["id"]: item for item in step.before["items"]}
    # Steps are taken back in the opposite order, so every place in the list is as the step left it.
    for made in (item for item in step.after["items"] if item["id"] not in wanted):
        draft.items.filter(pk=made["id"]).delete()
        draft.items.filter(position__gt=made["position"]).update(position=F("position") - 1)
    for item_id, fields in wanted.items():
        values = {name: fields[name] for name in _ITEM_FIELDS}
        current = draft.items.filter(pk=item_id).first()
        # A number never comes back: whoever still has the undone version on screen must see the conflict.
        values["version"] = max(values["version"], current.version if current else 0) + 1
        DraftItem.objects.update_or_create(pk=item_id, defaults=values | {"draft": draft})
    draft.set_aside = step.before["set_aside"]
    front = step.before["front"]
    draft.title, draft.issuer = front["title"], front["issuer"]
    draft.period_start = date.fromisoformat(front["period_start"]) if front["period_start"] else None
    draft.period_end = date.fromisoformat(front["period_end"]) if front["period_end"] else None
    draft.save()
