"""Areas as SVG paths: projected, simplified so that neighbours still meet, in the units of a given width. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy
import shapely
from shapely.geometry import MultiPolygon, Polygon, shape

# In the drawing's units (pixels at its own width): what is smaller than this nobody sees.
_TOLERANCE = 0.6
_LEAST_PART = 1.0
_MARGIN = 2.0


@dataclass(frozen=True, slots=True)
class Drawing:
    """Paths by key with a point inside each for its label; ``height`` follows from the width."""

    width: float
    height: float
    paths: Mapping[str, str]
    labels: Mapping[str, tuple[float, float]]


def draw(geometries: Mapping[str, Mapping[str, Any]], width: float) -> Drawing:
    """GeoJSON polygons (degrees) as SVG path data, one decimal, north up, in a drawing of that width.

    The projection is equirectangular with longitudes shortened by the cosine of the middle latitude.
    """
    if not geometries:
        return Drawing(width, 0.0, {}, {})
    outlines = numpy.array([shape(dict(geometry)) for geometry in geometries.values()], dtype=object)
    west, south, east, north = shapely.total_bounds(outlines)
    shrink = math.cos(math.radians((south + north) / 2))
    scale = (width - 2 * _MARGIN) / max((east - west) * shrink, 1e-9)

    def project(points: "numpy.ndarray[Any, Any]") -> "numpy.ndarray[Any, Any]":
        x = (points[:, 0] - west) * shrink * scale + _MARGIN
        y = (north - points[:, 1]) * scale + _MARGIN
        return numpy.column_stack((x, y))

    projected = shapely.transform(outlines, project)
    simplified = shapely.coverage_simplify(projected, _TOLERANCE)
    keys = list(geometries)
    return Drawing(
        width,
        round((north - south) * scale + 2 * _MARGIN, 1),
        {key: _path(outline) for key, outline in zip(keys, simplified, strict=True)},
        {key: _label(outline) for key, outline in zip(keys, projected, strict=True)},
    )


def _path(outline: shapely.Geometry) -> str:
    parts = _parts(outline)
    largest = max(parts, key=lambda part: part.area)
    visible = [part for part in parts if part is largest or part.area >= _LEAST_PART]
    return "".join(_ring(ring.coords) for part in visible for ring in (part.exterior, *part.interiors))


def _parts(outline: shapely.Geometry) -> Sequence[Polygon]:
    if isinstance(outline, MultiPolygon):
        return list(outline.geoms)
    return [outline] if isinstance(outline, Polygon) else []


def _ring(points: Any) -> str:
    rounded = [f"{_decimal(x)},{_decimal(y)}" for x, y in points]
    kept = [point for index, point in enumerate(rounded[:-1]) if index == 0 or point != rounded[index - 1]]
    return f"M{'L'.join(kept)}Z"


def _decimal(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _label(outline: shapely.Geometry) -> tuple[float, float]:
    point = shapely.point_on_surface(outline)
    return round(point.x, 1), round(point.y, 1)
