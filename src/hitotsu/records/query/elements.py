"""Comparing one element of a target with the literals of a condition: like with like, and nothing else."""

import operator
from collections.abc import Callable
from typing import Any, Final

from hitotsu.records.query.ast import Instant, InstantKind, Number, Operator, Scalar, Span, Text
from hitotsu.records.query.instants import instant_key

_COMPARISONS: Final[dict[Operator, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
# The kinds of targets in which there are no times: links, and texts in a language.
_TIMELESS: Final = frozenset({"Relationship", "ListRelationship", "LanguageProperty"})
ElementTest = Callable[[str, Any], bool]


def element_test(operator: Operator, values: tuple[Scalar | Span, ...]) -> ElementTest:
    """The function of a target's kind and one of its elements that says whether any of the values agrees."""
    tests = [_single(operator, value) for value in values]
    if len(tests) == 1:
        return tests[0]
    return lambda kind, element: any(test(kind, element) for test in tests)


def _single(operator: Operator, value: Scalar | Span) -> ElementTest:
    if isinstance(value, Span):
        above, below = _scalar(">=", value.low), _scalar("<=", value.high)
        return lambda kind, element: above(kind, element) and below(kind, element)
    return _scalar(operator, value)


def _scalar(operator: Operator, value: Scalar) -> ElementTest:
    compare = _COMPARISONS[operator]
    if isinstance(value, Number):
        number = value.value
        return lambda _kind, element: type(element) in (int, float) and compare(element, number)
    if isinstance(value, Text):
        return _text(compare, value)
    if isinstance(value, Instant):
        return _instant(compare, value.key, value.kind)
    truth = value.value
    if operator != "==":
        return lambda _kind, _element: False
    return lambda _kind, element: element is truth


def _text(compare: Callable[[Any, Any], bool], value: Text) -> ElementTest:
    text, name = value.value, value.name
    if text == name:
        return lambda kind, element: type(element) is str and kind != "system time" and compare(element, text)
    return lambda kind, element: (
        type(element) is str
        and kind != "system time"
        and compare(element, name if kind == "VocabProperty" else text)
    )


def _instant(compare: Callable[[Any, Any], bool], key: str, shape: InstantKind) -> ElementTest:
    def test(kind: str, element: Any) -> bool:
        if type(element) is not str or kind in _TIMELESS:
            return False
        own = instant_key(element, shape)
        return own is not None and compare(own, key)

    return test
