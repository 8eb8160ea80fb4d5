import asyncio
import logging
import os
from collections.abc import MutableMapping
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hitotsu.site.settings")
_django = get_asgi_application()

# After Django's set-up: these read its settings.
from hitotsu.faces.ngsi.app import PREFIX, NgsiLd  # noqa: E402
from hitotsu.faces.ngsi.resetting import PATH, Reset  # noqa: E402
from hitotsu.site.bodies import limit_bodies  # noqa: E402
from hitotsu.site.dataplane import data_service, is_testing  # noqa: E402

_log = logging.getLogger(__name__)
pages = limit_bodies(_django)
ngsi_ld = NgsiLd(data_service)
reset = Reset(data_service) if is_testing() else None


async def application(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
    """The data plane and the pages, in one process on one database."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http" and scope["path"].startswith(PREFIX):
        await ngsi_ld(scope, receive, send)
    elif reset is not None and scope["type"] == "http" and scope["path"] == PATH:
        await reset(scope, receive, send)
    else:
        await pages(scope, receive, send)


async def _live(receive: Any, send: Any) -> None:
    # What is owed to subscribers is delivered from the start on, also where nobody asks for anything.
    opening = asyncio.create_task(data_service())
    opening.add_done_callback(_note_failure)
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            opening.cancel()
            return


def _note_failure(opening: "asyncio.Task[Any]") -> None:
    # The next request tries again.
    if not opening.cancelled() and opening.exception() is not None:
        _log.error("the data plane could not be opened", exc_info=opening.exception())
