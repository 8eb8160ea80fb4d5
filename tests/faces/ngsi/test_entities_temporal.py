from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.faces.ngsi.entity_samples import CONTEXT, LATER, NAMES, NOW, attributes

from hitotsu.faces.ngsi.entities.rules import NULL, Record
from hitotsu.faces.ngsi.entities.temporal import (
    Aggregate,
    Series,
    read_evolution,
    read_evolution_attribute,
    read_evolution_fragment,
    write_aggregated_values,
    write_evolution,
    write_temporal_values,
)
from hitotsu.faces.ngsi.entities.views import View
from hitotsu.faces.ngsi.problems import BadRequestData

VEHICLE: dict[str, Any] = {
    "id": "urn:ngsi-ld:Vehicle:1",
    "type": "Vehicle",
    "speed": [
        {"type": "Property", "value": 120, "observedAt": "2020-08-01T12:03:00Z"},
        {"type": "Property", "value": 80, "observedAt": "2020-08-01T12:05:00Z"},
        {
            "type": "Property",
            "value": 79,
            "observedAt": "2020-08-01T12:05:00Z",
            "datasetId": "urn:ngsi-ld:Dataset:gps",
        },
    ],
    "label": [
        {
            "type": "LanguageProperty",
            "languageMap": {"ja": "雪", "en": "snow"},
            "observedAt": "2020-08-01T12:03:00Z",
        }
    ],
    "raw": [{"type": "JsonProperty", "json": {"a": 1}, "observedAt": "2020-08-01T12:03:00Z"}],
    "weather": [{"type": "VocabProperty", "vocab": "Sunny", "observedAt": "2020-08-01T12:03:00Z"}],
    "link": [{"type": "Relationship", "object": ["urn:a:b"], "observedAt": "2020-08-01T12:03:00Z"}],
    "periods": [{"type": "ListProperty", "valueList": [1, 2], "observedAt": "2020-08-01T12:03:00Z"}],
    "route": [
        {
            "type": "ListRelationship",
            "objectList": [{"object": "urn:a:b"}],
            "observedAt": "2020-08-01T12:03:00Z",
        }
    ],
}


def stored(record: Record) -> Record:
    """The history as the store gives it: with system times and instanceIds."""
    numbers = iter(range(1, 1000))
    return record | {
        "createdAt": NOW,
        "modifiedAt": LATER,
        "attributes": {
            name: [
                one
                | {
                    "createdAt": NOW,
                    "modifiedAt": LATER,
                    "instanceId": f"urn:ngsi-ld:Instance:{next(numbers)}",
                }
                for one in instances
            ]
            for name, instances in record["attributes"].items()
        },
    }


def without_ids(payload: dict[str, Any]) -> dict[str, Any]:
    return {
        key: [{k: v for k, v in one.items() if k != "instanceId"} for one in value]
        if isinstance(value, list) and value and isinstance(value[0], dict)
        else value
        for key, value in payload.items()
    }


def test_a_history_keeps_every_instance() -> None:
    record = stored(read_evolution(VEHICLE, CONTEXT))
    written = write_evolution(record, CONTEXT, View())
    assert written["speed"][0]["instanceId"] == "urn:ngsi-ld:Instance:1"
    assert without_ids(written) == VEHICLE


@given(st.dictionaries(NAMES, st.lists(attributes(depth=1), min_size=1, max_size=4)))
def test_a_history_comes_back_as_it_went_in(histories: dict[str, Any]) -> None:
    payload = {"id": "urn:a:b", "type": "Vehicle"} | histories
    record = stored(read_evolution(payload, CONTEXT))
    assert without_ids(write_evolution(record, CONTEXT, View())) == payload


def test_one_instance_may_come_without_its_array() -> None:
    payload = {
        "id": "urn:a:b",
        "type": "Vehicle",
        "speed": {"value": 1, "observedAt": "2020-08-01T12:03:00Z"},
    }
    written = write_evolution(stored(read_evolution(payload, CONTEXT)), CONTEXT, View(sys_attrs=True))
    assert written["speed"] == [
        {
            "type": "Property",
            "value": 1,
            "observedAt": "2020-08-01T12:03:00Z",
            "instanceId": "urn:ngsi-ld:Instance:1",
            "createdAt": NOW,
            "modifiedAt": LATER,
        }
    ]


def test_the_time_that_was_asked_by_is_shown() -> None:
    record = stored(read_evolution(VEHICLE, CONTEXT))
    written = write_evolution(record, CONTEXT, View(), "modifiedAt")
    assert written["speed"][0]["modifiedAt"] == LATER
    assert "createdAt" not in written["speed"][0]


def test_temporal_values() -> None:
    written = write_temporal_values(stored(read_evolution(VEHICLE, CONTEXT)), CONTEXT, View())
    first = "2020-08-01T12:03:00Z"
    assert written == {
        "id": "urn:ngsi-ld:Vehicle:1",
        "type": "Vehicle",
        "speed": [
            {"type": "Property", "values": [[120, first], [80, "2020-08-01T12:05:00Z"]]},
            {
                "type": "Property",
                "datasetId": "urn:ngsi-ld:Dataset:gps",
                "values": [[79, "2020-08-01T12:05:00Z"]],
            },
        ],
        "label": {
            "type": "LanguageProperty",
            "languageMaps": [[{"languageMap": {"ja": "雪", "en": "snow"}}, first]],
        },
        "raw": {"type": "JsonProperty", "jsons": [[{"json": {"a": 1}}, first]]},
        "weather": {"type": "VocabProperty", "vocabs": [[{"vocab": "Sunny"}, first]]},
        "link": {"type": "Relationship", "objects": [[["urn:a:b"], first]]},
        "periods": {"type": "ListProperty", "valueLists": [[[1, 2], first]]},
        "route": {"type": "ListRelationship", "objectLists": [[["urn:a:b"], first]]},
    }


def test_temporal_values_of_another_time_language_and_choice() -> None:
    record = stored(read_evolution(VEHICLE, CONTEXT))
    view = View(languages=("ja",), pick={"label": None})
    assert write_temporal_values(record, CONTEXT, view, "createdAt") == {
        "label": {"type": "Property", "values": [["雪", NOW]]}
    }
    view = View(
        datasets=frozenset({"urn:ngsi-ld:Dataset:gps"}), attrs=frozenset({"https://example.org/speed"})
    )
    written = write_temporal_values(record, CONTEXT, view)
    assert written["speed"]["datasetId"] == "urn:ngsi-ld:Dataset:gps"
    assert written.keys() == {"id", "type", "speed"}


def test_deleted_instances() -> None:
    history = {
        "id": "urn:a:b",
        "types": ["Vehicle"],
        "attributes": {
            "label": [{"type": "LanguageProperty", "value": NULL, "deletedAt": LATER, "createdAt": NOW}],
            "link": [{"type": "Relationship", "value": NULL, "deletedAt": LATER, "createdAt": NOW}],
        },
    }
    written = write_evolution(history, CONTEXT, View(), "deletedAt")
    assert written["label"] == [
        {"type": "LanguageProperty", "languageMap": {"@none": NULL}, "deletedAt": LATER}
    ]
    values = write_temporal_values(history, CONTEXT, View(), "deletedAt")
    assert values["link"] == {"type": "Relationship", "objects": [[NULL, LATER]]}
    assert values["label"]["languageMaps"] == [[{"languageMap": {"@none": NULL}}, LATER]]


def test_aggregated_values() -> None:
    record = {"id": "urn:a:b", "types": ["https://example.org/Vehicle"], "attributes": {}}
    hours = [Aggregate(67.0, "2020-08-01T12:00:00Z", "2020-08-01T13:00:00Z")]
    speed = "https://example.org/speed"
    aggregated = {
        speed: [
            Series("Property", None, {"avg": hours, "max": hours}),
            Series("Property", "urn:d:1", {"avg": hours, "max": []}),
        ],
        "fuel": [Series("Property", None, {"avg": hours})],
        "empty": [],
    }
    written = write_aggregated_values(record, aggregated, CONTEXT, View(omit={"fuel": None}))
    triple = [67.0, "2020-08-01T12:00:00Z", "2020-08-01T13:00:00Z"]
    assert written == {
        "id": "urn:a:b",
        "type": "Vehicle",
        "speed": [
            {"type": "Property", "avg": [triple], "max": [triple]},
            {"type": "Property", "datasetId": "urn:d:1", "avg": [triple], "max": []},
        ],
    }


def test_a_scope_has_a_history_like_an_attribute() -> None:
    payload = {
        "id": "urn:a:b",
        "type": "Vehicle",
        "scope": [
            {"type": "Property", "value": ["/A"], "observedAt": "2020-08-01T12:03:00Z"},
            {"type": "Property", "value": ["/B", "/C"], "observedAt": "2020-08-02T12:03:00Z"},
        ],
    }
    record = read_evolution(payload, CONTEXT)
    assert [one["value"] for one in record["attributes"]["scope"]] == [["/A"], ["/B", "/C"]]
    assert without_ids(write_evolution(stored(record), CONTEXT, View())) == payload


def test_fragments_and_single_instances() -> None:
    fragment = read_evolution_fragment({"speed": [{"value": 1}, {"value": 2}]}, CONTEXT, entity_id="urn:a:b")
    assert len(fragment["attributes"]["https://example.org/speed"]) == 2
    name, (instance,) = read_evolution_attribute({"type": "Property", "value": 3}, "speed", CONTEXT)
    assert (name, instance["value"]) == ("https://example.org/speed", 3)


@pytest.mark.parametrize(
    ("payload", "where"),
    [
        ({"type": "Vehicle"}, "/id"),
        ({"id": "urn:a:b", "type": "V", "speed": [{"type": "Property"}]}, "/speed/0"),
        ({"id": "urn:a:b", "type": "V", "speed": [{"value": NULL}]}, "/speed/0/value"),
        ({"id": "urn:a:b", "type": "V", "speed": [{"value": 1, "observedAt": "x"}]}, "/speed/0/observedAt"),
        ({"id": "urn:a:b", "type": "V", "scope": [{"type": "Property"}]}, "/scope/0"),
    ],
)
def test_bad_histories(payload: Any, where: str) -> None:
    with pytest.raises(BadRequestData) as refusal:
        read_evolution(payload, CONTEXT)
    assert refusal.value.pointer == where
