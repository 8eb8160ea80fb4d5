from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.faces.ngsi.entity_samples import CONTEXT, EVERY_KIND, LATER, NOW, POINT, entities

from hitotsu.faces.ngsi.entities.geojson import feature, feature_collection
from hitotsu.faces.ngsi.entities.linked import flattened
from hitotsu.faces.ngsi.entities.operations import create
from hitotsu.faces.ngsi.entities.reading import read_entity
from hitotsu.faces.ngsi.entities.rules import NULL, Record
from hitotsu.faces.ngsi.entities.views import CONCISE, SIMPLIFIED, View, choose_language, parse_languages
from hitotsu.faces.ngsi.entities.writing import Writer, encode


def record_of(payload: dict[str, Any]) -> Record:
    return create(read_entity(payload, CONTEXT), NOW).record


def write(record: Record, view: View | None = None, **options: Any) -> dict[str, Any]:
    return Writer(CONTEXT, view or View(), **options).entity(record)


def test_every_kind_comes_back_as_it_went_in() -> None:
    assert write(record_of(EVERY_KIND)) == EVERY_KIND
    assert msgspec.json.decode(encode(write(record_of(EVERY_KIND)))) == EVERY_KIND


@given(entities())
def test_normalised_comes_back_as_it_went_in(payload: dict[str, Any]) -> None:
    assert write(record_of(payload)) == payload


@given(entities())
def test_concise_says_the_same_as_normalised_in_no_more_words(payload: dict[str, Any]) -> None:
    record = record_of(payload)
    concise = write(record, View(CONCISE))
    assert record_of(concise) == record
    assert len(encode(concise)) <= len(encode(payload))


@given(entities())
def test_simplified_holds_the_values_alone(payload: dict[str, Any]) -> None:
    simplified = write(record_of(payload), View(SIMPLIFIED))

    def simple(attribute: Any) -> Any:
        if isinstance(attribute, list):
            return {"dataset": {one.get("datasetId", "@none"): simple(one) for one in attribute}}
        match attribute["type"]:
            case "Property" | "GeoProperty":
                return attribute["value"]
            case "Relationship":
                return attribute["object"]
            case "ListProperty":
                return attribute["valueList"]
            case "ListRelationship":
                return [one["object"] for one in attribute["objectList"]]
        (member,) = attribute.keys() & {"languageMap", "vocab", "json"}
        return {member: attribute[member]}

    expected = {
        name: value if name in ("id", "type", "scope") else simple(value) for name, value in payload.items()
    }
    assert simplified == expected


@pytest.mark.parametrize(
    ("value", "concise"),
    [
        (5, 5),
        ({"street": "大町"}, {"street": "大町"}),
        ({"value": 5}, {"value": {"value": 5}}),
        ({"type": "PostalAddress"}, {"value": {"type": "PostalAddress"}}),
        ({"unitCode": "CEL"}, {"value": {"unitCode": "CEL"}}),
        ({"object": "urn:a:b", "n": 1}, {"value": {"object": "urn:a:b", "n": 1}}),
        (POINT, {"type": "Property", "value": POINT}),
        ([], []),
        ([1, {"value": 1}], [1, {"value": 1}]),
        ([{"value": 1}], {"value": [{"value": 1}]}),
        ([{"day": "月"}], [{"day": "月"}]),
    ],
)
def test_concise_values_are_not_taken_for_attributes(value: Any, concise: Any) -> None:
    payload = {"id": "urn:a:b", "type": "Vehicle", "x": {"type": "Property", "value": value}}
    written = write(record_of(payload), View(CONCISE))
    assert written["x"] == concise
    assert record_of(written) == record_of(payload)


def test_concise_instances_of_one_attribute_are_objects() -> None:
    instances = [{"type": "Property", "value": 5}, {"type": "Property", "value": 6, "datasetId": "urn:d:1"}]
    payload = {"id": "urn:a:b", "type": "Vehicle", "x": instances}
    written = write(record_of(payload), View(CONCISE))
    assert written["x"] == [{"value": 5}, {"value": 6, "datasetId": "urn:d:1"}]
    assert record_of(written) == record_of(payload)


def test_concise_of_every_kind() -> None:
    concise = write(record_of(EVERY_KIND), View(CONCISE))
    assert concise["location"] == POINT
    assert concise["speed"][0] == {"value": 55, "unitCode": "KMH", "observedAt": "2026-04-01T08:59:00Z"}
    assert concise["speed"][1]["source"] == {"value": "GPS", "valueType": "xsd:string"}
    assert concise["isParked"]["providedBy"]["trust"] == 0.9
    assert concise["route"] == {"objectList": ["urn:ngsi-ld:Stop:1", "urn:ngsi-ld:Stop:2"]}
    assert concise["ticket"] == {"json": {"id": 7, "value": None, "type": "raw"}}
    assert "type" not in concise["label"]


def test_without_the_context_names_are_iris() -> None:
    from hitotsu.faces.ngsi.contexts.context import CORE_CONTEXT

    written = Writer(CORE_CONTEXT, View()).entity(record_of(EVERY_KIND))
    assert written["type"] == ["https://example.org/Vehicle", "Bus"]
    assert "https://example.org/speed" in written
    assert written["weather"]["vocab"] == ["https://example.org/weather/Sunny", "Windy"]


def test_system_attributes_are_shown_when_asked_for() -> None:
    written = write(record_of(EVERY_KIND), View(sys_attrs=True))
    assert written["createdAt"] == written["modifiedAt"] == NOW
    assert written["isParked"]["createdAt"] == NOW
    assert written["isParked"]["providedBy"]["trust"]["modifiedAt"] == NOW
    assert "createdAt" not in encode(write(record_of(EVERY_KIND))).decode()


@pytest.mark.parametrize(
    ("view", "members"),
    [
        (View(attrs=frozenset({"label"})), {"id", "type", "scope", "label"}),
        (View(pick={"label": None}), {"label"}),
        (View(pick={"id": None, "type": None, "label": None}), {"id", "type", "label"}),
        (View(omit={"id": None, "scope": None, "label": None}), EVERY_KIND.keys() - {"id", "scope", "label"}),
        (View(pick={"id": None, "label": None}, omit={"id": None}), {"label"}),
        (View(datasets=frozenset({"urn:ngsi-ld:Dataset:gps"})), {"id", "type", "scope", "speed"}),
        (View(omit={"isParked": {"name": None}}), EVERY_KIND.keys()),
    ],
)
def test_projection(view: View, members: set[str]) -> None:
    assert write(record_of(EVERY_KIND), view).keys() == members


def test_datasets_choose_instances() -> None:
    record = record_of(EVERY_KIND)
    gps = write(record, View(datasets=frozenset({"urn:ngsi-ld:Dataset:gps"})))["speed"]
    assert gps["datasetId"] == "urn:ngsi-ld:Dataset:gps"
    default = write(record, View(datasets=frozenset({"@none"})))
    assert default["speed"]["value"] == 55
    assert "datasetId" not in default["speed"]
    assert write(record, View(SIMPLIFIED))["speed"] == {
        "dataset": {"@none": 55, "urn:ngsi-ld:Dataset:gps": 54.5}
    }


@pytest.mark.parametrize(
    ("wanted", "tags", "chosen"),
    [
        ("en", ["ja", "en"], "en"),
        ("EN", ["ja", "en"], "en"),
        ("en-GB", ["ja", "en"], "en"),
        ("en", ["ja", "en-GB"], "en-GB"),
        ("fr;q=0.5,ja", ["fr", "ja"], "ja"),
        ("fr-CH,fr;q=0.9,en;q=0.8,*;q=0.5", ["nl", "en"], "en"),
        ("*", ["fr", "nl"], "fr"),
        ("*", ["fr", "@none"], "@none"),
        ("de", ["fr", "nl"], "fr"),
        ("de;q=nonsense", ["fr", "de"], "fr"),
        ("", ["fr"], "fr"),
    ],
)
def test_languages(wanted: str, tags: list[str], chosen: str) -> None:
    assert choose_language(tags, parse_languages(wanted)) == chosen


def test_a_language_makes_a_property_of_a_language_property() -> None:
    record = record_of(EVERY_KIND)
    view = View(languages=parse_languages("ja"))
    assert write(record, view)["label"] == {"type": "Property", "value": "除雪車", "lang": "ja"}
    assert write(record, View(SIMPLIFIED, languages=("en",)))["label"] == ["snow plough", "plow"]


def test_expired_attributes_are_not_shown() -> None:
    payload = EVERY_KIND | {
        "gone": {"type": "Property", "value": 1, "expiresAt": "2026-04-01T08:00:00Z"},
        "there": {"type": "Property", "value": 1, "expiresAt": "2026-04-01T09:00:00.5Z"},
    }
    written = write(record_of(payload), View(now="2026-04-01T09:00:00Z"))
    assert "gone" not in written
    assert written["there"]["expiresAt"] == "2026-04-01T09:00:00.5Z"


def test_notifications_tell_what_was_before_and_what_is_gone() -> None:
    instances = [
        {"type": "LanguageProperty", "value": NULL, "deletedAt": LATER, "previous": {"ja": "雪"}},
    ]
    assert Writer(CONTEXT, View()).attribute(instances) == {
        "type": "LanguageProperty",
        "languageMap": {"@none": NULL},
        "deletedAt": LATER,
        "previousLanguageMap": {"ja": "雪"},
    }


CITY = record_of(
    {
        "id": "urn:ngsi-ld:City:1",
        "type": "City",
        "name": {"type": "Property", "value": "会津若松市"},
        "inside": {"type": "Relationship", "object": "urn:ngsi-ld:Prefecture:07"},
    }
)
PREFECTURE = record_of(
    {
        "id": "urn:ngsi-ld:Prefecture:07",
        "type": "Prefecture",
        "name": {"type": "Property", "value": "福島県"},
        "capital": {"type": "Relationship", "object": "urn:ngsi-ld:City:1"},
    }
)
BUILDING = record_of(
    {
        "id": "urn:ngsi-ld:Building:1",
        "type": "Building",
        "locatedAt": {"type": "Relationship", "object": "urn:ngsi-ld:City:1"},
        "near": {"type": "ListRelationship", "objectList": ["urn:ngsi-ld:City:1", "urn:ngsi-ld:None:1"]},
    }
)
STORE = {record["id"]: record for record in (CITY, PREFECTURE, BUILDING)}


def test_linked_entities_inline() -> None:
    written = write(BUILDING, lookup=STORE.get, level=1)
    assert written["locatedAt"]["object"] == "urn:ngsi-ld:City:1"
    assert written["locatedAt"]["entity"] == write(CITY)
    assert written["near"]["entityList"] == [write(CITY)]
    simplified = write(BUILDING, View(SIMPLIFIED), lookup=STORE.get, level=2)
    assert simplified["locatedAt"]["inside"]["name"] == "福島県"
    assert simplified["near"][1] == "urn:ngsi-ld:None:1"


def test_links_back_end_the_join() -> None:
    written = write(CITY, lookup=STORE.get, level=10)
    prefecture = written["inside"]["entity"]
    assert prefecture["capital"] == {"type": "Relationship", "object": "urn:ngsi-ld:City:1"}


def test_a_projection_reaches_into_linked_entities() -> None:
    pick = {"id": None, "locatedAt": {"id": None, "inside": {"name": None}}}
    written = write(BUILDING, View(SIMPLIFIED, pick=pick), lookup=STORE.get, level=2)
    assert written == {
        "id": "urn:ngsi-ld:Building:1",
        "locatedAt": {"id": "urn:ngsi-ld:City:1", "inside": {"name": "福島県"}},
    }
    omit = {"type": None, "near": None, "locatedAt": {"name": None, "inside": None}}
    written = write(BUILDING, View(SIMPLIFIED, omit=omit), lookup=STORE.get, level=2)
    assert written == {
        "id": "urn:ngsi-ld:Building:1",
        "locatedAt": {"id": "urn:ngsi-ld:City:1", "type": "City"},
    }


def test_linked_entities_flat() -> None:
    view = View(SIMPLIFIED, pick={"id": None, "locatedAt": {"name": None, "inside": None}})
    rows = flattened([BUILDING], view, STORE.get, 1)
    assert [write(record, its_view) for record, its_view in rows] == [
        {"id": "urn:ngsi-ld:Building:1", "locatedAt": "urn:ngsi-ld:City:1"},
        {"name": "会津若松市", "inside": "urn:ngsi-ld:Prefecture:07"},
    ]
    assert [record["id"] for record, _ in flattened([BUILDING, CITY], View(), STORE.get, 5)] == [
        "urn:ngsi-ld:Building:1",
        "urn:ngsi-ld:City:1",
        "urn:ngsi-ld:Prefecture:07",
    ]


def test_features() -> None:
    record = record_of(EVERY_KIND)
    view = View()
    written = feature(record, Writer(CONTEXT, view), view)
    assert written["id"] == EVERY_KIND["id"]
    assert written["type"] == "Feature"
    assert written["geometry"] == POINT
    assert written["properties"] == {key: value for key, value in EVERY_KIND.items() if key != "id"}
    other = View(SIMPLIFIED, geometry_property="operationSpace")
    collection = feature_collection([record, CITY], Writer(CONTEXT, other), other)
    assert collection["type"] == "FeatureCollection"
    assert [one["geometry"] for one in collection["features"]] == [None, None]
    assert collection["features"][0]["properties"]["location"] == POINT


@given(st.lists(entities(), max_size=3))
def test_writing_changes_no_record(payloads: list[dict[str, Any]]) -> None:
    records = [record_of(payload) for payload in payloads]
    before = encode(records)
    for form in ("normalized", CONCISE, SIMPLIFIED):
        encode(Writer(CONTEXT, View(form, sys_attrs=True)).entities(records))
    assert encode(records) == before
