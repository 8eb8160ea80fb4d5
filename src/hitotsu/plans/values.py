from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field of a plan (分野) with how many initiatives it holds."""

    title: str
    anchor: str
    chapter: str
    initiatives: int


@dataclass(frozen=True, slots=True)
class EditionView:
    ordinal: int
    title: str
    issuer: str
    period_start: date | None
    period_end: date | None
    adopted_at: datetime
    initiatives: int


@dataclass(frozen=True, slots=True)
class PlanSummary:
    slug: str
    organisation: str
    organisation_area: str | None
    edition: EditionView


@dataclass(frozen=True, slots=True)
class InitiativeSummary:
    key: int
    number: tuple[str, ...]
    title: str
    path: tuple[str, ...]
    field: str
    anchor: str
    actions: int
    figures: int


@dataclass(frozen=True, slots=True)
class Figure:
    index: int
    value: float | None
    text_value: str
    unit: str | None
    as_of: str | None
    kind: str | None
    compare: dict[str, Any] | None
    text: str
    lines: tuple[int, int]
    initiative_key: int | None = None
    initiative_title: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    index: int
    mark: str | None
    term: str
    definition: str
    lines: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Table:
    index: int
    title: str | None
    header: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    lines: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Body:
    name: str
    role: str
    lines: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Review:
    date: str
    text: str
    lines: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of an initiative; `kind` is one of kept revised renamed moved split merged ended new."""

    kind: str
    label: str
    key: int
    before_title: str
    after_title: str
    other_key: int | None


@dataclass(frozen=True, slots=True)
class PlanView:
    slug: str
    organisation: str
    organisation_area: str | None
    edition: EditionView
    editions: tuple[EditionView, ...]
    fields: tuple[FieldView, ...]
    initiatives: tuple[InitiativeSummary, ...]
    reviews: tuple[Review, ...]
    bodies: tuple[Body, ...]
    terms: tuple[Term, ...]
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class InitiativeView:
    plan_slug: str
    plan_title: str
    organisation: str
    edition: EditionView
    current: bool
    ended: bool
    key: int
    number: tuple[str, ...]
    title: str
    path: tuple[str, ...]
    field: str
    anchor: str
    direction: str
    status: tuple[str, ...]
    actions: tuple[str, ...]
    figures: tuple[Figure, ...]
    terms: tuple[Term, ...]
    lines: tuple[int, int]
    document_name: str
    history: tuple[tuple[int, Change], ...]
    previous_key: int | None
    next_key: int | None


@dataclass(frozen=True, slots=True)
class DraftSummary:
    id: int
    title: str
    organisation: str
    file_name: str
    state: str
    plan_slug: str | None
    created_at: datetime
    changed_at: datetime
    items: int
    pending: int
    unsure: int


@dataclass(frozen=True, slots=True)
class ImportView:
    """An import; `pages_total` is None until a document with pages was opened, `draft_id` until there is one."""

    id: int
    organisation_id: int
    organisation: str
    plan_slug: str | None
    by: str
    file_name: str
    size: int
    state: str
    state_label: str
    pages_done: int
    pages_total: int | None
    draft_id: int | None
    refusal: str
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class DraftItemView:
    id: int
    position: int
    state: str
    state_label: str
    number: tuple[str, ...]
    title: str
    direction: str
    status: tuple[str, ...]
    actions: tuple[str, ...]
    # Indices into the draft's figures, and terms as the document writes them.
    figures: tuple[int, ...]
    terms: tuple[str, ...]
    lines: tuple[int, int]
    confidence: float
    continues_key: int | None
    continues_title: str
    likeness: float
    version: int


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """What would become of an initiative if the draft were adopted now."""

    kind: str
    label: str
    key: int | None
    item_id: int | None
    before_title: str
    after_title: str
    before_number: tuple[str, ...]
    after_number: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepView:
    """The step of a review that would be taken back next; `item_ids` are the items it touched."""

    id: int
    action: str
    by: str
    at: datetime
    item_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DraftView:
    summary: DraftSummary
    organisation_id: int
    issuer: str
    period_start: date | None
    period_end: date | None
    kind: str
    format: str
    encoding: str
    pages: int | None
    source_lines: int
    items: tuple[DraftItemView, ...]
    # Each with its index into the reading and whether the reviewer set it aside.
    figures: tuple[tuple[Figure, bool], ...]
    terms: tuple[tuple[Term, bool], ...]
    tables: tuple[tuple[Table, bool], ...]
    bodies: tuple[tuple[int, Body, bool], ...]
    unsure: tuple[tuple[int, str, tuple[int, int], str, bool], ...]
    last_step: StepView | None
    can_undo: bool
    steps: int


@dataclass(frozen=True, slots=True)
class SourceLine:
    number: int
    text: str
