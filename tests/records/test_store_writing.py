"""Group commit: what is acknowledged is there, in order, and nobody pays for anybody else's mistake."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.records.store_database import Store

from hitotsu.records.errors import StoreUnavailable, TooBusy
from hitotsu.records.store import writing
from hitotsu.records.store.reading import Reader
from hitotsu.records.store.rows import INTERNAL, Record
from hitotsu.records.store.sessions import Reach, Sessions, open_pool
from hitotsu.records.store.writing import Writer, Written

OWN = Reach((7,))


class Refused(Exception):
    pass


def put(value: Any, **members: Any) -> writing.Mutation:
    """Makes or changes the record so that its attribute `a` has the value; answers how it was before."""

    def mutate(record: Record | None, now: str) -> Written:
        instance = {"type": "Property", "value": value, "createdAt": now, "modifiedAt": now}
        before = record["attributes"]["a"][0] if record else None
        made = {
            "types": ["Thing"], "attributes": {"a": [instance]}, "visibility": INTERNAL,
            "createdAt": record["createdAt"] if record else now, "modifiedAt": now,
        }  # fmt: skip
        return Written(made | members, [("a", None, instance, before)], before and before["value"])

    return mutate


def refuse(record: Record | None, now: str) -> Written:
    raise Refused


def add_one(record: Record | None, now: str) -> Written:
    return put((record["attributes"]["a"][0]["value"] if record else 0) + 1)(record, now)


def only_new(record: Record | None, now: str) -> Written:
    if record is not None:
        raise Refused
    return put(1)(record, now)


@asynccontextmanager
async def opened(store: Store, **options: Any) -> AsyncIterator[tuple[Writer, Reader]]:
    pool = await open_pool(store.application)
    writer = Writer(pool, **options)
    try:
        yield writer, Reader(Sessions(pool))
    finally:
        await writer.close()
        await pool.close()


def value_of(record: Record | None) -> Any:
    assert record is not None
    return record["attributes"]["a"][0]["value"]


def test_many_writers_share_commits_and_all_is_there(store: Store) -> None:
    async def scenario() -> None:
        async with opened(store) as (writer, reader):
            await asyncio.gather(*(writer.write(7, f"urn:a:{number}", put(number)) for number in range(500)))
            found = await reader.many(OWN, [f"urn:a:{number}" for number in range(500)])
            assert {one["id"]: value_of(one) for one in found.values()} == {
                f"urn:a:{number}": number for number in range(500)
            }

    asyncio.run(scenario())
    assert store.ask("SELECT count(*), count(DISTINCT record_id) FROM records_change") == [(500, 500)]
    (commits,) = store.ask("SELECT count(DISTINCT xid) FROM records_change")[0]
    assert commits < 50


def test_writers_of_one_record_follow_each_other(store: Store) -> None:
    async def scenario() -> None:
        async with opened(store) as (writer, reader):
            answers = await asyncio.gather(*(writer.write(7, "urn:a:1", add_one) for _ in range(300)))
            assert answers == [None, *range(1, 300)]
            assert value_of(await reader.one(OWN, "urn:a:1")) == 300

    asyncio.run(scenario())


def test_two_processes_count_the_same_record_without_losing_any(store: Store) -> None:
    async def scenario() -> None:
        async with opened(store) as (one, reader), opened(store) as (other, _):
            writes = [
                writer.write(7, f"urn:a:{number % 3}", add_one)
                for number in range(300)
                for writer in (one, other)
            ]
            await asyncio.gather(*writes)
            assert [value_of(await reader.one(OWN, f"urn:a:{number}")) for number in range(3)] == [200] * 3

    asyncio.run(scenario())


def test_of_two_who_make_the_same_record_one_is_refused(store: Store) -> None:
    async def scenario() -> None:
        async with opened(store) as (one, _), opened(store) as (other, _):
            for number in range(30):
                answers = await asyncio.gather(
                    *(writer.write(7, f"urn:a:{number}", only_new) for writer in (one, other)),
                    return_exceptions=True,
                )
                assert sorted(map(repr, answers)) == ["None", "Refused()"]

    asyncio.run(scenario())
    assert store.ask("SELECT count(*) FROM records_change WHERE kind = 0") == [(30,)]


def test_a_refused_mutation_leaves_the_others_alone(store: Store) -> None:
    async def scenario() -> None:
        async with opened(store) as (writer, reader):
            answers = await writer.write_many(
                [(7, f"urn:a:{number}", refuse if number % 3 == 0 else put(number)) for number in range(30)]
            )
            assert [isinstance(answer, Refused) for answer in answers] == [n % 3 == 0 for n in range(30)]
            assert len(await reader.many(OWN, [f"urn:a:{number}" for number in range(30)])) == 20

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "poison",
    [
        {"visibility": 99},
        {"types": ["\x00"]},
        {"types": ["\ud800"]},
        {"createdAt": "0000"},
        {"attributes": {1, 2}},
    ],
    ids=repr,
)
def test_what_the_database_refuses_leaves_the_others_alone(store: Store, poison: dict[str, Any]) -> None:
    async def scenario() -> None:
        async with opened(store) as (writer, reader):
            mutations = [(7, f"urn:a:{number}", put(number)) for number in range(40)]
            mutations[17] = (7, "urn:a:17", put(17, **poison))
            answers = await writer.write_many(mutations)
            assert [number for number, answer in enumerate(answers) if answer is not None] == [17]
            assert isinstance(answers[17], Exception)
            assert not isinstance(answers[17], StoreUnavailable | TooBusy)
            assert len(await reader.many(OWN, [f"urn:a:{number}" for number in range(40)])) == 39
            assert await writer.write(7, "urn:a:17", put(1)) is None

    asyncio.run(scenario())


def test_who_comes_when_too_many_wait_is_told_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "LONGEST_QUEUE", 5)

    async def scenario() -> None:
        async with opened(store, lanes=1) as (writer, reader):
            answers = await writer.write_many([(7, f"urn:a:{number}", put(number)) for number in range(50)])
            busy = [answer for answer in answers if isinstance(answer, TooBusy)]
            landed = await reader.many(OWN, [f"urn:a:{number}" for number in range(50)])
            assert busy
            assert len(landed) + len(busy) == 50

    asyncio.run(scenario())


def test_a_database_that_goes_and_comes_back(store: Store) -> None:
    async def scenario() -> None:
        async with opened(store) as (writer, reader):
            await writer.write(7, "urn:a:1", put(1))
            with store.locked_out():
                with pytest.raises(StoreUnavailable):
                    await writer.write(7, "urn:a:1", put(2))
                with pytest.raises(StoreUnavailable):
                    await reader.one(OWN, "urn:a:1")
            assert value_of(await reader.one(OWN, "urn:a:1")) == 1
            assert await writer.write(7, "urn:a:1", put(3)) == 1
            assert value_of(await reader.one(OWN, "urn:a:1")) == 3

    asyncio.run(scenario())


def test_who_waits_when_the_writer_closes_is_told_so(store: Store) -> None:
    async def scenario() -> None:
        async with opened(store) as (writer, _):
            waiting = [asyncio.ensure_future(writer.write(7, f"urn:a:{n}", put(n))) for n in range(5)]
            await asyncio.sleep(0)
            await writer.close()
            answers = await asyncio.gather(*waiting, return_exceptions=True)
            assert all(isinstance(answer, StoreUnavailable) for answer in answers)

    asyncio.run(scenario())
