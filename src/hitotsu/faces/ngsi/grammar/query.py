"""The query language (``q``, ``csf``): ETSI GS CIM 009, clause 4.9. One pass, no going back."""

import re
from collections.abc import Collection
from typing import Final, cast

from hitotsu.faces.ngsi.grammar.literals import read_quoted, read_values
from hitotsu.faces.ngsi.grammar.names import MEMBER, NAME, NAME_IN_LINK, Expand, as_path
from hitotsu.faces.ngsi.grammar.reading import Reading
from hitotsu.faces.ngsi.problems import BadRequestData, TooComplexQuery
from hitotsu.records.query import limits
from hitotsu.records.query.ast import (
    INSTANCE_MEMBERS,
    Compare,
    Exists,
    Linked,
    Match,
    Node,
    Not,
    Operator,
    Path,
    both,
    either,
)
from hitotsu.records.query.errors import QueryRefused, TooComplex
from hitotsu.records.query.patterns import Pattern, read_pattern

_OPERATOR: Final = re.compile(r"==|!=|>=|<=|>|<|!~=|~=")
_TYPES: Final = re.compile(r"[^\W\d_][\w-]*(?:,[^\W\d_][\w-]*)*:")


def parse_query(
    text: str,
    expand: Expand,
    *,
    expand_values: Collection[str] = (),
    parameter: str = "q",
) -> Node:
    """The conditions that a ``q`` says. Names are expanded; ``expand_values`` are the terms of ``expandValues``.

    AND binds closer than OR; brackets may be nested. Beyond the standard: ``!name`` for an attribute that is not
    there, brackets in brackets, and unquoted words as terms of the vocabulary.
    ``BadRequestData`` says where it cannot be read, ``TooComplexQuery`` which limit it exceeds.
    """
    reading = Reading(parameter, text)
    node = _Query(reading, expand, frozenset(expand_values)).disjunction()
    reading.end()
    return node


def parse_pattern(text: str, parameter: str) -> Pattern:
    """A regular expression from a parameter."""
    try:
        return read_pattern(text)
    except TooComplex as problem:
        raise TooComplexQuery(f"{parameter}: {problem}") from problem
    except QueryRefused as problem:
        raise BadRequestData(f"{parameter}: {problem}") from problem


class _Query:
    __slots__ = ("_expand", "_expand_values", "_patterns", "_reading", "_terms")

    def __init__(self, reading: Reading, expand: Expand, expand_values: frozenset[str]) -> None:
        self._reading = reading
        self._expand = expand
        self._expand_values = expand_values
        self._terms = 0
        self._patterns = 0

    def disjunction(self) -> Node:
        nodes = [self._conjunction()]
        while self._reading.take("|"):
            nodes.append(self._conjunction())
        return nodes[0] if len(nodes) == 1 else either(*nodes)

    def _conjunction(self) -> Node:
        nodes = [self._item()]
        while self._reading.take(";"):
            nodes.append(self._item())
        return nodes[0] if len(nodes) == 1 else both(*nodes)

    def _item(self) -> Node:
        reading = self._reading
        if not reading.take("("):
            return self._term()
        reading.deeper()
        node = self.disjunction()
        reading.expect(")")
        reading.depth -= 1
        return node

    def _term(self) -> Node:
        self._terms += 1
        if self._terms > limits.MOST_TERMS:
            raise TooComplexQuery(f"{self._reading.parameter} may have {limits.MOST_TERMS} conditions")
        if self._reading.take("!"):
            term, links, path = self._attribute(0)
            return Not(_linked(links, Exists(path)))
        term, links, path = self._attribute(0)
        return _linked(links, self._condition(term, path))

    def _attribute(self, level: int) -> tuple[str, list[tuple[Path, tuple[str, ...]]], Path]:
        """The last name as written, the links on the way to it with the types they are narrowed to, its path."""
        reading = self._reading
        terms = [self._name(NAME_IN_LINK if level else NAME)]
        while reading.peek() == "." and not reading.text.startswith("..", reading.at):
            reading.at += 1
            terms.append(self._name(NAME_IN_LINK if level else NAME))
            if len(terms) > limits.LONGEST_PATH:
                raise TooComplexQuery(f"a path may have {limits.LONGEST_PATH} names")
        if reading.take("{"):
            if level == limits.DEEPEST_LINK:
                raise TooComplexQuery(f"a query may follow {limits.DEEPEST_LINK} links")
            types = self._types()
            last, links, path = self._attribute(level + 1)
            reading.expect("}")
            return last, [(as_path(terms, (), self._expand), types), *links], path
        trailing = self._trailing()
        if trailing and terms[-1] in INSTANCE_MEMBERS and len(terms) > 1:
            reading.refuse(f"'{terms[-1]}' has no parts")
        return terms[0], [], as_path(terms, trailing, self._expand)

    def _types(self) -> tuple[str, ...]:
        written = self._reading.match(_TYPES)
        return tuple(map(self._expand, written[:-1].split(","))) if written else ()

    def _name(self, shape: re.Pattern[str]) -> str:
        name = self._reading.match(shape)
        if not name:
            self._reading.refuse("the name of an attribute is missing")
        return name

    def _trailing(self) -> tuple[str, ...]:
        reading = self._reading
        if not reading.take("["):
            return ()
        names = [self._member()]
        while reading.take("."):
            names.append(self._member())
            if len(names) > limits.LONGEST_PATH:
                raise TooComplexQuery(f"a path may have {limits.LONGEST_PATH} names")
        reading.expect("]")
        return tuple(names)

    def _member(self) -> str:
        name = read_quoted(self._reading) or self._reading.match(MEMBER)
        if not name:
            self._reading.refuse("the name of a member is missing")
        return name

    def _condition(self, term: str, path: Path) -> Node:
        operator = self._reading.match(_OPERATOR)
        if not operator:
            return Exists(path)
        if operator in ("~=", "!~="):
            return Match(path, self._pattern(), operator == "!~=")
        compared = cast("Operator", operator)
        values = read_values(self._reading, compared, self._expand, vocabulary=term in self._expand_values)
        return Compare(path, compared, values)

    def _pattern(self) -> Pattern:
        self._patterns += 1
        if self._patterns > limits.MOST_PATTERNS:
            raise TooComplexQuery(f"{self._reading.parameter} may have {limits.MOST_PATTERNS} patterns")
        written = read_quoted(self._reading)
        if written is None:
            written = self._bare_pattern()
        if not written:
            self._reading.refuse("a pattern is missing")
        return parse_pattern(written, self._reading.parameter)

    def _bare_pattern(self) -> str:
        """A pattern without quotes goes up to the next operator outside its own brackets."""
        text, start = self._reading.text, self._reading.at
        at, depth, in_set = start, 0, False
        while at < len(text):
            mark = text[at]
            if mark == "\\":
                at += 1
            elif in_set:
                in_set = mark != "]"
            elif mark == "[":
                in_set = True
                # A set, or its complement, may begin with "]" as a character.
                at += text.startswith("^", at + 1)
                at += text.startswith("]", at + 1)
            elif mark == "(":
                depth += 1
            elif depth == 0 and mark in ";|)":
                break
            elif mark == ")":
                depth -= 1
            at += 1
        self._reading.at = min(at, len(text))
        return text[start : self._reading.at]


def _linked(links: list[tuple[Path, tuple[str, ...]]], node: Node) -> Node:
    for path, types in reversed(links):
        node = Linked(path, node, types)
    return node
