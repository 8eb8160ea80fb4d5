"""A query as one SQL statement for asyncpg (``$1`` …): core PostgreSQL 15, and what callers gave as parameters only.

Relations of geometry that SQL cannot decide come back narrowed down by boxes: the statement then names what must
be asked again (``recheck``), and each row says whether it is sure. A reader of pages takes rows in the statement's
order, asks the unsure ones again with ``evaluate``, and goes on after the last row until the page is full.
"""

from typing import Final

from shapely.geometry import Point

from hitotsu.records.query import jsonpath
from hitotsu.records.query.ast import (
    EVERYTHING,
    Alive,
    And,
    Compare,
    Exists,
    HasAnyAttribute,
    HasId,
    HasType,
    IdMatches,
    InScope,
    Linked,
    Match,
    Near,
    Node,
    Not,
    Or,
    Owned,
    Spatial,
)
from hitotsu.records.query.conditions import AttributeConditions
from hitotsu.records.query.declared import Declared, literal
from hitotsu.records.query.errors import QueryRefused
from hitotsu.records.query.expression import postgres_literal
from hitotsu.records.query.geo import boxes_around, reference
from hitotsu.records.query.parameters import Parameters

_IS_RELATION: Final = '@."type" == "Relationship" || @."type" == "ListRelationship"'
DEFAULT_GEOMETRY: Final = "location"
# What statements read from: the table, or a view of it that shows a role what it may see. A policy of row-level
# security in its place would keep every index of this package from being used: none of their operators is leakproof.
READ_FROM: Final = "records_record"


class Compiler:
    """Writes one statement's conditions. ``reach`` is the permission that holds for linked records too."""

    def __init__(self, declared: Declared | None = None, reach: Node = EVERYTHING) -> None:
        self.parameters = Parameters()
        self.recheck: list[Near | Spatial] = []
        self.sure: list[str] = []
        self._declared: Declared = declared or {}
        self._reach = reach
        self._aliases = 0
        self._attributes = AttributeConditions(self.parameters, self._declared)

    def where(self, node: Node, alias: str) -> str:
        """The condition on the alias. Geometry may stand only where all of it must hold.

        ``QueryRefused`` for geometry inside a disjunction, a negation or a linked record.
        """
        items = node.items if isinstance(node, And) else (node,)
        parts = [
            self._geometry(item, alias) if isinstance(item, Near | Spatial) else self._condition(item, alias)
            for item in items
        ]
        return " AND ".join(parts) or "TRUE"

    def _condition(self, node: Node, alias: str) -> str:
        if isinstance(node, And | Or):
            word, empty = (" AND ", "TRUE") if isinstance(node, And) else (" OR ", "FALSE")
            return f"({word.join(self._condition(item, alias) for item in node.items) or empty})"
        if isinstance(node, Not):
            return f"({self._condition(node.item, alias)} IS NOT TRUE)"
        if isinstance(node, Compare):
            return self._attributes.compare(node, alias)
        if isinstance(node, Exists):
            return self._attributes.exists(node, alias)
        if isinstance(node, Match):
            return self._attributes.match(node, alias)
        if isinstance(node, Linked):
            return self._linked(node, alias)
        if isinstance(node, Near | Spatial):
            raise QueryRefused("a relation of geometry can only be one of the conditions that must all hold")
        return self._record(node, alias)

    def _record(
        self, node: HasType | HasId | IdMatches | HasAnyAttribute | InScope | Owned | Alive, alias: str
    ) -> str:
        add = self.parameters.add
        if isinstance(node, HasType):
            operator = "@>" if node.every or len(node.names) == 1 else "&&"
            return f"{alias}.types {operator} {add(list(node.names), 'text[]')}"
        if isinstance(node, HasId):
            return f"{alias}.id = ANY ({add(list(node.ids), 'text[]')})"
        if isinstance(node, IdMatches):
            return f"{alias}.id ~ {add(node.pattern.postgres, 'text')}"
        if isinstance(node, HasAnyAttribute):
            return f"{alias}.attributes ?| {add(list(node.names), 'text[]')}"
        if isinstance(node, Alive):
            return f"({alias}.expires_at IS NULL OR {alias}.expires_at > {add(node.at, 'timestamptz')})"
        if isinstance(node, InScope):
            return self._scope(node, alias)
        walls: list[str] = []
        if node.owners is not None:
            walls.append(
                f"{alias}.owner_id = {add(node.owners[0], 'integer')}"
                if len(node.owners) == 1
                else f"{alias}.owner_id = ANY ({add(list(node.owners), 'integer[]')})"
            )
        if node.visibilities is not None:
            walls.append(f"{alias}.visibility = ANY ({add(list(node.visibilities), 'smallint[]')})")
        return f"({' AND '.join(walls) or 'TRUE'})"

    def _scope(self, node: InScope, alias: str) -> str:
        levels = [level for level in node.levels if level is not None]
        if not node.levels:
            return f"(cardinality({alias}.scope) > 0)"
        if len(levels) == len(node.levels) and not node.below:
            return f"{alias}.scope @> {self.parameters.add(['/' + '/'.join(levels)], 'text[]')}"
        steps = "".join(
            "/" + ("[^/]+" if level is None else postgres_literal(level)) for level in node.levels
        )
        pattern = self.parameters.add(f"^{steps}{'(?:/.*)?' if node.below else ''}$", "text")
        return f"EXISTS (SELECT FROM unnest({alias}.scope) AS s(path) WHERE s.path ~ {pattern})"

    def _linked(self, node: Linked, alias: str) -> str:
        self._aliases += 1
        other = f"linked{self._aliases}"
        path = f'{jsonpath.instances(node.path)} ? ({_IS_RELATION})."value" ? (@.type() == "string")'
        source = self.parameters.add(path, "jsonpath")
        asked = [self._condition(item, other) for item in (self._reach, node.inner)]
        if node.types:
            asked.append(self._record(HasType(node.types), other))
        # One row per link is looked up by the table's key: the owner is the same.
        return (
            f"EXISTS (SELECT FROM jsonb_path_query({alias}.attributes, {source}) AS link(target) "
            f"JOIN {READ_FROM} AS {other} ON {other}.owner_id = {alias}.owner_id "
            f"AND {other}.id = link.target #>> '{{}}' WHERE {' AND '.join(asked)})"
        )

    def extent(self, attribute: str, alias: str) -> str:
        """The box of an attribute's geometry: the table's column for the default one, else an expression."""
        if attribute == DEFAULT_GEOMETRY:
            return f"{alias}.extent"
        if self._declared.get(attribute) == "geometry":
            return f"records_extent({alias}.attributes, {literal(attribute)})"
        return f"records_extent({alias}.attributes, {self.parameters.add(attribute, 'text')})"

    def _geometry(self, node: Near | Spatial, alias: str) -> str:
        self.recheck.append(node)
        extent = self.extent(node.attribute, alias)
        return self._near(node, extent) if isinstance(node, Near) else self._spatial(node, extent)

    def _near(self, node: Near, extent: str) -> str:
        parts = [f"{extent} IS NOT NULL"]
        if node.most is not None:
            boxes = [
                f"{extent} && {self.parameters.box(*box)}" for box in boxes_around(node.geometry, node.most)
            ]
            parts = [f"({' OR '.join(boxes)})"]
        point = reference(node.geometry)
        if not isinstance(point, Point):
            self.sure.append("FALSE")
            return " AND ".join(parts)
        is_point = f"records_is_point({extent})"
        self.sure.append(is_point)
        place = self.parameters.add(point.x, "float8"), self.parameters.add(point.y, "float8")
        apart = f"records_distance({extent}, {place[0]}, {place[1]})"
        if node.most is not None:
            parts.append(f"(NOT {is_point} OR {apart} <= {self.parameters.add(node.most, 'float8')})")
        if node.least is not None:
            parts.append(f"(NOT {is_point} OR {apart} > {self.parameters.add(node.least, 'float8')})")
        return " AND ".join(parts)

    def _spatial(self, node: Spatial, extent: str) -> str:
        box = self.parameters.box(*reference(node.geometry).bounds)
        if node.relation == "disjoint":
            # Boxes that do not meet hold geometries that do not meet.
            self.sure.append(f"NOT {extent} && {box}")
            return f"{extent} IS NOT NULL"
        self.sure.append("FALSE")
        # The box holds every instance, and one of them within the reference is enough: the boxes then meet.
        return f"{extent} {'@>' if node.relation == 'contains' else '&&'} {box}"
