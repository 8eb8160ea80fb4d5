"""Whatever is sent, the answer names what is wrong with it, and the server goes on answering."""

import json
import socket
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from tests.faces.ngsi.conftest import Api, Server

THING = "urn:ngsi-ld:Thing:1"


def thing(**members: Any) -> dict[str, Any]:
    return {"id": THING, "type": "Thing"} | members


def prop(value: Any) -> dict[str, Any]:
    return {"type": "Property", "value": value}


@pytest.fixture(autouse=True)
def unharmed(api: Api) -> Any:
    yield
    api.made({"id": "urn:ngsi-ld:Thing:after", "type": "Thing", "a": prop(1)})


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"{'id': 1}",
        b"\xff\xfe",
        b'{"id":"urn:a:\xc3\x28"}',
        b'{"id":"urn:a:1","type":"T","a":{"type":"Property","value":NaN}}',
        b'{"id":"urn:a:1","type":"T","a":{"type":"Property","value":Infinity}}',
        b'{"id":"urn:a:1","id":"urn:a:2","type":"T"}',
        b'{"id":"urn:a:1","type":"T","a":{"type":"Property","value":{"x":1,"x" :2}}}',
        b'{"id":"urn:a:1","type":"T","a":{"type":"Property","value":"\\ud800"}}',
        b'{"id":"urn:a:1","type":"T","a":{"type":"Property","value":1e400}}',
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    ],
)
def test_what_is_no_json_is_an_invalid_request(api: Api, raw: bytes) -> None:
    api.post("entities", raw=raw).refused(400, "InvalidRequest")
    api.patch("entities/urn:a:1", raw=raw).refused(400, "InvalidRequest")


@pytest.mark.parametrize(
    "body",
    [
        [],
        7,
        "text",
        {},
        {"id": THING},
        {"type": "Thing"},
        thing(id="urn:a:" + "x" * 65_536),
        thing(type="T" * 65_536),
        thing(type=["A"] * 2 + [{}]),
        thing(**{f"a{number}": prop(number) for number in range(10_000)}),
        thing(**{"a" * 65_536: prop(1)}),
        thing(**{"a b": prop(1)}),
        thing(a=prop("\x00")),
        thing(**{"a\x00": prop(1)}),
        thing(a=prop(1) | {"observedAt": "0000-01-01T00:00:00Z"}),
        thing(a=prop(1) | {"observedAt": "10000-01-01T00:00:00Z"}),
        thing(a=prop(1) | {"observedAt": "2026-02-30T00:00:00Z"}),
        thing(a=prop(1) | {"observedAt": 7}),
        thing(expiresAt="soon"),
        thing(a=prop(1) | {"unitCode": 7}),
        thing(a=prop(1) | {"datasetId": "no uri"}),
        thing(a=[prop(1), prop(2)]),
        thing(a={"type": "Relationship", "object": 7}),
        thing(a={"type": "Nonsense", "value": 7}),
        thing(a={"type": "LanguageProperty", "languageMap": {"ja": 7}}),
        thing(a={"type": "GeoProperty", "value": {"type": "Point", "coordinates": ["x", "y"]}}),
        thing(a={"type": "GeoProperty", "value": {"type": "Point", "coordinates": [1e9, 1e9]}}),
        thing(a={"type": "GeoProperty", "value": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}}),
        thing(a={"type": "GeoProperty", "value": {"type": "Sphere"}}),
        thing(scope="//"),
    ],
    ids=lambda body: json.dumps(body)[:60],
)
def test_entities_that_break_a_rule_are_bad_data(api: Api, body: Any) -> None:
    details = api.post("entities", body).refused(400, "BadRequestData")
    assert len(details["detail"]) < 2_000
    assert api.find(type="Thing,A,T").json() == []


@pytest.mark.parametrize("stamp", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"])
def test_the_first_and_the_last_moment_are_kept(api: Api, stamp: str) -> None:
    api.made(thing(a=prop(1) | {"observedAt": stamp}))
    assert api.get(f"entities/{THING}").json()["a"]["observedAt"] == stamp


@pytest.mark.parametrize(
    "value",
    [
        2**63,
        2**64 - 1,
        -(2**63),
        1e-320,
        "x" * 1_000_000,
        {"": {"": [{}]}},
        [[], [[]]],
        "\U0001f600\ufffe",
    ],
    ids=lambda value: repr(value)[:20],
)
def test_values_at_the_edge_come_back(api: Api, value: Any) -> None:
    api.made(thing(a=prop(value) | {"observedAt": "2026-01-01T00:00:00Z"}))
    assert api.get(f"entities/{THING}?options=keyValues").json()["a"] == value


@pytest.mark.parametrize("value", [2.0**300, 1e308, -1.5e-300])
def test_a_float_of_any_size_comes_back_as_the_same_float(api: Api, value: float) -> None:
    api.made(thing(a=prop(value)))
    assert float(api.get(f"entities/{THING}?options=keyValues").json()["a"]) == value


def test_a_number_that_no_float_holds_does_not_break_anything(api: Api) -> None:
    raw = b'{"id":"%s","type":"Thing","a":{"type":"Property","value":%s,"observedAt":"2026-01-01T00:00:00Z"}}'
    reply = api.post("entities", raw=raw % (THING.encode(), b"9" * 400))
    assert reply.status in (201, 400)


def test_a_polygon_that_crosses_itself_or_is_huge_is_answered(api: Api) -> None:
    bow = [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]
    value = {"type": "Polygon", "coordinates": bow}
    assert api.post("entities", thing(location={"type": "GeoProperty", "value": value})).status in (201, 400)
    ring = [[number / 1000, 0] for number in range(100_000)] + [[0, 1], [0, 0]]
    large = {"type": "Polygon", "coordinates": [ring]}
    entity = thing(location={"type": "GeoProperty", "value": large}) | {"id": "urn:ngsi-ld:Thing:2"}
    assert api.post("entities", entity).status in (201, 400)
    for coordinates in (bow, [ring[:200]]):
        reply = api.find(
            type="Thing", georel="intersects", geometry="Polygon", coordinates=json.dumps(coordinates)
        )
        assert reply.status in (200, 400)


def test_a_body_that_is_too_large_is_refused_before_it_is_read(api: Api) -> None:
    reply = api.post("entities", raw=b'{"a":"' + b"x" * 100_000_000 + b'"}')
    assert reply.status == 413
    assert reply.json()["type"].endswith("PayloadTooLarge")


def test_a_body_that_does_not_say_its_length_is_counted(server: Server) -> None:
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as peer:
        peer.sendall(
            b"POST /ngsi-ld/v1/entities HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        chunk = b"%x\r\n%s\r\n" % (1_000_000, b" " * 1_000_000)
        try:
            for _ in range(30):
                peer.sendall(chunk)
            peer.sendall(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            return  # The server has answered and closed while we still sent.
        assert peer.recv(4096).startswith(b"HTTP/1.1 413")


EXPLODING = [
    "a==1;" * 20_000 + "a==1",
    "(" * 5_000 + "a==1" + ")" * 5_000,
    'a~="(x+x+)+y"',
    'a~="((((((((((x*)*)*)*)*)*)*)*)*)*y"',
    'a~="(x{1,1000}){1,1000}"',
    "a" + "[b" * 2_000 + "]" * 2_000 + "==1",
    "a" + ".b" * 5_000 + "==1",
    "a==" + ",".join(map(str, range(50_000))),
    "|".join(f"a{number}" for number in range(20_000)),
]


@pytest.mark.parametrize("q", EXPLODING, ids=lambda q: q[:20])
def test_a_query_built_to_explode_is_answered(api: Api, q: str) -> None:
    api.made(thing(a=prop("x" * 5_000)))
    reply = api.post("entityOperations/query", {"type": "Query", "entities": [{"type": "Thing"}], "q": q})
    assert reply.status in (200, 400, 403, 504), reply.body[:500]


@pytest.mark.parametrize(
    "query",
    [
        "q=", "q=;", "q=(", "q=a==", "q===1", "q=a==1;", 'q=a=="', "q=a~=(", "q=a[==1", "q=a..b", "q=%00", "q=%ff",
        "type=%ff", "type=(", "type=A,,B", "id=x", "idPattern=(", "idPattern=*", "idPattern=%00", "scopeQ=%00",
        "georel=near", "georel=near;maxDistance==x&geometry=Point&coordinates=[1,2]",
        "georel=within&geometry=Polygon&coordinates=[[[0,0]]]", "georel=within&geometry=Point&coordinates=NaN",
        "georel=within&geometry=Point&coordinates=" + "[" * 10_000,
        "type=A&orderBy=", "type=A&orderBy=;;", "type=A&options=keyValues,concise", "type=A&pick=", "type=A&pick=a{",
        "type=A&lang=%00", "type=A&datasetId=%00", "type=A&geometryProperty=%00", "type=A&attrs=%00",
        "type=" + "A" * 50_000, "q=a==" + "1" * 50_000, "type=A%00",
    ],
)  # fmt: skip
def test_parameters_that_mean_nothing_are_never_a_fault_of_the_server(api: Api, query: str) -> None:
    api.made(thing(a=prop(1)))
    reply = api.get("entities?" + quote(query, safe="&=%;~,()*.{}[]"))
    assert reply.status < 500, reply.body
    assert reply.headers["content-type"] == "application/json" or reply.status in (414, 400)


@pytest.mark.parametrize(
    "path",
    [
        "entities/%00", "entities/urn:a:%00", "entities/urn:a:%ff", "entities/" + "urn:a:" + "x" * 50_000,
        "entities/urn:a:1/attrs/%00", "types/%00", "types/%ff", "attributes/%00", "attributes/" + "x" * 20_000,
        "jsonldContexts/%00", "jsonldContexts/%2e%2e%2f", "%2e%2e/entities", "entities/%E5%BB%BA", "entities//attrs",
        "", "/", "entities/a/b/c/d/e",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "DELETE", "PATCH"])
def test_addresses_that_mean_nothing_are_never_a_fault_of_the_server(
    api: Api, method: str, path: str
) -> None:
    reply = api(method, path, prop(1) if method == "PATCH" else None)
    assert 400 <= reply.status < 500 or reply.status in (200, 204), reply.body


def test_headers_that_mean_nothing(api: Api) -> None:
    for headers in (
        {"Link": "<"},
        {"Link": '<http://[>; rel="http://www.w3.org/ns/json-ld#context"'},
        {"Link": f'<{"x" * 5_000}>; rel="http://www.w3.org/ns/json-ld#context"'},
        {"Accept": "\x80" * 10},
        {"Accept": ";q=1,,,"},
        {"Prefer": "ngsi-ld="},
    ):
        reply = api.get("entities?type=Thing", **headers)
        assert reply.status < 500 or reply.json()["type"].endswith("LdContextNotAvailable")
    for tenant in ("", "\xff", "x" * 5_000, "../a", "a b"):
        reply = api.get("types", **{"NGSILD-Tenant": tenant})
        assert reply.status < 500, reply.body


def test_one_record_that_the_database_refuses_leaves_others_of_its_batch_alone(api: Api) -> None:
    good = [{"id": f"urn:ngsi-ld:Thing:{number}", "type": "Thing", "a": prop(number)} for number in range(20)]
    huge = thing(type=[f"T{number}x{'y' * 500}" for number in range(60)])
    reply = api.post(
        "entityOperations/create", [*good[:10], huge | {"id": "urn:ngsi-ld:Thing:x"}, *good[10:]]
    )
    assert reply.status in (201, 207), reply.body
    assert api.find(type="Thing", limit=0, count="true").headers["ngsild-results-count"] == "20"
