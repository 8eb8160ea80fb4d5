from datetime import UTC, datetime

import pytest

from hitotsu.faces.ngsi.grammar.geography import parse_geometry, parse_geoquery
from hitotsu.faces.ngsi.grammar.ordering import parse_collation, parse_order
from hitotsu.faces.ngsi.grammar.projection import parse_projection
from hitotsu.faces.ngsi.grammar.selection import (
    parse_attributes,
    parse_id_pattern,
    parse_ids,
    parse_names,
    parse_scopes,
    parse_truth,
    parse_types,
)
from hitotsu.faces.ngsi.grammar.temporal import parse_temporal
from hitotsu.faces.ngsi.problems import BadRequestData, TooComplexQuery
from hitotsu.records.query.ast import (
    EVERYTHING,
    And,
    HasAnyAttribute,
    HasId,
    HasType,
    InScope,
    Near,
    Node,
    Or,
    Order,
    Path,
    Projected,
    Spatial,
    TimeWindow,
)


def expand(term: str) -> str:
    return {"speed": "https://example.org/speed"}.get(term, term)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("A", HasType(("A",))),
        ("*", EVERYTHING),
        ("A,B", HasType(("A", "B"))),
        ("A|B", HasType(("A", "B"))),
        ("(A;B)", HasType(("A", "B"), every=True)),
        ("A;B", HasType(("A", "B"), every=True)),
        ("(Home;Vehicle)|Motorhome", Or((HasType(("Motorhome",)), HasType(("Home", "Vehicle"), every=True)))),
        ("((A|B);C)", And((HasType(("C",), every=True), HasType(("A", "B"))))),
        ("https://example.org/Type", HasType(("https://example.org/Type",))),
    ],
)
def test_types(written: str, meant: Node) -> None:
    assert parse_types(written, expand) == meant


@pytest.mark.parametrize("written", ["", ",", "A,", "(A", "A)", "()", "A;;B", "A B", "<A>"])
def test_types_that_cannot_be_read(written: str) -> None:
    with pytest.raises(BadRequestData):
        parse_types(written, expand)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("/Madrid", InScope(("Madrid",))),
        ("/Madrid/Gardens/#", InScope(("Madrid", "Gardens"), below=True)),
        ("/Madrid/+/ParqueNorte", InScope(("Madrid", None, "ParqueNorte"))),
        ("/#", InScope((), below=True)),
        ("/A,/B", Or((InScope(("A",)), InScope(("B",))))),
        ("(/A/B;/C)|D", Or((And((InScope(("A", "B")), InScope(("C",)))), InScope(("D",))))),
    ],
)
def test_scopes(written: str, meant: Node) -> None:
    assert parse_scopes(written) == meant


@pytest.mark.parametrize("written", ["", "/", "//a", "/a/", "/#/a", "/a/#/b", "/a b", "(/a", "/a;"])
def test_scopes_that_cannot_be_read(written: str) -> None:
    with pytest.raises(BadRequestData):
        parse_scopes(written)


def test_lists() -> None:
    assert parse_ids("urn:a:1,urn:a:2,urn:a:1") == HasId(("urn:a:1", "urn:a:2"))
    assert parse_attributes("speed,a", expand) == HasAnyAttribute(("https://example.org/speed", "a"))
    assert parse_names("a,b,a", expand) == ("a", "b")
    assert parse_id_pattern("^urn:a:").pattern.found_in("urn:a:1")
    assert parse_truth("true", "local")
    for refused in (
        lambda: parse_ids("no uri"),
        lambda: parse_ids(""),
        lambda: parse_ids("urn:a:1,,urn:a:2"),
        lambda: parse_names("a,", expand),
        lambda: parse_names('a"b', expand),
        lambda: parse_id_pattern("("),
        lambda: parse_id_pattern(""),
        lambda: parse_truth("yes", "local"),
    ):
        with pytest.raises(BadRequestData):
            refused()
    with pytest.raises(TooComplexQuery):
        parse_ids(",".join(["urn:a"] * 1_001))


POINT = {"type": "Point", "coordinates": [8, 40]}


def geoquery(
    georel: str | None, geometry: str | None = "Point", coordinates: str | None = "[8,40]"
) -> object:
    return parse_geoquery(
        georel=georel, geometry=geometry, coordinates=coordinates, geoproperty=None, expand=expand
    )


def test_geoqueries() -> None:
    assert geoquery("near;maxDistance==2000") == Near(POINT, most=2_000.0)
    assert geoquery("near;minDistance==1.5") == Near(POINT, least=1.5)
    assert geoquery("near;minDistance==1;maxDistance==2") == Near(POINT, most=2.0, least=1.0)
    assert geoquery("within") == Spatial("within", POINT)
    assert geoquery(None, None, None) is None
    named = parse_geoquery(
        georel="equals", geometry="Point", coordinates=[8, 40], geoproperty="speed", expand=expand
    )
    assert named == Spatial("equals", POINT, "https://example.org/speed")


@pytest.mark.parametrize(
    ("georel", "geometry", "coordinates"),
    [
        (None, "Point", "[8,40]"),
        ("within", None, "[8,40]"),
        ("within", "Point", None),
        ("near", "Point", "[8,40]"),
        ("near;maxDistance==0", "Point", "[8,40]"),
        ("near;maxDistance==-1", "Point", "[8,40]"),
        ("near;maxDistance=1", "Point", "[8,40]"),
        ("near;maxDistance==1;maxDistance==2", "Point", "[8,40]"),
        ("within;maxDistance==1", "Point", "[8,40]"),
        ("touches", "Point", "[8,40]"),
        ("within", "GeometryCollection", "[]"),
        ("within", "Circle", "[8,40]"),
        ("within", "Point", "8,40"),
        ("within", "Point", "[8]"),
        ("within", "Point", "[40,100]"),
        ("within", "Point", '["8","40"]'),
        ("within", "Point", "[8,40"),
        ("within", "Point", "[" * 5_000),
        ("within", "Point", "{}"),
        ("within", "Polygon", "[[[0,0],[1,1],[1,0],[0,1],[0,0]]]"),
        ("within", "Polygon", "[[0,0],[1,1]]"),
        ("within", "LineString", "[[0,0]]"),
    ],
)
def test_geoqueries_that_cannot_be_read(
    georel: str | None, geometry: str | None, coordinates: str | None
) -> None:
    with pytest.raises(BadRequestData):
        geoquery(georel, geometry, coordinates)


def test_a_geometry_too_large_to_compare_with_is_refused() -> None:
    with pytest.raises(TooComplexQuery):
        parse_geometry("MultiPoint", [[0.0, 0.0]] * 10_001)
    with pytest.raises(TooComplexQuery):
        parse_geometry("MultiPoint", "[" + "[0,0]," * 200_000 + "[0,0]]")


def test_temporal_queries() -> None:
    at, end = datetime(2017, 12, 13, 14, 20, tzinfo=UTC), datetime(2017, 12, 13, 14, 40, tzinfo=UTC)

    def temporal(
        relation: str | None, time_at: str | None, end_at: str | None = None, member: str | None = None
    ) -> object:
        return parse_temporal(timerel=relation, time_at=time_at, end_time_at=end_at, timeproperty=member)

    assert temporal("before", "2017-12-13T14:20:00Z") == TimeWindow("observedAt", end=at)
    assert temporal("after", "2017-12-13T14:20:00.0Z") == TimeWindow("observedAt", start=at)
    assert temporal("between", "2017-12-13T14:20:00Z", "2017-12-13T14:40:00Z", "modifiedAt") == TimeWindow(
        "modifiedAt", at, end
    )
    assert temporal(None, None) is None
    for refused in (
        ("before", None),
        (None, "2017-12-13T14:20:00Z"),
        ("since", "2017-12-13T14:20:00Z"),
        ("between", "2017-12-13T14:20:00Z"),
        ("before", "2017-12-13"),
        ("before", "2017-12-13T14:20:00+09:00"),
        ("before", "2017-13-13T14:20:00Z"),
        ("before", "0000-01-01T00:00:00Z"),
        ("before", "2017-12-13T14:20:00Z", "x"),
        ("before", "2017-12-13T14:20:00Z", None, "birthday"),
    ):
        with pytest.raises(BadRequestData):
            temporal(*refused)


def test_orders() -> None:
    assert parse_order("name", expand) == (Order(Path("name")),)
    assert parse_order("name,speed;desc", expand) == (
        Order(Path("name")),
        Order(Path("https://example.org/speed"), True),
    )
    assert parse_order("address[city];asc", expand) == (Order(Path("address", trailing=("city",))),)
    assert parse_order("name.observedAt", expand) == (Order(Path("name", member="observedAt")),)
    assert parse_order("type,id;desc", expand) == (
        Order(Path("", member="type")),
        Order(Path("", member="id"), True),
    )
    assert parse_order("location;dist-desc", expand, order_from="[8,40]") == (
        Order(Path("location"), True, POINT),
    )
    line = parse_order("location;dist-asc", expand, order_from="[[8,40],[9,42]]", order_geometry="LineString")
    assert line[0].distance_from == {"type": "LineString", "coordinates": [[8, 40], [9, 42]]}
    assert parse_collation("de-u-co-phonebk") == "de-u-co-phonebk"
    for refused in ("", "a,", "a;up", "a;", "a[", "a[]", "location;dist-asc", "1"):
        with pytest.raises(BadRequestData):
            parse_order(refused, expand)
    with pytest.raises(BadRequestData):
        parse_order("id;dist-asc", expand, order_from="[8,40]")
    with pytest.raises(BadRequestData):
        parse_collation('x" DESC --')
    with pytest.raises(TooComplexQuery):
        parse_order(",".join("abcdefghi"), expand)


def test_projections() -> None:
    assert parse_projection("id,speed", expand, "pick") == (
        Projected("id"),
        Projected("https://example.org/speed"),
    )
    assert parse_projection("a{b|c{d}},e", expand, "pick") == (
        Projected("a", (Projected("b"), Projected("c", (Projected("d"),)))),
        Projected("e"),
    )
    for refused in ("", ",", "a{", "a{}", "a}", "a b"):
        with pytest.raises(BadRequestData):
            parse_projection(refused, expand, "omit")
    with pytest.raises(TooComplexQuery):
        parse_projection("a{" * 40 + "b" + "}" * 40, expand, "pick")
