"""What holds of every operation: media types, contexts, tenants, and who may call."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.faces.ngsi.conftest import CORE, Api, Server

JSON_LD = "application/ld+json"
TERMS = {"Car": "https://cars.example/Car", "speed": "https://cars.example/speed"}
CAR = {"id": "urn:ngsi-ld:Car:1", "type": "Car", "speed": {"type": "Property", "value": 80}}


def test_a_context_in_the_body_names_what_is_kept(api: Api) -> None:
    assert api.post("entities", CAR | {"@context": [TERMS, CORE]}, content_type=JSON_LD).status == 201
    plain = api.get(f"entities/{CAR['id']}?options=keyValues").json()
    assert plain == {"id": CAR["id"], "type": TERMS["Car"], TERMS["speed"]: 80}
    assert [one["id"] for one in api.find(type=TERMS["Car"]).json()] == [CAR["id"]]


def test_a_hosted_context_serves_requests_by_link(api: Api, server: Server) -> None:
    reply = api.post("jsonldContexts", {"@context": TERMS}, content_type=JSON_LD)
    assert reply.status == 201
    path = reply.headers["location"]
    assert api.get(path.removeprefix("/ngsi-ld/v1/")).json() == {"@context": TERMS}
    link = f'<{server.url}{path}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
    assert api.post("entities", CAR, Link=link).status == 201
    found = api.get(f"entities/{CAR['id']}", Link=link)
    assert found.json() == CAR
    assert path in found.headers["link"]
    assert [one["id"] for one in api.get("entities?type=Car&q=speed%3E70", Link=link).json()] == [CAR["id"]]
    full = api.get(f"entities/{CAR['id']}", Link=link, Accept=JSON_LD)
    assert full.headers["content-type"] == JSON_LD
    assert "link" not in full.headers
    assert path in str(full.json()["@context"])
    assert [one["kind"] for one in api.get("jsonldContexts?details=true&kind=Hosted").json()] == ["Hosted"]
    assert api.delete(path.removeprefix("/ngsi-ld/v1/")).status == 204
    api.get(path.removeprefix("/ngsi-ld/v1/")).refused(404, "ResourceNotFound")


def test_context_and_media_type_must_fit(api: Api) -> None:
    api.post("entities", CAR | {"@context": TERMS}).refused(400, "BadRequestData")
    api.post("entities", CAR, content_type=JSON_LD).refused(400, "BadRequestData")
    link = f'<{CORE}>; rel="http://www.w3.org/ns/json-ld#context"'
    api.post("entities", CAR | {"@context": CORE}, content_type=JSON_LD, Link=link).refused(
        400, "BadRequestData"
    )


def test_a_context_that_cannot_be_had_is_said_so(api: Api) -> None:
    entity = CAR | {"@context": "http://127.0.0.1:9/context.jsonld"}
    api.post("entities", entity, content_type=JSON_LD).refused(503, "LdContextNotAvailable")
    api.get(f"entities/{CAR['id']}").refused(404, "ResourceNotFound")


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "application/json; charset=utf-16"])
def test_other_bodies_are_not_read(api: Api, media_type: str) -> None:
    reply = api.post("entities", CAR, content_type=media_type)
    assert reply.status == 415
    assert reply.json()["type"].endswith("UnsupportedMediaType")


def test_other_answers_are_not_given(api: Api) -> None:
    api.made(CAR)
    assert api.get(f"entities/{CAR['id']}", Accept="text/html").status == 406
    assert api.get(f"entities/{CAR['id']}", Accept="text/html, */*;q=0.1").status == 200
    assert api.get("types", Accept="application/geo+json").status == 406


def test_tenants_do_not_see_each_other(api: Api, server: Server) -> None:
    aizu, iwaki = Api(server.url, "aizu"), Api(server.url, "iwaki")
    aizu.get("entities?type=Car").refused(404, "NonexistentTenant")
    for tenant, speed in ((aizu, 30), (iwaki, 50)):
        tenant.made(CAR | {"speed": {"type": "Property", "value": speed}})
    assert aizu.get(f"entities/{CAR['id']}?options=keyValues").json()["speed"] == 30
    assert aizu.delete(f"entities/{CAR['id']}").status == 204
    assert iwaki.find(type="Car", count="true").headers["ngsild-results-count"] == "1"
    assert aizu.find(type="Car", count="true").headers["ngsild-results-count"] == "0"
    assert aizu.get("types").json()["typeList"] == []
    api.get(f"entities/{CAR['id']}").refused(404, "ResourceNotFound")
    aizu.close()
    iwaki.close()


def test_reset_empties_one_tenant_or_everything(api: Api, server: Server) -> None:
    aizu = Api(server.url, "aizu")
    api.made(CAR)
    aizu.made(CAR)
    assert api("POST", "/__reset?tenant=aizu").status == 204
    assert aizu.find(type="Car").json() == []
    assert len(api.find(type="Car").json()) == 1
    assert api("POST", "/__reset").status == 204
    assert api.find(type="Car").json() == []
    assert api("GET", "/__reset").status == 405
    aizu.close()


@pytest.fixture(scope="module")
def plain(make_server: Callable[..., Server]) -> Any:
    api = Api(make_server("plain", HITOTSU_TESTING="0").url)
    yield api
    api.close()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "entities"),
        ("PUT", "entities/urn:a:1"),
        ("PATCH", "entities/urn:a:1"),
        ("DELETE", "entities/urn:a:1"),
        ("POST", "entities/urn:a:1/attrs"),
        ("PATCH", "entities/urn:a:1/attrs/b"),
        ("POST", "entityOperations/upsert"),
        ("POST", "entityOperations/delete"),
        ("POST", "jsonldContexts"),
        ("DELETE", "jsonldContexts/1"),
    ],
)
def test_outside_testing_nobody_writes_without_a_token(plain: Api, method: str, path: str) -> None:
    reply = plain(method, path, CAR)
    reply.refused(401, "Unauthorized")
    assert reply.headers["www-authenticate"] == "Bearer"
    assert plain.find(type="Car").json() == []


def test_outside_testing_there_is_no_reset_and_no_tenant_from_nowhere(plain: Api) -> None:
    assert plain("POST", "/__reset").status in (403, 404)
    plain.get("types", **{"NGSILD-Tenant": "aizu"}).refused(404, "NonexistentTenant")
    assert plain.post("entityOperations/query", {"type": "Query", "entities": [{"type": "Car"}]}).json() == []
