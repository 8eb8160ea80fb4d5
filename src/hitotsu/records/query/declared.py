"""Declared attributes: which expression an index can serve, when it may stand for a condition, and the indexes."""

import hashlib
from collections.abc import Mapping
from typing import Literal

from hitotsu.records.query.ast import Compare, Instant, Number, Scalar, Span, Text

ValueKind = Literal["number", "string", "datetime", "geometry"]
Declared = Mapping[str, ValueKind]

_FUNCTIONS: Mapping[ValueKind, str] = {
    "number": "records_number",
    "string": "records_text",
    "datetime": "records_moment",
}


def literal(text: str) -> str:
    """A text as an SQL literal; for names only, which an index must find written out in the statement."""
    if "\x00" in text:
        raise ValueError("a name cannot have the character NUL")
    if "\\" in text:
        return " E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
    return "'" + text.replace("'", "''") + "'"


def indexed(column: str, attribute: str, kind: ValueKind) -> str:
    """The expression over a column of attributes that the declared attribute's index is made of."""
    call = f"{_FUNCTIONS[kind]}({column}, {literal(attribute)})"
    return call if kind == "number" else f'{call} COLLATE "C"'


def irregular(column: str, attribute: str) -> str:
    """Whether the attribute is there and says more than one plain value: then the expression does not speak for it."""
    return f"records_irregular({column}, {literal(attribute)})"


def serves(kind: ValueKind | None, condition: Compare) -> bool:
    """Whether the index may stand for the condition.

    It may when the condition is on the attribute's own value, all literals are of the declared kind, and the
    operator is not ``!=`` (which also holds for values of other kinds, and for nearly every record). Attributes
    with several instances, lists, languages or vocabularies are in the second index; the two are asked with OR.
    """
    path = condition.path
    if (
        kind is None
        or path.subs
        or path.member
        or path.trailing
        or not path.attribute
        or condition.operator == "!="
    ):
        return False
    scalars: list[Scalar] = []
    for value in condition.values:
        scalars.extend((value.low, value.high) if isinstance(value, Span) else (value,))
    return all(
        (kind == "number" and isinstance(scalar, Number))
        or (kind == "string" and isinstance(scalar, Text))
        or (kind == "datetime" and isinstance(scalar, Instant) and scalar.kind == "datetime")
        for scalar in scalars
    )


def index_statements(attribute: str, kind: ValueKind, *, concurrently: bool = False) -> list[str]:
    """The statements that make a declared attribute's indexes, to be run in autocommit where concurrent.

    The planner takes no statistics from an index over some of the rows, so the expression gets its own: without them
    every condition looks as if a third of the table fulfilled it. They are filled by the next ``ANALYZE``.
    """
    create = f"CREATE INDEX {'CONCURRENTLY ' if concurrently else ''}IF NOT EXISTS"
    name = index_name(attribute, kind)
    if kind == "geometry":
        box = f"records_extent(attributes, {literal(attribute)})"
        return [f"{create} {name} ON records_record USING gist (({box})) WHERE {box} IS NOT NULL"]
    value = indexed("attributes", attribute, kind)
    call = f"{_FUNCTIONS[kind]}(attributes, {literal(attribute)})"
    rest = irregular("attributes", attribute)
    return [
        f"{create} {name} ON records_record (({value})) WHERE {call} IS NOT NULL",
        f"{create} {index_name(attribute, 'rest')} ON records_record (owner_id, id) WHERE {rest}",
        f"CREATE STATISTICS IF NOT EXISTS {name}_spread ON ({call}) FROM records_record",
    ]


def index_name(attribute: str, kind: str) -> str:
    """The same name for the same attribute, short enough for PostgreSQL whatever the attribute's IRI is."""
    digest = hashlib.blake2b(attribute.encode(), digest_size=8).hexdigest()
    return f"records_record_{kind}_{digest}"
