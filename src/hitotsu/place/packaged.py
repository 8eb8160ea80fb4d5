"""The regions that ship with the platform, read from the package's own tables. Touches no database."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from io import StringIO

from hitotsu.place import codes
from hitotsu.place.errors import PlaceError, RegionDataBroken

_MUNICIPALITIES = "fukushima.csv"
_LIVING_AREAS = "living_areas.csv"
_FIGURES = "figures.csv"


@dataclass(frozen=True, slots=True)
class LocalGovernment:
    """A prefecture or a municipality: names, county (郡) and the office's coordinates in degrees."""

    code: str
    name: str
    kana: str
    name_en: str
    county: str
    office_latitude: float
    office_longitude: float
    website: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One published number of one municipality; ``value`` is ``None`` where the source leaves it out."""

    code: str
    name: str
    value: Decimal | None
    unit: str
    as_of: str
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class LivingArea:
    """An area of daily life across municipalities, with its members' codes and their figures."""

    key: str
    name: str
    kana: str
    name_en: str
    parent: str
    members: tuple[str, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Region:
    governments: tuple[LocalGovernment, ...]
    living_areas: tuple[LivingArea, ...]


def read_region() -> Region:
    """The packaged region: prefectures before their municipalities; raises ``RegionDataBroken``."""
    governments = [_government(line, row) for line, row in _rows(_MUNICIPALITIES)]
    governments.sort(key=lambda government: (not codes.is_prefecture(government.code), government.code))
    declared = [row for _, row in _rows(_FIGURES)]
    areas = tuple(_living_area(row, declared) for _, row in _rows(_LIVING_AREAS))
    return Region(tuple(governments), areas)


def _rows(name: str) -> Iterator[tuple[int, dict[str, str]]]:
    text = files("hitotsu.place").joinpath("regions", name).read_text(encoding="utf-8")
    for line, row in enumerate(csv.DictReader(StringIO(text)), 2):
        if None in row or None in row.values():
            raise RegionDataBroken(name, line, "列の数が見出しと違います")
        yield line, row


def _government(line: int, row: Mapping[str, str]) -> LocalGovernment:
    try:
        return LocalGovernment(
            codes.read_code(row["code"]),
            row["name"],
            row["kana"],
            row["name_en"],
            row["county"],
            float(row["office_latitude"]),
            float(row["office_longitude"]),
            row["website"],
        )
    except (PlaceError, ValueError) as error:
        raise RegionDataBroken(_MUNICIPALITIES, line, str(error)) from error


def _living_area(row: Mapping[str, str], declared: list[dict[str, str]]) -> LivingArea:
    members: list[str] = []
    figures: list[Figure] = []
    for line, values in _rows(row["members"]):
        try:
            code = codes.read_code(values["code"])
            members.append(code)
            figures.extend(_figure(code, values[column["column"]], column) for column in declared)
        except (PlaceError, InvalidOperation, KeyError) as error:
            raise RegionDataBroken(row["members"], line, str(error)) from error
    return LivingArea(
        row["key"], row["name"], row["kana"], row["name_en"], row["parent"], tuple(members), tuple(figures)
    )


def _figure(code: str, text: str, column: Mapping[str, str]) -> Figure:
    value = Decimal(text) if text else None
    return Figure(
        code, column["name"], value, column["unit"], column["as_of"], column["kind"], column["source"]
    )
