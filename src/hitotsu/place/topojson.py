"""TopoJSON 1.0: areas whose shared borders are stored once, as arcs that rings refer to by number."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hitotsu.place.errors import TooDeep, TopologyBroken, WrongGeometry
from hitotsu.place.outlines import Counter, number

MOST_NESTING = 8
Points = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Shape:
    """One geometry object: its attributes, its id and its polygons as unchecked rings of positions."""

    properties: Mapping[str, Any]
    id: object
    polygons: list[list[Any]]


def shapes_of_topology(document: Mapping[str, Any], counter: Counter) -> Iterator[Shape]:
    """Every polygonal geometry object of a topology, in file order.

    Decodes quantised arcs (``transform`` and deltas), joins arcs into rings and follows negative numbers
    backwards. Raises ``TopologyBroken``, ``WrongGeometry``, ``TooDeep``, ``TooManyValues``.
    """
    arcs = _arcs(document, counter)
    objects = document.get("objects")
    if not isinstance(objects, dict):
        raise TopologyBroken("objects がありません")
    for geometry in objects.values():
        yield from _shapes(geometry, arcs, counter, 0)


def _arcs(document: Mapping[str, Any], counter: Counter) -> list[Points]:
    raw_arcs = document.get("arcs")
    if not isinstance(raw_arcs, list) or not all(isinstance(arc, list) for arc in raw_arcs):
        raise TopologyBroken("arcs が並びではありません")
    transform = document.get("transform")
    if transform is None:
        return [_absolute_arc(arc, counter) for arc in raw_arcs]
    if not isinstance(transform, dict):
        raise TopologyBroken("transform が正しくありません")
    scale, translate = (_pair(transform.get(name)) for name in ("scale", "translate"))
    return [_quantised_arc(arc, scale, translate, counter) for arc in raw_arcs]


def _absolute_arc(arc: list[Any], counter: Counter) -> Points:
    counter.take(len(arc))
    return [_pair(point) for point in arc]


def _quantised_arc(
    arc: list[Any], scale: tuple[float, float], translate: tuple[float, float], counter: Counter
) -> Points:
    counter.take(len(arc))
    x: float = 0
    y: float = 0
    points = []
    for item in arc:
        dx, dy = _pair(item)
        x, y = x + dx, y + dy
        points.append((x * scale[0] + translate[0], y * scale[1] + translate[1]))
    return points


def _pair(value: object) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) < 2:
        raise TopologyBroken("座標が二つの数の組ではありません")
    x, y = number(value[0]), number(value[1])
    if x is None or y is None:
        raise TopologyBroken("座標が数ではありません")
    return x, y


def _shapes(geometry: object, arcs: list[Points], counter: Counter, depth: int) -> Iterator[Shape]:
    if depth > MOST_NESTING:
        raise TooDeep
    if not isinstance(geometry, dict):
        raise TopologyBroken("objects に図形でないものがあります")
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        parts = geometry.get("geometries")
        if not isinstance(parts, list):
            raise TopologyBroken("GeometryCollection に geometries がありません")
        for part in parts:
            yield from _shapes(part, arcs, counter, depth + 1)
        return
    properties = geometry.get("properties") or {}
    if not isinstance(properties, dict):
        raise TopologyBroken("properties が正しくありません")
    numbers = geometry.get("arcs")
    if kind == "Polygon":
        polygons = [numbers]
    elif kind == "MultiPolygon":
        polygons = _list(numbers)
    else:
        raise WrongGeometry("TopoJSON の図形", f"type が {str(kind)[:40]} です")
    yield Shape(
        properties,
        geometry.get("id"),
        [[_join(_list(ring), arcs, counter) for ring in _list(polygon)] for polygon in polygons],
    )


def _join(numbers: list[Any], arcs: list[Points], counter: Counter) -> Points:
    ring: Points = []
    for index in numbers:
        if isinstance(index, bool) or not isinstance(index, int) or not -len(arcs) <= index < len(arcs):
            raise TopologyBroken("輪が指す番号の弧がありません")
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        counter.take(len(arc))
        if ring and arc and ring[-1] != arc[0]:
            raise TopologyBroken(f"弧 {index} が前の弧の終わりから始まりません")
        ring.extend(arc[1:] if ring else arc)
    return ring


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TopologyBroken("arcs の入れ子が正しくありません")
    return value
