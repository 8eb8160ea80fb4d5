"""The entity ordering language (clause 4.23): ``orderBy``, ``orderFrom``, ``orderGeometry``, ``collation``."""

import re
from typing import Any, Final

from hitotsu.faces.ngsi.grammar.geography import parse_geometry
from hitotsu.faces.ngsi.grammar.names import MEMBER, NAME, Expand, as_path
from hitotsu.faces.ngsi.grammar.reading import Reading
from hitotsu.faces.ngsi.problems import BadRequestData, TooComplexQuery
from hitotsu.records.query import limits
from hitotsu.records.query.ast import Order, Path

_DIRECTION: Final = re.compile(r"dist-asc|dist-desc|asc|desc")
_MEMBERS: Final = frozenset({"id", "type", "scope", "createdAt", "modifiedAt", "expiresAt"})
_MOST_TERMS: Final = 8
# BCP 47 with the extension U: letters, digits and hyphens.
_COLLATION: Final = re.compile(r"[A-Za-z0-9]{1,8}(?:-[A-Za-z0-9]{1,8}){0,15}")


def parse_order(
    text: str,
    expand: Expand,
    *,
    order_from: str | list[Any] | None = None,
    order_geometry: str | None = None,
) -> tuple[Order, ...]:
    """The terms of ``orderBy``: ``name``, ``name;desc``, ``address[city]``, ``name.observedAt``, ``location;dist-asc``.

    ``BadRequestData`` where a distance is asked for and ``orderFrom`` is not given.
    """
    reading = Reading("orderBy", text)
    origin = (
        parse_geometry(order_geometry or "Point", order_from, "orderFrom") if order_from is not None else None
    )
    terms: list[Order] = []
    while True:
        terms.append(_term(reading, expand, origin))
        if len(terms) > _MOST_TERMS:
            raise TooComplexQuery(f"orderBy may have {_MOST_TERMS} terms")
        if not reading.take(","):
            reading.end()
            return tuple(terms)


def parse_collation(text: str) -> str:
    """A language tag for a collation, in its form only: whether the database has it is the store's to say."""
    if not _COLLATION.fullmatch(text):
        raise BadRequestData(f"collation: '{text[:200]}' is not a language tag")
    return text


def _term(reading: Reading, expand: Expand, origin: dict[str, Any] | None) -> Order:
    path = _path(reading, expand)
    direction = ""
    if reading.take(";"):
        direction = reading.match(_DIRECTION)
        if not direction:
            reading.refuse("a direction is one of asc, desc, dist-asc, dist-desc")
    if not direction.startswith("dist"):
        return Order(path, direction == "desc")
    if origin is None:
        raise BadRequestData("orderBy: an order by distance needs orderFrom")
    if not path.attribute or path.subs or path.member or path.trailing:
        raise BadRequestData("orderBy: a distance is that of an attribute")
    return Order(path, direction == "dist-desc", origin)


def _path(reading: Reading, expand: Expand) -> Path:
    names = [_name(reading)]
    while reading.take("."):
        names.append(_name(reading))
    trailing: list[str] = []
    if reading.take("["):
        trailing.append(reading.match(MEMBER))
        while reading.take("."):
            trailing.append(reading.match(MEMBER))
        reading.expect("]")
    if "" in trailing or len(names) + len(trailing) > limits.LONGEST_PATH:
        reading.refuse("this is not a path that can be ordered by")
    if len(names) == 1 and names[0] in _MEMBERS and not trailing:
        return Path("", member=names[0])
    return as_path(names, tuple(trailing), expand)


def _name(reading: Reading) -> str:
    name = reading.match(NAME)
    if not name:
        reading.refuse("the name of an attribute is missing")
    return name
