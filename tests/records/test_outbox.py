"""What is owed to subscribers: by two processes as it were, each with a writer, a matcher and a deliverer."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from tests.conftest import hitotsu

from hitotsu.records.store import interests
from hitotsu.records.store.delivering import Deliverer, Undelivered
from hitotsu.records.store.feed import Bell
from hitotsu.records.store.interests import Interest
from hitotsu.records.store.outbox import Matcher, Outbox
from hitotsu.records.store.rows import INTERNAL, OPEN, Record
from hitotsu.records.store.sessions import open_pool, open_pool_for_all
from hitotsu.records.store.subscriptions import Subscription, Subscriptions, Terms
from hitotsu.records.store.writing import Mutation, Writer, Written
from hitotsu.site.database import connection_urls

OWNER = 3


@pytest.fixture(scope="module")
def database(make_database: Callable[[str], str]) -> str:
    """The application's connection to a prepared database."""
    url = make_database(f"test_outbox_{os.getpid()}")
    environment = os.environ | {"HITOTSU_DATABASE_URL": url}
    done = hitotsu("prepare", environment=environment)
    assert done.returncode == 0, done.stderr
    return connection_urls(environment)[1]


@dataclass
class Sink:
    """A face whose receivers take everything, but for the first ``refusals``, and note when."""

    refusals: int = 0
    told: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    stuck: bool = False

    async def send(self, subscription: Subscription, contents: Sequence[dict[str, Any]]) -> None:
        self.begun.set()
        if self.stuck:
            await asyncio.sleep(3600)
        if self.refusals:
            self.refusals -= 1
            raise Undelivered("not yet")
        values = {one["record"]["id"]: one["record"]["attributes"]["a"][0]["value"] for one in contents}
        self.told.append((time.monotonic(), values))

    async def gather(self, subscription: Subscription) -> Sequence[dict[str, Any]]:
        return ()


@dataclass
class Process:
    writer: Writer
    deliverer: Deliverer
    sink: Sink


def put(record_id: str, value: Any, visibility: int = INTERNAL) -> Mutation:
    def mutate(record: Record | None, now: str) -> Written:
        instance = {"type": "Property", "value": value, "createdAt": now, "modifiedAt": now}
        made = {
            "id": record_id, "types": ["Thing"], "attributes": {"a": [instance]}, "visibility": visibility,
            "createdAt": now, "modifiedAt": now,
        }  # fmt: skip
        return Written(made, [("a", None, instance, record["attributes"]["a"][0] if record else None)])

    return mutate


def of_things(subscription: Subscription) -> Interest:
    return Interest(
        subscription.owner_id,
        subscription.id,
        lambda record: True,
        frozenset({interests.CREATED, interests.UPDATED}),
        types=frozenset({"Thing"}),
        throttled=subscription.terms.throttling > 0,
    )


@asynccontextmanager
async def processes(database: str, *sinks: Sink) -> AsyncIterator[tuple[Subscriptions, list[Process]]]:
    async with AsyncExitStack() as stack:
        made = []
        for sink in sinks:
            pool, for_all = await open_pool(database), await open_pool_for_all(database)
            stack.push_async_callback(pool.close)
            stack.push_async_callback(for_all.close)
            deliverer = Deliverer(for_all, database, {"test": sink})
            outbox = Outbox(Matcher({"test": of_things}), deliverer, Bell(for_all))
            stack.push_async_callback(outbox.close)
            writer = Writer(pool, watcher=outbox)
            stack.push_async_callback(writer.close)
            made.append(Process(writer, deliverer, sink))
        subscriptions = Subscriptions(pool)
        try:
            yield subscriptions, made
        finally:
            for one in await subscriptions.page(OWNER, "test", limit=100, offset=0):
                await subscriptions.delete(OWNER, one.id)


async def until(holds: Callable[[], bool], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def test_throttling_is_exact_across_processes_and_ends_with_the_latest_state(database: str) -> None:
    async def run() -> list[tuple[float, dict[str, Any]]]:
        first, second = Sink(), Sink()
        async with processes(database, first, second) as (subscriptions, made):
            assert await subscriptions.add(OWNER, "throttled", "test", Terms({}, throttling=1.0))
            for value in range(250):
                await made[value % 2].writer.write(
                    OWNER, f"urn:x:{value % 3}", put(f"urn:x:{value % 3}", value)
                )
                await asyncio.sleep(0.01)
            last = {"urn:x:0": 249, "urn:x:1": 247, "urn:x:2": 248}
            latest: dict[str, Any] = {}

            def complete() -> bool:
                for _, values in sorted(first.told + second.told, key=lambda one: one[0]):
                    latest.update(values)
                return latest == last

            await until(complete)
            return sorted(first.told + second.told, key=lambda one: one[0])

    told = asyncio.run(run())
    assert len(told) >= 3
    gaps = [later[0] - earlier[0] for earlier, later in pairwise(told)]
    # Taken by the database's clock, seen by ours a little later, now more, now less.
    assert min(gaps) > 0.8


def test_what_a_dead_process_had_begun_another_one_delivers(database: str) -> None:
    async def run() -> None:
        stuck, well = Sink(stuck=True), Sink()
        async with processes(database, stuck) as (subscriptions, (one,)):
            assert await subscriptions.add(OWNER, "left", "test", Terms({}))
            await until(lambda: one.deliverer._me is not None)
            await one.writer.write(OWNER, "urn:x:left", put("urn:x:left", 1))
            await asyncio.wait_for(stuck.begun.wait(), 10)
            async with processes(database, well):
                await asyncio.sleep(1.5)
                # It lives and has taken it: nobody else sends.
                assert well.told == []
                one.deliverer._sweeping.cancel()
                await until(lambda: bool(well.told))
                assert [values for _, values in well.told] == [{"urn:x:left": 1}]

    asyncio.run(run())


def test_a_subscription_of_one_process_is_in_force_in_the_other_at_once(database: str) -> None:
    async def run() -> None:
        first, second = Sink(), Sink()
        async with processes(database, first, second) as (subscriptions, made):
            for number in range(5):
                for process in made:
                    await process.writer.write(OWNER, "urn:x:before", put("urn:x:before", 0))
                assert await subscriptions.add(OWNER, f"s{number}", "test", Terms({}))
                await made[number % 2].writer.write(OWNER, f"urn:x:{number}", put(f"urn:x:{number}", number))
                await until(
                    lambda number=number: (
                        sum(f"urn:x:{number}" in values for _, values in first.told + second.told)
                        == number + 1
                    )
                )
                await subscriptions.delete(OWNER, "none")

    asyncio.run(run())


def test_others_hear_of_open_records_only(database: str) -> None:
    async def run() -> None:
        sink = Sink()
        async with processes(database, sink) as (subscriptions, (process,)):
            assert await subscriptions.add(OWNER, "s", "test", Terms({}))
            await process.writer.write(OWNER + 1, "urn:x:internal", put("urn:x:internal", 1))
            await process.writer.write(OWNER + 1, "urn:x:open", put("urn:x:open", 2, OPEN))
            await until(lambda: bool(sink.told))
            assert [values for _, values in sink.told] == [{"urn:x:open": 2}]

    asyncio.run(run())


def test_an_interest_that_cannot_be_read_stops_nobody(database: str) -> None:
    async def run() -> None:
        sink = Sink()
        async with processes(database, sink) as (subscriptions, (process,)):
            assert await subscriptions.add(OWNER, "unknown", "another face", Terms({}))
            assert await subscriptions.add(OWNER, "s", "test", Terms({}))
            await process.writer.write(OWNER, "urn:x:1", put("urn:x:1", 1))
            await until(lambda: bool(sink.told))
            assert await subscriptions.delete(OWNER, "unknown")

    asyncio.run(run())
