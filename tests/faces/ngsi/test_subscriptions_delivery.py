import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from tests.faces.ngsi.conftest import CORE, Api, Server
from tests.faces.ngsi.receiver import Receiver

from hitotsu.records.store.sessions import open_pool
from hitotsu.records.store.subscriptions import Subscriptions
from hitotsu.site.database import connection_urls

GAUGE = "urn:ngsi-ld:RiverGauge:1"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


def gauge(level: float = 1.0, entity_id: str = GAUGE, **more: Any) -> dict[str, Any]:
    return {"id": entity_id, "type": "RiverGauge", "waterLevel": {"type": "Property", "value": level}} | more


def subscribe(api: Api, receiver: Receiver, path: str = "/", **members: Any) -> str:
    notification = {"endpoint": {"uri": receiver.url + path, "accept": "application/json"}}
    notification |= members.pop("notification", {})
    payload = {"type": "Subscription", "entities": [{"type": "RiverGauge"}], "notification": notification}
    payload = {name: value for name, value in (payload | members).items() if value is not None}
    reply = api.post("subscriptions", payload)
    assert reply.status == 201, reply.body
    return reply.headers["location"].rpartition("/")[2]


def set_level(api: Api, level: float, entity_id: str = GAUGE) -> None:
    reply = api.patch(f"entities/{entity_id}/attrs", {"waterLevel": {"type": "Property", "value": level}})
    assert reply.status == 204, reply.body


def test_a_change_is_told_with_the_entity_as_it_is_then(api: Api, receiver: Receiver) -> None:
    subscription = subscribe(api, receiver)
    api.made(gauge(1.5))
    set_level(api, 2.5)
    first, second = receiver.wait_for(2)
    assert first.body["type"] == "Notification"
    assert first.body["id"].startswith("urn:ngsi-ld:Notification:")
    assert first.body["subscriptionId"] == subscription
    assert first.body["notifiedAt"].endswith("Z")
    assert first.data == [gauge(1.5)]
    assert second.data == [gauge(2.5)]
    assert first.headers["content-type"] == "application/json"
    assert CORE in first.headers["link"]
    assert first.body["id"] != second.body["id"]


def test_only_what_was_asked_for_is_told(api: Api, receiver: Receiver) -> None:
    subscribe(api, receiver, "/q", q="waterLevel>3")
    subscribe(api, receiver, "/watched", watchedAttributes=["name"])
    subscribe(api, receiver, "/id", entities=[{"type": "RiverGauge", "id": f"{GAUGE}2"}])
    subscribe(api, receiver, "/pattern", entities=[{"type": "RiverGauge", "idPattern": ".*:1$"}])
    subscribe(api, receiver, "/type", entities=[{"type": "Shelter"}])
    subscribe(api, receiver, "/scope", scopeQ="/aizu/#")
    near = {"georel": "near;maxDistance==1000", "geometry": "Point", "coordinates": [139.93, 37.49]}
    subscribe(api, receiver, "/geo", geoQ=near)
    here = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [139.931, 37.491]}}
    api.made(gauge(1.0, scope="/aizu/tadami", location=here))
    set_level(api, 3.5)
    api.patch(
        f"entities/{GAUGE}/attrs", {"location": here | {"value": {"type": "Point", "coordinates": [140, 38]}}}
    )
    api.post(f"entities/{GAUGE}/attrs", {"name": {"type": "Property", "value": "大川"}})
    subscribe(api, receiver, "/end", entities=[{"type": "End"}])
    api.made({"id": "urn:x:end", "type": "End", "a": 1})
    receiver.wait_for(1, "/end")
    assert [one.data[0]["waterLevel"]["value"] for one in receiver.wait_for(3, "/q")] == [3.5, 3.5, 3.5]
    assert [one.data[0]["name"]["value"] for one in receiver.wait_for(1, "/watched")] == ["大川"]
    assert len(receiver.wait_for(4, "/pattern")) == 4
    assert len(receiver.wait_for(4, "/scope")) == 4
    assert len(receiver.wait_for(2, "/geo")) == 2
    assert [one.path for one in receiver.received if one.path in ("/id", "/type")] == []


@pytest.mark.parametrize(
    ("trigger", "told"),
    [
        ("entityCreated", ["created"]),
        ("entityUpdated", ["updated", "appended", "removed"]),
        ("entityDeleted", ["deleted"]),
        ("attributeCreated", ["created", "appended"]),
        ("attributeUpdated", ["updated"]),
        ("attributeDeleted", ["removed"]),
    ],
)
def test_each_trigger_tells_of_what_it_names(
    api: Api, receiver: Receiver, trigger: str, told: list[str]
) -> None:
    subscribe(api, receiver, notificationTrigger=[trigger])
    subscribe(api, receiver, "/end", entities=[{"type": "End"}])
    api.made(gauge(1.0))
    set_level(api, 2.0)
    assert api.post(f"entities/{GAUGE}/attrs", {"name": {"type": "Property", "value": "大川"}}).status == 204
    assert api.delete(f"entities/{GAUGE}/attrs/name").status == 204
    assert api.delete(f"entities/{GAUGE}").status == 204
    api.made({"id": "urn:x:end", "type": "End", "a": 1})
    receiver.wait_for(1, "/end")
    shapes = {
        "created": gauge(1.0),
        "updated": gauge(2.0),
        "appended": gauge(2.0, name={"type": "Property", "value": "大川"}),
        "removed": gauge(2.0, name={"type": "Property", "value": "urn:ngsi-ld:null"}),
        "deleted": {"id": GAUGE, "type": "RiverGauge"},
    }
    found = [one.data[0] for one in receiver.wait_for(len(told))]
    for entity in found:
        for part in (entity, entity.get("name", {})):
            part.pop("deletedAt", None)
    assert found == [shapes[name] for name in told]


def test_changes_are_shown_with_what_was_before(api: Api, receiver: Receiver) -> None:
    triggers = ["entityCreated", "entityUpdated", "entityDeleted"]
    subscribe(api, receiver, notificationTrigger=triggers, notification={
        "endpoint": {"uri": receiver.url + "/"}, "showChanges": True,
    })  # fmt: skip
    api.made(gauge(1.0))
    set_level(api, 2.0)
    api.delete(f"entities/{GAUGE}")
    made, changed, gone = (one.data[0] for one in receiver.wait_for(3))
    assert made == gauge(1.0)
    assert changed["waterLevel"] == {"type": "Property", "value": 2.0, "previousValue": 1.0}
    assert gone["waterLevel"]["value"] == "urn:ngsi-ld:null"
    assert gone["waterLevel"]["previousValue"] == 2.0
    assert gone["deletedAt"]


def test_a_notification_has_the_form_and_headers_that_were_asked_for(api: Api, receiver: Receiver) -> None:
    context = {"level": "https://example.org/level", "RiverGauge": "https://example.org/RiverGauge"}
    endpoint = {
        "uri": receiver.url + "/ld",
        "accept": "application/ld+json",
        "receiverInfo": [{"key": "X-Secret", "value": "s3"}],
    }
    payload = {
        "type": "Subscription",
        "entities": [{"type": "RiverGauge"}],
        "q": "level>1",
        "notification": {"attributes": ["level"], "format": "keyValues", "endpoint": endpoint},
        "@context": [context, CORE],
    }
    reply = api.post("subscriptions", payload, content_type="application/ld+json")
    assert reply.status == 201, reply.body
    entity = {"id": GAUGE, "type": "RiverGauge", "level": 2, "other": 3, "@context": [context, CORE]}
    assert api.post("entities", entity, content_type="application/ld+json").status == 201
    (told,) = receiver.wait_for(1, "/ld")
    assert told.data == [{"id": GAUGE, "type": "RiverGauge", "level": 2}]
    assert told.body["@context"] == [context, CORE]
    assert told.headers["content-type"] == "application/ld+json"
    assert told.headers["x-secret"] == "s3"
    assert "link" not in told.headers


def test_geojson_is_told_as_a_collection_of_features(api: Api, receiver: Receiver) -> None:
    endpoint = {"uri": receiver.url + "/geo", "accept": "application/geo+json"}
    subscribe(api, receiver, notification={"endpoint": endpoint, "format": "simplified"})
    point = {"type": "Point", "coordinates": [139.9, 37.5]}
    api.made(gauge(1.0, location={"type": "GeoProperty", "value": point}))
    (told,) = receiver.wait_for(1, "/geo")
    assert told.data["type"] == "FeatureCollection"
    assert told.data["features"][0]["geometry"] == point
    assert told.data["features"][0]["properties"]["waterLevel"] == 1.0


def test_throttling_tells_the_latest_state_once_the_time_is_over(api: Api, receiver: Receiver) -> None:
    subscribe(api, receiver, throttling=2)
    api.made(gauge(0.0))
    receiver.wait_for(1)
    for level in range(1, 21):
        set_level(api, float(level))
    api.made(gauge(7.0, "urn:ngsi-ld:RiverGauge:2"))
    first, second = receiver.wait_for(2)
    assert first.data == [gauge(0.0)]
    by_id = {entity["id"]: entity["waterLevel"]["value"] for entity in second.data}
    assert by_id == {GAUGE: 20.0, "urn:ngsi-ld:RiverGauge:2": 7.0}
    # The receiver's clock sees the sending later than the platform's: a little less than the time may lie between.
    assert second.at - first.at > 1.8
    time.sleep(2.5)
    assert len(receiver.received) == 2


def test_a_periodic_subscription_tells_everything_that_matches(api: Api, receiver: Receiver) -> None:
    api.made(gauge(1.0), gauge(2.0, "urn:ngsi-ld:RiverGauge:2"), gauge(9.0, "urn:ngsi-ld:RiverGauge:3"))
    subscribe(api, receiver, timeInterval=1, q="waterLevel<5")
    found = receiver.wait_for(2)
    assert [[entity["waterLevel"]["value"] for entity in one.data] for one in found] == [
        [1.0, 2.0],
        [1.0, 2.0],
    ]


def test_paused_and_expired_subscriptions_are_told_nothing(api: Api, receiver: Receiver) -> None:
    paused = subscribe(api, receiver, "/paused", isActive=False)
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
    expiring = subscribe(api, receiver, "/expiring", expiresAt=soon)
    subscribe(api, receiver, "/all")
    time.sleep(2.2)
    api.made(gauge(1.0))
    receiver.wait_for(1, "/all")
    assert {one.path for one in receiver.received} == {"/all"}
    assert api.get(f"subscriptions/{paused}").json()["status"] == "paused"
    assert api.get(f"subscriptions/{expiring}").json()["status"] == "expired"
    assert api.patch(f"subscriptions/{paused}", {"isActive": True}).status == 204
    set_level(api, 2.0)
    assert [one.data[0]["waterLevel"]["value"] for one in receiver.wait_for(1, "/paused")] == [2.0]


def test_a_refusing_receiver_is_counted_and_the_notification_kept_with_the_reason(
    api: Api, server: Server, receiver: Receiver
) -> None:
    receiver.status = 400
    subscription = subscribe(api, receiver)
    api.made(gauge(1.0))
    receiver.wait_for(1)
    told = _settled(api, subscription, "failed")
    assert (told["timesSent"], told["timesFailed"]) == (1, 1)
    assert told["lastFailure"] >= told["lastNotification"]
    with psycopg.connect(server.environment["HITOTSU_DATABASE_URL"]) as connection:
        dead = connection.execute(
            "SELECT reason FROM records_delivery WHERE subscription_id = %s AND dead", [subscription]
        ).fetchall()
    assert dead == [("The receiver answered with status 400.",)]


def test_a_failing_receiver_is_tried_again_until_it_takes_everything_in_order(
    api: Api, receiver: Receiver
) -> None:
    receiver.status = 503
    subscription = subscribe(api, receiver)
    api.made(gauge(1.0))
    receiver.wait_for(1)
    set_level(api, 2.0)
    receiver.status = 204
    found = receiver.wait_for(3)
    assert [one.data[0]["waterLevel"]["value"] for one in found] == [1.0, 1.0, 2.0]
    told = _settled(api, subscription, "ok")
    assert told["lastSuccess"] >= told["lastFailure"]
    assert told["timesFailed"] == 1


def _settled(api: Api, subscription: str, status: str) -> dict[str, Any]:
    """The notification member once the delivery has been counted with that outcome."""
    told: dict[str, Any] = {}
    for _ in range(200):
        told = api.get(f"subscriptions/{subscription}").json()["notification"]
        if told.get("status") == status:
            return told
        time.sleep(0.02)
    pytest.fail(f"the delivery was not counted: {told}")


def test_receivers_that_hang_cost_the_others_nothing(api: Api, receiver: Receiver) -> None:
    for number in range(20):
        subscribe(api, receiver, f"/hang{number}")
    for number in range(30):
        subscribe(api, receiver, f"/well{number}")
    api.made(gauge(1.0))
    for level in range(5):
        set_level(api, float(level))
    for number in range(30):
        found = receiver.wait_for(6, f"/well{number}", seconds=4)
        assert [one.data[0]["waterLevel"]["value"] for one in found] == [1.0, 0.0, 1.0, 2.0, 3.0, 4.0]


def test_another_tenants_changes_are_not_told(api: Api, server: Server, receiver: Receiver) -> None:
    other = Api(server.url, "other")
    subscribe(other, receiver, "/other")
    subscribe(api, receiver, "/own")
    api.made(gauge(1.0))
    assert receiver.wait_for(1, "/own")
    other.made(gauge(2.0))
    (told,) = receiver.wait_for(1, "/other")
    assert told.data == [gauge(2.0)]
    assert told.headers["ngsild-tenant"] == "other"
    assert [one.data for one in receiver.wait_for(1, "/own")] == [[gauge(1.0)]]
    other.close()


def test_what_was_acknowledged_is_told_after_a_crash(
    make_server: Callable[..., Server], receiver: Receiver
) -> None:
    server = make_server("crash")
    api = Api(server.url)
    receiver.status = 503
    subscribe(api, receiver)
    api.made(gauge(0.0))
    receiver.wait_for(1)
    for level in range(1, 11):
        set_level(api, float(level))
    server.kill()
    before = len(receiver.received)
    receiver.status = 204
    server.start()
    found = receiver.wait_for(before + 11, seconds=30)[before:]
    assert [one.data[0]["waterLevel"]["value"] for one in found] == [float(level) for level in range(11)]
    api.close()
    server.stop()


def test_what_was_given_up_is_told_again_when_it_is_replayed(
    api: Api, server: Server, receiver: Receiver
) -> None:
    receiver.status = 410
    subscription = subscribe(api, receiver)
    api.made(gauge(1.0))
    receiver.wait_for(1)
    _settled(api, subscription, "failed")
    receiver.status = 204

    async def replay() -> None:
        pool = await open_pool(connection_urls(server.environment)[1])
        subscriptions = Subscriptions(pool)
        (dead,) = await subscriptions.dead(0, subscription)
        assert dead.record_id == GAUGE
        assert dead.reason == "The receiver answered with status 410."
        assert await subscriptions.replay(1, subscription) == 0
        assert await subscriptions.replay(0, subscription) == 1
        assert await subscriptions.dead(0, subscription) == []
        await pool.close()

    asyncio.run(replay())
    found = receiver.wait_for(2)
    assert [one.data for one in found] == [[gauge(1.0)], [gauge(1.0)]]
    assert _settled(api, subscription, "ok")["timesSent"] == 2
