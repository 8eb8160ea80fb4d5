import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from hitotsu.faces.ngsi.contexts.contexts import Contexts
from hitotsu.faces.ngsi.contexts.core_context import CORE_URL, core_document
from hitotsu.faces.ngsi.contexts.documents import Documents
from hitotsu.faces.ngsi.contexts.hosting import add_context, delete_context, list_contexts, serve_context
from hitotsu.faces.ngsi.contexts.outbound import Document, Fetcher, NotReachable
from hitotsu.faces.ngsi.contexts.store import Kind, MemoryStore, StoredContext
from hitotsu.faces.ngsi.problems import (
    BadRequestData,
    LdContextNotAvailable,
    OperationNotSupported,
    Problem,
    ResourceNotFound,
)

BASE = "https://data.example"
REMOTE = "https://e.org/context.jsonld"
DOCUMENT = {"@context": {"a": "https://e.org/a"}}


class Web(Fetcher):
    """A web of the pages that a test gives."""

    def __init__(self, **pages: bytes) -> None:
        super().__init__()
        self.pages = pages

    async def fetch(self, url: str, accept: str) -> Document:
        if url not in self.pages:
            raise NotReachable("it answers with status 404")
        return Document(self.pages[url], None)


@pytest.fixture
def web() -> Web:
    return Web(**{REMOTE: b'{"@context": {"r": "https://e.org/r"}}'})


@pytest.fixture
def contexts(web: Web) -> Contexts:
    store = MemoryStore()
    return Contexts(store, Documents(store, web, retry_seconds=0))


async def refused(kind: type[Problem], operation: Any) -> Problem:
    with pytest.raises(kind) as problem:
        await operation
    return problem.value


def test_a_hosted_context_is_served_and_used_by_its_address(contexts: Contexts) -> None:
    async def scenario() -> None:
        stored = await add_context(contexts, DOCUMENT, BASE + "/")
        assert stored.url == f"{BASE}/ngsi-ld/v1/jsonldContexts/{stored.id}"
        assert stored.kind is Kind.HOSTED
        assert await serve_context(contexts, stored.id) == DOCUMENT
        for address in (stored.url, stored.url.replace("https://data.example", "http://127.0.0.1:8000")):
            assert (await contexts.resolve(address)).expand("a") == "https://e.org/a"
        assert await list_contexts(contexts) == [CORE_URL, stored.url]

    asyncio.run(scenario())


def test_details_have_the_names_of_the_standard_and_count_uses(contexts: Contexts) -> None:
    async def scenario() -> None:
        stored = await add_context(contexts, DOCUMENT, BASE)
        details = await serve_context(contexts, stored.id, details=True)
        assert details == {
            "URL": stored.url,
            "localId": stored.id,
            "kind": "Hosted",
            "createdAt": details["createdAt"],
            "numberOfHits": 1,
        }
        assert datetime.fromisoformat(details["createdAt"]) == stored.created_at
        await contexts.resolve(stored.url)
        used = await serve_context(contexts, stored.id, details=True)
        assert used["numberOfHits"] == 2
        assert datetime.fromisoformat(used["lastUsage"]) >= stored.created_at

    asyncio.run(scenario())


def test_a_cached_context_has_details_but_is_not_served(contexts: Contexts) -> None:
    async def scenario() -> None:
        await contexts.resolve(REMOTE)
        first = await serve_context(contexts, REMOTE, details=True)
        assert (first["URL"], first["kind"], first["numberOfHits"]) == (REMOTE, "Cached", 1)
        await contexts.resolve(REMOTE)
        # Asking for a copy's details is a use of the copy.
        assert (await serve_context(contexts, first["localId"], details=True))["numberOfHits"] == 3
        await refused(OperationNotSupported, serve_context(contexts, REMOTE))

    asyncio.run(scenario())


def test_contexts_are_listed_by_kind(contexts: Contexts) -> None:
    async def scenario() -> None:
        hosted = await add_context(contexts, DOCUMENT, BASE)
        implicit = await contexts.address(await contexts.resolve([REMOTE, {"b": "https://e.org/b"}]), BASE)
        assert await list_contexts(contexts, kind=Kind.HOSTED) == [hosted.url]
        assert await list_contexts(contexts, kind=Kind.CACHED) == [CORE_URL, REMOTE]
        assert await list_contexts(contexts, kind=Kind.IMPLICIT) == [implicit]
        assert set(await list_contexts(contexts)) == {CORE_URL, hosted.url, REMOTE, implicit}
        details = await list_contexts(contexts, details=True)
        assert [one["kind"] for one in details if one["URL"] == CORE_URL] == ["Cached"]
        assert all(
            one.keys() <= {"URL", "localId", "kind", "createdAt", "lastUsage", "numberOfHits"}
            for one in details
        )

    asyncio.run(scenario())


def test_a_context_without_an_address_gets_one_and_always_the_same(contexts: Contexts) -> None:
    async def scenario() -> None:
        value = [REMOTE, {"b": "https://e.org/b"}]
        first = await contexts.address(await contexts.resolve(value), BASE)
        assert await contexts.address(await contexts.resolve(list(value)), BASE) == first
        (stored,) = await contexts.store.list(Kind.IMPLICIT)
        assert await serve_context(contexts, stored.id) == {"@context": value}
        by_address = await contexts.resolve(first)
        assert (by_address.expand("b"), by_address.expand("r")) == ("https://e.org/b", "https://e.org/r")
        assert await contexts.address(await contexts.resolve(REMOTE), BASE) == REMOTE
        assert await contexts.address(await contexts.resolve(None), BASE) == CORE_URL

    asyncio.run(scenario())


def test_deleted_contexts_are_gone(contexts: Contexts) -> None:
    async def scenario() -> None:
        stored = await add_context(contexts, DOCUMENT, BASE)
        await contexts.resolve(stored.url)
        await delete_context(contexts, stored.id)
        await refused(ResourceNotFound, serve_context(contexts, stored.id))
        await refused(ResourceNotFound, delete_context(contexts, stored.id))
        await refused(LdContextNotAvailable, contexts.resolve(stored.url))

    asyncio.run(scenario())


def test_a_cached_context_is_reloaded_only_by_a_better_one(contexts: Contexts, web: Web) -> None:
    async def scenario() -> None:
        assert (await contexts.resolve(REMOTE)).expand("r") == "https://e.org/r"
        web.pages[REMOTE] = b'{"@context": {"r": "https://e.org/new"}}'
        assert (await contexts.resolve(REMOTE)).expand("r") == "https://e.org/r"
        await delete_context(contexts, REMOTE, reload=True)
        assert (await contexts.resolve(REMOTE)).expand("r") == "https://e.org/new"
        for broken in (b"<html>", b"{}"):
            web.pages[REMOTE] = broken
            await refused(LdContextNotAvailable, delete_context(contexts, REMOTE, reload=True))
        assert (await contexts.resolve(REMOTE)).expand("r") == "https://e.org/new"
        assert (await serve_context(contexts, REMOTE, details=True))["kind"] == "Cached"

    asyncio.run(scenario())


def test_only_cached_contexts_are_reloaded(contexts: Contexts) -> None:
    async def scenario() -> None:
        hosted = await add_context(contexts, DOCUMENT, BASE)
        implicit = await contexts.address(await contexts.resolve({"b": "https://e.org/b"}), BASE)
        for address in (hosted.url, implicit):
            problem = await refused(BadRequestData, delete_context(contexts, address, reload=True))
            assert "cached" in problem.detail
        assert len(await contexts.store.list()) == 2

    asyncio.run(scenario())


def test_the_core_is_served_and_stays(contexts: Contexts) -> None:
    async def scenario() -> None:
        older = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.6.jsonld"
        assert await serve_context(contexts, CORE_URL) == core_document()
        assert await serve_context(contexts, older) == core_document("1.6")
        assert (await serve_context(contexts, older, details=True))["URL"] == older
        await refused(BadRequestData, delete_context(contexts, CORE_URL))
        await delete_context(contexts, CORE_URL, reload=True)
        assert await serve_context(contexts, CORE_URL) == core_document()

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "document",
    [
        [],
        5,
        {},
        {"a": "https://e.org/a"},
        {"@context": 7},
        {"@context": None},
        {"@context": True},
        {"@context": [REMOTE, 7]},
        {"@context": "relative.jsonld"},
        {"@context": {"a": 5}},
        {"@context": {"@import": "relative"}},
    ],
)
def test_what_is_no_context_is_not_hosted(contexts: Contexts, document: Any) -> None:
    async def scenario() -> None:
        await refused(BadRequestData, add_context(contexts, document, BASE))
        assert await contexts.store.list() == []

    asyncio.run(scenario())


def test_what_a_hosted_context_refers_to_becomes_cached_when_it_is_used(contexts: Contexts) -> None:
    async def scenario() -> None:
        stored = await add_context(contexts, {"@context": [REMOTE, CORE_URL]}, BASE)
        assert await list_contexts(contexts, kind=Kind.CACHED) == [CORE_URL]
        assert (await contexts.resolve(stored.url)).expand("r") == "https://e.org/r"
        assert await list_contexts(contexts, kind=Kind.CACHED) == [CORE_URL, REMOTE]

    asyncio.run(scenario())


def test_a_hosted_context_that_refers_to_itself_is_refused_when_used(contexts: Contexts) -> None:
    async def scenario() -> None:
        url = f"{BASE}/ngsi-ld/v1/jsonldContexts/self"
        await contexts.store.put(
            StoredContext("self", url, Kind.HOSTED, {"@context": [url]}, datetime.now(UTC))
        )
        problem = await refused(LdContextNotAvailable, contexts.resolve(url))
        assert "itself" in problem.detail

    asyncio.run(scenario())


def test_the_store_in_memory_keeps_what_the_protocol_says() -> None:
    async def scenario() -> None:
        store = MemoryStore()
        then = datetime(2026, 4, 1, tzinfo=UTC)
        await store.put(StoredContext("1", REMOTE, Kind.CACHED, DOCUMENT, then))
        await store.used({"1": 4, "gone": 1}, then)
        await store.put(StoredContext("2", REMOTE, Kind.CACHED, {"@context": {}}, then))
        assert await store.get("1") is None
        replaced = await store.get(REMOTE)
        assert replaced is not None
        assert (replaced.id, replaced.hits, replaced.last_used_at, replaced.body) == (
            "2",
            4,
            then,
            {"@context": {}},
        )
        assert await store.delete("2")
        assert not await store.delete("2")
        assert await store.list() == []

    asyncio.run(scenario())
