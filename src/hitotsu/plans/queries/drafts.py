from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from hitotsu.people.queries import Reader, organisation_view, person_names
from hitotsu.plans.editions import Entry, compare
from hitotsu.plans.errors import DraftNotFound
from hitotsu.plans.models import Draft, DraftItem, EditionChange, InitiativeVersion, SourceDocument
from hitotsu.plans.outline import path_of
from hitotsu.plans.queries import reading
from hitotsu.plans.states import DraftState, ItemState
from hitotsu.plans.values import DraftItemView, DraftSummary, DraftView, ProposedChange, SourceLine, StepView


def list_drafts(
    *, reader: Reader, state: str | None = DraftState.REVIEW, newest: int | None = None
) -> list[DraftSummary]:
    """The drafts of the reader's organisations in that state (all with ``None``), oldest first.

    With ``newest`` only that many, the last changed first.
    """
    drafts = _visible(reader)
    if state is not None:
        drafts = drafts.filter(state=state)
    ordered = (
        drafts.order_by("created_at", "pk") if newest is None else drafts.order_by("-changed_at")[:newest]
    )
    return [_summary(draft) for draft in ordered]


def draft_view(*, reader: Reader, draft_id: int) -> DraftView:
    """A draft with everything that a review needs but its source lines; raises ``DraftNotFound``."""
    draft = _draft(reader, draft_id)
    last_step = _last_step(draft)
    aside = {kind: set(indices) for kind, indices in draft.set_aside.items()}
    read = draft.reading

    def with_aside(kind: str) -> Iterable[tuple[int, dict[str, object], bool]]:
        return ((index, value, index in aside.get(kind, ())) for index, value in enumerate(read[kind]))

    return DraftView(
        summary=_summary(draft),
        organisation_id=draft.organisation_id,
        issuer=draft.issuer,
        period_start=draft.period_start,
        period_end=draft.period_end,
        kind=read["kind"],
        format=draft.document.format,
        encoding=draft.document.encoding,
        pages=draft.document.pages,
        source_lines=read["source"]["lines"],
        items=tuple(_items(draft)),
        figures=tuple((reading.figure(index, value), out) for index, value, out in with_aside("figures")),
        terms=tuple((reading.term(index, value), out) for index, value, out in with_aside("terms")),
        tables=tuple((reading.table(index, value), out) for index, value, out in with_aside("tables")),
        bodies=tuple((index, reading.body(value), out) for index, value, out in with_aside("bodies")),
        unsure=tuple(
            (index, str(value["what"]), reading.span(value["lines"]), str(value["text"]), out)  # type: ignore[arg-type]
            for index, value, out in with_aside("unsure")
        ),
        last_step=last_step,
        can_undo=last_step is not None,
        steps=draft.steps.count(),
    )


def draft_items(*, reader: Reader, draft_id: int) -> list[DraftItemView]:
    """The items of a draft in their order; raises ``DraftNotFound``."""
    return _items(_draft(reader, draft_id))


def draft_source(
    *, reader: Reader, draft_id: int, first: int = 1, last: int | None = None
) -> list[SourceLine]:
    """Lines ``first`` to ``last`` (1-based, inclusive) of the draft's document; raises ``DraftNotFound``."""
    draft = _draft(reader, draft_id)
    lines = SourceDocument.objects.values_list("lines", flat=True).get(pk=draft.document_id)
    first = max(first, 1)
    return [SourceLine(first + offset, text) for offset, text in enumerate(lines[first - 1 : last])]


def proposed_changes(*, reader: Reader, draft_id: int) -> list[ProposedChange]:
    """What would become of every initiative if the draft were adopted as it is; empty for a first edition."""
    draft = _draft(reader, draft_id)
    if draft.plan is None or draft.plan.current_id is None:
        return []
    old = {
        version.initiative_id: version
        for version in InitiativeVersion.objects.filter(edition_id=draft.plan.current_id).select_related(
            "initiative"
        )
    }
    items = {item.pk: item for item in draft.items.exclude(state=ItemState.DROPPED)}
    sections = draft.reading["sections"]
    outcomes = compare(
        [
            Entry(key, tuple(version.number), tuple(version.path), version.title, "\n".join(version.actions))
            for key, version in old.items()
        ],
        [
            Entry(
                key,
                tuple(item.number),
                tuple(path_of(sections, item.number, item.first_line)),
                item.title,
                "\n".join(item.actions),
            )
            for key, item in items.items()
        ],
        {key: item.continues_id for key, item in items.items() if item.continues_id in old},
    )
    changes = []
    for outcome in outcomes:
        before = old.get(outcome.old) if outcome.old is not None else None
        after = items.get(outcome.new) if outcome.new is not None else None
        changes.append(
            ProposedChange(
                outcome.kind,
                EditionChange.Kind(outcome.kind).label,
                before.initiative.key if before else None,
                after.pk if after else None,
                before.title if before else "",
                after.title if after else "",
                tuple(before.number) if before else (),
                tuple(after.number) if after else (),
            )
        )
    return changes


def _visible(reader: Reader) -> QuerySet[Draft]:
    return (
        Draft.objects.filter(organisation_id__in=reader.organisations("plan.view_draft"))
        .select_related("document", "plan")
        .defer("document__lines")
        .annotate(
            item_count=Count("items", filter=~Q(items__state=ItemState.DROPPED)),
            pending_count=Count("items", filter=Q(items__state=ItemState.PENDING)),
        )
    )


def _draft(reader: Reader, draft_id: int) -> Draft:
    draft: Draft | None = _visible(reader).filter(pk=draft_id).first()
    if draft is None:
        raise DraftNotFound(draft_id)
    return draft


def _summary(draft: Draft) -> DraftSummary:
    settled = len(draft.set_aside.get("unsure", []))
    return DraftSummary(
        id=draft.pk,
        title=draft.title,
        organisation=organisation_view(draft.organisation_id).name,
        file_name=draft.document.file_name,
        state=DraftState(draft.state).label,
        plan_slug=draft.plan.slug if draft.plan else None,
        created_at=draft.created_at,
        changed_at=draft.changed_at,
        items=draft.item_count,  # type: ignore[attr-defined]
        pending=draft.pending_count,  # type: ignore[attr-defined]
        unsure=len(draft.reading["unsure"]) - settled,
    )


def _last_step(draft: Draft) -> StepView | None:
    step = draft.steps.filter(undoes=None, undone_by=None).order_by("-pk").first()
    if step is None:
        return None
    names = person_names([step.by_id] if step.by_id else [])
    touched = tuple(item["id"] for item in step.before["items"])
    return StepView(step.pk, step.action, names.get(step.by_id or 0, ""), step.at, touched)


def _items(draft: Draft) -> list[DraftItemView]:
    titles: dict[int, str] = {}
    if draft.plan is not None and draft.plan.current_id is not None:
        titles = dict(
            InitiativeVersion.objects.filter(edition_id=draft.plan.current_id).values_list(
                "initiative_id", "title"
            )
        )
    return [
        _item(item, titles.get(item.continues_id or 0, ""))
        for item in draft.items.select_related("continues")
    ]


def _item(item: DraftItem, continues_title: str) -> DraftItemView:
    return DraftItemView(
        id=item.pk,
        position=item.position,
        state=item.state,
        state_label=ItemState(item.state).label,
        number=tuple(item.number),
        title=item.title,
        direction=item.direction,
        status=tuple(item.status),
        actions=tuple(item.actions),
        figures=tuple(item.figures),
        terms=tuple(item.terms),
        lines=(item.first_line, item.last_line),
        confidence=item.confidence,
        continues_key=item.continues.key if item.continues else None,
        continues_title=continues_title,
        likeness=item.likeness,
        version=item.version,
    )
