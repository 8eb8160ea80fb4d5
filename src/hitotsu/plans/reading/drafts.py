import re
from dataclasses import dataclass, field

from hitotsu.plans.reading.blocks import Block
from hitotsu.plans.reading.labels import Role
from hitotsu.plans.reading.nesting import Node

_CELL_ITEM = re.compile(r"(?:^|\s)[・○●■◆▪➢-]\s?")

LABELLED, COUNTED, INFERRED = 0.95, 0.8, 0.5
"""Confidence of a measure with labels (現状・取組内容), of a counted one (指針1), and of one known by its verbs only."""


@dataclass(slots=True)
class Draft:
    """An initiative while it is being read: its section and which of its blocks say what."""

    node: Node
    status: list[Block] = field(default_factory=list)
    actions: list[Block] = field(default_factory=list)
    direction: list[Block] = field(default_factory=list)
    owners: list[Block] = field(default_factory=list)
    others: list[Block] = field(default_factory=list)
    loose: list[Block] = field(default_factory=list)
    roles: set[Role] = field(default_factory=set)
    last: int = 0
    confidence: float = LABELLED

    def blocks(self) -> list[Block]:
        """Everything that belongs to the initiative, in reading order."""
        parts = [*self.status, *self.actions, *self.direction, *self.owners, *self.others]
        return sorted(parts, key=lambda block: block.first)

    def range(self) -> tuple[int, int]:
        """First and last line, 1-based."""
        return self.node.first + 1, self.last + 1


def cell_items(text: str, line: int) -> list[Block]:
    """What a table's cell on `line` (0-based) says, point by point where it holds a list."""
    return [Block("item", [(line, part.strip())]) for part in _CELL_ITEM.split(text) if part.strip()]
