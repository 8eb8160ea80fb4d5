import re
from collections.abc import Mapping, Sequence

from hitotsu.plans.reading.blocks import Block
from hitotsu.plans.reading.characters import key
from hitotsu.plans.reading.drafts import COUNTED, INFERRED, Draft, cell_items
from hitotsu.plans.reading.labels import Role, role_of
from hitotsu.plans.reading.nesting import Node
from hitotsu.plans.reading.structure import Kind, Table
from hitotsu.plans.reading.unheaded import find_in_prose, find_in_rows, without_groups

_WILL = re.compile(
    r"(?:ます|する|図る|進める|努める|取り組む|目指す|行う|支援|推進|整備|強化|検討|実施|構築|活用|導入|充実|拡大|促進|向上)(?:こととする|こととします|とする|とします)?[。．]?$"
)
_MEASURES = re.compile(
    r"施策|取組|取り組み|展開|行動|アクション|重点|方策|対策|事業|プロジェクト|戦略|柱|推進する|基本目標|基本方針"
)
_FRAME = re.compile(
    r"体制|進行管理|進捗|策定|趣旨|背景|期間|位置[付づ]け|現状|課題|評価|動向|用語|資料|はじめに|おわりに|経緯|目次|構成|体系|役割|見直し|考え方|理念|将来像|これまで|とは"
)
_STRAY_LIMIT = 30
_MIN_ROW = 2


def find_initiatives(root: Node, kind: Kind, tables: Sequence[Table]) -> list[Draft]:
    """The lowest sections that say what will be done: by their labels, else by counted words, else by their verbs."""
    if kind in ("minutes", "report"):
        return []
    at_line = {table.lines[0] - 1: table for table in tables}
    rows, taken = find_in_rows(root, at_line) if kind == "plan" else ([], frozenset())
    at_line = {line: table for line, table in at_line.items() if line not in taken}
    labelled = _labelled(root, at_line)
    counted = _counted(root)
    if counted and len(counted) > len(labelled) and not _inside(labelled, counted):
        drafts = counted
    elif labelled:
        drafts = labelled
    else:
        drafts = (_inferred(root) or find_in_prose(root)) if kind == "plan" and not rows else []
    drafts = sorted([*without_groups(drafts, rows), *rows], key=lambda draft: draft.node.first)
    known: dict[int, list[Block]] = {}
    for draft in drafts:
        if not draft.direction:
            draft.direction = _shared_direction(draft.node, known, at_line)
    return drafts


def _labelled(root: Node, tables: Mapping[int, Table]) -> list[Draft]:
    found: list[Draft] = []
    groups: set[int] = set()
    for node in reversed([node for node in root.walk() if not _is_label_node(node)]):
        if id(node) in groups:
            continue
        draft = _read_labels(node, tables)
        says_what = Role.ACTIONS in draft.roles and draft.actions
        if not says_what and {Role.STATUS, Role.DIRECTION} <= draft.roles and draft.direction:
            _direction_is_action(draft)
            says_what = draft.actions
        if not says_what:
            continue
        found.append(draft)
        above = node.parent
        while above is not None and id(above) not in groups:
            groups.add(id(above))
            above = above.parent
    found.reverse()
    for draft in found:
        if Role.STATUS not in draft.roles or not draft.status:
            draft.confidence -= 0.1
        if not draft.node.has_number():
            draft.confidence -= 0.1 if draft.node.marks else 0.25
    return found


def _is_label_node(node: Node) -> bool:
    return node.head is not None and node.head.kind == "label"


def _read_labels(node: Node, tables: Mapping[int, Table]) -> Draft:
    """What the section says under each label, in its own text and in sections that are labels themselves."""
    draft = Draft(node, last=node.own_last)
    _sort_blocks(draft, node.body, None)
    for block in node.body:
        if block.kind == "table" and block.first in tables:
            _read_table(draft, tables[block.first])
    for child in node.children:
        if _is_label_node(child) and child.head is not None:
            draft.roles.add(child.head.role or Role.STATUS)
            _sort_blocks(draft, child.body, child.head.role)
            for below in child.walk():
                if below.head is not None:
                    _place(draft, below.head, child.head.role)
                _sort_blocks(draft, below.body, child.head.role)
            draft.last = max(
                draft.last, child.own_last, *(below.own_last for below in child.walk()), child.first
            )
    return draft


def _sort_blocks(draft: Draft, blocks: Sequence[Block], role: Role | None) -> None:
    for block in blocks:
        if block.kind == "label":
            role = block.role
            if role is not None:
                draft.roles.add(role)
            continue
        _place(draft, block, role)


def _place(draft: Draft, block: Block, role: Role | None) -> None:
    if block.kind == "table":
        draft.others.append(block)
    elif role is Role.STATUS:
        draft.status.append(block)
    elif role is Role.ACTIONS:
        draft.actions.append(block)
    elif role is Role.DIRECTION:
        draft.direction.append(block)
    elif role is Role.OWNER:
        draft.owners.append(block)
    elif role is None:
        draft.loose.append(block)
    else:
        draft.others.append(block)


def _read_table(draft: Draft, table: Table) -> None:
    """A table whose head or first column is labels (現状と課題 | 主な取組) says by its cells what lists say elsewhere."""
    rows = [*table.header, *table.rows]
    head = [role_of(cell) for cell in rows[0]] if rows else []
    lines = [first - 1 for first, _ in table.row_lines]
    if sum(role is not None for role in head) >= 2 and Role.ACTIONS in head:
        cells = [
            (role, cell, line)
            for line, row in zip(lines[1:], rows[1:], strict=True)
            for role, cell in zip(head, row, strict=False)
        ]
    else:
        named = [role_of(row[0]) for row in rows]
        if (
            any(len(row) != 2 for row in rows)
            or Role.ACTIONS not in named
            or named.count(None) * 2 > len(named)
        ):
            return
        cells = [(role, row[1], line) for role, row, line in zip(named, rows, lines, strict=True)]
    for role, cell, line in cells:
        if role is None or not cell:
            continue
        draft.roles.add(role)
        for item in cell_items(cell, line):
            _place(draft, item, role)


def _direction_is_action(draft: Draft) -> None:
    """Where nothing but 施策の方向 follows 現状と課題, its list, or else its text, says what will be done."""
    items = [block for block in draft.direction if block.kind == "item"]
    draft.actions = items or draft.direction
    draft.direction = [block for block in draft.direction if block not in items] if items else []


def _shared_direction(node: Node, known: dict[int, list[Block]], tables: Mapping[int, Table]) -> list[Block]:
    """The direction of the nearest group above that has one; `known` keeps what groups say."""
    above = node.parent
    while above is not None and above.head is not None:
        if id(above) not in known:
            known[id(above)] = _read_labels(above, tables).direction
        if known[id(above)]:
            return known[id(above)]
        above = above.parent
    return []


def _counted(root: Node) -> list[Draft]:
    """Sections with counted words (指針1, 基本方針2 …) that have text of their own and make a row from 1."""
    rows: dict[str, list[list[Draft]]] = {}
    for node in root.walk():
        if (
            not node.style.startswith("語:")
            or node.head is None
            or node.head.number is None
            or not node.title
        ):
            continue
        draft = _read_statement(node)
        if not draft.actions:
            continue
        # A summary may name some of them before; the row that runs on longest is the one that says them all.
        runs = rows.setdefault(node.style, [])
        if not runs or _ordinal(draft) != _ordinal(runs[-1][-1]) + 1:
            runs.append([])
        runs[-1].append(draft)
    best: list[Draft] = []
    for runs in rows.values():
        row = max(runs, key=len)
        seen = {_ordinal(draft) for draft in row}
        for draft in [draft for run in runs for draft in run]:
            if _ordinal(draft) not in seen:
                seen.add(_ordinal(draft))
                row.append(draft)
        if len(row) >= _MIN_ROW and min(seen) == 1 and max(seen) <= len(row) + 2 and len(row) > len(best):
            best = sorted(row, key=lambda draft: draft.node.first)
    return best


def _ordinal(draft: Draft) -> int:
    head = draft.node.head
    return head.number.ordinal if head is not None and head.number is not None else 0


def _read_statement(node: Node) -> Draft:
    """A counted section without labels: its statement gives the direction, its list the actions."""
    draft = Draft(node, confidence=COUNTED)
    body = [block for block in node.body if block.kind in ("item", "text")]
    while body and _is_stray(body[-1]):
        draft.loose.append(body.pop())
    items = [block for block in body if block.kind == "item"]
    draft.actions = items or body
    draft.direction = [block for block in body if block not in items] if items else []
    draft.last = max((block.last for block in body), default=node.first)
    return draft


def _is_stray(block: Block) -> bool:
    """A short line that ends no sentence, left over at the foot or the head of a page."""
    text = block.text()
    return block.kind == "text" and len(text) < _STRAY_LIMIT and not text.endswith(("。", "．", "等", "など"))


def _inside(labelled: Sequence[Draft], counted: Sequence[Draft]) -> bool:
    """Whether labelled measures lie below counted sections, which are their groups then."""
    tops = {id(draft.node) for draft in counted}
    for draft in labelled:
        node: Node | None = draft.node
        while node is not None:
            if id(node) in tops:
                return True
            node = node.parent
    return False


def _inferred(root: Node) -> list[Draft]:
    """Lowest sections in chapters about measures whose sentences say what will be done; only for plans without labels."""
    found: list[Draft] = []
    for node in root.walk():
        if node.children or not node.body or (not node.has_number() and not node.marks):
            continue
        titles = [node.title]
        above = node.parent
        while above is not None:
            titles.append(above.title)
            above = above.parent
        if any(_FRAME.search(key(title)) for title in titles) or not any(
            _MEASURES.search(title) for title in titles
        ):
            continue
        draft = _read_statement(node)
        said = [block for block in draft.actions if _WILL.search(block.text())]
        if said and len(said) * 2 >= len(draft.actions):
            draft.confidence = INFERRED
            found.append(draft)
    return found
