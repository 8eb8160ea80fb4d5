"""GeoJSON geometries (RFC 7946) as the standard allows them: all but GeometryCollection."""

from typing import Any, Final

from hitotsu.faces.ngsi.entities.rules import Json, Path, refuse

# How many arrays lie around a position.
LEVELS: Final = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
MAX_POSITIONS: Final = 100_000


def looks_geometric(value: Json) -> bool:
    """Whether a value is meant as a geometry, right or wrong."""
    if not isinstance(value, dict) or "coordinates" not in value:
        return False
    kind = value.get("type")
    return isinstance(kind, str) and kind in LEVELS


def read_geometry(value: Json, path: Path) -> dict[str, Any]:
    """The geometry, if it is one: known type, positions of two or three numbers in range, closed rings."""
    if not isinstance(value, dict):
        refuse(path, "a GeoJSON geometry is needed here.")
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in LEVELS:
        refuse(path, f"a geometry is one of {', '.join(LEVELS)}.")
    coordinates = value.get("coordinates")
    if not isinstance(coordinates, list):
        refuse(path, f"the {kind} has no coordinates.")
    _check(kind, LEVELS[kind], coordinates, (*path, "coordinates"), [MAX_POSITIONS])
    return value


def _check(kind: str, level: int, items: list[Any], path: Path, left: list[int]) -> None:
    if level == 0:
        _check_position(items, path)
        left[0] -= 1
        if left[0] < 0:
            refuse(path[:-1], f"a geometry has at most {MAX_POSITIONS} positions.")
        return
    if not items:
        refuse(path, f"the {kind} is empty.")
    for number, item in enumerate(items):
        if not isinstance(item, list):
            refuse((*path, number), f"the coordinates of a {kind} are nested {LEVELS[kind] + 1} arrays deep.")
        _check(kind, level - 1, item, (*path, number), left)
    if level == 1 and kind.endswith("LineString") and len(items) < 2:
        refuse(path, "a line needs two positions or more.")
    if level == 1 and kind.endswith("Polygon"):
        if len(items) < 4:
            refuse(path, "a ring of a polygon needs four positions or more.")
        if items[0] != items[-1]:
            refuse(path, "a ring of a polygon ends where it begins.")


def _check_position(position: list[Any], path: Path) -> None:
    if not 2 <= len(position) <= 3 or any(type(number) not in (int, float) for number in position):
        refuse(path, "a position is two or three numbers: longitude, latitude, height.")
    longitude, latitude = position[0], position[1]
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        refuse(path, "a position is longitude (-180 to 180), then latitude (-90 to 90).")
