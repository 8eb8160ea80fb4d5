"""The data plane's service of this process: opened with the first request that needs it."""

import asyncio
import os

from hitotsu.faces.ngsi.service import Service, open_service
from hitotsu.site import database

TESTING = "HITOTSU_TESTING"
_opening: "asyncio.Task[Service] | None" = None


def is_testing() -> bool:
    """Whether this is a server for tests: every caller may do everything, and empty the store."""
    return os.environ.get(TESTING) == "1"


async def data_service() -> Service:
    """The one service of this process and its event loop."""
    global _opening
    if _opening is None or (_opening.done() and _opening.exception() is not None):
        owner, application = database.connection_urls()
        _opening = asyncio.create_task(open_service(application, testing=is_testing(), owner_url=owner))
    return await asyncio.shield(_opening)
