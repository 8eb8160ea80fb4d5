import math
import os
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import shape
from tests.records import query_database as database

from hitotsu.records.query import evaluate, geo
from hitotsu.records.query.ast import And, HasType, Near, Node, Not, Or, Order, Path, Spatial
from hitotsu.records.query.errors import QueryRefused, TooComplex
from hitotsu.records.query.statements import Asked, Key, Page, count, select

RELATIONS = ["within", "contains", "intersects", "equals", "disjoint", "overlaps"]
# A grid, so that edges and corners meet often; far north and at the antimeridian too.
longitudes = st.sampled_from([-180.0, -179.9, 0.0, 1.0, 2.0, 3.0, 139.9, 140.0, 179.9, 180.0])
latitudes = st.sampled_from([-90.0, -60.0, 0.0, 1.0, 2.0, 3.0, 37.4, 37.5, 80.0, 89.99, 90.0])
points = st.builds(lambda x, y: {"type": "Point", "coordinates": [x, y]}, longitudes, latitudes)
lines = st.lists(st.tuples(longitudes, latitudes), min_size=2, max_size=3, unique=True).map(
    lambda places: {"type": "LineString", "coordinates": [list(place) for place in places]}
)


@st.composite
def squares(draw: st.DrawFn) -> dict[str, Any]:
    west, south = draw(st.sampled_from([0, 1, 2, 139])), draw(st.sampled_from([0, 1, 2, 37]))
    east, north = west + draw(st.sampled_from([0.5, 1, 2])), south + draw(st.sampled_from([0.5, 1, 2]))
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


geometries = st.one_of(points, points, lines, squares())


@pytest.fixture(scope="module")
def connection(make_database: Callable[[str], str]) -> Iterator["psycopg.Connection[Any]"]:
    with psycopg.connect(make_database(f"test_query_geo_{os.getpid()}"), autocommit=True) as opened:
        database.prepare(opened)
        yield opened


def record(number: int, places: list[Any], attribute: str = "location") -> dict[str, Any]:
    return {
        "id": f"urn:ngsi-ld:T:{number}",
        "types": ["T"],
        "attributes": {attribute: [{"type": "GeoProperty", "value": place} for place in places]}
        if places
        else {},
        "createdAt": "2026-01-01T00:00:00.000000Z",
        "modifiedAt": "2026-01-01T00:00:00.000000Z",
    }


def found(connection: "psycopg.Connection[Any]", node: Node, records: list[dict[str, Any]]) -> set[str]:
    """What the store finds: sure rows as they are, the others asked again."""
    statement = select(Asked(node), Page(100), columns=("id",))
    by_id = {each["id"]: each for each in records}
    again = evaluate.compile_test(And(statement.recheck))
    rows = database.run(connection, statement)
    sure = {row[0] for row in rows if row[1]}
    wanted = {row[0] for row in rows if row[1] or again(by_id[row[0]])}
    assert database.run(connection, count(Asked(node)))[0][0] == len(sure)
    unsure = select(Asked(node), Page(100), columns=("id",), only_unsure=True)
    assert {row[0] for row in database.run(connection, unsure)} == {row[0] for row in rows} - sure
    return wanted


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    places=st.lists(st.lists(geometries, max_size=2), min_size=1, max_size=5),
    reference=geometries,
    relation=st.sampled_from(RELATIONS),
    metres=st.tuples(*[st.sampled_from([None, 1.0, 5_000.0, 120_000.0, 2_000_000.0])] * 2),
    attribute=st.sampled_from(["location", "observationSpace"]),
    indexed=st.booleans(),
)
def test_statement_and_memory_find_the_same_places(
    connection: "psycopg.Connection[Any]",
    places: list[list[Any]],
    reference: dict[str, Any],
    relation: Any,
    metres: tuple[float | None, float | None],
    attribute: str,
    indexed: bool,
) -> None:
    records = [record(number, each, attribute) for number, each in enumerate(places)]
    with connection.transaction(force_rollback=True):
        connection.execute(f"SET LOCAL enable_seqscan = {'off' if indexed else 'on'}")
        database.insert(connection, records)
        for node in (Spatial(relation, reference, attribute), Near(reference, attribute, *metres)):
            in_memory = {each["id"] for each in records if evaluate.holds(node, each)}
            assert found(connection, node, records) == in_memory, node
            if isinstance(node, Spatial):
                wanted = {
                    each["id"]
                    for each, geometries_of in zip(records, places, strict=True)
                    if any(getattr(shape(place), relation)(shape(reference)) for place in geometries_of)
                }
                assert in_memory == wanted


@given(points, points)
def test_the_distance_is_that_of_the_sphere(here: dict[str, Any], there: dict[str, Any]) -> None:
    (west, south), (east, north) = here["coordinates"], there["coordinates"]
    corners = [
        (
            math.cos(math.radians(y)) * math.cos(math.radians(x)),
            math.cos(math.radians(y)) * math.sin(math.radians(x)),
            math.sin(math.radians(y)),
        )
        for x, y in ((west, south), (east, north))
    ]
    chord = math.dist(*corners)
    assert geo.distance(west, south, east, north) == pytest.approx(
        2 * geo.EARTH_RADIUS * math.asin(min(1.0, chord / 2)), rel=1e-6, abs=0.01
    )


@given(points, points, st.sampled_from([1.0, 5_000.0, 120_000.0, 5_000_000.0]))
def test_boxes_hold_everything_within_the_distance(
    here: dict[str, Any], there: dict[str, Any], metres: float
) -> None:
    east, north = there["coordinates"]
    if geo.distance(*here["coordinates"], east, north) <= metres:
        assert any(
            west <= east <= far and south <= north <= top
            for west, south, far, top in geo.boxes_around(here, metres)
        )


def test_a_geometry_that_cannot_be_compared_with_is_refused() -> None:
    crossing = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    for bad in (
        crossing,
        {"type": "Circle", "coordinates": [0, 0]},
        {"type": "Point", "coordinates": []},
        {"type": "Point", "coordinates": [37.5, 139.9]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
        {"type": "LineString", "coordinates": [[0, 0]]},
        {"type": "Polygon", "coordinates": [0, 0]},
    ):
        with pytest.raises(QueryRefused):
            geo.reference(bad)
    with pytest.raises(TooComplex):
        geo.reference({"type": "MultiPoint", "coordinates": [[0.0, 0.0]] * 10_001})


def test_geometry_stands_only_where_all_must_hold() -> None:
    near = Near({"type": "Point", "coordinates": [0, 0]}, most=1.0)
    for node in (Or((near, HasType(("T",)))), Not(near)):
        with pytest.raises(QueryRefused):
            select(Asked(node), Page(1))


def test_pages_go_on_behind_the_last_record_and_by_offset(connection: "psycopg.Connection[Any]") -> None:
    records = [record(number, []) | {"ownerId": number % 2 + 1} for number in range(9)]
    records.append(records[3] | {"ownerId": 3})
    order = sorted((each["id"], each["ownerId"]) for each in records)
    with connection.transaction(force_rollback=True):
        database.insert(connection, records)
        seen: list[tuple[str, int]] = []
        after: Key | None = None
        while rows := database.run(
            connection, select(Asked(HasType(("T",))), Page(4, after), columns=("id", "owner_id"))
        ):
            seen += [(row[0], row[1]) for row in rows]
            after = Key(rows[-1][0], rows[-1][1])
        assert seen == order
        page = select(Asked(HasType(("T",))), Page(3, offset=4), columns=("id", "owner_id"))
        assert [(row[0], row[1]) for row in database.run(connection, page)] == order[4:7]


def test_an_order_follows_kinds_then_values_with_what_is_missing_last(
    connection: "psycopg.Connection[Any]",
) -> None:
    values: list[Any] = [
        2,
        10,
        "a",
        "B",
        {"k": 1},
        [1],
        True,
        "10:00:00Z",
        "2026-01-01",
        "2026-01-01T00:00:00Z",
    ]
    records = [record(number, []) for number in range(len(values) + 1)]
    for each, value in zip(records, values, strict=False):
        each["attributes"] = {
            "v": [{"type": "Property", "value": value, "sub": {"s": [{"type": "Property", "value": 1}]}}]
        }
    with connection.transaction(force_rollback=True):
        database.insert(connection, records[::-1])
        for descending, wanted in ((False, [*range(10), 10]), (True, [*range(9, -1, -1), 10])):
            order = (Order(Path("v"), descending),)
            rows = database.run(
                connection, select(Asked(HasType(("T",))), Page(20), columns=("id",), order=order)
            )
            assert [row[0] for row in rows] == [f"urn:ngsi-ld:T:{number}" for number in wanted]
        inner = (Order(Path("v", ("s",), None, ("none",))), Order(Path("", member="id"), descending=True))
        rows = database.run(connection, select(Asked(HasType(("T",))), Page(1), columns=("id",), order=inner))
        assert rows[0][0] == "urn:ngsi-ld:T:9"


def test_an_order_by_distance_puts_the_nearest_first(connection: "psycopg.Connection[Any]") -> None:
    places = [{"type": "Point", "coordinates": [139.9 + number / 10, 37.5]} for number in (2, 0, 1)]
    records = [record(number, [place]) for number, place in enumerate(places)] + [record(3, [])]
    origin = {"type": "Point", "coordinates": [139.9, 37.5]}
    with connection.transaction(force_rollback=True):
        database.insert(connection, records)
        for descending, wanted in ((False, "1203"), (True, "0213")):
            order = (Order(Path("location"), descending, origin),)
            rows = database.run(
                connection, select(Asked(HasType(("T",))), Page(9), columns=("id",), order=order)
            )
            assert "".join(row[0][-1] for row in rows) == wanted
