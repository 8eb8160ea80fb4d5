from typing import Any

import pytest
from tests.faces.ngsi.conftest import Api

KINDS = ["create", "upsert", "update", "merge"]


def entity(number: int, value: Any = 1) -> dict[str, Any]:
    return {
        "id": f"urn:ngsi-ld:Sensor:{number}",
        "type": "Sensor",
        "count": {"type": "Property", "value": value},
    }


def values(api: Api) -> dict[str, Any]:
    reply = api.find(type="Sensor", options="keyValues", limit=1000)
    return {one["id"].rpartition(":")[2]: one.get("count") for one in reply.json()}


def test_create_tells_which_were_made(api: Api) -> None:
    reply = api.post("entityOperations/create", [entity(1), entity(2)])
    assert (reply.status, reply.json()) == (201, [entity(1)["id"], entity(2)["id"]])
    reply = api.post("entityOperations/create", [entity(2, 9), entity(3)])
    assert reply.status == 207
    assert reply.json()["success"] == [entity(3)["id"]]
    (error,) = reply.json()["errors"]
    assert error["entityId"] == entity(2)["id"]
    assert error["error"]["type"].endswith("AlreadyExists")
    assert values(api) == {"1": 1, "2": 1, "3": 1}


def test_upsert_makes_and_replaces(api: Api) -> None:
    assert api.post("entityOperations/upsert", [entity(1)]).json() == [entity(1)["id"]]
    more = entity(1, 5) | {"other": {"type": "Property", "value": 1}}
    reply = api.post("entityOperations/upsert", [more, entity(2)])
    assert (reply.status, reply.json()) == (201, [entity(2)["id"]])
    assert api.post("entityOperations/upsert", [entity(1, 6)]).status == 204
    assert "other" not in api.get(f"entities/{entity(1)['id']}").json()
    api.post("entityOperations/upsert?options=update", [more])
    assert api.post("entityOperations/upsert?options=update", [entity(1, 7)]).status == 204
    assert "other" in api.get(f"entities/{entity(1)['id']}").json()
    assert values(api) == {"1": 7, "2": 1}


def test_update_and_merge_change_what_is_there(api: Api) -> None:
    api.made(entity(1), entity(2))
    reply = api.post("entityOperations/update?options=noOverwrite", [entity(1, 8)])
    assert reply.status == 207
    assert values(api)["1"] == 1
    assert api.post("entityOperations/update", [entity(1, 8)]).status == 204
    reply = api.post("entityOperations/merge", [entity(2, 9), entity(7)])
    assert (reply.status, reply.json()["success"]) == (207, [entity(2)["id"]])
    assert values(api) == {"1": 8, "2": 9}


def test_delete_takes_what_is_there(api: Api) -> None:
    api.made(entity(1), entity(2))
    reply = api.post("entityOperations/delete", [entity(1)["id"], entity(5)["id"], "no uri", 7])
    assert reply.status == 207
    assert reply.json()["success"] == [entity(1)["id"]]
    assert {one["entityId"] for one in reply.json()["errors"]} == {entity(5)["id"], "no uri", "7"}
    assert api.post("entityOperations/delete", [entity(2)["id"]]).status == 204
    assert values(api) == {}


BAD_MEMBERS: list[Any] = [
    7,
    None,
    [],
    {},
    {"id": 3, "type": "Sensor"},
    {"id": "no uri", "type": "Sensor"},
    entity(91) | {"type": 5},
    entity(92) | {"type": "a b"},
    entity(93) | {"count": {"type": "Property"}},
    entity(94) | {"count": {"type": "Property", "value": 1, "observedAt": "yesterday"}},
    entity(95) | {"owner": {"type": "Relationship", "object": "not a uri"}},
    entity(96) | {"location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [999]}}},
    entity(97) | {"@context": "https://example.org/context.jsonld"},
]


@pytest.mark.parametrize("kind", ["create", "upsert"])
@pytest.mark.parametrize("bad", BAD_MEMBERS)
def test_the_good_members_of_a_batch_land_beside_a_bad_one(api: Api, kind: str, bad: Any) -> None:
    reply = api.post(f"entityOperations/{kind}", [entity(1), bad, entity(2)])
    assert reply.status == 207, reply.body
    assert reply.json()["success"] == [entity(1)["id"], entity(2)["id"]]
    (error,) = reply.json()["errors"]
    assert error["error"]["status"] == 400
    assert values(api) == {"1": 1, "2": 1}


@pytest.mark.parametrize("kind", [*KINDS, "delete"])
@pytest.mark.parametrize("body", [[], {}, "text", 3, None])
def test_a_batch_is_a_list_with_something_in_it(api: Api, kind: str, body: Any) -> None:
    import json

    api.post(f"entityOperations/{kind}", raw=json.dumps(body).encode()).refused(400, "BadRequestData")


def test_the_same_entity_twice_in_a_batch_is_taken_in_order(api: Api) -> None:
    reply = api.post("entityOperations/upsert", [entity(1, 1), entity(1, 2), entity(1, 3)])
    assert reply.status == 201
    assert values(api) == {"1": 3}


def test_a_batch_of_thousands_lands_whole(api: Api) -> None:
    reply = api.post("entityOperations/create", [entity(number, number) for number in range(3000)])
    assert reply.status == 201
    assert len(reply.json()) == 3000
    counted = api.find(type="Sensor", limit=0, count="true")
    assert counted.headers["ngsild-results-count"] == "3000"
