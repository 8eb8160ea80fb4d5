"""What may be known of areas.

Areas, their boundaries and their figures are open to everybody, so ``reader`` opens and closes nothing here; it
is taken all the same, because every door asks who comes in.
"""

import math
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from typing import Any

import shapely
from django.db.models import BooleanField, Case, FloatField, Func, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat, Lower, Replace
from shapely.geometry import Point, shape

from hitotsu.place import figures
from hitotsu.place.errors import AreaNotFound, UnusableWidth
from hitotsu.place.living_area import table_of
from hitotsu.place.models import Area, AreaFigure
from hitotsu.place.shapes import Drawing, draw
from hitotsu.place.views import (
    AreaView,
    FigureView,
    LivingAreaTable,
    MapShapes,
    ShapeView,
    TableColumn,
    TableRow,
)

__all__ = [
    "AreaView",
    "FigureView",
    "LivingAreaTable",
    "MapShapes",
    "ShapeView",
    "TableColumn",
    "TableRow",
    "area_figures",
    "areas_at",
    "get_area",
    "list_areas",
    "living_area_table",
    "map_shapes",
    "search_areas",
]

_SMALLEST_FIRST = (Area.Kind.DISTRICT, Area.Kind.MUNICIPALITY, Area.Kind.LIVING_AREA, Area.Kind.PREFECTURE)
_NARROWEST, _WIDEST = 16, 10_000
_LONGEST_TEXT = 100
_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}


def list_areas(
    reader: object,
    *,
    kind: str | None = None,
    parent: str | None = None,
    within_living_area: str | None = None,
) -> list[AreaView]:
    """Areas by key, of one kind, in one parent or in one living area."""
    areas = _light()
    if kind is not None:
        areas = areas.filter(kind=kind)
    if parent is not None:
        areas = areas.filter(parent_id=parent)
    if within_living_area is not None:
        areas = areas.filter(living_areas__living_area_id=within_living_area)
    return [_view(area) for area in areas.order_by("key")]


def get_area(reader: object, key: str) -> AreaView:
    """The area of that key; raises ``AreaNotFound``."""
    # PostgreSQL takes no NUL and no lone surrogate; no key has either.
    area = _light().filter(key=key).first() if key.isprintable() else None
    if area is None:
        raise AreaNotFound(key)
    return _view(area)


def area_figures(reader: object, key: str) -> list[FigureView]:
    """The published figures of an area, population first, then by date; raises ``AreaNotFound``."""
    get_area(reader, key)
    found = sorted(
        AreaFigure.objects.filter(area_id=key), key=lambda row: figures.order((row.name, row.as_of, row.kind))
    )
    return [
        FigureView(
            row.name,
            figures.meaning(row.name).label,
            figures.meaning(row.name).label_en,
            figures.plain(row.value),
            row.unit,
            row.as_of,
            row.kind,
            row.source,
        )
        for row in found
    ]


def living_area_table(reader: object, key: str) -> LivingAreaTable:
    """The municipalities of a living area with their figures, what follows from them, and totals.

    Raises ``AreaNotFound`` where the key is no living area.
    """
    area = get_area(reader, key)
    if area.kind != Area.Kind.LIVING_AREA:
        raise AreaNotFound(key)
    municipalities = list_areas(reader, within_living_area=key)
    rows = AreaFigure.objects.filter(area__living_areas__living_area_id=key)
    return table_of(area, municipalities, rows.order_by("area_id", "name", "as_of", "kind"))


def areas_at(reader: object, lat: float, lng: float) -> list[AreaView]:
    """The areas in which a place (degrees) lies, smallest first: by boundary, and by what those areas belong to.

    On a shared border both neighbours are given. Nothing for coordinates that are no place on earth.
    """
    if not (math.isfinite(lat) and math.isfinite(lng)):
        return []
    place = Point(lng, lat)
    boxed = Area.objects.filter(_extent_contains(lat, lng))
    hit = {
        key
        for key, boundary in boxed.values_list("key", "boundary")
        if boundary is not None and shapely.covers(shape(boundary), place)
    }
    keys = set(hit)
    while hit:
        above = Area.objects.filter(Q(parts__in=hit) | Q(members__municipality__in=hit)).exclude(key__in=keys)
        hit = set(above.values_list("key", flat=True))
        keys |= hit
    found = _light().filter(key__in=keys)
    return sorted(map(_view, found), key=lambda area: (_SMALLEST_FIRST.index(Area.Kind(area.kind)), area.key))


def search_areas(reader: object, text: str, *, limit: int = 20) -> list[AreaView]:
    """Areas whose name, reading, English name, county or code fits: exact first, then by beginning, then by part.

    Hiragana, katakana (also half width), macrons, hyphens and spaces make no difference; a full address down
    to the municipality (prefecture, county, name) is understood too.
    """
    words = unicodedata.normalize("NFKC", text).translate(_KATAKANA_TO_HIRAGANA)
    words = "".join(letter for letter in words if letter.isprintable() and not letter.isspace())[
        :_LONGEST_TEXT
    ]
    if not words:
        return []
    latin = _latin(words)
    areas = _light().annotate(
        latin=Replace(Replace(Replace(Lower("name_en"), Value(" ")), Value("-")), Value("'")),
        address=Concat("parent__name", "county", "name"),
    )
    exact = Q(name=words) | Q(kana=words) | Q(key=words)
    begins = Q(name__startswith=words) | Q(kana__startswith=words)
    fits = (
        begins
        | Q(name__contains=words)
        | Q(kana__contains=words)
        | Q(county=words)
        | Q(address__endswith=words)
    )
    if words.isdigit():
        fits |= Q(key__startswith=words)
    if latin:
        exact |= Q(latin=latin)
        begins |= Q(latin__startswith=latin)
        fits |= Q(latin__contains=latin)
    rank = Case(
        When(exact, then=Value(0)),
        When(begins, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return [
        _view(area) for area in areas.filter(exact | fits).annotate(rank=rank).order_by("rank", "key")[:limit]
    ]


def map_shapes(reader: object, keys: Iterable[str], width: float) -> MapShapes:
    """The areas of these keys as SVG paths in a drawing of that width (units of its view box).

    Unknown keys raise ``AreaNotFound``; an area without a boundary is listed in ``missing``. Raises
    ``UnusableWidth``.
    """
    if not _NARROWEST <= width <= _WIDEST:
        raise UnusableWidth(width)
    wanted = list(dict.fromkeys(keys))
    # The row's own version in PostgreSQL tells whether a drawing made before still holds.
    stamped = _light().annotate(version=RawSQL("place_area.xmin::text || place_area.ctid::text", ()))
    rows = stamped.in_bulk([key for key in wanted if key.isprintable()])
    for key in wanted:
        if key not in rows:
            raise AreaNotFound(key)
    views = [_view(rows[key]) for key in wanted]
    drawn = [view for view in views if view.has_boundary]
    drawing = _drawing(width, tuple((view.key, rows[view.key].version) for view in drawn))
    return MapShapes(
        view_box=f"0 0 {drawing.width:g} {drawing.height:g}",
        width=drawing.width,
        height=drawing.height,
        shapes=tuple(ShapeView(view, drawing.paths[view.key], *drawing.labels[view.key]) for view in drawn),
        missing=tuple(view for view in views if not view.has_boundary),
        credit=_joined(view.boundary_credit for view in drawn),
        licence=_joined(view.boundary_licence for view in drawn),
        version=sha256(repr([width, *((key, rows[key].version) for key in wanted)]).encode()).hexdigest(),
    )


@lru_cache(maxsize=128)
def _drawing(width: float, versions: tuple[tuple[str, str], ...]) -> Drawing:
    keys = [key for key, _ in versions]
    boundaries: dict[str, Any] = dict(Area.objects.filter(key__in=keys).values_list("key", "boundary"))
    return draw({key: boundaries[key] for key in keys}, width)


def _extent_contains(lat: float, lng: float) -> Func:
    # Operator and expression of the index place_area_extent, so that PostgreSQL uses it.
    extent = Func(
        Func("west", "south", function="point"), Func("east", "north", function="point"), function="box"
    )
    at = Func(*(Value(degrees, FloatField()) for degrees in (lng, lat)), function="point")
    return Func(
        extent,
        Func(at, at, function="box"),
        template="(%(expressions)s)",
        arg_joiner=" @> ",
        output_field=BooleanField(),
    )


def _light() -> "QuerySet[Area]":
    return Area.objects.defer("boundary")


def _view(area: Area) -> AreaView:
    bbox = None
    if area.west is not None and area.south is not None and area.east is not None and area.north is not None:
        bbox = (area.west, area.south, area.east, area.north)
    return AreaView(
        area.key,
        area.kind,
        area.name,
        area.kana,
        area.name_en,
        area.county,
        area.parent_id,
        area.office_latitude,
        area.office_longitude,
        area.website,
        bbox,
        area.boundary_credit,
        area.boundary_licence,
    )


def _latin(words: str) -> str:
    without_marks = "".join(
        letter for letter in unicodedata.normalize("NFD", words.lower()) if not unicodedata.combining(letter)
    )
    return "".join(letter for letter in without_marks if letter.isascii() and letter.isalnum())


def _joined(texts: Iterable[str]) -> str:
    return "、".join(dict.fromkeys(texts))
