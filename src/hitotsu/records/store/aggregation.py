"""Histories aggregated over periods, by PostgreSQL: no value leaves it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from hitotsu.records.query.parameters import Parameters
from hitotsu.records.store.history import MOMENTS, Span, of_records, within
from hitotsu.records.store.rows import Record, finite
from hitotsu.records.store.sessions import Reach, Sessions

# What a value counts as: a number itself, a truth 1 or 0, a list its length.
_NUMBER: Final = """
coalesce(h.number, CASE jsonb_typeof(h.instance -> 'value')
    WHEN 'boolean' THEN (h.instance -> 'value')::boolean::integer
    WHEN 'array' THEN jsonb_array_length(h.instance -> 'value') END)
"""
_TEXT: Final = """
CASE WHEN h.number IS NULL AND h.instance ->> 'type' = 'Property' AND jsonb_typeof(h.instance -> 'value') = 'string'
    THEN h.instance ->> 'value' END COLLATE "C"
"""
_METHODS: Final = {
    "totalCount": "count(*)",
    "distinctCount": "count(DISTINCT h.instance -> 'value')",
    "sum": f"sum({_NUMBER})",
    "avg": f"avg({_NUMBER})",
    "min": f"min({_NUMBER})",
    "max": f"max({_NUMBER})",
    "stddev": f"stddev_pop({_NUMBER})",
    "sumsq": f"sum(({_NUMBER})::float8 ^ 2)",
}
# The last moment that a date has here; a period of many years would end behind it.
_LAST: Final = "'9999-12-31T23:59:59.999999Z'::timestamptz"
METHODS: Final = frozenset(_METHODS)


@dataclass(frozen=True, slots=True)
class Period:
    """How long a period is: so many months or so much time; neither means the whole window as one."""

    months: int = 0
    time: timedelta = timedelta()


class Aggregated(NamedTuple):
    """One period of one attribute and dataset: when it begins and ends, and what each method makes of it."""

    owner_id: int
    record_id: str
    attribute: str
    dataset: str
    kind: str
    start: datetime
    end: datetime
    values: dict[str, Any]


class Aggregation:
    """Aggregates histories for callers; what a caller may not see is not in any figure."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def over(
        self, reach: Reach, heads: Sequence[Record], span: Span, period: Period, methods: Sequence[str]
    ) -> list[Aggregated]:
        """What the methods make of the values in the window, period by period, empty periods left out.

        The first period begins with the window or, where the window has no beginning, with an attribute's first
        value. A method that says nothing of a kind of value gives ``None``. ``KeyError`` for unknown methods.
        """
        if not heads:
            return []
        parameters = Parameters()
        condition = of_records(parameters, heads) + within(parameters, span)
        time = MOMENTS.get(span.window.member, "h.at")
        series = "h.owner_id, h.record_id, h.attribute, h.dataset"
        first = f"min({time}) OVER (PARTITION BY {series})"
        if span.window.start is not None:
            first = parameters.add(finite(span.window.start), "timestamptz")
        start, end = _bounds(parameters, period, span, "t", "first")
        chosen = ", ".join(f'{_METHODS[method]} AS "{method}"' for method in methods)
        texts = ", ".join(
            f'{method}({_TEXT}) AS "{method}Text"' for method in methods if method in ("min", "max")
        )
        text = f"""
        SELECT {series}, coalesce(min((h.instance ->> 'type') COLLATE "C") FILTER (WHERE h.number IS NULL), 'Property') AS kind, {start} AS start, least({end}, {_LAST}) AS end, {chosen}{", " + texts if texts else ""}
        FROM (
            SELECT {series}, h.number, h.instance, {time} AS t, {first} AS first
            FROM records_told AS h {condition}
                AND (h.number IS NOT NULL OR NOT h.instance ? 'deletedAt')
        ) AS h GROUP BY {series}, start, first ORDER BY {series}, start
        """  # noqa: S608
        async with self._sessions.reading(reach) as connection:
            rows = await connection.fetch(text, *parameters.values)
        return [_aggregated(row, methods) for row in rows]


def _bounds(parameters: Parameters, period: Period, span: Span, time: str, first: str) -> tuple[str, str]:
    if period.months:
        # Whole months between the two, as the calendar counts them, however long they are.
        utc = f"({first} AT TIME ZONE 'UTC')"
        age = f"age({time} AT TIME ZONE 'UTC', {utc})"
        months = f"(extract(year FROM {age}) * 12 + extract(month FROM {age}))::integer"
        place = f"({months} / {period.months}) * {period.months}"
        start = f"({utc} + make_interval(months => {place})) AT TIME ZONE 'UTC'"
        return start, f"max({start}) + interval '{period.months} months'"
    if period.time:
        length = parameters.add(period.time, "interval")
        start = f"date_bin({length}, {time}, {first})"
        return start, f"{start} + {length}"
    last = (
        f"max({time})" if span.window.end is None else parameters.add(finite(span.window.end), "timestamptz")
    )
    return first, last


def _aggregated(row: Any, methods: Sequence[str]) -> Aggregated:
    values = {}
    for method in methods:
        value = row[method]
        if value is None and method in ("min", "max"):
            value = row[method + "Text"]
        if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            value = int(value)
        values[method] = value
    return Aggregated(
        row["owner_id"], row["record_id"], row["attribute"], row["dataset"], row["kind"], row["start"], row["end"],
        values,
    )  # fmt: skip
