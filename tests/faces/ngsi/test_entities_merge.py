"""Merge Entity against a slow model: the entity as one plain JSON tree, and RFC 7396 on it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.faces.ngsi.entity_samples import (
    ATTRIBUTE_NAMES,
    CONTEXT,
    DATASETS,
    KEYS,
    LATER,
    NAMES,
    NOW,
    POINT,
    SCALARS,
    TEXTS,
    VALUES,
    attributes,
    many_attributes,
)

from hitotsu.faces.ngsi.entities.geometry import looks_geometric
from hitotsu.faces.ngsi.entities.instances import MERGE, MERGE_KEY_VALUES
from hitotsu.faces.ngsi.entities.merging import MergeOptions, merge_attribute, merge_entity, merge_patch
from hitotsu.faces.ngsi.entities.operations import create
from hitotsu.faces.ngsi.entities.reading import read_attribute, read_entity, read_fragment
from hitotsu.faces.ngsi.entities.rules import NULL, VALUE_MEMBER, Record
from hitotsu.faces.ngsi.entities.views import View
from hitotsu.faces.ngsi.entities.writing import Writer
from hitotsu.faces.ngsi.problems import BadRequestData

HEAD = {"id": "urn:ngsi-ld:Vehicle:1", "type": "Vehicle"}
OPTIONS = MergeOptions(expand=CONTEXT.expand_vocabulary)
META = ("observedAt", "unitCode", "objectType", "valueType")
GONE = object()  # stands for the null of RFC 7396: a JsonProperty may hold a real null
DEEP = {"Property", "LanguageProperty", "JsonProperty"}


def record_of(payload: dict[str, Any]) -> Record:
    return create(read_entity(HEAD | payload, CONTEXT), NOW).record


def merge(record: Record, payload: dict[str, Any], options: MergeOptions = OPTIONS, mode: Any = MERGE) -> Any:
    return merge_entity(record, read_fragment(payload, CONTEXT, mode), LATER, options)


def shown(record: Record) -> dict[str, Any]:
    return {
        key: value
        for key, value in Writer(CONTEXT, View()).entity(record).items()
        if key not in ("id", "type")
    }


# The model: attributes by name and datasetId, members with a mark so that no value is taken for an attribute.
def tree(payload: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in payload.items():
        out[name] = {}
        for one in value if isinstance(value, list) else [value]:
            dataset = one.get("datasetId", "@none") if isinstance(one, dict) else "@none"
            out[name][dataset] = node(one)
    return out


def node(one: Any) -> Any:
    if one == NULL:
        return GONE
    kind = one.get("type")
    out: dict[str, Any] = {} if kind is None else {"!type": kind}
    subs = {}
    for key, value in one.items():
        if kind is not None and key == VALUE_MEMBER[kind]:
            # What is replaced as a whole stands in an array: RFC 7396 does not look into these.
            out["!value"] = nulls(value) if kind in DEEP else [value]
        elif key in META:
            out["!" + key] = nulls(value)
        elif key not in ("type", "datasetId"):
            subs[key] = value
    return out | {"!sub": tree(subs)}


def nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: nulls(one) for key, one in value.items()}
    return GONE if value == NULL else value


def rfc7396(target: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    if not isinstance(target, dict) or patch.get("!type", target.get("!type")) != target.get("!type"):
        target = {}
    result = dict(target)
    for key, value in patch.items():
        if value is GONE:
            result.pop(key, None)
        else:
            result[key] = rfc7396(result.get(key), value)
    return result


def sound(attributes_of: dict[str, Any]) -> bool:
    """Whether every attribute has a kind and a value, and every language map a language."""
    return all(
        "!type" in one
        and "!value" in one
        and not (one["!type"] == "LanguageProperty" and not one["!value"])
        and ("!unitCode" not in one or one["!type"] in ("Property", "ListProperty"))
        and ("!objectType" not in one or one["!type"] in ("Relationship", "ListRelationship"))
        and sound(one["!sub"])
        for datasets in attributes_of.values()
        for one in datasets.values()
    )


def pruned(attributes_of: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {dataset: one | {"!sub": pruned(one["!sub"])} for dataset, one in datasets.items()}
        for name, datasets in attributes_of.items()
        if datasets
    }


OBJECTS = st.dictionaries(
    KEYS, st.deferred(lambda: st.just(NULL) | SCALARS | st.lists(VALUES, max_size=2) | OBJECTS), max_size=3
)
MAPS = st.dictionaries(st.sampled_from(["ja", "en", "fr-CH"]), TEXTS | TEXTS | st.just(NULL), min_size=1)


def names_like(standing: Any) -> st.SearchStrategy[str]:
    """Names of attributes, mostly of those that are there."""
    there = [name for name in ATTRIBUTE_NAMES if name in standing] if isinstance(standing, dict) else []
    return st.sampled_from(there) | st.sampled_from(there) | NAMES if there else NAMES


def default_of(standing: Any, name: str) -> Any:
    one = standing.get(name) if isinstance(standing, dict) else None
    return one[0] if isinstance(one, list) else one


@st.composite
def patches(draw: st.DrawFn, depth: int, dataset: str | None, standing: Any = None) -> Any:
    known = isinstance(standing, dict)
    if dataset is None and draw(st.integers(0, 5)) == 0:
        return NULL
    out = draw(attributes(0, dataset))
    kind = out["type"]
    member = VALUE_MEMBER[kind]
    if kind in ("Property", "JsonProperty") and draw(st.booleans()):
        out[member] = draw(OBJECTS)
    elif kind == "LanguageProperty":
        out[member] = draw(MAPS)
    for key in META:
        if key in out and draw(st.integers(0, 3)) == 0:
            out[key] = NULL
    # Without a value the patch can only be of an attribute that is there, and of its kind.
    if draw(st.integers(0, 2 if known else 30)) == 0:
        del out[member]
        if known and draw(st.integers(0, 3)) and out.keys() & META:
            del out["type"]
    elif kind not in ("Property", "GeoProperty") and draw(st.booleans()):
        del out["type"]
        assert not looks_geometric(out[member])
    if depth and draw(st.booleans()):
        for name in draw(st.lists(names_like(standing), max_size=2, unique=True)):
            out[name] = draw(patches(depth - 1, None, default_of(standing, name)))
    return out


@st.composite
def merges(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    target = draw(many_attributes(most=3))
    patch = {}
    for name in draw(st.lists(names_like(target), min_size=1, max_size=3, unique=True)):
        datasets = sorted(draw(st.lists(DATASETS, min_size=1, max_size=2, unique=True)), key=bool)
        instances = [draw(patches(2, dataset, default_of(target, name))) for dataset in datasets]
        if len(instances) > 1 and NULL in instances:
            instances.remove(NULL)
        patch[name] = instances[0] if len(instances) == 1 else instances
    return target, patch


def said(patch: Any) -> Any:
    """The patch with the kinds that its members conclude."""
    if isinstance(patch, list):
        return [said(one) for one in patch]
    if not isinstance(patch, dict):
        return patch
    kinds = {member: kind for kind, member in VALUE_MEMBER.items() if member != "value"}
    inferred = next((kinds[key] for key in patch if key in kinds), None)
    kind = patch.get("type", inferred)
    out = {} if kind is None else {"type": kind}
    skipped = {"type", *META, "datasetId"} | ({VALUE_MEMBER[kind]} if kind else set())
    return out | {key: one if key in skipped else said(one) for key, one in patch.items() if key != "type"}


@given(merges())
def test_merge_is_rfc_7396_on_the_whole_tree(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    target, patch = pair
    record = record_of(target)
    expected = rfc7396(tree(target), tree({name: said(one) for name, one in patch.items()}))
    if not sound(expected):
        with pytest.raises(BadRequestData):
            merge(record, patch)
        return
    outcome = merge(record, patch)
    assert tree(shown(outcome.record)) == pruned(expected)


@given(merges())
def test_merging_twice_changes_no_more(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    target, patch = pair
    try:
        once = merge(record_of(target), patch).record
    except BadRequestData:
        return
    assert shown(merge(once, patch).record) == shown(once)


@given(merges())
def test_modified_times_move_only_where_something_was_written(
    pair: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    target, patch = pair
    record = record_of(target)
    try:
        outcome = merge(record, patch)
    except BadRequestData:
        return
    named = {CONTEXT.expand(name) for name in patch}
    for name, instances in outcome.record["attributes"].items():
        for one in instances:
            written = any(change.new is one for change in outcome.changes)
            assert one["modifiedAt"] == (LATER if written else NOW)
            assert written <= (name in named)
    assert (outcome.record["modifiedAt"] == LATER) == bool(outcome.changes)


TEMPERATURE = {"type": "Property", "value": 25, "unitCode": "CEL", "observedAt": "2022-03-14T01:59:26.535Z"}


def test_a_merge_leaves_members_that_it_does_not_name() -> None:
    patch = {"temperature": {"type": "Property", "value": 100, "observedAt": "2022-03-14T13:00:00.000Z"}}
    outcome = merge(record_of({"temperature": TEMPERATURE}), patch)
    assert shown(outcome.record)["temperature"] == patch["temperature"] | {"unitCode": "CEL"}
    assert outcome.record["attributes"]["temperature"][0]["createdAt"] == NOW


def test_a_merge_reaches_into_values() -> None:
    address = {"street": "Straße des 17. Juni", "city": "Berlin", "country": "Germany"}
    record = record_of({"address": {"type": "Property", "value": address}})
    patch = {"address": {"type": "Property", "value": {"street": "Pariser Platz", "country": NULL}}}
    assert shown(merge(record, patch).record)["address"]["value"] == {
        "street": "Pariser Platz",
        "city": "Berlin",
    }


def test_a_merge_reaches_into_sub_attributes() -> None:
    sub = {"type": "Property", "value": 0.5, "by": {"type": "Property", "value": "A"}}
    record = record_of({"temperature": TEMPERATURE | {"accuracy": sub, "source": sub}})
    patch = {"temperature": {"accuracy": {"value": 0.1, "by": NULL}, "source": NULL, "unitCode": NULL}}
    outcome = merge(record, patch)
    assert shown(outcome.record)["temperature"] == {
        "type": "Property",
        "value": 25,
        "observedAt": TEMPERATURE["observedAt"],
        "accuracy": {"type": "Property", "value": 0.1},
    }


def test_a_merge_adds_types_and_replaces_the_scope() -> None:
    record = record_of({"scope": ["/A", "/B"]})
    outcome = merge(record, {"type": ["Bus", "Vehicle"], "scope": "/C"})
    assert outcome.record["types"] == ["https://example.org/Vehicle", "Bus"]
    assert outcome.record["scope"] == ["/C"]
    assert "scope" not in merge(record, {"scope": NULL}).record


def test_a_common_observed_at_is_for_attributes_that_have_one() -> None:
    record = record_of({"temperature": TEMPERATURE, "seats": {"type": "Property", "value": 4}})
    options = MergeOptions(observed_at="2026-01-01T00:00:00Z")
    out = shown(merge(record, {"temperature": {"value": 1}, "seats": {"value": 5}, "new": 1}, options).record)
    assert out["temperature"]["observedAt"] == "2026-01-01T00:00:00Z"
    assert "observedAt" not in out["seats"]
    assert "observedAt" not in out["new"]
    explicit = {"temperature": {"value": 1, "observedAt": "2025-01-01T00:00:00Z"}}
    out = shown(merge(record, explicit, options).record)
    assert out["temperature"]["observedAt"] == "2025-01-01T00:00:00Z"


EVERY: dict[str, Any] = {
    "label": {"type": "LanguageProperty", "languageMap": {"ja": "雪", "en": "snow"}},
    "link": {"type": "Relationship", "object": "urn:a:b"},
    "route": {"type": "ListRelationship", "objectList": [{"object": "urn:a:b"}]},
    "weather": {"type": "VocabProperty", "vocab": "Windy"},
    "periods": {"type": "ListProperty", "valueList": [1]},
    "raw": {"type": "JsonProperty", "json": {"a": 1}},
    "location": {"type": "GeoProperty", "value": POINT},
    "plain": {"type": "Property", "value": 1},
}


@pytest.mark.parametrize("mode", [MERGE, MERGE_KEY_VALUES])
def test_a_bare_value_keeps_the_kind_of_the_attribute(mode: Any) -> None:
    patch = {
        "label": "雪國",
        "link": "urn:a:c",
        "route": ["urn:a:d"],
        "weather": "Sunny",
        "periods": [2, 3],
        "raw": [1],
        "location": {"type": "Point", "coordinates": [1, 2]},
        "plain": POINT,
    }
    outcome = merge(
        record_of(EVERY), patch, MergeOptions(language="ja", expand=CONTEXT.expand_vocabulary), mode
    )
    out = shown(outcome.record)
    assert {name: one["type"] for name, one in out.items()} == {
        name: one["type"] for name, one in EVERY.items()
    }
    assert out["label"]["languageMap"] == {"ja": "雪國", "en": "snow"}
    assert out["link"]["object"] == "urn:a:c"
    assert out["route"]["objectList"] == [{"object": "urn:a:d"}]
    assert out["weather"]["vocab"] == "Sunny"
    assert out["raw"]["json"] == [1]


def test_the_common_options_are_not_for_sub_attributes() -> None:
    sub = {"type": "Property", "value": 1, "observedAt": "2025-01-01T00:00:00Z"}
    record = record_of({"temperature": TEMPERATURE | {"accuracy": sub}})
    options = MergeOptions(observed_at="2026-01-01T00:00:00Z")
    out = shown(merge(record, {"temperature": {"value": 2, "accuracy": {"value": 3}}}, options).record)
    assert out["temperature"]["observedAt"] == "2026-01-01T00:00:00Z"
    assert out["temperature"]["accuracy"] == sub | {"value": 3}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("label", 5),
        ("link", "no uri"),
        ("link", 5),
        ("route", "urn:a:b"),
        ("weather", 5),
        ("periods", 5),
        ("raw", "x"),
        ("location", 5),
    ],
)
def test_a_bare_value_that_the_attribute_cannot_hold(name: str, value: Any) -> None:
    with pytest.raises(BadRequestData, match=f"/{name}"):
        merge(record_of(EVERY), {name: value})


@pytest.mark.parametrize(
    ("name", "member"),
    [("link", "unitCode"), ("link", "valueType"), ("plain", "objectType"), ("label", "valueType")],
)
def test_a_member_that_the_attribute_cannot_have(name: str, member: str) -> None:
    with pytest.raises(BadRequestData, match=f"/{name}/{member}"):
        merge(record_of(EVERY), {name: {member: "CEL"}})


def test_a_new_attribute_needs_a_value_and_a_location_a_geometry() -> None:
    record = record_of({})
    with pytest.raises(BadRequestData, match="/x"):
        merge(record, {"x": {"unitCode": "CEL"}})
    with pytest.raises(BadRequestData, match="/location"):
        merge(record, {"location": 7})
    assert merge(record, {"x": NULL}).record is record


def test_merge_of_one_attribute() -> None:
    record = record_of({"temperature": TEMPERATURE})
    name, instances = read_attribute({"value": 1, "unitCode": NULL}, "temperature", CONTEXT, MERGE)
    outcome = merge_attribute(record, name, instances, LATER)
    assert shown(outcome.record)["temperature"] == {
        "type": "Property",
        "value": 1,
        "observedAt": TEMPERATURE["observedAt"],
    }


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": NULL}, {}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": NULL}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a"], {"a": 1}, {"a": 1}),
        ({"e": 1}, ["c"], ["c"]),
        ({}, {"a": {"bb": {"ccc": NULL}}}, {"a": {"bb": {}}}),
    ],
)
def test_the_examples_of_rfc_7396(target: Any, patch: Any, result: Any) -> None:
    assert merge_patch(target, patch) == result
