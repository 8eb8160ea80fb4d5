"""A query asked of one neutral record in memory. It holds exactly where the statement of ``sql`` finds the record.

A node is compiled once into a test, which is then asked of many records.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from hitotsu.records.query.ast import (
    Alive,
    And,
    Compare,
    Exists,
    HasAnyAttribute,
    HasId,
    HasType,
    IdMatches,
    InScope,
    Linked,
    Match,
    Near,
    Node,
    Not,
    Or,
    Owned,
    Path,
    Spatial,
)
from hitotsu.records.query.elements import element_test
from hitotsu.records.query.geo import test_of
from hitotsu.records.query.instants import instant_key
from hitotsu.records.query.targets import instances_of, reader_of, texts_of

Record: TypeAlias = Mapping[str, Any]
# Finds the record of the same owner by its id, with the same reach as the query.
Lookup: TypeAlias = Callable[[str], Record | None]
Test: TypeAlias = Callable[[Record], bool]
_RELATIONS: Final = ("Relationship", "ListRelationship")


def no_links(_id: str) -> None:
    """The lookup of one who has only the record itself: no linked record is found."""


def compile_test(node: Node, lookup: Lookup = no_links) -> Test:
    """The node as a function of one neutral record.

    For ``Owned`` the record must say ``ownerId`` and ``visibility`` beside its own members. ``lookup`` finds linked
    records.
    """
    if isinstance(node, And):
        return _all([compile_test(item, lookup) for item in node.items])
    if isinstance(node, Or):
        tests = tuple(compile_test(item, lookup) for item in node.items)
        return lambda record: any(test(record) for test in tests)
    if isinstance(node, Not):
        denied = compile_test(node.item, lookup)
        return lambda record: not denied(record)
    if isinstance(node, Compare):
        return _compare(node)
    if isinstance(node, Exists):
        return _exists(node.path)
    if isinstance(node, Match):
        return _match(node)
    if isinstance(node, Linked):
        return _linked(node, lookup)
    if isinstance(node, Near | Spatial):
        return _geometry(node)
    return _record(node)


def holds(node: Node, record: Record, lookup: Lookup = no_links) -> bool:
    """Whether the record fulfils the node; ``compile_test`` where it is asked of more than one."""
    return compile_test(node, lookup)(record)


def _all(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        first, second = tests
        return lambda record: first(record) and second(record)
    return lambda record: all(test(record) for test in tests)


def _exists(path: Path) -> Test:
    if not path.attribute:
        member = path.member or ""
        return lambda record: record.get(member) is not None
    name = path.attribute
    if not (path.subs or path.member or path.trailing):
        return lambda record: name in record["attributes"]
    find, (present, _) = instances_of(path), reader_of(path)
    return lambda record: any(present(instance) for instance in find(record))


def _compare(node: Compare) -> Test:
    equality = node.operator in ("==", "!=")
    element = element_test("==" if node.operator == "!=" else node.operator, node.values)
    if not node.path.attribute:
        return _compare_member(node, element)
    find, (present, elements) = instances_of(node.path), reader_of(node.path)
    if node.operator == "!=":

        def differs(record: Record) -> bool:
            for instance in find(record):
                if present(instance):
                    kind, values = elements(instance)
                    if not any(element(kind, value) for value in values):
                        return True
            return False

        return differs

    def agrees(record: Record) -> bool:
        for instance in find(record):
            kind, values = elements(instance)
            if equality or kind not in _RELATIONS:
                for value in values:
                    if element(kind, value):
                        return True
        return False

    return agrees


def _compare_member(node: Compare, element: Callable[[str, Any], bool]) -> Test:
    member, negated = node.path.member or "", node.operator == "!="

    def test(record: Record) -> bool:
        value = record.get(member)
        if value is None:
            return False
        if member == "id":
            return element("id", value) is not negated
        # A system time is a time and no text.
        key = instant_key(value, "datetime")
        return (key is not None and element("system time", value)) is not negated

    return test


def _match(node: Match) -> Test:
    pattern, negated = node.pattern, node.negated
    if not node.path.attribute:
        if node.path.member != "id":
            return lambda record: False
        return lambda record: pattern.found_in(record["id"]) is not negated
    find, texts = instances_of(node.path), texts_of(node.path)

    def test(record: Record) -> bool:
        for instance in find(record):
            found = texts(instance)
            if found and any(pattern.found_in(text) for text in found) is not negated:
                return True
        return False

    return test


def _linked(node: Linked, lookup: Lookup) -> Test:
    find, inner = instances_of(node.path), compile_test(node.inner, lookup)
    types = frozenset(node.types)

    def test(record: Record) -> bool:
        for instance in find(record):
            if instance["type"] not in _RELATIONS:
                continue
            value = instance["value"]
            for target in value if isinstance(value, list) else (value,):
                other = lookup(target) if isinstance(target, str) else None
                if other is not None and (not types or types.intersection(other["types"])) and inner(other):
                    return True
        return False

    return test


def _geometry(node: Near | Spatial) -> Test:
    test, name = test_of(node), node.attribute

    def of_record(record: Record) -> bool:
        for instance in record["attributes"].get(name, ()):
            value = instance["value"]
            if isinstance(value, Mapping) and test(value):
                return True
        return False

    return of_record


def _record(node: HasType | HasId | IdMatches | HasAnyAttribute | InScope | Owned | Alive) -> Test:
    if isinstance(node, HasType):
        names = frozenset(node.names)
        if node.every:
            return lambda record: names.issubset(record["types"])
        return lambda record: not names.isdisjoint(record["types"])
    if isinstance(node, HasId):
        ids = frozenset(node.ids)
        return lambda record: record["id"] in ids
    if isinstance(node, IdMatches):
        pattern = node.pattern
        return lambda record: pattern.found_in(record["id"])
    if isinstance(node, HasAnyAttribute):
        attributes = node.names
        return lambda record: any(name in record["attributes"] for name in attributes)
    if isinstance(node, InScope):
        return _in_scope(node)
    if isinstance(node, Alive):
        at = node.at
        return lambda record: record.get("expiresAt") is None or _later(record["expiresAt"], at.isoformat())
    owners, visibilities = node.owners, node.visibilities
    return lambda record: (
        (owners is None or record["ownerId"] in owners)
        and (visibilities is None or record["visibility"] in visibilities)
    )


def _later(written: str, at: str) -> bool:
    key = instant_key(written, "datetime")
    whole, _, fraction = at.removesuffix("+00:00").partition(".")
    return key is not None and key > f"{whole}.{fraction:0<6}"


def _in_scope(node: InScope) -> Test:
    levels, below = node.levels, node.below
    depth = len(levels)
    if not levels:
        return lambda record: bool(record.get("scope"))

    def test(record: Record) -> bool:
        for scope in record.get("scope") or ():
            steps = scope.split("/")[1:]
            if (len(steps) == depth or (below and len(steps) > depth)) and all(
                wanted is None or wanted == step for wanted, step in zip(levels, steps, strict=False)
            ):
                return True
        return False

    return test
