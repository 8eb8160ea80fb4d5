"""The geoquery language (clause 4.10): ``georel``, ``geometry``, ``coordinates``, ``geoproperty``."""

import re
from typing import Any, Final, cast

import msgspec

from hitotsu.faces.ngsi.grammar.names import Expand
from hitotsu.faces.ngsi.problems import BadRequestData, TooComplexQuery
from hitotsu.records.query import geo
from hitotsu.records.query.ast import Near, Relation, Spatial
from hitotsu.records.query.errors import QueryRefused, TooComplex

_RELATIONS: Final = frozenset({"within", "contains", "intersects", "equals", "disjoint", "overlaps"})
_DISTANCE: Final = re.compile(
    r"(maxDistance|minDistance)==((?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)"
)
_TYPES: Final = frozenset({"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"})
# Far more than half of the Earth's circumference means the same as it.
_FARTHEST: Final = 1e9
_LONGEST: Final = 1_000_000


def parse_geoquery(
    *,
    georel: str | None,
    geometry: str | None,
    coordinates: str | list[Any] | None,
    geoproperty: str | None,
    expand: Expand,
) -> Near | Spatial | None:
    """The condition that the four parameters say; nothing where none of the first three is given.

    ``coordinates`` is a JSON array, or its text as in a URL. ``BadRequestData`` where one is missing or wrong.
    """
    if georel is None and geometry is None and coordinates is None:
        return None
    if georel is None or geometry is None or coordinates is None:
        raise BadRequestData("georel, geometry and coordinates are given together")
    reference = parse_geometry(geometry, coordinates)
    attribute = expand(geoproperty) if geoproperty else "location"
    name, *modifiers = georel.split(";")
    if name in _RELATIONS:
        if modifiers:
            raise BadRequestData(f"georel: '{name}' has no modifiers")
        return Spatial(cast("Relation", name), reference, attribute)
    if name != "near":
        raise BadRequestData(f"georel: there is no relation '{georel[:200]}'")
    least, most = _distances(modifiers)
    return Near(reference, attribute, most, least)


def parse_geometry(kind: str, coordinates: str | list[Any], parameter: str = "coordinates") -> dict[str, Any]:
    """A GeoJSON geometry to compare with, checked: on the Earth, not empty, not crossing itself."""
    if kind not in _TYPES:
        raise BadRequestData(f"geometry: '{kind[:200]}' is none of {', '.join(sorted(_TYPES))}")
    if isinstance(coordinates, str):
        if len(coordinates) > _LONGEST:
            raise TooComplexQuery(f"{parameter} may have {_LONGEST} characters")
        try:
            coordinates = msgspec.json.decode(coordinates.encode("utf-8", "replace"), type=list[Any])
        except (msgspec.DecodeError, RecursionError) as problem:
            raise BadRequestData(f"{parameter} is not a JSON array") from problem
    geometry = {"type": kind, "coordinates": coordinates}
    try:
        geo.reference(geometry)
    except TooComplex as problem:
        raise TooComplexQuery(f"{parameter}: {problem}") from problem
    except QueryRefused as problem:
        raise BadRequestData(f"{parameter}: {problem}") from problem
    return geometry


def _distances(modifiers: list[str]) -> tuple[float | None, float | None]:
    found: dict[str, float] = {}
    for modifier in modifiers:
        match = _DISTANCE.fullmatch(modifier)
        if match is None or len(modifier) > 100 or match.group(1) in found:
            raise BadRequestData(
                "georel: 'near' is followed by ;maxDistance==METRES or ;minDistance==METRES, "
                f"not by ';{modifier[:200]}'"
            )
        metres = float(match.group(2))
        if metres <= 0:
            raise BadRequestData("georel: a distance is more than 0 metres")
        found[match.group(1)] = min(metres, _FARTHEST)
    if not found:
        raise BadRequestData("georel: 'near' needs ;maxDistance==METRES or ;minDistance==METRES")
    return found.get("minDistance"), found.get("maxDistance")
