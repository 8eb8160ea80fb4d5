from typing import Any

import pytest

from hitotsu.faces.ngsi.contexts.context import CORE_CONTEXT, compile_context
from hitotsu.faces.ngsi.contexts.core_context import CORE_URL
from hitotsu.faces.ngsi.contexts.links import context_address, context_link, read_links
from hitotsu.faces.ngsi.contexts.negotiation import (
    GEO_JSON,
    JSON,
    JSON_LD,
    Preferences,
    answer_headers,
    answer_type,
    content_type,
    context_in_body,
    preferences,
    requested_context,
)
from hitotsu.faces.ngsi.problems import BadRequestData, NotAcceptable, UnsupportedMediaType

URL = "https://example.org/context.jsonld"
LINK = f'<{URL}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("application/ld+json", JSON_LD),
        ("application/ld+json, application/json", JSON),
        ("application/ld+json, application/json;q=0.5", JSON_LD),
        ("application/json;q=0.2, */*;q=0.9", JSON_LD),
        ("application/ld+json;profile=x", JSON_LD),
        ("APPLICATION/LD+JSON", JSON_LD),
        ("text/html, application/xml;q=0.9, */*;q=0.8", JSON),
        ("application/geo+json", GEO_JSON),
        ("application/geo+json, application/json;q=0", GEO_JSON),
        ("application/geo+json;q=0.9, application/json", JSON),
    ],
)
def test_answers_come_in_what_is_accepted(accept: str | None, expected: str) -> None:
    assert answer_type(accept, geo_json=True) == expected


@pytest.mark.parametrize(
    "accept",
    ["application/xml", "text/*", "application/json;q=0", "application/json;q=9", "application/geo+json"],
)
def test_what_cannot_be_had_is_not_acceptable(accept: str) -> None:
    with pytest.raises(NotAcceptable) as refused:
        answer_type(accept)
    assert refused.value.status == 406
    assert refused.value.details()["available"] == [JSON, JSON_LD]


@pytest.mark.parametrize(
    ("header", "merge_patch", "expected"),
    [
        ("application/json", False, JSON),
        ("application/json; charset=utf-8", False, JSON),
        ('Application/JSON;charset="UTF-8"', False, JSON),
        ("application/ld+json", False, JSON_LD),
        ("application/merge-patch+json", True, JSON),
    ],
)
def test_bodies_are_json_or_json_ld(header: str, merge_patch: bool, expected: str) -> None:
    assert content_type(header, merge_patch=merge_patch) == expected


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "application/xml",
        "text/json",
        "application/geo+json",
        "application/merge-patch+json",
        "application/json; charset=shift_jis",
    ],
)
def test_other_bodies_are_refused(header: str | None) -> None:
    with pytest.raises(UnsupportedMediaType) as refused:
        content_type(header)
    assert refused.value.status == 415


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], None),
        ([LINK], URL),
        ([f"<{URL}>; rel=http://www.w3.org/ns/json-ld#context"], URL),
        ([f'<https://e.org/next>; rel="next", {LINK}'], URL),
        (['<https://e.org/a,b;c>; rel="next"; title="a, b; <c>"', LINK], URL),
        ([f'< {URL} > ; REL = "up http://www.w3.org/ns/json-ld#context"'], URL),
        ([LINK, LINK], URL),
        ([f'<{URL}>; rel="next"; rel="http://www.w3.org/ns/json-ld#context"'], None),
        ([f'<{URL}>; rel="http://www.w3.org/ns/json-ld#contexts"'], None),
        (["no link"], None),
        ([f"<{URL}"], None),
        (["<" * 100_000], None),
    ],
)
def test_the_link_header_names_the_context(values: list[str], expected: str | None) -> None:
    assert context_address(values) == expected


def test_our_own_link_is_read_back() -> None:
    assert context_link(URL) == LINK
    assert list(read_links([LINK])) == [
        (URL, {"rel": "http://www.w3.org/ns/json-ld#context", "type": "application/ld+json"})
    ]


@pytest.mark.parametrize(
    "values",
    [
        [LINK, LINK.replace("example", "other")],
        [LINK.replace(URL, "context.jsonld")],
        [LINK.replace("https", "ftp")],
    ],
)
def test_two_contexts_or_none_that_can_be_had_are_bad_data(values: list[str]) -> None:
    with pytest.raises(BadRequestData, match="Link header"):
        context_address(values)


@pytest.mark.parametrize(
    ("links", "media_type", "body", "expected"),
    [
        ([], None, None, None),
        ([LINK], None, None, URL),
        ([], JSON, {"id": "urn:a:b"}, None),
        ([LINK], JSON, {"id": "urn:a:b"}, URL),
        ([], JSON_LD, {"@context": URL}, URL),
        ([], JSON_LD, {"@context": [URL, {"a": "https://e.org/a"}]}, [URL, {"a": "https://e.org/a"}]),
        (['<https://e.org/next>; rel="next"'], JSON_LD, {"@context": {}}, {}),
    ],
)
def test_a_request_has_its_context_in_one_place(
    links: list[str], media_type: str | None, body: Any, expected: Any
) -> None:
    assert requested_context(links, media_type, body) == expected


@pytest.mark.parametrize(
    ("links", "media_type", "body", "reason"),
    [
        ([], JSON, {"@context": URL}, "Link header"),
        ([LINK], JSON, {"@context": URL}, "Link header"),
        ([LINK], JSON_LD, {"@context": URL}, "not into the Link header"),
        ([LINK], JSON_LD, {}, "not into the Link header"),
        ([], JSON_LD, {}, "must have an @context"),
        ([], JSON_LD, {"@context": None}, "must have an @context"),
        ([], JSON_LD, [], "must have an @context"),
    ],
)
def test_mixes_are_bad_data(links: list[str], media_type: str, body: Any, reason: str) -> None:
    with pytest.raises(BadRequestData, match=reason):
        requested_context(links, media_type, body)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], Preferences()),
        (["body=json"], Preferences(None, False)),
        (["body=ld+json"], Preferences(None, True)),
        (['respond-async, BODY="json"; x=y', "ngsi-ld=1.6"], Preferences("1.6", False)),
    ],
)
def test_preferences_are_read(headers: list[str], expected: Preferences) -> None:
    assert preferences(headers) == expected


def test_answers_say_their_context_where_the_media_type_wants_it() -> None:
    own = compile_context([{}], URL)
    assert answer_headers(JSON, own) == {"Content-Type": JSON, "Link": LINK}
    assert answer_headers(JSON, CORE_CONTEXT)["Link"] == context_link(CORE_URL)
    assert answer_headers(JSON_LD, own) == {"Content-Type": JSON_LD}
    assert answer_headers(GEO_JSON, own) == {"Content-Type": GEO_JSON}
    in_header = preferences(["body=json"])
    assert answer_headers(GEO_JSON, own, in_header) == {"Content-Type": GEO_JSON, "Link": LINK}
    assert [context_in_body(one) for one in (JSON, JSON_LD, GEO_JSON)] == [False, True, True]
    assert [context_in_body(one, in_header) for one in (JSON, JSON_LD, GEO_JSON)] == [False, True, False]
    assert answer_headers(JSON, own, preferences(["ngsi-ld=1.6"]))["Preference-Applied"] == "ngsi-ld=1.9"
    without = compile_context([{}], {"a": "https://e.org/a"})
    assert answer_headers(JSON, without, url="https://d.example/x")["Link"] == context_link(
        "https://d.example/x"
    )
    with pytest.raises(ValueError, match="address"):
        answer_headers(JSON, without)
