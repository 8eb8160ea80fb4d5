from collections import Counter
from collections.abc import Sequence

from hitotsu.plans.reading.scoring.gold import Entry, Gold, choices, digest, overlap, squeeze, where
from hitotsu.plans.reading.scoring.measure import Measure, Tally
from hitotsu.plans.reading.structure import Document, Table

Row = Sequence[str]


def score_tables(document: Document, gold: Gold) -> list[Measure]:
    """The measures `tables` (found as one table, with its title and header) and `table_rows` (each row cell by cell)."""
    tables, rows = Tally("tables"), Tally("table_rows")
    rest = list(document.tables)
    for entry in gold.entries("tables"):
        found = max(rest, key=lambda table: _likeness(table, entry, gold), default=None)
        name = f"表「{entry.get('title') or '（題なし）'}」{where(entry.get('lines'))}"
        if found is None or _likeness(found, entry, gold) == (0, 0):
            tables.want(False, f"{name}がありません。")
            for index in range(len(entry["rows"])):
                rows.want(False, f"{name}の{index + 1}行目がありません。")
            continue
        rest.remove(found)
        body = _body(found, entry)
        tables.want(*_whole(found, body, entry, name))
        _score_rows(rows, body, entry, gold, name)
    optional = list(gold.optional("tables"))
    for table in rest:
        if not any(_likeness(table, entry, gold) > (0, 0) for entry in optional):
            tables.surplus(f"正解にない表「{table.title or '（題なし）'}」{where(table.lines)}があります。")
    return [tables.measure(), rows.measure()]


def _likeness(table: Table, entry: Entry, gold: Gold) -> tuple[int, int]:
    here = overlap(table.lines, gold.spans(entry, "lines"))
    wanted = Counter(one for row in _wanted_rows(entry, gold) for one in row)
    read = [digest(_joined(row)) for row in (*table.header, *table.rows)]
    return int(here), sum(1 for one in read if wanted[one])


def _joined(row: Row) -> str:
    return "\t".join(row)


def _wanted_rows(entry: Entry, gold: Gold) -> list[set[str]]:
    others = [entry[key] for key in ("rows_or", "rows_with_tags") if key in entry]
    return [
        gold.hashes(wanted, [other[index] for other in others if index < len(other)])
        for index, wanted in enumerate(entry["rows"])
    ]


def _header_height(entry: Entry) -> int:
    return int(entry["header_rows"]) if "header_rows" in entry else len(entry.get("header", []))


def _body(table: Table, entry: Entry) -> list[Row]:
    # Where a table has no clear header, the gold file says how many rows a reader may take for one.
    taken, meant = len(table.header), _header_height(entry)
    together: list[Row] = [*table.header, *table.rows]
    return together[meant:] if taken in entry.get("header_rows_or", []) else list(table.rows)


def _whole(table: Table, body: list[Row], entry: Entry, name: str) -> tuple[bool, str]:
    faults = []
    # 「表1 成果指標」 is named 成果指標; a table without a title of its own may be named after the words before it.
    titles = [squeeze(title or "") for title in choices(entry, "title")]
    if entry.get("title") is not None and not any(_is_titled(table.title, title) for title in titles):
        faults.append(f"題が「{table.title}」")
    together: list[Row] = [*table.header, *table.rows]
    header = together[: len(together) - len(body)]
    if not any(_same_header(header, wanted) for wanted in _headers(entry)):
        faults.append(f"見出しの行が{len(header)}行で一致しない")
    if len(body) != len(entry["rows"]):
        faults.append(f"行の数が{len(entry['rows'])}でなく{len(body)}")
    return not faults, f"{name}は{'、'.join(faults)}状態です。"


def _is_titled(read: str | None, wanted: str) -> bool:
    return wanted in squeeze(read) if read and wanted else not read and not wanted


def _headers(entry: Entry) -> list[list[Row] | list[str]]:
    found = [entry[key] for key in ("header", "header_or") if key in entry]
    # Rows that were not written down are known by their hashes alone.
    return found or [entry.get("header_hashes", [])]


def _same_header(read: list[Row], wanted: list[Row] | list[str]) -> bool:
    if len(read) != len(wanted):
        return False
    return all(
        digest(_joined(row)) == one if isinstance(one, str) else _cells(row) == _cells(one)
        for row, one in zip(read, wanted, strict=True)
    )


def _cells(row: Row) -> list[str]:
    return [squeeze(cell) for cell in row]


def _score_rows(tally: Tally, body: list[Row], entry: Entry, gold: Gold, name: str) -> None:
    rest = [(digest(_joined(row)), "".join("1" if cell.strip() else "0" for cell in row)) for row in body]
    filled = entry.get("filled", [])
    for index, right in enumerate(_wanted_rows(entry, gold)):
        pattern = filled[index] if index < len(filled) else None
        hit = next((row for row in rest if row[0] in right and pattern in (None, row[1])), None)
        tally.want(hit is not None, f"{name}の{index + 1}行目が一致しません。")
        if hit is not None:
            rest.remove(hit)
    if rest:
        tally.extra += len(rest)
        tally.misses.append(f"{name}に正解にない行が{len(rest)}行あります。")
