"""Writing histories as such: values of the past added, corrected and taken away, with or without a record beside them.

One value per attribute, dataset and moment of observation: the same observation sent again replaces the first. Values
that say no such moment stand at the moment in which they were written, side by side.
"""

import asyncio
import hashlib
import logging
import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final

import asyncpg

from hitotsu.records.errors import NotKept, StoreUnavailable
from hitotsu.records.store.rows import Record, decode, encode, instant, moment
from hitotsu.records.store.sessions import UNAVAILABLE

logger = logging.getLogger(__name__)
Instance = dict[str, Any]
# Owner, record, attribute, dataset, moment, identifier, value, number.
HistoryRow = tuple[int, str, str, str, datetime, uuid.UUID, str, float | None]

KEEP: Final = """
INSERT INTO records_history (owner_id, record_id, attribute, dataset, at, instance_id, instance, number, recorded_at)
SELECT owner, key, attribute, dataset, at, identifier, instance::jsonb, number, $9
FROM unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::uuid[], $7::text[], $8::float8[])
    AS w (owner, key, attribute, dataset, at, identifier, instance, number)
ON CONFLICT (owner_id, record_id, attribute, at, instance_id)
DO UPDATE SET instance = excluded.instance, number = excluded.number
"""
_DAY: Final = 86_400
_FOR_WHOM: Final = "SELECT set_config('hitotsu.owners', $1, true)"
_HEAD: Final = """
INSERT INTO records_evolution AS e (owner_id, id, types, scope, visibility, created_at, modified_at)
VALUES ($1, $2, $3, $4, $5, $6, $6)
ON CONFLICT (owner_id, id) DO UPDATE SET
    types = e.types || ARRAY(SELECT name FROM unnest(excluded.types) AS name WHERE name <> ALL (e.types)),
    scope = coalesce(excluded.scope, e.scope), modified_at = excluded.modified_at, deleted_at = NULL
RETURNING xmax = 0
"""
_TOUCH: Final = "UPDATE records_evolution SET modified_at = $3 WHERE owner_id = $1 AND id = $2"
_KNOWN: Final = """
SELECT EXISTS (SELECT FROM records_record WHERE owner_id = $1 AND id = $2) AS record,
    EXISTS (SELECT FROM records_evolution WHERE owner_id = $1 AND id = $2) AS head,
    EXISTS (SELECT FROM records_history WHERE owner_id = $1 AND record_id = $2) AS history
"""
_ONE: Final = """
SELECT at, dataset, instance::text AS instance, recorded_at FROM records_history
WHERE owner_id = $1 AND record_id = $2 AND attribute = $3 AND instance_id = $4 FOR UPDATE
"""
_UNSCOPE: Final = """
WITH before AS (SELECT scope FROM records_evolution WHERE owner_id = $1 AND id = $2 FOR UPDATE),
    after AS (UPDATE records_evolution SET scope = NULL WHERE owner_id = $1 AND id = $2)
SELECT scope FROM before
"""
_OF_ATTRIBUTE: Final = "owner_id = $1 AND record_id = $2 AND attribute = $3 AND ($5 OR dataset = $4)"
_LATEST: Final = f"""
SELECT DISTINCT ON (attribute, dataset) attribute, dataset, instance::text AS instance FROM records_history
WHERE {_OF_ATTRIBUTE} ORDER BY attribute, dataset, at DESC
"""  # noqa: S608


class Evolution:
    """Writes histories of one owner's records, one transaction each."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool
        self._keeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        """From now on the partitions of the months to come are made in time, as long as this process runs."""
        self._keeper = asyncio.create_task(self._make_months())

    async def create(self, owner_id: int, entity: Record, visibility: int) -> bool:
        """Adds the values to the history of a record, which begins here where there is none; whether it did."""
        now = datetime.now(UTC)
        async with self._writing(owner_id) as connection:
            known = await connection.fetchrow(_KNOWN, owner_id, entity["id"])
            fresh: bool = await connection.fetchval(
                _HEAD, owner_id, entity["id"], entity["types"], entity.get("scope"), visibility, now
            )  # fmt: skip
            await keep(connection, _rows(owner_id, entity["id"], entity["attributes"], now), now)
        return fresh and not known["history"]

    async def append(self, owner_id: int, record_id: str, attributes: dict[str, list[Instance]]) -> bool:
        """Adds the values to the history of a record; whether there is such a record or history."""
        now = datetime.now(UTC)
        async with self._writing(owner_id) as connection:
            known = await connection.fetchrow(_KNOWN, owner_id, record_id)
            if not any(known.values()):
                return False
            await connection.execute(_TOUCH, owner_id, record_id, now)
            await keep(connection, _rows(owner_id, record_id, attributes, now), now)
        return True

    async def delete(self, owner_id: int, record_id: str) -> bool:
        """Takes the whole history away; whether there was one. A record that is there stays as it is."""
        async with self._writing(owner_id) as connection:
            known = await connection.fetchrow(_KNOWN, owner_id, record_id)
            for table, name in (("records_evolution", "id"), ("records_history", "record_id")):
                await connection.execute(
                    f"DELETE FROM {table} WHERE owner_id = $1 AND {name} = $2",  # noqa: S608
                    owner_id,
                    record_id,
                )
        return bool(known["head"] or known["history"])

    async def delete_attribute(
        self, owner_id: int, record_id: str, name: str, *, dataset: str | None = None, every: bool = False
    ) -> bool:
        """Takes the values of an attribute away, of one dataset or of all; whether there were any."""
        async with self._writing(owner_id) as connection:
            done: str = await connection.execute(
                f"DELETE FROM records_history WHERE {_OF_ATTRIBUTE}",  # noqa: S608
                owner_id, record_id, name, dataset or "", every,
            )  # fmt: skip
        return done != "DELETE 0"

    async def change_instance(
        self,
        owner_id: int,
        record_id: str,
        name: str,
        instance_id: uuid.UUID,
        change: Callable[[Instance, str], Instance],
    ) -> bool:
        """Puts another value in the place of one, which keeps its identifier; whether it was there."""
        now = datetime.now(UTC)
        async with self._writing(owner_id) as connection:
            row = await connection.fetchrow(_ONE, owner_id, record_id, name, instance_id)
            if row is None:
                return False
            new = change(decode(row["instance"]), instant(now))
            await self._take_away(connection, owner_id, record_id, name, instance_id)
            at = moment(new.get("observedAt")) or row["at"]
            await keep(
                connection,
                [_row(owner_id, record_id, name, new, at, instance_id)],
                row["recorded_at"],
            )
        return True

    async def delete_instance(self, owner_id: int, record_id: str, name: str, instance_id: uuid.UUID) -> bool:
        """Takes one value away; whether it was there."""
        async with self._writing(owner_id) as connection:
            return await self._take_away(connection, owner_id, record_id, name, instance_id)

    async def end_attribute(
        self, owner_id: int, record_id: str, name: str, *, dataset: str | None, every: bool, null: str
    ) -> bool:
        """Notes that an attribute which is known only from its history exists no longer; whether it is known."""
        now = datetime.now(UTC)
        async with self._writing(owner_id) as connection:
            known = await connection.fetchrow(_KNOWN, owner_id, record_id)
            if known["record"]:
                return False
            latest = await connection.fetch(_LATEST, owner_id, record_id, name, dataset or "", every)
            last = [decode(row["instance"]) for row in latest]
            if name == "scope":
                scope = await connection.fetchval(_UNSCOPE, owner_id, record_id)
                last = last or [{"type": "Property", "value": scope}] * bool(scope)
            ended = [ending(one, instant(now), null) for one in last if "deletedAt" not in one]
            await keep(connection, [tomb(owner_id, record_id, name, one, now) for one in ended], now)
        return bool(ended)

    async def end(self, owner_id: int, record_id: str) -> bool:
        """Notes that a record which is known only from its history exists no longer; whether it is known."""
        async with self._writing(owner_id) as connection:
            done: str = await connection.execute(
                "UPDATE records_evolution SET deleted_at = $3 WHERE owner_id = $1 AND id = $2"
                " AND deleted_at IS NULL",
                owner_id, record_id, datetime.now(UTC),
            )  # fmt: skip
        return done != "UPDATE 0"

    async def _make_months(self) -> None:
        while True:
            try:
                async with self._pool.acquire() as connection:
                    await connection.execute("SELECT records_history_ahead()")
            except (asyncpg.PostgresError, *UNAVAILABLE):
                # Nothing is lost meanwhile: values of a month without a partition wait in the default one.
                logger.exception("partitions of history could not be made")
            await asyncio.sleep(_DAY)

    async def _take_away(
        self, connection: Any, owner_id: int, record_id: str, name: str, instance_id: uuid.UUID
    ) -> bool:
        done: str = await connection.execute(
            "DELETE FROM records_history WHERE owner_id = $1 AND record_id = $2 AND attribute = $3"
            " AND instance_id = $4",
            owner_id, record_id, name, instance_id,
        )  # fmt: skip
        return done != "DELETE 0"

    @asynccontextmanager
    async def _writing(self, owner_id: int) -> AsyncIterator[Any]:
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                await connection.execute(_FOR_WHOM, str(owner_id))
                yield connection
        except (asyncpg.exceptions.DataError, asyncpg.exceptions.ProgramLimitExceededError) as error:
            raise NotKept(type(error).__name__) from error
        except UNAVAILABLE as error:
            raise StoreUnavailable from error


async def keep(connection: Any, rows: Sequence[HistoryRow], now: datetime) -> None:
    """Writes rows of history within the caller's transaction; of rows with one key the last stands."""
    if rows:
        await connection.execute(KEEP, *columns(rows), now)


def columns(rows: Iterable[HistoryRow]) -> tuple[list[Any], ...]:
    """The rows as one array for each of the first eight parameters of ``KEEP``; of rows with one key the last."""
    unique = {(row[0], row[1], row[2], row[4], row[5]): row for row in rows}
    return tuple([row[column] for row in unique.values()] for column in range(8))


def observed(owner_id: int, record_id: str, name: str, instance: Instance) -> HistoryRow:
    """The row of a value that says when it was observed; the same observation has the same identifier."""
    at = moment(instance["observedAt"])
    assert at is not None
    key = f"{owner_id}\x1f{record_id}\x1f{name}\x1f{instance.get('datasetId', '')}\x1f{at.isoformat()}"
    identifier = uuid.UUID(bytes=hashlib.blake2b(key.encode(), digest_size=16).digest())
    return _row(owner_id, record_id, name, instance, at, identifier)


def tomb(owner_id: int, record_id: str, name: str, instance: Instance, now: datetime) -> HistoryRow:
    """The row of an ending (see ``ending``)."""
    return _row(owner_id, record_id, name, instance, now, uuid.uuid4())


def ending(last: Instance, now: str, null: str) -> Instance:
    """The value that stands for the end of an attribute, which had this value last; ``null`` is how that is said."""
    ended: Instance = {"type": last["type"], "value": null, "deletedAt": now}
    return ended if "datasetId" not in last else ended | {"datasetId": last["datasetId"]}


def _rows(
    owner_id: int, record_id: str, attributes: dict[str, list[Instance]], now: datetime
) -> list[HistoryRow]:
    stamps = {"createdAt": instant(now), "modifiedAt": instant(now)}
    return [
        observed(owner_id, record_id, name, one | stamps)
        if "observedAt" in one
        else _row(owner_id, record_id, name, one | stamps, now, uuid.uuid4())
        for name, instances in attributes.items()
        for one in instances
    ]


def _row(
    owner_id: int, record_id: str, name: str, instance: Instance, at: datetime, identifier: uuid.UUID
) -> HistoryRow:
    return (
        owner_id, record_id, name, instance.get("datasetId", ""), at, identifier, encode(instance).decode(),
        _number(instance),
    )  # fmt: skip


def _number(instance: Instance) -> float | None:
    value = instance["value"]
    if instance["type"] != "Property" or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return None
