"""What the endpoints of the NGSI-LD face stand on: the store, the contexts, and who is calling."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hitotsu.faces.ngsi.contexts.contexts import Contexts
from hitotsu.faces.ngsi.contexts.documents import Documents
from hitotsu.faces.ngsi.contexts.outbound import Fetcher, Guard
from hitotsu.faces.ngsi.contexts.store import MemoryStore
from hitotsu.faces.ngsi.http import Caller
from hitotsu.faces.ngsi.problems import NonexistentTenant
from hitotsu.faces.ngsi.subscribing.interest import interest_of
from hitotsu.faces.ngsi.subscribing.notifying import Notifier
from hitotsu.records.commands import Deliverer, Evolution, Matcher, Outbox, Subscriptions, Writer, empty
from hitotsu.records.queries import (
    ANYONE,
    INTERNAL,
    Aggregation,
    Bell,
    History,
    Reach,
    Reader,
    Sessions,
    open_pool,
    open_pool_for_all,
)

_LOOPBACK = ("127.0.0.0/8", "::1/128", "0.0.0.0/32")
_DEFAULT_OWNER = 0
# Whose subscriptions these are, among those of other faces on the same records.
FACE = "ngsi-ld"


@dataclass(slots=True)
class Service:
    writer: Writer
    reader: Reader
    contexts: Contexts
    history: History
    aggregation: Aggregation
    evolution: Evolution
    subscriptions: Subscriptions
    # Which receivers of notifications may be called.
    guard: Guard
    # For suites that test conformance: every caller may do everything in every tenant.
    testing: bool = False
    # Unknown types are kept for their owner alone until somebody declares them.
    default_visibility: int = INTERNAL
    largest_body: int = 10 * 1024 * 1024
    largest_page: int = 1000
    # Values of one attribute in one answer; what goes beyond is for the next range of time.
    longest_history: int = 10_000
    # Values of each attribute in all entities of one answer together.
    longest_answer: int = 100_000
    # Connection of the database's owner, known in testing only: nobody else can take everything away.
    owner_url: str | None = None
    _tenants: dict[str, int] = field(default_factory=dict)

    async def empty(self, tenant: str | None = None) -> None:
        """Takes everything away, or what one tenant has; in testing only."""
        if not self.testing or self.owner_url is None:
            raise RuntimeError("only a server for tests is emptied")
        if tenant is not None:
            if tenant in self._tenants:
                await empty(self.owner_url, self._tenants[tenant])
            return
        await empty(self.owner_url)
        self._tenants.clear()
        for stored in await self.contexts.store.list():
            await self.contexts.store.delete(stored.id)
            self.contexts.forget(stored.id)

    async def caller(self, scope: Mapping[str, Any]) -> Caller:
        """Who sent the request. Without a token nobody in particular, who sees what is open and writes nothing."""
        tenant = next(
            (value.decode("latin-1") for name, value in scope["headers"] if name == b"ngsild-tenant"), None
        )
        if not self.testing:
            if tenant is not None:
                raise NonexistentTenant(f"There is no tenant {tenant[:100]}.")
            return Caller(_DEFAULT_OWNER, ANYONE, may_write=False)
        owner = self._owner_in_tests(tenant, scope["method"])
        return Caller(owner, Reach((owner,)), may_write=True, tenant=tenant)

    def _owner_in_tests(self, tenant: str | None, method: str) -> int:
        if tenant is None:
            return _DEFAULT_OWNER
        if tenant not in self._tenants:
            if method != "POST":
                raise NonexistentTenant(f"There is no tenant {tenant[:100]}.")
            self._tenants[tenant] = -len(self._tenants) - 1
        return self._tenants[tenant]


async def open_service(url: str, *, testing: bool = False, owner_url: str | None = None) -> Service:
    """The service on the database at `url` (the application's role); belongs to the running event loop."""
    pool = await open_pool(url)
    sessions = Sessions(pool)
    evolution = Evolution(pool)
    evolution.start()
    guard = Guard.allowing(_LOOPBACK) if testing else Guard()
    store = MemoryStore()
    reader = Reader(sessions)
    contexts = Contexts(store, Documents(store, Fetcher(guard)))
    for_all = await open_pool_for_all(url)
    deliverer = Deliverer(for_all, url, {FACE: Notifier(contexts, reader, guard)})
    outbox = Outbox(Matcher({FACE: interest_of}), deliverer, Bell(for_all))
    return Service(
        Writer(pool, watcher=outbox),
        reader,
        contexts,
        History(sessions),
        Aggregation(sessions),
        evolution,
        Subscriptions(pool),
        guard,
        testing=testing,
        owner_url=owner_url if testing else None,
    )
