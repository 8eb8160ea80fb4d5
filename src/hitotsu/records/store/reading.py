"""Reading records: one, a page of a query, how many there are."""

from dataclasses import dataclass
from typing import Final

from hitotsu.records.query import geo
from hitotsu.records.query.ast import Node, Order
from hitotsu.records.query.declared import Declared
from hitotsu.records.query.statements import Asked, Key, Page, Statement, count, select
from hitotsu.records.store.rows import COLUMNS, Record, record_of
from hitotsu.records.store.sessions import Reach, Sessions

_ALIVE: Final = "(expires_at IS NULL OR expires_at > now())"
_ONE: Final = (
    f"SELECT {COLUMNS} FROM records_record WHERE id = $1 AND {_ALIVE}"  # noqa: S608
    " ORDER BY owner_id = ANY ($2) DESC, owner_id LIMIT 1"
)
_MANY: Final = (
    f"SELECT {COLUMNS} FROM records_record WHERE id = ANY ($1) AND {_ALIVE}"  # noqa: S608
    " ORDER BY owner_id = ANY ($2), owner_id DESC"
)
# Geometries that a box cannot decide are asked again here; a page is filled in at most so many reads.
_MOST_READS: Final = 20


_USES: Final = f"""
SELECT type, '' AS attribute, '{{}}'::text[] AS kinds, count(*) AS entities
FROM records_record, unnest(types) AS type WHERE {_ALIVE} GROUP BY type
UNION ALL
SELECT type, name, array_agg(DISTINCT instance ->> 'type'), count(DISTINCT (owner_id, id))
FROM records_record, unnest(types) AS type, jsonb_each(attributes) AS held (name, instances),
    jsonb_array_elements(instances) AS instance
WHERE {_ALIVE} GROUP BY type, name ORDER BY type, attribute
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class TypeUse:
    """How many entities of a type there are (no attribute), or how many have an attribute, of which kinds."""

    type: str
    attribute: str
    kinds: tuple[str, ...]
    entities: int


@dataclass(frozen=True, slots=True)
class Found:
    """A page of records; ``last`` is the key to go on behind, where there may be more."""

    records: list[Record]
    last: Key | None


class Reader:
    """Reads for callers; what a caller may not see is neither found nor counted."""

    def __init__(self, sessions: Sessions, declared: Declared | None = None) -> None:
        self._sessions = sessions
        self._declared = declared

    async def one(self, reach: Reach, record_id: str) -> Record | None:
        """The record of that id: the caller's own before what others share or opened."""
        async with self._sessions.reading(reach) as connection:
            row = await connection.fetchrow(_ONE, record_id, list(reach.owners))
        return record_of(row) if row is not None else None

    async def many(self, reach: Reach, record_ids: list[str]) -> dict[str, Record]:
        """The records of those ids that the caller may see, by id."""
        async with self._sessions.reading(reach) as connection:
            rows = await connection.fetch(_MANY, record_ids, list(reach.owners))
        return {row["id"]: record_of(row) for row in rows}

    async def page(
        self,
        reach: Reach,
        where: Node,
        *,
        limit: int,
        offset: int = 0,
        after: Key | None = None,
        order: tuple[Order, ...] = (),
        collation: str | None = None,
    ) -> Found:
        """One page in a total order. ``offset`` counts records that match exactly, ``after`` goes on by key."""
        asked = Asked(where, reach.condition())
        statement = select(
            asked, Page(limit, after, offset), columns=_columns(), order=order, collation=collation,
            declared=self._declared,
        )  # fmt: skip
        if not statement.recheck:
            records = await self._rows(reach, statement)
            return Found([record for record, _ in records], _last(records, limit))
        return await self._rechecked(reach, asked, statement, limit, offset, after, order, collation)

    async def uses(self, reach: Reach) -> list[TypeUse]:
        """Which types there are with which attributes, among the records that the caller may see."""
        async with self._sessions.reading(reach) as connection:
            rows = await connection.fetch(_USES)
        return [TypeUse(row["type"], row["attribute"], tuple(row["kinds"]), row["entities"]) for row in rows]

    async def count(self, reach: Reach, where: Node) -> int:
        """Exactly how many records match."""
        asked = Asked(where, reach.condition())
        statement = count(asked, declared=self._declared)
        async with self._sessions.reading(reach) as connection:
            sure: int = await connection.fetchval(statement.text, *statement.parameters)
        if not statement.recheck:
            return sure
        after: Key | None = None
        while True:
            unsure = select(
                asked, Page(1000, after), columns=_columns(), declared=self._declared, only_unsure=True
            )
            rows = await self._rows(reach, unsure)
            sure += sum(_holds(unsure, record) for record, _ in rows)
            if len(rows) < 1000:
                return sure
            after = _key(rows[-1][0])

    async def _rechecked(
        self, reach: Reach, asked: Asked, statement: Statement, limit: int, offset: int, after: Key | None,
        order: tuple[Order, ...], collation: str | None,
    ) -> Found:  # fmt: skip
        kept: list[Record] = []
        wanted = offset + limit if after is None else limit
        read = 0
        for _ in range(_MOST_READS):
            size = max(2 * limit, 100)
            page = Page(size, after) if not order else Page(size, None, read)
            statement = select(
                asked, page, columns=_columns(), order=order, collation=collation, declared=self._declared
            )
            rows = await self._rows(reach, statement)
            read += len(rows)
            kept += [record for record, sure in rows if sure or _holds(statement, record)]
            if len(kept) >= wanted or len(rows) < size:
                break
            if not order:
                after = _key(rows[-1][0])
        page_of = kept[wanted - limit : wanted]
        return Found(page_of, _key(page_of[-1]) if len(page_of) == limit and page_of else None)

    async def _rows(self, reach: Reach, statement: Statement) -> list[tuple[Record, bool]]:
        async with self._sessions.reading(reach) as connection:
            rows = await connection.fetch(statement.text, *statement.parameters)
        return [(record_of(row), row["sure"]) for row in rows]


def _columns() -> tuple[str, ...]:
    return (
        "owner_id",
        "id",
        "types",
        "attributes",
        "scope",
        "visibility",
        "created_at",
        "modified_at",
        "expires_at",
    )


def _holds(statement: Statement, record: Record) -> bool:
    return all(
        any(geo.test_of(node)(instance["value"]) for instance in record["attributes"].get(node.attribute, ()))
        for node in statement.recheck
    )


def _key(record: Record) -> Key:
    return Key(record["id"], record["ownerId"])


def _last(rows: list[tuple[Record, bool]], limit: int) -> Key | None:
    return _key(rows[-1][0]) if len(rows) == limit else None
