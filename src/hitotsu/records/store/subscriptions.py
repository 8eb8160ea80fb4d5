"""Stored subscriptions: what subscribers asked for, and how their deliveries went."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg

from hitotsu.records.store.rows import decode, encode

COLUMNS: Final = (
    "owner_id, id, face, definition::text, active, expires_at, throttling, every, failing, times_sent, times_failed,"
    " last_sent, last_success, last_failure, last_reason, created_at, modified_at"
)
_ACT_FOR: Final = "SELECT set_config('hitotsu.owners', $1, true)"
_ADD: Final = """
INSERT INTO records_subscription (owner_id, id, face, definition, active, expires_at, throttling, every, not_before)
VALUES ($1, $2, $3, $4::text::jsonb, $5, $6, $7, $8::float8, clock_timestamp() + make_interval(secs => $8::float8))
ON CONFLICT DO NOTHING RETURNING id
"""
_CHANGE: Final = """
UPDATE records_subscription SET definition = $3::text::jsonb, active = $4, expires_at = $5, throttling = $6,
    every = $7::float8, not_before = CASE WHEN $7::float8 > 0 AND every <> $7::float8
        THEN clock_timestamp() + make_interval(secs => $7::float8) ELSE not_before END,
    modified_at = clock_timestamp()
WHERE owner_id = $1 AND id = $2
"""
_ONE: Final = f"SELECT {COLUMNS} FROM records_subscription WHERE owner_id = $1 AND id = $2"  # noqa: S608
_LIST: Final = (
    f"SELECT {COLUMNS} FROM records_subscription WHERE owner_id = $1 AND face = $2"  # noqa: S608
    " ORDER BY created_at, id LIMIT $3 OFFSET $4"
)
_COUNT: Final = "SELECT count(*) FROM records_subscription WHERE owner_id = $1 AND face = $2"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a subscriber asked for: ``definition`` in the face's own neutral form, the rest is the store's business.

    ``throttling`` and ``every`` in seconds; 0 is without.
    """

    definition: dict[str, Any]
    active: bool = True
    expires_at: datetime | None = None
    throttling: float = 0.0
    every: float = 0.0


@dataclass(frozen=True, slots=True)
class Subscription:
    """A stored subscription. ``failing``: how many attempts in a row have failed."""

    owner_id: int
    id: str
    face: str
    terms: Terms
    failing: int
    times_sent: int
    times_failed: int
    last_sent: datetime | None
    last_success: datetime | None
    last_failure: datetime | None
    last_reason: str | None
    created_at: datetime
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class Dead:
    """A notification that was given up, and why."""

    number: int
    record_id: str
    at: datetime
    attempts: int
    reason: str


class Subscriptions:
    """What can be done with the subscriptions of one owner; a change is in force for all that is written after it."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def add(self, owner_id: int, subscription_id: str, face: str, terms: Terms) -> bool:
        """Stores a subscription; false where there is one of that id already."""
        async with self._acting_for(owner_id) as connection:
            made = await connection.fetchval(
                _ADD, owner_id, subscription_id, face, encode(terms.definition).decode(), terms.active,
                terms.expires_at, terms.throttling, terms.every,
            )  # fmt: skip
        return made is not None

    async def one(self, owner_id: int, subscription_id: str) -> Subscription | None:
        async with self._acting_for(owner_id) as connection:
            row = await connection.fetchrow(_ONE, owner_id, subscription_id)
        return None if row is None else subscription_of(row)

    async def page(self, owner_id: int, face: str, *, limit: int, offset: int) -> list[Subscription]:
        """In the order in which they were made."""
        async with self._acting_for(owner_id) as connection:
            rows = await connection.fetch(_LIST, owner_id, face, limit, offset)
        return [subscription_of(row) for row in rows]

    async def count(self, owner_id: int, face: str) -> int:
        async with self._acting_for(owner_id) as connection:
            number: int = await connection.fetchval(_COUNT, owner_id, face)
        return number

    async def change(self, owner_id: int, subscription_id: str, terms: Terms) -> bool:
        """Replaces the terms; false where there is no such subscription."""
        async with self._acting_for(owner_id) as connection:
            done: str = await connection.execute(
                _CHANGE, owner_id, subscription_id, encode(terms.definition).decode(), terms.active,
                terms.expires_at, terms.throttling, terms.every,
            )  # fmt: skip
        return done != "UPDATE 0"

    async def delete(self, owner_id: int, subscription_id: str) -> bool:
        """Takes the subscription away with everything that it is owed; false where there is none."""
        async with self._acting_for(owner_id) as connection:
            done: str = await connection.execute(
                "DELETE FROM records_subscription WHERE owner_id = $1 AND id = $2", owner_id, subscription_id
            )
            await connection.execute(
                "DELETE FROM records_delivery WHERE owner_id = $1 AND subscription_id = $2",
                owner_id,
                subscription_id,
            )
        return done != "DELETE 0"

    async def dead(self, owner_id: int, subscription_id: str, *, limit: int = 100) -> list[Dead]:
        """The notifications that were given up, the latest first."""
        async with self._acting_for(owner_id) as connection:
            rows = await connection.fetch(
                "SELECT number, record_id, at, attempts, reason FROM records_delivery"
                " WHERE owner_id = $1 AND subscription_id = $2 AND dead ORDER BY number DESC LIMIT $3",
                owner_id,
                subscription_id,
                limit,
            )
        return [
            Dead(row["number"], row["record_id"], row["at"], row["attempts"], row["reason"]) for row in rows
        ]

    async def replay(self, owner_id: int, subscription_id: str) -> int:
        """Owes everything anew that was given up; how many notifications. Later states of a throttled record stand."""
        async with self._acting_for(owner_id) as connection:
            done: str = await connection.execute(
                "UPDATE records_delivery AS d SET dead = false, attempts = 0, reason = NULL, slot = NULL"
                " WHERE owner_id = $1 AND subscription_id = $2 AND dead",
                owner_id,
                subscription_id,
            )
            await connection.execute(
                "UPDATE records_subscription SET failing = 0, not_before = clock_timestamp()"
                " WHERE owner_id = $1 AND id = $2 AND every = 0",
                owner_id,
                subscription_id,
            )
        return int(done.rpartition(" ")[2])

    @asynccontextmanager
    async def _acting_for(self, owner_id: int) -> AsyncIterator[Any]:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_ACT_FOR, str(owner_id))
            yield connection


def subscription_of(row: Any) -> Subscription:
    """A row with the columns of a stored subscription, as a value."""
    terms = Terms(
        decode(row["definition"]), row["active"], row["expires_at"], row["throttling"], row["every"]
    )
    return Subscription(
        row["owner_id"], row["id"], row["face"], terms, row["failing"], row["times_sent"], row["times_failed"],
        row["last_sent"], row["last_success"], row["last_failure"], row["last_reason"],
        row["created_at"], row["modified_at"],
    )  # fmt: skip
