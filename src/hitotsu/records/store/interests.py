"""Who wants to hear of which changes: subscriptions compiled, found by type, id and attribute."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from hitotsu.records.query.ast import And, HasId, HasType, Node, Or
from hitotsu.records.query.evaluate import Test
from hitotsu.records.store.rows import OPEN, SHARED, Record

SubscriptionKey = tuple[int, str]
# A name, a dataset, the new instance and the previous one, of which one may be missing.
AttributeChange = tuple[str, str | None, dict[str, Any] | None, dict[str, Any] | None]

RECORD_CREATED: Final = "recordCreated"
RECORD_UPDATED: Final = "recordUpdated"
RECORD_DELETED: Final = "recordDeleted"
CREATED: Final = "attributeCreated"
UPDATED: Final = "attributeUpdated"
DELETED: Final = "attributeDeleted"


@dataclass(frozen=True, slots=True)
class Happening:
    """One record's change: as it was, as it is, and the attribute instances that changed."""

    owner_id: int
    record_id: str
    before: Record | None
    now: Record | None
    changes: Sequence[AttributeChange]

    def causes(self, watched: frozenset[str] | None) -> set[str]:
        """What happened, as far as the watched attributes (``None``: all) go."""
        found: set[str] = set()
        for name, _, new, previous in self.changes:
            if watched is None or name in watched:
                found.add(DELETED if new is None else CREATED if previous is None else UPDATED)
        if self.before is None:
            found.add(RECORD_CREATED)
        elif self.now is None:
            # Attributes that go with their record are not deleted one by one.
            return {RECORD_DELETED}
        elif found:
            found.add(RECORD_UPDATED)
        return found


@dataclass(frozen=True, slots=True)
class Interest:
    """A subscription as the matcher sees it.

    ``test`` is asked of the neutral record, ``watched`` of the names of changed attributes (``None``: any), ``causes``
    are those that count. ``types``, ``ids``: the record surely has one of them (``None``: it cannot be told).
    """

    owner_id: int
    subscription_id: str
    test: Test
    causes: frozenset[str]
    watched: frozenset[str] | None = None
    types: frozenset[str] | None = None
    ids: frozenset[str] | None = None
    sees_shared: bool = False
    throttled: bool = False
    expires_at: datetime | None = None

    def wants(self, happening: Happening) -> bool:
        """Whether the subscriber is to hear of it."""
        record = happening.now if happening.now is not None else happening.before
        if record is None or not self._may_see(happening.owner_id, record):
            return False
        if self.expires_at is not None and self.expires_at <= datetime.now(UTC):
            return False
        return not self.causes.isdisjoint(happening.causes(self.watched)) and self.test(record)

    def _may_see(self, owner_id: int, record: Record) -> bool:
        if owner_id == self.owner_id or record["visibility"] == OPEN:
            return True
        return self.sees_shared and record["visibility"] == SHARED


class Interests:
    """All interests, indexed: a change is asked of those only that its type, id or attributes can concern."""

    def __init__(self, interests: Iterable[Interest] = ()) -> None:
        self._by_id: dict[str, list[Interest]] = {}
        self._by_type: dict[str, list[Interest]] = {}
        self._by_attribute: dict[str, list[Interest]] = {}
        self._others: list[Interest] = []
        for interest in interests:
            self._add(interest)

    def _add(self, interest: Interest) -> None:
        for keys, index in (
            (interest.ids, self._by_id),
            (interest.types, self._by_type),
            (_only_by_attribute(interest), self._by_attribute),
        ):
            if keys is not None:
                for key in keys:
                    index.setdefault(key, []).append(interest)
                return
        self._others.append(interest)

    def concerned(self, happening: Happening) -> Iterator[Interest]:
        """Those whom the change may concern, each once; ``wants`` says whether it does."""
        record = happening.now if happening.now is not None else happening.before
        if record is None:
            return
        asked: set[int] = set()
        for interest in self._candidates(happening, record):
            if id(interest) not in asked:
                asked.add(id(interest))
                yield interest

    def _candidates(self, happening: Happening, record: Record) -> Iterator[Interest]:
        yield from self._by_id.get(happening.record_id, ())
        for name in record["types"]:
            yield from self._by_type.get(name, ())
        if self._by_attribute:
            for name, *_ in happening.changes:
                yield from self._by_attribute.get(name, ())
        yield from self._others


def _only_by_attribute(interest: Interest) -> frozenset[str] | None:
    if RECORD_CREATED in interest.causes or RECORD_DELETED in interest.causes:
        return None
    return interest.watched


def certain(node: Node, of: Callable[[Node], frozenset[str] | None]) -> frozenset[str] | None:
    """Names of which a record that fulfils the node surely has one, where ``of`` tells them of a single condition."""
    if isinstance(node, And):
        return next((found for item in node.items if (found := certain(item, of)) is not None), None)
    if isinstance(node, Or):
        each = [certain(item, of) for item in node.items]
        return frozenset().union(*[one for one in each if one is not None]) if None not in each else None
    return of(node)


def certain_types(node: Node) -> frozenset[str] | None:
    """Types of which a record that fulfils the node surely has one; ``None`` where that cannot be told."""
    return certain(node, lambda one: frozenset(one.names) if isinstance(one, HasType) else None)


def certain_ids(node: Node) -> frozenset[str] | None:
    """Ids of which a record that fulfils the node surely has one; ``None`` where that cannot be told."""
    return certain(node, lambda one: frozenset(one.ids) if isinstance(one, HasId) else None)
