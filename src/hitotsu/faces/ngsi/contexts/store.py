"""What is kept of @contexts that are not the core: hosted for somebody, made from a request, or fetched and cached."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import msgspec


class Kind(StrEnum):
    """Where a stored @context came from, as the standard calls it."""

    HOSTED = "Hosted"
    CACHED = "Cached"
    IMPLICIT = "ImplicitlyCreated"


class StoredContext(msgspec.Struct, frozen=True):
    """One @context: `id` is unique here, `url` is where clients find it, `body` the document `{"@context": …}`. Times are UTC."""

    id: str
    url: str
    kind: Kind
    body: dict[str, Any]
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    hits: int = 0


class ContextStore(Protocol):
    """Where @contexts are kept. Every process of the platform sees the same ones."""

    async def get(self, key: str) -> StoredContext | None:
        """The context with this identifier or address."""

    async def put(self, context: StoredContext) -> None:
        """Keeps a context, in the place of one with the same identifier or address; the uses counted so far stay."""

    async def delete(self, identifier: str) -> bool:
        """Takes a context out; whether it was there."""

    async def list(self, kind: Kind | None = None) -> list[StoredContext]:
        """All contexts of a kind (None: of every kind), oldest first."""

    async def used(self, counts: Mapping[str, int], at: datetime) -> None:
        """Adds uses, by identifier; identifiers that are not there (any more) are passed over."""


class MemoryStore:
    """A store that ends with the process."""

    def __init__(self) -> None:
        self._contexts: dict[str, StoredContext] = {}

    async def get(self, key: str) -> StoredContext | None:
        found = self._contexts.get(key)
        return found or next((one for one in self._contexts.values() if one.url == key), None)

    async def put(self, context: StoredContext) -> None:
        previous = await self.get(context.id) or await self.get(context.url)
        if previous is not None:
            del self._contexts[previous.id]
            context = msgspec.structs.replace(context, hits=previous.hits, last_used_at=previous.last_used_at)
        self._contexts[context.id] = context

    async def delete(self, identifier: str) -> bool:
        return self._contexts.pop(identifier, None) is not None

    async def list(self, kind: Kind | None = None) -> list[StoredContext]:
        found = [one for one in self._contexts.values() if kind is None or one.kind is kind]
        return sorted(found, key=lambda one: (one.created_at, one.id))

    async def used(self, counts: Mapping[str, int], at: datetime) -> None:
        for identifier, count in counts.items():
            known = self._contexts.get(identifier)
            if known is not None:
                self._contexts[identifier] = msgspec.structs.replace(
                    known, hits=known.hits + count, last_used_at=at
                )
