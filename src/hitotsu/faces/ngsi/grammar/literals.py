"""The values of a condition: numbers, quoted texts, URIs, dates and times, truth; lists and ranges of them."""

import json
import math
import re
from typing import Final

from hitotsu.faces.ngsi.grammar.names import URI, Expand, neutral
from hitotsu.faces.ngsi.grammar.reading import Reading
from hitotsu.faces.ngsi.problems import TooComplexQuery
from hitotsu.records.query import limits
from hitotsu.records.query.ast import Instant, Number, Operator, Scalar, Span, Text, Truth
from hitotsu.records.query.instants import read_instant

_END: Final = r"(?=\.\.|[;|),]|$)"
_QUOTED: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NUMBER: Final = re.compile(rf"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?{_END}")
_INSTANT: Final = re.compile(
    r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,6})?Z)?"
    rf"|[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(?:[.,][0-9]{{1,6}})?Z){_END}"
)
_TRUTH: Final = re.compile(rf"(?:true|false){_END}")
# A URI may have brackets, commas and semicolons of its own; one that does is written in quotes.
_BARE: Final = re.compile(r"[^\W\d_][^;|(),\s\"<>\\^`{}]*")
_WORD: Final = re.compile(r"[\w:-]+")
_DIGITS: Final = 400


def read_values(
    reading: Reading, operator: Operator, expand: Expand, *, vocabulary: bool
) -> tuple[Scalar | Span, ...]:
    """The values after an operator: one, or for equality a list or ranges too.

    ``vocabulary``: texts are terms of the context, to be compared as names (``expandValues``).
    """
    equality = operator in ("==", "!=")
    values = [_one(reading, expand, equality=equality, vocabulary=vocabulary)]
    while equality and reading.take(","):
        values.append(_one(reading, expand, equality=True, vocabulary=vocabulary))
        if len(values) > limits.MOST_LITERALS:
            raise TooComplexQuery(f"a list in {reading.parameter} may have {limits.MOST_LITERALS} values")
    return tuple(values)


def read_quoted(reading: Reading) -> str | None:
    """The text in quotes at the position (JSON's escapes); nothing where there are no quotes."""
    if reading.peek() != '"':
        return None
    start = reading.at
    written = reading.match(_QUOTED)
    if not written:
        reading.refuse("the quotes do not end")
    if "\\" not in written:
        return written[1:-1]
    try:
        text = json.loads(written, strict=False)
    except ValueError:
        reading.at = start
        reading.refuse("there is an escape that JSON does not have")
    if any(mark == "\x00" or "\ud800" <= mark <= "\udfff" for mark in text):
        reading.refuse("there is a character that no text can have")
    return str(text)


def _one(reading: Reading, expand: Expand, *, equality: bool, vocabulary: bool) -> Scalar | Span:
    low = _scalar(reading, expand, equality=equality, vocabulary=vocabulary)
    if not reading.take(".."):
        return low
    if not equality:
        reading.refuse("a range is for == and != only")
    high = _scalar(reading, expand, equality=False, vocabulary=vocabulary)
    alike = type(low) is type(high) and not isinstance(low, Truth)
    if not alike or (isinstance(low, Instant) and isinstance(high, Instant) and low.kind != high.kind):
        reading.refuse("both ends of a range are of the same kind, and comparable")
    return Span(low, high)


def _scalar(reading: Reading, expand: Expand, *, equality: bool, vocabulary: bool) -> Scalar:
    quoted = read_quoted(reading)
    if quoted is not None:
        return _text(quoted, expand, vocabulary=vocabulary)
    written = reading.match(_NUMBER)
    if written:
        return _number(reading, written)
    instant = _instant(reading)
    if instant is not None:
        return instant
    if equality and (written := reading.match(_TRUTH)):
        return Truth(written == "true")
    written = reading.match(_BARE) if equality else ""
    if not written:
        reading.refuse("a value is missing: a number, a text in quotes, a date or time, or a URI")
    if not (URI.fullmatch(written) or _WORD.fullmatch(written)):
        reading.refuse(f"'{written[:200]}' is neither a URI nor a term: texts stand in quotes")
    return _text(written, expand, vocabulary=vocabulary or not URI.fullmatch(written))


def _instant(reading: Reading) -> Instant | None:
    start = reading.at
    written = reading.match(_INSTANT)
    if not written:
        return None
    try:
        return read_instant(written)
    except ValueError:
        reading.at = start
        reading.refuse(f"there is no such time as {written}")


def _number(reading: Reading, written: str) -> Number:
    if len(written) > _DIGITS:
        reading.refuse("the number is too long")
    if written.lstrip("-").isdigit():
        return Number(int(written))
    value = float(written)
    if not math.isfinite(value):
        reading.refuse("the number is too large")
    return Number(value)


def _text(text: str, expand: Expand, *, vocabulary: bool) -> Text:
    if vocabulary and text and not URI.fullmatch(text):
        return Text(text, expand(text))
    return Text(text, neutral(text))
