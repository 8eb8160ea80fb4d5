from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from hitotsu.plans import errors
from hitotsu.plans.reading.source import SourceText, limits, load

WIDTH, HEIGHT = A4
MINCHO = "HeiseiMin-W3"
pdfmetrics.registerFont(UnicodeCIDFont(MINCHO))


class Sheet:
    """A page to write on; places are points from the top left, as in the reader."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas

    def put(self, x: float, y: float, text: str, size: float = 10.5) -> float:
        self.canvas.setFont(MINCHO, size)
        self.canvas.drawString(x, HEIGHT - y, text)
        return x + pdfmetrics.stringWidth(text, MINCHO, size)


def made(path: Path, *pages: Callable[[Sheet], None]) -> Path:
    canvas = Canvas(str(path), pagesize=A4)
    for draw in pages:
        draw(Sheet(canvas))
        canvas.showPage()
    canvas.save()
    return path


def read(folder: Path, *pages: Callable[[Sheet], None]) -> SourceText:
    return load(made(folder / "plan.pdf", *pages))


def text_of(source: SourceText) -> list[str]:
    return [line for line in source.lines if line]


LONG = "人口減少が進む中で限られた職員により質の高い行政サービスを維持するため業務の見直しを"


def test_headings_by_size_and_wrapped_lines_joined(tmp_path: Path) -> None:
    def page(sheet: Sheet) -> None:
        sheet.put(70, 110, "みほん県デジタル計画", 18)
        sheet.put(70, 150, "第1章 総論", 14)
        sheet.put(80.5, 180, LONG)
        sheet.put(70, 197, "進めます。")
        sheet.put(80.5, 214, "次の段落です。")

    source = read(tmp_path, page)
    assert text_of(source) == [
        "# みほん県デジタル計画",
        "## 第1章 総論",
        f"{LONG}進めます。",
        "次の段落です。",
    ]
    assert (source.format, source.pages, source.encoding) == ("pdf", 1, None)


def test_bullets_are_not_run_together(tmp_path: Path) -> None:
    def page(sheet: Sheet) -> None:
        sheet.put(70, 120, "・" + LONG)
        sheet.put(80.5, 137, "進めます。")
        sheet.put(70, 154, "・次の取組です。")

    assert text_of(read(tmp_path, page)) == [f"・{LONG}進めます。", "・次の取組です。"]


def test_raised_marks_footnotes_and_powers(tmp_path: Path) -> None:
    def page(sheet: Sheet) -> None:
        end = sheet.put(70, 120, "この計画では生成AI")
        end = sheet.put(end, 116, "12", 6)
        end = sheet.put(end, 120, "を面積10km")
        end = sheet.put(end, 116, "2", 6)
        sheet.put(end, 120, "の全域で使います。")
        sheet.put(70, 700, "12 生成AI：文章などを作る技術のうち、学んだ", 8)
        sheet.put(70, 712, "データから新しいものを作るもの。", 8)

    body, note = text_of(read(tmp_path, page))
    assert body == "この計画では生成AI<sup>12</sup>を面積10km²の全域で使います。"
    assert note == "<sup>12</sup> 生成AI：文章などを作る技術のうち、学んだデータから新しいものを作るもの。"


def test_running_heads_and_page_numbers_are_dropped_and_counted(tmp_path: Path) -> None:
    def page(number: int) -> Callable[[Sheet], None]:
        def draw(sheet: Sheet) -> None:
            sheet.put(70, 40, "みほん県デジタル計画", 8)
            sheet.put(70, 120, f"本文の{'一二三四'[number - 1]}頁目です。")
            sheet.put(290, 810, f"- {number} -", 9)

        return draw

    source = read(tmp_path, *(page(number) for number in (1, 2, 3, 4)))
    assert text_of(source) == [
        "本文の一頁目です。",
        "本文の二頁目です。",
        "本文の三頁目です。",
        "本文の四頁目です。",
    ]
    assert source.furniture == 8
    assert [source.lines[start - 1][3] for start in source.page_starts] == ["一", "二", "三", "四"]


def test_a_ruled_table_becomes_tab_lines_where_it_stands(tmp_path: Path) -> None:
    def page(sheet: Sheet) -> None:
        sheet.put(70, 120, "表1 指標")
        for row, cells in enumerate((("指標", "目標値"), ("オンライン化率", "100%"))):
            for column, text in enumerate(cells):
                sheet.canvas.rect(70 + 150 * column, HEIGHT - 150 - 20 * row, 150, 20)
                sheet.put(75 + 150 * column, 145 + 20 * row, text)
        sheet.put(70, 200, "表の後の文です。")

    assert text_of(read(tmp_path, page)) == [
        "表1 指標",
        "指標\t目標値",
        "オンライン化率\t100%",
        "表の後の文です。",
    ]


def test_a_frame_around_text_is_no_table(tmp_path: Path) -> None:
    def page(sheet: Sheet) -> None:
        sheet.canvas.rect(60, HEIGHT - 160, 400, 60)
        sheet.put(70, 130, "枠の中の文です。")

    assert text_of(read(tmp_path, page)) == ["枠の中の文です。"]


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    def page(sheet: Sheet) -> None:
        sheet.put(70, 110, "二段組みのページにかかる題です。")
        for row in range(6):
            sheet.put(70, 140 + 17 * row, f"左の段の{'一二三四五六'[row]}行目でちょうど段の幅まで。")
            sheet.put(310, 140 + 17 * row, f"右の段の{'一二三四五六'[row]}行目でちょうど段の幅まで。")

    text = "".join(read(tmp_path, page).lines)
    assert text.index("左の段の六") < text.index("右の段の一")
    assert text.index("題です") < text.index("左の段の一")


def test_a_page_of_pictures_alone_is_named(tmp_path: Path) -> None:
    def written(sheet: Sheet) -> None:
        sheet.put(70, 120, "本文です。")

    def drawn(sheet: Sheet) -> None:
        sheet.canvas.rect(100, 100, 300, 300, fill=1)

    source = read(tmp_path, written, drawn)
    assert source.pages_without_text == (2,)
    assert len(source.page_starts) == source.pages == 2


def test_a_pdf_without_text(tmp_path: Path) -> None:
    with pytest.raises(errors.NoTextLayer, match="全2ページ"):
        read(tmp_path, lambda sheet: None, lambda sheet: None)


def test_a_pdf_with_a_password(tmp_path: Path) -> None:
    plain = made(tmp_path / "plain.pdf", lambda sheet: sheet.put(70, 120, "本文です。") and None)
    writer = PdfWriter()
    writer.append(PdfReader(plain))
    writer.encrypt("himitsu", algorithm="AES-256")
    locked = tmp_path / "locked.pdf"
    writer.write(locked)
    with pytest.raises(errors.PasswordProtected, match=r"locked\.pdf"):
        load(locked)


def test_a_pdf_named_txt_is_read_as_what_it_is(tmp_path: Path) -> None:
    assert (
        load(made(tmp_path / "plan.txt", lambda sheet: sheet.put(70, 120, "本文です。") and None)).format
        == "pdf"
    )


def test_too_many_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hitotsu.plans.reading.source.pdf.MAX_PAGES", 1)
    with pytest.raises(errors.TooManyPages, match=r"2ページあり.*1ページ"):
        read(tmp_path, lambda sheet: None, lambda sheet: None)


def test_a_stream_that_grows_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hitotsu.plans.reading.source.pdf.MAX_UNPACKED_BYTES", 1 << 20)
    path = made(tmp_path / "plan.pdf", lambda sheet: sheet.put(70, 120, "本文です。") and None)
    writer = PdfWriter()
    writer.append(PdfReader(path))
    writer.add_attachment("zeros", bytes(2 << 20))
    writer.compress_identical_objects()
    for item in writer._objects:
        if hasattr(item, "flate_encode") and len(item.get_data()) > 1 << 20:
            item.update(item.flate_encode())
            item._data = item.flate_encode()._data
    writer.write(path)
    with pytest.raises(errors.ExpandsTooMuch):
        load(path)


def test_time_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hitotsu.plans.reading.source.pdf.MAX_SECONDS", -1.0)
    with pytest.raises(errors.TooSlow, match="1ページ目"):
        read(tmp_path, lambda sheet: sheet.put(70, 120, "本文です。") and None)


def test_limits_say_what_they_allow() -> None:
    assert limits.in_megabytes(limits.MAX_FILE_BYTES) == "50MB"


def test_a_numbered_heading_on_two_lines_is_one(tmp_path: Path) -> None:
    def page(sheet: Sheet) -> None:
        sheet.put(70, 110, "第1章 デジタル技術を活用した県民サービスと", 14)
        sheet.put(112, 130, "行政運営の見直し", 14)
        sheet.put(80.5, 160, LONG)
        sheet.put(70, 177, "進めます。")

    assert text_of(read(tmp_path, page))[0] == "# 第1章 デジタル技術を活用した県民サービスと行政運営の見直し"


def test_a_list_item_goes_on_at_its_hanging_indent_on_the_next_page(tmp_path: Path) -> None:
    def first(sheet: Sheet) -> None:
        sheet.put(70, 740, "○ " + LONG)
        sheet.put(84, 757, "進めました。")

    def second(sheet: Sheet) -> None:
        sheet.put(84, 110, "また、結果を公表しました。")
        sheet.put(70, 127, "○ 次の点です。")

    assert text_of(read(tmp_path, first, second)) == [
        f"○ {LONG}進めました。また、結果を公表しました。",
        "○ 次の点です。",
    ]
