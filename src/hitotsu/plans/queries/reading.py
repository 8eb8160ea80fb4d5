"""The stored JSON of a reading as frozen values."""

from collections.abc import Mapping, Sequence
from typing import Any

from hitotsu.plans.values import Body, Figure, Review, Table, Term

Json = Mapping[str, Any]


def span(value: Sequence[int]) -> tuple[int, int]:
    """First and last line, inclusive."""
    return value[0], value[1]


def figure(index: int, value: Json) -> Figure:
    return Figure(
        index=index,
        value=value["value"],
        text_value=value["text_value"],
        unit=value["unit"],
        as_of=value["as_of"],
        kind=value["kind"],
        compare=value["compare"],
        text=value["text"],
        lines=span(value["lines"]),
    )


def term(index: int, value: Json) -> Term:
    return Term(index, value["mark"], value["term"], value["definition"], span(value["lines"]))


def table(index: int, value: Json) -> Table:
    return Table(
        index,
        value["title"],
        tuple(tuple(row) for row in value["header"]),
        tuple(tuple(row) for row in value["rows"]),
        tuple(value["notes"]),
        span(value["lines"]),
    )


def body(value: Json) -> Body:
    return Body(value["name"], value["role"], span(value["lines"]))


def review(value: Json) -> Review:
    return Review(value["date"], value["text"], span(value["lines"]))
