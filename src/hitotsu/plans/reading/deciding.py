import re

from hitotsu.plans.reading.blocks import (
    FOLLOWS,
    HEADING_LIMIT,
    LIST_SYMBOLS,
    LONG,
    MINOR_STYLES,
    PARTICLES,
    TERMINAL,
    Block,
    ends,
)
from hitotsu.plans.reading.characters import key, plain
from hitotsu.plans.reading.cleaning import Cleaned
from hitotsu.plans.reading.labels import Role, is_glossary, labelled, role_of
from hitotsu.plans.reading.numbering import read_number

BRACKETED = re.compile(r"【(?P<in>[^【】]{1,60})】\s*(?P<rest>[^。]{0,80})")
_ANGLED = re.compile(r"[<＜〈《≪](?P<in>[^<>＜＞〈〉《》≪≫/]{2,40})[>＞〉》≫]")
_CIRCLED = frozenset("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
_DATE_LINE = re.compile(
    r"[(（]?(?:令和|平成|昭和|[12][0-9]{3}|[0-9]{1,2}月).{0,24}?[年月日度現在)）]{1,3}(?:[(（].{1,3}[)）])?"
)
_OPENING = re.compile(r"はじめに|おわりに|むすびに|結びに|まえがき|はしがき|序文|あとがき|巻頭言")
_ANNEX = re.compile(
    r"(?:参考(?:資料)?|付録|附属資料|巻末資料|資料編|別紙|別添)(?:[0-9一二三四五六七八九]|[\s　:：]|$).{0,40}"
)
_PAGE_REFERENCE = re.compile(r"[0-9０-９]\s*(?:頁|ページ)")
_FEW_HEADINGS = 3


def decide(items: list[Block], cleaned: Cleaned) -> None:
    """Says of every line whether it is a heading, a label, a list item or plain text, from itself and its neighbours."""
    entries = cleaned.contents.entries
    listed: dict[str, int] = {}
    for at, block in enumerate(items):
        if block.kind == "table":
            continue
        before = items[at - 1] if at else None
        after = items[at + 1] if at + 1 < len(items) else None
        name = block.title if block.number else plain(block.pieces[0][1]).strip()
        in_list = block.number is not None and block.symbol in LIST_SYMBOLS and block.symbol != ""
        role = None if in_list else role_of(name)
        if role is not None and _may_be_label(block, before, after):
            block.kind, block.role, block.title = "label", role, name
        elif labelled(name) is not None and not block.number:
            block.kind = "inline"
        elif block.marks:
            block.kind = (
                "heading"
                if len(name) <= 2 * HEADING_LIMIT and not (name.endswith("。") and len(name) > 40)
                else "text"
            )
        elif block.number and block.symbol not in LIST_SYMBOLS:
            beyond = items[at + 2] if at + 2 < len(items) else None
            block.kind = _numbered_kind(block, before, after, beyond, entries)
            number = block.number
            if (
                block.kind == "text"
                and len(block.title) <= LONG
                and number.ordinal == listed.get(number.style, -1) + 1
            ):
                block.kind = "item"
            if block.kind == "item":
                listed[number.style] = number.ordinal
            elif block.kind == "heading":
                listed.pop(number.style, None)
        elif block.symbol:
            block.kind = "heading" if _symbol_heads(block, before, after, name) else "item"
        elif _heads_by_brackets(name):
            block.kind, block.symbol = "heading", name[0]
        elif entries and len(name) <= HEADING_LIMIT and key(name) in entries and (block.gap or block.broken):
            block.kind = "heading"
        else:
            block.standing = _stands_alone(block, before, after, name)
        _number_off(block, before, after)


def _may_be_label(block: Block, before: Block | None, after: Block | None) -> bool:
    """A bare word such as 課題 is a label only where it stands as one: marked, bracketed, or on a line of its own."""
    if after is None:
        return False
    printed = block.pieces[0][1].strip()
    if block.marks or printed[:1] in "【〔［[〈《＜<≪■◆●□◇" or (block.symbol in "■◆●□◇▼▶◎" and block.symbol):
        return True
    if block.number:
        return True
    if block.symbol:
        return after.symbol != block.symbol or after.indent > block.indent
    return (
        block.gap > 0 or block.broken or before is None or ends(before) or before.kind in ("heading", "label")
    )


def _numbered_kind(
    block: Block, before: Block | None, after: Block | None, beyond: Block | None, entries: frozenset[str]
) -> str:
    number, title = block.number, block.title
    assert number is not None
    full = key(number.label + title)
    if entries and len(title) <= 2 * HEADING_LIMIT and full in entries:
        return "heading"
    if number.style in ("第", "条") and len(title) > 4 and title.endswith("。"):
        return "heading"
    if not title:
        return "heading" if _title_follows(block, after, beyond) else "text"
    if number.style == "丸" and any(char in _CIRCLED for char in title):
        return "item"
    if len(title) > HEADING_LIMIT or title[-1] in "。、，," or "。" in title or title[0] in FOLLOWS:
        return "item" if block.gap or before is None or ends(before) or before.kind != "text" else "text"
    if _in_row(block, before) or _in_row(block, after):
        return "item"
    fresh = (
        block.gap > 0
        or block.broken
        or before is None
        or before.kind in ("heading", "label", "table")
        or ends(before)
    )
    if not fresh:
        return "item" if before is not None and before.number else "text"
    if after is not None and after.kind == "text" and role_of(after.title) is not None:
        return "heading"
    if number.style in MINOR_STYLES or block.symbol == "":
        alone = after is not None and (
            after.gap > 0
            or after.broken
            or after.symbol
            or after.number
            or after.marks
            or number.style not in MINOR_STYLES
        )
        return "heading" if alone else "item"
    return "heading"


def _number_off(block: Block, before: Block | None, after: Block | None) -> None:
    """Takes the number off a numbered list item; a bare figure such as 5 年間 stays unless it counts a row."""
    if block.kind != "item" or block.number is None:
        return
    if block.number.style in ("算", "漢", "英", "カナ", "語", "ローマ字") or block.number.style.startswith(
        ("語", "枝")
    ):
        near = [other.number for other in (before, after) if other is not None and other.number is not None]
        if not any(
            n.style == block.number.style and abs(n.ordinal - block.number.ordinal) == 1 for n in near
        ):
            return
    line, text = block.pieces[0]
    read = read_number(text.lstrip("*"))
    if read is not None and read[1]:
        block.pieces[0] = (line, read[1])


def _title_follows(block: Block, after: Block | None, beyond: Block | None) -> bool:
    """Whether a number on a line of its own has its title on the next one, and is no mere reference such as 指針4."""
    style = block.number.style if block.number else ""
    if (
        style[:1] not in ("章", "節", "編", "語", "第")
        or after is None
        or after.symbol
        or after.number
        or after.marks
    ):
        return False
    title = plain(after.pieces[0][1]).strip()
    if len(title) > 40 or title[-1:] in TERMINAL + "をはがにの、" or title[:1] in "⇒→※":
        return False
    return style[:1] != "語" or (
        beyond is not None and (beyond.symbol != "" or ends(beyond) or role_of(beyond.title) is not None)
    )


def _in_row(block: Block, other: Block | None) -> bool:
    """Whether two numbered lines follow each other directly: then they are a list and no headings."""
    one, two = block.number, other.number if other else None
    if one is None or two is None or other is None or other.marks or one.style != two.style:
        return False
    return abs(one.ordinal - two.ordinal) == 1 and other.symbol not in LIST_SYMBOLS


def _symbol_heads(block: Block, before: Block | None, after: Block | None, name: str) -> bool:
    if block.symbol in LIST_SYMBOLS or after is None or len(name) > 50 or not name or name[-1] in "。、，,":
        return False
    if "：" in name or ":" in name or "。" in name or name.endswith(("等", "など")):
        return False
    flows = (
        not after.gap and not after.broken and not after.symbol and after.number is None and not after.marks
    )
    if flows and (len(name) > LONG + 4 or (after.indent > block.indent and name[-1] in PARTICLES)):
        return False
    if (after.symbol == block.symbol and not after.marks) or (
        before is not None
        and before.symbol == block.symbol
        and before.kind == "item"
        and not (block.gap and after.symbol in LIST_SYMBOLS and after.symbol)
    ):
        return False
    return block.gap > 0 or block.broken or before is None or ends(before) or before.kind != "text"


def _heads_by_brackets(name: str) -> bool:
    if len(name) > 80 or not name:
        return False
    return bool(
        (name[0] == "【" and BRACKETED.fullmatch(name)) or (name[0] in "<＜〈《≪" and _ANGLED.fullmatch(name))
    )


def _stands_alone(block: Block, before: Block | None, after: Block | None, name: str) -> bool:
    if _OPENING.fullmatch(key(name)) and after is not None:
        return True
    if (
        not 2 <= len(name) <= 40
        or (len(name) > 20 and (name.count("、") > 2 or name.endswith("中")))
        or name[-1] in TERMINAL + "、，,：:"
        or "。" in name
        or "：" in name
        or after is None
    ):
        return False
    if (
        name[0] in FOLLOWS
        or name[0] in "※(（〒▲△⇒→<＜"
        or name[0].isdigit()
        or _PAGE_REFERENCE.search(name)
        or (name[-1] in "をはがにの" and not name.endswith("とは"))
        or _DATE_LINE.fullmatch(name)
    ):
        return False
    return before is None or block.gap > 0 or block.broken or ends(before)


def promote(items: list[Block], *, slides: bool) -> None:
    """Makes headings of lines that only stand alone: before the labels of a measure, or where nothing else heads."""
    seen: set[Role] = set()
    label_before = False
    for at, block in enumerate(items[:-1]):
        after = items[at + 1]
        if block.kind == "heading":
            seen.clear()
        elif block.kind == "label" and block.role is not None:
            seen.add(block.role)
        elif block.standing and not label_before and after.kind in ("label", "inline"):
            role = after.role or _inline_role(after)
            if role in (Role.STATUS, Role.DIRECTION, Role.ACTIONS) and (not seen or role in seen):
                block.kind, block.symbol = "heading", "独"
                seen.clear()
        label_before = block.kind == "label"
    for at, block in enumerate(items[:-1]):
        if block.kind == "text" and block.standing and (block.gap or block.broken):
            name = plain(block.pieces[0][1]).strip()
            if _OPENING.fullmatch(key(name)) or (_ANNEX.fullmatch(name) and items[at + 1].gap):
                block.kind, block.symbol = "heading", "頁"
    headed = sum(block.kind == "heading" and (block.number is not None or block.marks > 0) for block in items)
    if headed < _FEW_HEADINGS or slides:
        _promote_lone_lines(items, slides=slides)


def _promote_lone_lines(items: list[Block], *, slides: bool) -> None:
    """Lines that stand alone above text head it; on slides only at the top of a page, and never in a list of terms."""
    in_glossary = False
    for at, block in enumerate(items[:-1]):
        after = items[at + 1]
        if block.kind == "heading" and block.symbol not in ("独", "頁"):
            in_glossary = is_glossary(block.title)
        if block.kind != "text" or not block.standing or after.kind == "table" or in_glossary:
            continue
        over_list = block.gap > 0 and after.gap > 0 and after.symbol in LIST_SYMBOLS and after.symbol != ""
        page_top = over_list or block.broken or block.gap > 1 or at == 0 or items[at - 1].kind == "table"
        if (
            (page_top or not slides or _heads_a_slide(block, after))
            and (after.gap or after.symbol)
            and (slides or not after.standing)
        ):
            block.kind, block.symbol = "heading", "頁"
            in_glossary = is_glossary(block.title)


def _heads_a_slide(block: Block, after: Block) -> bool:
    """Whether a lone line in the middle of a page heads it all the same: by a date, a reference or a heading below."""
    below = plain(after.pieces[0][1]).strip()
    if not block.gap or not after.gap:
        return False
    subheads = after.kind == "heading" and after.number is None and after.symbol not in ("独", "頁")
    return subheads or bool(
        _DATE_LINE.fullmatch(below) or _PAGE_REFERENCE.search(below) and len(below) <= LONG
    )


def _inline_role(block: Block) -> Role | None:
    read = labelled(plain(block.pieces[0][1]).strip())
    return read[0] if read else None
