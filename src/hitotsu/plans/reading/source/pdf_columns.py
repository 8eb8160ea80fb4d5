from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from hitotsu.plans.reading.source.pdf_glyphs import Glyph, Line

_GUTTER_WIDTH = 0.8
_COLUMN_LEADING = 1.5
_COLUMN_ROWS = 4
_COLUMN_WIDTH = 9.0


@dataclass(frozen=True, slots=True)
class Gutter:
    """The gap between two columns: its middle, and from where to where down the page it runs."""

    x: float
    top: float
    bottom: float


def find_gutter(rows: Sequence[list[Glyph]]) -> Gutter | None:
    """The middle of a gap that runs down between two parts of text width through many rows."""
    gaps: list[tuple[float, float, Glyph]] = []
    for row in rows:
        shown = [letter for letter in row if letter.text.strip()]
        for left, right in pairwise(shown):
            size = max(left.size, right.size)
            wide = min(left.x1 - shown[0].x0, shown[-1].x1 - right.x0) > _COLUMN_WIDTH * size
            if wide and right.x0 - left.x1 > _GUTTER_WIDTH * size:
                gaps.append((left.x1, right.x0, right))
    if len(gaps) < _COLUMN_ROWS:
        return None
    left_edge = sorted(x1 for x1, _, _ in gaps)[int(0.9 * (len(gaps) - 1))]
    shared = [gap for gap in gaps if gap[0] <= left_edge + 1 < gap[1]]
    if len(shared) < max(_COLUMN_ROWS, 0.6 * len(gaps)):
        return None
    letters = [letter for _, _, letter in shared]
    middle = (left_edge + min(x0 for _, x0, _ in shared)) / 2
    top, bottom = min(letter.top for letter in letters), max(letter.bottom for letter in letters)
    return Gutter(middle, top, _column_end(rows, middle, bottom))


def _column_end(rows: Sequence[list[Glyph]], middle: float, bottom: float) -> float:
    """How far down the longer of two columns goes on beyond the last row that both share."""
    for row in rows:
        one = row[0]
        if one.bottom <= bottom:
            continue
        left = max((letter.x1 for letter in row if letter.x0 < middle), default=middle)
        right = min((letter.x0 for letter in row if letter.x0 >= middle), default=middle)
        crosses = left > middle or one.x0 < middle <= right < left + _GUTTER_WIDTH * one.size
        if crosses or one.top - bottom > _COLUMN_LEADING * one.size:
            break
        bottom = one.bottom
    return bottom


def in_reading_order(rows: list[list[Line]], gutter: Gutter | None) -> list[Line]:
    """Rows from top to bottom, but in a stretch set in two columns the left column before the right."""
    rows.sort(key=lambda row: row[0].top)
    ordered: list[Line] = []
    stretch: list[list[Line]] = []
    band = 0
    for row in [*rows, []]:
        crossing = not row or gutter is None or not _is_in_columns(row, gutter)
        if not crossing:
            stretch.append(row)
            continue
        band = _place(stretch, gutter, ordered, band)
        stretch = []
        if row:
            ordered.extend(_as_rows([row], band))
    return _with_table_rows(ordered)


def _is_in_columns(row: list[Line], gutter: Gutter) -> bool:
    inside = row[0].bottom >= gutter.top and row[0].top <= gutter.bottom
    return inside and not any(part.x0 < gutter.x < part.x1 for part in row)


def _place(stretch: list[list[Line]], gutter: Gutter | None, ordered: list[Line], band: int) -> int:
    both = gutter is not None and sum(row[0].x1 <= gutter.x <= row[-1].x0 for row in stretch) >= _COLUMN_ROWS
    if not both or gutter is None:
        ordered.extend(_as_rows(stretch, band))
        return band
    for side, next_band in ((True, band + 1), (False, band + 2)):
        parts = [[part for part in row if (part.x1 <= gutter.x) == side] for row in stretch]
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
