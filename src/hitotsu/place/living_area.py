"""Municipalities side by side: which columns there are, what is missing, and what may be added up. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from hitotsu.place import figures
from hitotsu.place.figures import Computed, Key
from hitotsu.place.views import AreaView, LivingAreaTable, TableColumn, TableRow

_Values = Mapping[Key, Decimal | None]


class FigureRow(Protocol):
    """One stored figure."""

    area_id: str
    name: str
    value: Decimal | None
    unit: str
    as_of: str
    kind: str
    source: str


def table_of(
    area: AreaView, municipalities: Sequence[AreaView], rows: Iterable[FigureRow]
) -> LivingAreaTable:
    """The table of a living area: published figures first, then what is computed from them."""
    values: dict[str, dict[Key, Decimal | None]] = {view.key: {} for view in municipalities}
    first: dict[Key, FigureRow] = {}
    sources: dict[Key, dict[str, None]] = {}
    for row in rows:
        key = (row.name, row.as_of, row.kind)
        values[row.area_id][key] = row.value
        first.setdefault(key, row)
        sources.setdefault(key, {})[row.source] = None
    published = sorted(first, key=figures.order)
    computed = figures.computed_from(published)
    columns = [
        _published_column(key, first[key].unit, "、".join(sources[key]), values.values()) for key in published
    ] + [_computed_column(column, values.values()) for column in computed]
    sums = {key: _total(key, values.values()) for key in published}
    return LivingAreaTable(
        area,
        tuple(columns),
        tuple(TableRow(view, _line(values[view.key], published, computed)) for view in municipalities),
        _line(sums, published, computed),
    )


def _line(
    values: _Values, published: Sequence[Key], computed: Sequence[Computed]
) -> tuple[Decimal | None, ...]:
    return (
        *(figures.plain(values.get(key)) for key in published),
        *(column.value(values) for column in computed),
    )


def _published_column(key: Key, unit: str, source: str, values: Iterable[_Values]) -> TableColumn:
    name, as_of, kind = key
    meaning = figures.meaning(name)
    missing = sum(row.get(key) is None for row in values)
    return TableColumn(name, meaning.label, meaning.label_en, unit, as_of, kind, source, False, missing)


def _computed_column(column: Computed, values: Iterable[_Values]) -> TableColumn:
    ratio = column.ratio
    as_of, kind = max((column.part[1:], column.whole[1:]))
    missing = sum(column.value(row) is None for row in values)
    return TableColumn(ratio.name, ratio.label, ratio.label_en, ratio.unit, as_of, kind, "", True, missing)


def _total(key: Key, values: Iterable[_Values]) -> Decimal | None:
    if not figures.meaning(key[0]).adds_up:
        return None
    total = Decimal(0)
    for row in values:
        value = row.get(key)
        if value is None:
            return None
        total += value
    return total
