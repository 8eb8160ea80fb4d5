"""The change feed: nothing missed, nothing twice, each record's changes in order, whatever writes beside it."""

import asyncio
import os
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import psycopg
import pytest
from tests.conftest import hitotsu

from hitotsu.records.store.feed import Bell, Change, Feed
from hitotsu.records.store.rows import INTERNAL, Record
from hitotsu.records.store.sessions import open_pool, open_pool_for_all
from hitotsu.records.store.writing import Writer, Written
from hitotsu.site.database import connection_urls


@pytest.fixture(scope="module")
def database(make_database: Callable[[str], str]) -> str:
    """The application's connection to a prepared database."""
    url = make_database(f"test_feed_{os.getpid()}")
    environment = os.environ | {"HITOTSU_DATABASE_URL": url}
    done = hitotsu("prepare", environment=environment)
    assert done.returncode == 0, done.stderr
    return connection_urls(environment)[1]


@pytest.fixture(autouse=True)
def empty(database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("SET ROLE NONE")
        connection.execute("DELETE FROM records_change")
        connection.execute("DELETE FROM records_record")
        connection.execute("DELETE FROM records_feedreader")


@asynccontextmanager
async def opened(database: str) -> AsyncIterator[tuple[Any, Any]]:
    """The pool of the writers and the one that works for all."""
    pool, for_all = await open_pool(database), await open_pool_for_all(database)
    try:
        yield pool, for_all
    finally:
        await pool.close()
        await for_all.close()


def counting(record: Record | None, now: str) -> Written:
    """Raises the record's number by one; the change says which it was before."""
    before = record["attributes"]["n"][0] if record else None
    instance = {
        "type": "Property", "value": before["value"] + 1 if before else 1, "createdAt": now, "modifiedAt": now,
    }  # fmt: skip
    made = {
        "types": ["Thing"], "attributes": {"n": [instance]}, "visibility": INTERNAL,
        "createdAt": record["createdAt"] if record else now, "modifiedAt": now,
    }  # fmt: skip
    return Written(made, [("n", None, instance, before)])


def before(change: Change) -> int:
    value: int = change.previous[0][2]["value"] if change.previous else 0
    return value


async def everything(feed: Feed, most: int = 1000) -> list[Change]:
    """What the feed has until there is nothing more."""
    found: list[Change] = []
    while page := await feed.read(most):
        found += page
        await feed.done(page)
    return found


def test_many_writers_lose_nothing_and_each_record_keeps_its_order(database: str) -> None:
    async def run() -> list[Change]:
        async with opened(database) as (pool, for_all):
            feed = Feed(for_all, "test")
            await feed.start()
            # Two processes as it were, each with lanes of its own, on the same twenty records.
            writers = [Writer(pool, lanes=3), Writer(pool, lanes=3)]
            found: list[Change] = []
            finished = asyncio.Event()

            async def write(writer: Writer, start: int) -> None:
                for step in range(60):
                    await asyncio.gather(
                        *(
                            writer.write(1, f"urn:x:{(start + step * part) % 20}", counting)
                            for part in (1, 3, 7)
                        )
                    )

            async def follow() -> None:
                while not finished.is_set():
                    page = await feed.read(50)
                    found.extend(page)
                    await feed.done(page)
                    await asyncio.sleep(0.001)

            following = asyncio.create_task(follow())
            await asyncio.gather(*(write(writers[number % 2], number) for number in range(8)))
            finished.set()
            await following
            found.extend(await everything(feed))
            for writer in writers:
                await writer.close()
            assert await everything(feed) == []
        return found

    found = asyncio.run(run())
    assert len({change.ordinal for change in found}) == len(found)
    with psycopg.connect(database) as connection:
        connection.execute("SET ROLE NONE")
        written = connection.execute("SELECT ordinal FROM records_change").fetchall()
        values = dict(
            connection.execute(
                "SELECT id, (attributes #>> '{n,0,value}')::integer FROM records_record"
            ).fetchall()
        )
    assert {change.ordinal for change in found} == {row[0] for row in written}
    assert sum(values.values()) == 8 * 60 * 3
    seen: dict[str, int] = defaultdict(int)
    for change in found:
        # Several mutations of one record in one commit are one change.
        assert before(change) >= seen[change.record_id]
        seen[change.record_id] = before(change) + 1
    assert all(seen[record_id] <= value for record_id, value in values.items())


def test_a_change_that_commits_late_is_not_skipped(database: str) -> None:
    insert = "INSERT INTO records_change (owner_id, record_id, kind, at, attributes) VALUES (1, $1, 0, now(), '{}')"

    async def run() -> None:
        async with opened(database) as (pool, for_all):
            feed = Feed(for_all, "late")
            await feed.start()
            async with pool.acquire() as slow, pool.acquire() as fast:
                for connection in (slow, fast):
                    await connection.execute("SELECT set_config('hitotsu.owners', '1', false)")
                late = slow.transaction()
                await late.start()
                await slow.execute(insert, "urn:x:slow")
                await fast.execute(insert, "urn:x:fast")
                # Shown now, it would let the reader pass over the one that is still being written.
                assert await everything(feed) == []
                await late.commit()
            assert [change.record_id for change in await everything(feed)] == ["urn:x:slow", "urn:x:fast"]

    asyncio.run(run())


def test_the_order_of_a_record_is_that_of_its_lock(database: str) -> None:
    """The transaction that began first waits for the record that the second one changes before it."""

    async def change(connection: Any, record_id: str) -> None:
        await connection.execute(
            "SELECT 1 FROM records_record WHERE owner_id = 1 AND id = $1 FOR UPDATE", record_id
        )

    async def tell(connection: Any, attribute: str) -> None:
        await connection.execute(
            "INSERT INTO records_change (owner_id, record_id, kind, at, attributes)"
            " VALUES (1, 'urn:x:shared', 1, now(), ARRAY[$1::text])",
            attribute,
        )

    async def run() -> None:
        async with opened(database) as (pool, for_all):
            writer = Writer(pool)
            for name in ("first", "second", "shared"):
                await writer.write(1, f"urn:x:{name}", counting)
            await writer.close()
            feed = Feed(for_all, "order")
            await feed.start()
            async with pool.acquire() as first, pool.acquire() as second:
                for connection in (first, second):
                    await connection.execute("SELECT set_config('hitotsu.owners', '1', false)")
                one, two = first.transaction(), second.transaction()
                await one.start()
                await change(first, "urn:x:first")
                await two.start()
                await change(second, "urn:x:shared")
                await tell(second, "earlier")
                waiting = asyncio.create_task(change(first, "urn:x:shared"))
                await asyncio.sleep(0.05)
                assert not waiting.done()
                await two.commit()
                await waiting
                await tell(first, "later")
                await one.commit()
            assert [found.attributes for found in await everything(feed, 1)] == [("earlier",), ("later",)]

    asyncio.run(run())


def test_a_reader_goes_on_where_it_was_and_sees_again_what_it_did_not_finish(database: str) -> None:
    async def run() -> None:
        async with opened(database) as (pool, for_all):
            feed = Feed(for_all, "resuming")
            await feed.start()
            writer = Writer(pool)
            for number in range(5):
                await writer.write(1, f"urn:x:{number}", counting)
            first = await feed.read(2)
            assert [change.record_id for change in first] == ["urn:x:0", "urn:x:1"]
            await feed.done(first)
            unfinished = await feed.read(2)
            # Another process takes over under the same name.
            successor = Feed(for_all, "resuming")
            await successor.start()
            assert await successor.read(2) == unfinished
            assert [change.record_id for change in await everything(successor)] == [
                "urn:x:2", "urn:x:3", "urn:x:4",
            ]  # fmt: skip
            whole = Feed(for_all, "from the beginning")
            await whole.start(from_beginning=True)
            assert len(await everything(whole)) == 5
            new = Feed(for_all, "from now on")
            await new.start()
            assert await everything(new) == []
            await writer.close()

    asyncio.run(run())


def test_a_follower_is_woken_by_what_another_connection_commits(database: str) -> None:
    async def run() -> None:
        async with opened(database) as (pool, for_all):
            bell = Bell(for_all)
            heard: asyncio.Queue[str] = asyncio.Queue()

            async def follow() -> None:
                async for changes in Feed(for_all, "woken").follow():
                    for change in changes:
                        heard.put_nowait(change.record_id)

            following = asyncio.create_task(follow())
            while not await for_all.fetchval("SELECT count(*) FROM records_feedreader"):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            writer = Writer(pool)
            for number in range(3):
                await writer.write(1, f"urn:x:{number}", counting)
                bell.ring()
                assert await asyncio.wait_for(heard.get(), 10) == f"urn:x:{number}"
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
            await writer.close()
            await bell.close()

    asyncio.run(run())


def test_only_what_works_for_all_sees_everybodys_changes(database: str) -> None:
    async def run() -> None:
        async with opened(database) as (pool, for_all):
            writer = Writer(pool)
            await writer.write(1, "urn:x:1", counting)
            await writer.close()
            assert await for_all.fetchval("SELECT current_user") == "hitotsu_app"
            assert await for_all.fetchval("SELECT count(*) FROM records_change") == 1
            for table in ("records_change", "records_subscription", "records_delivery"):
                assert await pool.fetchval(f"SELECT count(*) FROM {table}") == 0
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await pool.execute(
                    "INSERT INTO records_subscription (owner_id, id, face, definition) VALUES (1, 'a', 'x', '{}')"
                )

    asyncio.run(run())
