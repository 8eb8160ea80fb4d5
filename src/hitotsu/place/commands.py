"""What changes areas. The floor above decides who may and writes the audit row; ``by`` is passed through to it."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from hitotsu.place import codes
from hitotsu.place.boundaries import Boundary, read_boundaries
from hitotsu.place.errors import CreditMissing, NoAreaMatches
from hitotsu.place.models import Area, AreaFigure, LivingAreaMember
from hitotsu.place.packaged import Figure, LivingArea, LocalGovernment, read_region

# Rows that do not exist yet cannot be locked: one lock lets writers of areas go one after the other.
_WRITE_LOCK = 7_120_101
_MANIFEST = "manifest.csv"
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class RegionReport:
    """How many areas and figures were new, changed and already so."""

    created: int
    updated: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class UnmatchedBoundary:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class BoundaryReport:
    """What became of every outline of a file.

    ``updated``, ``unchanged`` and ``repaired`` are keys of areas. ``unknown`` are codes of no area although
    their prefecture is held; ``outside`` are codes of prefectures that are not held. ``without_code`` are the
    names of parts that the file gives no code, such as land whose municipality is undecided.
    """

    updated: tuple[str, ...]
    unchanged: tuple[str, ...]
    unknown: tuple[UnmatchedBoundary, ...]
    outside: tuple[UnmatchedBoundary, ...]
    without_code: tuple[str, ...]
    repaired: tuple[str, ...]
    credit: str
    licence: str


@transaction.atomic
def load_region(*, by: object) -> RegionReport:
    """The packaged region, brought in or brought up to date; boundaries and other figures stay as they are.

    Raises ``RegionDataBroken``.
    """
    region = read_region()
    _lock()
    tally = dict.fromkeys(("created", "updated", "unchanged"), 0)
    for government in region.governments:
        tally[_put(Area, {"key": government.code}, _area_of(government))] += 1
    for area in region.living_areas:
        tally[_put(Area, {"key": area.key}, _area_of_living_area(area))] += 1
        _set_members(area)
        for figure in area.figures:
            tally[_put_figure(figure)] += 1
    return RegionReport(**tally)


@transaction.atomic
def import_boundaries(
    *, by: object, path: Path, credit: str | None = None, licence: str | None = None
) -> BoundaryReport:
    """The boundaries of a GeoJSON or TopoJSON file on the areas that have its codes: all of them or none.

    Credit and licence come from the arguments or from ``manifest.csv`` beside the file. Raises a
    ``BoundaryFileError`` or ``InvalidCode``; nothing has changed then.
    """
    found = read_boundaries(path)
    credit, licence = _credit(path, credit, licence)
    _lock()
    areas = {
        area.key: area
        for area in Area.objects.select_for_update()
        .filter(key__in=[boundary.code for boundary in found.boundaries])
        .order_by("key")
    }
    held = set(Area.objects.filter(kind=Area.Kind.PREFECTURE).values_list("key", flat=True))
    updated: list[str] = []
    unchanged: list[str] = []
    unknown: list[UnmatchedBoundary] = []
    outside: list[UnmatchedBoundary] = []
    for boundary in found.boundaries:
        area = areas.get(boundary.code)
        if area is None:
            where = unknown if codes.prefecture_of(boundary.code) in held else outside
            where.append(UnmatchedBoundary(boundary.code, boundary.name))
        elif _has(area, boundary, credit, licence):
            unchanged.append(area.key)
        else:
            _set_boundary(area, boundary, credit, licence)
            updated.append(area.key)
    if not areas:
        raise NoAreaMatches(tuple(boundary.code for boundary in found.boundaries[:_EXAMPLES]))
    return BoundaryReport(
        updated=tuple(updated),
        unchanged=tuple(unchanged),
        unknown=tuple(unknown),
        outside=tuple(outside),
        without_code=found.without_code,
        repaired=tuple(
            boundary.code for boundary in found.boundaries if boundary.repaired and boundary.code in areas
        ),
        credit=credit,
        licence=licence,
    )


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_WRITE_LOCK])


def _put(model: type[Area] | type[AreaFigure], identity: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    row, created = model.objects.get_or_create(**identity, defaults=dict(values))
    if created:
        return "created"
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        return "unchanged"
    for name in changed:
        setattr(row, name, values[name])
    row.save(update_fields=changed)
    return "updated"


def _area_of(government: LocalGovernment) -> dict[str, Any]:
    prefecture = codes.is_prefecture(government.code)
    return {
        "kind": Area.Kind.PREFECTURE if prefecture else Area.Kind.MUNICIPALITY,
        "name": government.name,
        "kana": government.kana,
        "name_en": government.name_en,
        "county": government.county,
        "parent_id": None if prefecture else codes.prefecture_of(government.code),
        "office_latitude": government.office_latitude,
        "office_longitude": government.office_longitude,
        "website": government.website,
    }


def _area_of_living_area(area: LivingArea) -> dict[str, Any]:
    return {
        "kind": Area.Kind.LIVING_AREA,
        "name": area.name,
        "kana": area.kana,
        "name_en": area.name_en,
        "parent_id": area.parent,
    }


def _set_members(area: LivingArea) -> None:
    members = LivingAreaMember.objects.filter(living_area_id=area.key)
    members.exclude(municipality_id__in=area.members).delete()
    present = set(members.values_list("municipality_id", flat=True))
    LivingAreaMember.objects.bulk_create(
        LivingAreaMember(living_area_id=area.key, municipality_id=code)
        for code in area.members
        if code not in present
    )


def _put_figure(figure: Figure) -> str:
    identity = {"area_id": figure.code, "name": figure.name, "as_of": figure.as_of, "kind": figure.kind}
    return _put(AreaFigure, identity, {"value": figure.value, "unit": figure.unit, "source": figure.source})


def _has(area: Area, boundary: Boundary, credit: str, licence: str) -> bool:
    return (area.boundary, area.boundary_credit, area.boundary_licence) == (
        boundary.geometry,
        credit,
        licence,
    )


def _set_boundary(area: Area, boundary: Boundary, credit: str, licence: str) -> None:
    area.boundary = boundary.geometry
    area.west, area.south, area.east, area.north = boundary.bbox
    area.boundary_credit = credit
    area.boundary_licence = licence
    area.save(
        update_fields=["boundary", "west", "south", "east", "north", "boundary_credit", "boundary_licence"]
    )


def _credit(path: Path, credit: str | None, licence: str | None) -> tuple[str, str]:
    if not (credit and licence):
        listed = _manifest_row(path)
        credit = credit or listed.get("credit")
        licence = licence or listed.get("licence")
    if not (credit and licence):
        raise CreditMissing(path.name)
    return credit, licence


def _manifest_row(path: Path) -> dict[str, str]:
    manifest = path.parent / _MANIFEST
    try:
        with manifest.open(encoding="utf-8-sig", newline="") as file:
            return next((row for row in csv.DictReader(file) if row.get("file") == path.name), {})
    except (OSError, UnicodeDecodeError, csv.Error):
        raise CreditMissing(path.name) from None
