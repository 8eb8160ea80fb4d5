from typing import Any

import pytest
from tests.faces.ngsi.entity_samples import CONTEXT, EVERY_KIND, POINT, RING

from hitotsu.faces.ngsi.entities.geometry import MAX_POSITIONS
from hitotsu.faces.ngsi.entities.instances import (
    CREATE,
    KEY_VALUES,
    MERGE,
    MERGE_KEY_VALUES,
    PARTIAL,
    UPDATE,
    Mode,
)
from hitotsu.faces.ngsi.entities.reading import read_attribute, read_entity, read_fragment
from hitotsu.faces.ngsi.entities.rules import MAX_DEPTH, MAX_INSTANCES, NULL
from hitotsu.faces.ngsi.problems import BadRequestData

HEAD = {"id": "urn:ngsi-ld:Vehicle:1", "type": "Vehicle"}


def read(**attributes: Any) -> dict[str, Any]:
    return read_entity(HEAD | attributes, CONTEXT)["attributes"]


def one(value: Any, mode: Mode = CREATE) -> Any:
    (instance,) = read_fragment({"x": value}, CONTEXT, mode)["attributes"]["x"]
    return instance


def test_every_kind_becomes_neutral() -> None:
    record = read_entity(EVERY_KIND | {"@context": "https://example.org/c.jsonld"}, CONTEXT)
    assert record["id"] == "urn:ngsi-ld:Vehicle:A4567"
    assert record["types"] == ["https://example.org/Vehicle", "Bus"]
    assert record["scope"] == ["/Fukushima/Aizu", "/Transport"]
    attributes = record["attributes"]
    default, gps = attributes["https://example.org/speed"]
    assert default == {
        "type": "Property",
        "value": 55,
        "unitCode": "KMH",
        "observedAt": "2026-04-01T08:59:00Z",
    }
    assert gps["datasetId"] == "urn:ngsi-ld:Dataset:gps"
    assert gps["sub"] == {"source": [{"type": "Property", "value": "GPS", "valueType": "xsd:string"}]}
    assert attributes["location"] == [{"type": "GeoProperty", "value": POINT}]
    assert attributes["isParked"][0]["objectType"] == "OffStreetParking"
    (provider,) = attributes["isParked"][0]["sub"]["providedBy"]
    assert provider["value"] == ["urn:ngsi-ld:Person:Bob", "urn:ngsi-ld:Person:Eve"]
    assert provider["sub"]["trust"] == [{"type": "Property", "value": 0.9}]
    assert attributes["label"][0]["value"] == {"ja": "除雪車", "en": ["snow plough", "plow"]}
    assert attributes["weather"][0]["value"] == ["https://example.org/weather/Sunny", "Windy"]
    assert attributes["periods"][0]["value"] == ["first", 2, {"third": True}]
    assert attributes["route"][0]["value"] == ["urn:ngsi-ld:Stop:1", "urn:ngsi-ld:Stop:2"]
    assert attributes["ticket"][0]["value"] == {"id": 7, "value": None, "type": "raw"}


@pytest.mark.parametrize(
    ("payload", "kind", "value"),
    [
        (5, "Property", 5),
        ("five", "Property", "five"),
        ([1, 2], "Property", [1, 2]),
        ([], "Property", []),
        ({"street": "大町"}, "Property", {"street": "大町"}),
        ([{"day": "月"}], "Property", [{"day": "月"}]),
        (POINT, "GeoProperty", POINT),
        ({"value": POINT}, "GeoProperty", POINT),
        ({"type": "Property", "value": POINT}, "Property", POINT),
        ({"value": {"type": "x"}}, "Property", {"type": "x"}),
        ({"type": "https://uri.etsi.org/ngsi-ld/Property", "value": 1}, "Property", 1),
        ({"object": "urn:a:b"}, "Relationship", "urn:a:b"),
        ({"languageMap": {"ja": "雪"}}, "LanguageProperty", {"ja": "雪"}),
        ({"vocab": "Sunny"}, "VocabProperty", "https://example.org/weather/Sunny"),
        ({"vocab": "not a name"}, "VocabProperty", "not a name"),
        ({"valueList": []}, "ListProperty", []),
        ({"objectList": ["urn:a:b", {"object": "urn:a:c"}]}, "ListRelationship", ["urn:a:b", "urn:a:c"]),
        ({"json": {"a": None}}, "JsonProperty", {"a": None}),
        (
            {"type": "Property", "value": {"@type": "@json", "@value": None}},
            "Property",
            {"@type": "@json", "@value": None},
        ),
        (
            {"type": "GeoProperty", "value": '{"type": "Point", "coordinates": [1, 2]}'},
            "GeoProperty",
            {"type": "Point", "coordinates": [1, 2]},
        ),
    ],
)
def test_concise_and_normalised_input(payload: Any, kind: str, value: Any) -> None:
    assert one(payload) == {"type": kind, "value": value}


def test_the_default_instance_comes_first_and_its_datasetid_is_not_kept() -> None:
    instances = read(x=[{"value": 2, "datasetId": "urn:d:2"}, {"value": 1, "datasetId": "@none"}])["x"]
    assert instances == [
        {"type": "Property", "value": 1},
        {"type": "Property", "value": 2, "datasetId": "urn:d:2"},
    ]


def test_system_members_of_payloads_are_passed_over_and_commas_of_timestamps_become_points() -> None:
    record = read_entity(
        HEAD
        | {
            "createdAt": "nonsense",
            "expiresAt": "2027-01-01T00:00:00,5Z",
            "x": {"value": 1, "createdAt": "x", "instanceId": "x", "observedAt": "2026-01-01T00:00:00,123Z"},
            "r": {"type": "Relationship", "object": "urn:a:b", "entity": {"id": "urn:a:b"}},
        },
        CONTEXT,
    )
    assert record["expiresAt"] == "2027-01-01T00:00:00.5Z"
    assert record["attributes"] == {
        "x": [{"type": "Property", "value": 1, "observedAt": "2026-01-01T00:00:00.123Z"}],
        "r": [{"type": "Relationship", "value": "urn:a:b"}],
    }


def test_a_proof_keeps_its_seals() -> None:
    proof = {
        "type": "Property",
        "entityIdSealed": HEAD["id"],
        "entityTypeSealed": "Vehicle",
        "value": {"type": "DataIntegrityProof"},
    }
    (instance,) = read(ngsildproof=proof)["ngsildproof"]
    assert instance["entityTypeSealed"] == "https://example.org/Vehicle"
    assert instance["entityIdSealed"] == HEAD["id"]


def test_simplified_input() -> None:
    payload = HEAD | {
        "plain": {"type": "PostalAddress", "street": "大町"},
        "label": {"languageMap": {"ja": "雪"}},
        "mood": {"vocab": "Sunny"},
        "raw": {"json": [1]},
        "location": POINT,
        "many": {"dataset": {"urn:d:1": 2, "@none": 1}},
    }
    attributes = read_entity(payload, CONTEXT, KEY_VALUES)["attributes"]
    assert attributes == {
        "plain": [{"type": "Property", "value": {"type": "PostalAddress", "street": "大町"}}],
        "label": [{"type": "LanguageProperty", "value": {"ja": "雪"}}],
        "mood": [{"type": "VocabProperty", "value": "https://example.org/weather/Sunny"}],
        "raw": [{"type": "JsonProperty", "value": [1]}],
        "location": [{"type": "GeoProperty", "value": POINT}],
        "many": [
            {"type": "Property", "value": 1},
            {"type": "Property", "value": 2, "datasetId": "urn:d:1"},
        ],
    }


NULLS: list[Any] = [
    NULL,
    {"value": NULL},
    {"type": "Property", "value": NULL},
    {"type": "Relationship", "object": NULL},
    {"type": "LanguageProperty", "languageMap": {"@none": NULL}},
    {"type": "LanguageProperty", "languageMap": NULL},
    {"type": "VocabProperty", "vocab": NULL},
    {"type": "JsonProperty", "json": NULL},
    {"type": "ListProperty", "valueList": [NULL]},
    {"type": "ListRelationship", "objectList": [{"object": NULL}]},
    {"type": "ListRelationship", "objectList": [NULL]},
    {"type": "GeoProperty", "value": NULL},
]


@pytest.mark.parametrize("payload", NULLS)
def test_ngsi_ld_null_deletes_where_the_operation_may_and_is_refused_elsewhere(payload: Any) -> None:
    for mode in (UPDATE, PARTIAL, MERGE):
        assert one(payload, mode)["value"] == NULL
    for attributes in ({"x": payload}, {"x": {"value": 1, "y": payload}}):
        with pytest.raises(BadRequestData, match=r"/x.*NGSI-LD Null"):
            read(**attributes)


def test_null_inside_a_value_is_for_merges_only() -> None:
    payload = {"value": {"a": {"b": NULL}}}
    assert one(payload, MERGE)["value"] == {"a": {"b": NULL}}
    for mode in (CREATE, UPDATE, PARTIAL):
        with pytest.raises(BadRequestData, match="/x/value/a/b"):
            one(payload, mode)
    with pytest.raises(BadRequestData, match="/x/value/a/0"):
        one({"value": {"a": [NULL]}}, MERGE)
    with pytest.raises(BadRequestData, match="/x/value/a/0/b"):
        one({"value": {"a": [{"b": NULL}]}}, MERGE)


def test_null_of_members_and_sub_attributes() -> None:
    patch = {"unitCode": NULL, "observedAt": NULL, "accuracy": NULL}
    assert read_attribute(patch, "speed", CONTEXT, PARTIAL) == (
        "https://example.org/speed",
        [{"unitCode": NULL, "observedAt": NULL, "sub": {"accuracy": [{"value": NULL}]}}],
    )
    assert one({"value": 1, "accuracy": NULL}, UPDATE) == {"type": "Property", "value": 1}
    with pytest.raises(BadRequestData, match="/datasetId"):
        read_attribute({"datasetId": NULL}, "speed", CONTEXT, PARTIAL)


def test_a_fragment_may_be_without_value_but_a_whole_attribute_may_not() -> None:
    assert read_attribute({"accuracy": {"value": 1}}, "speed", CONTEXT, PARTIAL)[1] == [
        {"sub": {"accuracy": [{"type": "Property", "value": 1, "inferred": True}]}}
    ]
    assert one({"observedAt": "2026-01-01T00:00:00Z"}, MERGE) == {"observedAt": "2026-01-01T00:00:00Z"}
    assert one({"type": "Property", "unitCode": "CEL"}, MERGE) == {"type": "Property", "unitCode": "CEL"}
    with pytest.raises(BadRequestData, match="no value"):
        one({"observedAt": "2026-01-01T00:00:00Z"})


def test_a_fragment_of_another_entity_is_refused() -> None:
    assert read_fragment({"id": "urn:a:b"}, CONTEXT, MERGE, entity_id="urn:a:b")["id"] == "urn:a:b"
    with pytest.raises(BadRequestData, match="/id"):
        read_fragment({"id": "urn:a:c"}, CONTEXT, MERGE, entity_id="urn:a:b")


def test_merge_marks_bare_values() -> None:
    assert one("雪", MERGE_KEY_VALUES) == {"type": "Property", "value": "雪", "bare": True}
    assert one("雪", MERGE) == {"type": "Property", "value": "雪", "bare": True}


def nested(depth: int) -> Any:
    payload: dict[str, Any] = {"value": 1}
    for _ in range(depth):
        payload = {"value": 1, "sub": payload}
    return payload


def deep(depth: int) -> Any:
    payload: Any = 1
    for _ in range(depth):
        payload = [payload]
    return payload


def point(*coordinates: Any) -> dict[str, Any]:
    return {"type": "GeoProperty", "value": {"type": "Point", "coordinates": list(coordinates)}}


def shape(kind: str, coordinates: Any) -> dict[str, Any]:
    return {"type": "GeoProperty", "value": {"type": kind, "coordinates": coordinates}}


# attribute payload, the pointer that the refusal names
BAD_ATTRIBUTES: list[tuple[Any, str]] = [
    (None, "/x"),
    ({"type": "Property"}, "/x"),
    ({"type": "Property", "value": None}, "/x/value"),
    ({"type": "Property", "value": {"a": [None]}}, "/x/value/a/0"),
    ({"type": "Propertyy", "value": 1}, "/x/type"),
    ({"type": ["Property"], "value": 1}, "/x/type"),
    ({"type": "PostalAddress", "street": "a"}, "/x/type"),
    ({"type": None, "value": 1}, "/x/type"),
    ({"type": "", "value": 1}, "/x/type"),
    ({"type": {}, "coordinates": []}, "/x/type"),
    ({"type": "GeoProperty", "value": {"type": [], "coordinates": []}}, "/x/value"),
    ({"type": "Property", "object": "urn:a:b"}, "/x/object"),
    ({"type": "Property", "value": 1, "object": "urn:a:b"}, "/x/object"),
    ({"value": 1, "languageMap": {"en": "x"}}, "/x"),
    ({"type": "Property", "value": 1, "previousValue": 0}, "/x/previousValue"),
    ({"type": "Property", "value": 1, "entity": {}}, "/x/entity"),
    ({"type": "Property", "value": 1, "entityIdSealed": "urn:a:b"}, "/x/entityIdSealed"),
    ({"type": "Property", "value": 1, "@context": {}}, "/x/@context"),
    ({"type": "Property", "value": 1, "objectType": "A"}, "/x/objectType"),
    ({"type": "Property", "value": 1, "unitCode": 5}, "/x/unitCode"),
    ({"type": "Property", "value": 1, "unitCode": ""}, "/x/unitCode"),
    ({"type": "Property", "value": 1, "datasetId": "no uri"}, "/x/datasetId"),
    ({"type": "Property", "value": 1, "lang": "ja"}, "/x/lang"),
    ({"type": "Property", "value": 1, "my attr": 2}, "/x/my attr"),
    ({"type": "Property", "value": 1, "id": "urn:a:b"}, "/x/id"),
    ({"type": "Property", "value": 1, "sub": {"type": "Relationship"}}, "/x/sub"),
    ({"type": "Relationship", "object": "no uri"}, "/x/object"),
    ({"type": "Relationship", "object": []}, "/x/object"),
    ({"type": "Relationship", "object": ["urn:a:b", 5]}, "/x/object/1"),
    ({"type": "Relationship", "object": "urn:a:b", "unitCode": "MTR"}, "/x/unitCode"),
    ({"type": "Relationship", "object": "urn:a:b", "valueType": "A"}, "/x/valueType"),
    ({"type": "Relationship", "object": "urn:a:b", "value": 1}, "/x/value"),
    ({"type": "ListRelationship", "objectList": "urn:a:b"}, "/x/objectList"),
    ({"type": "ListRelationship", "objectList": [{"object": "no uri"}]}, "/x/objectList/0"),
    ({"type": "ListProperty", "valueList": 5}, "/x/valueList"),
    ({"type": "ListProperty", "valueList": [1], "value": 1}, "/x/value"),
    ({"type": "JsonProperty", "json": 5}, "/x/json"),
    ({"type": "JsonProperty", "json": {}, "unitCode": "MTR"}, "/x/unitCode"),
    ({"type": "JsonProperty", "json": deep(MAX_DEPTH + 2)}, "/x/json" + "/0" * (MAX_DEPTH + 1)),
    ({"type": "VocabProperty", "vocab": 5}, "/x/vocab"),
    ({"type": "VocabProperty", "vocab": []}, "/x/vocab"),
    ({"type": "LanguageProperty", "languageMap": {}}, "/x/languageMap"),
    ({"type": "LanguageProperty", "languageMap": {"en": 5}}, "/x/languageMap/en"),
    ({"type": "LanguageProperty", "languageMap": {"en": ["a", 5]}}, "/x/languageMap/en"),
    ({"type": "LanguageProperty", "languageMap": {"": "x"}}, "/x/languageMap/"),
    ({"type": "LanguageProperty", "languageMap": {"en_US": "x"}}, "/x/languageMap/en_US"),
    ({"type": "LanguageProperty", "languageMap": {"en": "x"}, "valueType": "xsd:string"}, "/x/valueType"),
    ({"type": "LanguageProperty", "languageMap": {"en": "x"}, "unitCode": "MTR"}, "/x/unitCode"),
    ({"type": "Property", "value": deep(MAX_DEPTH + 2)}, "/x/value" + "/0" * (MAX_DEPTH + 1)),
    (nested(MAX_DEPTH + 2), "/x" + "/sub" * (MAX_DEPTH + 1)),
    ([{"value": 1}, {"value": 2}], "/x/1"),
    ([{"value": 1, "datasetId": "urn:d:1"}, {"value": 2, "datasetId": "urn:d:1"}], "/x/1"),
    ([{"value": 1}, {"value": 2, "datasetId": "@none"}], "/x/1"),
    (
        [{"value": number, "datasetId": f"urn:d:{number}"} for number in range(MAX_INSTANCES + 1)],
        f"/x/{MAX_INSTANCES}",
    ),
    ({"type": "GeoProperty", "value": 5}, "/x/value"),
    ({"type": "GeoProperty", "value": "not a geometry"}, "/x/value"),
    (shape("GeometryCollection", []), "/x/value"),
    ({"type": "GeoProperty", "value": {"type": "Point"}}, "/x/value"),
    (point(1), "/x/value/coordinates"),
    (point(1, 2, 3, 4), "/x/value/coordinates"),
    (point("1", 2), "/x/value/coordinates"),
    (point(True, 2), "/x/value/coordinates"),
    (point(37.5, 139.9), "/x/value/coordinates"),
    (shape("LineString", [[1, 2]]), "/x/value/coordinates"),
    (shape("LineString", []), "/x/value/coordinates"),
    (shape("MultiPoint", [1, 2]), "/x/value/coordinates/0"),
    (shape("Polygon", [RING[:3]]), "/x/value/coordinates/0"),
    (shape("Polygon", [[*RING[:3], [1, 1]]]), "/x/value/coordinates/0"),
    (shape("Polygon", RING), "/x/value/coordinates/0/0"),
    (shape("MultiPolygon", [[RING], [RING[:2]]]), "/x/value/coordinates/1/0"),
    (shape("MultiPoint", [[1, 2]] * (MAX_POSITIONS + 1)), "/x/value/coordinates"),
]


@pytest.mark.parametrize(("payload", "where"), BAD_ATTRIBUTES)
def test_a_bad_attribute_is_refused_with_its_place(payload: Any, where: str) -> None:
    with pytest.raises(BadRequestData) as refusal:
        read(x=payload)
    assert refusal.value.pointer == where
    assert refusal.value.detail.startswith(where + ":")


@pytest.mark.parametrize(
    "moment",
    [
        "2026-04-01",
        "2026-04-01T09:00Z",
        "2026-04-01T09:00:00",
        "2026-04-01T09:00:00+09:00",
        "2026-04-01T09:00:00.1234567Z",
        "2026-02-30T09:00:00Z",
        "2026-04-01T24:00:01Z",
        "0000-01-01T00:00:00Z",
        "２０２６-04-01T09:00:00Z",
        "2026-04-01 09:00:00Z",
        5,
        None,
        "9" * 50,
    ],
)
def test_timestamps_that_are_none(moment: Any) -> None:
    with pytest.raises(BadRequestData, match="/x/observedAt"):
        read(x={"value": 1, "observedAt": moment})
    with pytest.raises(BadRequestData, match="/expiresAt"):
        read(expiresAt=moment)


def test_the_last_moment_of_all_is_a_timestamp() -> None:
    assert one({"value": 1, "observedAt": "9999-12-31T23:59:59.999999Z"})["observedAt"].startswith("9999")


@pytest.mark.parametrize(
    ("payload", "where"),
    [
        ([], ""),
        (None, ""),
        ("x", ""),
        ({"type": "Vehicle"}, "/id"),
        ({"id": "urn:a:b"}, "/type"),
        ({"id": "no uri", "type": "A"}, "/id"),
        ({"id": NULL, "type": "A"}, "/id"),
        ({"id": 5, "type": "A"}, "/id"),
        ({"id": "urn:a:" + "x" * 65_536, "type": "A"}, "/id"),
        ({"id": "urn:a:b c", "type": "A"}, "/id"),
        ({"id": "urn:a:b", "type": "9A"}, "/type"),
        ({"id": "urn:a:b", "type": "A B"}, "/type"),
        ({"id": "urn:a:b", "type": []}, "/type"),
        ({"id": "urn:a:b", "type": ["A", 5]}, "/type"),
        ({"id": "urn:a:b", "type": NULL}, "/type"),
        (HEAD | {"scope": "9bad"}, "/scope"),
        (HEAD | {"scope": "/a//b"}, "/scope"),
        (HEAD | {"scope": "a-b"}, "/scope"),
        (HEAD | {"scope": ["/ok", "9bad"]}, "/scope"),
        (HEAD | {"scope": NULL}, "/scope"),
        (HEAD | {"scope": {"type": "Property", "value": "/a"}}, "/scope"),
        (HEAD | {"https://uri.etsi.org/ngsi-ld/scope": "/a"}, "/https:~1~1uri.etsi.org~1ngsi-ld~1scope"),
        (HEAD | {"datasetId": {"type": "Property", "value": 1}}, "/datasetId"),
        (HEAD | {"observedAt": "2026-04-01T09:00:00Z"}, "/observedAt"),
        (HEAD | {"value": 1}, "/value"),
        (HEAD | {"a.b": 1}, "/a.b"),
        (HEAD | {"a-b": 1}, "/a-b"),
        (HEAD | {"": 1}, "/"),
        (HEAD | {"@graph": []}, "/@graph"),
        (HEAD | {"x" * 600: 1}, "/" + "x" * 600),
        (HEAD | {"speed": 1, "https://example.org/speed": 2}, "/https:~1~1example.org~1speed"),
        (HEAD | {"location": 7}, "/location"),
        (HEAD | {"location": {"type": "Property", "value": POINT}}, "/location/type"),
    ],
)
def test_a_bad_entity_is_refused_with_its_place(payload: Any, where: str) -> None:
    with pytest.raises(BadRequestData) as refusal:
        read_entity(payload, CONTEXT)
    assert refusal.value.pointer == where


def test_ten_thousand_attributes_are_refused() -> None:
    with pytest.raises(BadRequestData, match="too many"):
        read(**{f"a{number}": number for number in range(10_000)})


@pytest.mark.parametrize(
    "term", ["scope", "id", "value", "observedAt", "a b", "", "https://uri.etsi.org/ngsi-ld/scope"]
)
def test_an_address_names_an_attribute(term: str) -> None:
    with pytest.raises(BadRequestData, match="not the name"):
        read_attribute({"value": 1}, term, CONTEXT)
