"""The tree of a regular expression: sets of characters, sequences, alternatives, repetitions, edges."""

from typing import Final, TypeAlias

from msgspec import Struct

# Code points, both ends included, in order.
Ranges: TypeAlias = tuple[tuple[int, int], ...]
_LAST: Final = 0x10FFFF

_DIGIT: Final[Ranges] = ((0x30, 0x39),)
_UPPER: Final[Ranges] = ((0x41, 0x5A),)
_LOWER: Final[Ranges] = ((0x61, 0x7A),)
_SPACE: Final[Ranges] = ((0x09, 0x0D), (0x20, 0x20))
_WORD: Final[Ranges] = (*_DIGIT, *_UPPER, (0x5F, 0x5F), *_LOWER)

# As in the POSIX locale, whatever the locale of the database is.
CLASSES: Final[dict[str, Ranges]] = {
    "alpha": (*_UPPER, *_LOWER),
    "digit": _DIGIT,
    "alnum": (*_DIGIT, *_UPPER, *_LOWER),
    "upper": _UPPER,
    "lower": _LOWER,
    "space": _SPACE,
    "blank": ((0x09, 0x09), (0x20, 0x20)),
    "punct": ((0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)),
    "xdigit": (*_DIGIT, (0x41, 0x46), (0x61, 0x66)),
    "graph": ((0x21, 0x7E),),
    "print": ((0x20, 0x7E),),
    "cntrl": ((0x01, 0x1F), (0x7F, 0x7F)),
}


class Characters(Struct, frozen=True):
    ranges: Ranges


class Sequence(Struct, frozen=True):
    items: tuple["Expression", ...]


class Alternatives(Struct, frozen=True):
    items: tuple["Expression", ...]


class Repeated(Struct, frozen=True):
    item: "Expression"
    least: int
    most: int | None


class Edge(Struct, frozen=True):
    at_end: bool


Expression: TypeAlias = Characters | Sequence | Alternatives | Repeated | Edge


def complement(ranges: Ranges) -> Ranges:
    """Every code point that is in none of the ranges."""
    gaps: list[tuple[int, int]] = []
    following = 0
    for low, high in sorted(ranges):
        if low > following:
            gaps.append((following, low - 1))
        following = max(following, high + 1)
    if following <= _LAST:
        gaps.append((following, _LAST))
    return tuple(gaps)


ESCAPED_CLASSES: Final[dict[str, Ranges]] = {
    "d": _DIGIT,
    "w": _WORD,
    "s": _SPACE,
    "D": complement(_DIGIT),
    "W": complement(_WORD),
    "S": complement(_SPACE),
}
ESCAPED_CONTROLS: Final = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v"}


def size(expression: Expression) -> int:
    """How many sets of characters there are once the repetitions are written out."""
    if isinstance(expression, Sequence | Alternatives):
        return 1 + sum(size(item) for item in expression.items)
    if isinstance(expression, Repeated):
        return 1 + size(expression.item) * max(1, expression.least, expression.most or 0)
    return 1


def postgres_text(expression: Expression) -> str:
    """The expression in PostgreSQL's advanced syntax, with every character that could mean something escaped."""
    if isinstance(expression, Edge):
        return "$" if expression.at_end else "^"
    if isinstance(expression, Characters):
        return _postgres_set(expression.ranges)
    if isinstance(expression, Sequence):
        return "(?:" + "".join(postgres_text(item) for item in expression.items) + ")"
    if isinstance(expression, Alternatives):
        return "(?:" + "|".join(postgres_text(item) for item in expression.items) + ")"
    bounds = f"{expression.least},{'' if expression.most is None else expression.most}"
    return f"(?:{postgres_text(expression.item)}){{{bounds}}}"


def postgres_literal(text: str) -> str:
    """A text as a pattern that finds just that text."""
    return "".join(_postgres_character(ord(mark)) for mark in text)


def _postgres_set(ranges: Ranges) -> str:
    if ranges == ((0, _LAST),):
        return "."
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return _postgres_character(ranges[0][0])
    outside = complement(ranges)
    # A set that reaches the last code point is said by what it leaves out: PostgreSQL's ranges are dear.
    if ranges and ranges[-1][1] == _LAST and outside:
        return "[^" + "".join(map(_postgres_range, outside)) + "]"
    return "[" + "".join(map(_postgres_range, ranges)) + "]"


def _postgres_range(ends: tuple[int, int]) -> str:
    low, high = ends
    # PostgreSQL's texts have no NUL, and its patterns neither.
    low = max(low, 1)
    return (
        _postgres_character(low) if low == high else f"{_postgres_character(low)}-{_postgres_character(high)}"
    )


def _postgres_character(code: int) -> str:
    mark = chr(code)
    if mark.isascii() and mark.isalnum():
        return mark
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
