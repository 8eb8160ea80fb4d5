import re
from collections import Counter
from dataclasses import dataclass, field

from hitotsu.plans.reading.source.marks import LineBuilder, footnote, heading
from hitotsu.plans.reading.source.pdf_glyphs import Line

_BULLET = re.compile(r"(?:[・●○■□◆◇▪▫◦•‣➢➤▶▷►★☆✓✔※◎－―‐–]|- )\s?")
_NUMBER = re.compile(
    r"(?:第\s?[\d０-９一二三四五六七八九十]+[章節項条編部]?|[\d０-９]{1,2}(?:[-.－．][\d０-９]{1,2}){0,3}[.．)）]?[\s\u3000]"
    r"|[(（][\d０-９ア-ンa-zA-Z一二三四五六七八九十]{1,3}[)）]|[①-⑳]|[ア-ン][\s\u3000]|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ]|[【〔［<＜《]|<sup>)"
)
_NOTE_MARK = re.compile(r"(?:<sup>(\w{1,3})</sup>|[(（]?([\d]{1,3})[)）]?(?=[\s\u3000]\D))\s*")
_PAGE_NUMBER = re.compile(
    r"[-‐–—―－\s]*(?:P\.?|p\.?)?\s?[\d０-９]{1,4}\s?(?:ページ|頁)?(?:\s?[/／]\s?\d{1,4})?[-‐–—―－\s]*"
)
_RAISED = re.compile(r"<sup>.{1,12}?</sup>")
_DIGITS = re.compile(r"[\d０-９]+|[ivxIVX]+$")
_JAPANESE = re.compile(r"[^\x00-\xff]")
_HEADING_SIZE = 1.14
_TITLE_SIZE = 1.6
_NOTE_SIZE = 0.93
_LONGEST_HEADING = 60
_LONGEST_STRONG = 45
_EDGE = 0.12
_REPEATED_SHARE = 0.3
_LARGE_REPEATED_SHARE = 0.6


@dataclass(slots=True)
class Table:
    """A ruled table as tab-separated lines, at its place on the page."""

    top: float
    bottom: float
    rows: list[str]


@dataclass(slots=True)
class Page:
    """What is printed on one page, in reading order."""

    height: float
    lines: list[Line] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a document's text: its size, whether it is serif, and the larger sizes from the largest down."""

    size: float
    serif: bool
    larger: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A list item at the end of a page: where it was written (0-based), and a line of it that hangs below its text."""

    at: int
    line: Line


def measure_type(pages: list[Page]) -> Type:
    """The size of most letters is that of the text; what is clearly larger are headings."""
    letters: Counter[float] = Counter()
    serif = 0
    for page in pages:
        for line in page.lines:
            letters[line.size] += len(line.text)
            serif += len(line.text) if line.serif else 0
    size = letters.most_common(1)[0][0] if letters else 10.5
    larger = sorted((one for one in letters if one >= _HEADING_SIZE * size), reverse=True)
    return Type(size, 2 * serif > letters.total(), tuple(larger))


def drop_furniture(pages: list[Page], text_size: float) -> int:
    """Take running heads and page numbers out of the pages; how many lines that were.

    They stand at the edge of the page and say the same, but for digits, on many pages.
    """
    seen: dict[tuple[bool, str], list[Line]] = {}
    for page in pages:
        for key, line in _edge_lines(page):
            seen.setdefault(key, []).append(line)
    repeated = {key for key, lines in seen.items() if _is_repeated(key[1], lines, len(pages), text_size)}
    dropped = 0
    for page in pages:
        gone = {id(line) for key, line in _edge_lines(page) if key in repeated}
        page.lines = [line for line in page.lines if id(line) not in gone]
        dropped += len(gone)
    return dropped


def _edge_lines(page: Page) -> list[tuple[tuple[bool, str], Line]]:
    found = []
    for line in page.lines:
        if line.bottom < _EDGE * page.height or line.top > (1 - _EDGE) * page.height:
            key = _DIGITS.sub("0", re.sub(r"\s", "", line.text))
            found.append(((line.top > page.height / 2, key), line))
    return found


def _is_repeated(key: str, lines: list[Line], pages: int, text_size: float) -> bool:
    if _PAGE_NUMBER.fullmatch(key):
        return (pages == 1 and not key.isdecimal()) or len(lines) > 1
    share = len(lines) / pages
    if len(lines) < 3:
        return pages == 2 and len(lines) == 2 and lines[0].size < text_size
    if max(line.size for line in lines) > _HEADING_SIZE * text_size:
        return share >= _LARGE_REPEATED_SHARE
    level = sorted(line.top for line in lines)
    same_place = level[-1] - level[0] < 6
    return share >= _REPEATED_SHARE or same_place


def write_page(page: Page, kind: Type, out: LineBuilder, before: OpenItem | None = None) -> OpenItem | None:
    """Append the page's lines in the light dialect: headings marked, wrapped lines joined, footnotes at the end.

    `before` is the list item at the end of the page before: text that hangs below its text goes on with it, although
    a sentence may have ended there. Gives the item at the end of this page.
    """
    body, notes = _split_notes(page, kind)
    body = _take_rest(body, page, kind, out, before)
    right = _right_edges(body)
    tables = sorted(page.tables, key=lambda table: table.top)
    block: list[Line] = []
    for line in body:
        while tables and tables[0].top < line.top:
            _write_block(block, kind, out)
            _write_table(tables.pop(0), out)
            block = []
        if block and not _goes_on(block, line, right.get(line.band, line.x1), kind):
            _write_block(block, kind, out)
            block = []
        block.append(line)
    _write_block(block, kind, out)
    hangs = (
        len(block) > 1
        and bool(_BULLET.match(block[0].text))
        and block[1].x0 > block[0].x0 + 0.5 * block[0].size
    )
    last = OpenItem(len(out.lines) - 1, block[1]) if hangs and not tables else None
    for table in tables:
        _write_table(table, out)
    if notes:
        out.add(_notes(notes), "note")
    return last


def _take_rest(
    body: list[Line], page: Page, kind: Type, out: LineBuilder, before: OpenItem | None
) -> list[Line]:
    """The lines without those at the top of the page that go on with the item before, which are added to it."""
    if before is None or any(table.top < line.top for line in body[:1] for table in page.tables):
        return body
    taken = 0
    for line in body:
        starts = _BULLET.match(line.text) or _NUMBER.match(line.text) or _level(line, kind) is not None
        if starts or abs(line.x0 - before.line.x0) > 0.3 * line.size or line.size != before.line.size:
            break
        out.lines[before.at] = join_text(out.lines[before.at], line.text)
        taken += 1
    return body[taken:]


def _write_table(table: Table, out: LineBuilder) -> None:
    out.add(table.rows, "table")
    out.blank()


def _right_edges(lines: list[Line]) -> dict[int, float]:
    edges: dict[int, list[float]] = {}
    for line in lines:
        edges.setdefault(line.band, []).append(line.x1)
    # The last few per cent are lines that hang over, such as a 。 behind the edge.
    return {band: sorted(ends)[int(0.95 * (len(ends) - 1))] for band, ends in edges.items()}


def _level(line: Line, kind: Type) -> int | None:
    if "\t" in line.text or not line.text:
        return None
    letters = len(_RAISED.sub("", line.text))
    if line.size in kind.larger and letters <= _LONGEST_HEADING and not line.text.endswith("。"):
        return kind.larger.index(line.size) + 1
    stands_out = line.strong or (kind.serif and not line.serif)
    short = letters <= _LONGEST_STRONG and not line.text.endswith(("。", "、"))
    if stands_out and short and line.size >= kind.size and not _BULLET.match(line.text):
        return len(kind.larger) + 1
    return None


def _goes_on(block: list[Line], line: Line, right: float, kind: Type) -> bool:
    """Whether a printed line goes on with the text of the lines before it."""
    first, last = block[0], block[-1]
    em = last.size
    if line.band != last.band or "\t" in line.text or "\t" in last.text:
        return False
    if abs(line.size - last.size) > 0.6 or _level(line, kind) != _level(last, kind):
        return False
    if line.top - last.bottom > 1.3 * em or line.top < last.top:
        return False
    if _BULLET.match(line.text) or _NUMBER.match(line.text):
        return False
    if last.x1 < right - 2.2 * em:
        return _is_second_line(block, line, kind)
    if len(block) > 1:
        return abs(line.x0 - block[1].x0) <= 0.7 * em
    if _BULLET.match(first.text) or _NUMBER.match(first.text):
        return first.x0 - 1.5 * em <= line.x0 <= first.x0 + 5 * em
    if abs(line.x0 - first.x0) <= 0.3 * em:
        return not last.text.endswith("。")
    return line.x0 < first.x0


def _is_second_line(block: list[Line], line: Line, kind: Type) -> bool:
    """Whether a line goes on with a heading that its author broke before the edge: numbered, or the title's size."""
    first, last = block[0], block[-1]
    if _level(last, kind) is None or line.top - last.bottom > 0.75 * last.size or len(block) > 2:
        return False
    if first.size >= _TITLE_SIZE * kind.size:
        return True
    return bool(_NUMBER.match(first.text)) and -0.3 <= (line.x0 - first.x0) / first.size <= 6


def _write_block(block: list[Line], kind: Type, out: LineBuilder) -> None:
    if not block:
        return
    text = block[0].text
    for line in block[1:]:
        text = join_text(text, line.text)
    if "\t" in text:
        out.add([text], "item")
    elif (level := _level(block[0], kind)) is not None:
        out.add([heading(level, text)], "heading")
    else:
        out.add([text], "item" if _BULLET.match(text) else "paragraph")


def join_text(before: str, after: str) -> str:
    """Two printed lines as one text: Japanese without a space, words of other scripts with one."""
    if before and after and not _JAPANESE.match(before[-1]) and not _JAPANESE.match(after[0]):
        return f"{before} {after}"
    return before + after


def _split_notes(page: Page, kind: Type) -> tuple[list[Line], list[Line]]:
    """The text of a page, and the small type at its foot from the first line that begins with a mark."""
    for index, line in enumerate(page.lines):
        if line.top < 0.4 * page.height or "\t" in line.text or not _NOTE_MARK.match(line.text):
            continue
        rest = page.lines[index:]
        if all(one.size <= _NOTE_SIZE * kind.size for one in rest):
            return page.lines[:index], rest
    return page.lines, []


def _notes(lines: list[Line]) -> list[str]:
    notes: list[tuple[str, str]] = []
    for line in lines:
        if match := _NOTE_MARK.match(line.text):
            notes.append((match[1] or match[2], line.text[match.end() :]))
        elif notes:
            notes[-1] = (notes[-1][0], join_text(notes[-1][1], line.text))
    return [footnote(mark, text) for mark, text in notes]
