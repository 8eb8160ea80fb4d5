import io
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.shared import Pt

from hitotsu.plans.reading.source import load
from hitotsu.plans.reading.source.word_numbering import format_number

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def read(path: Path) -> list[str]:
    return [line for line in load(path).lines if line]


def built(path: Path, body: str, **parts: str) -> list[str]:
    """The lines of a Word file with this body; `parts` are the contents of further parts."""
    roots = {"numbering": "numbering", "footnotes": "footnotes", "styles": "styles"}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{W}" xmlns:mc="{MC}"><w:body>{body}</w:body></w:document>',
        )
        for name, content in parts.items():
            archive.writestr(
                f"word/{name}.xml", f'<w:{roots[name]} xmlns:w="{W}">{content}</w:{roots[name]}>'
            )
    path.write_bytes(out.getvalue())
    return read(path)


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def level(depth: int, style: str, pattern: str) -> str:
    return f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{pattern}"/></w:lvl>'


def listed(depth: int) -> str:
    return f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="1"/></w:numPr>'


NUMBERING = (
    '<w:abstractNum w:abstractNumId="7">'
    + level(0, "decimal", "第%1章")
    + level(1, "decimal", "%1.%2")
    + level(2, "aiueoFullWidth", "%3")
    + level(3, "bullet", "")
    + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
)


def test_headings_bullets_and_tables_of_an_ordinary_document(tmp_path: Path) -> None:
    document = Document()
    document.add_heading("県の計画", 0)
    document.add_heading("趣旨", 2)
    document.add_paragraph("本文です。")
    document.add_paragraph("取組です。", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(
        (c for row in table.rows for c in row.cells), ("指標", "値", "件数", "1\n2"), strict=True
    ):
        cell.text = text
    document.save(str(tmp_path / "plan.docx"))
    assert read(tmp_path / "plan.docx") == [
        "# 県の計画",
        "## 趣旨",
        "本文です。",
        "- 取組です。",
        "指標\t値",
        "件数\t1 2",
    ]


def test_headings_by_type_size_alone(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph().add_run("大きな題").font.size = Pt(20)
    document.add_paragraph().add_run("小さな題").font.size = Pt(14)
    document.add_paragraph().add_run("太字の題").bold = True
    document.add_paragraph("本文が続きます。" * 5)
    document.save(str(tmp_path / "plan.docx"))
    assert read(tmp_path / "plan.docx")[:3] == ["# 大きな題", "## 小さな題", "**太字の題**"]


def test_list_numbers_are_counted_as_printed(tmp_path: Path) -> None:
    body = "".join(p(text, listed(depth)) for text, depth in
                   (("総論", 0), ("趣旨", 1), ("期間", 1), ("背景", 2), ("課題", 2), ("取組", 3), ("各論", 0), ("施策", 1)))  # fmt: skip
    assert built(tmp_path / "plan.docx", body, numbering=NUMBERING) == [
        "第1章 総論", "1.1 趣旨", "1.2 期間", "ア 背景", "イ 課題", "      - 取組", "第2章 各論", "2.1 施策",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "style", "printed"),
    [
        (3, "decimalEnclosedCircle", "③"),
        (4, "upperRoman", "IV"),
        (28, "lowerLetter", "bb"),
        (12, "japaneseCounting", "十二"),
        (12, "decimalFullWidth", "１２"),
        (2, "irohaFullWidth", "ロ"),
        (60, "aiueoFullWidth", "60"),
    ],
)
def test_number_formats(number: int, style: str, printed: str) -> None:
    assert format_number(number, style) == printed


def test_footnotes_stand_before_the_next_heading(tmp_path: Path) -> None:
    reference = '<w:p><w:r><w:t>生成AI</w:t></w:r><w:r><w:footnoteReference w:id="5"/></w:r><w:r><w:t>を使う。</w:t></w:r></w:p>'
    note = '<w:footnote w:id="5"><w:p><w:r><w:footnoteRef/><w:t> 作る技術。</w:t></w:r></w:p></w:footnote>'
    body = reference + p("次の段落。") + p("第2章", '<w:outlineLvl w:val="0"/>')
    assert built(tmp_path / "plan.docx", body, footnotes=note) == [
        "生成AI<sup>1</sup>を使う。", "次の段落。", "<sup>1</sup> 作る技術。", "# 第2章",
    ]  # fmt: skip


def test_a_footnote_that_refers_to_itself_is_told_once(tmp_path: Path) -> None:
    reference = '<w:r><w:footnoteReference w:id="5"/></w:r>'
    note = f'<w:footnote w:id="5"><w:p><w:r><w:t>輪</w:t></w:r>{reference}</w:p></w:footnote>'
    assert (
        built(tmp_path / "plan.docx", f"<w:p>{reference}</w:p>", footnotes=note).count("<sup>1</sup> 輪") == 1
    )


def test_raised_digits_are_marks_or_powers(tmp_path: Path) -> None:
    raised = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>2</w:t></w:r>'
    body = f"<w:p><w:r><w:t>10km</w:t></w:r>{raised}<w:r><w:t>の用語</w:t></w:r>{raised}</w:p>"
    assert built(tmp_path / "plan.docx", body) == ["10km²の用語<sup>2</sup>"]


def test_merged_cells_leave_empty_cells(tmp_path: Path) -> None:
    cell = "<w:tc><w:tcPr>{}</w:tcPr>{}</w:tc>".format
    body = (
        "<w:tbl><w:tr>" + cell('<w:vMerge w:val="restart"/>', p("区分")) + cell('<w:gridSpan w:val="2"/>', p("値"))
        + "</w:tr><w:tr>" + cell("<w:vMerge/>", p("")) + cell("", p("R6")) + cell("", p("R7")) + "</w:tr></w:tbl>"
    )  # fmt: skip
    assert built(tmp_path / "plan.docx", body) == ["区分\t値\t", "\tR6\tR7"]


def test_a_frame_of_one_cell_is_text(tmp_path: Path) -> None:
    body = f"<w:tbl><w:tr><w:tc>{p('枠の題')}{p('枠の文。')}</w:tc></w:tr></w:tbl>"
    assert built(tmp_path / "plan.docx", body) == ["枠の題", "枠の文。"]


def test_text_boxes_are_read_once_and_ruby_by_its_base(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{p('箱の文。')}</w:txbxContent>"
    body = (
        f"<w:p><w:r><w:t>本文。</w:t></w:r><w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
        "<w:p><w:r><w:ruby><w:rt><w:r><w:t>あいづ</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>会津</w:t></w:r></w:rubyBase>"
        "</w:ruby></w:r></w:p>"
    )
    assert built(tmp_path / "plan.docx", body) == ["本文。", "箱の文。", "会津"]


def test_deleted_and_hidden_text_is_left_out(tmp_path: Path) -> None:
    body = (
        "<w:p><w:ins><w:r><w:t>足した</w:t></w:r></w:ins><w:del><w:r><w:delText>消した</w:delText></w:r></w:del>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隠した</w:t></w:r><w:r><w:t>文</w:t></w:r></w:p>"
    )
    assert built(tmp_path / "plan.docx", body) == ["足した文"]


def test_the_strict_namespace_is_read_too(tmp_path: Path) -> None:
    built(tmp_path / "plan.docx", p("本文。"))
    with zipfile.ZipFile(tmp_path / "plan.docx") as archive:
        strict = archive.read("word/document.xml").replace(
            W.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main"
        )
    with zipfile.ZipFile(tmp_path / "strict.docx", "w") as archive:
        archive.writestr("word/document.xml", strict)
    assert read(tmp_path / "strict.docx") == ["本文。"]


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    document = f'<!DOCTYPE d [<!ENTITY e "展開">]><w:document xmlns:w="{W}"><w:body>{p("本文&e;。")}</w:body></w:document>'
    with zipfile.ZipFile(tmp_path / "plan.docx", "w") as archive:
        archive.writestr("word/document.xml", document)
    assert "展開" not in "".join(read(tmp_path / "plan.docx"))
