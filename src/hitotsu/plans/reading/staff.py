import re
from collections.abc import Sequence

from hitotsu.plans.reading.blocks import Block
from hitotsu.plans.reading.characters import joined, narrow
from hitotsu.plans.reading.nesting import Node
from hitotsu.plans.reading.structure import Body, Table

_POST = re.compile(
    r"(?:[^\s、。：:()（）]{0,24}(?:[部局課室次係所署校館院班会議区市町村総]長|知事|責任者|補佐官|アドバイザー|マネージャー|リーダー|座長|監|統括官)|(?:副|総括|専門|担当)?(?:主幹|主任|主査|主事|参事|課長補佐|副課長|室長))(?:[（(][^（）()]{1,30}[)）])?"
)
_PERSON = re.compile(
    r"[一-龠々ヶァ-ヴーぁ-ん]{1,6}[\s　]{0,3}[一-龠々ヶァ-ヴーぁ-ん]{1,6}(?:[\s　]?(?:氏|様|さん))?"
)
_OFFICE = re.compile(r"[^、。：:（）()]{2,60}(?:[課室局部係]|センター|本部|事務局|チーム)")
_SECRETARIAT = re.compile(
    r"(?P<of>[^\s　＜＞<>【】:：]{3,40}?)の?事務局[\s　:：はを]+(?P<name>[^\s　＜＞<>【】:：、。]{3,40}(?:会|会議|本部|[課室局部]|センター))"
)
_CALLED = re.compile(
    r"(?P<name>[^\s、。：:]{0,20}(?:アドバイザー|補佐官|責任者|座長|委員長|本部長|マネージャー))(?:名|氏名|の氏名)\s?[：:]\s*(?P<who>\S.{1,40})"
)
_MEETING = re.compile(r"[^\s、。：:「」]{2,40}(?:会議|協議会|委員会|審議会|懇談会|検討会|本部|連絡会)")
_TASK = re.compile(r"(?P<name>[^、。]{2,50}?)の(?:使命|責務|役割|任務|役目)$")
_OPENS = re.compile(
    r"^(?:ただ今|ただいま|これ|それでは|では)?(?:から|より)?、?(?P<names>[^。「」]{3,100}?)の?(?:合同)?(?:会議|会合|会)を(?:始め|開会|開催|開[きい])"
)
_OPENED = re.compile(
    r"(?:第[0-9]{1,3}回|令和[0-9元]{1,2}年度)?の?(?P<name>\S{2,40}(?:本部|会議|委員会|協議会|審議会|部会|検討会))"
)
_AT_HEAD_OF_MINUTES = 40


def from_tables(tables: Sequence[Table]) -> list[Body]:
    """Posts and who holds them, from lists of staff (室長 | 甲野 一 | 振興局長), and the office that the list is of."""
    found: list[Body] = []
    for table in tables:
        rows = [*zip(table.rows, table.row_lines[len(table.header) :], strict=True)]
        posts = [
            (row, lines)
            for row, lines in rows
            if len(row) > 1 and _POST.fullmatch(narrow(row[0])) and _PERSON.fullmatch(row[1])
        ]
        if len(posts) < 2 or len(posts) * 2 < len(rows):
            continue
        if table.title and _OFFICE.fullmatch(table.title):
            holders = "、".join(f"{row[0]} {row[1]}" for row, _ in posts)
            found.append(Body(table.title, holders, table.lines))
        for row, lines in posts:
            remark = next((cell.strip("()（） 　") for cell in row[2:] if cell), "")
            found.append(Body(row[0], f"{row[1]}（{remark}）" if remark else row[1], lines))
    return found


def from_headings(root: Node) -> list[Body]:
    """Bodies that a heading names: 〇〇会議事務局 〇〇検討会, Xの使命 above Xは…, a meeting above the list of its members."""
    found: list[Body] = []
    for node in root.walk():
        title = node.title.strip()
        said = _SECRETARIAT.fullmatch(title)
        if said is not None:
            span = (node.first + 1, node.own_last + 1)
            found.append(Body(said.group("name"), f"{said.group('of')}事務局", span))
            continue
        texts = [block for block in node.body if block.kind in ("item", "text")]
        task = _TASK.search(title)
        if task is not None and texts and texts[0].text().startswith(f"{task.group('name')}は"):
            role = "".join(block.text() for block in texts)
            found.append(Body(task.group("name"), role, (texts[0].first + 1, texts[-1].last + 1)))
        elif _MEETING.fullmatch(title) and not texts and _lists_members(node):
            members = [
                f"{child.title}：{joined([block.text() for block in child.body])}" for child in node.children
            ]
            found.append(Body(title, "、".join(members), (node.first + 1, node.last + 1)))
    return found


def _lists_members(node: Node) -> bool:
    """Whether what stands below are groups in angle brackets, each with names and no sentences."""
    return (
        bool(node.children)
        and all(
            child.style[2:] in ("<", "＜", "〈", "《") and child.body and not child.children
            for child in node.children
        )
        and not any("。" in block.text() for child in node.children for block in child.body)
    )


def from_labels(blocks: Sequence[Block]) -> list[Body]:
    """Posts with a name behind a colon: 地域情報化アドバイザー名：乙川 二 氏."""
    found: list[Body] = []
    for block in blocks:
        if block.kind in ("item", "text") and len(block.pieces[0][1]) <= 80:
            match = _CALLED.fullmatch(block.text())
            if match is not None:
                found.append(
                    Body(match.group("name"), match.group("who").strip(), (block.first + 1, block.last + 1))
                )
    return found


def from_opening(blocks: Sequence[Block]) -> list[Body]:
    """The bodies that meet, from the words that open the meeting: ただ今から、A本部と、B本部の合同会議を始めます。"""
    texts = [block for block in blocks if block.kind in ("item", "text")][:_AT_HEAD_OF_MINUTES]
    for block in texts:
        for sentence, lines in block.sentences():
            match = _OPENS.match(sentence)
            if match is None:
                continue
            said = (
                f"{match.group('names')}{'会議' if sentence[match.end('names') :].startswith('会議') else ''}"
            )
            names = [
                named.group("name")
                for part in re.split(r"、|及び|並びに|と(?=[^ど])", said)
                if (named := _OPENED.fullmatch(narrow(part.strip()))) is not None
            ]
            if names:
                return [Body(name, sentence, lines) for name in names]
    return []
