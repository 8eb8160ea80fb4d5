import copy
from typing import Any

import pytest
from hypothesis import given
from tests.faces.ngsi.entity_samples import CONTEXT, LATER, NOW, entities

from hitotsu.faces.ngsi.entities.drafts import Outcome
from hitotsu.faces.ngsi.entities.instances import PARTIAL, UPDATE
from hitotsu.faces.ngsi.entities.operations import (
    append_attributes,
    create,
    delete_attribute,
    partial_attribute_update,
    replace_attribute,
    replace_entity,
    update_attributes,
)
from hitotsu.faces.ngsi.entities.reading import read_attribute, read_entity, read_fragment
from hitotsu.faces.ngsi.entities.rules import NULL
from hitotsu.faces.ngsi.entities.views import View
from hitotsu.faces.ngsi.entities.writing import Writer
from hitotsu.faces.ngsi.problems import BadRequestData, ResourceNotFound

ENTITY = {
    "id": "urn:ngsi-ld:Vehicle:1",
    "type": "Vehicle",
    "scope": "/A",
    "temperature": {
        "type": "Property",
        "value": 25,
        "unitCode": "CEL",
        "observedAt": "2022-03-14T01:59:26.535Z",
        "accuracy": {"type": "Property", "value": 0.5},
    },
    "seats": [
        {"type": "Property", "value": 5},
        {"type": "Property", "value": 7, "datasetId": "urn:d:1"},
    ],
}
RECORD = create(read_entity(ENTITY, CONTEXT), NOW).record
TEMPERATURE = RECORD["attributes"]["temperature"][0]


def shown(outcome: Outcome) -> dict[str, Any]:
    return Writer(CONTEXT, View()).entity(outcome.record)


def fragment(payload: dict[str, Any]) -> dict[str, Any]:
    return read_fragment(payload, CONTEXT, UPDATE)


def kinds(outcome: Outcome) -> list[tuple[str, str | None, str]]:
    return [(change.name, change.dataset, change.kind) for change in outcome.changes]


def partial(payload: Any, name: str = "temperature") -> Outcome:
    return partial_attribute_update(RECORD, *read_attribute(payload, name, CONTEXT, PARTIAL), LATER)


def test_create_stamps_everything_and_tells_it() -> None:
    outcome = create(read_entity(ENTITY, CONTEXT), NOW)
    assert outcome.record["createdAt"] == outcome.record["modifiedAt"] == NOW
    assert TEMPERATURE["createdAt"] == TEMPERATURE["sub"]["accuracy"][0]["modifiedAt"] == NOW
    assert kinds(outcome) == [
        ("temperature", None, "created"),
        ("seats", None, "created"),
        ("seats", "urn:d:1", "created"),
        ("scope", None, "created"),
    ]
    assert outcome.changes[0].new is outcome.record["attributes"]["temperature"][0]


def test_append_adds_and_replaces() -> None:
    payload = {"type": "Bus", "scope": "/B", "seats": 6, "doors": 2}
    outcome = append_attributes(RECORD, fragment(payload), LATER)
    assert shown(outcome)["seats"][0] == {"type": "Property", "value": 6}
    assert outcome.record["types"] == ["https://example.org/Vehicle", "Bus"]
    assert outcome.record["scope"] == ["/B"]
    assert outcome.updated() == ["seats", "doors", "scope"]
    seats, other = outcome.record["attributes"]["seats"]
    assert (seats["createdAt"], seats["modifiedAt"]) == (NOW, LATER)
    assert other is RECORD["attributes"]["seats"][1]
    assert (outcome.record["createdAt"], outcome.record["modifiedAt"]) == (NOW, LATER)


def test_append_without_overwriting_is_partial() -> None:
    payload = {
        "scope": ["/B"],
        "seats": [{"value": 1, "datasetId": "urn:d:1"}, {"value": 2, "datasetId": "urn:d:2"}],
        "temperature": 1,
    }
    outcome = append_attributes(RECORD, fragment(payload), LATER, overwrite=False)
    assert [one.name for one in outcome.not_updated] == ["seats", "temperature"]
    assert kinds(outcome) == [("seats", "urn:d:2", "created"), ("scope", None, "updated")]
    assert [one["value"] for one in outcome.record["attributes"]["seats"]] == [5, 7, 2]
    assert outcome.record["scope"] == ["/A", "/B"]


def test_update_replaces_the_whole_attribute() -> None:
    payload = {"temperature": {"type": "Property", "value": 100, "observedAt": "2022-03-14T13:00:00.000Z"}}
    outcome = update_attributes(RECORD, fragment(payload), LATER)
    assert shown(outcome)["temperature"] == payload["temperature"]
    assert outcome.changes[0].previous is TEMPERATURE
    assert outcome.changes[0].new is not None
    assert outcome.changes[0].new["createdAt"] == NOW


@pytest.mark.parametrize("null", [NULL, {"value": NULL}, {"type": "Property", "value": NULL}])
def test_update_deletes_by_null(null: Any) -> None:
    outcome = update_attributes(RECORD, fragment({"temperature": null, "absent": null}), LATER)
    assert "temperature" not in outcome.record["attributes"]
    assert kinds(outcome) == [("temperature", None, "deleted")]
    assert outcome.changes[0].new is None
    assert outcome.changes[0].previous is TEMPERATURE
    assert [one.name for one in outcome.not_updated] == ["absent"]


def test_update_deletes_one_dataset_by_null() -> None:
    outcome = update_attributes(RECORD, fragment({"seats": {"value": NULL, "datasetId": "urn:d:1"}}), LATER)
    assert shown(outcome)["seats"] == {"type": "Property", "value": 5}


def test_update_replaces_a_scope_but_adds_none() -> None:
    assert update_attributes(RECORD, fragment({"scope": "/B"}), LATER).record["scope"] == ["/B"]
    without = update_attributes(RECORD, fragment({"scope": NULL}), LATER)
    assert "scope" not in without.record
    assert kinds(without) == [("scope", None, "deleted")]
    assert "scope" not in update_attributes(without.record, fragment({"scope": "/B"}), LATER).record


def test_nothing_written_leaves_the_record_alone() -> None:
    outcome = update_attributes(RECORD, fragment({"absent": NULL, "type": "Vehicle"}), LATER)
    assert outcome.record is RECORD
    assert not outcome.changes


def test_partial_update_leaves_what_it_does_not_name() -> None:
    outcome = partial({"type": "Property", "value": 100, "observedAt": "2022-03-14T13:00:00.000Z"})
    assert shown(outcome)["temperature"] == ENTITY["temperature"] | {
        "value": 100,
        "observedAt": "2022-03-14T13:00:00.000Z",
    }
    new = outcome.record["attributes"]["temperature"][0]
    assert new["sub"]["accuracy"][0]["modifiedAt"] == NOW
    assert (new["createdAt"], new["modifiedAt"]) == (NOW, LATER)


def test_partial_update_of_sub_attributes() -> None:
    outcome = partial({"accuracy": {"type": "Property", "value": 0.1}, "unitCode": NULL, "source": "GPS"})
    temperature = shown(outcome)["temperature"]
    assert temperature["accuracy"] == {"type": "Property", "value": 0.1}
    assert temperature["source"] == {"type": "Property", "value": "GPS"}
    assert "unitCode" not in temperature
    accuracy = outcome.record["attributes"]["temperature"][0]["sub"]["accuracy"][0]
    assert (accuracy["createdAt"], accuracy["modifiedAt"]) == (NOW, LATER)
    assert "accuracy" not in shown(partial({"accuracy": NULL}))["temperature"]


def test_partial_update_takes_the_dataset_that_it_names() -> None:
    outcome = partial({"value": 9, "datasetId": "urn:d:1"}, "seats")
    assert [one["value"] for one in outcome.record["attributes"]["seats"]] == [5, 9]
    with pytest.raises(ResourceNotFound, match="urn:d:2"):
        partial({"value": 9, "datasetId": "urn:d:2"}, "seats")
    with pytest.raises(ResourceNotFound):
        partial({"value": 9}, "absent")


@pytest.mark.parametrize(
    "payload",
    [
        {"value": NULL},
        {"type": "Relationship", "object": "urn:a:b"},
        {"object": "urn:a:b"},
        {"type": "GeoProperty"},
        {"accuracy": {"unitCode": "CEL"}},
        {"objectType": "City"},
    ],
)
def test_partial_update_refuses_to_delete_or_to_change_the_kind(payload: Any) -> None:
    with pytest.raises(BadRequestData):
        partial(payload)


def test_partial_update_keeps_a_property_that_holds_a_geometry() -> None:
    outcome = partial({"value": {"type": "Point", "coordinates": [1, 2]}})
    assert shown(outcome)["temperature"]["type"] == "Property"


def test_replace_entity_keeps_id_and_creation() -> None:
    payload = {"id": "urn:ngsi-ld:Vehicle:1", "type": "Bus", "seats": 9, "doors": 2}
    outcome = replace_entity(RECORD, read_entity(payload, CONTEXT), LATER)
    assert shown(outcome) == payload | {
        "seats": {"type": "Property", "value": 9},
        "doors": {"type": "Property", "value": 2},
    }
    assert (outcome.record["createdAt"], outcome.record["modifiedAt"]) == (NOW, LATER)
    assert kinds(outcome) == [
        ("seats", None, "updated"),
        ("doors", None, "created"),
        ("temperature", None, "deleted"),
        ("seats", "urn:d:1", "deleted"),
        ("scope", None, "deleted"),
    ]
    assert outcome.record["attributes"]["seats"][0]["createdAt"] == NOW


def test_replace_attribute() -> None:
    name, instances = read_attribute({"value": 9, "datasetId": "urn:d:1"}, "seats", CONTEXT)
    outcome = replace_attribute(RECORD, name, instances, LATER)
    assert [one["value"] for one in outcome.record["attributes"]["seats"]] == [5, 9]
    with pytest.raises(ResourceNotFound):
        replace_attribute(RECORD, "absent", instances, LATER)


def test_delete_attribute() -> None:
    assert [
        one["value"] for one in delete_attribute(RECORD, "seats", LATER).record["attributes"]["seats"]
    ] == [7]
    one = delete_attribute(RECORD, "seats", LATER, dataset="urn:d:1")
    assert [instance["value"] for instance in one.record["attributes"]["seats"]] == [5]
    every = delete_attribute(RECORD, "seats", LATER, every=True)
    assert "seats" not in every.record["attributes"]
    assert kinds(every) == [("seats", None, "deleted"), ("seats", "urn:d:1", "deleted")]
    assert "scope" not in delete_attribute(RECORD, "scope", LATER).record


@pytest.mark.parametrize(
    "options", [{"dataset": "urn:d:2"}, {"name": "absent"}, {"name": "absent", "every": True}]
)
def test_delete_attribute_that_is_not_there(options: dict[str, Any]) -> None:
    name = options.pop("name", "seats")
    with pytest.raises(ResourceNotFound):
        delete_attribute(RECORD, name, LATER, **options)


def test_expiry_is_set_and_taken_off() -> None:
    expiring = update_attributes(RECORD, fragment({"expiresAt": "2030-01-01T00:00:00Z"}), LATER).record
    assert expiring["expiresAt"] == "2030-01-01T00:00:00Z"
    assert expiring["modifiedAt"] == LATER
    lasting = read_fragment({"expiresAt": NULL}, CONTEXT, PARTIAL)
    assert "expiresAt" not in update_attributes(expiring, lasting, LATER).record


def test_location_stays_a_geoproperty() -> None:
    name, instances = read_attribute(7, "location", CONTEXT, PARTIAL)
    with pytest.raises(BadRequestData, match="GeoProperty"):
        append_attributes(RECORD, {"attributes": {name: instances}}, LATER)


@given(entities(), entities())
def test_operations_do_not_touch_what_they_were_given(first: dict[str, Any], second: dict[str, Any]) -> None:
    record = create(read_entity(first, CONTEXT), NOW).record
    given_record = copy.deepcopy(record)
    patch = read_fragment(second, CONTEXT, UPDATE)
    given_patch = copy.deepcopy(patch)
    for outcome in (
        append_attributes(record, patch, LATER),
        append_attributes(record, patch, LATER, overwrite=False),
        update_attributes(record, patch, LATER),
        replace_entity(record, patch, LATER),
    ):
        assert record == given_record
        assert patch == given_patch
        check_told(record, outcome)


def check_told(before: dict[str, Any], outcome: Outcome) -> None:
    """What the changes tell is exactly the difference between the two records."""

    def instances(record: dict[str, Any]) -> dict[tuple[str, str | None], dict[str, Any]]:
        return {
            (name, one.get("datasetId")): one for name, many in record["attributes"].items() for one in many
        }

    replayed = instances(before)
    for change in outcome.changes:
        if change.name == "scope":
            continue
        key = (change.name, change.dataset)
        assert replayed.get(key) == change.previous
        assert (change.kind == "created") == (change.previous is None)
        if change.new is None:
            del replayed[key]
        else:
            replayed[key] = change.new
    assert replayed == instances(outcome.record)
