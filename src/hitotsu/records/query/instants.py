"""Times as texts that sort like the times: the same key in memory and in SQL (``records_instant``)."""

import re
from datetime import UTC, date, datetime, time

from hitotsu.records.query.ast import Instant, InstantKind

_DATETIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,6})?Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,6})?Z")
_SHAPES: dict[InstantKind, re.Pattern[str]] = {"datetime": _DATETIME, "date": _DATE, "time": _TIME}


def instant_key(text: str, kind: InstantKind) -> str | None:
    """The key of a stored text, or nothing where it does not have the shape of that kind.

    >>> instant_key("2024-01-01T00:00:00,5Z", "datetime")
    '2024-01-01T00:00:00.500000'
    """
    if not _SHAPES[kind].fullmatch(text):
        return None
    if kind == "date":
        return text
    whole, _, fraction = text[:-1].replace(",", ".").partition(".")
    return f"{whole}.{fraction:0<6}"


def read_instant(text: str) -> Instant | None:
    """A text that is written as a date-time (UTC), a date or a time of day; nothing for any other text.

    ``ValueError`` where it is written so and there is no such day or hour.
    """
    for kind in ("datetime", "date", "time"):
        key = instant_key(text, kind)
        if key is not None:
            if kind == "datetime":
                datetime.fromisoformat(key)
            elif kind == "date":
                date.fromisoformat(key)
            else:
                time.fromisoformat(key)
            return Instant(key, kind)
    return None


def as_datetime(instant: Instant) -> datetime:
    """The aware point in time of an instant of the kind ``datetime``."""
    return datetime.fromisoformat(instant.key).replace(tzinfo=UTC)
