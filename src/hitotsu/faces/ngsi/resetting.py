"""`POST /__reset`: an empty store between two tests of a conformance suite. There is no such address otherwise."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qs

from hitotsu.faces.ngsi.app import send_answer
from hitotsu.faces.ngsi.http import Answer, refused
from hitotsu.faces.ngsi.problems import MethodNotAllowed
from hitotsu.faces.ngsi.service import Service

PATH: Final = "/__reset"


class Reset:
    """Empties every tenant, or with `?tenant=NAME` that one; answers 204 when it is done."""

    def __init__(self, service: Callable[[], Awaitable[Service]]) -> None:
        self._service = service

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        if scope["method"] == "POST":
            named = parse_qs(scope["query_string"].decode("latin-1")).get("tenant")
            await (await self._service()).empty(named[0] if named else None)
            answer = Answer(204)
        else:
            answer = refused(MethodNotAllowed(("POST",)))
        await send_answer(scope, send, answer)
