import re
from collections.abc import Sequence
from itertools import pairwise

from hitotsu.plans.reading.blocks import (
    CLOSERS,
    FOLLOWS,
    HEADING_LIMIT,
    LONG,
    OPEN_ENDS,
    PARTICLES,
    Block,
    ends,
)
from hitotsu.plans.reading.characters import joined, key, plain
from hitotsu.plans.reading.cleaning import Cleaned
from hitotsu.plans.reading.labels import labelled

# A term with its colon, as lists of terms have them line by line.
_ENTRY = re.compile(r"[^\s、。：:「」（）()]{1,24}[：:][^\s/]")


_NAME_LIMIT = 20


def merge(items: list[Block], cleaned: Cleaned) -> list[Block]:
    """The lines as whole blocks: paragraphs, list items and titles that were cut apart are joined again."""
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
        elif (
            last.kind == "heading" and not last.title and not last.marks and last.number and not block.number
        ):
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
            last.pieces.append(block.pieces[0])
        else:
            blocks.append(block)
    return blocks


def _full_stop_share(items: Sequence[Block]) -> float:
    long = [block for block in items if block.kind in ("item", "text") and len(block.pieces[0][1]) >= LONG]
    return sum(ends(block) for block in long) / len(long) if long else 0.0


def _is_wrapped(items: Sequence[Block]) -> bool:
    """Whether lines are cut at a fixed width, so that a paragraph takes several; else every line is a paragraph."""
    pairs = [
        one
        for one, two in pairwise(items)
        if one.kind == two.kind == "text" and not two.gap and not two.broken and not two.number
    ]
    return sum(not ends(one) for one in pairs) * 3 >= len(pairs)


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
        and not ends(block)
        and "、" not in text
    )


def _continues(last: Block, block: Block, full_stops: float, wrapped: bool) -> bool:
    """Whether the plain line `block` goes on with the text of `last`, in spite of a gap or a page break."""
    text = block.pieces[0][1]
    if block.symbol == "inline" or (text[:1] in "※(（<＜" and block.gap):
        return False
    if _ENTRY.match(text[:40]) and _ENTRY.match(last.pieces[0][1][:40]):
        return False
    ended = ends(last)
    if not block.gap and not block.broken and last.kind == "text":
        # A term on a line of its own, its explanation set in below it.
        short = last.pieces[-1][1].strip()
        names = len(last.pieces) == 1 and len(short) <= _NAME_LIMIT and short[-1:] not in PARTICLES
        if names and not ended and block.indent > last.indent:
            return False
        if ended and block.indent < last.indent and len(text) <= _NAME_LIMIT and not ends(block):
            return False
    if not block.gap and not block.broken:
        return not (ended and last.kind == "text" and (block.indent or not wrapped))
    if ended:
        return False
    tail = last.pieces[-1][1].rstrip()
    if text[:1] in FOLLOWS:
        return True
    if block.standing and not ends(block) and len(text) < LONG:
        return False
    if tail[-1:] in OPEN_ENDS and (tail[-1:] in "、を" or block.broken):
        return True
    if len(tail) < LONG and len(last.pieces) == 1:
        return False
    if tail[-1:] in PARTICLES:
        return True
    return full_stops >= 0.5 and tail[-1:] not in CLOSERS
