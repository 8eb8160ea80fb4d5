import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from tests.faces.ngsi.conftest import Api

GAUGE = "urn:ngsi-ld:RiverGauge:1"
HOUR = "2026-04-01T{:02}:00:00Z"


def level(value: Any, hour: int, **more: Any) -> dict[str, Any]:
    return {"type": "Property", "value": value, "observedAt": HOUR.format(hour)} | more


def gauge(*values: dict[str, Any], entity_id: str = GAUGE, **more: Any) -> dict[str, Any]:
    return {"id": entity_id, "type": "RiverGauge", "waterLevel": list(values)} | more


def address(path: str, **parameters: object) -> str:
    return path + "?" + "&".join(f"{name}={quote(str(value))}" for name, value in parameters.items())


def one(api: Api, **parameters: object) -> Any:
    reply = api.get(address(f"temporal/entities/{GAUGE}", **parameters))
    assert reply.status in (200, 206), reply.body
    return reply.json()


def found(api: Api, **parameters: object) -> Any:
    reply = api.get(address("temporal/entities", **parameters))
    assert reply.status in (200, 206), reply.body
    return reply.json()


def values(payload: Any, name: str = "waterLevel") -> list[Any]:
    return [instance["value"] for instance in payload[name]]


@pytest.fixture
def history(api: Api) -> Api:
    reply = api.post("temporal/entities", gauge(*(level(hour / 2, hour) for hour in range(6))))
    assert reply.status == 201, reply.body
    assert reply.headers["location"] == f"/ngsi-ld/v1/temporal/entities/{GAUGE}"
    return api


def test_a_history_is_made_and_added_to(history: Api) -> None:
    assert history.post("temporal/entities", gauge(level(3.0, 6))).status == 204
    more = {"waterLevel": [level(3.5, 7)], "colour": {"type": "Property", "value": "brown"}}
    assert history.post(f"temporal/entities/{GAUGE}/attrs", more).status == 204
    payload = one(history)
    assert values(payload) == [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]
    assert values(payload, "colour") == ["brown"]
    assert payload["type"] == "RiverGauge"
    # A history alone is no entity.
    assert history.get(f"entities/{GAUGE}").status == 404


def test_the_same_observation_again_replaces_the_first(history: Api) -> None:
    history.post(f"temporal/entities/{GAUGE}/attrs", {"waterLevel": level(9, 2)})
    assert values(one(history)) == [0, 0.5, 9, 1.5, 2, 2.5]


def test_what_is_not_there(api: Api) -> None:
    api.get(f"temporal/entities/{GAUGE}").refused(404, "ResourceNotFound")
    api.delete(f"temporal/entities/{GAUGE}").refused(404, "ResourceNotFound")
    api.post(f"temporal/entities/{GAUGE}/attrs", {"waterLevel": level(1, 1)}).refused(404, "ResourceNotFound")
    api.delete(f"temporal/entities/{GAUGE}/attrs/waterLevel").refused(404, "ResourceNotFound")
    instance = f"temporal/entities/{GAUGE}/attrs/waterLevel/urn:uuid:{uuid.uuid4()}"
    api.delete(instance).refused(404, "ResourceNotFound")
    api.patch(instance, level(1, 1)).refused(404, "ResourceNotFound")
    api.get("temporal/entities/nowhere").refused(400, "BadRequestData")
    assert api.put("temporal/entities", {}).status == 405


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"timerel": "before", "timeAt": HOUR.format(2)}, [0, 0.5]),
        ({"timerel": "after", "timeAt": HOUR.format(4)}, [2, 2.5]),
        ({"timerel": "between", "timeAt": HOUR.format(1), "endTimeAt": HOUR.format(3)}, [0.5, 1]),
        ({"lastN": 2}, [2, 2.5]),
        ({"timerel": "before", "timeAt": HOUR.format(4), "lastN": 1}, [1.5]),
        ({"timerel": "after", "timeAt": "2020-01-01T00:00:00Z", "timeproperty": "createdAt", "lastN": 9},
         [0, 0.5, 1, 1.5, 2, 2.5]),
        ({"timerel": "before", "timeAt": "2020-01-01T00:00:00Z", "timeproperty": "modifiedAt"}, []),
    ],
)  # fmt: skip
def test_windows(history: Api, parameters: dict[str, object], expected: list[float]) -> None:
    payload = one(history, **parameters)
    assert values(payload | {"waterLevel": payload.get("waterLevel", [])}) == expected


@pytest.mark.parametrize(
    "parameters",
    [
        {"timerel": "before"},
        {"timeAt": HOUR.format(1)},
        {"timerel": "between", "timeAt": HOUR.format(1)},
        {"timerel": "during", "timeAt": HOUR.format(1)},
        {"timerel": "after", "timeAt": "yesterday"},
        {"timeproperty": "expiresAt"},
        {"lastN": 0},
        {"lastN": "many"},
        {"options": "aggregatedValues"},
        {"options": "aggregatedValues", "aggrMethods": "median"},
        {"options": "aggregatedValues", "aggrMethods": "avg", "aggrPeriodDuration": "one day"},
        {"options": "aggregatedValues", "aggrMethods": "avg", "aggrPeriodDuration": "P1MT1H"},
    ],
)
def test_questions_that_cannot_be_answered(history: Api, parameters: dict[str, object]) -> None:
    history.get(address(f"temporal/entities/{GAUGE}", **parameters)).refused(400, "BadRequestData")


def test_a_query_says_its_time_and_something_else(history: Api) -> None:
    history.get("temporal/entities?type=RiverGauge").refused(400, "BadRequestData")
    window = {"timerel": "after", "timeAt": HOUR.format(0)}
    history.get(address("temporal/entities", **window)).refused(400, "BadRequestData")
    history.get(address("temporal/entities", type="RiverGauge", format="csv", **window)).refused(
        400, "InvalidRequest"
    )


def test_temporal_values(history: Api) -> None:
    payload = one(history, options="temporalValues", lastN=2)
    assert payload["waterLevel"] == {
        "type": "Property",
        "values": [[2, HOUR.format(4)], [2.5, HOUR.format(5)]],
    }


def test_system_times(history: Api) -> None:
    (last,) = one(history, lastN=1, options="sysAttrs")["waterLevel"]
    assert last["createdAt"] == last["modifiedAt"] > "2026"
    (bare,) = one(history, lastN=1)["waterLevel"]
    assert "createdAt" not in bare


def test_instances_are_changed_and_deleted(history: Api) -> None:
    instances = one(history)["waterLevel"]
    third = f"temporal/entities/{GAUGE}/attrs/waterLevel/{instances[2]['instanceId']}"
    assert history.patch(third, level(100, 2)).status == 204
    assert history.patch(third, {"waterLevel": [level(7, 2)]}).status == 204
    (changed,) = [i for i in one(history, options="sysAttrs")["waterLevel"] if i["value"] == 7]
    assert changed["instanceId"] == instances[2]["instanceId"]
    assert changed["modifiedAt"] > changed["createdAt"]
    assert history.delete(third).status == 204
    history.delete(third).refused(404, "ResourceNotFound")
    assert values(one(history)) == [0, 0.5, 1.5, 2, 2.5]


def test_attributes_and_whole_histories_are_deleted(history: Api) -> None:
    gps = {"datasetId": "urn:ngsi-ld:Dataset:gps"}
    history.post(
        f"temporal/entities/{GAUGE}/attrs", {"waterLevel": [level(7, 1, **gps)], "flow": level(1, 1)}
    )
    attribute = f"temporal/entities/{GAUGE}/attrs/waterLevel"
    assert history.delete(address(attribute, datasetId=gps["datasetId"])).status == 204
    assert values(one(history)) == [0, 0.5, 1, 1.5, 2, 2.5]
    assert history.delete(address(attribute, deleteAll="true")).status == 204
    assert one(history).keys() == {"id", "type", "flow"}
    assert history.delete(f"temporal/entities/{GAUGE}").status == 204
    assert history.get(f"temporal/entities/{GAUGE}").status == 404


def test_queries_look_at_the_values_in_the_window(history: Api) -> None:
    other = "urn:ngsi-ld:RiverGauge:2"
    history.post("temporal/entities", gauge(level(50, 1), level(1, 2), entity_id=other))
    late = {"type": "RiverGauge", "timerel": "after", "timeAt": HOUR.format(2)}
    assert [e["id"] for e in found(history, **late)] == [GAUGE, other]
    assert [e["id"] for e in found(history, **late, limit=1, offset=1)] == [other]
    assert [e["id"] for e in found(history, **late, q="waterLevel>2")] == [GAUGE]
    early = {"type": "RiverGauge", "timerel": "before", "timeAt": HOUR.format(2)}
    assert [e["id"] for e in found(history, **early, q="waterLevel>2")] == [other]
    nobody = {"type": "RiverGauge", "timerel": "after", "timeAt": HOUR.format(9)}
    assert found(history, **nobody) == []
    reply = history.get(address("temporal/entities", **late, q="waterLevel>2", limit=0, count="true"))
    assert (reply.json(), reply.headers["ngsild-results-count"]) == ([], "1")
    reply = history.get(address("temporal/entities", **late, limit=1, count="true"))
    assert reply.headers["ngsild-results-count"] == "2"
    assert 'rel="next"' in reply.headers["link"]


def test_queries_by_post(history: Api) -> None:
    body = {
        "type": "Query",
        "entities": [{"type": "RiverGauge"}],
        "attrs": ["waterLevel"],
        "temporalQ": {"timerel": "between", "timeAt": HOUR.format(1), "endTimeAt": HOUR.format(3)},
    }
    reply = history.post("temporal/entityOperations/query", body)
    assert reply.status == 200, reply.body
    (entity,) = reply.json()
    assert values(entity) == [0.5, 1]
    body["temporalQ"] = "after"
    history.post("temporal/entityOperations/query", body).refused(400, "BadRequestData")


def test_aggregation(history: Api) -> None:
    history.post(f"temporal/entities/{GAUGE}/attrs", {"note": level("b", 1), "open": level(True, 1)})
    window = {"timerel": "between", "timeAt": HOUR.format(0), "endTimeAt": HOUR.format(5)}
    payload = one(
        history,
        **window,
        options="aggregatedValues",
        aggrMethods="totalCount,distinctCount,sum,avg,min,max,stddev,sumsq",
        aggrPeriodDuration="PT2H",
    )
    periods = [[HOUR.format(start), HOUR.format(start + 2)] for start in (0, 2, 4)]

    def series(*numbers: float) -> list[list[Any]]:
        return [[number, *period] for number, period in zip(numbers, periods, strict=True)]

    assert payload["waterLevel"] == {
        "type": "Property",
        "totalCount": series(2, 2, 1),
        "distinctCount": series(2, 2, 1),
        "sum": series(0.5, 2.5, 2),
        "avg": series(0.25, 1.25, 2),
        "min": series(0, 1, 2),
        "max": series(0.5, 1.5, 2),
        "stddev": series(0.25, 0.25, 0),
        "sumsq": series(0.25, 3.25, 4),
    }
    assert payload["note"]["min"] == [["b", *periods[0]]]
    assert payload["note"]["avg"] == []
    assert payload["open"]["sum"] == [[1, *periods[0]]]


def test_aggregation_of_everything_and_by_the_calendar(history: Api) -> None:
    whole = one(history, options="aggregatedValues", aggrMethods="max", attrs="waterLevel")
    assert whole["waterLevel"]["max"] == [[2.5, HOUR.format(0), HOUR.format(5)]]
    march = {"waterLevel": [level(7, 1, observedAt="2026-03-31T23:59:59Z")]}
    history.post(f"temporal/entities/{GAUGE}/attrs", march)
    months = one(
        history, options="aggregatedValues", aggrMethods="totalCount", aggrPeriodDuration="P1M",
        timerel="after", timeAt="2026-01-01T00:00:00Z",
    )  # fmt: skip
    assert months["waterLevel"]["totalCount"] == [
        [1, "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"],
        [6, "2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z"],
    ]


def test_an_entity_leaves_what_was_observed_in_its_history(api: Api) -> None:
    api.made({"id": GAUGE, "type": "RiverGauge", "waterLevel": level(1, 1), "name": {"value": "Aga"}})
    assert api.patch(f"entities/{GAUGE}/attrs", {"waterLevel": level(2, 2)}).status == 204
    # The same observation in another unit is the same observation.
    assert api.patch(f"entities/{GAUGE}/attrs/waterLevel", {"unitCode": "MTR"}).status == 204
    payload = one(api)
    assert values(payload) == [1, 2]
    assert payload["waterLevel"][1]["unitCode"] == "MTR"
    assert "name" not in payload
    assert api.delete(f"entities/{GAUGE}/attrs/waterLevel").status == 204
    (gone,) = one(api, timeproperty="deletedAt")["waterLevel"]
    assert gone["value"] == "urn:ngsi-ld:null"
    assert gone["deletedAt"] > "2026"
    api.delete(f"entities/{GAUGE}/attrs/waterLevel").refused(404, "ResourceNotFound")


def test_a_history_outlives_its_entity(api: Api) -> None:
    api.made({"id": GAUGE, "type": "RiverGauge", "waterLevel": level(1, 1)})
    assert api.delete(f"entities/{GAUGE}").status == 204
    api.delete(f"entities/{GAUGE}").refused(404, "ResourceNotFound")
    payload = one(api)
    assert values(payload) == [1, "urn:ngsi-ld:null"]
    assert payload["deletedAt"] > "2026"
    (entity,) = found(api, type="RiverGauge", timerel="after", timeAt=HOUR.format(0))
    assert values(entity) == [1]


def test_what_is_known_from_its_history_alone_can_end(history: Api) -> None:
    assert history.delete(f"entities/{GAUGE}/attrs/waterLevel").status == 204
    history.delete(f"entities/{GAUGE}/attrs/waterLevel").refused(404, "ResourceNotFound")
    assert one(history, timeproperty="deletedAt")["waterLevel"][0]["value"] == "urn:ngsi-ld:null"
    assert history.delete(f"entities/{GAUGE}").status == 204
    history.delete(f"entities/{GAUGE}").refused(404, "ResourceNotFound")


def test_the_last_values_say_their_range(history: Api) -> None:
    reply = history.get(address(f"temporal/entities/{GAUGE}", lastN=2))
    assert reply.status == 206
    assert reply.headers["content-range"] == f"date-time {HOUR.format(5)}-{HOUR.format(4)}/2"
    assert history.get(f"temporal/entities/{GAUGE}").status == 200


def test_tenants_have_their_own_histories(history: Api, server: Any) -> None:
    other = Api(server.url, tenant="kitakata")
    assert other.post("temporal/entities", gauge(level(77, 1))).status == 201
    assert values(one(other)) == [77]
    assert values(one(history)) == [0, 0.5, 1, 1.5, 2, 2.5]
    other.close()


def test_a_long_history_comes_in_ranges(api: Api) -> None:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    times = [f"{first + timedelta(minutes=minute):%Y-%m-%dT%H:%M:%SZ}" for minute in range(10_500)]
    readings = [{"type": "Property", "value": place, "observedAt": at} for place, at in enumerate(times)]
    assert api.post("temporal/entities", gauge(*readings)).status == 201
    start, seen = times[0], []
    for expected in (206, 200):
        reply = api.get(
            address(f"temporal/entities/{GAUGE}", timerel="after", timeAt=start, options="temporalValues")
        )
        assert reply.status == expected
        values = reply.json()["waterLevel"]["values"]
        # A range begins with the moment at which the one before it ended.
        seen += [value for value, _ in values if value not in seen[-1:]]
        start = values[-1][1]
        if expected == 206:
            assert reply.headers["content-range"] == f"date-time {times[0]}-{times[9_999]}/*"
    assert seen == list(range(10_500))


@pytest.mark.parametrize(
    "instance",
    [
        {"type": "Property", "value": 1, "observedAt": "0000-01-01T00:00:00Z"},
        {"type": "Property", "value": 1, "observedAt": "2026-01-01"},
        {"type": "Property", "observedAt": HOUR.format(1)},
        {"type": "Property", "value": "urn:ngsi-ld:null", "observedAt": HOUR.format(1)},
        {"type": "Reading", "value": 1, "observedAt": HOUR.format(1)},
    ],
)
def test_values_that_are_none_are_refused_and_nothing_is_kept(api: Api, instance: dict[str, Any]) -> None:
    api.post("temporal/entities", gauge(level(1, 1), instance)).refused(400, "BadRequestData")
    api.get(f"temporal/entities/{GAUGE}").refused(404, "ResourceNotFound")


def test_odd_values_and_times_are_kept(api: Api) -> None:
    huge = 10**400
    early, late = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"
    odd = gauge(
        level(huge, 1, observedAt=early), level(1, 1, observedAt=late), level([1, 2], 1), level({"a": 1}, 2)
    )
    assert api.post("temporal/entities", odd).status == 201
    assert values(one(api)) == [huge, [1, 2], {"a": 1}, 1]
    for period in ("P1000Y", "PT0S", "P1D"):
        payload = one(
            api, options="aggregatedValues", aggrMethods="totalCount,max", aggrPeriodDuration=period,
        )  # fmt: skip
        assert sum(count for count, _, _ in payload["waterLevel"]["totalCount"]) == 4


def test_instances_are_named_rightly(history: Api) -> None:
    attribute = f"temporal/entities/{GAUGE}/attrs/waterLevel"
    history.delete(f"{attribute}/seven").refused(400, "BadRequestData")
    (last,) = one(history, lastN=1)["waterLevel"]
    instance = f"{attribute}/{last['instanceId']}"
    history.patch(instance, [level(1, 1), level(2, 2)]).refused(400, "BadRequestData")
    history.patch(instance, {"type": "Property"}).refused(400, "BadRequestData")
    history.patch(f"temporal/entities/{GAUGE}/attrs/flow/{last['instanceId']}", level(1, 1)).refused(
        404, "ResourceNotFound"
    )
    assert values(one(history)) == [0, 0.5, 1, 1.5, 2, 2.5]
