"""Reading histories: which records have one in a window of time, and the values in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hitotsu.records.query.ast import (
    Alive,
    And,
    HasId,
    HasType,
    IdMatches,
    InScope,
    Node,
    Not,
    Or,
    Owned,
    TimeWindow,
    both,
)
from hitotsu.records.query.evaluate import compile_test
from hitotsu.records.query.parameters import Parameters
from hitotsu.records.query.sql import Compiler
from hitotsu.records.query.statements import Key
from hitotsu.records.store.rows import Record, decode, finite, instant
from hitotsu.records.store.sessions import Reach, Sessions

_COLUMNS: Final = "v.owner_id, v.id, v.types, v.scope, v.visibility, v.created_at, v.modified_at, v.expires_at, v.deleted_at"
# The moment of a value by the time that is asked for; a value without it is not found by it.
MOMENTS: Final = {
    "observedAt": "h.at",
    "createdAt": "h.recorded_at",
    "modifiedAt": "(h.instance ->> 'modifiedAt')::timestamptz",
    "deletedAt": "(h.instance ->> 'deletedAt')::timestamptz",
}
_ANY_TIME: Final = TimeWindow("", None, None)
# Records whose values are looked through for one page of a query that asks of values.
_MOST_CANDIDATES: Final = 100_000
_CHUNK: Final = 200


@dataclass(frozen=True, slots=True)
class Span:
    """What of histories is wanted: the window (``member`` "" for every value), the attributes (``None``: all), the
    values of each attribute and dataset: the ``last`` so many, at most ``most`` of them."""

    window: TimeWindow = _ANY_TIME
    attributes: tuple[str, ...] | None = None
    last: int | None = None
    most: int = 10_000


@dataclass(slots=True)
class Histories:
    """Records whose attributes hold the values asked for. Where there were more than allowed, all records end (or,
    asked for the last, begin) at the same moment, and ``cut`` is true."""

    records: list[Record] = field(default_factory=list)
    cut: bool = False


class History:
    """Reads histories for callers; what a caller may not see is neither found nor counted."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def one(self, reach: Reach, record_id: str, span: Span) -> Histories | None:
        """The history of that record: the caller's own before what others share or opened."""
        head = await self.head(reach, record_id)
        return None if head is None else await self.fill(reach, [head], span)

    async def head(self, reach: Reach, record_id: str) -> Record | None:
        """The record of that id without any value, where it has a history."""
        text = f"""
        SELECT {_COLUMNS} FROM records_evolving AS v WHERE v.id = $1 AND (
            EXISTS (SELECT FROM records_evolution AS e WHERE e.owner_id = v.owner_id AND e.id = v.id)
            OR EXISTS (SELECT FROM records_told AS h WHERE h.owner_id = v.owner_id AND h.record_id = v.id))
        ORDER BY v.owner_id = ANY ($2) DESC, v.owner_id LIMIT 1
        """  # noqa: S608
        async with self._sessions.reading(reach) as connection:
            row = await connection.fetchrow(text, record_id, list(reach.owners))
        return None if row is None else _head(row)

    async def page(
        self, reach: Reach, where: Node, span: Span, *, limit: int, offset: int = 0, values: bool = True
    ) -> Histories:
        """One page, in the order of ids, of the records that have values in the window and match there.

        What ``where`` asks of values has to hold for values in the window. Without ``values`` the records come
        without any.
        """
        about_records, about_values = _divided(where)
        if not about_values:
            heads = await self._heads(reach, about_records, span, limit=limit, offset=offset)
        else:
            found = await self._matching(reach, about_records, about_values, span, offset + limit)
            heads = found[offset:]
        if not values:
            return Histories(heads)
        return await self.fill(reach, heads, span)

    async def count(self, reach: Reach, where: Node, span: Span) -> int:
        """Exactly how many records have values in the window and match there."""
        about_records, about_values = _divided(where)
        if about_values:
            return len(await self._matching(reach, about_records, about_values, span, _MOST_CANDIDATES))
        text, parameters = _select("count(*)", both(about_records, reach.condition()), span, None)
        async with self._sessions.reading(reach) as connection:
            number: int = await connection.fetchval(text, *parameters)
        return number

    async def fill(self, reach: Reach, heads: Sequence[Record], span: Span) -> Histories:
        """The records with their values in the window, each attribute's in the order of time."""
        wanted = min(span.last, span.most) if span.last is not None else span.most
        may_be_cut = span.last is None or span.last > span.most
        rows = await self._rows(reach, heads, span, wanted + may_be_cut)
        backwards = span.last is not None
        limits = [row["at"] for row in rows if row["place"] == wanted + 1]
        if may_be_cut and limits:
            series = {_series(row) for row in rows if row["place"] == wanted + 1}
            ends = [row["at"] for row in rows if row["place"] == wanted and _series(row) in series]
            end = max(ends) if backwards else min(ends)
            rows = [row for row in rows if (row["at"] >= end if backwards else row["at"] <= end)]
            rows = [row for row in rows if row["place"] <= wanted]
        return Histories(_filled(heads, rows), cut=may_be_cut and bool(limits))

    async def _heads(
        self, reach: Reach, where: Node, span: Span, *, limit: int, offset: int = 0, after: Key | None = None
    ) -> list[Record]:
        text, parameters = _select(_COLUMNS, both(where, reach.condition()), span, after)
        text += f" ORDER BY v.id, v.owner_id LIMIT {limit} OFFSET {offset}"
        async with self._sessions.reading(reach) as connection:
            rows = await connection.fetch(text, *parameters)
        return [_head(row) for row in rows]

    async def _matching(
        self, reach: Reach, about_records: Node, about_values: Node, span: Span, most: int
    ) -> list[Record]:
        test = compile_test(about_values)
        everything = Span(span.window, None, None, span.most)
        found: list[Record] = []
        after: Key | None = None
        for _ in range(_MOST_CANDIDATES // _CHUNK):
            heads = await self._heads(reach, about_records, span, limit=_CHUNK, after=after)
            filled = await self.fill(reach, heads, everything)
            found += [head for head, record in zip(heads, filled.records, strict=True) if test(record)]
            if len(heads) < _CHUNK or len(found) >= most:
                break
            after = Key(heads[-1]["id"], heads[-1]["ownerId"])
        return found[:most]

    async def _rows(self, reach: Reach, heads: Sequence[Record], span: Span, most: int) -> list[Any]:
        if not heads:
            return []
        parameters = Parameters()
        condition = of_records(parameters, heads) + within(parameters, span)
        time = MOMENTS.get(span.window.member, "h.at")
        direction = "DESC" if span.last is not None else "ASC"
        if span.window.member in ("", "observedAt"):
            text = f"""
            SELECT h.* FROM (
                SELECT DISTINCT h.owner_id, h.record_id, h.attribute, h.dataset FROM records_told AS h {condition}
            ) AS s CROSS JOIN LATERAL (
                SELECT h.owner_id, h.record_id, h.attribute, h.dataset, h.at, h.at AS stands, h.instance_id,
                    h.instance::text AS instance, h.recorded_at,
                    row_number() OVER (ORDER BY h.at {direction}, h.instance_id) AS place
                FROM records_told AS h
                WHERE h.owner_id = s.owner_id AND h.record_id = s.record_id AND h.attribute = s.attribute
                    AND h.dataset = s.dataset{within(parameters, span)}
                ORDER BY h.at {direction}, h.instance_id LIMIT {most}
            ) AS h ORDER BY h.owner_id, h.record_id, h.attribute, h.at, h.instance_id
            """  # noqa: S608
        else:
            text = f"""
            SELECT * FROM (
                SELECT h.owner_id, h.record_id, h.attribute, h.dataset, {time} AS at, h.at AS stands, h.instance_id,
                    h.instance::text AS instance, h.recorded_at,
                    row_number() OVER (PARTITION BY h.owner_id, h.record_id, h.attribute, h.dataset
                        ORDER BY {time} {direction}, h.at {direction}, h.instance_id) AS place
                FROM records_told AS h {condition}
            ) AS found WHERE place <= {most} ORDER BY owner_id, record_id, attribute, at, stands, instance_id
            """  # noqa: S608
        async with self._sessions.reading(reach) as connection:
            rows: list[Any] = await connection.fetch(text, *parameters.values)
        return rows


def of_records(parameters: Parameters, heads: Sequence[Record]) -> str:
    """The beginning of a condition on the history `h`: it is of one of these records."""
    if len(heads) == 1:
        owner = parameters.add(heads[0]["ownerId"], "integer")
        return f"WHERE h.owner_id = {owner} AND h.record_id = {parameters.add(heads[0]['id'], 'text')}"
    owners = parameters.add([head["ownerId"] for head in heads], "integer[]")
    ids = parameters.add([head["id"] for head in heads], "text[]")
    return f"JOIN unnest({owners}, {ids}) AS w (owner, key) ON h.owner_id = w.owner AND h.record_id = w.key WHERE TRUE"


def within(parameters: Parameters, span: Span) -> str:
    """The rest of the condition on the history `h`: the attributes and the window."""
    parts = [""]
    if span.attributes is not None:
        parts.append(f"h.attribute = ANY ({parameters.add(list(span.attributes), 'text[]')})")
    member = span.window.member
    if member:
        if member == "observedAt":
            # What was not observed stands at the moment in which it was recorded: only then is the value looked at.
            parts.append("(h.at <> h.recorded_at OR h.instance ? 'observedAt')")
        elif member != "createdAt":
            parts.append(f"h.instance ? '{member}'")
        for operator, bound in ((">=", span.window.start), ("<", span.window.end)):
            if bound is not None:
                parts.append(f"{MOMENTS[member]} {operator} {parameters.add(finite(bound), 'timestamptz')}")
    return " AND ".join(parts)


def _select(columns: str, where: Node, span: Span, after: Key | None) -> tuple[str, tuple[Any, ...]]:
    compiler = Compiler()
    parameters = compiler.parameters
    text = f"""
    SELECT {columns} FROM records_evolving AS v WHERE {compiler.where(where, "v")} AND EXISTS (
        SELECT FROM records_told AS h WHERE h.owner_id = v.owner_id AND h.record_id = v.id{within(parameters, span)})
    """  # noqa: S608
    if after is not None:
        key, owner = parameters.add(after.id, "text"), parameters.add(after.owner_id, "integer")
        text += f" AND (v.id, v.owner_id) > ({key}, {owner})"
    return text, tuple(parameters.values)


def _divided(where: Node) -> tuple[Node, Node | None]:
    """What is asked of the record itself, and what of its values."""
    items = where.items if isinstance(where, And) else (where,)
    about_values = [item for item in items if not _is_about_record(item)]
    about_records = both(*(item for item in items if _is_about_record(item)))
    return about_records, both(*about_values) if about_values else None


def _is_about_record(node: Node) -> bool:
    if isinstance(node, And | Or):
        return all(_is_about_record(item) for item in node.items)
    if isinstance(node, Not):
        return _is_about_record(node.item)
    return isinstance(node, Alive | HasId | HasType | IdMatches | InScope | Owned)


def _series(row: Any) -> tuple[int, str, str, str]:
    return row["owner_id"], row["record_id"], row["attribute"], row["dataset"]


def _head(row: Any) -> Record:
    record: Record = {
        "id": row["id"],
        "types": row["types"],
        "attributes": {},
        "createdAt": instant(row["created_at"]),
        "modifiedAt": instant(row["modified_at"]),
        "ownerId": row["owner_id"],
        "visibility": row["visibility"],
    }
    if row["scope"]:
        record["scope"] = row["scope"]
    for column, name in (("expires_at", "expiresAt"), ("deleted_at", "deletedAt")):
        if row[column] is not None:
            record[name] = instant(row[column])
    return record


def _filled(heads: Sequence[Record], rows: Sequence[Any]) -> list[Record]:
    records = {(head["ownerId"], head["id"]): head | {"attributes": {}} for head in heads}
    for row in rows:
        value = decode(row["instance"])
        value["instanceId"] = f"urn:uuid:{row['instance_id']}"
        if "deletedAt" not in value:
            value["createdAt"] = instant(row["recorded_at"])
        attributes = records[row["owner_id"], row["record_id"]]["attributes"]
        attributes.setdefault(row["attribute"], []).append(value)
    return list(records.values())
