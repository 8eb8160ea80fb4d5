"""Conditions on attributes as SQL: SQL/JSON paths for numbers, texts and truth, functions for times and patterns."""

import json
from typing import Any, Final

from hitotsu.records.query import jsonpath
from hitotsu.records.query.ast import (
    Compare,
    Exists,
    Instant,
    Match,
    Number,
    Operator,
    Path,
    Scalar,
    Span,
    Text,
    Truth,
)
from hitotsu.records.query.declared import Declared, indexed, irregular, serves
from hitotsu.records.query.instants import as_datetime
from hitotsu.records.query.parameters import Parameters

_MEMBER_COLUMNS: Final = {
    "id": "id",
    "createdAt": "created_at",
    "modifiedAt": "modified_at",
    "expiresAt": "expires_at",
}
_COMPARISONS: Final[dict[Operator, str]] = {"==": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


class AttributeConditions:
    """Writes conditions on the attributes of a table's alias; every one is true or not, never NULL inside NOT."""

    def __init__(self, parameters: Parameters, declared: Declared) -> None:
        self._parameters = parameters
        self._declared = declared

    def exists(self, node: Exists, alias: str) -> str:
        path = node.path
        if not path.attribute:
            return f"{alias}.{_column(path)} IS NOT NULL"
        if not (path.subs or path.member or path.trailing):
            return f"{alias}.attributes ? {self._parameters.add(path.attribute, 'text')}"
        return self._path_exists(alias, f"{jsonpath.instances(path)} ? ({jsonpath.present(path)})", {})

    def compare(self, node: Compare, alias: str) -> str:
        if not node.path.attribute:
            return self._compare_column(node, alias)
        kind = self._declared.get(node.path.attribute)
        if not serves(kind, node):
            return self._compare_anywhere(node, alias)
        assert kind is not None
        column, name = f"{alias}.attributes", node.path.attribute
        by_index = self._compare_expression(node, indexed(column, name, kind))
        return f"({by_index} OR ({irregular(column, name)} AND {self._compare_anywhere(node, alias)}))"

    def match(self, node: Match, alias: str) -> str:
        if not node.path.attribute and node.path.member != "id":
            return "FALSE"
        pattern = self._parameters.add(node.pattern.postgres, "text")
        if not node.path.attribute:
            return f"{alias}.id {'!~' if node.negated else '~'} {pattern}"
        found = f"t.item #>> '{{}}' COLLATE \"C\" ~ {pattern}"
        texts = jsonpath.texts(node.path, languages=True, relations=False)
        whole = jsonpath.instances(node.path)
        if not node.negated:
            return self._any(f"{alias}.attributes", [whole + text[1:] for text in texts], found)
        some, hit = self._any("i.instance", texts, "TRUE"), self._any("i.instance", texts, found)
        path = self._parameters.add(whole, "jsonpath")
        return (
            f"EXISTS (SELECT FROM jsonb_path_query({alias}.attributes, {path}) AS i(instance) "
            f"WHERE {some} AND NOT {hit})"
        )

    def _compare_anywhere(self, node: Compare, alias: str) -> str:
        equality = node.operator in ("==", "!=")
        operator: Operator = "==" if node.operator == "!=" else node.operator
        instants, others = _sorted_out(node.values)
        variables: dict[str, Any] = {}
        plain, named = _element_predicates(operator, others, variables)
        holds = (
            jsonpath.holds(node.path, plain, named, texts=_has_text(others), relations=equality)
            if plain
            else ""
        )
        whole = jsonpath.instances(node.path)
        if node.operator != "!=":
            parts = [self._path_exists(alias, f"{whole} ? ({holds})", variables)] if plain else []
            if instants:
                texts = jsonpath.texts(node.path, languages=False, relations=False)
                found = self._instants_hold(operator, instants)
                parts.append(self._any(f"{alias}.attributes", [whole + text[1:] for text in texts], found))
            return f"({' OR '.join(parts)})" if parts else "FALSE"
        predicate = jsonpath.present(node.path) + (f" && !({holds})" if holds else "")
        if not instants:
            return self._path_exists(alias, f"{whole} ? ({predicate})", variables)
        texts = jsonpath.texts(node.path, languages=False, relations=False)
        hit = self._any("i.instance", texts, self._instants_hold("==", instants))
        path = self._parameters.add(f"{whole} ? ({predicate})", "jsonpath")
        given = self._parameters.add(json.dumps(variables), "jsonb")
        return (
            f"EXISTS (SELECT FROM jsonb_path_query({alias}.attributes, {path}, {given}) AS i(instance) "
            f"WHERE NOT {hit})"
        )

    def _path_exists(self, alias: str, path: str, variables: dict[str, Any]) -> str:
        written = self._parameters.add(path, "jsonpath")
        if not variables:
            return f"jsonb_path_exists({alias}.attributes, {written})"
        return f"jsonb_path_exists({alias}.attributes, {written}, {self._parameters.add(json.dumps(variables), 'jsonb')})"

    def _any(self, source: str, paths: list[str], found: str) -> str:
        arms = (
            f"EXISTS (SELECT FROM jsonb_path_query({source}, {self._parameters.add(path, 'jsonpath')}) AS t(item) "
            f"WHERE {found})"
            for path in paths
        )
        return f"({' OR '.join(arms)})" if paths else "FALSE"

    def _instants_hold(self, operator: Operator, values: list[Scalar | Span]) -> str:
        arms: list[str] = []
        for value in values:
            low = value.low if isinstance(value, Span) else value
            assert isinstance(low, Instant)
            key = f"records_instant(t.item #>> '{{}}', '{low.kind}') COLLATE \"C\""
            if isinstance(value, Span):
                assert isinstance(value.high, Instant)
                ends = self._parameters.add(low.key, "text"), self._parameters.add(value.high.key, "text")
                arms.append(f"{key} BETWEEN {ends[0]} AND {ends[1]}")
            else:
                arms.append(f"{key} {_COMPARISONS[operator]} {self._parameters.add(low.key, 'text')}")
        return f"({' OR '.join(arms)})"

    def _compare_expression(self, node: Compare, expression: str) -> str:
        spans = [value for value in node.values if isinstance(value, Span)]
        singles = [value for value in node.values if not isinstance(value, Span)]
        arms = [
            f"{expression} BETWEEN {self._plain(span.low)} AND {self._plain(span.high)}" for span in spans
        ]
        if node.operator == "==" and len(singles) > 1:
            arms.append(f"{expression} = ANY ({self._plain_list(singles)})")
        else:
            arms.extend(
                f"{expression} {_COMPARISONS[node.operator]} {self._plain(value)}" for value in singles
            )
        return f"({' OR '.join(arms)})" if len(arms) > 1 else arms[0]

    def _plain(self, value: Scalar) -> str:
        if isinstance(value, Number):
            return self._parameters.number(value.value)
        return self._parameters.add(_plain_text(value), "text")

    def _plain_list(self, values: list[Scalar]) -> str:
        numbers = [value.value for value in values if isinstance(value, Number)]
        if numbers:
            return self._parameters.numbers(numbers)
        return self._parameters.add([_plain_text(value) for value in values], "text[]")

    def _compare_column(self, node: Compare, alias: str) -> str:
        column = f"{alias}.{_column(node.path)}"
        operator: Operator = "==" if node.operator == "!=" else node.operator
        arms: list[str] = []
        for value in node.values:
            ends = (value.low, value.high) if isinstance(value, Span) else (value,)
            if not all(_is_comparable(node.path, end) for end in ends):
                continue
            given = [self._column_value(end) for end in ends]
            if len(given) == 2:
                arms.append(f"{column} BETWEEN {given[0]} AND {given[1]}")
            else:
                arms.append(f"{column} {_COMPARISONS[operator]} {given[0]}")
        found = f"({' OR '.join(arms)})" if arms else "FALSE"
        return f"({column} IS NOT NULL AND NOT {found})" if node.operator == "!=" else f"({found} IS TRUE)"

    def _column_value(self, value: Scalar) -> str:
        if isinstance(value, Instant):
            return self._parameters.add(as_datetime(value), "timestamptz")
        return self._parameters.add(value.value, "text")


def _is_comparable(path: Path, value: Scalar) -> bool:
    if path.member == "id":
        return isinstance(value, Text)
    return isinstance(value, Instant) and value.kind == "datetime"


def _column(path: Path) -> str:
    return _MEMBER_COLUMNS[path.member or ""]


def _plain_text(value: Scalar) -> str:
    assert isinstance(value, Text | Instant)
    return value.value if isinstance(value, Text) else value.key


def _sorted_out(values: tuple[Scalar | Span, ...]) -> tuple[list[Scalar | Span], list[Scalar | Span]]:
    instants: list[Scalar | Span] = []
    others: list[Scalar | Span] = []
    for value in values:
        first = value.low if isinstance(value, Span) else value
        (instants if isinstance(first, Instant) else others).append(value)
    return instants, others


def _has_text(values: list[Scalar | Span]) -> bool:
    return any(isinstance(value.low if isinstance(value, Span) else value, Text) for value in values)


def _element_predicates(
    operator: Operator, values: list[Scalar | Span], variables: dict[str, Any]
) -> tuple[str, str]:
    """The predicates on one element, as plain value and as name of a vocabulary; the variables are filled in."""
    plain: list[str] = []
    named: list[str] = []
    for value in values:
        if isinstance(value, Span):
            low, high = _variable(value.low, variables), _variable(value.high, variables)
            plain.append(f"(@ >= {low[0]} && @ <= {high[0]})")
            named.append(f"(@ >= {low[1]} && @ <= {high[1]})")
        elif operator == "==" or not isinstance(value, Truth):
            given = _variable(value, variables)
            plain.append(f"@ {operator} {given[0]}")
            named.append(f"@ {operator} {given[1]}")
    return " || ".join(plain), " || ".join(named)


def _variable(value: Scalar, variables: dict[str, Any]) -> tuple[str, str]:
    assert not isinstance(value, Instant)
    name = f"v{len(variables)}"
    variables[name] = value.value
    if isinstance(value, Text) and value.name != value.value:
        variables[f"{name}n"] = value.name
        return f"${name}", f"${name}n"
    return f"${name}", f"${name}"
