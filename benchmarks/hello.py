"""The least that an ASGI application can do, as the limit of what any can reach on this machine."""

from typing import Any

_START = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}
_BODY = {"type": "http.response.body", "body": b"ok"}


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answers `ok` to everything."""
    if scope["type"] == "http":
        await receive()
        await send(_START)
        await send(_BODY)
