"""No request body larger than the largest upload gets past the door: Django writes bodies to disk before any view."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

# A document of the largest size that is read (50 MB), with the form around it.
LARGEST_BODY = 52 * 1024 * 1024
_PATIENCE = 5
_SENTENCE = "送られた内容が大きすぎます。50MBまでのファイルにしてください。"


def limit_bodies(application: Application, largest: int = LARGEST_BODY) -> Application:
    """The application behind a door that answers 413 to a body over ``largest`` bytes, announced or not."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > largest:
            await _pass_over(receive, _PATIENCE * largest)
            await _refuse(send)
            return
        received = 0
        refused = False

        async def counted() -> Message:
            nonlocal received, refused
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                if received > largest:
                    refused = True
                    if message.get("more_body", False):
                        await _pass_over(receive, _PATIENCE * largest)
                    return {"type": "http.disconnect"}
            return message

        async def unless_refused(message: Message) -> None:
            if not refused:
                await send(message)

        await application(scope, counted, unless_refused)
        if refused:
            await _refuse(send)

    return guarded


async def _pass_over(receive: Receive, most: int) -> None:
    # A browser shows our sentence only when it could send to the end; more than so much nobody sends by mistake.
    passed = 0
    while passed <= most:
        message = await receive()
        if message["type"] != "http.request" or not message.get("more_body", False):
            return
        passed += len(message.get("body", b""))


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": _SENTENCE.encode()})
