"""Nobody ever sees a row that they may not: neither by what we ask nor behind our back."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.records.store_database import Store

from hitotsu.records.query.ast import Alive, both
from hitotsu.records.store.reading import Reader
from hitotsu.records.store.rows import INTERNAL, OPEN, PERSONAL, SHARED
from hitotsu.records.store.sessions import Reach, Sessions, open_pool
from hitotsu.site.database import APP_ROLE

OWNERS = (1, 2, 3)
VISIBILITIES = (OPEN, SHARED, INTERNAL, PERSONAL)
INSERT = """
INSERT INTO records_record (owner_id, id, types, attributes, visibility, created_at, modified_at)
VALUES (%s, %s, %s, '{"a": [{"type": "Property", "value": 1}]}', %s, now(), now())
"""


@pytest.fixture
def filled(store: Store) -> Store:
    """A record of every owner and visibility; the last id is held by all owners at once."""
    for owner in OWNERS:
        for visibility in VISIBILITIES:
            store.ask(
                INSERT, owner, f"urn:o{owner}:v{visibility}", ["Thing", f"T{owner}v{visibility}"], visibility
            )
        store.ask(INSERT, owner, "urn:same", ["Thing"], INTERNAL)
    store.ask(
        "INSERT INTO records_history (owner_id, record_id, attribute, at, recorded_at)"
        " SELECT owner_id, id, 'a', now(), now() FROM records_record"
    )
    store.ask(
        "INSERT INTO records_change (owner_id, record_id, kind, at, attributes)"
        " SELECT owner_id, id, 0, now(), '{a}' FROM records_record"
    )
    return store


def may_see(reach: Reach, owner: int, visibility: int) -> bool:
    return visibility == OPEN or owner in reach.owners or (visibility == SHARED and reach.shared)


def visible(reach: Reach) -> set[tuple[int, str]]:
    return {
        (owner, f"urn:o{owner}:v{visibility}")
        for owner in OWNERS
        for visibility in VISIBILITIES
        if may_see(reach, owner, visibility)
    } | {(owner, "urn:same") for owner in reach.owners if owner in OWNERS}


REACHES = st.builds(
    Reach, owners=st.lists(st.integers(0, 4), max_size=3, unique=True).map(tuple), shared=st.booleans()
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.lists(REACHES, min_size=1, max_size=6))
def test_no_reach_sees_a_row_that_it_may_not(filled: Store, asked: list[Reach]) -> None:
    async def scenario() -> None:
        # Two connections for all callers in turn, so that one works on what another left behind.
        pool = await open_pool(filled.application, most=2)
        try:
            await asyncio.gather(*(check(Reader(Sessions(pool)), reach) for reach in asked))
        finally:
            await pool.close()

    async def check(reader: Reader, reach: Reach) -> None:
        expected = visible(reach)
        everything = both(Alive(datetime.now(UTC)))
        found = await reader.page(reach, everything, limit=100)
        assert {(one["ownerId"], one["id"]) for one in found.records} == expected
        assert await reader.count(reach, everything) == len(expected)
        ids = [f"urn:o{owner}:v{visibility}" for owner in OWNERS for visibility in VISIBILITIES] + [
            "urn:same"
        ]
        many = await reader.many(reach, ids)
        assert set(many) == {record_id for _, record_id in expected}
        for record_id in ids:
            one = await reader.one(reach, record_id)
            assert (one is not None) == (record_id in many)
            assert one is None or (one["ownerId"], record_id) in expected
        uses = {use.type: use.entities for use in await reader.uses(reach) if not use.attribute}
        assert uses.get("Thing", 0) == len(expected)
        assert set(uses) - {"Thing"} == {f"T{owner}{rest}" for owner, rest in labels(expected)}

    asyncio.run(scenario())


def labels(rows: set[tuple[int, str]]) -> set[tuple[int, str]]:
    return {(owner, record_id.rpartition(":")[2]) for owner, record_id in rows if record_id != "urn:same"}


def test_the_second_wall_holds_without_our_conditions(filled: Store) -> None:
    def seen(table: str, column: str, **whom: str) -> set[tuple[Any, ...]]:
        return set(filled.ask(f"SELECT owner_id, {column} FROM {table}", role=APP_ROLE, **whom))

    for reach in (Reach(), Reach(shared=True), Reach((2,)), Reach((1, 3), shared=True), Reach((99,))):
        whom = {"owners": ",".join(map(str, reach.owners)), "shared": "on" if reach.shared else "off"}
        assert seen("records_record", "id", **whom) == visible(reach)
        for table in ("records_history", "records_change"):
            assert {owner for owner, _ in seen(table, "record_id", **whom)} == set(reach.owners) & set(OWNERS)
    assert seen("records_record", "id") == visible(Reach())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records_record SET visibility = 0 WHERE owner_id = 1",
        "DELETE FROM records_record WHERE owner_id = 1",
        "DELETE FROM records_history WHERE owner_id = 1",
        "UPDATE records_history SET number = 1 WHERE owner_id = 1",
    ],
)
def test_nobody_changes_what_is_anothers(filled: Store, statement: str) -> None:
    everything = "SELECT owner_id, id, visibility FROM records_record ORDER BY 1, 2"
    before = filled.ask(everything)
    filled.ask(statement, role=APP_ROLE, owners="2", shared="on")
    assert filled.ask(everything) == before
    assert filled.ask("SELECT count(*) FROM records_history WHERE number IS NULL") == [(len(before),)]


def test_nobody_writes_in_anothers_name_and_nobody_rewrites_the_feed(filled: Store) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        filled.ask(INSERT, 1, "urn:new", ["Thing"], INTERNAL, role=APP_ROLE, owners="2")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        filled.ask("UPDATE records_record SET owner_id = 1 WHERE owner_id = 2", role=APP_ROLE, owners="2")
    for statement in (
        "DELETE FROM records_change",
        "UPDATE records_change SET kind = 1",
        "TRUNCATE records_record",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            filled.ask(statement, role=APP_ROLE, owners="1,2,3")
