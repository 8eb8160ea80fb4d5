from typing import Any

import pytest
from tests.faces.ngsi.conftest import CORE, Api

ID = "urn:ngsi-ld:Subscription:1"
ENDPOINT = {"uri": "http://127.0.0.1:9/told", "accept": "application/json"}


def subscription(**members: Any) -> dict[str, Any]:
    payload = {
        "id": ID,
        "type": "Subscription",
        "entities": [{"type": "RiverGauge"}],
        "notification": {"endpoint": ENDPOINT},
    }
    return {name: value for name, value in (payload | members).items() if value is not None}


def test_a_subscription_is_given_back_as_it_was_sent(api: Api) -> None:
    sent = subscription(
        subscriptionName="水位",
        description="川の水位",
        entities=[{"type": "RiverGauge|Weir", "idPattern": "urn:.*"}, {"type": "Dam", "id": "urn:x:1"}],
        watchedAttributes=["waterLevel"],
        notificationTrigger=["attributeUpdated"],
        q="waterLevel>3;name~=川",
        geoQ={
            "georel": "near;maxDistance==1000", "geometry": "Point", "coordinates": [140, 37.5],
            "geoproperty": "place",
        },
        scopeQ="/aizu/#",
        expiresAt="2099-01-01T00:00:00Z",
        throttling=5,
        lang="ja",
        jsonldContext=CORE,
        notification={
            "attributes": ["waterLevel", "name"],
            "format": "concise",
            "showChanges": True,
            "sysAttrs": True,
            "endpoint": ENDPOINT | {"timeout": 2000, "receiverInfo": [{"key": "X-Key", "value": "1"}]},
        },
    )  # fmt: skip
    reply = api.post("subscriptions", sent)
    assert reply.status == 201, reply.body
    assert reply.headers["location"] == f"/ngsi-ld/v1/subscriptions/{ID}"
    found = api.get(f"subscriptions/{ID}")
    assert found.status == 200
    assert found.json() == sent | {"isActive": True, "status": "active"}
    assert {"createdAt", "modifiedAt"} <= api.get(f"subscriptions/{ID}?options=sysAttrs").json().keys()


def test_names_are_those_of_the_context_that_is_asked_with(api: Api) -> None:
    context = [{"Gauge": "https://example.org/Gauge", "level": "https://example.org/level"}, CORE]
    sent = subscription(
        entities=[{"type": "Gauge"}], watchedAttributes=["level"],
        notification={"attributes": ["level"], "endpoint": ENDPOINT},
    )  # fmt: skip
    reply = api.post("subscriptions", sent | {"@context": context}, content_type="application/ld+json")
    assert reply.status == 201, reply.body
    found = api.get(f"subscriptions/{ID}").json()
    assert found["entities"] == [{"type": "https://example.org/Gauge"}]
    assert found["watchedAttributes"] == ["https://example.org/level"]
    assert found["notification"]["attributes"] == ["https://example.org/level"]


def test_a_list_is_paged_and_counted(api: Api) -> None:
    for number in range(5):
        assert api.post("subscriptions", subscription(id=f"urn:x:{number}")).status == 201
    reply = api.get("subscriptions?limit=2&offset=2&count=true")
    assert [one["id"] for one in reply.json()] == ["urn:x:2", "urn:x:3"]
    assert reply.headers["ngsild-results-count"] == "5"
    assert 'rel="prev"' in reply.headers["link"]
    assert 'rel="next"' in reply.headers["link"]
    assert api.get("subscriptions?limit=0&count=true").headers["ngsild-results-count"] == "5"
    api.get("subscriptions?limit=0").refused(400, "BadRequestData")


def test_an_id_is_made_where_none_is_given(api: Api) -> None:
    location = api.post("subscriptions", subscription(id=None)).headers["location"]
    found = location.rpartition("/")[2]
    assert found.startswith("urn:ngsi-ld:Subscription:")
    assert api.get(f"subscriptions/{found}").json()["id"] == found


def test_a_fragment_replaces_members_and_takes_away_those_that_are_null(api: Api) -> None:
    assert api.post("subscriptions", subscription(description="a", q="x>1")).status == 201
    fragment = {
        "type": "Subscription", "description": "b", "q": None, "throttling": 3,
        "notification": {"format": "keyValues"},
    }  # fmt: skip
    assert api.patch(f"subscriptions/{ID}", fragment).status == 204
    found = api.get(f"subscriptions/{ID}").json()
    assert found["description"] == "b"
    assert found["throttling"] == 3
    assert "q" not in found
    assert found["notification"] == {"endpoint": ENDPOINT, "format": "keyValues"}
    api.patch(f"subscriptions/{ID}", {"timeInterval": 3}).refused(400, "BadRequestData")
    api.patch(f"subscriptions/{ID}", {"entities": None}).refused(400, "BadRequestData")
    assert api.get(f"subscriptions/{ID}").json() == found


def test_what_is_not_there_is_said_to_be_missing(api: Api) -> None:
    for method in ("GET", "DELETE"):
        api(method, f"subscriptions/{ID}").refused(404, "ResourceNotFound")
        api(method, "subscriptions/no-uri").refused(400, "BadRequestData")
    api.patch(f"subscriptions/{ID}", {"description": "x"}).refused(404, "ResourceNotFound")
    assert api.post("subscriptions", subscription()).status == 201
    api.post("subscriptions", subscription()).refused(409, "AlreadyExists")
    assert api.delete(f"subscriptions/{ID}").status == 204
    api.get(f"subscriptions/{ID}").refused(404, "ResourceNotFound")


@pytest.mark.parametrize(
    "members",
    [
        {"type": "Entity"},
        {"id": "no uri"},
        {"id": 3},
        {"entities": None},
        {"entities": []},
        {"entities": [{"id": "urn:x:1"}]},
        {"entities": [{"type": "A", "id": "no uri"}]},
        {"entities": [{"type": "A", "idPattern": "("}]},
        {"entities": [{"type": "A;;B"}]},
        {"watchedAttributes": []},
        {"watchedAttributes": [1]},
        {"timeInterval": 0},
        {"timeInterval": "1"},
        {"timeInterval": 5, "watchedAttributes": ["a"]},
        {"timeInterval": 5, "throttling": 5},
        {"throttling": -1},
        {"throttling": True},
        {"q": ""},
        {"q": "a>>1"},
        {"geoQ": {"georel": "near", "geometry": "Point", "coordinates": [1, 2]}},
        {"geoQ": {"georel": "within"}},
        {"scopeQ": "/a b"},
        {"isActive": "yes"},
        {"expiresAt": "2020-01-01T00:00:00Z"},
        {"expiresAt": "tomorrow"},
        {"expiresAt": "2099-13-01T00:00:00Z"},
        {"notificationTrigger": ["entityMoved"]},
        {"notification": None},
        {"notification": {}},
        {"notification": {"endpoint": {}}},
        {"notification": {"endpoint": {"uri": "nowhere"}}},
        {"notification": {"endpoint": {"uri": "ftp://example.org/x"}}},
        {"notification": {"endpoint": {"uri": "http://10.0.0.1/inner"}}},
        {"notification": {"endpoint": {"uri": "http://169.254.169.254/"}}},
        {"notification": {"endpoint": ENDPOINT | {"accept": "text/html"}}},
        {"notification": {"endpoint": ENDPOINT | {"receiverInfo": [{"key": "a\r\nb", "value": "x"}]}}},
        {"notification": {"endpoint": ENDPOINT, "format": "short"}},
        {"notification": {"endpoint": ENDPOINT, "attributes": []}},
        {"notification": {"endpoint": ENDPOINT, "attributes": ["a"], "pick": ["b"]}},
        {"notification": {"endpoint": ENDPOINT, "format": "keyValues", "showChanges": True}},
        {"jsonldContext": "no uri"},
    ],
)
def test_what_is_wrong_is_refused(api: Api, members: dict[str, Any]) -> None:
    api.post("subscriptions", subscription(**members)).refused(400, "BadRequestData")
    assert api.get("subscriptions").json() == []


def test_a_context_that_cannot_be_had_is_told_at_once(api: Api) -> None:
    sent = subscription(jsonldContext="http://127.0.0.1:9/context.jsonld")
    api.post("subscriptions", sent).refused(503, "LdContextNotAvailable")
