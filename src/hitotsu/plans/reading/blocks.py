import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from hitotsu.plans.reading.characters import LINE_LIMIT, joined, joined_at, key, marks_at, plain, sentences
from hitotsu.plans.reading.cleaning import Cleaned, Kind
from hitotsu.plans.reading.labels import Role, labelled, role_of
from hitotsu.plans.reading.numbering import Number, read_number
from hitotsu.plans.reading.structure import Span

_SYMBOL = re.compile(
    r"(?:[-+*－‐–—](?=[\s　])|[-－‐–—](?=[^\s0-9０-９\-－‐–—|])|[・･•◦▪▫■□◆◇●◎►▶▷▼▽➢➤✓✔☑★☆⚫⚪]|[○〇◯](?![○〇◯]))[\s　]*"
)
_PAGE_IN_LINE = re.compile(r"(?<=[^\sA-Za-z0-9*])[ 　]\*\*[0-9]{1,3}\*\*\s*$")
_BRACKETED = re.compile(r"【(?P<in>[^【】]{1,60})】\s*(?P<rest>[^。]{0,80})")
_ANGLED = re.compile(r"[<＜〈《≪](?P<in>[^<>＜＞〈〉《》≪≫/]{2,40})[>＞〉》≫]")
_TERMINAL = "。．.！？!?…"
_CLOSERS = "」』）)】〉》:："
_FOLLOWS = frozenset("、。，）」』】ー々ぁぃぅぇぉっゃゅょをゎァィゥェォッャュョ・％")
_PARTICLES = frozenset("をがはにのとでもへやるたくしりきいてれめけせねまみむらろわかこ、・")
_LIST_SYMBOLS = frozenset("-+*・･•◦▪▫－‐–—○〇◯►▶▷➢➤✓✔☑")
_WEAK = frozenset(("丸", "カナ", "括弧カナ", "英", "括弧英", "片括弧", "漢", "括弧漢", "小ローマ"))
_LETTER_SPACED = re.compile(r"(?:\S[ 　]){2,}\S")

HEADING_LIMIT = 70
"""Longest title of a heading that carries no heading mark, in characters."""
_CIRCLED = frozenset("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
_DATE_LINE = re.compile(
    r"[(（]?(?:令和|平成|昭和|[12][0-9]{3}|[0-9]{1,2}月).{0,24}?[年月日度現在)）]{1,3}(?:[(（].{1,3}[)）])?"
)
_OPENING = re.compile(r"はじめに|おわりに|むすびに|結びに|まえがき|はしがき|序文|あとがき|巻頭言")
_ANNEX = re.compile(
    r"(?:参考(?:資料)?|付録|附属資料|巻末資料|資料編|別紙|別添)(?:[0-9一二三四五六七八九]|[\s　:：]|$).{0,40}"
)
_FEW_HEADINGS = 3
LONG = 30
"""A line of this many characters that does not end its sentence is cut off rather than a phrase."""


@dataclass(slots=True)
class Block:
    """A heading, label, list item, paragraph or table: what its lines say, joined again.

    `kind` is "heading", "label", "item", "text", "table" or "speaker"; `pieces` are (0-based line, text) with list marks taken
    off; `marks` counts `#`; `gap` counts blank lines before it; `broken` says that a page ended before it.
    """

    kind: str
    pieces: list[tuple[int, str]]
    marks: int = 0
    symbol: str = ""
    number: Number | None = None
    title: str = ""
    role: Role | None = None
    indent: int = 0
    gap: int = 0
    broken: bool = False
    standing: bool = False
    stitched: list[tuple[int, int]] = field(default_factory=list)
    read_sentences: list[tuple[str, Span]] | None = None

    @property
    def first(self) -> int:
        """First line, 0-based."""
        return self.pieces[0][0]

    @property
    def last(self) -> int:
        """Last line, 0-based."""
        return self.pieces[-1][0]

    def raw(self) -> str:
        """The whole text as printed, with footnote marks."""
        return joined([text for _, text in self.pieces])

    def text(self) -> str:
        """The whole text without footnote and bold marks."""
        return plain(self.raw()).strip()

    def marks_used(self) -> tuple[str, ...]:
        """Footnote marks printed in the text."""
        return tuple(mark for _, mark in marks_at(self.raw()))

    def sentences(self) -> list[tuple[str, Span]]:
        """The sentences with the source lines (1-based) that each stands on."""
        if self.read_sentences is not None:
            return self.read_sentences
        text, ends = joined_at([plain(piece).strip() for _, piece in self.pieces])
        found: list[tuple[str, Span]] = []
        at = 0
        for start, sentence in sentences(text):
            while at < len(ends) - 1 and ends[at] <= start:
                at += 1
            stop = at
            while stop < len(ends) - 1 and ends[stop] < start + len(sentence):
                stop += 1
            found.append((sentence.strip(), (self.pieces[at][0] + 1, self.pieces[stop][0] + 1)))
        self.read_sentences = found
        return found


def build(cleaned: Cleaned, *, slides: bool = False, minutes: bool = False) -> list[Block]:
    """The document as blocks in reading order: what page breaks and footnotes cut apart is joined again.

    In `slides` the line at the top of a page is its heading; in `minutes` names in brackets say who speaks.
    """
    items = _items(cleaned)
    _decide(items, cleaned)
    if minutes:
        for block in items:
            if block.kind == "heading" and block.number is None and not block.marks:
                block.kind = "speaker"
    else:
        _promote(items, slides=slides)
    return _merge(items, cleaned)


def _items(cleaned: Cleaned) -> list[Block]:
    items: list[Block] = []
    gap, broken = 0, False
    for index, line in enumerate(cleaned.lines):
        kind = cleaned.kinds[index]
        broken = broken or index in cleaned.page_starts
        if kind is Kind.TEXT:
            block = _item(index, line)
            block.gap, block.broken = gap, broken or "\f" in line
            items.append(block)
            gap, broken = 0, False
        elif kind is Kind.TABLE:
            if items and items[-1].kind == "table" and items[-1].last == index - 1:
                items[-1].pieces.append((index, line))
            else:
                items.append(Block("table", [(index, line)], gap=gap))
            gap, broken = 0, False
        elif kind is Kind.BLANK:
            gap += 1
            broken = broken or "\f" in line
        else:
            broken = True
    return items


def _item(index: int, line: str) -> Block:
    if len(line) > LINE_LIMIT:
        return Block("text", [(index, line.strip())])
    body = line.strip()
    indent = len(line) - len(line.lstrip())
    marks = len(body) - len(body.lstrip("#")) if body.startswith("#") else 0
    text = body[marks:].strip() if 0 < marks <= 6 else body
    symbol, inner = "", ""
    for _ in range(3):
        match = _SYMBOL.match(text)
        if match is None or match.end() == len(text) or text.startswith("**"):
            break
        inner = match.group().strip()
        symbol = symbol or inner
        text = text[match.end() :]
    text = _PAGE_IN_LINE.sub("", text)
    block = Block(
        "text",
        [(index, text)],
        marks=min(marks, 6),
        symbol=symbol if symbol in _LIST_SYMBOLS else inner or symbol,
        indent=indent,
    )
    name = plain(text).strip()
    bracket = _BRACKETED.fullmatch(name) if name.startswith("【") else None
    source = name
    if bracket and role_of(bracket.group("in")) is None:
        source = (
            f"{bracket.group('in')} {bracket.group('rest')}".strip()
            if read_number(bracket.group("in"))
            else name
        )
    read = read_number(source)
    if read is not None:
        block.number, block.title = read
        if bracket and source is not name:
            block.symbol = "【"
    else:
        block.title = name
    block.title = block.title.strip()
    return block


def _decide(items: list[Block], cleaned: Cleaned) -> None:
    entries = cleaned.contents.entries
    listed: dict[str, int] = {}
    for at, block in enumerate(items):
        if block.kind == "table":
            continue
        before = items[at - 1] if at else None
        after = items[at + 1] if at + 1 < len(items) else None
        name = block.title if block.number else plain(block.pieces[0][1]).strip()
        in_list = block.number is not None and block.symbol in _LIST_SYMBOLS and block.symbol != ""
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
        elif block.number and block.symbol not in _LIST_SYMBOLS:
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
        block.gap > 0
        or block.broken
        or before is None
        or _ends(before)
        or before.kind in ("heading", "label")
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
    if len(title) > HEADING_LIMIT or title[-1] in "。、，," or "。" in title or title[0] in _FOLLOWS:
        return "item" if block.gap or before is None or _ends(before) or before.kind != "text" else "text"
    if _in_row(block, before) or _in_row(block, after):
        return "item"
    fresh = (
        block.gap > 0
        or block.broken
        or before is None
        or before.kind in ("heading", "label", "table")
        or _ends(before)
    )
    if not fresh:
        return "item" if before is not None and before.number else "text"
    if after is not None and after.kind == "text" and role_of(after.title) is not None:
        return "heading"
    if number.style in _WEAK or block.symbol == "":
        alone = after is not None and (
            after.gap > 0
            or after.broken
            or after.symbol
            or after.number
            or after.marks
            or number.style not in _WEAK
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
    if len(title) > 40 or title[-1:] in _TERMINAL + "をはがにの、" or title[:1] in "⇒→※":
        return False
    return style[:1] != "語" or (
        beyond is not None and (beyond.symbol != "" or _ends(beyond) or role_of(beyond.title) is not None)
    )


def _in_row(block: Block, other: Block | None) -> bool:
    """Whether two numbered lines follow each other directly: then they are a list and no headings."""
    one, two = block.number, other.number if other else None
    if one is None or two is None or other is None or other.marks or one.style != two.style:
        return False
    return abs(one.ordinal - two.ordinal) == 1 and other.symbol not in _LIST_SYMBOLS


def _symbol_heads(block: Block, before: Block | None, after: Block | None, name: str) -> bool:
    if block.symbol in _LIST_SYMBOLS or after is None or len(name) > 50 or not name or name[-1] in "。、，,":
        return False
    if "：" in name or ":" in name or "。" in name or name.endswith(("等", "など")):
        return False
    flows = (
        not after.gap and not after.broken and not after.symbol and after.number is None and not after.marks
    )
    if flows and (len(name) >= LONG or after.indent > block.indent):
        return False
    if (after.symbol == block.symbol and not after.marks) or (
        before is not None and before.symbol == block.symbol and before.kind == "item"
    ):
        return False
    return block.gap > 0 or block.broken or before is None or _ends(before) or before.kind != "text"


def _heads_by_brackets(name: str) -> bool:
    if len(name) > 80 or not name:
        return False
    return bool(
        (name[0] == "【" and _BRACKETED.fullmatch(name))
        or (name[0] in "<＜〈《≪" and _ANGLED.fullmatch(name))
    )


def _stands_alone(block: Block, before: Block | None, after: Block | None, name: str) -> bool:
    if _OPENING.fullmatch(key(name)) and after is not None:
        return True
    if (
        not 2 <= len(name) <= 40
        or name[-1] in _TERMINAL + "、，,：:"
        or "。" in name
        or "：" in name
        or after is None
    ):
        return False
    if (
        name[0] in _FOLLOWS
        or name[0] in "※(（〒▲△⇒→"
        or name[0].isdigit()
        or name[-1] in "をはがにの"
        or _DATE_LINE.fullmatch(name)
    ):
        return False
    return before is None or block.gap > 0 or block.broken or _ends(before)


def _promote(items: list[Block], *, slides: bool) -> None:
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
            if _OPENING.fullmatch(key(name)) or _ANNEX.fullmatch(name) and items[at + 1].gap:
                block.kind, block.symbol = "heading", "頁"
    headed = sum(block.kind == "heading" and (block.number is not None or block.marks > 0) for block in items)
    if headed < _FEW_HEADINGS or slides:
        for at, block in enumerate(items[:-1]):
            after = items[at + 1]
            page_top = block.broken or block.gap > 1 or at == 0
            if (
                block.kind == "text"
                and block.standing
                and (after.gap or after.symbol)
                and (page_top or not slides)
            ):
                if not (after.standing and not slides) and after.kind != "table":
                    block.kind, block.symbol = "heading", "頁"


def _inline_role(block: Block) -> Role | None:
    read = labelled(plain(block.pieces[0][1]).strip())
    return read[0] if read else None


def _ends(block: Block) -> bool:
    """Whether the block's last line ends a sentence."""
    text = block.pieces[-1][1].rstrip()
    while text.endswith(("</sup>", "**")):
        text = (
            text[: text.rindex("<sup>")]
            if text.endswith("</sup>") and "<sup>" in text
            else text[:-2].rstrip()
        )
    text = (
        text.rstrip(_CLOSERS) if text[-1:] in _CLOSERS and text.rstrip(_CLOSERS)[-1:] in _TERMINAL else text
    )
    return text[-1:] in _TERMINAL


def _merge(items: list[Block], cleaned: Cleaned) -> list[Block]:
    full_stops = _full_stop_share(items)
    wrapped = _is_wrapped(items)
    entries = cleaned.contents.entries
    blocks: list[Block] = []
    for block in items:
        last = blocks[-1] if blocks else None
        if block.kind == "inline":
            read = labelled(plain(block.pieces[0][1]).strip())
            if read is not None:
                role, name, rest = read
                line = block.first
                head = Block("label", [(line, name)], role=role, title=name, gap=block.gap, symbol="inline")
                blocks += [head, Block("text", [(line, rest)], gap=0, symbol="inline")]
                continue
        if last is None or block.kind != "text":
            blocks.append(block)
        elif last.kind == "heading" and not last.title and last.number and not block.symbol:
            last.title = plain(block.pieces[0][1]).strip()
            last.pieces.append(block.pieces[0])
        elif (
            last.kind == "heading"
            and entries
            and block.gap == 0
            and key(last.pieces[-1][1] + block.pieces[0][1]) in entries
        ):
            last.title = joined([last.title, plain(block.pieces[0][1])])
            last.pieces.append(block.pieces[0])
        elif last.kind in ("item", "text") and _continues(last, block, full_stops, wrapped):
            if block.gap or block.broken:
                last.stitched.append((last.last, block.first))
            last.pieces.append(block.pieces[0])
        else:
            blocks.append(block)
    return blocks


def _full_stop_share(items: Sequence[Block]) -> float:
    long = [block for block in items if block.kind in ("item", "text") and len(block.pieces[0][1]) >= LONG]
    return sum(_ends(block) for block in long) / len(long) if long else 0.0


def _is_wrapped(items: Sequence[Block]) -> bool:
    """Whether lines are cut at a fixed width, so that a paragraph takes several; else every line is a paragraph."""
    pairs = [
        one
        for one, two in zip(items, items[1:], strict=False)
        if one.kind == two.kind == "text" and not two.gap and not two.broken and not two.number
    ]
    return sum(not _ends(one) for one in pairs) * 3 >= len(pairs)


def _wraps_heading(last: Block, block: Block, entries: frozenset[str]) -> bool:
    """Whether the line is the second line of the title above it: so says the contents, or its hanging indent."""
    text = plain(block.pieces[0][1]).strip()
    if block.gap or len(text) > HEADING_LIMIT or not last.title or last.symbol in ("独", "頁"):
        return False
    label = last.number.label if last.number is not None else ""
    if entries and key(label + last.title + text) in entries:
        return True
    return (
        not last.marks
        and block.indent > last.indent + 1
        and len(text) < LONG
        and not _ends(block)
        and "、" not in text
    )


def _continues(last: Block, block: Block, full_stops: float, wrapped: bool) -> bool:
    """Whether the plain line `block` goes on with the text of `last`, in spite of a gap or a page break."""
    text = block.pieces[0][1]
    if block.symbol == "inline" or (text[:1] in "※(（<＜" and block.gap):
        return False
    ends = _ends(last)
    if not block.gap and not block.broken:
        return not (ends and last.kind == "text" and (block.indent or not wrapped))
    if ends:
        return False
    tail = last.pieces[-1][1].rstrip()
    if text[:1] in _FOLLOWS:
        return True
    if block.standing and not _ends(block) and len(text) < LONG:
        return False
    if len(tail) < LONG and len(last.pieces) == 1:
        return False
    if tail[-1:] in _PARTICLES:
        return True
    return full_stops >= 0.5 and tail[-1:] not in _CLOSERS
