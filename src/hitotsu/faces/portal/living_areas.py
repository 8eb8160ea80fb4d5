from typing import Any

from django.http import HttpRequest

from hitotsu.faces.portal.charts import series
from hitotsu.faces.portal.listing import sort
from hitotsu.faces.templatetags.hitotsu import area_name, long_date
from hitotsu.people.queries import Reader
from hitotsu.place.queries import AreaView, LivingAreaTable, TableColumn, living_area_table


def living_area_page(request: HttpRequest, asking: Reader, area: AreaView) -> dict[str, Any]:
    """What the page of a living area shows: its table in the order asked for, and population over the years."""
    table = living_area_table(asking, area.key)
    columns: dict[str, Any] = {"area": lambda row: row.area.key}
    columns |= {str(index): _column(index) for index in range(len(table.columns))}
    rows, order = sort(request, table.rows, columns, "area")
    return {
        "table": table,
        "rows": rows,
        "order": order,
        "population": _population(table),
        "sources": _sources(table),
    }


def _sources(table: LivingAreaTable) -> list[str]:
    return list(dict.fromkeys(column.source for column in table.columns if column.source))


def _column(index: int) -> Any:
    return lambda row: row.values[index]


def _population(table: LivingAreaTable) -> Any:
    years = [(index, column) for index, column in enumerate(table.columns) if column.name == "population"]
    return series(
        [
            (
                area_name(row.area),
                row.area.key,
                [_point(column, row.values[index]) for index, column in years],
            )
            for row in table.rows
        ]
    )


def _point(column: TableColumn, value: Any) -> tuple[str, Any, bool]:
    return long_date(column.as_of[:4]), value, column.kind == "forecast"
