from collections.abc import Iterator
from dataclasses import dataclass, field

from hitotsu.plans.reading.blocks import Block
from hitotsu.plans.reading.labels import Role
from hitotsu.plans.reading.numbering import RANKS

_DEEPEST = 12


@dataclass(slots=True)
class Node:
    """A section while it is being read: its heading, its own text (before the first heading below it), its children.

    `first` and `last` are 0-based lines; `last` covers everything below the heading, `own_last` its own text only; `rows` holds the last number of each numbering among the children, `role` the last label in its text.
    """

    head: Block | None
    style: str
    label: str
    title: str
    marks: int
    parent: "Node | None"
    path: tuple[str, ...]
    level: int
    first: int
    last: int
    own_last: int
    body: list[Block] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    role: Role | None = None

    def walk(self) -> Iterator["Node"]:
        """The nodes below this one, in reading order."""
        stack = list(reversed(self.children))
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))

    def has_number(self) -> bool:
        """Whether the heading carries a printed number."""
        return bool(self.label)


def style_of(block: Block) -> str:
    """The numbering that a heading is of: its number's style, its symbol, or its marks."""
    if block.number is not None:
        return block.number.style
    if block.kind == "label" and not block.marks:
        return "記:札"
    return f"記:{block.symbol}" if not block.marks else "見出し"


def close_for(stack: list[Node], block: Block, pages_stand_alone: bool) -> None:
    """Takes from `stack`, the open sections from the root down, those that the new heading ends."""
    style = style_of(block)
    word = style.startswith("語:")
    if style == "見出し":
        while len(stack) > 1 and _ended_by_marks(stack[-1], block.marks):
            stack.pop()
    elif style == "記:頁":
        del stack[1:]
    elif style.startswith("記:"):
        _pop_to(stack, style)
    else:
        if pages_stand_alone and not word:
            _leave_words(stack, block.marks)
        if pages_stand_alone and word and not any(node.style == style for node in stack):
            del stack[1:]
        elif not _pop_to(stack, style) and not _pop_to_row(stack, block):
            while len(stack) > 1 and _outranked(stack[-1], style, block.marks):
                stack.pop()
            if (
                word
                and len(stack) > 1
                and RANKS.get(stack[-1].style, 0) >= RANKS["算"]
                and any(row in RANKS for row in stack[-1].rows)
            ):
                stack.pop()
    while len(stack) > _DEEPEST:
        stack.pop()


def _leave_words(stack: list[Node], marks: int) -> None:
    """Plain numbers on a page of their own do not go below a counted word, unless their marks say so."""
    for depth in range(1, len(stack)):
        if stack[depth].style.startswith("語:") and marks <= stack[depth].marks:
            del stack[depth:]
            return


def _pop_to(stack: list[Node], style: str) -> bool:
    for depth in range(len(stack) - 1, 0, -1):
        if stack[depth].style == style:
            del stack[depth:]
            return True
    return False


def _pop_to_row(stack: list[Node], block: Block) -> bool:
    """Goes up to the section whose parts so far end with the number before this one."""
    number = block.number
    if number is None or number.ordinal < 2:
        return False
    for depth in range(len(stack) - 1, -1, -1):
        if stack[depth].rows.get(number.style) == number.ordinal - 1:
            del stack[depth + 1 :]
            return True
    return False


def _ended_by_marks(node: Node, marks: int) -> bool:
    if node.marks:
        return node.marks >= marks
    return node.style.startswith("記:") or marks == 1


def _outranked(node: Node, style: str, marks: int) -> bool:
    """Whether an open heading cannot hold one of `style`: it is of a lower rank, or an unnumbered one beside it."""
    old, new = RANKS.get(node.style), RANKS.get(style)
    if old is not None and new is not None and min(old, new) >= RANKS["片括弧"]:
        # ①, ア, a follow no fixed order: what has not been seen above is one step further in.
        return False
    if old is not None and new is not None:
        return old >= new
    if style.startswith("語:") and old is not None and old >= RANKS["括弧"]:
        return True
    if node.style.startswith("記:"):
        return new is not None and new < RANKS["片括弧"]
    if node.style == "見出し" or style.startswith("語:") != node.style.startswith("語:"):
        return bool(marks and node.marks >= marks) and not (old is not None and old <= RANKS["章"])
    return False
