"""Turns the Markdown documents of `documents/` into Word files and PDFs, so that one gold file serves three formats."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from docx import Document
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

FONT = "HeiseiMin-W3"
HEADING_SIZES = (20, 16, 14, 12.5, 11.5, 11)
BODY = ParagraphStyle("body", fontName=FONT, fontSize=10.5, leading=17, wordWrap="CJK", spaceAfter=6)
BULLET = ParagraphStyle("bullet", parent=BODY, leftIndent=10.5, firstLineIndent=-10.5)
CELL = ParagraphStyle("cell", parent=BODY, fontSize=9, leading=12, spaceAfter=0)


class Block(NamedTuple):
    """One block of a Markdown document: `level` counts the # of a heading, `cells` are a table's rows."""

    kind: Literal["heading", "bullet", "text", "table"]
    text: str = ""
    level: int = 0
    cells: tuple[tuple[str, ...], ...] = ()


def blocks(markdown: str) -> Iterator[Block]:
    """The headings, bullets, tables and paragraphs in their order; rules (---) and blank lines are left out."""
    rows: list[tuple[str, ...]] = []
    for line in [*markdown.split("\n"), ""]:
        if line.startswith("|"):
            cells = tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1]))
            if not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
                rows.append(cells)
            continue
        if rows:
            yield Block("table", cells=tuple(rows))
            rows = []
        if heading := re.match(r"(#{1,6}) +(.+)", line):
            yield Block("heading", heading[2], len(heading[1]))
        elif line.startswith("- "):
            yield Block("bullet", line[2:])
        elif line.strip() and line != "---":
            yield Block("text", line)


def as_docx(markdown: Path, target: Path) -> Path:
    """Writes a Word file with heading styles, list paragraphs, bold and raised runs, and tables."""
    document = Document()
    for block in blocks(markdown.read_text(encoding="utf-8")):
        if block.kind == "heading":
            document.add_heading(block.text, level=block.level)
        elif block.kind == "table":
            table = document.add_table(rows=len(block.cells), cols=len(block.cells[0]), style="Table Grid")
            for row, cells in zip(table.rows, block.cells, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
        else:
            paragraph = document.add_paragraph(style="List Bullet" if block.kind == "bullet" else None)
            bold = False
            for part in re.split(r"(\*\*|<sup>.*?</sup>)", block.text):
                if part == "**":
                    bold = not bold
                elif part.startswith("<sup>"):
                    paragraph.add_run(part[5:-6]).font.superscript = True
                else:
                    paragraph.add_run(part).bold = bold
    document.save(str(target))
    return target


def as_pdf(markdown: Path, target: Path) -> Path:
    """Writes an A4 PDF with a text layer: larger type for headings, ruled tables, a running head and page numbers."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    found = list(blocks(markdown.read_text(encoding="utf-8")))
    running_head = found[0].text

    def furniture(canvas: Canvas, document: BaseDocTemplate) -> None:
        canvas.setFont(FONT, 8)
        canvas.drawRightString(A4[0] - 60, A4[1] - 40, running_head)
        canvas.drawCentredString(A4[0] / 2, 34, f"－ {document.page} －")

    story: list[Flowable] = []
    for block in found:
        text = html.escape(block.text).replace("**", "")
        text = text.replace("&lt;sup&gt;", "<super>").replace("&lt;/sup&gt;", "</super>")
        if block.kind == "heading":
            size = HEADING_SIZES[block.level - 1]
            story.append(
                Paragraph(text, ParagraphStyle("heading", parent=BODY, fontSize=size, leading=size * 1.5))
            )
        elif block.kind == "table":
            cells = [[Paragraph(html.escape(cell), CELL) for cell in row] for row in block.cells]
            story.append(Table(cells, style=[("GRID", (0, 0), (-1, -1), 0.5, colors.black)], repeatRows=1))
            story.append(Spacer(1, 8))
        elif block.kind == "bullet":
            story.append(Paragraph("・" + text, BULLET))
        else:
            story.append(Paragraph(text, BODY))
    template = SimpleDocTemplate(str(target), pagesize=A4, invariant=True, leftMargin=60, rightMargin=60)
    template.build(story, onFirstPage=furniture, onLaterPages=furniture)
    return target
