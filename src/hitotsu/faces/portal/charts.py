"""Charts as numbers ready to be drawn by a template; lengths are in units of a fixed view box."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hitotsu.plans.queries import Figure

BAR_LENGTH = 420
_CHANGE = re.compile(r"\s*(?:以上|程度|ほど|近く)?の?(?:増|減|高|低|多|少|上昇|上回|下回|伸|差|短縮|縮)")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; ``value`` is ``None`` where nothing is known, ``dashed`` for a forecast."""

    label: str
    value: float | Decimal | None
    length: float
    dashed: bool = False
    second: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure beside what the document measures it against."""

    figure: Figure
    reference: str
    reference_value: float
    bars: tuple[Bar, Bar]


@dataclass(frozen=True, slots=True)
class Series:
    """The bars of one place over several years."""

    label: str
    key: str
    bars: tuple[Bar, ...]


def comparisons(figures: Iterable[Figure]) -> list[Comparison]:
    """The figures that can be drawn beside their comparison: both levels in one unit, neither a difference."""
    drawn = []
    for figure in figures:
        reference = _level(figure)
        if reference is None or figure.value is None or figure.compare is None:
            continue
        scale = BAR_LENGTH / max(figure.value, reference)
        own = Bar("", figure.value, round(figure.value * scale, 1), figure.kind == "forecast")
        other = Bar(figure.compare["with"], reference, round(reference * scale, 1), second=True)
        drawn.append(Comparison(figure, figure.compare["with"], reference, (own, other)))
    return drawn


def series(rows: Iterable[tuple[str, str, Sequence[tuple[str, Decimal | None, bool]]]]) -> list[Series]:
    """Rows of (label, key, [(year, value, is a forecast)…]), each on the scale of its own greatest value.

    Rows without any value are left out.
    """
    drawn = []
    for label, key, points in rows:
        greatest = max((value for _, value, _ in points if value is not None), default=None)
        if greatest:
            bars = (
                Bar(year, value, round(float((value or 0) / greatest) * BAR_LENGTH, 1), forecast)
                for year, value, forecast in points
            )
            drawn.append(Series(label, key, tuple(bars)))
    return drawn


def _level(figure: Figure) -> float | None:
    """The comparison's own value where it is a level like the figure's, not how far the figure is from it."""
    compare = figure.compare
    if compare is None or figure.value is None or compare["value"] is None or compare["unit"] != figure.unit:
        return None
    value = float(compare["value"])
    fits = {
        "more": 0 < value < figure.value,
        "less": 0 < figure.value < value,
        "ratio": 0 < figure.value <= value,
    }
    if not fits.get(compare["relation"] or "", False):
        return None
    text = unicodedata.normalize("NFKC", figure.text).replace(",", "")
    found = re.search(rf"(?<![\d.]){re.escape(f'{value:g}')}(?![\d.])\s*{re.escape(figure.unit or '')}", text)
    if found is None or _CHANGE.match(text, found.end()):
        return None
    return value
