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
from hitotsu.plans.reading.labels import is_glossary, labelled, role_of
from hitotsu.plans.reading.numbering import read_number

BRACKETED = re.compile(r"【(?P<in>[^【】]{1,60})】\s*(?P<rest>[^。【】]{0,80})")
_ANGLED = re.compile(r"[<＜〈《≪](?P<in>[^<>＜＞〈〉《》≪≫/]{2,40})[>＞〉》≫]")
_CIRCLED = frozenset("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
DATE_LINE = re.compile(
    r"[(（]?(?:令和|平成|昭和|[12][0-9]{3}|[0-9]{1,2}月).{0,24}?(?:[年月日度現在)）]{1,3}|策定|改定)(?:[(（].{1,3}[)）])?"
)
OPENING = re.compile(r"はじめに|おわりに|むすびに|結びに|まえがき|はしがき|序文|あとがき|巻頭言")
PAGE_REFERENCE = re.compile(r"[0-9０-９]\s*(?:頁|ページ)")


def decide(items: list[Block], cleaned: Cleaned) -> None:
    """Says of every line whether it is a heading, a label, a list item or plain text, from itself and its neighbours."""
    entries = cleaned.contents.entries
    listed: dict[str, int] = {}
    in_glossary = False
    for at, block in enumerate(items):
        if block.kind == "table":
            continue
        before = items[at - 1] if at else None
        after = items[at + 1] if at + 1 < len(items) else None
        name = block.title if block.number else plain(block.pieces[0][1]).strip()
        in_list = block.number is not None and block.symbol in LIST_SYMBOLS and block.symbol != ""
        role = None if in_list or in_glossary else role_of(name)
        if role is not None and _may_be_label(block, before, after) and not _in_lost_columns(items, at):
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
            block.kind, block.symbol = "heading", "頁" if block.broken else ""
        else:
            block.standing = _stands_alone(block, before, after, name)
        _number_off(block, before, after)
        if block.kind == "heading":
            in_glossary = is_glossary(block.title or name)


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
        block.gap > 0
        or block.broken
        or before is None
        or ends(before)
        or before.kind in ("heading", "label", "table")
        or _is_short(before)
    )


def _in_lost_columns(items: list[Block], at: int) -> bool:
    """Whether a bare word such as 取組 is the first of a table's cells that stand below each other, one a line."""
    block, below = items[at], items[at + 1 : at + 4]
    if block.marks or block.number or block.symbol or block.pieces[0][1].strip()[:1] in "【〔［[〈《＜<≪":
        return False
    return len(below) == 3 and all(
        _is_short(other)
        and not (other.gap or other.marks or other.number or other.symbol or other.indent > block.indent)
        and role_of(other.title) is None
        for other in below
    )


def _is_short(block: Block) -> bool:
    """Whether a line is no full line of a paragraph: a value such as 約30 ％（令和6年度）, or a name."""
    text = block.pieces[0][1].strip()
    return block.kind == "text" and 0 < len(text) < LONG and text[-1] not in PARTICLES and "。" not in text


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
        or (_is_short(before) and (number.style == "括弧" or number.style.startswith("語")))
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
    if flows and (
        len(name) > LONG + 4
        or ("、" in name and block.symbol in "▼▲▽")
        or (after.indent > block.indent and name[-1] in PARTICLES)
    ):
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
    if OPENING.fullmatch(key(name)) and after is not None:
        return True
    if (
        not 2 <= len(name) <= 40
        or (len(name) > 20 and (name.count("、") > 2 or name.endswith(("中", "等", "など"))))
        or name[-1] in TERMINAL + "、，,：:"
        or "。" in name
        or "：" in name
        or (name[0] in "「『" and name[-1] in "」』")
        or after is None
    ):
        return False
    if (
        name[0] in FOLLOWS
        or name[0] in "※(（〒▲△⇒→<＜"
        or name[0].isdigit()
        or PAGE_REFERENCE.search(name)
        or (name[-1] in "をはがにの" and not name.endswith("とは"))
        or DATE_LINE.fullmatch(name)
    ):
        return False
    return before is None or block.gap > 0 or block.broken or ends(before)
