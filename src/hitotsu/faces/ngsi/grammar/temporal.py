"""The temporal query language (clause 4.11): ``timerel``, ``timeAt``, ``endTimeAt``, ``timeproperty``."""

import re
from datetime import datetime, timedelta
from typing import Final

from hitotsu.faces.ngsi.problems import BadRequestData
from hitotsu.records.query.ast import TimeWindow
from hitotsu.records.query.instants import as_datetime, read_instant

_PROPERTIES: Final = ("observedAt", "createdAt", "modifiedAt", "deletedAt")
_DURATION: Final = re.compile(
    r"P(?:(?P<years>[0-9]{1,4})Y)?(?:(?P<months>[0-9]{1,5})M)?(?:(?P<weeks>[0-9]{1,5})W)?(?:(?P<days>[0-9]{1,6})D)?"
    r"(?:T(?:(?P<hours>[0-9]{1,7})H)?(?:(?P<minutes>[0-9]{1,9})M)?(?:(?P<seconds>[0-9]{1,9}(?:\.[0-9]{1,6})?)S)?)?"
)
_LONGEST_MONTHS: Final = 12_000
_LONGEST_TIME: Final = timedelta(days=365_000)


def parse_temporal(
    *,
    timerel: str | None,
    time_at: str | None,
    end_time_at: str | None,
    timeproperty: str | None,
) -> TimeWindow | None:
    """The window that the parameters say; nothing where neither ``timerel`` nor ``timeAt`` is given.

    "Before" excludes its end, "after" includes its start. ``BadRequestData`` where one is missing or wrong.
    """
    member = timeproperty or "observedAt"
    if member not in _PROPERTIES:
        raise BadRequestData(f"timeproperty: '{member[:200]}' is none of {', '.join(_PROPERTIES)}")
    if timerel is None and time_at is None and end_time_at is None:
        return None
    if timerel is None or time_at is None:
        raise BadRequestData("timerel and timeAt are given together")
    at = parse_moment(time_at, "timeAt")
    if timerel == "between":
        if end_time_at is None:
            raise BadRequestData("timerel 'between' needs endTimeAt")
        return TimeWindow(member, at, parse_moment(end_time_at, "endTimeAt"))
    if timerel not in ("before", "after"):
        raise BadRequestData(f"timerel: '{timerel[:200]}' is none of before, after, between")
    # An end that the relation does not use is no mistake of the standard's; it is still read.
    if end_time_at is not None:
        parse_moment(end_time_at, "endTimeAt")
    return TimeWindow(member, end=at) if timerel == "before" else TimeWindow(member, start=at)


def parse_moment(text: str, parameter: str) -> datetime:
    """A date-time in UTC as the standard writes it."""
    try:
        instant = read_instant(text)
    except ValueError as problem:
        raise BadRequestData(f"{parameter}: there is no such time as {text}") from problem
    if instant is None or instant.kind != "datetime":
        raise BadRequestData(f"{parameter}: '{text[:200]}' is not a time in UTC like 2026-01-31T12:00:00Z")
    return as_datetime(instant)


def parse_duration(text: str) -> tuple[int, timedelta]:
    """A duration of ISO 8601 as months or as time (both nothing: the whole); ``BadRequestData`` for any other text.

    Months and time are not mixed, since a period of both would begin at another hour every time.
    """
    found = _DURATION.fullmatch(text)
    if found is None or text.endswith(("P", "T")):
        raise BadRequestData(f"aggrPeriodDuration: '{text[:200]}' is not a duration like PT1H or P1D")
    parts = {name: float(value or 0) for name, value in found.groupdict().items()}
    months = int(parts["years"] * 12 + parts["months"])
    time = timedelta(
        weeks=parts["weeks"], days=parts["days"], hours=parts["hours"], minutes=parts["minutes"],
        seconds=parts["seconds"],
    )  # fmt: skip
    if months > _LONGEST_MONTHS or time > _LONGEST_TIME:
        raise BadRequestData("aggrPeriodDuration: a thousand years at most")
    if months and time:
        raise BadRequestData("aggrPeriodDuration: either years and months, or weeks, days and time")
    return months, time


def parse_methods(text: str | None, known: frozenset[str]) -> tuple[str, ...]:
    """The aggregation methods, each once; ``BadRequestData`` where there is none or one that is not known."""
    methods = tuple(dict.fromkeys(name.strip() for name in (text or "").split(",") if name.strip()))
    if not methods or not set(methods) <= known:
        raise BadRequestData(f"aggrMethods: one or several of {', '.join(sorted(known))}")
    return methods
