import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hitotsu.records.query.ast import HasType, TimeWindow
from hitotsu.records.store.aggregation import Aggregation, Period
from hitotsu.records.store.evolution import Evolution
from hitotsu.records.store.history import History, Span
from hitotsu.records.store.rows import INTERNAL, OPEN, SHARED, instant
from hitotsu.records.store.sessions import ANYONE, Reach, Sessions, open_pool
from hitotsu.records.store.writing import Writer, Written
from hitotsu.site import database as roles

START = datetime(2026, 4, 1, tzinfo=UTC)
MINE = Reach((1,))


def level(value: Any, minutes: float, **more: Any) -> dict[str, Any]:
    return {
        "type": "Property",
        "value": value,
        "observedAt": instant(START + timedelta(minutes=minutes)),
    } | more


def record(*levels: dict[str, Any], record_id: str = "urn:a:1", **more: Any) -> dict[str, Any]:
    return {"id": record_id, "types": ["Gauge"], "attributes": {"level": list(levels), **more}}


@dataclass
class Store:
    pool: "asyncpg.Pool[Any]"
    evolution: Evolution
    history: History
    aggregation: Aggregation

    async def values(self, reach: Reach, span: Span | None = None, record_id: str = "urn:a:1") -> list[Any]:
        found = await self.history.one(reach, record_id, span or Span())
        assert found is not None
        return [one["value"] for one in found.records[0]["attributes"].get("level", [])]


@pytest.fixture(scope="module")
def urls(make_database: Callable[[str], str]) -> tuple[str, str]:
    environment = os.environ | {"HITOTSU_DATABASE_URL": make_database(f"test_history_{os.getpid()}")}
    prepared = subprocess.run(
        [sys.executable, "-m", "hitotsu.cli.main", "prepare"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert prepared.returncode == 0, prepared.stderr
    return roles.connection_urls(environment)


@pytest.fixture
def empty(urls: tuple[str, str]) -> tuple[str, str]:
    with psycopg.connect(urls[0], autocommit=True) as owner:
        owner.execute("TRUNCATE records_record, records_evolution, records_history")
    return urls


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    pool = await open_pool(url)
    sessions = Sessions(pool)
    try:
        yield Store(pool, Evolution(pool), History(sessions), Aggregation(sessions))
    finally:
        await pool.close()


def test_a_history_that_is_too_long_is_cut_at_one_moment(empty: tuple[str, str]) -> None:
    async def run() -> None:
        async with opened(empty[1]) as store:
            slow = [level(value, value * 3) for value in range(4)]
            await store.evolution.create(1, record(*(level(v, v) for v in range(10)), flow=slow), INTERNAL)
            page = await store.history.one(MINE, "urn:a:1", Span(most=4))
            assert page is not None
            assert page.cut
            (one,) = page.records
            assert [v["value"] for v in one["attributes"]["level"]] == [0, 1, 2, 3]
            assert [v["value"] for v in one["attributes"]["flow"]] == [0, 1]
            last = await store.history.one(MINE, "urn:a:1", Span(last=100, most=4))
            assert last is not None
            assert last.cut
            assert [v["value"] for v in last.records[0]["attributes"]["level"]] == [6, 7, 8, 9]
            assert [v["value"] for v in last.records[0]["attributes"]["flow"]] == [2, 3]
            whole = await store.history.one(MINE, "urn:a:1", Span(last=4, most=4))
            assert whole is not None
            assert not whole.cut

    asyncio.run(run())


def test_ranges_lead_through_everything(empty: tuple[str, str]) -> None:
    async def run() -> None:
        async with opened(empty[1]) as store:
            await store.evolution.create(1, record(*(level(v, v) for v in range(25))), INTERNAL)
            seen: list[Any] = []
            start = None
            while True:
                window = TimeWindow("observedAt", start, None)
                page = await store.history.one(MINE, "urn:a:1", Span(window, most=10))
                assert page is not None
                values = page.records[0]["attributes"]["level"]
                seen += [one["value"] for one in values]
                if not page.cut:
                    break
                start = datetime.fromisoformat(values[-1]["observedAt"]) + timedelta(microseconds=1)
            assert seen == list(range(25))

    asyncio.run(run())


def test_who_sees_a_history(empty: tuple[str, str]) -> None:
    async def run() -> None:
        async with opened(empty[1]) as store:
            for visibility in (OPEN, SHARED, INTERNAL):
                await store.evolution.create(
                    1, record(level(1, 1), record_id=f"urn:v:{visibility}"), visibility
                )
            where = HasType(("Gauge",))
            span = Span(TimeWindow("observedAt", START, None))
            expected = {ANYONE: 1, Reach((2,)): 1, Reach((2,), shared=True): 2, MINE: 3}
            for reach, number in expected.items():
                page = await store.history.page(reach, where, span, limit=10)
                assert len(page.records) == number
                assert all(one["attributes"] for one in page.records)
                assert await store.history.count(reach, where, span) == number
                seen = [await store.history.head(reach, f"urn:v:{visibility}") for visibility in range(3)]
                assert [head is not None for head in seen].count(True) == number
                every = [{"ownerId": 1, "id": f"urn:v:{visibility}"} for visibility in range(3)]
                figures = await store.aggregation.over(reach, every, span, Period(), ["totalCount"])
                assert sum(row.values["totalCount"] for row in figures) == number

    asyncio.run(run())


def test_a_record_hides_the_row_that_stands_in_for_it(empty: tuple[str, str]) -> None:
    """A history that was open before its record came, or went, must not show what the record hides."""

    async def run() -> None:
        async with opened(empty[1]) as store:
            await store.evolution.create(1, record(level(1, 1)), OPEN)
            assert await store.values(ANYONE) == [1]
            writer = Writer(store.pool)
            now = instant(datetime.now(UTC))
            new = record() | {"createdAt": now, "modifiedAt": now, "visibility": INTERNAL, "attributes": {}}
            await writer.write(1, "urn:a:1", lambda _record, _now: Written(new))
            assert await store.history.head(ANYONE, "urn:a:1") is None
            async with Sessions(store.pool).reading(ANYONE) as connection:
                assert await connection.fetchval("SELECT count(*) FROM records_history") == 0
            assert await store.values(MINE) == [1]
            await writer.write(1, "urn:a:1", lambda _record, _now: Written(None))
            assert await store.history.head(ANYONE, "urn:a:1") is None
            await writer.close()

    asyncio.run(run())


def test_partitions_show_nothing_themselves(empty: tuple[str, str]) -> None:
    async def run() -> None:
        async with opened(empty[1]) as store:
            await store.evolution.create(1, record(level(1, 1)), OPEN)
            async with Sessions(store.pool).reading(MINE) as connection:
                assert await connection.fetchval("SELECT count(*) FROM records_history") == 1
                assert await connection.fetchval("SELECT count(*) FROM records_history_default") == 0

    asyncio.run(run())


def partitions(owner: "psycopg.Connection[Any]") -> set[str]:
    rows = owner.execute(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'records_history'::regclass"
    ).fetchall()
    return {row[0] for row in rows}


def test_months_have_partitions_ahead(empty: tuple[str, str]) -> None:
    with psycopg.connect(empty[0], autocommit=True) as owner:
        names = partitions(owner)
        today = datetime.now(UTC).replace(day=1)
        for days in (0, 32, 63):
            assert f"records_history_{today + timedelta(days=days):%Y_%m}" in names


def test_a_month_that_was_missing_takes_over_its_values(empty: tuple[str, str]) -> None:
    async def run() -> None:
        async with opened(empty[1]) as store:
            old = datetime.now(UTC).replace(day=15) - timedelta(days=300)
            name = f"records_history_{old:%Y_%m}"
            values = [level(1, 0, observedAt=instant(old)), level(2, 0, observedAt=instant(START))]
            await store.evolution.create(1, record(*values), INTERNAL)
            async with store.pool.acquire() as connection:
                # Made by the application, which could not make a table otherwise.
                assert await connection.fetchval("SELECT records_history_month($1)", old)
                assert not await connection.fetchval("SELECT records_history_month($1)", old)
                odd = datetime(1200, 1, 1, tzinfo=UTC)
                assert not await connection.fetchval("SELECT records_history_month($1)", odd)
            assert len(await store.values(MINE)) == 2
            with psycopg.connect(empty[0], autocommit=True) as owner:
                assert name in partitions(owner)
                row = owner.execute(f"SELECT count(*) FROM {name}").fetchone()
                assert row == (1,)
                owner.execute(f"DROP TABLE {name}")

    asyncio.run(run())


def test_two_ways_to_send_the_same_observation_give_one_value(empty: tuple[str, str]) -> None:
    async def run() -> None:
        async with opened(empty[1]) as store:
            await store.evolution.create(1, record(level(1, 1), level(2, 1), level(3, 2)), INTERNAL)
            assert await store.values(MINE) == [2, 3]
            writer = Writer(store.pool)
            now = instant(datetime.now(UTC))
            new = record(level(5, 2)) | {"createdAt": now, "modifiedAt": now, "visibility": INTERNAL}
            change = ("level", None, new["attributes"]["level"][0], None)
            await writer.write(1, "urn:a:1", lambda _record, _now: Written(new, [change]))
            await writer.close()
            assert await store.values(MINE) == [2, 5]

    asyncio.run(run())


numbers = st.one_of(
    st.integers(-1000, 1000), st.floats(-1e6, 1e6, allow_nan=False).map(lambda f: round(f, 3))
)
series = st.dictionaries(st.integers(0, 5000), numbers, min_size=1, max_size=30)


@given(observed=series, hours=st.integers(1, 30), start=st.integers(0, 5000))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_aggregation_agrees_with_counting_by_hand(
    urls: tuple[str, str], observed: dict[int, float], hours: int, start: int
) -> None:
    async def run() -> None:
        async with opened(urls[1]) as store:
            await store.evolution.delete(1, "urn:a:1")
            await store.evolution.create(1, record(*(level(v, at) for at, v in observed.items())), INTERNAL)
            first = START + timedelta(minutes=start)
            heads = [{"ownerId": 1, "id": "urn:a:1"}]
            rows = await store.aggregation.over(
                MINE, heads, Span(TimeWindow("observedAt", first, None)), Period(time=timedelta(hours=hours)),
                ["totalCount", "sum", "min", "max", "avg"],
            )  # fmt: skip
            expected: dict[int, list[float]] = {}
            for at, value in observed.items():
                if at >= start:
                    expected.setdefault((at - start) // (60 * hours), []).append(value)
            assert [row.start for row in rows] == [
                first + timedelta(hours=hours * place) for place in sorted(expected)
            ]
            for row, place in zip(rows, sorted(expected), strict=True):
                assert row.end - row.start == timedelta(hours=hours)
                assert row.values["totalCount"] == len(expected[place])
                assert row.values["sum"] == pytest.approx(sum(expected[place]), abs=1e-6)
                assert row.values["min"] == min(expected[place])
                assert row.values["max"] == max(expected[place])
                assert row.values["avg"] * len(expected[place]) == pytest.approx(row.values["sum"], abs=1e-6)

    asyncio.run(run())
