"""All @contexts of the running face: a request's @context in, a compiled one out; compiled ones are remembered."""

import asyncio
from collections import Counter, OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec

from hitotsu.faces.ngsi.contexts.context import CORE_CONTEXT, Context, compile_context
from hitotsu.faces.ngsi.contexts.core_context import core_version
from hitotsu.faces.ngsi.contexts.documents import SERVED_AT, Documents
from hitotsu.faces.ngsi.contexts.store import ContextStore, Kind, StoredContext
from hitotsu.faces.ngsi.problems import BadRequestData

MAX_INLINE = 1_000_000
_LARGE = 2_000


@dataclass
class _Compiled:
    context: Context
    used: tuple[str, ...]
    expires_at: datetime | None


class Contexts:
    """Compiles the @contexts of requests.

    Remembers the latest used ones by what they were made from, at most `max_compiled` and together at most `max_terms` terms.
    Belongs to one event loop.
    """

    def __init__(
        self, store: ContextStore, documents: Documents, *, max_compiled: int = 500, max_terms: int = 200_000
    ) -> None:
        self.store = store
        self.documents = documents
        self._max_compiled = max_compiled
        self._max_terms = max_terms
        self._compiled: OrderedDict[Any, _Compiled] = OrderedDict()
        self._terms = 0
        self._uses: Counter[str] = Counter()
        self._under_way: dict[Any, asyncio.Task[_Compiled]] = {}

    async def resolve(self, value: Any) -> Context:
        """The compiled context of a request's `@context` value (address, object, list of both; None for the core alone).

        Raises BadRequestData for an invalid one, LdContextNotAvailable where something that it refers to cannot be had.
        """
        if value is None or value == []:
            return CORE_CONTEXT
        key = _key(value)
        known = self._compiled.get(key)
        if known is not None and (known.expires_at is None or known.expires_at > datetime.now(UTC)):
            self._compiled.move_to_end(key)
            self._uses.update(known.used)
            return known.context
        compiled = await self._compile_once(key, value)
        self._uses.update(compiled.used)
        return compiled.context

    async def _compile_once(self, key: Any, value: Any) -> _Compiled:
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._compile(key, value))
            self._under_way[key] = task
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        # Shielded: a request that is given up does not end the work that others wait for.
        return await asyncio.shield(task)

    async def _compile(self, key: Any, value: Any) -> _Compiled:
        gathered = await self.documents.gather(value)
        context = CORE_CONTEXT
        if gathered.objects:
            # A large one takes a tenth of a second, in which others shall be answered.
            large = sum(len(local) for local in gathered.objects if local is not None) > _LARGE
            work = partial(compile_context, gathered.objects, value, has_core=gathered.has_core)
            context = await asyncio.to_thread(work) if large else work()
        compiled = _Compiled(context, tuple(gathered.used), gathered.expires_at)
        self._remember(key, compiled)
        return compiled

    def _remember(self, key: Any, compiled: _Compiled) -> None:
        previous = self._compiled.pop(key, None)
        if previous is not None:
            self._terms -= len(previous.context.definitions)
        self._compiled[key] = compiled
        self._terms += len(compiled.context.definitions)
        while self._compiled and (len(self._compiled) > self._max_compiled or self._terms > self._max_terms):
            _, oldest = self._compiled.popitem(last=False)
            self._terms -= len(oldest.context.definitions)

    def forget(self, identifier: str) -> None:
        """Drops what was compiled from this stored context; to be called in every process when it changes or goes."""
        for key in [key for key, compiled in self._compiled.items() if identifier in compiled.used]:
            self._terms -= len(self._compiled.pop(key).context.definitions)

    async def address(self, context: Context, base_url: str) -> str:
        """Where clients find this context: its own address, or one here, under which it is kept from now on.

        `base_url` is the face's own scheme and host (`https://data.example.jp`). The same content gets the same address.
        """
        if context.url is not None:
            return context.url
        content = msgspec.json.encode(context.value, order="deterministic")
        identifier = str(uuid5(NAMESPACE_URL, content.decode()))
        known = await self.store.get(identifier)
        if known is None:
            url = f"{base_url.rstrip('/')}{SERVED_AT}{identifier}"
            known = StoredContext(
                identifier, url, Kind.IMPLICIT, {"@context": context.value}, datetime.now(UTC), hits=1
            )
            await self.store.put(known)
        return known.url

    async def save_uses(self) -> None:
        """Adds the uses since the last call to the store: to be called from time to time, and before uses are shown."""
        if self._uses:
            counts, self._uses = self._uses, Counter()
            await self.store.used(counts, datetime.now(UTC))

    def count_use(self, identifier: str) -> None:
        """Counts one more use of a stored context."""
        self._uses[identifier] += 1


def _key(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        references = tuple(one for one in value if core_version(one) is None)
        return (*references, len(references) < len(value))
    content = msgspec.json.encode(value)
    if len(content) > MAX_INLINE:
        raise BadRequestData(
            f"An @context within a request may have {MAX_INLINE:,} bytes; host a larger one and refer to it."
        )
    return content
