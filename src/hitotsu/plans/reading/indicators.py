import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from hitotsu.plans.reading.dates import narrow, parse_date
from hitotsu.plans.reading.quantities import find_quantities, is_unit, read_measured
from hitotsu.plans.reading.structure import Figure, FigureKind, Span, Table

_INDICATORS = re.compile(
    r"指標|KPI|KGI|目標|現状値|基準値|実績値?|策定時|直近値|めざす値|目指す値|評価項目|(?:現状|現況)[(\d]",
    re.IGNORECASE,
)
_NAME = re.compile(r"指標|KPI|KGI|項目|名称|取組|施策|事業|内容|区分", re.IGNORECASE)
_UNIT = re.compile(r"単位")
_ACTUAL = re.compile(r"現状|現況|基準|実績|策定時|直近|当初|初期値|開始時|現在|前回")
_TARGET = re.compile(r"目標|めざす|目指す|KPI|KGI|到達|中間値|最終値|計画値", re.IGNORECASE)
_FORECAST = re.compile(r"見込|推計|予測|想定")
_NOT_VALUES = re.compile(r"出典|備考|説明|考え方|定義|根拠|算出|設定|達成度|評価|方向|No\.?|番号|担当|所管")
_SHORT_YEAR = re.compile(
    r"(?<![A-Za-z0-9])([RHS](?:\d{1,2}|元))(?![\d年./])|(?<!\d)((?:19|20)\d\d)(?![\d年./])"
)
_IN_BRACKETS = re.compile(r"[(\[〔【]([^()\[\]〔〕【】]{1,12})[)\]〕】]")
_YEAR_TAIL = r"(?:年度末?|年(?:\s?\d{1,2}月末?)?)?\s?(?:時点|末|現在|実績|見込)?"
_DATED = re.compile(
    rf"\s?[(\[][^()\[\]]{{0,6}}(?:(?:令和|平成|昭和|[RHS])\s?[\d元]{{1,2}}|(?:19|20)\d\d)[^()\[\]]{{0,12}}[)\]]\s?"
    rf"|(?:(?:令和|平成|昭和|[RHS])\s?[\d元]{{1,2}}|(?:19|20)\d\d(?=年)){_YEAR_TAIL}\s?[::]?"
)
_ARROW = re.compile(r"\s*[→⇒▶➡]\s*")
_TOTAL_SPAN = re.compile(r"\d\s?[~～〜\-−]\s?[RHS]?\d")
_LONGEST_CELL = 40


@dataclass(frozen=True, slots=True)
class _Column:
    """What the values of a column are: their kind, date and unit as far as its head says so."""

    head: str
    kind: FigureKind | None
    as_of: str | None
    unit: str | None


def find_indicators(tables: Iterable[Table], known: Sequence[Figure] = ()) -> list[Figure]:
    """The figures in tables of indicators (指標 | 単位 | 現状値（令和6年度） | 目標値（令和12年度）), row by row.

    `text` is the row's name with the column's head, `lines` those of the row. The unit stands in a column of its own, in
    the cell, or in brackets after a name; a cell without a number (－, 未設定, 調査中) gives nothing. A table may also
    have its indicators side by side, with 現状値 and 目標値 as first cells of its rows. What `known` holds from the
    same line, with the same value and unit, is not given again; tables without such heads give nothing.
    """
    seen = {
        (line, figure.value, figure.unit)
        for figure in known
        for line in range(figure.lines[0], figure.lines[1] + 1)
    }
    return [
        figure
        for table in tables
        for figure in _of_table(table)
        if (figure.lines[0], figure.value, figure.unit) not in seen
    ]


def _of_table(table: Table) -> Iterator[Figure]:
    rows = [*table.header, *table.rows]
    if len(rows) < 2 or len(rows[0]) < 2:
        return
    heads = max(len(table.header), 1)
    columns = _columns(_spread(rows[:heads]), table.title)
    if columns is not None:
        for row, lines in zip(rows[heads:], table.row_lines[heads:], strict=True):
            yield from _of_row(row, columns, [lines] * len(row))
        return
    # Turned on its side: 現状値 and 目標値 stand in the first column, each indicator has a column.
    first = [row[0] for row in rows]
    columns = _columns([first], table.title) if _is_turned(first) else None
    if columns is not None:
        for cells in list(zip(*rows, strict=True))[1:]:
            yield from _of_row(cells, columns, list(table.row_lines))


def _is_turned(first: Sequence[str]) -> bool:
    return any(_kind(narrow(cell)) is not None for cell in first) and not any(
        len(cell) > _LONGEST_CELL for cell in first
    )


def _spread(rows: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Header rows with what spans several columns written over each; the first column and the last row stay."""
    spread: list[tuple[str, ...]] = []
    for at, row in enumerate(rows):
        cells = list(row)
        if at < len(rows) - 1:
            for column in range(2, len(cells)):
                cells[column] = cells[column] or cells[column - 1]
        spread.append(tuple(cells))
    return spread


def _columns(header: Sequence[Sequence[str]], title: str | None) -> list[_Column | str | None] | None:
    """For each column what its values are, "name", "unit" or None; None for a table that is not one of indicators."""
    heads = [
        "　".join(dict.fromkeys(cell for cell in cells if cell))
        for cells in zip_longest(*header, fillvalue="")
    ]
    said = narrow("".join(heads))
    columns: list[_Column | str | None] = []
    for at, head in enumerate(heads):
        short = narrow(head)
        kind = _kind(short)
        dated = parse_date(_years_spelt(short))
        if _UNIT.search(short) and kind is None:
            columns.append("unit")
        elif len(short) > _LONGEST_CELL or _NOT_VALUES.search(short) or _TOTAL_SPAN.search(short):
            columns.append(None)
        elif at and (kind is not None or dated is not None):
            columns.append(_Column(head, kind, dated.iso() if dated else None, _bracketed_unit(short)))
        else:
            columns.append("name" if _NAME.search(short) or at == 0 else None)
    values = [column for column in columns if isinstance(column, _Column)]
    if not values or not (_INDICATORS.search(said) or (title and _INDICATORS.search(narrow(title)))):
        return None
    return columns


def _kind(head: str) -> FigureKind | None:
    """現状値, 目標値, 見込値; a head with both, such as 現状値→目標値, is of the first."""
    if _ACTUAL.search(head):
        return "actual"
    if _FORECAST.search(head):
        return "forecast"
    return "target" if _TARGET.search(head) and not re.search(r"指標|項目|名", head) else None


def _years_spelt(head: str) -> str:
    return _SHORT_YEAR.sub(lambda match: f"{match.group()}年", head)


def _bracketed_unit(text: str) -> str | None:
    """The unit in brackets after a name: 申請率（％）, 利用者数（単位：人）; a year or a remark is none."""
    for match in reversed(list(_IN_BRACKETS.finditer(text))):
        inner = re.sub(r"^単位\s?:?\s?", "", match.group(1)).strip()
        if inner and (match.group(1).startswith("単位") or is_unit(inner)):
            return inner
    return None


def _of_row(
    row: Sequence[str], columns: Sequence[_Column | str | None], lines: Sequence[Span]
) -> Iterator[Figure]:
    names = [cell for cell, column in zip(row, columns, strict=False) if column == "name" and cell]
    units = [cell for cell, column in zip(row, columns, strict=False) if column == "unit" and cell]
    name = "　".join(names)
    unit = narrow(units[0]).strip("() ") if units else _bracketed_unit(narrow(name))
    for cell, column, span in zip(row, columns, lines, strict=False):
        if not isinstance(column, _Column) or not cell or len(cell) > _LONGEST_CELL or cell.endswith("。"):
            continue
        heads, parts = _ARROW.split(column.head), _ARROW.split(cell)
        if len(heads) == len(parts) > 1:
            dates = [parse_date(_years_spelt(narrow(head))) for head in heads]
            pairs = [
                (part, _Column(head, _kind(narrow(head)), date.iso() if date else None, column.unit))
                for head, part, date in zip(heads, parts, dates, strict=True)
            ]
        else:
            pairs = [(cell, column)]
        for part, of in pairs:
            figure = _figure(part, of, unit, name, span)
            if figure is not None:
                yield figure


def _figure(cell: str, column: _Column, unit: str | None, name: str, lines: Span) -> Figure | None:
    printed = narrow(cell)
    date = parse_date(_years_spelt(printed)) or (
        None if column.as_of else parse_date(_years_spelt(narrow(name)))
    )
    bare = _DATED.sub("", printed).strip()
    quantity = read_measured(bare)
    if quantity is None:
        found = find_quantities(bare, [])
        if len(found) != 1:
            return None
        quantity = found[0]
    return Figure(
        value=quantity.value,
        text_value=quantity.text_value,
        unit=quantity.unit or unit or column.unit,
        as_of=date.iso() if date else column.as_of,
        kind=column.kind,
        compare=None,
        text=f"{name}　{column.head}".strip(),
        lines=lines,
    )
