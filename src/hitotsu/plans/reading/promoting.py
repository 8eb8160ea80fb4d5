import re

from hitotsu.plans.reading.blocks import (
    LIST_SYMBOLS,
    LONG,
    Block,
)
from hitotsu.plans.reading.characters import key, plain
from hitotsu.plans.reading.deciding import DATE_LINE, OPENING, PAGE_REFERENCE
from hitotsu.plans.reading.labels import Role, is_glossary, labelled

_ANNEX = re.compile(
    r"(?:参考(?:資料)?|付録|附属資料|巻末資料|資料編|別紙|別添)(?:[0-9一二三四五六七八九]|[\s　:：]|$).{0,40}"
)
# What stands below a picture: 善光寺（長野市）, a place by itself, or the name of a newspaper.
_CAPTION = re.compile(
    r".{2,20}[(（][^()（）、]{1,8}[市町村区][)）]|(?:.{2,3}[都道府県])?[一-龠々ヶァ-ヴー]{1,6}[市町村]|\S{2,8}新聞(?:社|朝刊|夕刊)?"
)
_DIAGRAM_WORD = 8
_FEW_HEADINGS = 3


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
            if slides and _belongs_to_picture(items, at):
                continue
            role = after.role or _inline_role(after)
            if role in (Role.STATUS, Role.DIRECTION, Role.ACTIONS) and (not seen or role in seen):
                block.kind, block.symbol = "heading", "独"
                seen.clear()
        label_before = block.kind == "label"
    for at, block in enumerate(items[:-1]):
        if block.kind == "text" and block.standing and (block.gap or block.broken):
            name = plain(block.pieces[0][1]).strip()
            if OPENING.fullmatch(key(name)) or (_ANNEX.fullmatch(name) and items[at + 1].gap):
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
            in_glossary = is_glossary(block.title) and after.standing
        if block.kind != "text" or not block.standing or after.kind == "table" or in_glossary:
            continue
        if slides and _belongs_to_picture(items, at):
            continue
        over_list = block.gap > 0 and after.gap > 0 and after.symbol in LIST_SYMBOLS and after.symbol != ""
        page_top = over_list or block.broken or block.gap > 1 or at == 0 or items[at - 1].kind == "table"
        if (
            (page_top or not slides or _heads_a_slide(block, after))
            and (after.gap or after.symbol)
            and (slides or not after.standing)
        ):
            block.kind, block.symbol = "heading", "頁"
            in_glossary = is_glossary(block.title) and after.standing


def _belongs_to_picture(items: list[Block], at: int) -> bool:
    """Whether a lone line of a slide is the caption of a picture or clipping, or one of a diagram's words in a row."""
    name = plain(items[at].pieces[0][1]).strip()
    below = items[at + 1].pieces[0][1].strip()
    if _CAPTION.fullmatch(name) or (below[:1] in "▲△" and len(below) <= LONG):
        return True
    row = items[at : at + 3]
    return (
        len(row) == 3
        and all(
            block.kind == "text" and not block.number and len(block.pieces[0][1].strip()) <= _DIAGRAM_WORD
            for block in row
        )
        and not items[at].broken
    )


def _heads_a_slide(block: Block, after: Block) -> bool:
    """Whether a lone line in the middle of a page heads it all the same: by a date, a reference or a heading below."""
    below = plain(after.pieces[0][1]).strip()
    if not block.gap or not after.gap:
        return False
    subheads = after.kind == "heading" and after.number is None and after.symbol not in ("独", "頁")
    return subheads or bool(
        DATE_LINE.fullmatch(below) or (PAGE_REFERENCE.search(below) and len(below) <= LONG)
    )


def _inline_role(block: Block) -> Role | None:
    read = labelled(plain(block.pieces[0][1]).strip())
    return read[0] if read else None
