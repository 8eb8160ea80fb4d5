import csv
import io
import json
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from tests.faces.portal.sample_plan import FIRST, FORMULA

from hitotsu.faces.download import Sheet, csv_file, excel_file, json_file

HOSTILE = ["=1+1", "+81", "-10%", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "-5.5", "+1,200", "文"]


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_initiatives_as_csv(client: Client, plan: str) -> None:
    response = client.get(f"/plans/{plan}/initiatives.csv")
    head, *rows = read_csv(response.content)
    assert head[:3] == ["番号", "章節", "取組"]
    assert [row[0] for row in rows] == ["1", "2", "3", "4"]
    assert [row[2] for row in rows] == [FIRST[0].title, FIRST[1].title, f"'{FORMULA}", FIRST[3].title]
    assert rows[2][5] == "'@現状\n+81"
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'attachment; filename="mizuki-dx-initiatives.csv"' in response.headers["Content-Disposition"]


def test_initiatives_as_json_have_stable_keys(client: Client, plan: str) -> None:
    rows = json.loads(client.get(f"/plans/{plan}/initiatives.json").content)
    assert [row["title"] for row in rows] == [item.title for item in FIRST]
    assert set(rows[0]) == {
        "key", "number", "title", "field", "direction", "status", "actions", "first_line", "last_line", "document", "path",
    }  # fmt: skip
    assert rows[0]["path"] == f"/plans/{plan}/initiatives/1/"


def test_initiatives_as_excel_hold_text_only_as_text(client: Client, plan: str) -> None:
    response = client.get(f"/plans/{plan}/initiatives.xlsx")
    page = load_workbook(io.BytesIO(response.content)).active
    titles = [page.cell(row, 3) for row in range(2, 6)]
    assert [cell.value for cell in titles] == [item.title for item in FIRST]
    assert {
        cell.data_type for row in page.iter_rows(min_row=2) for cell in row if cell.value is not None
    } <= {"s", "n"}


@pytest.mark.parametrize("what", ["figures", "terms"])
@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_figures_and_terms_too(client: Client, plan: str, what: str, kind: str) -> None:
    response = client.get(f"/plans/{plan}/{what}.{kind}")
    assert response.status_code == 200
    assert f"mizuki-dx-{what}.{kind}" in response.headers["Content-Disposition"]


def test_figures_keep_numbers_as_numbers_and_missing_as_null(client: Client, plan: str) -> None:
    rows = json.loads(client.get(f"/plans/{plan}/figures.json").content)
    assert [row["value"] for row in rows] == [24.6, 3000, None]
    assert rows[0]["compare_with"] == "県の平均"
    assert rows[2]["initiative_key"] == 3


def test_living_area_side_by_side_as_csv(client: Client, region: int) -> None:
    head, *rows = read_csv(client.get("/areas/living:aizu.csv").content)
    assert head[:2] == ["コード", "市町村"]
    assert len(rows) == 14
    assert rows[-1][1] == "計"
    assert all(len(row) == len(head) for row in rows)


def test_area_as_csv_says_source_and_time_of_each_figure(client: Client, region: int) -> None:
    head, *rows = read_csv(client.get("/areas/072028.csv").content)
    assert head == ["コード", "区域", "項目", "値", "単位", "時点", "種別", "出典"]
    assert rows
    assert all(row[7] for row in rows)


def test_text_that_would_be_a_formula_is_inert_and_numbers_stay() -> None:
    rows = read_csv(csv_file(Sheet("x", {"a": "=a"}, [[text] for text in HOSTILE])).content)
    assert rows[0] == ["'=a"]
    assert [row[0] for row in rows[1:]] == [
        "'=1+1", "'+81"[1:], "'-10%", "'@SUM(A1)", "'\t=1", "'\r=1", "'=cmd|' /C calc'!A0", "-5.5", "+1,200", "文",
    ]  # fmt: skip


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_no_text_reaches_a_cell_as_a_formula(text: str) -> None:
    sheet = Sheet("x", {"a": "a"}, [[text]])
    cell = load_workbook(io.BytesIO(excel_file(sheet).content)).active.cell(2, 1)
    assert cell.data_type != "f"
    written = read_csv(csv_file(sheet).content)[1:]
    first = written[0][0] if written and written[0] else ""
    number = first.lstrip("+-").replace(",", "").replace(".", "", 1)
    assert not first.startswith(("=", "@", "\t", "\r"))
    assert not first.startswith(("+", "-")) or number.isdecimal()
    assert json.loads(json_file(sheet).content) == [{"a": text}]


def test_values_of_every_kind_are_written_plainly() -> None:
    row = ["文", 3, 2.50, Decimal("1200.00"), date(2026, 4, 1), True, None]
    sheet = Sheet("名前", dict(zip("abcdefg", "abcdefg", strict=True)), [row])
    assert read_csv(csv_file(sheet).content)[1] == ["文", "3", "2.5", "1200", "2026-04-01", "true", ""]
    assert json.loads(json_file(sheet).content) == [
        {"a": "文", "b": 3, "c": 2.5, "d": 1200, "e": "2026-04-01", "f": True, "g": None}
    ]
    assert "filename*=UTF-8''%E5%90%8D%E5%89%8D.json" in json_file(sheet).headers["Content-Disposition"]
