"""Geometry on the sphere: boxes that narrow a search down, distances, and the exact relation of two geometries."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

import shapely
from shapely.errors import GEOSException
from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points
from shapely.prepared import prep

from hitotsu.records.query import limits
from hitotsu.records.query.ast import Near, Spatial
from hitotsu.records.query.errors import QueryRefused, TooComplex

# Metres; the mean radius of the Earth (IUGG).
EARTH_RADIUS: Final = 6_371_008.8
# PostgreSQL compares boxes with a slack of 1e-6 degrees; rounding of the corners must stay on the safe side too.
_SLACK: Final = 1e-9

# West, south, east, north in degrees.
Box = tuple[float, float, float, float]
_KINDS: Final = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}


def distance(west: float, south: float, east: float, north: float) -> float:
    """Metres along the sphere between two points in degrees (haversine)."""
    latitude, other = math.radians(south), math.radians(north)
    half = (
        math.sin((other - latitude) / 2) ** 2
        + math.cos(latitude) * math.cos(other) * math.sin(math.radians(east - west) / 2) ** 2
    )
    return 2 * EARTH_RADIUS * math.asin(math.sqrt(min(1.0, half)))


def extent(instances: Iterable[Mapping[str, Any]]) -> Box | None:
    """The box around every geometry of an attribute's instances; nothing where there is none."""
    xs: list[float] = []
    ys: list[float] = []
    for instance in instances:
        geometry = instance.get("value")
        if isinstance(geometry, Mapping):
            for x, y in _positions(geometry):
                xs.append(x)
                ys.append(y)
    return (min(xs), min(ys), max(xs), max(ys)) if xs else None


def reference(geometry: Mapping[str, Any]) -> BaseGeometry:
    """The geometry that is compared with, checked.

    ``QueryRefused`` where it is no GeoJSON geometry, is empty, leaves the Earth or crosses itself; ``TooComplex``
    beyond ``MOST_POSITIONS``.
    """
    if geometry.get("type") not in _KINDS:
        raise QueryRefused(f"'{geometry.get('type')}' is not a type of geometry that can be compared with")
    count = 0
    for x, y in _positions(geometry):
        count += 1
        if not (-180 <= x <= 180 and -90 <= y <= 90):
            raise QueryRefused(f"[{x:g}, {y:g}] is not on the Earth: longitude comes first, both in degrees")
    if count > limits.MOST_POSITIONS:
        raise TooComplex(f"a geometry to compare with may have {limits.MOST_POSITIONS} positions")
    try:
        found = shape(dict(geometry))
    except (ValueError, TypeError, IndexError, AttributeError, GEOSException) as problem:
        raise QueryRefused(f"the coordinates do not make a {geometry['type']}") from problem
    if count == 0 or found.is_empty:
        raise QueryRefused("the geometry is empty")
    if not found.is_valid:
        raise QueryRefused(f"the geometry is not valid: {shapely.is_valid_reason(found)}")
    return found


def boxes_around(geometry: Mapping[str, Any], metres: float) -> list[Box]:
    """Boxes (two where the antimeridian is crossed) that hold everything within that distance of the geometry."""
    west, south, east, north = reference(geometry).bounds
    angle = metres / EARTH_RADIUS * (1 + 1e-9) + 1e-12
    if angle >= math.pi:
        return [(-180.0, -90.0, 180.0, 90.0)]
    reach = math.degrees(angle)
    low, high = south - reach - _SLACK, north + reach + _SLACK
    if low <= -90 or high >= 90:
        return [(-180.0, max(low, -90.0), 180.0, min(high, 90.0))]
    # The meridian that the circle touches lies further out than at the circle's own latitude.
    widest = math.radians(max(abs(south), abs(north)))
    aside = math.degrees(math.asin(min(1.0, math.sin(min(angle, math.pi / 2)) / math.cos(widest)))) + _SLACK
    left, right = west - aside, east + aside
    if right - left >= 360:
        return [(-180.0, low, 180.0, high)]
    if left < -180:
        return [(-180.0, low, right, high), (left + 360, low, 180.0, high)]
    if right > 180:
        return [(left, low, 180.0, high), (-180.0, low, right - 360, high)]
    return [(left, low, right, high)]


def test_of(node: Near | Spatial) -> Callable[[Mapping[str, Any]], bool]:
    """A test of one GeoJSON geometry against the node's reference; prepared once, cheap to ask often."""
    target = reference(node.geometry)
    if isinstance(node, Near):
        return partial(_is_near, node, target)
    return partial(_relates, node.relation, target, prep(target))


def _is_near(node: Near, target: BaseGeometry, geometry: Mapping[str, Any]) -> bool:
    apart = distance_to(target, geometry)
    if apart is None:
        return False
    return (node.most is None or apart <= node.most) and (node.least is None or apart > node.least)


def distance_to(target: BaseGeometry, geometry: Mapping[str, Any]) -> float | None:
    """Metres between a reference and a GeoJSON geometry; nothing where that is none.

    Between two points exact on the sphere. Otherwise between the nearest points in a plane around the reference,
    in which degrees of longitude are as long as there.
    """
    if geometry.get("type") == "Point" and isinstance(target, Point):
        positions = list(_positions(geometry))
        return distance(target.x, target.y, *positions[0]) if positions else None
    found = _shape(geometry)
    if found is None:
        return None
    shrink = max(math.cos(math.radians(target.centroid.y)), 1e-6)

    def flat(part: BaseGeometry) -> BaseGeometry:
        return shapely.transform(part, lambda points: points * (shrink, 1.0))

    here, there = nearest_points(flat(target), flat(found))
    return distance(here.x / shrink, here.y, there.x / shrink, there.y)


def _relates(relation: str, target: BaseGeometry, prepared: Any, geometry: Mapping[str, Any]) -> bool:
    found = _shape(geometry)
    if found is None:
        return False
    # "Within" is asked of the record's geometry: the reference, which is the prepared one, contains it.
    if relation == "within":
        return bool(prepared.contains(found))
    if relation == "contains":
        return bool(prepared.within(found))
    if relation == "equals":
        return bool(target.equals(found))
    return bool(getattr(prepared, relation)(found))


def _shape(geometry: Mapping[str, Any]) -> BaseGeometry | None:
    if geometry.get("type") not in _KINDS:
        return None
    try:
        found = shape(dict(geometry))
    except (ValueError, TypeError, IndexError, AttributeError, GEOSException):
        # What is stored was checked on its way in; what slipped through has no place and is near nothing.
        return None
    if found.is_empty:
        return None
    return found if found.is_valid else shapely.make_valid(found)


def _positions(geometry: Mapping[str, Any]) -> Iterator[tuple[float, float]]:
    depth = _KINDS.get(str(geometry.get("type")))
    if depth is not None:
        yield from _walk(geometry.get("coordinates"), depth)


def _walk(coordinates: Any, depth: int) -> Iterator[tuple[float, float]]:
    if not isinstance(coordinates, Sequence) or isinstance(coordinates, str):
        return
    if depth:
        for inner in coordinates:
            yield from _walk(inner, depth - 1)
    elif len(coordinates) >= 2 and all(_is_number(part) for part in coordinates[:2]):
        yield float(coordinates[0]), float(coordinates[1])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
