"""Tables as files: CSV, JSON and Excel in which nothing is ever run as a formula."""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Value = str | int | float | Decimal | date | bool | None
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")
_EXCEL_LONGEST = 32_767


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to take away: ``columns`` are stable keys for machines with the heading that people read."""

    name: str
    columns: Mapping[str, str]
    rows: Sequence[Sequence[Value]]


def csv_file(sheet: Sheet) -> HttpResponse:
    """UTF-8 with BOM, CRLF, so that Excel opens it by a double click; text that would be a formula gets a ``'``."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_inert(heading) for heading in sheet.columns.values()])
    writer.writerows([[_inert(_plain(cell)) for cell in row] for row in sheet.rows])
    return _response(("\ufeff" + text.getvalue()).encode(), "text/csv; charset=utf-8", f"{sheet.name}.csv")


def json_file(sheet: Sheet) -> HttpResponse:
    """An array of objects with the stable keys; numbers as numbers, days as ISO 8601, what is missing as null."""
    objects = [dict(zip(sheet.columns, map(_json_value, row), strict=True)) for row in sheet.rows]
    content = json.dumps(objects, ensure_ascii=False, indent=1).encode()
    return _response(content, "application/json; charset=utf-8", f"{sheet.name}.json")


def excel_file(sheet: Sheet) -> HttpResponse:
    """One worksheet; text is typed as text whatever it begins with."""
    book = Workbook(write_only=True)
    page: Any = book.create_sheet(re.sub(r"[\[\]:*?/\\]", "", sheet.name)[:31])
    page.freeze_panes = "A2"
    for position, key in enumerate(sheet.columns, start=1):
        page.column_dimensions[get_column_letter(position)].width = 40 if key in _WIDE_COLUMNS else 16
    head = [_excel_value(page, heading) for heading in sheet.columns.values()]
    for cell in head:
        cell.font = Font(bold=True)
    page.append(head)
    for row in sheet.rows:
        page.append([_excel_value(page, cell) for cell in row])
    content = io.BytesIO()
    book.save(content)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _response(content.getvalue(), kind, f"{sheet.name}.xlsx")


FORMATS = {"csv": csv_file, "json": json_file, "xlsx": excel_file}
_WIDE_COLUMNS = frozenset({"title", "status", "actions", "direction", "text", "definition", "source"})


def _response(content: bytes, kind: str, name: str) -> HttpResponse:
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-")
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})


def _plain(cell: Value) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float | Decimal):
        return f"{Decimal(str(cell)).normalize():f}"
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _inert(text: str) -> str:
    if text.startswith(_FORMULA_START) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def _json_value(cell: Value) -> object:
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else float(cell)
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else cell
    return cell.isoformat() if isinstance(cell, date) else cell


def _excel_value(page: Any, value: Value) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if not isinstance(value, str):
        return value
    # Excel refuses control characters and longer cells; the type is set after the value, which guesses it.
    cell = Cell(page, 1, 1, ILLEGAL_CHARACTERS_RE.sub("", value)[:_EXCEL_LONGEST])
    cell.data_type = "s"
    return cell
