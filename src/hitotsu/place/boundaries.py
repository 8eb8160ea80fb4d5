"""Boundary files: GeoJSON and TopoJSON in, one sound outline per local government code out. Touches no database."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from hitotsu.place import codes
from hitotsu.place.errors import (
    FileTooLarge,
    FileUnreadable,
    NoCodes,
    NoFeatures,
    NotJson,
    TooDeep,
    TooManyValues,
    WrongGeometry,
    WrongReferenceSystem,
    WrongType,
)
from hitotsu.place.outlines import Box, Counter, Rings, outline, read_ring
from hitotsu.place.topojson import MOST_NESTING, Shape, shapes_of_topology

MOST_BYTES = 64_000_000
# Every array, object and comma costs memory once it is read, whatever the file's size.
MOST_VALUES = 8_000_000
# The national land numerical information's name and the ones that publishers of derived files use.
CODE_ATTRIBUTES = (
    "lg_code",
    "N03_007",
    "全国地方公共団体コード",
    "地方公共団体コード",
    "市区町村コード",
    "lgcode",
    "city_code",
    "code",
)
_BYTE = re.compile(r"\(byte (\d+)\)")
_NAME_ATTRIBUTES = ("city_name", "N03_004", "市区町村名", "市町村名", "名称", "name")
# JGD2011, JGD2000 and WGS84 differ by centimetres to a few metres; the old Tokyo datum by 400 metres.
_REFERENCE_SYSTEMS = ("CRS84", ":4326", ":6668", ":4612", ":6697", ":4979")


@dataclass(frozen=True, slots=True)
class Boundary:
    """The outline of one area: its six-digit code, GeoJSON geometry and box (west, south, east, north) in degrees."""

    code: str
    name: str
    geometry: dict[str, Any]
    bbox: Box
    repaired: bool


@dataclass(frozen=True, slots=True)
class BoundarySet:
    """What a file holds: the outlines in the order of their codes, and the names of the parts that have no code."""

    boundaries: tuple[Boundary, ...]
    without_code: tuple[str, ...]


def read_boundaries(path: Path) -> BoundarySet:
    """The outlines of a GeoJSON or TopoJSON file; raises a ``BoundaryFileError`` or ``InvalidCode``."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise FileTooLarge(size, MOST_BYTES)
        with path.open("rb") as file:
            # What is no regular file has no size of its own.
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileUnreadable(path, _reason(error)) from error
    if len(data) > MOST_BYTES:
        raise FileTooLarge(len(data), MOST_BYTES)
    return parse_boundaries(data)


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "ファイルがありません"
    if isinstance(error, IsADirectoryError):
        return "フォルダーです"
    return "読み取りの権限がありません" if isinstance(error, PermissionError) else "読み取りに失敗しました"


def parse_boundaries(data: bytes) -> BoundarySet:
    """The outlines of a GeoJSON FeatureCollection or a TopoJSON Topology.

    Parts with the same code become one outline. Nothing is returned when anything is wrong: raises a
    ``BoundaryFileError`` or ``InvalidCode`` that says what and where.
    """
    document = _decode(data)
    counter = Counter()
    if document.get("type") == "FeatureCollection":
        _require_degrees(document.get("crs"))
        shapes = list(_shapes_of_collection(document))
    elif document.get("type") == "Topology":
        shapes = list(shapes_of_topology(document, counter))
        counter = Counter()
    else:
        raise WrongType(document.get("type"))
    if not shapes:
        raise NoFeatures
    return _collect(shapes, counter)


def _decode(data: bytes) -> dict[str, Any]:
    if not data.strip():
        raise NotJson("ファイルが空です")
    if sum(data.count(mark) for mark in (b"[", b"{", b",")) > MOST_VALUES:
        raise TooManyValues("値", MOST_VALUES)
    try:
        document = msgspec.json.decode(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotJson(f"{error.start + 1} バイト目が UTF-8 ではありません") from error
    except RecursionError as error:
        raise TooDeep from error
    except msgspec.DecodeError as error:
        raise NotJson(_where(error)) from error
    if not isinstance(document, dict):
        raise WrongType("配列" if isinstance(document, list) else "値だけ")
    return document


def _where(error: msgspec.DecodeError) -> str:
    position = _BYTE.search(str(error))
    return (
        f"{position[1]} バイト目の付近が正しくありません"
        if position
        else "途中で切れているか、値が正しくありません"
    )


def _require_degrees(system: object) -> None:
    if system is None:
        return
    properties = system.get("properties") if isinstance(system, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else system
    if not isinstance(name, str) or not name.endswith(_REFERENCE_SYSTEMS):
        raise WrongReferenceSystem(name)


def _shapes_of_collection(document: Mapping[str, Any]) -> Iterator[Shape]:
    features = document.get("features")
    if not isinstance(features, list):
        raise WrongType("features のない FeatureCollection")
    for number, feature in enumerate(features, 1):
        where = f"{number} 番目の区域"
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise WrongGeometry(where, "Feature ではありません")
        properties = feature.get("properties") or {}
        if not isinstance(properties, dict):
            raise WrongGeometry(where, "properties が正しくありません")
        yield Shape(properties, feature.get("id"), list(_polygons(feature.get("geometry"), where, 0)))


def _polygons(geometry: object, where: str, depth: int) -> Iterator[list[Any]]:
    if depth > MOST_NESTING:
        raise TooDeep
    if not isinstance(geometry, dict):
        raise WrongGeometry(where, "geometry がありません")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "GeometryCollection" and isinstance(geometry.get("geometries"), list):
        for part in geometry["geometries"]:
            yield from _polygons(part, where, depth + 1)
        return
    if kind not in ("Polygon", "MultiPolygon"):
        raise WrongGeometry(where, f"type が {str(kind)[:40]} です")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(polygons, list) or not all(isinstance(polygon, list) for polygon in polygons):
        raise WrongGeometry(where, "coordinates の入れ子が正しくありません")
    yield from polygons


def _collect(shapes: Sequence[Shape], counter: Counter) -> BoundarySet:
    attribute = _code_attribute(shapes)
    names: dict[str, str] = {}
    polygons: dict[str, list[Rings]] = {}
    without_code = []
    for number, shape in enumerate(shapes, 1):
        name = _first_text(shape.properties, _NAME_ATTRIBUTES)
        value = shape.properties.get(attribute) if attribute else shape.id
        if value is None or value == "":
            without_code.append(name or f"{number} 番目の区域")
            continue
        code = codes.read_code(_plain(value))
        where = f"{name}（{code}）" if name else code
        names[code] = names.get(code) or name
        polygons.setdefault(code, []).extend(_read_rings(rings, where, counter) for rings in shape.polygons)
    boundaries = []
    for code in sorted(polygons):
        where = f"{names[code]}（{code}）" if names[code] else code
        geometry, bbox, repaired = outline(polygons[code], where)
        boundaries.append(Boundary(code, names[code], geometry, bbox, repaired))
    return BoundarySet(tuple(boundaries), tuple(without_code))


def _read_rings(rings: list[Any], where: str, counter: Counter) -> Rings:
    if not rings:
        raise WrongGeometry(where, "面に輪がありません")
    return [read_ring(ring, where, counter) for ring in rings]


def _code_attribute(shapes: Iterable[Shape]) -> str | None:
    present = {
        name for shape in shapes for name, value in shape.properties.items() if value not in (None, "")
    }
    for name in CODE_ATTRIBUTES:
        if name in present:
            return name
    if any(shape.id not in (None, "") for shape in shapes):
        return None
    raise NoCodes(CODE_ATTRIBUTES)


def _first_text(properties: Mapping[str, Any], names: Iterable[str]) -> str:
    return next((properties[name] for name in names if isinstance(properties.get(name), str)), "")


def _plain(value: object) -> str | int:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) else str(value)
