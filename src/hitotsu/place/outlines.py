"""From rings of positions to one sound outline per area: checked, closed, inside Japan, repaired where that is safe."""

import math
import re
from collections.abc import Sequence
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Polygon, mapping
from shapely.validation import explain_validity

from hitotsu.place.errors import (
    OutsideJapan,
    SelfCrossing,
    SwappedCoordinates,
    TooManyValues,
    WrongGeometry,
)

Position = tuple[float, float]
Ring = list[Position]
Rings = list[Ring]
Box = tuple[float, float, float, float]

MOST_POSITIONS = 2_000_000
# Degrees; from Yonaguni to Minamitorishima, from Okinotorishima to Etorofu.
_WEST, _SOUTH, _EAST, _NORTH = 122.0, 20.0, 154.5, 46.0
# A tenth of a metre: finer than any survey of boundaries, and short to store.
_DECIMALS = 6
_LEAST_POSITIONS = 4
# How much of an outline's area a repair may change before it is a guess.
_SAFE_CHANGE = 0.01
_FAULT_PLACE = re.compile(r"\[(\S+) (\S+?)\]")


class Counter:
    """Counts the positions of one file, for a small file can unfold into very many."""

    def __init__(self, most: int = MOST_POSITIONS) -> None:
        self._left = self._most = most

    def take(self, count: int) -> None:
        """Counts ``count`` more positions; raises ``TooManyValues`` beyond the limit."""
        self._left -= count
        if self._left < 0:
            raise TooManyValues("座標", self._most)


def number(value: object) -> float | None:
    """A JSON number as a float, infinite where it is too large for one; ``None`` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf


def read_ring(raw: object, where: str, counter: Counter) -> Ring:
    """A closed ring of (longitude, latitude) in degrees from a list of positions as JSON has it.

    Raises ``WrongGeometry``, ``OutsideJapan``, ``SwappedCoordinates``, ``TooManyValues``.
    """
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise WrongGeometry(where, "輪が座標の並びではありません")
    counter.take(len(raw))
    ring = [_position(item, where) for item in raw]
    if len(ring) < _LEAST_POSITIONS:
        raise WrongGeometry(where, f"輪の点が {len(ring)} 個しかありません")
    if ring[0] != ring[-1]:
        raise WrongGeometry(where, "輪の始点と終点が違います")
    return ring


def outline(polygons: Sequence[Rings], where: str) -> tuple[dict[str, Any], Box, bool]:
    """One GeoJSON Polygon or MultiPolygon of many polygons, its box in degrees, and whether it was repaired.

    A line that touches or crosses itself is repaired where the area stays the same within one per cent; raises
    ``SelfCrossing`` where it does not, and ``WrongGeometry`` where no area is left.
    """
    sound: list[Polygon] = []
    repaired = False
    for rings in polygons:
        polygon = Polygon(rings[0], rings[1:])
        if polygon.is_valid:
            sound.append(polygon)
        else:
            sound.extend(_repair(polygon, where))
            repaired = True
    if not sound:
        raise WrongGeometry(where, "面がありません")
    merged = sound[0] if len(sound) == 1 else shapely.union_all(sound)
    merged = shapely.orient_polygons(merged)
    west, south, east, north = merged.bounds
    return _as_lists(mapping(merged)), (west, south, east, north), repaired


def _position(raw: object, where: str) -> Position:
    if not isinstance(raw, Sequence) or isinstance(raw, str) or len(raw) < 2:
        raise WrongGeometry(where, "座標が二つの数の組ではありません")
    x, y = number(raw[0]), number(raw[1])
    if x is None or y is None:
        raise WrongGeometry(where, "座標が数ではありません")
    if _WEST <= x <= _EAST and _SOUTH <= y <= _NORTH:
        return round(x, _DECIMALS), round(y, _DECIMALS)
    if _WEST <= y <= _EAST and _SOUTH <= x <= _NORTH:
        raise SwappedCoordinates(where, x, y)
    raise OutsideJapan(where, x, y)


def _repair(polygon: Polygon, where: str) -> list[Polygon]:
    fixed = _polygons_of(shapely.make_valid(polygon))
    area = sum(part.area for part in fixed)
    if area == 0:
        raise WrongGeometry(where, "面積がありません")
    if abs(area - polygon.area) > area * _SAFE_CHANGE:
        raise SelfCrossing(where, _fault(polygon))
    return fixed


def _fault(polygon: Polygon) -> str:
    place = _FAULT_PLACE.search(explain_validity(polygon))
    return f"東経 {place[1]} 度、北緯 {place[2]} 度の付近" if place else "場所は分かりません"


def _polygons_of(geometry: shapely.Geometry) -> list[Polygon]:
    if isinstance(geometry, Polygon):
        return [geometry]
    if isinstance(geometry, MultiPolygon | shapely.GeometryCollection):
        return [polygon for part in geometry.geoms for polygon in _polygons_of(part)]
    return []


def _as_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_lists(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [_as_lists(item) for item in value]
    return value
