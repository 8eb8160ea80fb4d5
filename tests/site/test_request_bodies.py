import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from hitotsu.site.bodies import limit_bodies

Message = MutableMapping[str, Any]


def answer(chunks: list[bytes], headers: list[tuple[bytes, bytes]] | None = None) -> tuple[int, int]:
    """The status for a body sent in these pieces, and how many bytes the application got to see."""
    seen = 0
    sent: list[Message] = []

    async def application(scope: Message, receive: Any, send: Any) -> None:
        nonlocal seen
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            seen += len(message["body"])
            if not message["more_body"]:
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def run() -> None:
        pieces = iter(chunks)
        left = len(chunks)

        async def receive() -> Message:
            nonlocal left
            left -= 1
            return {"type": "http.request", "body": next(pieces), "more_body": left > 0}

        async def send(message: Message) -> None:
            sent.append(message)

        await limit_bodies(application, 10)({"type": "http", "headers": headers or []}, receive, send)

    asyncio.run(run())
    return sent[0]["status"], seen


def test_a_body_within_the_limit_passes_whole() -> None:
    assert answer([b"12345", b"67890"], [(b"content-length", b"10")]) == (200, 10)


@pytest.mark.parametrize("announced", [b"11", b"-1", b"many", b"9" * 30])
def test_what_announces_too_much_or_nonsense_is_refused_unread(announced: bytes) -> None:
    assert answer([b"x" * 9] * 100, [(b"content-length", announced)]) == (413, 0)


def test_what_announces_nothing_is_counted() -> None:
    status, seen = answer([b"12345", b"67890", b"1"])
    assert status == 413
    assert seen <= 10
