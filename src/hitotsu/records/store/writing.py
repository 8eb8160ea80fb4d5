"""Durable writes, many in one commit.

A commit waits for the disk; what waits with it costs nothing more. So writers hand in *mutations*, pure functions
from the record as it is to the record as it shall be, and a lane takes whatever has gathered, locks those records in
the order of their keys, applies the mutations, writes records, history and changes, and commits. Only then does
anybody hear that it is done. One mutation that is refused leaves the others alone.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import asyncpg

from hitotsu.records.errors import NotKept, StoreUnavailable, TooBusy
from hitotsu.records.store.evolution import KEEP, columns, ending, observed, tomb
from hitotsu.records.store.interests import Happening, SubscriptionKey
from hitotsu.records.store.rows import COLUMNS, SEPARATOR, Record, box_of, encode, instant, moment, record_of
from hitotsu.records.store.sessions import UNAVAILABLE

Key = tuple[int, str]
CREATED, UPDATED, DELETED = range(3)

LARGEST_BATCH: Final = 512
LONGEST_QUEUE: Final = 20_000
# Another transaction was in the way; the same again may well succeed.
_PASSING: Final = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
_MOST_TRIES: Final = 5
# Something in one of the records: a value that no column takes, a text too long for an index, a lone surrogate.
_REFUSED: Final = (
    asyncpg.exceptions.DataError,
    asyncpg.exceptions.ProgramLimitExceededError,
    asyncpg.IntegrityConstraintViolationError,
    UnicodeEncodeError,
)

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Written:
    """What a mutation gives: the record as it shall be (``None``: gone), the attribute instances that changed
    (name, dataset, new instance or ``None``, previous instance or ``None``), and the answer for who asked."""

    record: Record | None
    changes: Sequence[tuple[str, str | None, dict[str, Any] | None, dict[str, Any] | None]] = ()
    answer: Any = None


# Gets the record (``None`` where there is none) and the present moment; never changes what it gets.
Mutation = Callable[[Record | None, str], Written]


@dataclass(slots=True)
class _Waiting:
    key: Key
    mutation: Mutation
    done: "asyncio.Future[Any]"


@dataclass(slots=True)
class _State:
    """A record on its way through a batch: as it was, as it is now, and what was asked of it."""

    before: Record | None
    now: Record | None
    changes: list[tuple[str, str | None, dict[str, Any] | None, dict[str, Any] | None]] = field(
        default_factory=list
    )
    answers: list[tuple[_Waiting, Any]] = field(default_factory=list)
    refusals: list[tuple[_Waiting, Exception]] = field(default_factory=list)
    waiting: list[_Waiting] = field(default_factory=list)


# Everything here goes by the keys of a few rows. Plans are kept, and one that was made while a table was small would
# read all of it long after. The owners are whole numbers, written by us; so it is one way to the database and back.
_BEGIN = """
BEGIN;
SELECT set_config('hitotsu.owners', '{owners}', true), set_config('enable_seqscan', 'off', true),
    set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)
"""
_LOCK = f"""
SELECT {COLUMNS} FROM records_record AS r
JOIN unnest($1::integer[], $2::text[]) AS w (owner, key) ON r.owner_id = w.owner AND r.id = w.key
ORDER BY r.owner_id, r.id FOR UPDATE OF r
"""  # noqa: S608
_ROW = """
SELECT owner, key, string_to_array(types, E'\\x1f') AS types, attributes::jsonb AS attributes,
    string_to_array(scope, E'\\x1f') AS scope, visibility,
    CASE WHEN west IS NOT NULL THEN box(point(west, south), point(east, north)) END AS extent,
    created_at, modified_at, expires_at
FROM unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::text[], $6::smallint[], $7::float8[], $8::float8[],
    $9::float8[], $10::float8[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[])
    AS w (owner, key, types, attributes, scope, visibility, west, south, east, north, created_at, modified_at, expires_at)
"""
_INSERT = f"""
INSERT INTO records_record (owner_id, id, types, attributes, scope, visibility, extent, created_at, modified_at, expires_at)
{_ROW} ON CONFLICT DO NOTHING RETURNING owner_id, id
"""
_UPDATE = f"""
UPDATE records_record AS r SET types = n.types, attributes = n.attributes, scope = n.scope, visibility = n.visibility,
    extent = n.extent, created_at = n.created_at, modified_at = n.modified_at, expires_at = n.expires_at
FROM ({_ROW}) AS n WHERE r.owner_id = n.owner AND r.id = n.key
"""  # noqa: S608
# How a history says that an attribute is there no longer.
_GONE = "urn:ngsi-ld:null"
# A record that has a history leaves a row behind, which says of what it is the history, and when that ended.
_DELETE = """
WITH gone AS (
    DELETE FROM records_record AS r USING unnest($1::integer[], $2::text[]) AS w (owner, key)
    WHERE r.owner_id = w.owner AND r.id = w.key RETURNING r.*
)
INSERT INTO records_evolution AS e (owner_id, id, types, scope, visibility, created_at, modified_at, deleted_at)
SELECT owner_id, id, types, scope, visibility, created_at, modified_at, $3 FROM gone AS g
WHERE EXISTS (SELECT FROM records_history AS h WHERE h.owner_id = g.owner_id AND h.record_id = g.id)
ON CONFLICT (owner_id, id) DO UPDATE SET types = excluded.types, scope = excluded.scope,
    visibility = excluded.visibility, modified_at = excluded.modified_at, deleted_at = excluded.deleted_at
"""
_TELL = f"""
WITH kept AS ({KEEP})
INSERT INTO records_change (owner_id, record_id, kind, at, attributes, previous)
SELECT owner, key, kind, $9, string_to_array(attributes, E'\\x1f'), previous::jsonb
FROM unnest($10::integer[], $11::text[], $12::smallint[], $13::text[], $14::text[])
    AS w (owner, key, kind, attributes, previous)
"""  # noqa: S608


class Watcher(Protocol):
    """Hears of the changes of every commit: within it, and when it is done."""

    async def note(
        self, connection: Any, happenings: Sequence[Happening], at: datetime
    ) -> set[SubscriptionKey]:
        """Called in the transaction; what it raises undoes the commit."""

    def committed(self, keys: set[SubscriptionKey]) -> None:
        """Called after the commit with what ``note`` gave."""


class Writer:
    """The lanes of one process."""

    def __init__(self, pool: "asyncpg.Pool[Any]", *, lanes: int = 2, watcher: Watcher | None = None) -> None:
        self._pool = pool
        self._watcher = watcher
        self._queues = [asyncio.Queue[_Waiting](LONGEST_QUEUE) for _ in range(lanes)]
        self._lanes = [asyncio.create_task(self._lane(queue)) for queue in self._queues]

    async def write(self, owner_id: int, record_id: str, mutation: Mutation) -> Any:
        """The mutation's answer, once it is durable; what the mutation raises is raised here.

        Raises ``TooBusy`` when too many wait already, and ``StoreUnavailable``.
        """
        return await self._hand_in((owner_id, record_id), mutation)

    def _hand_in(self, key: Key, mutation: Mutation) -> "asyncio.Future[Any]":
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        # What concerns one record goes through one lane, so that it happens in the order in which it came.
        queue = self._queues[hash(key) % len(self._queues)]
        try:
            queue.put_nowait(_Waiting(key, mutation, done))
        except asyncio.QueueFull:
            raise TooBusy from None
        return done

    async def write_many(self, mutations: Iterable[tuple[int, str, Mutation]]) -> list[Any]:
        """The answers or exceptions of many mutations, in their order; they share as few commits as they can."""
        waiting: list[asyncio.Future[Any]] = []
        for owner_id, record_id, mutation in mutations:
            try:
                waiting.append(self._hand_in((owner_id, record_id), mutation))
            except TooBusy as error:
                refused: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
                refused.set_exception(error)
                waiting.append(refused)
        return await asyncio.gather(*waiting, return_exceptions=True)

    async def close(self) -> None:
        """Nothing more is written; whoever still waits is told that the store is gone."""
        for lane in self._lanes:
            lane.cancel()
        await asyncio.gather(*self._lanes, return_exceptions=True)
        for queue in self._queues:
            while not queue.empty():
                _fail([queue.get_nowait()], StoreUnavailable())

    async def _lane(self, queue: "asyncio.Queue[_Waiting]") -> None:
        while True:
            batch = [await queue.get()]
            # Whoever was just answered sends the next request now; one turn of the loop lets them come along.
            await asyncio.sleep(0)
            while len(batch) < LARGEST_BATCH and not queue.empty():
                batch.append(queue.get_nowait())
            try:
                await self._settle(batch)
            except asyncio.CancelledError:
                _fail(batch, StoreUnavailable())
                raise

    async def _settle(self, batch: list[_Waiting]) -> None:
        """Commits until everybody in the batch has an answer. What the database refuses is parted from the rest."""
        parts = [batch]
        tries = 0
        while parts:
            part = parts.pop()
            try:
                # Somebody else made the same record meanwhile: now it is there, and the mutation sees it.
                again = await self._commit(part)
            except _PASSING as error:
                tries += 1
                if tries > _MOST_TRIES:
                    logger.warning("records are not written: %s", error)
                    _fail(part, StoreUnavailable())
                else:
                    parts.append(part)
            except UNAVAILABLE as error:
                logger.warning("records are not written: %s", error)
                _fail(part, StoreUnavailable())
            except Exception as error:  # noqa: BLE001 - a lane that ended would leave everybody waiting
                if len(part) == 1:
                    _fail(part, NotKept(type(error).__name__) if isinstance(error, _REFUSED) else error)
                else:
                    middle = len(part) // 2
                    parts += [part[middle:], part[:middle]]
            else:
                if again:
                    parts.append(again)

    async def _commit(self, batch: list[_Waiting]) -> list[_Waiting]:
        moment_now = datetime.now(UTC)
        now = instant(moment_now)
        keys = sorted({waiting.key for waiting in batch})
        async with self._pool.acquire() as connection:
            owners = ",".join(str(int(owner)) for owner in sorted({key[0] for key in keys}))
            try:
                await connection.execute(_BEGIN.format(owners=owners))
                rows = await connection.fetch(_LOCK, [key[0] for key in keys], [key[1] for key in keys])
                found = {(row["owner_id"], row["id"]): record_of(row) for row in rows}
                states = {key: _State(found.get(key), _alive(found.get(key), now)) for key in keys}
                for waiting in batch:
                    _apply(states[waiting.key], waiting, now)
                again = await _store(connection, states, moment_now)
                happenings = _happenings(states, again)
                noted = (
                    await self._watcher.note(connection, happenings, moment_now)
                    if self._watcher is not None and happenings
                    else set()
                )
                await connection.execute("COMMIT")
            except BaseException:
                await connection.execute("ROLLBACK")
                raise
        for key, state in states.items():
            if key in again:
                continue
            for waiting, answer in state.answers:
                if not waiting.done.done():
                    waiting.done.set_result(answer)
            for waiting, error in state.refusals:
                _fail([waiting], error)
        if self._watcher is not None and happenings:
            self._watcher.committed(noted)
        return [waiting for key in again for waiting in states[key].waiting]


def _alive(record: Record | None, now: str) -> Record | None:
    return None if record is None or record.get("expiresAt", now) < now else record


def _apply(state: _State, waiting: _Waiting, now: str) -> None:
    if waiting.done.done():
        # Its sender has gone before it was begun.
        return
    state.waiting.append(waiting)
    try:
        written = waiting.mutation(state.now, now)
    except Exception as error:  # noqa: BLE001 - whoever sent the mutation gets its error, and only they
        # Told after the commit: what it is refused for may itself not have come about yet.
        state.refusals.append((waiting, error))
        return
    state.now = written.record
    state.changes.extend(written.changes)
    state.answers.append((waiting, written.answer))


async def _store(connection: Any, states: dict[Key, _State], now: datetime) -> set[Key]:
    """Writes what the mutations made of the records; gives the keys that somebody else inserted first."""
    touched = {key: state for key, state in states.items() if state.answers and state.now is not state.before}
    fresh = {
        key: state.now for key, state in touched.items() if state.before is None and state.now is not None
    }
    again: set[Key] = set()
    if fresh:
        made = await connection.fetch(_INSERT, *_columns(fresh))
        again = set(fresh) - {(row["owner_id"], row["id"]) for row in made}
    changed = {
        key: state.now for key, state in touched.items() if state.before is not None and state.now is not None
    }
    if changed:
        await connection.execute(_UPDATE, *_columns(changed))
    gone = [key for key, state in touched.items() if state.before is not None and state.now is None]
    if gone:
        await connection.execute(_DELETE, [key[0] for key in gone], [key[1] for key in gone], now)
    told = [(key, state) for key, state in touched.items() if key not in again]
    if told:
        await connection.execute(_TELL, *_history(told, now), now, *_changes(told))
    return again


def _happenings(states: dict[Key, _State], again: set[Key]) -> list[Happening]:
    return [
        Happening(*key, state.before, state.now, state.changes)
        for key, state in states.items()
        if key not in again and state.answers and state.now is not state.before
    ]


def _columns(records: dict[Key, Record]) -> tuple[list[Any], ...]:
    boxes = [box_of(record) for record in records.values()]
    return (
        [key[0] for key in records],
        [key[1] for key in records],
        [SEPARATOR.join(record["types"]) for record in records.values()],
        [encode(record["attributes"]).decode() for record in records.values()],
        [SEPARATOR.join(record["scope"]) if record.get("scope") else None for record in records.values()],
        [record["visibility"] for record in records.values()],
        *([box[side] for box in boxes] for side in range(4)),
        [moment(record["createdAt"]) for record in records.values()],
        [moment(record["modifiedAt"]) for record in records.values()],
        [moment(record.get("expiresAt")) for record in records.values()],
    )


def _history(told: list[tuple[Key, _State]], now: datetime) -> tuple[list[Any], ...]:
    rows = []
    for key, state in told:
        for name, _, new, old in state.changes:
            if new is not None and "observedAt" in new:
                rows.append(observed(*key, name, new))
            elif new is None and old is not None and "observedAt" in old:
                rows.append(tomb(*key, name, ending(old, instant(now), _GONE), now))
    return columns(rows)


def _changes(told: list[tuple[Key, _State]]) -> tuple[list[Any], ...]:
    rows = []
    for key, state in told:
        if state.before is None and state.now is None:
            continue
        kind = CREATED if state.before is None else DELETED if state.now is None else UPDATED
        names = dict.fromkeys(name for name, _, _, _ in state.changes)
        previous = [[name, dataset, old] for name, dataset, _, old in state.changes if old is not None]
        rows.append((*key, kind, SEPARATOR.join(names), encode(previous).decode() if previous else None))
    return tuple([row[column] for row in rows] for column in range(5))


def _fail(batch: Iterable[_Waiting], error: Exception) -> None:
    for waiting in batch:
        if not waiting.done.done():
            waiting.done.set_exception(error)
