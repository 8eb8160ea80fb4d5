"""The operations on `/jsonldContexts` (ETSI GS CIM 009, clause 5.13): add, list, serve, delete and reload."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from hitotsu.faces.ngsi.contexts.context import compile_context
from hitotsu.faces.ngsi.contexts.contexts import Contexts
from hitotsu.faces.ngsi.contexts.core_context import CORE_URL, core_document, core_version
from hitotsu.faces.ngsi.contexts.documents import SERVED_AT, absolute_address
from hitotsu.faces.ngsi.contexts.store import Kind, StoredContext
from hitotsu.faces.ngsi.problems import BadRequestData, OperationNotSupported, ResourceNotFound

# The core has always been there; the standard wants a date.
_CORE_SINCE = datetime(2019, 1, 1, tzinfo=UTC)


async def add_context(contexts: Contexts, document: Any, base_url: str) -> StoredContext:
    """Hosts a context, given as a JSON document with `@context`; its address goes into the answer's Location.

    What it refers to is looked at when it is used. Raises BadRequestData where it cannot be a context.
    """
    if not isinstance(document, dict) or "@context" not in document:
        raise BadRequestData("The body must be a JSON object with an @context.")
    value = document["@context"]
    _check(value)
    identifier = str(uuid4())
    url = f"{base_url.rstrip('/')}{SERVED_AT}{identifier}"
    stored = StoredContext(identifier, url, Kind.HOSTED, {"@context": value}, datetime.now(UTC), hits=1)
    await contexts.store.put(stored)
    return stored


def _check(value: Any) -> None:
    objects: list[dict[str, Any] | None] = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            absolute_address(one)
        elif isinstance(one, dict):
            if "@import" in one:
                absolute_address(str(one["@import"]))
            objects.append({term: definition for term, definition in one.items() if term != "@import"})
        else:
            raise BadRequestData("A @context is an address, an object, or a list of them.")
    # Only what stands alone can be judged without the documents that it refers to.
    if len(objects) == 1 and not isinstance(value, list) and "@import" not in value:
        compile_context(objects, value)


async def list_contexts(contexts: Contexts, *, kind: Kind | None = None, details: bool = False) -> list[Any]:
    """The addresses of all contexts, the core first; with `details` an object for each (see `details_of`)."""
    await contexts.save_uses()
    stored = await contexts.store.list(kind)
    if kind in (None, Kind.CACHED):
        stored = [_core(), *stored]
    return [details_of(one) if details else one.url for one in stored]


def details_of(stored: StoredContext) -> dict[str, Any]:
    """The metadata of a context under the names of the standard: URL, localId, kind, createdAt, and lastUsage and numberOfHits if used."""
    details: dict[str, Any] = {
        "URL": stored.url,
        "localId": stored.id,
        "kind": stored.kind.value,
        "createdAt": _iso(stored.created_at),
    }
    if stored.last_used_at is not None:
        details["lastUsage"] = _iso(stored.last_used_at)
    if stored.hits:
        details["numberOfHits"] = stored.hits
    return details


async def serve_context(contexts: Contexts, key: str, *, details: bool = False) -> dict[str, Any]:
    """The document of a context, by identifier or address; with `details` its metadata instead.

    A cached context is somebody else's to serve: without `details` it is refused with OperationNotSupported, only the
    core is served, from the package. Raises ResourceNotFound for one that is not here.
    """
    version = core_version(key)
    if version is not None:
        return details_of(_core(key)) if details else core_document(version)
    await contexts.save_uses()
    stored = await _find(contexts, key)
    if details:
        if stored.kind is Kind.CACHED:
            contexts.count_use(stored.id)
        return details_of(stored)
    if stored.kind is Kind.CACHED:
        raise OperationNotSupported(
            f"The @context is a copy of {stored.url}: fetch it there, or ask for its details."
        )
    contexts.count_use(stored.id)
    return stored.body


async def delete_context(contexts: Contexts, key: str, *, reload: bool = False) -> None:
    """Takes a context out, or with `reload` fetches a cached one anew.

    Raises ResourceNotFound; BadRequestData for the core (which needs no reloading) and for reloading what is not cached;
    LdContextNotAvailable where the new copy cannot be had: then the old one stays.
    """
    if core_version(key) is not None:
        if not reload:
            raise BadRequestData("The core @context cannot be deleted.")
        return
    stored = await _find(contexts, key)
    if reload:
        if stored.kind is not Kind.CACHED:
            raise BadRequestData(f"Only a cached @context can be reloaded; this one is {stored.kind.value}.")
        await contexts.documents.reload(stored.url)
    else:
        await contexts.store.delete(stored.id)
    contexts.forget(stored.id)


async def _find(contexts: Contexts, key: str) -> StoredContext:
    stored = await contexts.documents.find(key)
    if stored is None:
        raise ResourceNotFound(f"There is no @context {key[:200]!r} here.")
    return stored


def _core(url: str = CORE_URL) -> StoredContext:
    return StoredContext(url, url, Kind.CACHED, core_document(), _CORE_SINCE)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
