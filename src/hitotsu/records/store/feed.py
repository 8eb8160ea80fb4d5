"""The change feed: every committed change once or more, those of one record in their order, after a crash too.

A change is shown when every transaction that began to write before it is over (`pg_snapshot_xmin`), so that nobody who
commits late is skipped. Such a window of transactions is read by ordinal: the number of a change is drawn while its
record is locked, so within a window the changes of a record follow each other, and no window parts two transactions
of which one waited for the other.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg

from hitotsu.records.store.rows import decode

_log = logging.getLogger(__name__)

CHANNEL: Final = "records_change"
_POLL: Final = 1.0
_QUIET: Final = 0.02

_START: Final = """
INSERT INTO records_feedreader (name, xid, upto, ordinal)
SELECT $1, CASE WHEN $2 THEN xid8 '0' ELSE pg_snapshot_xmin(pg_current_snapshot()) END,
    CASE WHEN $2 THEN xid8 '0' ELSE pg_snapshot_xmin(pg_current_snapshot()) END, 0
ON CONFLICT DO NOTHING
"""
# A window that is read to its end gives way to the next one, up to the oldest transaction in flight. Nothing is
# written where nothing has changed: the writing itself would be the next transaction, for ever.
_ADVANCE: Final = """
UPDATE records_feedreader AS r SET xid = upto, upto = pg_snapshot_xmin(pg_current_snapshot()), ordinal = 0, at = now()
WHERE name = $1 AND EXISTS (
    SELECT FROM records_change AS c WHERE c.xid >= r.upto AND c.xid < pg_snapshot_xmin(pg_current_snapshot())
) RETURNING true
"""
_READ: Final = """
SELECT c.ordinal, c.owner_id, c.record_id, c.kind, c.at, c.attributes, c.previous::text
FROM records_change AS c, records_feedreader AS r
WHERE r.name = $1 AND c.xid >= r.xid AND c.xid < r.upto AND c.ordinal > r.ordinal
ORDER BY c.ordinal LIMIT $2
"""
_DONE: Final = "UPDATE records_feedreader SET ordinal = greatest(ordinal, $2), at = now() WHERE name = $1"


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a record: ``kind`` 0 made, 1 changed, 2 deleted; ``previous`` as (name, dataset, instance)."""

    ordinal: int
    owner_id: int
    record_id: str
    kind: int
    at: datetime
    attributes: tuple[str, ...]
    previous: list[Any]


class Feed:
    """One reader, known by its name, of the changes of all owners. One process at a time reads under a name.

    ``pool`` works for all owners.
    """

    def __init__(self, pool: "asyncpg.Pool[Any]", name: str) -> None:
        self._pool = pool
        self.name = name

    async def start(self, *, from_beginning: bool = False) -> None:
        """Registers the reader; one that is known goes on where it stood, a new one begins now or at the beginning."""
        await self._pool.execute(_START, self.name, from_beginning)

    async def read(self, most: int = 1000) -> list[Change]:
        """The next changes in order, none where there are no settled ones; the same again until ``done`` is told."""
        rows = await self._pool.fetch(_READ, self.name, most)
        while not rows and await self._pool.fetchval(_ADVANCE, self.name):
            rows = await self._pool.fetch(_READ, self.name, most)
        return [
            Change(
                row["ordinal"], row["owner_id"], row["record_id"], row["kind"], row["at"], tuple(row["attributes"]),
                decode(row["previous"]) if row["previous"] is not None else [],
            )
            for row in rows
        ]  # fmt: skip

    async def done(self, changes: list[Change]) -> None:
        """These changes, as ``read`` gave them, need not be shown again."""
        if changes:
            await self._pool.execute(_DONE, self.name, changes[-1].ordinal)

    async def follow(self, most: int = 1000) -> AsyncIterator[list[Change]]:
        """Changes as they come, for ever; those given count as done when the next are asked for."""
        await self.start()
        rung = asyncio.Event()
        async with self._pool.acquire() as listening:

            def hear(*_: object) -> None:
                rung.set()

            await listening.add_listener(CHANNEL, hear)
            try:
                while True:
                    rung.clear()
                    changes = await self.read(most)
                    if changes:
                        yield changes
                        await self.done(changes)
                        continue
                    try:
                        async with asyncio.timeout(_POLL):
                            await rung.wait()
                    except TimeoutError:
                        # A bell that was not heard delays a change, it never loses it.
                        continue
            finally:
                await listening.remove_listener(CHANNEL, hear)


class Bell:
    """Tells the readers of every process that there is something new, some times a second at most.

    Not in the transaction of the change: those who notify wait for each other at every commit.
    """

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool
        self._rung = asyncio.Event()
        self._ringing = asyncio.create_task(self._ring())

    def ring(self) -> None:
        self._rung.set()

    async def close(self) -> None:
        self._ringing.cancel()
        await asyncio.gather(self._ringing, return_exceptions=True)

    async def _ring(self) -> None:
        while True:
            await self._rung.wait()
            self._rung.clear()
            try:
                await self._pool.execute(f"NOTIFY {CHANNEL}")
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                _log.warning("the readers of the change feed were not told", exc_info=True)
            await asyncio.sleep(_QUIET)
