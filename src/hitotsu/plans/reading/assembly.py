import re

from hitotsu.plans.reading.blocks import LIST_SYMBOLS, Block
from hitotsu.plans.reading.characters import LINE_LIMIT, plain
from hitotsu.plans.reading.cleaning import Cleaned, Kind
from hitotsu.plans.reading.deciding import BRACKETED, decide
from hitotsu.plans.reading.joining import merge
from hitotsu.plans.reading.labels import role_of
from hitotsu.plans.reading.numbering import read_number
from hitotsu.plans.reading.promoting import promote

_SYMBOL = re.compile(
    r"(?:[-+*－‐–—](?=[\s　])|[-－‐–—](?=[^\s0-9０-９\-－‐–—|])|[・･•◦▪▫■□◆◇●◎►▶▷▼▽➢➤✓✔☑★☆⚫⚪]|[○〇◯](?![○〇◯]))[\s　]*"
)
_MISREAD = re.compile(r"^[ー一][ 　](?=\S)")
_MISREAD_STARTS = frozenset(("ー ", "ー　", "一 ", "一　"))
_PAGE_IN_LINE = re.compile(r"(?<=[^\sA-Za-z0-9*])[ 　]\*\*[0-9]{1,3}\*\*\s*$")


def build(cleaned: Cleaned, *, slides: bool = False, minutes: bool = False) -> list[Block]:
    """The document as blocks in reading order: what page breaks and footnotes cut apart is joined again.

    In `slides` the line at the top of a page is its heading; in `minutes` names in brackets say who speaks.
    """
    items = _items(cleaned)
    decide(items, cleaned)
    if minutes:
        for block in items:
            if block.kind == "heading" and block.number is None and not block.marks:
                block.kind = "speaker"
    else:
        promote(items, slides=slides)
    return merge(items, cleaned)


def _items(cleaned: Cleaned) -> list[Block]:
    items: list[Block] = []
    gap, broken = 0, False
    misread = _misread_bullets(cleaned)
    for index, line in enumerate(cleaned.lines):
        kind = cleaned.kinds[index]
        broken = broken or index in cleaned.page_starts
        if kind is Kind.TEXT:
            block = _item(index, _MISREAD.sub("－ ", line, count=1) if misread else line)
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


def _misread_bullets(cleaned: Cleaned) -> bool:
    """Whether character recognition made ー and 一 of the dashes of lists: lines begin so, and none counts 二."""
    starts = [
        line.lstrip(" 　")[:2]
        for line, kind in zip(cleaned.lines, cleaned.kinds, strict=True)
        if kind is Kind.TEXT
    ]
    return sum(start in _MISREAD_STARTS for start in starts) > 2 and not any(
        start in ("二 ", "二　") for start in starts
    )


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
        symbol=symbol if symbol in LIST_SYMBOLS else inner or symbol,
        indent=indent,
    )
    name = plain(text).strip()
    bracket = BRACKETED.fullmatch(name) if name.startswith("【") else None
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
