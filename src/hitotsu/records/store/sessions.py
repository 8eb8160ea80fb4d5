"""Connections that know for whom they read: PostgreSQL itself then hides what that reader may not see."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from hitotsu.records.errors import NotKept, StoreUnavailable, TooSlow
from hitotsu.records.query.ast import Node, Owned, either
from hitotsu.records.store.rows import OPEN, SHARED

_FOR_WHOM: Final = (
    "SELECT set_config('hitotsu.owners', $1, false), set_config('hitotsu.shared', $2, false),"
    " set_config('statement_timeout', $3, false)"
)

# The database is away, is being stopped, or has no room for us; not the fault of what was sent.
UNAVAILABLE: Final = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.ObjectNotInPrerequisiteStateError,
    asyncpg.OperatorInterventionError,
    asyncpg.exceptions.PostgresSystemError,
)


@dataclass(frozen=True, slots=True)
class Reach:
    """What a caller may see: everything of these owners, what is shared between organisations, what is open.

    ``seconds`` is the longest that one query of this caller may take.
    """

    owners: tuple[int, ...] = ()
    shared: bool = False
    seconds: float = 10.0

    def condition(self) -> Node:
        """The same wall as a condition, so that it is in every query and not only behind it."""
        seen = Owned(visibilities=(OPEN, SHARED) if self.shared else (OPEN,))
        return either(Owned(owners=self.owners), seen) if self.owners else seen


ANYONE = Reach()


class ReadingConnection(asyncpg.Connection):
    """A connection that remembers for whom it works: most requests in a row are of one caller."""

    __slots__ = ("_reach",)

    async def act_for(self, reach: Reach) -> None:
        """From now on PostgreSQL shows what that caller may see, and ends what takes longer than it may."""
        if getattr(self, "_reach", None) != reach:
            owners = ",".join(map(str, reach.owners))
            await self.execute(
                _FOR_WHOM, owners, "on" if reach.shared else "off", f"{int(reach.seconds * 1000)}ms"
            )
            self._reach = reach

    def get_reset_query(self) -> str:
        """Nothing: what a request leaves behind is its caller, and the next one says who it is."""
        return ""


class Sessions:
    """A pool of connections that are told for whom they work before anybody gets them."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    @asynccontextmanager
    async def reading(self, reach: Reach) -> AsyncIterator[Any]:
        """A connection that sees what the caller may see, and no more."""
        try:
            async with self._pool.acquire() as lent:
                # The pool lends a stand-in; what it stands for is one of ours.
                connection: Any = lent
                await connection.act_for(reach)
                yield connection
        except asyncpg.QueryCanceledError as error:
            raise TooSlow from error
        except (asyncpg.exceptions.DataError, asyncpg.exceptions.ProgramLimitExceededError) as error:
            raise NotKept(type(error).__name__) from error
        except UNAVAILABLE as error:
            raise StoreUnavailable from error


async def open_pool(url: str, *, most: int = 8) -> "asyncpg.Pool[Any]":
    """The data plane's own pool of connections in the application's role."""
    return await asyncpg.create_pool(url, min_size=1, max_size=most, connection_class=ReadingConnection)


async def open_pool_for_all(url: str, *, most: int = 4) -> "asyncpg.Pool[Any]":
    """Connections for what the platform does for every owner: reading the feed, delivering. Never for a caller.

    What is written here need not wait for the disk: lost with the database's machine, it is done once more.
    """
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=most,
        server_settings={"hitotsu.works_for_all": "on", "synchronous_commit": "off"},
    )
