"""Load over plain sockets on the loopback interface: what one core of a client can send, kept as cheap as can be."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

_END = b"\r\n\r\n"


class WrongAnswer(Exception):
    """The server answered with another status than expected; the message holds the answer's beginning."""


@dataclass(frozen=True)
class Load:
    """What came of a load: requests answered per second, and each one's seconds."""

    per_second: float
    seconds: list[float]


def request(method: str, path: str, body: bytes = b"", content_type: str = "application/json") -> bytes:
    """The bytes of one HTTP/1.1 request on a kept connection."""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    if body:
        head += f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def run(
    port: int,
    make: Callable[[int], bytes],
    *,
    total: int,
    connections: int,
    statuses: tuple[int, ...] = (200,),
) -> Load:
    """Sends `make(0)` … `make(total - 1)` over that many connections, each with one request under way."""
    return asyncio.run(_run(port, make, total, connections, {str(status).encode() for status in statuses}))


async def _run(
    port: int, make: Callable[[int], bytes], total: int, connections: int, statuses: set[bytes]
) -> Load:
    numbers = iter(range(total))
    seconds: list[float] = []

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=16 * 1024 * 1024)
        try:
            for number in numbers:
                sent = make(number)
                started = time.perf_counter()
                writer.write(sent)
                head = await reader.readuntil(_END)
                length = _length(head)
                body = await reader.readexactly(length) if length else b""
                seconds.append(time.perf_counter() - started)
                if head[9:12] not in statuses:
                    raise WrongAnswer((head + body)[:500].decode(errors="replace"))
        finally:
            writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(connections)))
    return Load(total / (time.perf_counter() - started), seconds)


def _length(head: bytes) -> int:
    place = head.lower().find(b"content-length:")
    return 0 if place < 0 else int(head[place + 15 : head.index(b"\r", place)])
