"""Calls to addresses that clients name: only http(s), only to hosts that a stranger may name, bounded in time and size.

A name is resolved once and the connection goes to the very addresses that were checked, so that an answer of the name
service cannot change in between; every redirect is checked anew; proxies of the environment are not used.
"""

import asyncio
import socket
import ssl
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from hitotsu.faces.ngsi.contexts.links import alternate_context

if TYPE_CHECKING:
    import aiohttp

Network = IPv4Network | IPv6Network
EVERYWHERE = ("0.0.0.0/0", "::/0")
MAX_ADDRESS = 2048
_NAT64 = ip_network("64:ff9b::/96")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class NotReachable(Exception):
    """An address cannot be called, or not with what it answers. The sentence says why, without what lies behind it."""


@dataclass(frozen=True)
class Guard:
    """Which addresses may be called: everything public, and the networks that the site allows beside."""

    allowed: tuple[Network, ...] = ()

    @classmethod
    def allowing(cls, networks: Iterable[str]) -> "Guard":
        """A guard that allows these networks too, as `10.1.0.0/16`. Raises ValueError for what is no network."""
        return cls(tuple(ip_network(network.strip()) for network in networks))

    def may_call(self, address: str) -> bool:
        """Whether an IP address may be called. Addresses inside addresses (mapped, 6to4, Teredo, NAT64) count too."""
        try:
            ip = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        return all(self._is_open(one) for one in _with_embedded(ip))

    def _is_open(self, ip: IPv4Address | IPv6Address) -> bool:
        if any(ip in network for network in self.allowed if network.version == ip.version):
            return True
        return ip.is_global and not ip.is_multicast and not ip.is_reserved

    def check(self, url: str) -> None:
        """Raises NotReachable unless the address may be called as far as can be told before its name is resolved."""
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError as error:
            raise NotReachable("it is not a valid address") from error
        if len(url) > MAX_ADDRESS:
            raise NotReachable(f"it is longer than {MAX_ADDRESS:,} characters")
        if parts.scheme.lower() not in ("http", "https") or not host:
            raise NotReachable("it is not an http(s) address")
        if parts.username is not None or parts.password is not None:
            raise NotReachable("an address with a user name or password is not called")
        try:
            ip_address(host)
        except ValueError:
            return
        if not self.may_call(host):
            raise NotReachable("its host is in a network that may not be called from here")


def _with_embedded(ip: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    if isinstance(ip, IPv4Address):
        return [ip]
    if ip.ipv4_mapped is not None:
        return [ip.ipv4_mapped]
    embedded: list[IPv4Address | IPv6Address] = [ip]
    if ip.sixtofour is not None:
        embedded.append(ip.sixtofour)
    if ip.teredo is not None:
        embedded.extend(ip.teredo)
    if ip in _NAT64:
        embedded.append(IPv4Address(int(ip) & 0xFFFFFFFF))
    return embedded


def open_session(guard: Guard, *, connections: int = 100) -> "aiohttp.ClientSession":
    """An HTTP client that resolves names through the guard, keeps connections, and takes neither cookies nor proxies.

    Literal addresses do not pass a resolver: call `guard.check` for every address first, redirects included.
    """
    import aiohttp
    from aiohttp.abc import AbstractResolver, ResolveResult

    class GuardedResolver(AbstractResolver):
        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
        ) -> list[ResolveResult]:
            loop = asyncio.get_running_loop()
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
            if not all(guard.may_call(str(address[0])) for *_, address in found):
                raise NotReachable("its host is in a network that may not be called from here")
            return [
                ResolveResult(
                    hostname=host,
                    host=str(address[0]),
                    port=port,
                    family=kind,
                    proto=protocol,
                    flags=socket.AI_NUMERICHOST,
                )
                for kind, _, protocol, _, address in found
            ]

        async def close(self) -> None:
            return

    connector = aiohttp.TCPConnector(
        resolver=GuardedResolver(), use_dns_cache=False, limit=connections, ssl=ssl.create_default_context()
    )
    return aiohttp.ClientSession(
        connector=connector, trust_env=False, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
    )


@dataclass(frozen=True)
class Document:
    """What an address answered: the bytes, and for how many seconds its owner says that they may be kept (None: unsaid)."""

    body: bytes
    keep_seconds: int | None


@dataclass
class Fetcher:
    """Fetches documents. Every limit is for one document, redirects included."""

    guard: Guard = field(default_factory=Guard)
    seconds: float = 5.0
    max_bytes: int = 1_000_000
    max_redirects: int = 3
    _session: "aiohttp.ClientSession | None" = None

    async def fetch(self, url: str, accept: str) -> Document:
        """The document at an address. Raises NotReachable with the reason, at the latest when its time is over."""
        import aiohttp

        try:
            async with asyncio.timeout(self.seconds):
                return await self._follow(url, accept)
        except TimeoutError as error:
            raise NotReachable(f"it did not answer completely within {self.seconds:g} seconds") from error
        except aiohttp.InvalidURL as error:
            raise NotReachable("it is not a valid address") from error
        except aiohttp.ClientConnectorError as error:
            raise NotReachable("no connection could be made") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NotReachable("the connection failed, or what it answers is not HTTP") from error

    async def close(self) -> None:
        """Closes the connections that are kept."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _follow(self, url: str, accept: str) -> Document:
        if self._session is None:
            self._session = open_session(self.guard, connections=16)
        for _ in range(self.max_redirects + 1):
            self.guard.check(url)
            headers = {"Accept": accept, "Accept-Encoding": "identity"}
            async with self._session.get(url, headers=headers, allow_redirects=False) as answer:
                if answer.status in _REDIRECTS and "Location" in answer.headers:
                    url = urljoin(url, answer.headers["Location"])
                    continue
                if answer.status != 200:
                    raise NotReachable(f"it answers with status {answer.status}")
                other = alternate_context(answer.headers.getall("Link", []))
                if other is not None and "json" not in answer.content_type:
                    url = urljoin(url, other)
                    continue
                body = await self._read(answer)
                return Document(body, _keep_seconds(answer.headers.get("Cache-Control", "")))
        raise NotReachable(f"it redirects more than {self.max_redirects} times")

    async def _read(self, answer: Any) -> bytes:
        encoding = answer.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in ("identity", "", "gzip", "deflate"):
            raise NotReachable("it answers in an encoding that was not asked for")
        packed = bytearray()
        async for chunk in answer.content.iter_chunked(65_536):
            packed += chunk
            if len(packed) > self.max_bytes:
                raise NotReachable(f"it is larger than {self.max_bytes:,} bytes")
        if encoding in ("identity", ""):
            return bytes(packed)
        return self._unpack(bytes(packed), encoding)

    def _unpack(self, packed: bytes, encoding: str) -> bytes:
        reader = zlib.decompressobj(31 if encoding == "gzip" else 15)
        try:
            body = reader.decompress(packed, self.max_bytes + 1)
        except zlib.error as error:
            raise NotReachable("its compressed content is damaged") from error
        if len(body) > self.max_bytes:
            raise NotReachable(f"it is larger than {self.max_bytes:,} bytes")
        return body


def _keep_seconds(cache_control: str) -> int | None:
    directives = {}
    for part in cache_control.lower().split(","):
        name, _, value = part.strip().partition("=")
        directives[name] = value.strip('"')
    if "no-store" in directives or "no-cache" in directives:
        return 0
    for name in ("s-maxage", "max-age"):
        if directives.get(name, "").isdecimal():
            return min(int(directives[name][:10]), 31_536_000)
    return None
