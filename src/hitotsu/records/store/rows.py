"""A record as a row of the table and back."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from hitotsu.records.query.geo import extent

Record = dict[str, Any]

OPEN, SHARED, INTERNAL, PERSONAL = range(4)
COLUMNS = "owner_id, id, types, attributes::text, scope, visibility, created_at, modified_at, expires_at"
# Joins lists of names into one text, so that a whole batch of rows is a few arrays; no name can hold it.
SEPARATOR = "\x1f"

_FIRST = datetime.min.replace(microsecond=1, tzinfo=UTC)
_LAST = datetime.max.replace(microsecond=999_998, tzinfo=UTC)

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder().decode


def instant(moment: datetime) -> str:
    """A moment as records write it: UTC, microseconds, Z."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def moment(text: str | None) -> datetime | None:
    """The moment that an ISO 8601 text names."""
    return None if text is None else finite(datetime.fromisoformat(text))


def finite(at: datetime) -> datetime:
    """The same moment, but for the first and the last that there are: drivers take these for endless."""
    return min(max(at, _FIRST), _LAST)


def record_of(row: Any) -> Record:
    """The neutral record in a row read with ``COLUMNS``; ``ownerId`` and ``visibility`` go with it."""
    record: Record = {
        "id": row["id"],
        "types": row["types"],
        "attributes": decode(row["attributes"]),
        "createdAt": instant(row["created_at"]),
        "modifiedAt": instant(row["modified_at"]),
        "ownerId": row["owner_id"],
        "visibility": row["visibility"],
    }
    if row["scope"]:
        record["scope"] = row["scope"]
    if row["expires_at"] is not None:
        record["expiresAt"] = instant(row["expires_at"])
    return record


def box_of(record: Record) -> tuple[float | None, float | None, float | None, float | None]:
    """West, south, east and north of the record's default place; all ``None`` where it has none."""
    found = extent(record["attributes"].get("location", ()))
    return found if found is not None else (None, None, None, None)
