"""The attribute projection language (clause 4.21): ``pick``, ``omit``, with the members of linked entities."""

import re
from typing import Final

from hitotsu.faces.ngsi.grammar.names import Expand
from hitotsu.faces.ngsi.grammar.reading import Reading
from hitotsu.faces.ngsi.problems import TooComplexQuery
from hitotsu.records.query import limits
from hitotsu.records.query.ast import Projected

_NAME: Final = re.compile(r"[^\s|,;(){}\[\]\"<>\\^`]+")
_MEMBERS: Final = frozenset({"id", "type", "scope", "createdAt", "modifiedAt", "expiresAt"})


def parse_projection(text: str, expand: Expand, parameter: str) -> tuple[Projected, ...]:
    """The members listed: ``a,b``, ``a|b``, ``link{a,b{c}}``. Members of the entity itself keep their names."""
    reading = Reading(parameter, text)
    projected = _terms(reading, expand)
    reading.end()
    return projected


def _terms(reading: Reading, expand: Expand) -> tuple[Projected, ...]:
    found: list[Projected] = []
    while True:
        name = reading.match(_NAME)
        if not name:
            reading.refuse("the name of a member is missing")
        inner: tuple[Projected, ...] = ()
        if reading.take("{"):
            reading.deeper()
            inner = _terms(reading, expand)
            reading.expect("}")
            reading.depth -= 1
        found.append(Projected(name if name in _MEMBERS else expand(name), inner))
        if len(found) > limits.MOST_LITERALS:
            raise TooComplexQuery(f"{reading.parameter} may have {limits.MOST_LITERALS} members")
        if not (reading.take(",") or reading.take("|")):
            return tuple(found)
