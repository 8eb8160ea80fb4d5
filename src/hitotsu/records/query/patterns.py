"""Regular expressions that cannot run away: POSIX extended ones without back references and look-around.

A pattern is read once into a tree; from the tree come the automaton for memory and the text for PostgreSQL, so that
both find the same. Found means anywhere in the text, unless ``^`` and ``$`` bind it.
"""

from functools import lru_cache
from typing import Final

from msgspec import Struct

from hitotsu.records.query import limits
from hitotsu.records.query.automaton import Automaton
from hitotsu.records.query.errors import QueryRefused, TooComplex
from hitotsu.records.query.expression import (
    CLASSES,
    ESCAPED_CLASSES,
    ESCAPED_CONTROLS,
    Alternatives,
    Characters,
    Edge,
    Expression,
    Ranges,
    Repeated,
    Sequence,
    complement,
    postgres_text,
    size,
)

_QUANTIFIERS: Final = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_ANYTHING: Final = Characters(((0, 0x10FFFF),))


class Pattern(Struct, frozen=True):
    """``postgres`` is the same pattern, written so that PostgreSQL's ``~`` reads it the one way."""

    source: str
    postgres: str

    def found_in(self, text: str) -> bool:
        return _automaton(self.source).found_in(text)


def read_pattern(source: str) -> Pattern:
    """The pattern as written; time linear in its length.

    ``QueryRefused`` where it is not one, or uses what cannot be answered in linear time; ``TooComplex`` where it is
    longer than ``LONGEST_PATTERN`` or larger, written out, than ``LARGEST_PATTERN``.
    """
    return Pattern(source, postgres_text(_tree(source)))


@lru_cache(maxsize=1_024)
def _automaton(source: str) -> Automaton:
    return Automaton(_tree(source))


def _tree(source: str) -> Expression:
    if len(source) > limits.LONGEST_PATTERN:
        raise TooComplex(f"a pattern may have {limits.LONGEST_PATTERN} characters, this has {len(source)}")
    tree = _Reader(source).read()
    if size(tree) > limits.LARGEST_PATTERN:
        raise TooComplex("the pattern's repetitions multiply to more than can be compiled")
    return tree


class _Reader:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._depth = 0

    def read(self) -> Expression:
        tree = self._alternatives()
        if self._at < len(self._source):
            raise self._refused("unexpected ')'")
        return tree

    def _refused(self, why: str) -> QueryRefused:
        return QueryRefused(f"pattern: {why} at character {self._at + 1}")

    def _peek(self) -> str:
        return self._source[self._at : self._at + 1]

    def _next(self) -> str:
        if self._at >= len(self._source):
            raise self._refused("it ends too early")
        self._at += 1
        return self._source[self._at - 1]

    def _alternatives(self) -> Expression:
        branches = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else Alternatives(tuple(branches))

    def _sequence(self) -> Expression:
        items: list[Expression] = []
        while self._peek() not in ("", "|", ")"):
            items.append(self._quantified())
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def _quantified(self) -> Expression:
        atom = self._atom()
        bounds = self._quantifier()
        if bounds is None:
            return atom
        if isinstance(atom, Edge):
            raise self._refused("an anchor cannot be repeated")
        # Lazy repetition finds the same texts; possessive and doubled ones do not exist here.
        if self._peek() == "?":
            self._at += 1
        if self._quantifier() is not None:
            raise self._refused("a repetition cannot be repeated")
        return Repeated(atom, *bounds)

    def _quantifier(self) -> tuple[int, int | None] | None:
        mark = self._peek()
        if mark in _QUANTIFIERS:
            self._at += 1
            return _QUANTIFIERS[mark]
        if mark != "{":
            return None
        end = self._source.find("}", self._at)
        least, comma, most = self._source[self._at + 1 : max(end, 0)].partition(",")
        if not (_is_count(least) and (_is_count(most) or not most)):
            raise self._refused("a '{' that is no repetition is written '\\{'")
        self._at = end + 1
        low, high = int(least), (int(most) if most else None if comma else int(least))
        if max(low, high or 0) > limits.MOST_REPETITIONS:
            raise TooComplex(f"a pattern may repeat up to {limits.MOST_REPETITIONS} times")
        if high is not None and low > high:
            raise self._refused("the repetition's bounds are the wrong way round")
        return low, high

    def _atom(self) -> Expression:
        mark = self._next()
        if mark == "(":
            return self._group()
        if mark == "[":
            return self._bracket()
        if mark == ".":
            return _ANYTHING
        if mark in "^$":
            return Edge(at_end=mark == "$")
        if mark == "\\":
            return Characters(self._escape())
        if mark in "*+?{":
            raise self._refused(f"'{mark}' has nothing to repeat")
        return Characters(((_code(mark), _code(mark)),))

    def _group(self) -> Expression:
        self._depth += 1
        if self._depth > limits.DEEPEST_NESTING:
            raise TooComplex(f"a pattern may be nested {limits.DEEPEST_NESTING} deep")
        if self._peek() == "?":
            self._at += 1
            if self._next() != ":":
                raise self._refused("look-around and named groups are not supported")
        inner = self._alternatives()
        if self._next() != ")":
            raise self._refused("a ')' is missing")
        self._depth -= 1
        return Sequence((inner,))

    def _escape(self) -> Ranges:
        mark = self._next()
        if mark in ESCAPED_CLASSES:
            return ESCAPED_CLASSES[mark]
        if mark in ESCAPED_CONTROLS:
            code = ord(ESCAPED_CONTROLS[mark])
            return ((code, code),)
        if mark.isascii() and mark.isalnum():
            raise self._refused(f"'\\{mark}' is not supported")
        return ((_code(mark), _code(mark)),)

    def _bracket(self) -> Expression:
        negated = self._peek() == "^"
        self._at += negated
        ranges: list[tuple[int, int]] = []
        first = True
        while first or self._peek() != "]":
            first = False
            ranges.extend(self._bracket_item())
        self._at += 1
        found = tuple(sorted(set(ranges)))
        return Characters(complement(found) if negated else found)

    def _bracket_item(self) -> Ranges:
        if self._source.startswith("[:", self._at):
            end = self._source.find(":]", self._at)
            name = self._source[self._at + 2 : max(end, 0)]
            if name not in CLASSES:
                raise self._refused(f"there is no class [:{name}:]")
            self._at = end + 2
            return CLASSES[name]
        low = self._bracket_character()
        if (
            self._peek() != "-"
            or self._source.startswith("-]", self._at)
            or len(low) != 1
            or low[0][0] != low[0][1]
        ):
            return low
        self._at += 1
        high = self._bracket_character()
        if len(high) != 1 or high[0][0] != high[0][1] or high[0][0] < low[0][0]:
            raise self._refused("the range is the wrong way round")
        return ((low[0][0], high[0][0]),)

    def _bracket_character(self) -> Ranges:
        mark = self._next()
        if mark == "\\":
            return self._escape()
        if mark == "[" and self._peek() in (".", "="):
            raise self._refused("collating elements are not supported")
        return ((_code(mark), _code(mark)),)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4


def _code(mark: str) -> int:
    code = ord(mark)
    if code == 0 or 0xD800 <= code <= 0xDFFF:
        raise QueryRefused("a pattern cannot have the character NUL or half a surrogate pair")
    return code
