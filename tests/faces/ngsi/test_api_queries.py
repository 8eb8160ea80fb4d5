import re
from typing import Any

import pytest
from tests.faces.ngsi.conftest import Api

# Longitude and latitude of the stations, north to south along one line of 0.1 degrees each (11 km).
GAUGES = [f"urn:ngsi-ld:Gauge:{number}" for number in range(5)]


def gauge(number: int, **attributes: Any) -> dict[str, Any]:
    return {
        "id": GAUGES[number],
        "type": "Gauge",
        "level": {"type": "Property", "value": number * 1.5},
        "location": {
            "type": "GeoProperty",
            "value": {"type": "Point", "coordinates": [140.0, 37.5 - number / 10]},
        },
    } | attributes


@pytest.fixture
def gauges(api: Api) -> Api:
    api.made(*(gauge(number) for number in range(5)))
    api.made({"id": "urn:ngsi-ld:Shelter:1", "type": "Shelter", "open": {"type": "Property", "value": True}})
    return api


def ids(api: Api, **parameters: object) -> list[str]:
    reply = api.find(**parameters)
    assert reply.status == 200, reply.body
    return [entity["id"] for entity in reply.json()]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"type": "Gauge"}, [0, 1, 2, 3, 4]),
        ({"type": "Gauge", "q": "level>1.5;level<=4.5"}, [2, 3]),
        ({"q": "level==0,6"}, [0, 4]),
        ({"q": "level==1.5..3"}, [1, 2]),
        ({"type": "Gauge", "q": "level<1|level>5"}, [0, 4]),
        ({"type": "Gauge", "id": f"{GAUGES[3]},{GAUGES[1]},urn:ngsi-ld:None:1"}, [1, 3]),
        ({"type": "Gauge", "idPattern": "^urn:.*:[34]$"}, [3, 4]),
        ({"attrs": "level"}, [0, 1, 2, 3, 4]),
        ({"type": "Gauge", "georel": "near;maxDistance==12000", "geometry": "Point",
          "coordinates": "[140.0,37.5]"}, [0, 1]),
        ({"type": "Gauge", "georel": "near;minDistance==30000", "geometry": "Point",
          "coordinates": "[140.0,37.5]"}, [3, 4]),
        ({"type": "Gauge", "georel": "within", "geometry": "Polygon",
          "coordinates": "[[[139.9,37.25],[140.1,37.25],[140.1,37.45],[139.9,37.45],[139.9,37.25]]]"}, [1, 2]),
        ({"local": "true", "type": "Gauge", "q": "!open"}, [0, 1, 2, 3, 4]),
    ],
)  # fmt: skip
def test_conditions(gauges: Api, parameters: dict[str, str], expected: list[int]) -> None:
    assert ids(gauges, **parameters) == [GAUGES[number] for number in expected]


def test_nothing_that_matches_is_an_empty_list(gauges: Api) -> None:
    assert ids(gauges, type="Nothing") == []
    assert ids(gauges, type="Gauge", q="width>1") == []


def test_a_query_for_everything_is_refused(gauges: Api) -> None:
    gauges.get("entities").refused(400, "BadRequestData")
    assert len(ids(gauges, local="true")) == 6


def test_pages_follow_each_other_by_their_links_and_count_is_exact(gauges: Api) -> None:
    reply = gauges.find(type="Gauge", limit=2, count="true", options="keyValues")
    seen = [entity["id"] for entity in reply.json()]
    pages = 1
    while following := re.search(r'<([^>]+)>;rel="next"', reply.headers.get("link", "")):
        reply = gauges.get(following[1].removeprefix("/ngsi-ld/v1/"))
        assert reply.headers["ngsild-results-count"] == "5"
        seen += [entity["id"] for entity in reply.json()]
        pages += 1
    assert seen == GAUGES
    assert pages == 3
    assert 'rel="prev"' in reply.headers["link"]


def test_counting_alone(gauges: Api) -> None:
    reply = gauges.find(type="Gauge", q="level>2", limit=0, count="true")
    assert (reply.json(), reply.headers["ngsild-results-count"]) == ([], "3")
    gauges.find(type="Gauge", limit=0).refused(400, "BadRequestData")


@pytest.mark.parametrize(
    "wrong", ["limit=-1", "limit=x", "limit=1001", "offset=-1", "count=maybe", "limit=٣"]
)
def test_paging_that_means_nothing_is_bad_data(gauges: Api, wrong: str) -> None:
    from urllib.parse import quote

    gauges.get(f"entities?type=Gauge&{quote(wrong, safe='=')}").refused(400, "BadRequestData")


def test_an_order_is_kept_over_pages(gauges: Api) -> None:
    first = ids(gauges, type="Gauge", orderBy="level;desc", limit=3)
    second = ids(gauges, type="Gauge", orderBy="level;desc", limit=3, offset=3)
    assert first + second == GAUGES[::-1]


def test_geojson_is_a_feature_collection(gauges: Api) -> None:
    reply = gauges.get("entities?type=Gauge&limit=2&options=keyValues", Accept="application/geo+json")
    assert reply.headers["content-type"] == "application/geo+json"
    collection = reply.json()
    assert collection["type"] == "FeatureCollection"
    assert [feature["id"] for feature in collection["features"]] == GAUGES[:2]
    assert collection["features"][1]["geometry"] == {"type": "Point", "coordinates": [140.0, 37.4]}


def test_query_by_post_finds_the_same(gauges: Api) -> None:
    body = {"type": "Query", "entities": [{"type": "Gauge"}], "q": "level>2", "attrs": ["level"]}
    reply = gauges.post("entityOperations/query?options=keyValues&count=true", body)
    assert reply.status == 200
    assert reply.headers["ngsild-results-count"] == "3"
    assert reply.json()[0] == {"id": GAUGES[2], "type": "Gauge", "level": 3.0}
    near = {"georel": "near;maxDistance==1000", "geometry": "Point", "coordinates": [140.0, 37.3]}
    reply = gauges.post(
        "entityOperations/query", {"type": "Query", "entities": [{"type": "Gauge"}], "geoQ": near}
    )
    assert [entity["id"] for entity in reply.json()] == [GAUGES[2]]


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"type": "Query"},
        {"type": "Query", "entities": "Gauge"},
        {"type": "Query", "entities": [{}]},
        {"type": "Query", "entities": [{"type": 3}]},
        {"type": "Query", "q": 7},
        {"type": "Query", "geoQ": []},
        {"type": "Query", "geoQ": {"georel": 1}},
        {"type": "Query", "geoQ": {"georel": "near;maxDistance==1", "geometry": {}, "coordinates": "x"}},
        {"type": "Query", "entities": [{"type": "Gauge", "idPattern": "("}]},
    ],
)
def test_a_query_object_that_is_none_is_bad_data(gauges: Api, body: Any) -> None:
    gauges.post("entityOperations/query", body).refused(400, "BadRequestData")


def test_types_and_attributes_are_discovered(gauges: Api) -> None:
    assert gauges.get("types").json()["typeList"] == ["Gauge", "Shelter"]
    details = {one["typeName"]: one for one in gauges.get("types?details=true").json()}
    assert details["Gauge"]["attributeNames"] == ["level", "location"]
    one = gauges.get("types/Gauge").json()
    assert (one["type"], one["entityCount"]) == ("EntityTypeInfo", 5)
    assert {a["attributeName"]: a["attributeTypes"] for a in one["attributeDetails"]} == {
        "level": ["Property"], "location": ["GeoProperty"],
    }  # fmt: skip
    gauges.get("types/Nothing").refused(404, "ResourceNotFound")
    assert gauges.get("attributes").json()["attributeList"] == ["level", "location", "open"]
    assert gauges.get("attributes/level").json()["attributeCount"] == 5
    assert gauges.get("attributes/level").json()["typeNames"] == ["Gauge"]
    gauges.get("attributes/nothing").refused(404, "ResourceNotFound")
