"""Notifications that are owed, written in the transaction of the change that causes them."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from hitotsu.records.store.delivering import Deliverer
from hitotsu.records.store.feed import Bell
from hitotsu.records.store.interests import Happening, Interest, Interests, SubscriptionKey
from hitotsu.records.store.rows import encode
from hitotsu.records.store.subscriptions import COLUMNS, Subscription, subscription_of

_log = logging.getLogger(__name__)

# How a face turns what it stored into an interest.
Compile = Callable[[Subscription], Interest]

_VERSION: Final = """
SELECT number, set_config('hitotsu.works_for_all', 'on', true) FROM records_subscriptionversion
"""
_KEYS: Final = (
    "SELECT owner_id, id, modified_at FROM records_subscription WHERE active AND every = 0 AND"
    " (expires_at IS NULL OR expires_at > now())"
)
_THESE: Final = f"""
SELECT {COLUMNS} FROM records_subscription
JOIN unnest($1::integer[], $2::text[]) AS w (owner, key) ON owner_id = w.owner AND id = w.key
"""  # noqa: S608
# Whoever is gone since is owed nothing; whoever is throttled is owed the latest state. The order keeps two
# transactions from waiting for each other.
_OWE: Final = """
INSERT INTO records_delivery AS d (owner_id, subscription_id, record_id, slot, content, at)
SELECT w.owner, w.subscription, w.record, w.slot, w.content::jsonb, $6
FROM unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::text[])
    WITH ORDINALITY AS w (owner, subscription, record, slot, content, place)
JOIN records_subscription AS s ON s.owner_id = w.owner AND s.id = w.subscription
ORDER BY w.owner, w.subscription, w.slot, w.place
ON CONFLICT (owner_id, subscription_id, slot) WHERE slot IS NOT NULL AND NOT dead
DO UPDATE SET content = excluded.content, at = excluded.at, revision = d.revision + 1
"""


class Matcher:
    """Knows every active subscription of every owner, compiled, as of the transaction that asks."""

    def __init__(self, faces: Mapping[str, Compile]) -> None:
        self._faces = faces
        self._version = 0
        self._interests = Interests()
        self._compiled: dict[SubscriptionKey, tuple[datetime, Interest | None]] = {}

    async def note(
        self, connection: Any, happenings: Sequence[Happening], at: datetime
    ) -> set[SubscriptionKey]:
        """Writes what the changes make the platform owe; to whom. ``connection`` is in the changes' transaction."""
        version = await connection.fetchval(_VERSION)
        if version != self._version:
            await self._load(connection)
            self._version = version
        owed = [
            (interest, happening)
            for happening in happenings
            for interest in self._interests.concerned(happening)
            if _wants(interest, happening)
        ]
        if not owed:
            return set()
        contents = {id(happening): encode(_content(happening, at)).decode() for _, happening in owed}
        await connection.execute(
            _OWE,
            [interest.owner_id for interest, _ in owed],
            [interest.subscription_id for interest, _ in owed],
            [happening.record_id for _, happening in owed],
            [
                f"{happening.owner_id}:{happening.record_id}" if interest.throttled else None
                for interest, happening in owed
            ],
            [contents[id(happening)] for _, happening in owed],
            at,
        )
        return {(interest.owner_id, interest.subscription_id) for interest, _ in owed}

    async def _load(self, connection: Any) -> None:
        rows = await connection.fetch(_KEYS)
        wanted = {(row["owner_id"], row["id"]): row["modified_at"] for row in rows}
        known = {key: compiled for key, compiled in self._compiled.items() if wanted.get(key) == compiled[0]}
        new = [key for key in wanted if key not in known]
        if new:
            for row in await connection.fetch(_THESE, [key[0] for key in new], [key[1] for key in new]):
                subscription = subscription_of(row)
                known[subscription.owner_id, subscription.id] = (
                    subscription.modified_at,
                    self._compile(subscription),
                )
        self._compiled = known
        self._interests = Interests(interest for _, interest in known.values() if interest is not None)

    def _compile(self, subscription: Subscription) -> Interest | None:
        try:
            return self._faces[subscription.face](subscription)
        except Exception:  # noqa: BLE001 - told in the log
            # One that cannot be read must not stop everybody's writing.
            _log.exception("subscription %s cannot be read", subscription.id)
            return None


class Outbox:
    """What a process does about the changes that it commits: owes notifications with them, and delivers at once."""

    def __init__(self, matcher: Matcher, deliverer: Deliverer, bell: Bell) -> None:
        self._matcher = matcher
        self._deliverer = deliverer
        self._bell = bell

    async def note(
        self, connection: Any, happenings: Sequence[Happening], at: datetime
    ) -> set[SubscriptionKey]:
        """Writes what is owed for the changes, in their transaction."""
        return await self._matcher.note(connection, happenings, at)

    def committed(self, keys: set[SubscriptionKey]) -> None:
        """Begins to deliver, and tells the readers of the feed."""
        self._bell.ring()
        self._deliverer.wake(keys)

    async def close(self) -> None:
        await self._deliverer.close()
        await self._bell.close()


def _wants(interest: Interest, happening: Happening) -> bool:
    try:
        return interest.wants(happening)
    except Exception:  # noqa: BLE001 - told in the log
        _log.exception("subscription %s cannot be asked", interest.subscription_id)
        return False


def _content(happening: Happening, at: datetime) -> dict[str, Any]:
    record = happening.now if happening.now is not None else happening.before
    return {
        "record": record,
        "gone": happening.now is None,
        "at": at,
        "changes": [[name, dataset, new, previous] for name, dataset, new, previous in happening.changes],
    }
