import os
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from tests.records import query_database as database

from hitotsu.records.query.ast import (
    EVERYTHING,
    And,
    Compare,
    HasType,
    Instant,
    Near,
    Node,
    Number,
    Or,
    Owned,
    Path,
    Text,
)
from hitotsu.records.query.declared import Declared, index_name, index_statements, serves
from hitotsu.records.query.statements import Asked, Key, Page, Statement, select

DECLARED: Declared = {
    "temperature": "number",
    "name": "string",
    "dateObserved": "datetime",
    "area": "geometry",
}
# Fifty types of sixty owners, spread over about 140 by 110 km.
RECORDS = """
INSERT INTO records_record
SELECT n % 60, format('urn:ngsi-ld:T%s:%s', n % 50, lpad(n::text, 7, '0')), ARRAY['T' || n % 50],
    jsonb_build_object(
        'temperature', jsonb_build_array(jsonb_build_object('type', 'Property', 'value', round((random() * 60 - 20)::numeric, 1))),
        'name', jsonb_build_array(jsonb_build_object('type', 'Property', 'value', '避難所' || n)),
        'dateObserved', jsonb_build_array(jsonb_build_object('type', 'Property', 'value',
            to_char(timestamp '2026-01-01' + n * interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))),
        'location', jsonb_build_array(jsonb_build_object('type', 'GeoProperty', 'value',
            jsonb_build_object('type', 'Point', 'coordinates', jsonb_build_array(x, y)))),
        'area', jsonb_build_array(jsonb_build_object('type', 'GeoProperty', 'value',
            jsonb_build_object('type', 'Point', 'coordinates', jsonb_build_array(x, y))))),
    NULL, n % 3, box(point(x, y), point(x, y)), now(), now(), NULL
FROM (SELECT n, 139.2 + random() * 1.6 AS x, 36.9 + random() AS y FROM generate_series(1, 200000) AS n) AS spread
"""


@pytest.fixture(scope="module")
def connection(make_database: Callable[[str], str]) -> Iterator["psycopg.Connection[Any]"]:
    with psycopg.connect(make_database(f"test_query_indexes_{os.getpid()}"), autocommit=True) as opened:
        database.prepare(opened)
        opened.execute("SELECT setseed(0.5)")
        opened.execute(RECORDS)
        for name, kind in DECLARED.items():
            for statement in index_statements(name, kind, concurrently=True):
                opened.execute(statement)
        opened.execute("VACUUM ANALYZE records_record")
        opened.execute("SET max_parallel_workers_per_gather = 0")
        yield opened


def plan(connection: "psycopg.Connection[Any]", statement: Statement) -> str:
    return "\n".join(row[0] for row in database.run(connection, statement, "EXPLAIN "))


NEAR = Near({"type": "Point", "coordinates": [139.93, 37.49]}, most=5_000.0)
WARM = Compare(Path("temperature"), ">", (Number(39.9),))
REACH = Or((Owned((7,)), Owned(None, (0,))))


@pytest.mark.parametrize("reach", [EVERYTHING, REACH])
@pytest.mark.parametrize(
    ("node", "wanted"),
    [
        (And((HasType(("T7",)), WARM, NEAR)), ["records_record_extent"]),
        (And((HasType(("T7",)), NEAR)), ["records_record_types", "records_record_extent"]),
        (
            And((HasType(("T7",)), WARM)),
            [index_name("temperature", "number"), index_name("temperature", "rest")],
        ),
        (WARM, [index_name("temperature", "number")]),
        (Compare(Path("name"), "==", (Text("避難所77", "避難所77"),)), [index_name("name", "string")]),
        (Compare(Path("name"), "==", (Text("a", "a"), Text("b", "b"))), [index_name("name", "string")]),
        (
            Compare(Path("dateObserved"), "<", (Instant("2026-01-01T01:00:00.000000", "datetime"),)),
            [index_name("dateObserved", "datetime")],
        ),
        (Near(NEAR.geometry, "area", most=1_000.0), [index_name("area", "geometry")]),
    ],
)
def test_conditions_are_answered_by_indexes(
    connection: "psycopg.Connection[Any]", reach: Node, node: Node, wanted: list[str]
) -> None:
    explained = plan(connection, select(Asked(node, reach), Page(20), declared=DECLARED))
    for index in wanted:
        assert f"Index Scan on {index} " in explained
    assert "Seq Scan" not in explained


def test_the_page_of_one_owner_goes_on_by_the_key(connection: "psycopg.Connection[Any]") -> None:
    asked = Asked(HasType(("T7", "T8")), Owned((7,)))
    explained = plan(connection, select(asked, Page(20, Key("urn:ngsi-ld:T7:0000007", 7)), declared=DECLARED))
    assert "Seq Scan" not in explained


def test_what_the_index_finds_is_what_is_there(connection: "psycopg.Connection[Any]") -> None:
    node = And((HasType(("T7",)), Compare(Path("temperature"), ">", (Number(20),)), NEAR))
    indexed = database.run(connection, select(Asked(node), Page(1_000), columns=("id",), declared=DECLARED))
    plain = database.run(connection, select(Asked(node), Page(1_000), columns=("id",)))
    assert indexed == plain != []


def test_an_index_stands_only_for_conditions_of_its_kind() -> None:
    number, text = (Number(1),), (Text("a", "a"),)
    assert serves("number", Compare(Path("t"), ">=", number))
    assert not serves("number", Compare(Path("t"), "!=", number))
    assert not serves("number", Compare(Path("t"), "==", (*number, *text)))
    assert not serves("number", Compare(Path("t", ("s",)), "==", number))
    assert not serves("number", Compare(Path("t", trailing=("x",)), "==", number))
    assert not serves("number", Compare(Path("t", member="unitCode"), "==", text))
    assert not serves(None, Compare(Path("t"), "==", number))
    assert not serves("datetime", Compare(Path("t"), "==", (Instant("2026-01-01", "date"),)))
