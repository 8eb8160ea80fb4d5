import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from hitotsu.faces.ngsi.contexts.contexts import MAX_INLINE, Contexts
from hitotsu.faces.ngsi.contexts.core_context import CORE_URL
from hitotsu.faces.ngsi.contexts.documents import Documents
from hitotsu.faces.ngsi.contexts.outbound import Fetcher, Guard, NotReachable
from hitotsu.faces.ngsi.contexts.store import Kind, MemoryStore
from hitotsu.faces.ngsi.problems import BadRequestData, LdContextNotAvailable

LOOPBACK = Guard.allowing(["127.0.0.0/8", "::1/128"])
Reply = Callable[[str, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """An HTTP server of a few lines that answers what a test says, however wrong."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.replies: dict[str, Reply] = {}
        self.requests: list[str] = []

    def says(self, path: str, body: Any, *, status: str = "200 OK", **headers: str) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()

        async def reply(_: str, writer: asyncio.StreamWriter) -> None:
            lines = {
                "Content-Type": "application/ld+json",
                "Content-Length": str(len(content)),
                "Connection": "close",
            }
            lines |= {name.replace("_", "-"): value for name, value in headers.items()}
            head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
            writer.write(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + content)
            await writer.drain()

        self.replies[path] = reply

    def does(self, path: str, reply: Reply) -> None:
        self.replies[path] = reply

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = (await reader.readuntil(b"\r\n\r\n")).decode()
            path = request.split(" ", 2)[1]
            self.requests.append(path)
            await self.replies[path](request, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def running_server() -> AsyncIterator[Server]:
    server: Server | None = None

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert server is not None
        await server.serve(reader, writer)

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    server = Server(listening.sockets[0].getsockname()[1])
    try:
        yield server
    finally:
        listening.close()
        await listening.wait_closed()


@asynccontextmanager
async def running(guard: Guard = LOOPBACK, **limits: Any) -> AsyncIterator[tuple[Server, Contexts]]:
    fetcher = Fetcher(
        guard, seconds=limits.pop("fetch_seconds", 5.0), max_bytes=limits.pop("max_bytes", 1_000_000)
    )
    store = MemoryStore()
    try:
        async with running_server() as server:
            yield server, Contexts(store, Documents(store, fetcher, **limits))
    finally:
        await fetcher.close()


async def refusal(contexts: Contexts, value: Any) -> str:
    with pytest.raises(LdContextNotAvailable) as refused:
        await contexts.resolve(value)
    assert refused.value.status == 503
    return refused.value.detail


def test_a_remote_context_is_fetched_once_and_kept() -> None:
    async def scenario() -> None:
        async with running() as (server, contexts):
            server.says("/c.jsonld", {"@context": {"a": "https://e.org/a"}})
            url = f"{server.url}/c.jsonld"
            first, second = await asyncio.gather(
                contexts.resolve(url), contexts.resolve([url, {"b": "https://e.org/b"}])
            )
            assert first.expand("a") == "https://e.org/a"
            assert second.expand("b") == "https://e.org/b"
            assert first.url == url
            assert second.url is None
            assert await contexts.resolve(url) is first
            assert server.requests == ["/c.jsonld"]
            await contexts.save_uses()
            (stored,) = await contexts.store.list(Kind.CACHED)
            assert (stored.url, stored.hits) == (url, 3)

    asyncio.run(scenario())


def test_contexts_refer_to_others_relative_to_themselves() -> None:
    async def scenario() -> None:
        async with running() as (server, contexts):
            server.says("/x/compound.jsonld", {"@context": ["terms.jsonld", {"b": "ex:b"}, CORE_URL]})
            server.says("/x/terms.jsonld", {"@context": {"@import": "/base.jsonld", "a": "ex:a"}})
            server.says(
                "/base.jsonld", {"@context": {"ex": "https://e.org/", "a": "https://e.org/overwritten"}}
            )
            context = await contexts.resolve(f"{server.url}/x/compound.jsonld")
            assert context.expand("a") == "https://e.org/a"
            assert context.expand("b") == "https://e.org/b"
            assert context.has_core
            assert context.body() == f"{server.url}/x/compound.jsonld"

    asyncio.run(scenario())


def test_the_core_is_never_fetched() -> None:
    async def scenario() -> None:
        store = MemoryStore()
        contexts = Contexts(store, Documents(store, Fetcher(Guard())))
        for value in (
            None,
            [],
            CORE_URL,
            [CORE_URL],
            ["https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.3.jsonld", CORE_URL],
        ):
            context = await contexts.resolve(value)
            assert context.expand("location") == "location"
            assert context.body() == CORE_URL
        assert await store.list() == []

    asyncio.run(scenario())


def test_circular_contexts_are_refused() -> None:
    async def scenario() -> None:
        async with running() as (server, contexts):
            server.says("/a", {"@context": [f"{server.url}/b"]})
            server.says("/b", {"@context": ["/a", {"x": "https://e.org/x"}]})
            detail = await refusal(contexts, f"{server.url}/a")
            assert "refers to itself" in detail
            assert f"{server.url}/a → {server.url}/b → {server.url}/a" in detail

    asyncio.run(scenario())


def test_contexts_nested_too_deep_or_too_many_are_refused() -> None:
    async def scenario() -> None:
        async with running() as (server, contexts):
            for number in range(40):
                server.says(f"/deep{number}", {"@context": f"/deep{number + 1}"})
                server.says(f"/wide{number}", {"@context": {f"t{number}": "https://e.org/t"}})
            assert "8 deep" in await refusal(contexts, f"{server.url}/deep0")
            assert "32 documents" in await refusal(
                contexts, [f"{server.url}/wide{number}" for number in range(40)]
            )
            assert (await contexts.resolve([f"{server.url}/wide{number}" for number in range(30)])).expand(
                "t29"
            ) == "https://e.org/t"

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("body", "headers", "reason"),
    [
        (b"<!DOCTYPE html><html></html>", {"Content_Type": "text/html"}, "HTML"),
        (b"not json", {}, "not JSON"),
        (b"", {}, "not JSON"),
        (b"\xff\xfe{}", {}, "not JSON"),
        (b"[" * 100_000 + b"]" * 100_000, {}, "not JSON"),
        ({"a": "https://e.org/a"}, {}, "no @context"),
        (["https://e.org/a"], {}, "no @context"),
        ({"@context": 5}, {}, "no @context"),
        (
            {"@context": {f"term{number}": "https://e.org/" for number in range(60_000)}},
            {},
            "larger than 1,000,000 bytes",
        ),
        (gzip.compress(b" " * 50_000_000), {"Content_Encoding": "gzip"}, "larger than 1,000,000 bytes"),
        (b"damaged", {"Content_Encoding": "gzip"}, "damaged"),
        (b"x", {"Content_Encoding": "br"}, "encoding"),
        (b"{}", {"status": "404 Not Found"}, "status 404"),
        (b"", {"status": "304 Not Modified"}, "status 304"),
        (b"{}", {"status": "500 Internal Server Error"}, "status 500"),
    ],
)
def test_answers_that_are_no_context_are_refused(body: Any, headers: dict[str, str], reason: str) -> None:
    async def scenario() -> None:
        async with running() as (server, contexts):
            server.says("/c", body, **headers)
            detail = await refusal(contexts, f"{server.url}/c")
            assert detail.startswith(f"The @context {server.url}/c is not available: ")
            assert reason in detail
            assert await contexts.store.list() == []

    asyncio.run(scenario())


def test_an_invalid_definition_in_a_remote_context_is_bad_data() -> None:
    async def scenario() -> None:
        async with running() as (server, contexts):
            server.says("/c", {"@context": {"a": 5}})
            with pytest.raises(BadRequestData, match='"a"'):
                await contexts.resolve(f"{server.url}/c")
            server.says("/relative", {"@context": "ftp://e.org/c"})
            with pytest.raises(BadRequestData, match="ftp"):
                await contexts.resolve(f"{server.url}/relative")

    asyncio.run(scenario())


def test_compressed_answers_are_read() -> None:
    async def scenario() -> None:
        async with running() as (server, contexts):
            content = json.dumps({"@context": {"a": "https://e.org/a"}}).encode()
            server.says("/gzip", gzip.compress(content), Content_Encoding="gzip")
            server.says("/deflate", zlib.compress(content), Content_Encoding="deflate")
            for path in ("/gzip", "/deflate"):
                assert (await contexts.resolve(server.url + path)).expand("a") == "https://e.org/a"

    asyncio.run(scenario())


async def _never(_: str, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def _drips(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


async def _drips_its_head(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-More: x\r\n")
        await writer.drain()
        await asyncio.sleep(0.02)


async def _pours(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while True:
        writer.write(b" " * 65_536)
        await writer.drain()


async def _talks_nonsense(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH\r\n\r\n")
    await writer.drain()


async def _breaks_off(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
    await writer.drain()


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (_never, "within 0.3 seconds"),
        (_drips, "within 0.3 seconds"),
        (_drips_its_head, ("within 0.3 seconds", "not HTTP")),
        (_pours, ("larger than", "within 0.3 seconds")),
        (_talks_nonsense, "not HTTP"),
        (_breaks_off, "connection failed"),
    ],
)
def test_servers_that_behave_badly_end_in_time(reply: Reply, reason: str | tuple[str, ...]) -> None:
    async def scenario() -> None:
        async with running(fetch_seconds=0.3) as (server, contexts):
            server.does("/c", reply)
            async with asyncio.timeout(10):
                detail = await refusal(contexts, f"{server.url}/c")
            assert any(one in detail for one in ((reason,) if isinstance(reason, str) else reason))
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(scenario())


def test_the_time_limit_holds_for_all_documents_together() -> None:
    async def scenario() -> None:
        async with running(fetch_seconds=5, seconds=0.3) as (server, contexts):

            async def slow(_: str, writer: asyncio.StreamWriter) -> None:
                await asyncio.sleep(0.2)
                body = json.dumps({"@context": {}}).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b"
                    % (len(body), body)
                )
                await writer.drain()

            for number in range(20):
                server.does(f"/{number}", slow)
            detail = await refusal(contexts, [f"{server.url}/{number}" for number in range(20)])
            assert "within 0.3 seconds" in detail
            await asyncio.sleep(0.5)

    asyncio.run(scenario())


def test_a_dead_address_is_not_called_again_at_once() -> None:
    async def scenario() -> None:
        async with running(retry_seconds=60) as (server, contexts):
            server.says("/c", b"{}", status="500 Internal Server Error")
            first = await refusal(contexts, f"{server.url}/c")
            assert await refusal(contexts, f"{server.url}/c") == first
            assert server.requests == ["/c"]
        async with running(retry_seconds=0) as (server, contexts):
            server.says("/c", b"{}", status="500 Internal Server Error")
            await refusal(contexts, f"{server.url}/c")
            server.says("/c", {"@context": {"a": "https://e.org/a"}})
            assert (await contexts.resolve(f"{server.url}/c")).expand("a") == "https://e.org/a"

    asyncio.run(scenario())


def test_no_connection_is_a_clear_refusal() -> None:
    async def scenario() -> None:
        async with running() as (server, contexts):
            url = f"{server.url}/c"
        assert "no connection could be made" in await refusal(contexts, url)
        await contexts.documents.fetcher.close()

    asyncio.run(scenario())


def test_what_its_owner_limits_is_fetched_again_and_used_on_where_that_fails() -> None:
    async def scenario() -> None:
        async with running(keep_at_least_seconds=0, retry_seconds=0) as (server, contexts):
            url = f"{server.url}/c"
            server.says("/c", {"@context": {"a": "https://e.org/1"}}, Cache_Control="max-age=0")
            assert (await contexts.resolve(url)).expand("a") == "https://e.org/1"
            server.says("/c", {"@context": {"a": "https://e.org/2"}}, Cache_Control="no-store")
            assert (await contexts.resolve(url)).expand("a") == "https://e.org/2"
            server.says("/c", b"", status="503 Service Unavailable")
            assert (await contexts.resolve(url)).expand("a") == "https://e.org/2"
            server.says(
                "/c",
                {"@context": {"a": "https://e.org/3"}},
                Cache_Control='public, max-age="9", s-maxage=3600',
            )
            assert (await contexts.resolve(url)).expand("a") == "https://e.org/3"
            (stored,) = await contexts.store.list()
            assert stored.expires_at is not None
            assert timedelta(minutes=59) < stored.expires_at - datetime.now(UTC) <= timedelta(hours=1)
            server.says("/c", b"", status="503 Service Unavailable")
            assert (await contexts.resolve(url)).expand("a") == "https://e.org/3"

    asyncio.run(scenario())


def test_redirects_are_followed_to_their_end_and_no_further() -> None:
    async def scenario() -> None:
        async with running() as (server, contexts):
            for number in range(5):
                server.says(f"/{number}", b"", status="302 Found", Location=f"/{number + 1}")
            server.says("/5", {"@context": {"a": "https://e.org/a"}})
            assert (await contexts.resolve(f"{server.url}/2")).expand("a") == "https://e.org/a"
            assert "redirects more than 3 times" in await refusal(contexts, f"{server.url}/0")
            server.says("/loop", b"", status="301 Moved Permanently", Location="/loop")
            assert "redirects more than 3 times" in await refusal(contexts, f"{server.url}/loop")

    asyncio.run(scenario())


def test_a_page_may_name_its_context() -> None:
    async def scenario() -> None:
        async with running() as (server, contexts):
            link = '</docs/context.jsonld>; rel="alternate"; type="application/ld+json"'
            server.says("/", b"<html></html>", Content_Type="text/html", Link=link)
            server.says("/docs/context.jsonld", {"@context": {"name": "https://schema.org/name"}})
            assert (await contexts.resolve(f"{server.url}/")).expand("name") == "https://schema.org/name"

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0.0.0.0", "10.0.0.1", "172.16.5.5", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[::ffff:127.0.0.1]",
        "[::ffff:10.0.0.1]", "[fe80::1]", "[fc00::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[ff02::1]",
    ],
)  # fmt: skip
def test_hosts_inside_are_not_called(host: str) -> None:
    async def scenario() -> None:
        async with running(Guard()) as (server, contexts):
            port = server.url.rpartition(":")[2]
            detail = await refusal(contexts, f"http://{host}:{port}/c")
            assert "network that may not be called" in detail or "not a valid address" in detail
            assert server.requests == []

    asyncio.run(scenario())


def test_redirects_to_hosts_inside_are_not_followed() -> None:
    # The name stands for an open host: only the first address is one that may be called.
    async def scenario() -> None:
        async with running(Guard.allowing(["127.0.0.1/32"])) as (server, contexts):
            port = server.url.rpartition(":")[2]
            for target in (
                "http://127.0.0.2:{}/secret",
                "http://[::1]:{}/secret",
                "http://2130706434:{}/secret",
                "//127.0.0.2:{}/secret",
            ):
                server.says("/c", b"", status="307 Temporary Redirect", Location=target.format(port))
                detail = await refusal(contexts, f"{server.url}/c")
                assert "may not be called" in detail or "not a valid address" in detail
                contexts.documents._failed.clear()
            for target in ("file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/"):
                server.says("/c", b"", status="302 Found", Location=target)
                assert "not an http(s) address" in await refusal(contexts, f"{server.url}/c")
                contexts.documents._failed.clear()
            assert set(server.requests) == {"/c"}

    asyncio.run(scenario())


def test_a_name_that_leads_inside_beside_outside_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with running(Guard()) as (server, contexts):
            port = int(server.url.rpartition(":")[2])

            async def resolved(*_: Any, **__: Any) -> list[Any]:
                return [(2, 1, 6, "", ("8.8.8.8", port)), (2, 1, 6, "", ("127.0.0.1", port))]

            monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolved, raising=False)
            assert "may not be called" in await refusal(contexts, f"http://both.example:{port}/c")
            assert server.requests == []

    asyncio.run(scenario())


def test_the_environment_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with running_server() as proxy, running() as (server, contexts):
            for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
                monkeypatch.setenv(name, proxy.url)
            monkeypatch.delenv("no_proxy", raising=False)
            server.says("/c", {"@context": {"a": "https://e.org/a"}})
            assert (await contexts.resolve(f"{server.url}/c")).expand("a") == "https://e.org/a"
            assert proxy.requests == []

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "url",
    [
        "ftp://e.org/c", "file:///etc/passwd", "relative.jsonld", "/absolute.jsonld", "", "http://", "http://[::1", "urn:x:y",
        "javascript:alert(1)", "http://e.org:99999/",
    ],
)  # fmt: skip
def test_what_is_no_address_is_bad_data_or_refused(url: str) -> None:
    async def scenario() -> None:
        async with running() as (_, contexts):
            with pytest.raises((BadRequestData, LdContextNotAvailable), match="address"):
                await contexts.resolve(url)

    asyncio.run(scenario())


@pytest.mark.parametrize("url", ["http://user:secret@127.0.0.1/c", "http://127.0.0.1/" + "x" * 3000])
def test_addresses_with_secrets_or_without_end_are_refused(url: str) -> None:
    with pytest.raises(NotReachable):
        LOOPBACK.check(url)


@pytest.mark.parametrize("value", [5, True, [5], [["https://e.org/c"]], [{"@import": 5}]])
def test_what_is_no_context_is_bad_data(value: Any) -> None:
    async def scenario() -> None:
        async with running() as (_, contexts):
            with pytest.raises(BadRequestData):
                await contexts.resolve(value)

    asyncio.run(scenario())


def test_a_context_in_a_request_has_a_size() -> None:
    async def scenario() -> None:
        async with running() as (_, contexts):
            with pytest.raises(BadRequestData, match="bytes"):
                await contexts.resolve({"a": "https://e.org/" + "a" * MAX_INLINE})

    asyncio.run(scenario())


def test_a_context_that_many_ask_for_at_once_is_compiled_once() -> None:
    async def scenario() -> None:
        async with running() as (server, contexts):
            server.says("/c", {"@context": {f"t{number}": "https://e.org/t" for number in range(3000)}})
            url = f"{server.url}/c"
            given_up = asyncio.create_task(contexts.resolve(url))
            asked = asyncio.gather(*(contexts.resolve(url) for _ in range(20)))
            await asyncio.sleep(0)
            given_up.cancel()
            found = await asked
            assert all(one is found[0] for one in found)
            assert found[0].expand("t2999") == "https://e.org/t"
            assert server.requests == ["/c"]
            await contexts.save_uses()
            (stored,) = await contexts.store.list()
            assert stored.hits == 20

    asyncio.run(scenario())


def test_compiled_contexts_are_bounded_and_forgotten() -> None:
    async def scenario() -> None:
        store = MemoryStore()
        contexts = Contexts(store, Documents(store, Fetcher(LOOPBACK)), max_compiled=10, max_terms=2000)
        kept = await contexts.resolve({"a": "https://e.org/a"})
        assert await contexts.resolve({"a": "https://e.org/a"}) is kept
        for number in range(50):
            await contexts.resolve({f"t{number}": "https://e.org/t"})
        assert len(contexts._compiled) <= 10
        assert (
            contexts._terms
            == sum(len(one.context.definitions) for one in contexts._compiled.values())
            <= 2000
        )
        assert await contexts.resolve({"a": "https://e.org/a"}) is not kept

    asyncio.run(scenario())


def test_a_guard_knows_its_networks() -> None:
    guard = Guard.allowing(["10.1.0.0/16", " fd00::/8 "])
    assert guard.may_call("10.1.2.3")
    assert guard.may_call("::ffff:10.1.2.3")
    assert guard.may_call("fd00::1")
    assert guard.may_call("8.8.8.8")
    assert not guard.may_call("10.2.0.1")
    assert not guard.may_call("fe80::1%eth0")
    assert not guard.may_call("no address")
    with pytest.raises(ValueError, match="network"):
        Guard.allowing(["not a network"])


def test_stored_contexts_can_be_sent_as_json() -> None:
    async def scenario() -> None:
        async with running() as (server, contexts):
            server.says("/c", {"@context": {"a": "https://e.org/a"}, "@graph": []})
            stored = await contexts.documents.document(f"{server.url}/c")
            assert msgspec.json.decode(msgspec.json.encode(stored), type=type(stored)) == stored
            assert stored.body == {"@context": {"a": "https://e.org/a"}}

    asyncio.run(scenario())
