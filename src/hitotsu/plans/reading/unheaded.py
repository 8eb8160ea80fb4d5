import re
from collections.abc import Mapping, Sequence

from hitotsu.plans.reading.blocks import Block
from hitotsu.plans.reading.characters import key, narrow
from hitotsu.plans.reading.drafts import COUNTED, INFERRED, Draft, cell_items
from hitotsu.plans.reading.labels import Role, role_of
from hitotsu.plans.reading.nesting import Node
from hitotsu.plans.reading.structure import Span, Table

_NAME = re.compile(
    r"(?:主な|具体的な)?(?:取組|取り組み|事業|施策|プロジェクト|実施項目|推進項目|改革項目)(?:名|名称|項目|事項)?(?:[(（].*)?"
)
_CONTENT = re.compile(r"(?:取組|取り組み|事業|施策|実施|具体的な|主な)?の?(?:内容|概要)(?:等)?")
_NUMBER = re.compile(r"番号|no\.?|№|整理番号|通し番号")
_STARS = "★☆◎○●◇◆※ 　"
_SAYS = re.compile(r"(?:。|ます|する|図る|進める|行う|支援|推進|整備|検討|実施)$")
_LEAST_CONTENT = 12
_SPOKEN = re.compile(
    r"^(?:第[一二三四五六七八九十]|[一二三四五六七八九1-9]つ(?:目|め)|まず|次に|続いて|最後)[はにのが]?[^「」。]{0,20}?、?「(?P<name>[^「」。]{3,40})」(?:です|である|を|に取り組|であり)"
)
_LEAST_SPOKEN = 2


def find_in_rows(root: Node, tables: Mapping[int, Table]) -> tuple[list[Draft], frozenset[int]]:
    """Measures that stand as rows of a table (番号 | 取組名 | 内容 | 担当課 | R6 …), and the first lines of those tables."""
    found: list[Draft] = []
    taken: set[int] = set()
    for node in [root, *root.walk()]:
        for block in node.body:
            table = tables.get(block.first) if block.kind == "table" else None
            drafts = _from_rows(node, table) if table is not None and table.header else []
            if drafts:
                taken.add(block.first)
                found += drafts
    return found, frozenset(taken)


def _from_rows(node: Node, table: Table) -> list[Draft]:
    head = [key(cell) for cell in table.header[-1]]
    name = next((at for at, cell in enumerate(head) if _NAME.fullmatch(cell)), None)
    content = next((at for at, cell in enumerate(head) if at != name and _CONTENT.fullmatch(cell)), None)
    if name is None or content is None or name > content:
        return []
    said = [row[content] for row in table.rows if row[name]]
    if sum(len(cell) >= _LEAST_CONTENT and bool(_SAYS.search(cell.strip())) for cell in said) * 2 < len(said):
        return []
    number = next((at for at, cell in enumerate(head) if _NUMBER.fullmatch(cell)), None)
    owner = next((at for at, cell in enumerate(head) if role_of(cell) is Role.OWNER), None)
    found: list[Draft] = []
    for row, lines in zip(table.rows, table.row_lines[len(table.header) :], strict=True):
        if not row[name] or not row[content]:
            continue
        label = narrow(row[number]).replace(" ", "") if number is not None else ""
        draft = _draft(node, label, row[name].strip(_STARS), lines, COUNTED)
        draft.actions = cell_items(row[content], lines[0] - 1)
        if owner is not None and row[owner]:
            draft.owners = cell_items(row[owner], lines[0] - 1)
        draft.roles = {Role.ACTIONS}
        found.append(draft)
    return found


def find_in_prose(root: Node) -> list[Draft]:
    """Measures that a section names one by one at the start of its paragraphs: 第一は、「〇〇プロジェクト」です。…"""
    found: list[Draft] = []
    for node in [root, *root.walk()]:
        named = [
            (match.group("name"), block)
            for block in node.body
            if block.kind == "text" and (match := _SPOKEN.match(block.text())) is not None
        ]
        if len(named) >= _LEAST_SPOKEN:
            found += [_spoken(node, name, block) for name, block in named]
    return found


def _spoken(node: Node, name: str, block: Block) -> Draft:
    draft = _draft(node, "", name, (block.first + 1, block.last + 1), INFERRED)
    draft.actions = [Block("item", [(lines[0] - 1, said)]) for said, lines in block.sentences()[1:]]
    return draft


def _draft(node: Node, label: str, title: str, lines: Span, confidence: float) -> Draft:
    first, last = lines[0] - 1, lines[1] - 1
    path = (*node.path, label) if label else node.path
    own = Node(None, "行", label, title, 0, node, path, node.level + 1, first, last, last)
    return Draft(own, last=last, confidence=confidence)


def without_groups(drafts: Sequence[Draft], rows: Sequence[Draft]) -> list[Draft]:
    """The measures without those that only hold others, which stand as rows of their tables."""
    above: set[int] = set()
    for row in rows:
        node = row.node.parent
        while node is not None:
            above.add(id(node))
            node = node.parent
    return [draft for draft in drafts if id(draft.node) not in above]
