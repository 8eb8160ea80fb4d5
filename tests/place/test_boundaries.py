import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape

from hitotsu.place import boundaries, errors, outlines
from hitotsu.place.boundaries import Boundary, parse_boundaries, read_boundaries

SQUARE = [[139.0, 37.0], [140.0, 37.0], [140.0, 38.0], [139.0, 38.0], [139.0, 37.0]]
HOLE = [[139.2, 37.2], [139.2, 37.4], [139.4, 37.4], [139.4, 37.2], [139.2, 37.2]]


@pytest.fixture
def published(reference: Path) -> Path:
    return reference / "data" / "boundaries"


def feature(coordinates: Any, kind: str = "Polygon", **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"lg_code": "072028", "city_name": "会津若松市"} | properties,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def collection(*features: Any, **members: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features} | members).encode()


def topology(arcs: Any, objects: dict[str, Any], **members: Any) -> bytes:
    return json.dumps({"type": "Topology", "arcs": arcs, "objects": objects} | members).encode()


def only(data: bytes) -> Boundary:
    (boundary,) = parse_boundaries(data).boundaries
    return boundary


def test_a_feature_becomes_a_boundary() -> None:
    boundary = only(collection(feature([SQUARE, HOLE])))
    assert (boundary.code, boundary.name, boundary.repaired) == ("072028", "会津若松市", False)
    assert boundary.bbox == (139.0, 37.0, 140.0, 38.0)
    assert boundary.geometry["type"] == "Polygon"
    assert shape(boundary.geometry).area == pytest.approx(1 - 0.04)


def test_features_of_one_code_become_one_multipolygon() -> None:
    island = [[x + 2, y] for x, y in SQUARE]
    boundary = only(collection(feature([SQUARE]), feature([[island]], "MultiPolygon")))
    assert boundary.geometry["type"] == "MultiPolygon"
    assert shape(boundary.geometry).area == pytest.approx(2)
    assert boundary.bbox == (139.0, 37.0, 142.0, 38.0)


def test_parts_that_share_a_border_become_one_polygon() -> None:
    neighbour = [[x + 1, y] for x, y in SQUARE]
    boundary = only(collection(feature([SQUARE]), feature([neighbour])))
    assert boundary.geometry["type"] == "Polygon"


def test_polygons_within_a_geometry_collection() -> None:
    nested = feature(None)
    nested["geometry"] = {
        "type": "GeometryCollection",
        "geometries": [{"type": "Polygon", "coordinates": [SQUARE]}],
    }
    assert only(collection(nested)).bbox == (139.0, 37.0, 140.0, 38.0)


@pytest.mark.parametrize(
    "properties",
    [
        {"N03_007": "07202", "N03_004": "会津若松市"},
        {"市区町村コード": 7202, "市区町村名": "会津若松市"},
        {"code": "72028", "name": "会津若松市"},
        {"全国地方公共団体コード": "０７２０２８", "名称": "会津若松市"},
    ],
)
def test_the_attributes_that_publishers_use(properties: dict[str, Any]) -> None:
    item = feature([SQUARE])
    item["properties"] = properties
    boundary = only(collection(item))
    assert (boundary.code, boundary.name) == ("072028", "会津若松市")


def test_the_code_may_be_the_id() -> None:
    item = feature([SQUARE]) | {"properties": None, "id": "07202"}
    assert only(collection(item)).code == "072028"


def test_land_without_a_code_is_reported() -> None:
    found = parse_boundaries(
        collection(feature([SQUARE]), feature([SQUARE], lg_code=None, city_name="所属未定地"))
    )
    assert found.without_code == ("所属未定地",)
    assert [boundary.code for boundary in found.boundaries] == ["072028"]


def test_quantised_arcs_run_forwards_and_backwards() -> None:
    # Two neighbours share arc 0, the line between them; the eastern one runs it backwards.
    arcs = [
        [[10, 0], [0, 10]],
        [[10, 10], [-10, 0], [0, -10], [10, 0]],
        [[10, 0], [10, 0], [0, 10], [-10, 0]],
    ]
    geometries = [
        {"type": "Polygon", "arcs": [[0, 1]], "properties": {"lg_code": "072028"}},
        {"type": "MultiPolygon", "arcs": [[[2, -1]]], "properties": {"lg_code": "072087"}},
    ]
    west, east = parse_boundaries(
        topology(
            arcs,
            {"areas": {"type": "GeometryCollection", "geometries": geometries}},
            transform={"scale": [0.1, 0.1], "translate": [139, 37]},
        )
    ).boundaries
    assert west.bbox == (139.0, 37.0, 140.0, 38.0)
    assert east.bbox == (140.0, 37.0, 141.0, 38.0)
    assert shape(west.geometry).touches(shape(east.geometry))


def test_arcs_without_a_transform_are_absolute() -> None:
    data = topology([SQUARE], {"one": {"type": "Polygon", "arcs": [[0]], "id": "07202"}})
    assert only(data).bbox == (139.0, 37.0, 140.0, 38.0)


def test_a_spike_is_repaired_and_said() -> None:
    spiked = [*SQUARE[:2], [141.0, 37.0], [140.0, 37.0], *SQUARE[2:]]
    boundary = only(collection(feature([spiked])))
    assert boundary.repaired
    assert shape(boundary.geometry).is_valid
    assert shape(boundary.geometry).area == pytest.approx(1)


def deep(levels: int) -> bytes:
    return b'{"type":"FeatureCollection","features":' + b"[" * levels + b"]" * levels + b"}"


def nested_collections(levels: int) -> bytes:
    geometry: dict[str, Any] = {"type": "Polygon", "coordinates": [SQUARE]}
    for _ in range(levels):
        geometry = {"type": "GeometryCollection", "geometries": [geometry]}
    return collection(feature(None) | {"geometry": geometry})


BOW_TIE = [[139.0, 37.0], [140.0, 38.0], [140.0, 37.0], [139.0, 38.0], [139.0, 37.0]]
ONE_POLYGON = {"type": "Polygon", "arcs": [[0]], "id": "07202"}
TRANSFORM = {"scale": [0.1, 0.1], "translate": [139, 37]}
BAD = [
    ("empty", b"", errors.NotJson),
    ("text", "福島県".encode(), errors.NotJson),
    ("cut off", collection(feature([SQUARE]))[:-9], errors.NotJson),
    ("shift_jis", '{"type":"福島県"}'.encode("cp932"), errors.NotJson),
    ("utf-16", '{"type":"Topology"}'.encode("utf-16"), errors.NotJson),
    ("not a number", b'{"type":NaN}', errors.NotJson),
    ("deep arrays", deep(100_000), errors.TooDeep),
    ("deep collections", nested_collections(50), errors.TooDeep),
    ("list", b"[]", errors.WrongType),
    ("other object", b'{"type":"Feature"}', errors.WrongType),
    ("features missing", b'{"type":"FeatureCollection"}', errors.WrongType),
    ("no features", collection(), errors.NoFeatures),
    ("old datum", collection(feature([SQUARE]), crs={"properties": {"name": "EPSG:4301"}}), errors.WrongReferenceSystem),
    ("no codes", collection(feature([SQUARE]) | {"properties": {"name": "会津若松市"}}), errors.NoCodes),
    ("wrong check digit", collection(feature([SQUARE], lg_code="072020")), errors.InvalidCode),
    ("feature is text", collection("x"), errors.WrongGeometry),
    ("no geometry", collection(feature([SQUARE]) | {"geometry": None}), errors.WrongGeometry),
    ("point", collection(feature([139, 37], "Point")), errors.WrongGeometry),
    ("no rings", collection(feature([])), errors.WrongGeometry),
    ("empty multipolygon", collection(feature([], "MultiPolygon")), errors.WrongGeometry),
    ("three points", collection(feature([[*SQUARE[:2], SQUARE[0]]])), errors.WrongGeometry),
    ("open ring", collection(feature([SQUARE[:-1]])), errors.WrongGeometry),
    ("text as position", collection(feature([["ab", "cd", "ef", "ab"]])), errors.WrongGeometry),
    ("no surface", collection(feature([[SQUARE[0], SQUARE[1], SQUARE[0], SQUARE[0]]])), errors.WrongGeometry),
    ("swapped", collection(feature([[[y, x] for x, y in SQUARE]])), errors.SwappedCoordinates),
    ("metres", collection(feature([[[x * 1000, y * 1000] for x, y in SQUARE]])), errors.OutsideJapan),
    ("abroad", collection(feature([[[x - 100, y] for x, y in SQUARE]])), errors.OutsideJapan),
    ("huge number", collection(feature([[[10**400, 37], *SQUARE[1:]]])), errors.OutsideJapan),
    ("bow tie", collection(feature([BOW_TIE])), errors.SelfCrossing),
    ("hole outside", collection(feature([SQUARE, [[x + 2, y] for x, y in SQUARE]])), errors.SelfCrossing),
    ("no arcs", b'{"type":"Topology"}', errors.TopologyBroken),
    ("no objects", b'{"type":"Topology","arcs":[]}', errors.TopologyBroken),
    ("arc number", topology([SQUARE], {"a": ONE_POLYGON | {"arcs": [[1]]}}), errors.TopologyBroken),
    ("arc is no list", topology([1], {"a": ONE_POLYGON}), errors.TopologyBroken),
    ("bad transform", topology([SQUARE], {"a": ONE_POLYGON}, transform={"scale": 1}), errors.TopologyBroken),
    ("huge delta", topology([[[10**400, 0], *SQUARE]], {"a": ONE_POLYGON}, transform=TRANSFORM), errors.OutsideJapan),
    ("arcs that do not meet", topology([SQUARE, HOLE], {"a": ONE_POLYGON | {"arcs": [[0, 1]]}}), errors.TopologyBroken),
    ("line", topology([SQUARE], {"a": {"type": "LineString", "arcs": [0]}}), errors.WrongGeometry),
]  # fmt: skip


@pytest.mark.parametrize(("data", "error"), [pytest.param(*case[1:], id=case[0]) for case in BAD])
def test_bad_input_is_one_sentence(data: bytes, error: type[errors.PlaceError]) -> None:
    with pytest.raises(error) as caught:
        parse_boundaries(data)
    sentence = str(caught.value)
    assert 1 <= sentence.count("。") <= 2
    assert sentence.endswith("。")
    assert len(sentence) < 300


def test_one_bad_feature_refuses_the_file() -> None:
    with pytest.raises(errors.SelfCrossing, match="072087"):
        parse_boundaries(collection(feature([SQUARE]), feature([BOW_TIE], lg_code="072087")))


def test_too_many_positions(monkeypatch: pytest.MonkeyPatch) -> None:
    # One small arc that many rings run along: the file is small, what it unfolds to is not.
    monkeypatch.setattr(outlines.Counter.__init__, "__defaults__", (10_000,))
    bomb = topology([SQUARE], {"a": {"type": "MultiPolygon", "arcs": [[[0]]] * 3_000, "id": "07202"}})
    with pytest.raises(errors.TooManyValues, match="10,000"):
        parse_boundaries(bomb)


def test_too_many_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundaries, "MOST_VALUES", 1_000)
    with pytest.raises(errors.TooManyValues, match="1,000"):
        parse_boundaries(b'{"type":"FeatureCollection","features":[' + b"{}," * 2_000 + b"{}]}")


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.geojson"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(errors.FileTooLarge, match="200 MB"):
        read_boundaries(path)


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(errors.FileUnreadable):
        read_boundaries(tmp_path / "absent.geojson")
    with pytest.raises(errors.FileUnreadable):
        read_boundaries(tmp_path)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "type",
                        "features",
                        "geometry",
                        "coordinates",
                        "properties",
                        "arcs",
                        "objects",
                        "transform",
                    ]
                ),
                inner
                | st.sampled_from(["FeatureCollection", "Feature", "Topology", "Polygon", "MultiPolygon"]),
                max_size=4,
            )
        ),
        max_leaves=20,
    ),
    st.sampled_from(["FeatureCollection", "Topology"]),
)
def test_any_json_is_refused_with_a_sentence(value: Any, kind: str) -> None:
    document = {"features": value, "arcs": [SQUARE], "objects": {"a": value}, "type": kind}
    with pytest.raises(errors.PlaceError):
        parse_boundaries(json.dumps(document).encode())


def test_the_published_prefecture(published: Path) -> None:
    found = read_boundaries(published / "07_fukushima_municipalities_digital_agency_2025.geojson")
    assert len(found.boundaries) == 59
    assert found.without_code == ()
    assert {boundary.code[:2] for boundary in found.boundaries} == {"07"}
    assert all(shape(boundary.geometry).is_valid for boundary in found.boundaries)


def test_the_published_topology_agrees_with_the_published_prefecture(published: Path) -> None:
    nation = {
        b.code: b
        for b in read_boundaries(published / "digital_agency_ja_municipality_area_2025.topojson").boundaries
    }
    assert len(nation) == 1747
    for name in ("02_aomori", "07_fukushima"):
        path = published / f"{name}_municipalities_digital_agency_2025.geojson"
        for boundary in read_boundaries(path).boundaries:
            one, other = shape(boundary.geometry), shape(nation[boundary.code].geometry)
            assert one.symmetric_difference(other).area < one.area * 0.001, boundary.name
