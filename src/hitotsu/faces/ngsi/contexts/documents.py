"""Gets the documents that a @context refers to: from the package, from the store, or from their address."""

import asyncio
import logging
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import NAMESPACE_URL, uuid5

import msgspec

from hitotsu.faces.ngsi.contexts.core_context import core_version
from hitotsu.faces.ngsi.contexts.outbound import Fetcher, NotReachable
from hitotsu.faces.ngsi.contexts.store import ContextStore, Kind, StoredContext
from hitotsu.faces.ngsi.problems import BadRequestData, LdContextNotAvailable

ACCEPT = "application/ld+json, application/json;q=0.9"
SERVED_AT = "/ngsi-ld/v1/jsonldContexts/"
_log = logging.getLogger(__name__)


@dataclass
class Gathered:
    """What a @context value comes to: its objects in order (None: forget what came before), and what it was made from."""

    objects: list[dict[str, Any] | None] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    has_core: bool = False
    expires_at: datetime | None = None


@dataclass
class Documents:
    """Reads contexts with everything that they refer to. The limits hold for one @context value with all that it leads to."""

    store: ContextStore
    fetcher: Fetcher
    seconds: float = 10.0
    max_depth: int = 8
    max_documents: int = 32
    # A failed address is not called again at once, so that many requests with a dead address do not wait one after the other.
    retry_seconds: float = 5.0
    # Owners who forbid keeping would have every request wait for them.
    keep_at_least_seconds: int = 60
    fetching_at_once: int = 16

    def __post_init__(self) -> None:
        self._under_way: dict[str, asyncio.Task[StoredContext]] = {}
        self._failed: dict[str, tuple[float, str]] = {}
        self._places = asyncio.Semaphore(self.fetching_at_once)

    async def gather(self, value: Any) -> Gathered:
        """The objects of a @context value as a request gives it.

        Raises BadRequestData for a value that cannot be a @context, LdContextNotAvailable for what it refers to and cannot
        be had (in time).
        """
        gathered = Gathered()
        try:
            async with asyncio.timeout(self.seconds):
                await self._gather(value, gathered, (), None)
        except TimeoutError as error:
            raise LdContextNotAvailable(
                f"The @context and what it refers to could not be read within {self.seconds:g} seconds."
            ) from error
        return gathered

    async def _gather(self, value: Any, gathered: Gathered, trail: tuple[str, ...], base: str | None) -> None:
        for one in value if isinstance(value, list) else [value]:
            if one is None:
                gathered.objects.append(None)
            elif isinstance(one, str):
                await self._refer(one, gathered, trail, base)
            elif isinstance(one, dict):
                imported = one.get("@import")
                if imported is not None:
                    if not isinstance(imported, str):
                        raise BadRequestData("In the @context, @import must be an address.")
                    await self._refer(imported, gathered, trail, base)
                gathered.objects.append({term: known for term, known in one.items() if term != "@import"})
            else:
                raise BadRequestData("A @context is an address, an object, or a list of them.")

    async def _refer(
        self, reference: str, gathered: Gathered, trail: tuple[str, ...], base: str | None
    ) -> None:
        url = absolute_address(reference, base)
        if core_version(url) is not None:
            gathered.has_core = True
            return
        if url in trail:
            raise LdContextNotAvailable(f"The @context {url} refers to itself: {' → '.join((*trail, url))}.")
        if len(trail) >= self.max_depth:
            raise LdContextNotAvailable(
                f"The @context {trail[0]} refers to others more than {self.max_depth} deep."
            )
        if len(gathered.used) >= self.max_documents:
            raise LdContextNotAvailable(f"The @context refers to more than {self.max_documents} documents.")
        stored = await self.document(url)
        gathered.used.append(stored.id)
        if stored.expires_at is not None:
            gathered.expires_at = min(stored.expires_at, gathered.expires_at or stored.expires_at)
        await self._gather(stored.body["@context"], gathered, (*trail, url), url)

    async def document(self, url: str) -> StoredContext:
        """The stored context of an address, fetched where it is not there or no longer fresh.

        One that cannot be fetched again is used on. Raises LdContextNotAvailable where there is none.
        """
        stored = await self.find(url)
        if stored is not None and (stored.expires_at is None or stored.expires_at > datetime.now(UTC)):
            return stored
        failure = self._failed.get(url)
        try:
            if failure is not None and failure[0] > time.monotonic():
                raise LdContextNotAvailable(failure[1])
            return await self._fetch_once(url)
        except LdContextNotAvailable as problem:
            if stored is None:
                raise
            _log.warning("an expired @context is used on: %s", problem.detail)
            return stored

    async def find(self, key: str) -> StoredContext | None:
        """A stored context by its identifier or address. Of our own addresses the last part counts, whatever host we are called by."""
        stored = await self.store.get(key)
        if stored is None and SERVED_AT in key:
            own = await self.store.get(urlsplit(key).path.rpartition("/")[2])
            if own is not None and own.kind is not Kind.CACHED:
                return own
        return stored

    async def reload(self, url: str) -> StoredContext:
        """Fetches a cached context anew and puts it in the place of the old one, which stays where that fails."""
        self._failed.pop(url, None)
        return await self._fetch_once(url)

    async def _fetch_once(self, url: str) -> StoredContext:
        task = self._under_way.get(url)
        if task is None:
            task = asyncio.create_task(self._fetch(url))
            self._under_way[url] = task
            task.add_done_callback(lambda done: self._finished(url, done))
        # Shielded: who gives up waiting does not end it for the others; the fetcher's own time limit ends it.
        return await asyncio.shield(task)

    def _finished(self, url: str, task: asyncio.Task[StoredContext]) -> None:
        self._under_way.pop(url, None)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, LdContextNotAvailable):
            if len(self._failed) >= 1000:
                self._failed.clear()
            self._failed[url] = (time.monotonic() + self.retry_seconds, error.detail)

    async def _fetch(self, url: str) -> StoredContext:
        try:
            async with self._places:
                document = await self.fetcher.fetch(url, ACCEPT)
        except NotReachable as reason:
            raise LdContextNotAvailable(f"The @context {url} is not available: {reason}.") from reason
        body = _context_document(url, document.body)
        now = datetime.now(UTC)
        expires = None
        if document.keep_seconds is not None:
            expires = now + timedelta(seconds=max(document.keep_seconds, self.keep_at_least_seconds))
        stored = StoredContext(str(uuid5(NAMESPACE_URL, url)), url, Kind.CACHED, body, now, expires)
        await self.store.put(stored)
        return stored


def absolute_address(reference: str, base: str | None = None) -> str:
    """A reference in a @context as an absolute http(s) address, seen from the document that it stands in.

    Raises BadRequestData for what is none.
    """
    try:
        url = reference if base is None else urljoin(base, reference)
        parts = urlsplit(url)
        if parts.scheme.lower() in ("http", "https") and parts.hostname:
            return url
    except ValueError as error:
        raise BadRequestData(
            f"The @context refers to {reference[:200]!r}, which is not a valid address."
        ) from error
    raise BadRequestData(
        f"The @context refers to {reference[:200]!r}, which is not an absolute http(s) address."
    )


def _context_document(url: str, content: bytes) -> dict[str, Any]:
    if content.lstrip()[:1] == b"<":
        raise LdContextNotAvailable(
            f"The @context {url} is not available: it answers with a page (HTML or XML), not with JSON."
        )
    try:
        document = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise LdContextNotAvailable(
            f"The @context {url} is not available: what it answers is not JSON."
        ) from error
    if not isinstance(document, dict) or not isinstance(document.get("@context"), str | dict | list):
        raise LdContextNotAvailable(f"The @context {url} is not available: what it answers has no @context.")
    return {"@context": document["@context"]}
