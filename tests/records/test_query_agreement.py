import os
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.records import query_database as database
from tests.records import query_model as model

from hitotsu.records.query import evaluate
from hitotsu.records.query.ast import Compare, Node, Number, Path
from hitotsu.records.query.declared import Declared, index_statements
from hitotsu.records.query.statements import Asked, Page, count, select

DECLARED: list[Declared] = [
    {},
    {"a": "number", "b": "string", "水位": "datetime", model.ATTRIBUTES[3]: "number"},
]


@pytest.fixture(scope="module")
def connection(make_database: Callable[[str], str]) -> Iterator["psycopg.Connection[Any]"]:
    with psycopg.connect(make_database(f"test_query_{os.getpid()}"), autocommit=True) as opened:
        database.prepare(opened)
        for name, kind in DECLARED[1].items():
            for statement in index_statements(name, kind):
                opened.execute(statement)
        yield opened


def by_sql(connection: "psycopg.Connection[Any]", node: Node, declared: Declared) -> set[tuple[int, str]]:
    statement = select(Asked(node), Page(100), columns=("owner_id", "id"), declared=declared)
    return {(row[0], row[1]) for row in database.run(connection, statement)}


@settings(
    max_examples=int(os.environ.get("HITOTSU_QUERY_EXAMPLES", "250")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    records=model.records(),
    asked=st.lists(model.nodes, min_size=4, max_size=10),
    declared=st.sampled_from(DECLARED),
    indexed=st.booleans(),
)
def test_statement_memory_and_model_find_the_same_records(
    connection: "psycopg.Connection[Any]",
    records: list[dict[str, Any]],
    asked: list[Node],
    declared: Declared,
    indexed: bool,
) -> None:
    with connection.transaction(force_rollback=True):
        connection.execute(f"SET LOCAL enable_seqscan = {'off' if indexed else 'on'}")
        database.insert(connection, records)
        for node in asked:
            wanted = {
                (record["ownerId"], record["id"]) for record in records if model.model(node, record, records)
            }
            in_memory = set()
            for record in records:
                near = {other["id"]: other for other in records if other["ownerId"] == record["ownerId"]}
                if evaluate.holds(node, record, near.get):
                    in_memory.add((record["ownerId"], record["id"]))
            assert in_memory == wanted, node
            assert by_sql(connection, node, declared) == wanted, node
            assert database.run(connection, count(Asked(node), declared=declared))[0][0] == len(wanted)


def test_a_value_never_becomes_part_of_the_statement() -> None:
    hostile = "'); DROP TABLE records_record; --"
    statement = select(
        Asked(Compare(Path(hostile, (hostile,), None, (hostile,)), "==", (Number(1),))), Page(1)
    )
    assert hostile not in statement.text
    assert any(hostile in str(value) for value in statement.parameters)


def test_names_in_index_statements_stay_names(connection: "psycopg.Connection[Any]") -> None:
    with connection.transaction(force_rollback=True):
        for name in ("a'; DROP TABLE records_record; --", 'b"\\c', "https://example.org/水位#x"):
            for kind in ("number", "string", "datetime", "geometry"):
                for statement in index_statements(name, kind):
                    connection.execute(statement)
        assert connection.execute("SELECT count(*) FROM records_record").fetchone() == (0,)
