import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from hitotsu.plans.reading.source.marks import superscript

_STRONG = re.compile(r"bold|heavy|black|demi|gothic-?[bmh]|-w[6-9]|ゴシック", re.IGNORECASE)
_SERIF = re.compile(r"mincho|serif|明朝|roman|ryumin|song|batang", re.IGNORECASE)
_SANS = re.compile(r"gothic|sans|ゴシック|meiryo|kaku|arial|helvetica", re.IGNORECASE)
_KANA = re.compile(r"[\u3041-\u30ff\u30fc\s]+")
_UNREADABLE = re.compile(r"\(cid:\d+\)")
_SIGN_FONT_BULLET = re.compile("[\ue000-\uf8ff]")
_RAISED_SIZE = 0.8
_RUBY_SIZE = 0.6
_WORD_GAP = 0.45
_SEGMENT_GAP = 2.2
_COLUMN_ROWS = 4
_COLUMN_WIDTH = 9.0


@dataclass(frozen=True, slots=True)
class Glyph:
    """One printed letter; lengths in points from the page's top left."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    strong: bool
    serif: bool


@dataclass(slots=True)
class Line:
    """One printed line, or the part of it in one column; `cells` are its parts where it is spaced like a table row."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    strong: bool
    serif: bool
    band: int = 0
    cells: tuple[str, ...] = ()


def glyphs(chars: Iterable[dict[str, Any]]) -> list[Glyph]:
    """The upright letters of a page in the library's own form, each once: a shadow or fake bold prints them twice."""
    seen: set[tuple[str, int, int]] = set()
    found = []
    for char in chars:
        place = (char["text"], round(char["x0"] / 1.5), round(char["top"] / 1.5))
        if place in seen or not char["text"]:
            continue
        seen.add(place)
        font = str(char.get("fontname", ""))
        text = _UNREADABLE.sub("〓", char["text"])
        found.append(
            Glyph(
                _SIGN_FONT_BULLET.sub("・", text).replace("\t", " ").replace("\n", " ").replace("\r", " "),
                float(char["x0"]),
                float(char["x1"]),
                float(char["top"]),
                float(char["bottom"]),
                max(float(char["size"]), 0.5),
                bool(_STRONG.search(font)),
                bool(_SERIF.search(font)) and not _SANS.search(font),
            )
        )
    return found


def page_lines(letters: Sequence[Glyph]) -> tuple[list[Line], int]:
    """The lines of a page in reading order (columns one after the other), and how many lines of ruby were left out."""
    rows, ruby = _rows(letters)
    rows_of_parts = [_segments(row) for row in rows]
    return _in_reading_order([parts for parts in rows_of_parts if parts]), ruby


def plain_text(letters: Sequence[Glyph]) -> str:
    """The text of a small area such as a table's cell, its lines joined by a space."""
    rows, _ = _rows(letters)
    return " ".join(text for row in rows if (text := _text(row).strip()))


def _rows(letters: Sequence[Glyph]) -> tuple[list[list[Glyph]], int]:
    """Letters with one base line as a row, raised marks in the row that they stand in; and the rows of ruby left out."""
    rows: list[list[Glyph]] = []
    base = 0.0
    for letter in sorted(letters, key=lambda one: (one.bottom, one.x0)):
        if rows and abs(letter.bottom - base) <= 0.25 * max(letter.size, rows[-1][0].size):
            rows[-1].append(letter)
        else:
            rows.append([letter])
            base = letter.bottom
    kept: list[list[Glyph]] = []
    ruby = 0
    sizes = [_size(row) for row in rows]
    for index, row in enumerate(rows):
        below = rows[index + 1 : index + 3]
        host = next(
            (big for big in [*below, *reversed(kept[-2:])] if _is_raised_in(row, sizes[index], big)), None
        )
        if host is not None:
            host.extend(row)
        elif any(_is_ruby_of(row, sizes[index], big) for big in below):
            ruby += 1
        else:
            kept.append(row)
    return [sorted(row, key=lambda one: one.x0) for row in kept], ruby


def _size(row: Sequence[Glyph]) -> float:
    return median(letter.size for letter in row)


def _is_raised_in(row: Sequence[Glyph], size: float, big: Sequence[Glyph]) -> bool:
    large = max(letter.size for letter in big)
    if size > _RAISED_SIZE * large:
        return False
    centre = (row[0].top + row[0].bottom) / 2
    main = [letter for letter in big if letter.size > _RAISED_SIZE * large]
    top, bottom = min(letter.top for letter in main), max(letter.bottom for letter in main)
    near = min(letter.x0 for letter in big) - large <= row[0].x0 <= max(letter.x1 for letter in big) + large
    return top <= centre <= bottom and near


def _is_ruby_of(row: Sequence[Glyph], size: float, big: Sequence[Glyph]) -> bool:
    large = _size(big)
    gap = min(letter.top for letter in big) - max(letter.bottom for letter in row)
    text = "".join(letter.text for letter in row)
    inside = big[0].x0 - large <= row[0].x0 and row[-1].x1 <= max(letter.x1 for letter in big) + large
    return size <= _RUBY_SIZE * large and abs(gap) < 0.4 * large and inside and bool(_KANA.fullmatch(text))


def _segments(row: list[Glyph]) -> list[Line]:
    """A row cut where it leaves a gap of more than two letters."""
    parts: list[list[Glyph]] = []
    for letter in row:
        if not letter.text.strip():
            if parts:
                parts[-1].append(letter)
            continue
        printed = next((one for one in reversed(parts[-1]) if one.text.strip()), None) if parts else None
        if printed is None or letter.x0 - printed.x1 > _SEGMENT_GAP * max(letter.size, printed.size):
            parts.append([letter])
        else:
            parts[-1].append(letter)
    return [line for part in parts if (line := _line(part)).text]


def _line(part: list[Glyph]) -> Line:
    shown = [letter for letter in part if letter.text.strip()] or part
    large = max(letter.size for letter in shown)
    main = [letter for letter in shown if letter.size > _RAISED_SIZE * large]
    return Line(
        text=_text(part).strip(),
        x0=shown[0].x0,
        x1=max(letter.x1 for letter in shown),
        top=min(letter.top for letter in main),
        bottom=max(letter.bottom for letter in main),
        size=round(_size(main) * 2) / 2,
        strong=sum(letter.strong for letter in main) > 0.8 * len(main),
        serif=sum(letter.serif for letter in main) > 0.5 * len(main),
    )


def _text(row: Sequence[Glyph]) -> str:
    large = max((letter.size for letter in row), default=1.0)
    main = [letter for letter in row if letter.size > _RAISED_SIZE * large and letter.text.strip()]
    centre = median((letter.top + letter.bottom) / 2 for letter in main) if main else 0.0
    text, raised, last = "", "", None
    for letter in row:
        is_raised = (
            letter.size <= _RAISED_SIZE * large and (letter.top + letter.bottom) / 2 < centre - 0.08 * large
        )
        gap = letter.x0 - last.x1 if last else 0.0
        spaced = (
            gap > _WORD_GAP * letter.size
            and letter.text.strip()
            and not (text + raised).endswith((" ", "\u3000"))
        )
        if raised and (not is_raised or spaced):
            text, raised = text + superscript(raised, text), ""
        if spaced and last:
            text += " "
        if is_raised:
            raised += letter.text
        else:
            text += letter.text
        last = letter
    text += superscript(raised, text) if raised else ""
    return re.sub(r" {2,}", " ", text)


def _in_reading_order(rows: list[list[Line]]) -> list[Line]:
    """Rows from top to bottom, but in a stretch set in two columns the left column before the right."""
    rows.sort(key=lambda row: row[0].top)
    gutter = _gutter(rows)
    ordered: list[Line] = []
    stretch: list[list[Line]] = []
    band = 0
    for row in [*rows, []]:
        crossing = not row or gutter is None or any(part.x0 < gutter < part.x1 for part in row)
        if not crossing:
            stretch.append(row)
            continue
        band = _place(stretch, gutter, ordered, band)
        stretch = []
        if row:
            ordered.extend(_as_rows([row], band))
    return _with_table_rows(ordered)


def _gutter(rows: list[list[Line]]) -> float | None:
    """The middle of the gap that most rows of two text-wide parts share."""
    pairs = [
        (left.x1 + right.x0) / 2
        for row in rows
        for left, right in zip(row, row[1:], strict=False)
        if min(left.x1 - left.x0, right.x1 - right.x0) > _COLUMN_WIDTH * left.size
    ]
    if len(pairs) < _COLUMN_ROWS:
        return None
    middle = median(pairs)
    return middle if sum(abs(pair - middle) < 40 for pair in pairs) >= _COLUMN_ROWS else None


def _place(stretch: list[list[Line]], gutter: float | None, ordered: list[Line], band: int) -> int:
    both = gutter is not None and sum(row[0].x1 <= gutter <= row[-1].x0 for row in stretch) >= _COLUMN_ROWS
    if not both or gutter is None:
        ordered.extend(_as_rows(stretch, band))
        return band
    for side, next_band in ((True, band + 1), (False, band + 2)):
        parts = [[part for part in row if (part.x1 <= gutter) == side] for row in stretch]
        ordered.extend(_as_rows([part for part in parts if part], next_band))
    return band + 3


def _as_rows(rows: list[list[Line]], band: int) -> list[Line]:
    lines = []
    for row in rows:
        line = row[0]
        line.band = band
        if len(row) > 1:
            line.cells = tuple(part.text for part in row)
            line.text = " ".join(line.cells)
            line.x1 = row[-1].x1
            line.strong = all(part.strong for part in row)
        lines.append(line)
    return lines


def _with_table_rows(lines: list[Line]) -> list[Line]:
    """Spaced rows are table rows only where a neighbour is spaced into as many parts; else the parts are one text."""
    for index, line in enumerate(lines):
        neighbours = lines[max(0, index - 1) : index] + lines[index + 1 : index + 2]
        if line.cells and not any(len(other.cells) == len(line.cells) for other in neighbours):
            line.cells = ()
        elif line.cells:
            line.text = "\t".join(line.cells)
    return lines
