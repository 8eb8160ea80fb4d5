import math
import unicodedata
from typing import Any

from hitotsu.plans.reading.scoring.gold import Entry, Gold, choices, overlap, squeeze, where
from hitotsu.plans.reading.scoring.measure import Measure, Tally
from hitotsu.plans.reading.structure import Compare, Document, Figure


def score_figures(document: Document, gold: Gold) -> list[Measure]:
    """The measures `figures`, `figure_dates`, `figure_kinds` and `figure_compares`.

    A figure is right when its value and unit are read, from the line where it stands. Of the figures that are right, the
    others ask for date and kind where it is of a kind, and for relation and value of the comparison where there is one.
    """
    figures, dates = Tally("figures"), Tally("figure_dates")
    kinds, compares = Tally("figure_kinds"), Tally("figure_compares")
    rest = list(document.figures)
    for entry in gold.entries("figures"):
        if entry.get("weak"):
            continue
        name = _named(entry)
        candidates = [figure for figure in rest if _is_figure(figure, entry, gold)]
        figures.want(bool(candidates), f"{name}がありません。")
        if not candidates:
            continue
        figure = max(candidates, key=lambda one: _agreement(one, entry))
        rest.remove(figure)
        # Limits and lengths are of no kind, and of no date that would have to be found.
        if entry.get("kind") is not None:
            read, wanted = _year(figure.as_of), _year(entry.get("as_of"))
            dates.want(
                _dated(figure, entry), f"{name}の時点が {wanted or 'なし'} でなく {read or 'なし'} です。"
            )
            right = figure.kind in choices(entry, "kind")
            kinds.want(right, f"{name}の種類が {entry['kind']} でなく {figure.kind} です。")
        if entry.get("compare"):
            compares.want(_compared(figure, entry), f"{name}の比較が違います。")
    for entry in gold.entries("not_figures"):
        for figure in rest:
            if _is_printed_there(figure, entry, gold):
                figures.surplus(f"数値でない「{figure.text_value}」{where(figure.lines)}を数値にしています。")
    return [tally.measure() for tally in (figures, dates, kinds, compares)]


def _named(entry: Entry) -> str:
    line = entry.get("line")
    value = entry.get("printed") or entry.get("text_value") or entry.get("value")
    unit = "" if entry.get("printed") else entry.get("unit") or ""
    return f"数値 {value}{unit}{where([line] if line else None)}"


def _is_figure(figure: Figure, entry: Entry, gold: Gold) -> bool:
    return _in_place(figure, entry, gold) and any(
        _close(read[0], value) and read[1] == _unit(unit)
        for read in _readings(figure)
        for value in choices(entry, "value")
        for unit in choices(entry, "unit")
    )


def _readings(figure: Figure) -> list[tuple[float | None, str | None]]:
    unit = _unit(figure.unit)
    # 9割 and 90% are one quantity.
    if unit == "%" and figure.value is not None:
        return [(figure.value, unit), (figure.value / 10, "割")]
    if unit == "割" and figure.value is not None:
        return [(figure.value, unit), (figure.value * 10, "%")]
    return [(figure.value, unit)]


def _close(found: float | None, wanted: float | None) -> bool:
    if found is None or wanted is None:
        return found is wanted
    return math.isclose(found, wanted, rel_tol=1e-9)


def _unit(unit: str | None) -> str | None:
    return unicodedata.normalize("NFKC", unit).strip() or None if unit else None


def _in_place(figure: Figure, entry: Entry, gold: Gold) -> bool:
    line = gold.line(entry)
    if line is not None:
        return overlap(figure.lines, [(line, line), *gold.spans(entry, "sentence_lines")])
    printed = entry.get("printed")
    return printed is None or squeeze(printed) in squeeze(figure.text)


def _agreement(figure: Figure, entry: Entry) -> int:
    return 4 * _dated(figure, entry) + 2 * (figure.kind in choices(entry, "kind")) + _compared(figure, entry)


def _dated(figure: Figure, entry: Entry) -> bool:
    return _year(figure.as_of) in {_year(date) for date in choices(entry, "as_of")}


def _year(date: str | None) -> str | None:
    # A fiscal year is dated by its year, whichever way a gold file writes it.
    return date.removeprefix("FY") if date else None


def _compared(figure: Figure, entry: Entry) -> bool:
    return any(_is_compare(figure.compare, wanted) for wanted in choices(entry, "compare"))


def _is_compare(found: Compare | None, wanted: dict[str, Any] | None) -> bool:
    if found is None or wanted is None:
        return found is None and wanted is None
    value = wanted.get("value")
    return found.relation == wanted.get("relation") and (value is None or _close(found.value, value))


def _is_printed_there(figure: Figure, entry: Entry, gold: Gold) -> bool:
    line, printed = gold.line(entry), entry.get("printed")
    if printed is None:
        return line is not None and figure.lines == (line, line)
    if line is not None and not figure.lines[0] <= line <= figure.lines[1]:
        return False
    read = squeeze(figure.text_value + (figure.unit or ""))
    return squeeze(printed) in squeeze(figure.text) and read in squeeze(printed)
