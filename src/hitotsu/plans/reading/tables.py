import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from hitotsu.plans.reading.dates import narrow
from hitotsu.plans.reading.structure import Span, Table
from hitotsu.plans.reading.table_cells import (
    clean_cell,
    continues_header,
    is_header,
    is_numeric,
    starts_with_number,
)

_DASHES = re.compile(r":?-{2,}:?")
_NOTE = re.compile(
    r"(?:[-・]\s*)?(?:[※＊†]|\*(?!\*)|[（(]?注\d*[）)：:．.\s]|[（(]?(?:出典|資料|出所|備考)[：:\s）)])"
)
_ASIDE = re.compile(r"[（(][^（()）]{1,40}[)）]")
_CAPTION = re.compile(r"(?:別?表|図表|図|資料|別紙)\s*[\d０-９一二三四五六七八九十]")
_ORNAMENT = re.compile(r"(?:#{1,6}\s+|[-*]\s+(?=[●■◆○◇□▼▽▶▲])|[●■◆○◇□▼▽▶▲]+\s*)+")
_FRAMED = re.compile(r"[【〔［<＜](.+)[】〕］>＞]")
_CONTINUED = re.compile(r"[（(]?(?:続き|つづき|承前|前(?:ページ|頁)(?:の|から)続き)[)）]?|[（(]\d+/\d+[)）]")
_FURNITURE = re.compile(r"\s*(?:[-–—―－‐]?\s*[\d０-９]{1,4}\s*[-–—―－‐]?|-{3,}|\d+\s*/\s*\d+)?\s*")
_NUMBERED = re.compile(r"\s*(?:第\s*\d|[\dIVXⅠ-Ⅹ]+(?:[.\-]\d+)*[.\s)]|\(\d+\)|[ア-ン]\s|[①-⑳]|\([ア-ン]\))")
_LEADER = re.compile(r"(?:\.{3,}|…{2,}|・{3,}|‥{2,})\s*$")
_PAGE_NUMBER = re.compile(r"(?:[pP]\.?\s?)?(\d{1,4})|[ivx]{1,5}")
_CONTENTS = re.compile(r"#*\s*(?:目\s*次|もくじ|CONTENTS)\s*", re.IGNORECASE)
_LONGEST_TITLE = 60
_LONGEST_PIECE = 80
_TITLE_REACH = 4
_NOTE_REACH = 2
_PAGE_GAP = 12


@dataclass(slots=True)
class _Block:
    """Rows that stand together; `first` and `last` are 0-based lines, `ruled` the rows above a line of dashes.

    `spans` are the 1-based lines of each row.
    """

    first: int
    last: int
    rows: list[list[str]] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    ruled: int | None = None

    @property
    def width(self) -> int:
        return max(len(row) for row in self.rows)


def find_tables(lines: Sequence[str]) -> list[Table]:
    """The tables among the lines, in order; `Table.lines` are the lines of its rows.

    Consecutive lines of tab-separated cells are a table; one that goes on over a page break is one, and a header that
    is printed again there is left out. The title is the caption above, notes are ※ and 出典 lines below and asides such
    as (単位：人) between caption and table. All rows have as many cells as the widest. Tables of contents are passed over.
    """
    blocks = [block for block in _blocks(lines) if any(sum(map(bool, row)) > 1 for row in block.rows)]
    return [
        _table(block, lines)
        for block in _joined(_without_contents(blocks, lines), lines)
        if len(block.rows) > 1 or sum(map(bool, block.rows[0])) > 2
    ]


def _blocks(lines: Sequence[str]) -> list[_Block]:
    blocks = []
    index = 0
    while index < len(lines):
        if "\t" not in lines[index]:
            index += 1
            continue
        end = index + 1
        while end < len(lines) and ("\t" in lines[end] or _is_piece(lines, end)):
            end += 1
        blocks.extend(_assemble(lines, index, end))
        index = end
    return blocks


def _is_piece(lines: Sequence[str], index: int) -> bool:
    """Whether a line without tabs between lines with tabs may be part of a row that was broken over lines."""
    line = lines[index].strip()
    if not line or len(line) > _LONGEST_PIECE or line.startswith("#") or _NOTE.match(line):
        return False
    return index + 1 < len(lines) and "\t" in lines[index + 1]


def _assemble(lines: Sequence[str], start: int, end: int) -> list[_Block]:
    """Rows from the lines `start:end`, those broken over several lines put together again."""
    cells = [lines[index].split("\t") for index in range(start, end)]
    counts = sorted(len(row) for row in cells if len(row) > 1)
    width = max(set(counts), key=counts.count)
    blocks: list[_Block] = []
    block: _Block | None = None
    index = 0
    while index < len(cells):
        taken = _broken_row(cells, index, width)
        row = cells[index]
        for piece in cells[index + 1 : index + taken]:
            row = [*row[:-1], f"{row[-1].rstrip()} {piece[0].lstrip()}".strip(), *piece[1:]]
        index += taken
        if len(row) == 1:
            block = None
            continue
        if block is None:
            block = _Block(start + index - taken, start + index - 1)
            blocks.append(block)
        block.last = start + index - 1
        if all(_DASHES.fullmatch(cell.strip()) for cell in row if cell.strip()) and any(
            cell.strip() for cell in row
        ):
            block.ruled = len(block.rows) if block.ruled is None else block.ruled
        elif any(cell.strip() for cell in row):
            block.rows.append([clean_cell(cell) for cell in row])
            block.spans.append((start + index - taken + 1, start + index))
    return [block for block in blocks if block.rows]


def _broken_row(cells: list[list[str]], index: int, width: int) -> int:
    """How many of the next lines make up one row of the given width (1 where the line is a row by itself)."""
    have = len(cells[index])
    if have >= width:
        # A line without tabs between two rows is the rest of the last cell.
        return 2 if index + 1 < len(cells) and len(cells[index + 1]) == 1 else 1
    for taken, piece in enumerate(cells[index + 1 : index + 4], start=2):
        if len(piece) >= width or _begins_row(cells, piece):
            return 1
        have += len(piece) - 1
        if have == width and (len(piece) > 1 or taken > 2 or len(cells[index]) < width):
            return taken
    return 1


def _begins_row(cells: list[list[str]], piece: list[str]) -> bool:
    """In a table whose rows are numbered, a line that starts with a number starts a row."""
    numbered = sum(starts_with_number(row[0]) is not None for row in cells)
    return len(piece) > 1 and 2 * numbered > len(cells) and starts_with_number(piece[0]) is not None


def _without_contents(blocks: list[_Block], lines: Sequence[str]) -> list[_Block]:
    kept: list[_Block] = []
    contents_end = -2 * _PAGE_GAP
    for block in blocks:
        near = block.first - contents_end <= _PAGE_GAP
        if _is_contents(block, lines, near):
            contents_end = block.last
        else:
            kept.append(block)
    return kept


def _is_contents(block: _Block, lines: Sequence[str], near_contents: bool) -> bool:
    pages = [_PAGE_NUMBER.fullmatch(narrow(row[-1].strip())) for row in block.rows]
    if block.width > 3 or sum(map(bool, pages)) < 0.7 * len(pages):
        return False
    numbers = [int(page[1]) for page in pages if page and page[1]]
    if any(later < earlier for earlier, later in pairwise(numbers)):
        return False
    announced = any(_CONTENTS.fullmatch(line) for line in lines[max(0, block.first - 6) : block.first])
    titles = [narrow(row[0]) for row in block.rows]
    marked = sum(bool(_NUMBERED.match(title) or _LEADER.search(title)) for title in titles)
    return near_contents or announced or (len(titles) > 2 and 2 * marked > len(titles))


def _joined(blocks: list[_Block], lines: Sequence[str]) -> list[_Block]:
    """Blocks with those put together that are one table over a page break."""
    joined: list[_Block] = []
    for block in blocks:
        before = joined[-1] if joined else None
        if before is not None and _goes_on(before, block, lines):
            repeated = _repeated_header(before, block)
            before.rows.extend(block.rows[repeated:])
            before.spans.extend(block.spans[repeated:])
            before.last = block.last
        else:
            joined.append(block)
    return joined


def _goes_on(before: _Block, block: _Block, lines: Sequence[str]) -> bool:
    between = lines[before.last + 1 : block.first]
    if before.width != block.width or len(between) > _PAGE_GAP:
        return False
    said = [line for line in between if not _FURNITURE.fullmatch(line)]
    repeats = _repeated_header(before, block) > 0
    if any(not _CONTINUED.search(line) for line in said):
        return False
    if said or repeats:
        return repeats or bool(said)
    last, first = starts_with_number(before.rows[-1][0]), starts_with_number(block.rows[0][0])
    if last is not None and first is not None:
        return first == last + 1
    return (
        len(before.rows) > 1
        and _kinds(before.rows[-1]) == _kinds(block.rows[0])
        and any(_kinds(block.rows[0]))
    )


def _repeated_header(before: _Block, block: _Block) -> int:
    """How many rows at the start of the block are the first rows of the block before, printed again."""
    if block.rows[0] != before.rows[0]:
        return 0
    return max(_header_rows(before), 1)


def _kinds(row: list[str]) -> list[bool]:
    return [is_numeric(cell) for cell in row]


def _header_rows(block: _Block) -> int:
    rows, width = block.rows, block.width
    if block.ruled is not None:
        return block.ruled if block.ruled < len(rows) else 0
    full = [row + [""] * (width - len(row)) for row in rows[:8]]
    if len(rows) < 2 or not is_header(full[0], full[1:]):
        return 0
    count = 1
    while count < len(full) - 1 and count < 3 and continues_header(full[count], full[count - 1]):
        count += 1
    return count


def _table(block: _Block, lines: Sequence[str]) -> Table:
    width = block.width
    rows = [tuple(row + [""] * (width - len(row))) for row in block.rows]
    heads = _header_rows(block)
    title, asides = _title(lines, block.first)
    return Table(
        title=title,
        header=tuple(rows[:heads]),
        rows=tuple(rows[heads:]),
        notes=(*asides, *_notes(lines, block.last)),
        lines=(block.first + 1, block.last + 1),
        row_lines=tuple(block.spans),
    )


def _title(lines: Sequence[str], first: int) -> tuple[str | None, list[str]]:
    """The caption above a table, and the asides between the two."""
    asides: list[str] = []
    blank = 0
    for index in range(first - 1, max(-1, first - 1 - 2 * _TITLE_REACH), -1):
        line = lines[index].strip(" \u3000\ufeff")
        if not line:
            blank += 1
            if blank > _TITLE_REACH:
                break
            continue
        if "\t" in line:
            break
        if _ASIDE.fullmatch(line) or (_NOTE.match(line) and not asides):
            asides.insert(0, line)
            continue
        return _as_title(line, blank), asides
    return None, asides


def _as_title(line: str, blank: int) -> str | None:
    bare = _ORNAMENT.sub("", line, count=1) if _ORNAMENT.match(line) else line
    marked = bare != line or bool(_CAPTION.match(bare)) or bool(_FRAMED.fullmatch(line))
    bare = bare.replace("**", "").strip()
    if framed := _FRAMED.fullmatch(bare):
        bare = framed[1].strip()
    sentence = bare.endswith(("。", "、", "：")) or bare.startswith(("- ", "・"))
    if not bare or len(bare) > _LONGEST_TITLE or sentence or (not marked and blank > 2):
        return None
    return bare


def _notes(lines: Sequence[str], last: int) -> list[str]:
    notes: list[str] = []
    blank = 0
    for line in lines[last + 1 : last + 30]:
        bare = line.strip(" \u3000")
        if not bare:
            blank += 1
            if blank > _NOTE_REACH:
                break
        elif _NOTE.match(bare) and "\t" not in bare:
            notes.append(bare.removeprefix("- ").removeprefix("・").strip())
            blank = 0
        else:
            break
    return notes
