"""Delivers what is owed: each subscription on its own, one process at a time, in order, again until it succeeds.

A process takes a subscription, not single notifications: throttling and back-off are then exact however many
processes there are. Who holds what is known by an advisory lock of the process's own connection, so that what a killed
process held is free at once.
"""

import asyncio
import logging
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import asyncpg

from hitotsu.records.store.interests import SubscriptionKey
from hitotsu.records.store.rows import decode
from hitotsu.records.store.subscriptions import COLUMNS, Subscription, subscription_of

_log = logging.getLogger(__name__)

_LOCKS: Final = 7_120_002
_AT_ONCE: Final = 8
_BATCH: Final = 64
_LARGEST: Final = 1000
_MOST_ATTEMPTS: Final = 10
_LONGEST_PAUSE: Final = 300.0
_SWEEP: Final = 1.0
_TROUBLE: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)

_TAKE: Final = f"""
UPDATE records_subscription AS s SET taken_by = $3, not_before = CASE
    WHEN every > 0 OR throttling > 0 THEN clock_timestamp() + make_interval(secs => greatest(every, throttling))
    ELSE not_before END
WHERE owner_id = $1 AND id = $2 AND taken_by IS NULL AND not_before <= clock_timestamp()
    AND CASE WHEN every > 0 THEN active AND (expires_at IS NULL OR expires_at > clock_timestamp())
    ELSE EXISTS (
        SELECT FROM records_delivery AS d WHERE d.owner_id = s.owner_id AND d.subscription_id = s.id AND NOT d.dead
    ) END
RETURNING {COLUMNS}
"""  # noqa: S608
_OWED: Final = """
SELECT number, revision, record_id, content::text, attempts FROM records_delivery
WHERE owner_id = $1 AND subscription_id = $2 AND NOT dead ORDER BY number LIMIT $3
"""
# What changes at this moment is owed again in its new state, so it is passed over.
_SETTLE: Final = """
WITH settled AS (
    SELECT d.number FROM records_delivery AS d
    JOIN unnest($3::bigint[], $4::integer[]) AS w (number, revision) USING (number, revision)
    WHERE d.owner_id = $1 AND d.subscription_id = $2 ORDER BY d.slot FOR UPDATE OF d SKIP LOCKED
), delivered AS (
    DELETE FROM records_delivery AS d USING settled AS w
    WHERE d.owner_id = $1 AND d.subscription_id = $2 AND d.number = w.number
)
UPDATE records_subscription SET times_sent = times_sent + $5, times_failed = times_failed + $6,
    last_sent = clock_timestamp(),
    last_success = CASE WHEN $5 > $6 THEN clock_timestamp() ELSE last_success END,
    last_failure = CASE WHEN $6 > 0 THEN clock_timestamp() ELSE last_failure END,
    last_reason = CASE WHEN $6 > 0 THEN $7 ELSE last_reason END,
    failing = CASE WHEN $6 = 0 THEN 0 ELSE failing + 1 END,
    not_before = CASE WHEN $6 = 0 THEN not_before ELSE greatest(not_before, clock_timestamp()
        + make_interval(secs => least(power(2.0, least(failing, 10)), $8::float8))) END
WHERE owner_id = $1 AND id = $2
"""
_FAILED: Final = """
UPDATE records_delivery SET attempts = attempts + 1, reason = $4, dead = $5 OR attempts + 1 >= $6
WHERE owner_id = $1 AND subscription_id = $2 AND number = ANY ($3::bigint[])
"""
_RELEASE: Final = (
    "UPDATE records_subscription SET taken_by = NULL WHERE owner_id = $1 AND id = $2 AND taken_by = $3"
)
_NEXT: Final = """
SELECT extract(epoch FROM not_before - clock_timestamp())::float8 AS seconds, taken_by IS NOT NULL AS taken,
    every > 0 OR EXISTS (
        SELECT FROM records_delivery AS d WHERE d.owner_id = s.owner_id AND d.subscription_id = s.id AND NOT d.dead
    ) AS owed
FROM records_subscription AS s WHERE owner_id = $1 AND id = $2
"""
_FREE: Final = """
UPDATE records_subscription SET taken_by = NULL WHERE taken_by IS NOT NULL AND NOT EXISTS (
    SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = $1::integer::oid AND objid = taken_by::oid
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
)
"""
_DUE: Final = """
SELECT owner_id, id FROM records_subscription AS s
WHERE taken_by IS NULL AND not_before <= clock_timestamp() AND CASE
    WHEN every > 0 THEN active AND (expires_at IS NULL OR expires_at > clock_timestamp())
    ELSE EXISTS (
        SELECT FROM records_delivery AS d WHERE d.owner_id = s.owner_id AND d.subscription_id = s.id AND NOT d.dead
    ) END
"""


class Undelivered(Exception):
    """A notification was not taken; the sentence says why. ``final``: another attempt would not help."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final


class Sender(Protocol):
    """How a face brings its notifications to their receivers. Both must end within some seconds."""

    async def send(self, subscription: Subscription, contents: Sequence[dict[str, Any]]) -> None:
        """Sends one notification about these changes; raises ``Undelivered``."""

    async def gather(self, subscription: Subscription) -> Sequence[dict[str, Any]]:
        """What a periodic subscription is to be told now."""


@dataclass(slots=True)
class _Tally:
    sent: int = 0
    failed: int = 0
    reason: str = ""


class Deliverer:
    """The deliveries of one process. ``pool`` works for all owners; ``url`` is where its own connection goes."""

    def __init__(self, pool: "asyncpg.Pool[Any]", url: str, senders: Mapping[str, Sender]) -> None:
        self._pool = pool
        self._url = url
        self._senders = senders
        self._me: int | None = None
        self._running: dict[SubscriptionKey, asyncio.Task[None]] = {}
        self._again: set[SubscriptionKey] = set()
        self._timers: dict[SubscriptionKey, asyncio.TimerHandle] = {}
        self._sweeping = asyncio.create_task(self._sweep())

    def wake(self, keys: Iterable[SubscriptionKey]) -> None:
        """These subscriptions are owed something now."""
        if self._me is None:
            return
        for key in keys:
            if key in self._running:
                self._again.add(key)
            elif key not in self._timers:
                self._running[key] = asyncio.create_task(self._run(key, self._me))

    async def close(self) -> None:
        """Ends all deliveries; what is not delivered stays owed."""
        tasks = [self._sweeping, *self._running.values()]
        for timer in self._timers.values():
            timer.cancel()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _sweep(self) -> None:
        # What other processes left, what came while the database was away, what is due by the clock.
        while True:
            try:
                connection = await asyncpg.connect(self._url, server_settings={"hitotsu.works_for_all": "on"})
                try:
                    me = secrets.randbelow(2**31 - 1)
                    await connection.execute("SELECT pg_advisory_lock($1, $2)", _LOCKS, me)
                    self._me = me
                    while True:
                        await connection.execute(_FREE, _LOCKS)
                        due = await connection.fetch(_DUE)
                        self.wake((row["owner_id"], row["id"]) for row in due)
                        await asyncio.sleep(_SWEEP)
                finally:
                    self._me = None
                    connection.terminate()
            except _TROUBLE:
                _log.warning("deliveries wait for the database", exc_info=True)
                await asyncio.sleep(_SWEEP)

    async def _run(self, key: SubscriptionKey, me: int) -> None:
        try:
            while True:
                self._again.discard(key)
                await self._serve(key, me)
                seconds = await self._next(key)
                if seconds is not None and seconds > 0:
                    self._timers[key] = asyncio.get_running_loop().call_later(seconds, self._ring, key)
                    return
                if seconds is None and key not in self._again:
                    return
        except _TROUBLE:
            _log.warning("a delivery waits for the database", exc_info=True)
        finally:
            del self._running[key]

    def _ring(self, key: SubscriptionKey) -> None:
        del self._timers[key]
        self.wake((key,))

    async def _next(self, key: SubscriptionKey) -> float | None:
        """In how many seconds there is more to do here; ``None``: nothing, or another process does it."""
        row = await self._pool.fetchrow(_NEXT, *key)
        if row is None or row["taken"] or not row["owed"]:
            return None
        seconds: float = row["seconds"]
        # Its period is watched by the sweep, as are those that begin with nobody being told.
        return min(seconds, _LONGEST_PAUSE) if seconds > 0 else 0.0

    async def _serve(self, key: SubscriptionKey, me: int) -> None:
        row = await self._pool.fetchrow(_TAKE, *key, me)
        if row is None:
            return
        subscription = subscription_of(row)
        try:
            terms = subscription.terms
            if terms.every > 0:
                await self._tell(subscription)
            elif terms.throttling > 0:
                await self._deliver(subscription, _LARGEST, together=True)
            else:
                while await self._deliver(subscription, _BATCH, together=False):
                    self._again.discard(key)
        finally:
            await asyncio.shield(self._pool.execute(_RELEASE, *key, me))

    async def _tell(self, subscription: Subscription) -> None:
        contents = await self._senders[subscription.face].gather(subscription)
        if contents:
            tally = _Tally()
            await self._attempt(subscription, contents, tally)
            await self._settle(subscription, [], tally)

    async def _deliver(self, subscription: Subscription, most: int, *, together: bool) -> bool:
        """Sends what is owed; whether to go on at once."""
        key = (subscription.owner_id, subscription.id)
        rows = await self._pool.fetch(_OWED, *key, most)
        if not rows:
            return False
        tally = _Tally()
        done: list[Any] = []
        if together:
            failure = await self._attempt(subscription, [decode(row["content"]) for row in rows], tally)
            if failure is None:
                done = list(rows)
            else:
                await self._note_failure(key, rows, failure)
        else:
            done = await self._one_by_one(subscription, rows, tally)
        await self._settle(subscription, done, tally)
        return tally.failed == 0 and (len(rows) == most or key in self._again)

    async def _one_by_one(self, subscription: Subscription, rows: Sequence[Any], tally: _Tally) -> list[Any]:
        """Several at once, but those of one record one after the other; the rows that were delivered."""
        by_record: dict[str, list[Any]] = {}
        for row in rows:
            by_record.setdefault(row["record_id"], []).append(row)
        places = asyncio.Semaphore(_AT_ONCE)
        key = (subscription.owner_id, subscription.id)
        done: list[Any] = []

        async def of_record(owed: list[Any]) -> None:
            for row in owed:
                async with places:
                    # A receiver that fails is left in peace until the pause is over.
                    if tally.failed:
                        return
                    failure = await self._attempt(subscription, [decode(row["content"])], tally)
                if failure is None:
                    done.append(row)
                else:
                    await self._note_failure(key, [row], failure)
                    if not failure.final:
                        return

        await asyncio.gather(*(of_record(owed) for owed in by_record.values()))
        return done

    async def _attempt(
        self, subscription: Subscription, contents: Sequence[dict[str, Any]], tally: _Tally
    ) -> Undelivered | None:
        tally.sent += 1
        try:
            await self._senders[subscription.face].send(subscription, contents)
        except Undelivered as failure:
            return _counted(failure, tally)
        except Exception:  # noqa: BLE001 - told in the log, and to the subscriber as a failure
            _log.exception("a notification of %s cannot be made", subscription.id)
            return _counted(Undelivered("The notification could not be made: see the log."), tally)
        return None

    async def _note_failure(self, key: SubscriptionKey, rows: Sequence[Any], failure: Undelivered) -> None:
        numbers = [row["number"] for row in rows]
        await self._pool.execute(_FAILED, *key, numbers, str(failure), failure.final, _MOST_ATTEMPTS)

    async def _settle(self, subscription: Subscription, done: Sequence[Any], tally: _Tally) -> None:
        await self._pool.execute(
            _SETTLE, subscription.owner_id, subscription.id, [row["number"] for row in done],
            [row["revision"] for row in done], tally.sent, tally.failed, tally.reason, _LONGEST_PAUSE,
        )  # fmt: skip


def _counted(failure: Undelivered, tally: _Tally) -> Undelivered:
    tally.failed += 1
    tally.reason = str(failure)
    return failure
