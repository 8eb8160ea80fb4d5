from collections.abc import Sequence

from hitotsu.plans.reading.blocks import Block
from hitotsu.plans.reading.characters import key, plain
from hitotsu.plans.reading.cleaning import Cleaned, Kind
from hitotsu.plans.reading.labels import Role, bare
from hitotsu.plans.reading.nesting import Node, close_for, style_of
from hitotsu.plans.reading.numbering import read_number
from hitotsu.plans.reading.structure import Section

_WEAK_STYLES = frozenset(("丸", "カナ", "括弧カナ", "英", "括弧英", "片括弧", "漢", "括弧漢", "小ローマ"))
_AGAIN = ("(続き)", "(つづき)", "(再掲)", "続き)", "<続き>")
_LABEL_OPENERS = "【〔［[〈《＜<≪"
TITLE_LIMIT = 200
"""Longest section title that is kept, in characters."""


def build_outline(
    blocks: Sequence[Block], cleaned: Cleaned, *, pages_stand_alone: bool, labels_head: bool, front_end: int
) -> Node:
    """The tree of headings, by their numbering first and their marks second; text goes to the heading above it.

    In slides and papers (`pages_stand_alone`) a counted word such as 指針1 is no part of the slide numbering above it.
    With `labels_head` words such as 背景 or 事業内容 are headings too. Headings before line `front_end` (0-based) belong to the title page and make no section.
    """
    root = Node(None, "", "", "", 0, None, (), 0, 0, 0, 0)
    stack: list[Node] = [root]
    caption: Node | None = None
    for at, block in enumerate(blocks):
        top = stack[-1]
        following = blocks[at + 1] if at + 1 < len(blocks) else None
        if block.kind == "label" and _is_chapter(block, stack, following):
            block.kind, block.role = "heading", None
        numbered_label = block.kind == "label" and (
            block.number is not None or (labels_head and block.symbol != "inline")
        )
        if block.kind == "heading" and block.first < front_end:
            root.body.append(block)
            continue
        if block.kind != "heading" and not numbered_label:
            _take(top, block)
            caption = None
            continue
        new_page = block.symbol == "頁" or (pages_stand_alone and block.broken)
        if not numbered_label and not new_page and _is_part_of_measure(block, stack, following):
            block.kind = "item"
            if block.number is not None:
                read = read_number(block.pieces[0][1].lstrip("*"))
                block.pieces[0] = (block.first, read[1] if read is not None else block.title)
            _take(top, block)
            continue
        if _goes_on(block, stack):
            continue
        if block.number is not None and not block.title:
            # A number without a title names nothing, but ends what stands before it.
            close_for(stack, block, pages_stand_alone)
            block.kind = "untitled"
            _take(stack[-1], block)
            continue
        if not block.marks and not _fits(block, stack):
            block.kind = "text"
            _take(top, block)
            continue
        close_for(stack, block, pages_stand_alone)
        caption = _open(stack, block, caption, following)
    _set_ends(root, cleaned)
    return root


def sections(root: Node, table_titles: frozenset[str]) -> list[Section]:
    """The headings as sections with 1-based lines; a heading that is only the caption of a table is left out."""
    found: list[Section] = []
    for node in root.walk():
        over_table = bool(node.body) and node.body[0].kind == "table"
        caption = (
            over_table and node.head is not None and (node.head.symbol or node.title.startswith(("表", "図")))
        )
        if not node.has_number() and node.level > 1 and caption and key(node.title) in table_titles:
            continue
        found.append(
            Section(
                node.path if node.has_number() else (),
                node.title,
                node.level,
                (node.first + 1, node.last + 1),
            )
        )
    return found


def _is_chapter(block: Block, stack: list[Node], following: Block | None) -> bool:
    """Whether words such as 現状と課題 head a chapter of their own: as high as the chapter they would stand in."""
    if not block.marks or block.pieces[0][1].strip()[:1] in _LABEL_OPENERS:
        return False
    if (
        block.role is not Role.ACTIONS
        and following is not None
        and following.kind == "heading"
        and following.marks
    ):
        return True
    return len(stack) == 1 or 0 < block.marks <= stack[1].marks


def _take(node: Node, block: Block) -> None:
    node.body.append(block)
    if block.kind == "label":
        node.role = block.role
    node.own_last = max(node.own_last, block.last)


def _is_part_of_measure(block: Block, stack: list[Node], following: Block | None) -> bool:
    """Below the label of a measure, symbols and minor numbers mark its steps, unless a label follows them."""
    top = stack[-1]
    if top.role is None and not (top.head is not None and top.head.role):
        return False
    if following is not None and following.kind == "label":
        return False
    style = style_of(block)
    if any(node.style == style for node in stack):
        return False
    if top.role is Role.DIRECTION and block.marks:
        return False
    if block.number is None and not block.symbol and not block.marks:
        # The table of contents names it.
        return False
    minor = (block.number is None and not block.marks) or style in _WEAK_STYLES
    return minor and (not block.marks or top.marks == 0 or block.marks > top.marks)


def _goes_on(block: Block, stack: list[Node]) -> bool:
    """Whether the heading is an open one printed again at the top of a page; then what follows belongs to that one."""
    name = key(_title(block))
    for mark in _AGAIN:
        name = name.removesuffix(mark)
    label = block.number.label if block.number else ""
    for depth in range(len(stack) - 1, 0, -1):
        node = stack[depth]
        if (
            node.label == label
            and key(node.title) == name
            and (label or block.marks or block.symbol == node.style[2:])
        ):
            del stack[depth + 1 :]
            return True
    last = stack[-1].children[-1] if stack[-1].children else None
    if last is not None and label and last.label == label and key(last.title) == name:
        stack.append(last)
        return True
    return False


def _fits(block: Block, stack: list[Node]) -> bool:
    """Whether a compound number such as 2-1 belongs to what is open: to the 2 above it or to a row of its own kind."""
    number = block.number
    if number is None or number.style not in ("枝2", "枝3"):
        return True
    row = number.label.replace(".", "-").rpartition("-")[0]
    for node in stack[1:]:
        if node.style == number.style or (
            node.head is not None
            and node.head.number is not None
            and str(node.head.number.ordinal) == row.rpartition("-")[2]
        ):
            return True
    return number.ordinal == 1


def _open(stack: list[Node], block: Block, caption: Node | None, following: Block | None) -> Node | None:
    """Adds the heading to the tree; gives its node if it is a caption in parentheses that an article may follow."""
    parent = stack[-1]
    marks = block.marks
    title = _title(block)
    label = block.number.label if block.number else ""
    first = block.first
    article = (
        block.number is not None
        and block.number.style in ("第", "条")
        and (title.endswith("。") or len(title) > 60)
    )
    if article and block.number is not None:
        body = Block("text", [(block.first, block.title), *block.pieces[1:]])
        title = ""
        if caption is not None and caption.parent is not None:
            if parent is caption:
                stack.pop()
            caption.parent.children.pop()
            title, first, marks, parent = bare(caption.title), caption.first, caption.marks, stack[-1]
    path = (*parent.path, label) if label else parent.path
    node = Node(
        block,
        style_of(block),
        label,
        title[:TITLE_LIMIT],
        marks,
        parent,
        path,
        parent.level + 1,
        first,
        block.last,
        block.last,
    )
    parent.children.append(node)
    if block.number is not None:
        parent.rows[node.style] = block.number.ordinal
    stack.append(node)
    if article:
        _take(node, body)
    is_caption = not label and title[:1] in "(（" and following is not None and following.number is not None
    return node if is_caption else None


def _title(block: Block) -> str:
    title = block.title if block.number is not None or block.title else plain(block.raw())
    title = plain(title).strip(" 　\t#")
    if block.number is None and block.symbol and block.symbol in "<＜〈《≪":
        return bare(title)
    if block.number is None and title.startswith("【") and title.endswith("】"):
        return bare(title)
    return title.strip("】 　") if block.symbol == "【" and block.number else title


def _set_ends(root: Node, cleaned: Cleaned) -> None:
    """Every section runs to the last line with something on it before the next heading of its level or above."""
    nodes = list(root.walk())
    last_full = _last_full_lines(cleaned)
    open_nodes: list[Node] = []
    for node in nodes:
        while open_nodes and open_nodes[-1].level >= node.level:
            ended = open_nodes.pop()
            ended.last = max(ended.own_last, last_full[node.first - 1]) if node.first else ended.own_last
        open_nodes.append(node)
    for node in open_nodes:
        node.last = max(node.own_last, last_full[-1])


def _last_full_lines(cleaned: Cleaned) -> list[int]:
    """For every line, the last line up to it that is neither blank nor furniture."""
    found: list[int] = []
    last = 0
    for index, kind in enumerate(cleaned.kinds):
        if kind not in (Kind.BLANK, Kind.RULE, Kind.PAGE, Kind.RUNNING, Kind.CONTENTS):
            last = index
        found.append(last)
    return found
