from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from typing import Any, Literal

Span = tuple[int, int]
"""First and last source line, 1-based, both inclusive."""

Kind = Literal["plan", "minutes", "papers", "slides", "report"]
FigureKind = Literal["actual", "target", "forecast"]
Relation = Literal["more", "less", "ratio", "rank"]
AgendaKind = Literal["deliberation", "report"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where the lines came from."""

    file: str
    format: str
    encoding: str | None
    lines: int
    pages: int | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Period:
    """The term of a plan, first and last day."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Review:
    """A year or month in which the plan says that it will be looked at again."""

    date: str
    text: str
    lines: Span


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with everything below it: `level` counts from 1, `lines` ends before the next heading of its level."""

    number: tuple[str, ...]
    title: str
    level: int
    lines: Span


@dataclass(frozen=True, slots=True)
class Initiative:
    """A lowest section that says what will be done; `figures` are indices into `Document.figures`."""

    number: tuple[str, ...]
    title: str
    direction: str | None
    status: tuple[str, ...]
    actions: tuple[str, ...]
    figures: tuple[int, ...]
    terms: tuple[str, ...]
    lines: Span
    confidence: float


@dataclass(frozen=True, slots=True)
class Compare:
    """What a figure is measured against: `reference` is written as `with` in JSON."""

    reference: str
    value: float | None
    unit: str | None
    relation: Relation | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its unit, and the sentence that it stands in."""

    value: float | None
    text_value: str
    unit: str | None
    as_of: str | None
    kind: FigureKind | None
    compare: Compare | None
    text: str
    lines: Span


@dataclass(frozen=True, slots=True)
class Table:
    """A table: header rows, body rows and the notes under it, each cell as text.

    `row_lines` says where each row stands, header rows first; it helps reading and is no part of the JSON.
    """

    title: str | None
    header: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    lines: Span
    row_lines: tuple[Span, ...] = field(default=(), compare=False, metadata={"inner": True})


@dataclass(frozen=True, slots=True)
class Term:
    """A word and what the document says that it means; `mark` is the footnote's number as printed."""

    mark: str | None
    term: str
    definition: str
    lines: Span


@dataclass(frozen=True, slots=True)
class Body:
    """An office, meeting or officer, and the part that it plays."""

    name: str
    role: str
    lines: Span


@dataclass(frozen=True, slots=True)
class Decision:
    """What a meeting decided, about what, and who said so."""

    subject: str
    decision: str
    by: str | None
    lines: Span


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One item of a meeting's agenda."""

    number: tuple[str, ...]
    title: str
    kind: AgendaKind | None
    lines: Span


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who spoke, how often, and where each speech stands."""

    name: str
    speeches: int
    lines: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting: `start` and `end` are local times HH:MM."""

    date: date
    start: str | None
    end: str | None
    place: str | None
    agenda: tuple[AgendaItem, ...]
    speakers: tuple[Speaker, ...]


@dataclass(frozen=True, slots=True)
class Unsure:
    """Something that the reader could not place or doubts: a Japanese sentence, and the lines themselves."""

    what: str
    lines: Span
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """Everything that was read from one document."""

    title: str | None
    organization: str | None
    period: Period | None
    reviews: tuple[Review, ...]
    kind: Kind
    source: Source
    sections: tuple[Section, ...]
    initiatives: tuple[Initiative, ...]
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]
    terms: tuple[Term, ...]
    bodies: tuple[Body, ...]
    decisions: tuple[Decision, ...]
    meeting: Meeting | None
    unsure: tuple[Unsure, ...]

    def to_json(self) -> dict[str, Any]:
        """The document as plain dicts, lists, strings and numbers, in the shape of `docs/plan-reading.schema.json`."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}


_JSON_NAMES = {"reference": "with"}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        shown = [f for f in fields(value) if "inner" not in f.metadata]
        return {_JSON_NAMES.get(f.name, f.name): _plain(getattr(value, f.name)) for f in shown}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value
