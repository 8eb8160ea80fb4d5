"""A slow model of the query language that is right by looking at it, and records and conditions to try it on."""

import re
from datetime import UTC, date, datetime, time
from typing import Any

from hypothesis import strategies as st

from hitotsu.records.query import ast
from hitotsu.records.query.ast import Compare, Exists, Match, Number, Path, Span, Text, Truth
from hitotsu.records.query.instants import read_instant
from hitotsu.records.query.patterns import read_pattern

ATTRIBUTES = ["a", "b", "水位", "q\"u'o\\te $1 %s", "https://example.org/vocabulary#speed"]
SUBS = ["s", "副"]
MEMBERS = ["x", "y", "en", "名"]
IDS = [f"urn:ngsi-ld:T:{number}" for number in range(5)]
TEXTS = [
    "", "red", "blue", "en", "赤い", 'a"b', "a'b\\c", "10", "😀", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.5Z",
    "2024-01-01T00:00:00,50Z", "2024-01-01", "2024-02-30T00:00:00Z", "12:00:00Z", "2024-01-01T00:00:00.25Z",
    *IDS[:2],
]  # fmt: skip
INSTANTS = [
    "2024-01-01T00:00:00Z",
    "2024-01-01T00:00:00.5Z",
    "2024-01-01T00:00:00.25Z",
    "2024-01-01",
    "12:00:00Z",
    "2025-06-01T00:00:00Z",
]
PATTERNS = [
    "red",
    "^b",
    "e$",
    "^$",
    ".",
    "[a-z]+d",
    "(re|bl)(d|ue)$",
    "赤",
    "[^a-z]",
    "T00:00",
    r"\d{4}-\d\d",
    r"\\c",
    "(a*)*b",
    '"',
]
NUMBERS = st.sampled_from([-1, 0, 1, 10, 10.0, 10.5, 0.1, 1e20, 9007199254740993, 9007199254740992.0])
SYSTEM_TIMES = ["2024-01-01T00:00:00.000000Z", "2024-01-01T00:00:00.250000Z", "2025-06-01T00:00:00.000000Z"]

texts = st.sampled_from(TEXTS)
plain = st.one_of(NUMBERS, texts, st.booleans())
json_values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(plain, st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=3)
    ),
    max_leaves=5,
)
links = st.sampled_from(IDS)
spoken = st.dictionaries(
    st.sampled_from(["en", "ja", "x"]), st.one_of(texts, st.lists(texts, max_size=2)), min_size=1, max_size=2
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "Property": st.one_of(plain, json_values.filter(lambda value: value is not None)),
    "Relationship": st.one_of(links, st.lists(links, max_size=2)),
    "ListRelationship": st.lists(links, max_size=3),
    "ListProperty": st.lists(plain, max_size=3),
    "LanguageProperty": spoken,
    "VocabProperty": st.one_of(texts, st.lists(texts, max_size=2)),
    "JsonProperty": json_values.filter(lambda value: value is not None),
}


@st.composite
def instances(draw: st.DrawFn, depth: int = 1) -> list[dict[str, Any]]:
    made = []
    for number in range(draw(st.sampled_from([1, 1, 1, 2]))):
        kind = draw(st.sampled_from(list(VALUES)))
        instance: dict[str, Any] = {"type": kind, "value": draw(VALUES[kind]), "createdAt": SYSTEM_TIMES[0]}
        if number:
            instance["datasetId"] = f"urn:ngsi-ld:Dataset:{number}"
        if draw(st.booleans()):
            instance["observedAt"] = draw(st.sampled_from(INSTANTS[:3]))
        if draw(st.booleans()):
            instance["unitCode"] = draw(st.sampled_from(["CEL", "MTR"]))
        if kind == "Relationship" and draw(st.booleans()):
            instance["objectType"] = draw(st.sampled_from(["T", ["T", "U"], "red"]))
        if depth and draw(st.booleans()):
            instance["sub"] = {draw(st.sampled_from(SUBS)): draw(instances(depth - 1))}
        made.append(instance)
    return made


@st.composite
def records(draw: st.DrawFn) -> list[dict[str, Any]]:
    ids = draw(st.lists(links, min_size=1, max_size=5, unique=True))
    return [
        {
            "id": record_id,
            "types": draw(st.lists(st.sampled_from(["T", "U", "V"]), min_size=1, max_size=2, unique=True)),
            "scope": draw(st.sampled_from([None, [], ["/a"], ["/a/b", "/c"], ["/a/b/c"], ["/x/b"]])),
            "attributes": draw(st.dictionaries(st.sampled_from(ATTRIBUTES), instances(), max_size=3)),
            "createdAt": draw(st.sampled_from(SYSTEM_TIMES)),
            "modifiedAt": SYSTEM_TIMES[2],
            "expiresAt": draw(st.sampled_from([None, *SYSTEM_TIMES])),
            "ownerId": draw(st.sampled_from([1, 1, 2])),
            "visibility": draw(st.integers(0, 3)),
        }
        for record_id in ids
    ]


@st.composite
def paths(draw: st.DrawFn) -> Path:
    shape = draw(st.integers(0, 9))
    name = draw(st.sampled_from(ATTRIBUTES))
    subs = tuple(draw(st.lists(st.sampled_from(SUBS), max_size=1))) if shape in (4, 5, 6) else ()
    if shape == 0:
        return Path("", member=draw(st.sampled_from(["id", "createdAt", "expiresAt"])))
    if shape in (1, 4):
        member = draw(st.sampled_from(["observedAt", "unitCode", "datasetId", "objectType", "createdAt"]))
        return Path(name, subs, member)
    if shape in (2, 5):
        return Path(name, subs, None, tuple(draw(st.lists(st.sampled_from(MEMBERS), min_size=1, max_size=2))))
    return Path(name, subs, None, ("*",) if shape == 3 else ())


def text_literals() -> st.SearchStrategy[Text]:
    return st.builds(Text, texts, texts) | texts.map(lambda text: Text(text, text))


def instants() -> st.SearchStrategy[Any]:
    return st.sampled_from(INSTANTS).map(read_instant)


scalars = st.one_of(NUMBERS.map(Number), text_literals(), instants(), st.booleans().map(Truth))
spans = st.one_of(
    st.builds(Span, NUMBERS.map(Number), NUMBERS.map(Number)),
    st.builds(Span, text_literals(), text_literals()),
    st.builds(
        Span, st.sampled_from(INSTANTS[:3]).map(read_instant), st.sampled_from(INSTANTS[:3]).map(read_instant)
    ),
)


@st.composite
def comparisons(draw: st.DrawFn) -> Compare:
    operator = draw(st.sampled_from(["==", "!=", "<", "<=", ">", ">="]))
    if operator in ("==", "!="):
        return Compare(
            draw(paths()), operator, tuple(draw(st.lists(scalars | spans, min_size=1, max_size=3)))
        )
    return Compare(draw(paths()), operator, (draw(scalars),))


scopes = st.builds(
    ast.InScope,
    st.lists(st.sampled_from(["a", "b", None]), min_size=1, max_size=3).map(tuple),
    st.booleans(),
) | st.just(ast.InScope((), True))
leaves: st.SearchStrategy[ast.Node] = st.one_of(
    comparisons(),
    comparisons(),
    st.builds(Exists, paths()),
    st.builds(Match, paths(), st.sampled_from(PATTERNS).map(read_pattern), st.booleans()),
    st.builds(ast.HasType, st.sampled_from([("T",), ("T", "U")]), st.booleans()),
    st.builds(ast.HasId, st.lists(links, max_size=2).map(tuple)),
    st.builds(ast.IdMatches, st.sampled_from(["[0-2]$", "^urn:ngsi-ld:T:3"]).map(read_pattern)),
    st.builds(ast.HasAnyAttribute, st.lists(st.sampled_from(ATTRIBUTES), max_size=2).map(tuple)),
    scopes,
    st.builds(ast.Owned, st.sampled_from([None, (1,), (1, 2)]), st.sampled_from([None, (0,), (0, 1)])),
    st.just(ast.Alive(datetime(2024, 1, 1, 0, 0, 0, 250000, tzinfo=UTC))),
)
nodes: st.SearchStrategy[ast.Node] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: ast.And(tuple(items))),
        st.lists(inner, max_size=3).map(lambda items: ast.Or(tuple(items))),
        inner.map(ast.Not),
        st.builds(ast.Linked, st.sampled_from(ATTRIBUTES).map(Path), inner, st.sampled_from([(), ("T",)])),
    ),
    max_leaves=4,
)


def model(node: Any, record: dict[str, Any], world: list[dict[str, Any]]) -> bool:
    """Whether the record fulfils the node, case by case as the language is described."""
    match node:
        case ast.And(items):
            return all(model(item, record, world) for item in items)
        case ast.Or(items):
            return any(model(item, record, world) for item in items)
        case ast.Not(item):
            return not model(item, record, world)
        case ast.HasType(names, every):
            return (all if every else any)(name in record["types"] for name in names)
        case ast.HasId(ids):
            return record["id"] in ids
        case ast.IdMatches(pattern):
            return re.search(pattern.source, record["id"]) is not None
        case ast.HasAnyAttribute(names):
            return any(name in record["attributes"] for name in names)
        case ast.InScope(levels, below):
            return any(in_scope(scope, levels, below) for scope in record["scope"] or [])
        case ast.Owned(owners, visibilities):
            return (owners is None or record["ownerId"] in owners) and (
                visibilities is None or record["visibility"] in visibilities
            )
        case ast.Alive(at):
            return record["expiresAt"] is None or moment(record["expiresAt"]) > at
        case ast.Linked(path, inner, types):
            return any(
                other["id"] in (link["value"] if isinstance(link["value"], list) else [link["value"]])
                and other["ownerId"] == record["ownerId"]
                and (not types or set(types) & set(other["types"]))
                and model(inner, other, world)
                for link in at_path(record, path)
                if link["type"] in ("Relationship", "ListRelationship")
                for other in world
            )
        case Exists(path) if not path.attribute:
            return record[path.member] is not None
        case Exists(path):
            return any(target(instance, path) is not None for instance in at_path(record, path))
        case Compare(path, operator, values) if not path.attribute:
            value = record[path.member]
            if value is None:
                return False
            kind = "id" if path.member == "id" else "system"
            return agrees(kind, [value], operator, values)
        case Compare(path, operator, values):
            found = (target(instance, path) for instance in at_path(record, path))
            return any(
                agrees(kind, elements, operator, values)
                for kind, elements in (each for each in found if each)
            )
        case Match(path, pattern, negated) if not path.attribute:
            return path.member == "id" and (re.search(pattern.source, record["id"]) is None) == negated
        case Match(path, pattern, negated):
            for instance in at_path(record, path):
                kind, elements = target(instance, path) or ("", [])
                found = [each for each in elements if isinstance(each, str) and kind != "link"]
                if found and any(re.search(pattern.source, each) for each in found) != negated:
                    return True
            return False
    raise AssertionError(node)


def in_scope(scope: str, levels: tuple[str | None, ...], below: bool) -> bool:
    steps = scope.strip("/").split("/")
    fits = len(steps) >= len(levels) if below else len(steps) == len(levels)
    return fits and all(level in (None, step) for level, step in zip(levels, steps, strict=False))


def at_path(record: dict[str, Any], path: Path) -> list[dict[str, Any]]:
    found = record["attributes"].get(path.attribute, [])
    for sub in path.subs:
        found = [inner for instance in found for inner in instance.get("sub", {}).get(sub, [])]
    return found


def target(instance: dict[str, Any], path: Path) -> tuple[str, list[Any]] | None:
    """The kind of the target and its elements; nothing where it is not there."""
    if path.member is not None:
        if path.member not in instance:
            return None
        value = instance[path.member]
        kind = "name" if path.member == "objectType" else "member"
        return kind, value if isinstance(value, list) else [value]
    kind = {
        "Relationship": "link",
        "ListRelationship": "link",
        "LanguageProperty": "spoken",
        "VocabProperty": "name",
    }.get(instance["type"], "value")
    value = instance["value"]
    if path.trailing == ("*",) and kind != "spoken":
        return None
    if path.trailing and path.trailing != ("*",):
        for name in path.trailing:
            if not isinstance(value, dict) or name not in value:
                return None
            value = value[name]
        return kind, value if isinstance(value, list) else [value]
    if kind == "spoken":
        flat: list[Any] = []
        for spoken_text in value.values():
            flat += spoken_text if isinstance(spoken_text, list) else [spoken_text]
        return kind, flat
    return kind, value if isinstance(value, list) else [value]


def agrees(kind: str, elements: list[Any], operator: str, values: tuple[Any, ...]) -> bool:
    if operator == "!=":
        return not agrees(kind, elements, "==", values)
    if kind == "link" and operator != "==":
        return False
    return any(one_agrees(kind, element, operator, value) for element in elements for value in values)


def one_agrees(kind: str, element: Any, operator: str, value: Any) -> bool:
    if isinstance(value, Span):
        return one_agrees(kind, element, ">=", value.low) and one_agrees(kind, element, "<=", value.high)
    own: Any = element
    wanted: Any
    if isinstance(value, ast.Instant):
        if not isinstance(element, str) or kind in ("link", "spoken", "id"):
            return False
        own, wanted = (
            as_time(element, value.kind),
            as_time(value.key + ("" if value.kind == "date" else "Z"), value.kind),
        )
        if own is None:
            return False
    elif kind == "system":
        return False
    elif isinstance(value, Text):
        wanted = value.name if kind == "name" else value.value
        if not isinstance(element, str):
            return False
    else:
        wanted = value.value
        if isinstance(element, bool) != isinstance(wanted, bool) or not isinstance(element, int | float):
            return False
        if isinstance(value, Truth) and operator != "==":
            return False
    return {
        "==": own == wanted,
        "<": own < wanted,
        "<=": own <= wanted,
        ">": own > wanted,
        ">=": own >= wanted,
    }[operator]


def as_time(text: str, kind: str) -> Any:
    """A number that grows with the time; a day that no calendar has stands behind the days before it."""
    if kind == "date":
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    if kind == "time":
        whole = re.fullmatch(r"\d\d:\d\d:\d\d(?:[.,]\d{1,6})?Z", text)
        return time.fromisoformat(text.replace(",", ".")) if whole else None
    whole = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,6}))?Z", text)
    if whole is None:
        return None
    *parts, fraction = whole.groups()
    return (*map(int, parts), int((fraction or "0").ljust(6, "0")))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
