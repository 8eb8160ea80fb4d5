"""Which entities, by type (clause 4.17), scope (4.19), id, id pattern and attributes."""

import re
from collections.abc import Callable
from typing import Final

from hitotsu.faces.ngsi.grammar.names import URI, Expand
from hitotsu.faces.ngsi.grammar.query import parse_pattern
from hitotsu.faces.ngsi.grammar.reading import Reading
from hitotsu.faces.ngsi.problems import BadRequestData, TooComplexQuery
from hitotsu.records.query import limits
from hitotsu.records.query.ast import (
    EVERYTHING,
    HasAnyAttribute,
    HasId,
    HasType,
    IdMatches,
    InScope,
    Node,
    both,
    either,
)

_TYPE: Final = re.compile(r"[^|,;()\s\"<>\\^`{}]+")
_SCOPE: Final = re.compile(r"[^|,;()\s\"<>\\^`{}]+")
_LEVEL: Final = re.compile(r"[\w-]+")
_TERM: Final = re.compile(r"[^\s,\"<>\\^`{}()\[\];|]+")


def parse_types(text: str, expand: Expand, parameter: str = "type") -> Node:
    """Entity types: ``A,B``, ``A|B``, ``(A;B)|C``, any nesting; ``*`` for every type."""
    if text == "*":
        return EVERYTHING
    reading = Reading(parameter, text)
    count = 0

    def leaf() -> Node:
        nonlocal count
        count += 1
        if count > limits.MOST_TERMS:
            raise TooComplexQuery(f"{parameter} may have {limits.MOST_TERMS} types")
        name = reading.match(_TYPE)
        if not name:
            reading.refuse("the name of a type is missing")
        return HasType((expand(name),))

    node = _disjunction(reading, leaf, _any_type, _every_type)
    reading.end()
    return node


def parse_scopes(text: str, parameter: str = "scopeQ") -> Node:
    """Scopes: ``/a/b``, ``/a/+/c`` (any one level), ``/a/#`` (it and all below), ``/#`` (any), joined as types are."""
    reading = Reading(parameter, text)
    count = 0

    def leaf() -> Node:
        nonlocal count
        count += 1
        if count > limits.MOST_TERMS:
            raise TooComplexQuery(f"{parameter} may have {limits.MOST_TERMS} scopes")
        written = reading.match(_SCOPE)
        if not written:
            reading.refuse("a scope is missing")
        # The standard's own example leaves the first slash out.
        levels = written.removeprefix("/").split("/")
        below = levels[-1] == "#"
        levels = levels[:-1] if below else levels
        if len(levels) > limits.LONGEST_PATH:
            raise TooComplexQuery(f"a scope may have {limits.LONGEST_PATH} levels")
        for level in levels:
            if level != "+" and not _LEVEL.fullmatch(level):
                raise BadRequestData(f"{parameter}: '{written}' is not a scope")
        return InScope(tuple(None if level == "+" else level for level in levels), below)

    node = _disjunction(reading, leaf, lambda nodes: either(*nodes), lambda nodes: both(*nodes))
    reading.end()
    return node


def parse_ids(text: str, parameter: str = "id") -> HasId:
    """A list of URIs; a comma inside a URI cannot be told from one between two."""
    ids = _listed(text, parameter)
    for written in ids:
        if not URI.fullmatch(written):
            raise BadRequestData(f"{parameter}: '{written[:200]}' is not a URI")
    return HasId(tuple(dict.fromkeys(ids)))


def parse_id_pattern(text: str, parameter: str = "idPattern") -> IdMatches:
    if not text:
        raise BadRequestData(f"{parameter} is empty")
    return IdMatches(parse_pattern(text, parameter))


def parse_names(text: str, expand: Expand, parameter: str = "attrs") -> tuple[str, ...]:
    """A list of names of attributes, expanded, in the order given, each once."""
    terms = _listed(text, parameter)
    for term in terms:
        if not _TERM.fullmatch(term):
            raise BadRequestData(f"{parameter}: '{term[:200]}' is not the name of an attribute")
    return tuple(dict.fromkeys(map(expand, terms)))


def parse_attributes(text: str, expand: Expand, parameter: str = "attrs") -> HasAnyAttribute:
    """The condition that at least one of the attributes is there."""
    return HasAnyAttribute(parse_names(text, expand, parameter))


def parse_truth(text: str, parameter: str) -> bool:
    """``true`` or ``false``, for ``local``, ``count``, ``sysAttrs`` and their like."""
    if text not in ("true", "false"):
        raise BadRequestData(f"{parameter} is 'true' or 'false', not '{text[:200]}'")
    return text == "true"


def _listed(text: str, parameter: str) -> list[str]:
    reading = Reading(parameter, text)
    items = reading.text.split(",")
    if len(items) > limits.MOST_LITERALS:
        raise TooComplexQuery(f"{parameter} may have {limits.MOST_LITERALS} items")
    return items


Joined = Callable[[list[Node]], Node]


def _disjunction(reading: Reading, leaf: Callable[[], Node], any_of: Joined, all_of: Joined) -> Node:
    nodes = [_conjunction(reading, leaf, any_of, all_of)]
    while reading.take("|") or reading.take(","):
        nodes.append(_conjunction(reading, leaf, any_of, all_of))
    return nodes[0] if len(nodes) == 1 else any_of(nodes)


def _conjunction(reading: Reading, leaf: Callable[[], Node], any_of: Joined, all_of: Joined) -> Node:
    nodes: list[Node] = []
    while True:
        if reading.take("("):
            reading.deeper()
            nodes.append(_disjunction(reading, leaf, any_of, all_of))
            reading.expect(")")
            reading.depth -= 1
        else:
            nodes.append(leaf())
        if not reading.take(";"):
            return nodes[0] if len(nodes) == 1 else all_of(nodes)


def _any_type(nodes: list[Node]) -> Node:
    """Types that stand side by side are asked of the index at once."""
    single = [node.names[0] for node in nodes if isinstance(node, HasType) and len(node.names) == 1]
    others = [node for node in nodes if not (isinstance(node, HasType) and len(node.names) == 1)]
    return either(*([HasType(tuple(dict.fromkeys(single)))] if single else []), *others)


def _every_type(nodes: list[Node]) -> Node:
    single = [node.names[0] for node in nodes if isinstance(node, HasType) and len(node.names) == 1]
    others = [node for node in nodes if not (isinstance(node, HasType) and len(node.names) == 1)]
    return both(*([HasType(tuple(dict.fromkeys(single)), every=True)] if single else []), *others)
