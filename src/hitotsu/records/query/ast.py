"""What can be asked of records, in no interface's own syntax: the faces build it, SQL and memory answer it alike.

A condition on an attribute looks at the attribute's instances one by one (one per dataset) and holds when it holds
for any of them. Of one instance it looks at the target: the value, or what a path leads to inside it. A target
that is a list, or a map of languages without a chosen language, counts as the set of its elements: a comparison
holds when it holds for any element, ``!=`` when the target is there and ``==`` holds for none.
"""

from datetime import datetime
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from hitotsu.records.query.patterns import Pattern

Operator = Literal["==", "!=", "<", "<=", ">", ">="]
InstantKind = Literal["datetime", "date", "time"]
Relation = Literal["within", "contains", "intersects", "equals", "disjoint", "overlaps"]

INSTANCE_MEMBERS = frozenset(
    {"observedAt", "createdAt", "modifiedAt", "expiresAt", "unitCode", "datasetId", "objectType", "valueType"}
)
RECORD_MEMBERS = frozenset({"id", "createdAt", "modifiedAt", "expiresAt"})
ANY_LANGUAGE = "*"


class Number(Struct, frozen=True):
    value: int | float


class Text(Struct, frozen=True):
    """``name`` is the neutral name that the text stands for where a vocabulary is asked (else the text itself)."""

    value: str
    name: str


class Truth(Struct, frozen=True):
    value: bool


class Instant(Struct, frozen=True):
    """A point in time, a day or a time of day; ``key`` sorts as text the way the instants follow each other."""

    key: str
    kind: InstantKind


Scalar: TypeAlias = Number | Text | Truth | Instant


class Span(Struct, frozen=True):
    """Between two scalars of one kind, both included."""

    low: Scalar
    high: Scalar


class Path(Struct, frozen=True):
    """Where the target is.

    ``attribute`` then ``subs`` go from attribute to sub-attribute; ``member`` is one of ``INSTANCE_MEMBERS`` of the
    last of them; ``trailing`` goes on inside its value, by member name or language. An empty ``attribute`` means
    the record itself and ``member`` one of ``RECORD_MEMBERS``.
    """

    attribute: str
    subs: tuple[str, ...] = ()
    member: str | None = None
    trailing: tuple[str, ...] = ()


class And(Struct, frozen=True):
    items: tuple["Node", ...]


class Or(Struct, frozen=True):
    items: tuple["Node", ...]


class Not(Struct, frozen=True):
    item: "Node"


class Exists(Struct, frozen=True):
    path: Path


class Compare(Struct, frozen=True):
    path: Path
    operator: Operator
    values: tuple[Scalar | Span, ...]


class Match(Struct, frozen=True):
    """The pattern is found in a text of the target (``negated``: there are texts, and it is found in none)."""

    path: Path
    pattern: Pattern
    negated: bool = False


class Linked(Struct, frozen=True):
    """A record of the same owner, to which the relationship leads, fulfils ``inner``; ``types`` may narrow which."""

    path: Path
    inner: "Node"
    types: tuple[str, ...] = ()


class HasType(Struct, frozen=True):
    """Any of the types (``every``: all of them)."""

    names: tuple[str, ...]
    every: bool = False


class HasId(Struct, frozen=True):
    ids: tuple[str, ...]


class IdMatches(Struct, frozen=True):
    pattern: Pattern


class HasAnyAttribute(Struct, frozen=True):
    names: tuple[str, ...]


class InScope(Struct, frozen=True):
    """A scope of those levels (``None``: any one level), and with ``below`` everything under it."""

    levels: tuple[str | None, ...]
    below: bool = False


class Owned(Struct, frozen=True):
    """The wall of permission: of these owners (``None``: anyone) and of these visibilities (``None``: any)."""

    owners: tuple[int, ...] | None = None
    visibilities: tuple[int, ...] | None = None


class Alive(Struct, frozen=True):
    """Not expired at that time."""

    at: datetime


class Near(Struct, frozen=True):
    """Distance along the sphere, in metres, between the geometry and the reference (GeoJSON, degrees)."""

    geometry: dict[str, Any]
    attribute: str = "location"
    most: float | None = None
    least: float | None = None


class Spatial(Struct, frozen=True):
    """The attribute's geometry stands in the relation to the reference (GeoJSON, degrees): ``within`` it, …"""

    relation: Relation
    geometry: dict[str, Any]
    attribute: str = "location"


Node: TypeAlias = (
    And
    | Or
    | Not
    | Exists
    | Compare
    | Match
    | Linked
    | HasType
    | HasId
    | IdMatches
    | HasAnyAttribute
    | InScope
    | Owned
    | Alive
    | Near
    | Spatial
)

EVERYTHING = And(())
NOTHING = Or(())


class Order(Struct, frozen=True):
    """One term of an order; ``distance_from`` (GeoJSON) orders by distance to the reference, in metres."""

    path: Path
    descending: bool = False
    distance_from: dict[str, Any] | None = None


class TimeWindow(Struct, frozen=True):
    """Half-open: ``start`` ≤ the time of ``member`` < ``end``; ``None`` is unbounded."""

    member: str
    start: datetime | None = None
    end: datetime | None = None


class Projected(Struct, frozen=True):
    """A member to keep or to leave out; ``inner`` says the same of the records that it links to."""

    name: str
    inner: tuple["Projected", ...] = ()


def both(*nodes: Node) -> Node:
    """All of the conditions, flat: conjunctions inside are taken apart."""
    items: list[Node] = []
    for node in nodes:
        items.extend(node.items if isinstance(node, And) else (node,))
    return items[0] if len(items) == 1 else And(tuple(items))


def either(*nodes: Node) -> Node:
    """Any of the conditions, flat: disjunctions inside are taken apart."""
    items: list[Node] = []
    for node in nodes:
        items.extend(node.items if isinstance(node, Or) else (node,))
    return items[0] if len(items) == 1 else Or(tuple(items))
