import csv
import json
import string
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from hitotsu.faces.ngsi.contexts.context import CORE_CONTEXT, MAX_NAME, compile_context
from hitotsu.faces.ngsi.contexts.core_context import (
    CORE_URL,
    VERSIONS,
    core_document,
    core_terms,
    core_version,
)
from hitotsu.faces.ngsi.contexts.names import CORE_NAMES, DEFAULT_VOCABULARY, iri_of, neutral_name
from hitotsu.faces.ngsi.problems import BadRequestData

PARKING = {
    "ex": "http://example.org/",
    "OffStreetParking": "http://example.org/parking/OffStreetParking",
    "availableSpotNumber": {"@id": "ex:parking/availableSpotNumber"},
    "providedBy": {"@id": "ex:common/providedBy", "@type": "@id"},
    "category": {"@id": "ex:common/category", "@type": "@vocab"},
}


def compiled(*objects: dict[str, Any] | None) -> Any:
    return compile_context(objects, list(objects))


def test_core_contexts_have_the_terms_of_the_published_table(reference: Path) -> None:
    published: dict[str, dict[str, tuple[str, str, str]]] = {}
    with (reference / "data/contexts/ngsi_ld_core_terms.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            of_version = published.setdefault(row["core_context_version"], {})
            of_version[row["term"]] = (row["id"], row["type"], row["container"])
    assert set(published) == {"1.3", "1.4", "1.9"}
    for version, terms in published.items():
        ours = {}
        for term, definition in core_document(version)["@context"].items():
            if isinstance(definition, dict):
                ours[term] = (
                    definition["@id"],
                    definition.get("@type", ""),
                    definition.get("@container", ""),
                )
            else:
                ours[term] = (str(definition), "", "")
        assert ours == terms


@pytest.mark.parametrize(("older", "newer"), list(pairwise(VERSIONS)))
def test_core_contexts_grow_by_feature(older: str, newer: str) -> None:
    # Two terms were renamed on the way, one was dropped.
    gone = set(core_document(older)["@context"]) - set(core_document(newer)["@context"])
    assert gone <= {"VocabularyProperty", "objectsLists", "geometryProperty"}
    assert len(core_document(older)["@context"]) < len(core_document(newer)["@context"])


def test_features_come_with_the_version_that_brought_them() -> None:
    first = {
        term: next(version for version in VERSIONS if term in core_document(version)["@context"])
        for term in (
            "value",
            "avg",
            "languageMap",
            "scope",
            "showChanges",
            "vocab",
            "json",
            "objectType",
            "orderBy",
            "snapshotId",
        )
    }
    assert first == {
        "value": "1.3",
        "avg": "1.4",
        "languageMap": "1.5",
        "scope": "1.5",
        "showChanges": "1.6",
        "vocab": "1.7",
        "json": "1.8",
        "objectType": "1.8",
        "orderBy": "1.9",
        "snapshotId": "1.9",
    }


@pytest.mark.parametrize(
    ("url", "version"),
    [
        (CORE_URL, "1.9"),
        ("https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld", "1.9"),
        ("http://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld", "1.9"),
        ("https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.6.jsonld", "1.6"),
        ("https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.3.1.jsonld", "1.3"),
        ("https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.0.jsonld", "1.3"),
        (
            "https://forge.etsi.org/rep/cim/NGSI-LD/-/raw/master/coreContext/ngsi-ld-core-context.jsonld",
            "1.9",
        ),
        ("https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-non-existing.jsonld", None),
        ("https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.10.jsonld", None),
        ("https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld.evil.example/", None),
        ("https://example.org/uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld", None),
    ],
)
def test_core_context_is_known_by_its_spellings(url: str, version: str | None) -> None:
    assert core_version(url) == version


@pytest.mark.parametrize(
    ("term", "name"),
    [
        ("temperature", "temperature"),
        ("Building", "Building"),
        ("location", "location"),
        ("温度", "温度"),
        ("value", "hasValue"),
        ("description", "http://purl.org/dc/terms/description"),
        ("Point", "https://purl.org/geojson/vocab#Point"),
        ("https://schema.org/name", "https://schema.org/name"),
        ("urn:example:name", "urn:example:name"),
        ("ngsi-ld:location", "location"),
        ("ngsi-ld:nothing", "https://uri.etsi.org/ngsi-ld/nothing"),
        (DEFAULT_VOCABULARY + "temperature", "temperature"),
        (DEFAULT_VOCABULARY + "location", DEFAULT_VOCABULARY + "location"),
        ("id", "@id"),
        ("@type", "@type"),
    ],
)
def test_core_context_expands_to_neutral_names(term: str, name: str) -> None:
    assert CORE_CONTEXT.expand(term) == name
    assert CORE_CONTEXT.expand(CORE_CONTEXT.compact(name)) == name


def test_every_core_term_comes_back() -> None:
    for term in core_terms():
        if not term.startswith("@"):
            assert CORE_CONTEXT.compact(CORE_CONTEXT.expand(term)) == term


def test_the_example_of_the_standard() -> None:
    context = compiled(PARKING)
    assert context.expand("OffStreetParking") == "http://example.org/parking/OffStreetParking"
    assert context.expand("availableSpotNumber") == "http://example.org/parking/availableSpotNumber"
    assert context.expand("observedAt") == "observedAt"
    assert context.compact("http://example.org/parking/availableSpotNumber") == "availableSpotNumber"
    # Without a term the shorter compact IRI, and without a prefix the whole IRI.
    assert context.compact("http://example.org/parking/total") == "ex:parking/total"
    assert CORE_CONTEXT.compact("http://example.org/parking/total") == "http://example.org/parking/total"


def test_the_core_is_last_and_cannot_be_overridden() -> None:
    context = compiled(
        {
            "location": "https://example.org/place",
            "id": "https://example.org/id",
            "@vocab": "https://example.org/v/",
        }
    )
    assert context.expand("location") == "location"
    assert context.compact("location") == "location"
    assert context.expand("id") == "@id"
    assert context.expand("colour") == "colour"
    # An own term for a name of the core reads, and the core's term is written.
    shorter = compiled({"loc": "ngsi-ld:location"})
    assert shorter.expand("loc") == "location"
    assert shorter.compact("location") == "location"


def test_terms_of_another_meaning_do_not_hide_default_names() -> None:
    context = compiled({"temperature": "https://example.org/temperature"})
    assert context.expand("temperature") == "https://example.org/temperature"
    assert context.compact("temperature") == "ngsi-ld:default-context/temperature"
    assert context.expand("ngsi-ld:default-context/temperature") == "temperature"


def test_aliases_of_keywords_and_terms_that_are_taken_out() -> None:
    context = compiled({"identifier": "@id", "kind": "@type", "secret": None, "hidden": {"@id": None}})
    assert context.expand("identifier") == "@id"
    assert context.expand("kind") == "@type"
    assert context.compact("@type") == "type"
    for term in ("secret", "hidden"):
        with pytest.raises(BadRequestData, match=term):
            context.expand(term)


def test_the_shortest_term_is_taken_and_of_equals_the_first() -> None:
    context = compiled(
        {
            "名称": "https://schema.org/name",
            "name": "https://schema.org/name",
            "nana": "https://schema.org/name",
        }
    )
    assert context.compact("https://schema.org/name") == "名称"
    assert (
        compiled({"name": "https://e.org/n", "nana": "https://e.org/n"}).compact("https://e.org/n") == "name"
    )


def test_later_contexts_win_and_null_starts_anew() -> None:
    context = compiled({"a": "https://e.org/1", "b": "https://e.org/b"}, {"a": "https://e.org/2"})
    assert context.expand("a") == "https://e.org/2"
    assert context.expand("b") == "https://e.org/b"
    anew = compiled({"a": "https://e.org/1"}, None, {"b": "https://e.org/b"})
    assert anew.expand("a") == "a"
    assert anew.expand("location") == "location"


def test_definitions_use_prefixes_vocabulary_and_each_other_in_any_order() -> None:
    context = compiled(
        {
            "late": "mid:x",
            "mid": "first:m/",
            "first": "https://e.org/",
            "@vocab": "first:v#",
            "plain": {"@type": "@id"},
            "same": "late",
            "first:c": {"@type": "@id"},
            "loose": {"@id": "https://e.org/loose/"},
            "strict": {"@id": "https://e.org/strict", "@prefix": True},
        }
    )
    assert context.expand("late") == "https://e.org/m/x"
    assert context.expand("plain") == "https://e.org/v#plain"
    assert context.expand("same") == "https://e.org/m/x"
    assert context.expand("first:c") == "https://e.org/c"
    assert context.expand("strict:x") == "https://e.org/strictx"
    # A prefix is a simple definition with a delimiter at its end, or says so: else the name is an IRI of its own.
    assert context.expand("loose:x") == "loose:x"


def test_values_follow_the_coercion_of_their_term() -> None:
    context = compiled(PARKING)
    assert context.expand_value("category", ["public", "ex:forDisabled"]) == [
        "public",
        "http://example.org/forDisabled",
    ]
    assert context.expand_value("providedBy", "ex:company/1") == "http://example.org/company/1"
    assert context.expand_value("providedBy", "company") == "company"
    assert context.expand_value("availableSpotNumber", "public") == "public"
    assert context.expand_value("category", 5) == 5
    assert context.expand_vocabulary("OffStreetParking") == "http://example.org/parking/OffStreetParking"
    assert context.compact(context.expand_vocabulary("non commercial: 用")) == "non commercial: 用"


def test_what_is_not_followed_is_named_with_its_reason() -> None:
    context = compiled(
        {
            "a": {"@id": "https://e.org/a", "@context": {"b": "https://e.org/b"}},
            "children": {"@reverse": "https://e.org/parent"},
            "@language": "ja",
            "@base": "https://e.org/",
            "@unknown": "https://e.org/u",
        }
    )
    assert {what for what, _ in context.ignored} == {"a", "children", "@language", "@base", "@unknown"}
    assert all(reason for _, reason in context.ignored)
    assert context.expand("a") == "https://e.org/a"
    assert context.expand("b") == "b"


@pytest.mark.parametrize(
    "context",
    [
        {"@version": 1.0},
        {"@vocab": 5},
        {"@vocab": "@type"},
        {"@protected": "yes"},
        {"a": 5},
        {"a": ["https://e.org/a"]},
        {"a": {"@id": 5}},
        {"a": {"@id": "@context"}},
        {"a": {"@id": "https://e.org/a", "@type": 5}},
        {"a": {"@id": "https://e.org/a", "@container": "lists"}},
        {"a": {"@id": "https://e.org/a", "@prefix": 1}},
        {"a": {"@id": "https://e.org/a", "@protected": 1}},
        {"a": "b:x", "b": "a:y"},
        {"a": "a:b:c", "b": "c", "c": "b"},
        {"": "https://e.org/a"},
        {"@id": "https://e.org/a"},
        {"@type": {"@id": "https://e.org/a"}},
    ],
    ids=lambda context: json.dumps(context),
)
def test_invalid_contexts_are_refused(context: dict[str, Any]) -> None:
    with pytest.raises(BadRequestData, match="@context"):
        compiled(context)


def test_protected_terms_of_a_user_stay() -> None:
    secured = {"@protected": True, "proof": "https://w3id.org/security#proof"}
    assert (
        compiled(secured, {"proof": "https://w3id.org/security#proof"}).expand("proof")
        == "https://w3id.org/security#proof"
    )
    with pytest.raises(BadRequestData, match="proof"):
        compiled(secured, {"proof": "https://example.org/proof"})


def test_a_chain_of_definitions_is_bounded() -> None:
    chain = {f"p{number}": f"p{number + 1}:x/" for number in range(5000)} | {"p5000": "https://e.org/"}
    with pytest.raises(BadRequestData, match="too far"):
        compiled(chain)


def test_too_many_terms_are_refused() -> None:
    with pytest.raises(BadRequestData, match="terms"):
        compiled({f"t{number}": "https://e.org/t" for number in range(60_000)})


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a b",
        "a<b",
        'a"b',
        "a\nb",
        "a\\b",
        "a{b}",
        "\ud800",
        "_:b0",
        "x" * (MAX_NAME + 1),
        "@list",
        "https://e.org/a b",
    ],
)
def test_what_is_no_iri_is_no_name(name: str) -> None:
    with pytest.raises(BadRequestData):
        CORE_CONTEXT.expand(name)


def test_remembered_names_are_bounded() -> None:
    context = compiled({"a": "https://e.org/a"})
    for number in range(50_000):
        assert context.expand(f"n{number}") == f"n{number}"
        assert context.compact(f"https://x.org/{number}") == f"https://x.org/{number}"
    assert len(context._names) < 2_000
    assert len(context._terms) < 2_000


def test_a_context_of_many_prefixes_compacts_without_trying_them_all() -> None:
    context = compiled({f"p{number}": f"https://e.org/{number}/" for number in range(20_000)})
    tried: list[str] = []
    says = type(context)._says

    def counted(self: Any, compact: str, iri: str) -> bool:
        tried.append(compact)
        return says(self, compact, iri)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(context), "_says", counted)
        assert context.compact("https://e.org/19999/x") == "p19999:x"
        assert context.compact("https://e.org/none") == "https://e.org/none"
    assert tried == ["p19999:x"]


def test_the_body_says_the_core_where_the_user_did_not() -> None:
    assert CORE_CONTEXT.body() == CORE_URL
    assert compile_context([{}], "https://e.org/c.jsonld").body() == ["https://e.org/c.jsonld", CORE_URL]
    assert compile_context([{}], ["https://e.org/c", {}]).body() == ["https://e.org/c", {}, CORE_URL]
    assert compile_context([{}], "https://e.org/c.jsonld", has_core=True).body() == "https://e.org/c.jsonld"


LOCAL = st.text(string.ascii_letters + string.digits + "_-.é街", min_size=1, max_size=8)
PREFIXES = st.dictionaries(
    st.sampled_from(["ex", "s", "vocab", "市", "k"]),
    st.sampled_from(
        ["https://e.org/", "https://e.org/a/", "https://e.org/a#", "urn:city:", DEFAULT_VOCABULARY]
    ),
    max_size=4,
)
IRIS = st.builds(
    str.__add__,
    st.sampled_from(
        [
            "https://e.org/",
            "https://e.org/a/",
            "https://e.org/a#",
            "urn:city:",
            "urn:other:",
            "https://uri.etsi.org/ngsi-ld/",
        ]
    ),
    LOCAL,
)


@st.composite
def contexts(draw: st.DrawFn) -> dict[str, Any]:
    prefixes = draw(PREFIXES)
    targets = IRIS | LOCAL.map(lambda rest: DEFAULT_VOCABULARY + rest)
    if prefixes:
        targets |= st.builds("{}:{}".format, st.sampled_from(sorted(prefixes)), LOCAL)
    definitions = targets | st.builds(
        lambda iri, kind: {"@id": iri, "@type": kind}, targets, st.sampled_from(["@id", "@vocab", "DateTime"])
    )
    return {**draw(st.dictionaries(LOCAL, definitions | st.none(), max_size=8)), **prefixes}


@given(contexts())
@example({"k": "https://e.org/", "x": "k:x", "k:y": "https://e.org/other"})
def test_declared_terms_come_back(local: dict[str, Any]) -> None:
    context = compiled(local)
    names: dict[str, list[str]] = {}
    for term, definition in local.items():
        if definition is not None and term not in core_terms():
            names.setdefault(context.expand(term), []).append(term)
    for name, terms in names.items():
        core = CORE_CONTEXT.definitions.get(CORE_CONTEXT.compact(name))
        if core is None:
            assert context.compact(name) == min(terms, key=lambda term: (len(term), term))
        for term in terms:
            assert context.expand(term) == name


@given(
    contexts(),
    IRIS | LOCAL | st.sampled_from(sorted(CORE_NAMES)) | LOCAL.map(lambda rest: DEFAULT_VOCABULARY + rest),
)
def test_what_is_compacted_expands_to_the_same_name(local: dict[str, Any], name: str) -> None:
    assume(name.partition(":")[0] not in local)
    context = compiled(local)
    name = neutral_name(iri_of(name))
    assert context.expand(context.compact(name)) == name


@given(
    IRIS
    | LOCAL.map(lambda rest: DEFAULT_VOCABULARY + rest)
    | st.text(min_size=1).map(lambda rest: DEFAULT_VOCABULARY + rest)
)
def test_neutral_names_lose_nothing(iri: str) -> None:
    assert iri_of(neutral_name(iri)) == iri
