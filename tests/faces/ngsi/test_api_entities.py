from typing import Any

import pytest
from tests.faces.ngsi.conftest import CORE, Api

HOUSE = "urn:ngsi-ld:Building:house"
MERGE_PATCH = "application/merge-patch+json"


def building(name: str = "house", **attributes: Any) -> dict[str, Any]:
    return {
        "id": f"urn:ngsi-ld:Building:{name}",
        "type": "Building",
        "floors": {"type": "Property", "value": 2},
    } | attributes


def test_a_created_entity_is_found_at_its_location(api: Api) -> None:
    reply = api.post("entities", building())
    assert reply.status == 201
    assert reply.headers["location"] == f"/ngsi-ld/v1/entities/{HOUSE}"
    assert reply.body == b""
    found = api.get(f"entities/{HOUSE}")
    assert found.status == 200
    assert found.json() == building()
    assert found.headers["content-type"] == "application/json"
    assert f"<{CORE}>" in found.headers["link"]


def test_the_same_id_twice_is_a_conflict_that_changes_nothing(api: Api) -> None:
    api.made(building())
    api.post("entities", building(floors={"type": "Property", "value": 9})).refused(409, "AlreadyExists")
    assert api.get(f"entities/{HOUSE}").json() == building()


def test_an_id_with_any_characters_of_a_uri_comes_back_by_its_location(api: Api) -> None:
    entity = building() | {"id": "https://example.org/建物/a?b=c#d&e=%41"}
    location = api.post("entities", entity).headers["location"]
    assert api.get(location.removeprefix("/ngsi-ld/v1/")).json()["id"] == entity["id"]


def test_what_is_not_there_is_not_found_by_any_method(api: Api) -> None:
    api.get("entities/urn:ngsi-ld:None:1").refused(404, "ResourceNotFound")
    api.delete("entities/urn:ngsi-ld:None:1").refused(404, "ResourceNotFound")
    fragment = {"floors": {"type": "Property", "value": 3}}
    for method, path, body in (
        ("PATCH", "", fragment),
        ("PUT", "", {"type": "Building"} | fragment),
        ("POST", "/attrs", fragment),
        ("PATCH", "/attrs", fragment),
        ("PATCH", "/attrs/floors", {"value": 3}),
        ("PUT", "/attrs/floors", {"type": "Property", "value": 3}),
    ):
        api(method, f"entities/urn:ngsi-ld:None:1{path}", body).refused(404, "ResourceNotFound")
    api.delete("entities/urn:ngsi-ld:None:1/attrs/floors").refused(404, "ResourceNotFound")


@pytest.mark.parametrize("path", ["entities/no-uri", "entities/no-uri/attrs/floors"])
def test_an_id_that_is_no_uri_is_bad_data(api: Api, path: str) -> None:
    api.delete(path).refused(400, "BadRequestData")


def test_delete_takes_the_entity_away(api: Api) -> None:
    api.made(building())
    assert api.delete(f"entities/{HOUSE}").status == 204
    api.get(f"entities/{HOUSE}").refused(404, "ResourceNotFound")


def test_replace_keeps_the_creation_time_only(api: Api) -> None:
    api.made(building(colour={"type": "Property", "value": "red"}))
    before = api.get(f"entities/{HOUSE}?options=sysAttrs").json()
    entity = {"type": "Building", "height": {"type": "Property", "value": 9.5}}
    assert api.put(f"entities/{HOUSE}", entity).status == 204
    after = api.get(f"entities/{HOUSE}?options=sysAttrs").json()
    assert set(after) == {"id", "type", "createdAt", "modifiedAt", "height"}
    assert after["createdAt"] == before["createdAt"]
    assert after["modifiedAt"] > before["modifiedAt"]


def test_merge_changes_adds_and_takes_away(api: Api) -> None:
    api.made(building(colour={"type": "Property", "value": "red"}))
    patch = {"floors": {"value": 3}, "colour": "urn:ngsi-ld:null", "height": {"value": 9}}
    assert api.patch(f"entities/{HOUSE}", patch, content_type=MERGE_PATCH).status == 204
    assert api.get(f"entities/{HOUSE}?options=keyValues").json() == {
        "id": HOUSE, "type": "Building", "floors": 3, "height": 9,
    }  # fmt: skip


def test_append_overwrites_unless_told_not_to(api: Api) -> None:
    api.made(building())
    fragment = {"floors": {"type": "Property", "value": 3}, "height": {"type": "Property", "value": 9}}
    reply = api.post(f"entities/{HOUSE}/attrs?options=noOverwrite", fragment)
    assert reply.status == 207
    assert reply.json()["updated"] == ["height"]
    assert reply.json()["notUpdated"][0]["attributeName"] == "floors"
    assert api.get(f"entities/{HOUSE}?options=keyValues").json()["floors"] == 2
    assert api.post(f"entities/{HOUSE}/attrs", fragment).status == 204
    assert api.get(f"entities/{HOUSE}?options=keyValues").json()["floors"] == 3


def test_update_replaces_adds_and_takes_away_attributes(api: Api) -> None:
    api.made(building(colour={"type": "Property", "value": "red"}))
    fragment = {"floors": {"value": 3}, "height": {"value": 9}, "colour": {"value": "urn:ngsi-ld:null"}}
    assert api.patch(f"entities/{HOUSE}/attrs", fragment).status == 204
    assert api.get(f"entities/{HOUSE}?options=keyValues").json() == {
        "id": HOUSE, "type": "Building", "floors": 3, "height": 9,
    }  # fmt: skip
    nothing = api.patch(f"entities/{HOUSE}/attrs", {"colour": {"value": "urn:ngsi-ld:null"}})
    assert nothing.status == 207
    assert [one["attributeName"] for one in nothing.json()["notUpdated"]] == ["colour"]


def test_one_attribute_is_updated_in_part_replaced_and_deleted(api: Api) -> None:
    api.made(building(floors={"type": "Property", "value": 2, "unitCode": "C62"}))
    path = f"entities/{HOUSE}/attrs/floors"
    assert api.patch(path, {"value": 3}).status == 204
    assert api.get(f"entities/{HOUSE}").json()["floors"] == {
        "type": "Property", "value": 3, "unitCode": "C62",
    }  # fmt: skip
    assert api.put(path, {"type": "Property", "value": 4}).status == 204
    assert api.get(f"entities/{HOUSE}").json()["floors"] == {"type": "Property", "value": 4}
    assert api.delete(path).status == 204
    api.delete(path).refused(404, "ResourceNotFound")
    api.patch(path, {"value": 3}).refused(404, "ResourceNotFound")


def test_datasets_of_one_attribute_are_apart(api: Api) -> None:
    by = "urn:ngsi-ld:dataset:survey"
    api.made(
        building(floors=[{"type": "Property", "value": 2}, {"type": "Property", "value": 3, "datasetId": by}])
    )
    only = api.get(f"entities/{HOUSE}?datasetId={by}").json()["floors"]
    assert only == {"type": "Property", "value": 3, "datasetId": by}
    assert api.delete(f"entities/{HOUSE}/attrs/floors?datasetId={by}").status == 204
    assert api.get(f"entities/{HOUSE}").json() == building()
    api.post(f"entities/{HOUSE}/attrs", {"floors": {"type": "Property", "value": 3, "datasetId": by}})
    assert api.delete(f"entities/{HOUSE}/attrs/floors?deleteAll=true").status == 204
    assert "floors" not in api.get(f"entities/{HOUSE}").json()


def test_each_representation(api: Api) -> None:
    place = {"type": "Point", "coordinates": [139.9, 37.5]}
    api.made(building(location={"type": "GeoProperty", "value": place}))
    concise = api.get(f"entities/{HOUSE}?options=concise").json()
    assert concise == {"id": HOUSE, "type": "Building", "floors": 2, "location": place}
    assert api.get(f"entities/{HOUSE}?format=simplified").json() == concise
    feature = api.get(f"entities/{HOUSE}?options=keyValues", Accept="application/geo+json")
    assert feature.headers["content-type"] == "application/geo+json"
    assert feature.json()["type"] == "Feature"
    assert feature.json()["geometry"] == place
    assert feature.json()["properties"]["floors"] == 2


def test_attributes_can_be_chosen(api: Api) -> None:
    api.made(building(height={"type": "Property", "value": 9}))
    assert set(api.get(f"entities/{HOUSE}?attrs=height").json()) == {"id", "type", "height"}
    assert set(api.get(f"entities/{HOUSE}?pick=height").json()) == {"height"}
    assert set(api.get(f"entities/{HOUSE}?omit=height").json()) == {"id", "type", "floors"}
    api.get(f"entities/{HOUSE}?attrs=width").refused(404, "ResourceNotFound")
    api.get(f"entities/{HOUSE}?attrs=height&pick=floors").refused(400, "BadRequestData")


def test_an_expired_entity_is_gone_and_its_id_free(api: Api) -> None:
    api.made(building(expiresAt="2020-01-01T00:00:00Z"))
    api.get(f"entities/{HOUSE}").refused(404, "ResourceNotFound")
    api.patch(f"entities/{HOUSE}", {"floors": {"value": 3}}).refused(404, "ResourceNotFound")
    assert api.find(type="Building").json() == []
    assert api.get("types").json()["typeList"] == []
    api.made(building())
    assert api.get(f"entities/{HOUSE}").json() == building()


def test_head_and_trailing_slash_and_unknown_methods(api: Api) -> None:
    api.made(building())
    head = api("HEAD", f"entities/{HOUSE}")
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["content-length"]) > 2
    assert api.get("entities/?type=Building").status == 200
    wrong = api("PUT", "entities", building())
    wrong.refused(405, "MethodNotAllowed")
    assert wrong.headers["allow"] == "GET, POST"
    api.get("nowhere").refused(404, "ResourceNotFound")
