"""Whole statements: a page of records, how many there are, and in which order."""

from typing import Any, Final

from msgspec import Struct

from hitotsu.records.query.ast import EVERYTHING, And, Near, Node, Order, Owned, Path, Spatial, both
from hitotsu.records.query.declared import Declared
from hitotsu.records.query.geo import reference
from hitotsu.records.query.sql import READ_FROM, Compiler

COLUMNS: Final = (
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
_ALIAS: Final = "r"
_ORDERED_MEMBERS: Final = {
    "id": "id",
    "type": "types",
    "scope": "scope",
    "createdAt": "created_at",
    "modifiedAt": "modified_at",
    "expiresAt": "expires_at",
}


class Statement(Struct, frozen=True):
    """``recheck``: conditions to ask again of rows whose last column, ``sure``, is false; empty where there are none."""

    text: str
    parameters: tuple[Any, ...]
    recheck: tuple[Near | Spatial, ...] = ()


class Key(Struct, frozen=True):
    """The last record of a page in the total order."""

    id: str
    owner_id: int


class Page(Struct, frozen=True):
    """``after`` goes on behind a record (only in the order by id); ``offset`` skips rows, which costs their reading."""

    limit: int
    after: Key | None = None
    offset: int = 0


class Asked(Struct, frozen=True):
    """What a reader asks for: ``where`` of records, within its ``reach`` (which holds for linked records too)."""

    where: Node
    reach: Node = EVERYTHING


def select(
    asked: Asked,
    page: Page,
    *,
    columns: tuple[str, ...] = COLUMNS,
    order: tuple[Order, ...] = (),
    collation: str | None = None,
    declared: Declared | None = None,
    only_unsure: bool = False,
) -> Statement:
    """The statement for one page, in a total order: by ``order``, then by id and owner.

    ``collation`` is the name of a collation of the database for texts; without one they are ordered by their lower
    case, then by code point. ``only_unsure`` gives the rows that ``count`` left out. ``ValueError`` for unknown
    columns, and for ``after`` together with an order.
    """
    if not set(columns) <= set(COLUMNS):
        raise ValueError(f"unknown columns: {sorted(set(columns) - set(COLUMNS))}")
    if page.after is not None and order:
        raise ValueError("a page after a record is for the order by id")
    compiler = Compiler(declared, asked.reach)
    where = compiler.where(both(asked.reach, asked.where), _ALIAS)
    sure = " AND ".join(compiler.sure) or "TRUE"
    if only_unsure:
        where += f" AND ({sure}) IS NOT TRUE"
    if page.after is not None:
        where += " AND " + _after(page.after, compiler, one_owner=_has_one_owner(asked))
    terms = [term for item in order for term in _terms(item, compiler, collation)]
    terms += [f"{_ALIAS}.id", f"{_ALIAS}.owner_id"]
    listed = ", ".join(f"{_ALIAS}.{column}" for column in columns)
    # Only names of ours and numbered parameters are put together here.
    text = f"SELECT {listed}, ({sure}) AS sure FROM {READ_FROM} AS {_ALIAS} WHERE {where}"  # noqa: S608
    text += f" ORDER BY {', '.join(terms)} LIMIT {compiler.parameters.add(page.limit, 'bigint')}"
    if page.offset:
        text += f" OFFSET {compiler.parameters.add(page.offset, 'bigint')}"
    return Statement(text, tuple(compiler.parameters.values), tuple(compiler.recheck))


def count(asked: Asked, *, declared: Declared | None = None) -> Statement:
    """The statement for how many records there are.

    With ``recheck`` it counts the sure ones; the others are read with ``select(…, only_unsure=True)``.
    """
    compiler = Compiler(declared, asked.reach)
    where = compiler.where(both(asked.reach, asked.where), _ALIAS)
    sure = " AND ".join(compiler.sure)
    counted = f"count(*) FILTER (WHERE {sure})" if sure else "count(*)"
    text = f"SELECT {counted} FROM {READ_FROM} AS {_ALIAS} WHERE {where}"  # noqa: S608
    return Statement(text, tuple(compiler.parameters.values), tuple(compiler.recheck))


def _has_one_owner(asked: Asked) -> bool:
    node = both(asked.reach, asked.where)
    items = node.items if isinstance(node, And) else (node,)
    return any(
        isinstance(item, Owned) and item.owners is not None and len(item.owners) == 1 for item in items
    )


def _after(key: Key, compiler: Compiler, *, one_owner: bool) -> str:
    last = compiler.parameters.add(key.id, "text")
    if one_owner:
        return f"{_ALIAS}.id > {last}"
    return f"({_ALIAS}.id, {_ALIAS}.owner_id) > ({last}, {compiler.parameters.add(key.owner_id, 'integer')})"


def _terms(order: Order, compiler: Compiler, collation: str | None) -> list[str]:
    direction = "DESC NULLS LAST" if order.descending else "ASC NULLS LAST"
    if not order.path.attribute:
        return [f"{_ALIAS}.{_ORDERED_MEMBERS[order.path.member or '']} {direction}"]
    terms: list[str] = []
    if order.distance_from is not None:
        point = reference(order.distance_from).centroid
        place = compiler.parameters.add(point.x, "float8"), compiler.parameters.add(point.y, "float8")
        extent = compiler.extent(order.path.attribute, _ALIAS)
        terms.append(f"records_distance({extent}, {place[0]}, {place[1]}) {direction}")
    # The first instance is the default one, where there is a default one.
    value = f"({_ALIAS}.attributes #> {compiler.parameters.add(_steps(order.path), 'text[]')})"
    rank = f"records_rank({value})"
    text = f"CASE WHEN {rank} = 1 THEN {value} #>> '{{}}' END"
    texts = (
        [f'{text} COLLATE "{_checked(collation)}"']
        if collation
        else [f"lower({text})" + ' COLLATE "C"', text + ' COLLATE "C"']
    )
    instant = " ".join(
        f"WHEN {place} THEN records_instant({value} #>> '{{}}', '{kind}')"
        for place, kind in ((5, "time"), (6, "date"), (7, "datetime"))
    )
    terms += [
        f"{term} {direction}"
        for term in (
            rank,
            f"CASE WHEN {rank} = 0 THEN {value}::numeric END",
            *texts,
            f'(CASE {rank} {instant} END) COLLATE "C"',
            f"CASE WHEN {rank} IN (2, 3, 4) THEN {value} END",
        )
    ]
    return terms


def _steps(path: Path) -> list[str]:
    steps = [path.attribute, "0"]
    for name in path.subs:
        steps += ["sub", name, "0"]
    return [*steps, path.member] if path.member else [*steps, "value", *path.trailing]


def _checked(collation: str) -> str:
    if not all(mark.isascii() and (mark.isalnum() or mark in "-_@.") for mark in collation):
        raise ValueError(f"{collation!r} is not the name of a collation")
    return collation
