import re
from collections.abc import Sequence
from statistics import median

from hitotsu.plans.reading.source.marks import superscript
from hitotsu.plans.reading.source.pdf_columns import Gutter, find_gutter, in_reading_order
from hitotsu.plans.reading.source.pdf_glyphs import Glyph, Line

_KANA = re.compile(r"[\u3041-\u30ff\u30fc\s]+")
_RAISED_SIZE = 0.86
_RUBY_SIZE = 0.6
_WORD_GAP = 0.45
_SEGMENT_GAP = 2.2


def page_lines(letters: Sequence[Glyph]) -> tuple[list[Line], int]:
    """The lines of a page in reading order (columns one after the other), and how many lines of ruby were left out."""
    rows, ruby = _rows(letters)
    gutter = find_gutter(rows)
    rows_of_parts = [_segments(row, gutter) for row in rows]
    return in_reading_order([parts for parts in rows_of_parts if parts], gutter), ruby


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


def _segments(row: list[Glyph], gutter: Gutter | None) -> list[Line]:
    """A row cut where it leaves a gap of more than two letters, and at the gutter between columns."""
    parts: list[list[Glyph]] = []
    for letter in row:
        if not letter.text.strip():
            if parts:
                parts[-1].append(letter)
            continue
        printed = next((one for one in reversed(parts[-1]) if one.text.strip()), None) if parts else None
        between = printed is not None and gutter is not None and printed.x1 <= gutter.x <= letter.x0
        between = (
            between and gutter is not None and gutter.top <= letter.bottom and letter.top <= gutter.bottom
        )
        if (
            printed is None
            or between
            or letter.x0 - printed.x1 > _SEGMENT_GAP * max(letter.size, printed.size)
        ):
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
    base = median(letter.bottom for letter in main) if main else 0.0
    text, raised, last = "", "", None
    for letter in row:
        above = (
            letter.top + letter.bottom
        ) / 2 < centre - 0.08 * large and letter.bottom < base - 0.1 * large
        is_raised = letter.size <= _RAISED_SIZE * large and above
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
