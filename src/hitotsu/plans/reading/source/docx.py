from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from hitotsu.plans.reading.source.marks import (
    BULLET,
    LineBuilder,
    footnote,
    heading,
    superscript,
    table_lines,
)
from hitotsu.plans.reading.source.model import Extract
from hitotsu.plans.reading.source.word_numbering import Numbering, format_number
from hitotsu.plans.reading.source.word_package import WordPackage, is_on, open_package, value, w
from hitotsu.plans.reading.source.word_styles import Style, Styles, number, outline_level, size_ranks

_LONGEST_HEADING = 60
_WRAPPERS = {w(name) for name in ("sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "hyperlink", "fldSimple",
                                  "dir", "bdo", "rubyBase", "r", "object", "pict", "drawing")}  # fmt: skip
_GONE = {w(name) for name in ("del", "moveFrom", "rPr", "pPr", "sdtPr", "rt", "instrText", "delText")}
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SYMBOLS = {
    "F0B7": "・",
    "F0A7": "■",
    "F0A8": "□",
    "F0D8": "▶",
    "F0FC": "✓",
    "F06C": "●",
    "F06E": "■",
    "F075": "◆",
}


@dataclass(slots=True)
class _Paragraph:
    """One paragraph taken apart: its lines, the boxes that hang on it, and the type of its letters."""

    lines: list[str]
    boxes: list[etree._Element] = field(default_factory=list)
    sizes: Counter[int] = field(default_factory=Counter)
    letters: int = 0
    bold_letters: int = 0

    def text(self) -> str:
        return " ".join(line for line in self.lines if line)


def read_docx(data: bytes, file: str) -> Extract:
    """A Word file: headings by style or type size, list numbers as printed, tables, footnotes before the next heading.

    Deleted and hidden text, headers and footers are left out; of a ruby only the base is kept.
    """
    reader = _Reader(open_package(data, file))
    return Extract(tuple(reader.read()))


class _Reader:
    def __init__(self, package: WordPackage) -> None:
        self._body = package.document.find(w("body"))
        self._styles = Styles(package.styles)
        self._numbering = Numbering(package.numbering)
        self._notes = {
            "footnoteReference": _notes(package.footnotes, "footnote"),
            "endnoteReference": _notes(package.endnotes, "endnote"),
        }
        self._note_styles = {
            "footnoteReference": value(package.settings, "footnotePr/numFmt") or "decimal",
            "endnoteReference": value(package.settings, "endnotePr/numFmt") or "lowerRoman",
        }
        self._note_counts: Counter[str] = Counter()
        self._pending: list[tuple[str, etree._Element]] = []
        self._out = LineBuilder()
        self._ranks: dict[int, int] = {}

    def read(self) -> list[str]:
        if self._body is None:
            return []
        for fallback in list(self._body.iter(_FALLBACK)):
            parent = fallback.getparent()
            if parent is not None and parent.find(_CHOICE) is not None:
                # Both branches say the same thing, for newer and for older versions of Word.
                parent.remove(fallback)
        sizes: Counter[int] = Counter()
        for paragraph in self._body.iter(w("p")):
            style = self._styles.of(value(paragraph, "pPr/pStyle"))
            for run in paragraph.iterchildren(w("r")):
                sizes[self._size(run, style)] += sum(len(t.text or "") for t in run.iterchildren(w("t")))
        self._ranks = size_ranks(sizes, self._styles.default_size)
        self._blocks(self._body)
        self._flush_notes()
        return self._out.lines

    def _blocks(self, parent: etree._Element) -> None:
        for block in _unwrapped(parent):
            if block.tag == w("p"):
                self._paragraph(block)
            elif block.tag == w("tbl"):
                self._table(block)

    def _paragraph(self, node: etree._Element) -> None:
        properties = node.find(w("pPr"))
        style = self._styles.of(value(properties, "pStyle"))
        paragraph = self._take_apart(node, style)
        label, depth = self._label(properties, style)
        self._write(paragraph, style, outline_level(properties) or style.heading, label, depth)
        for box in paragraph.boxes:
            self._blocks(box)

    def _write(
        self, paragraph: _Paragraph, style: Style, level: int | None, label: str | None, depth: int
    ) -> None:
        text = paragraph.text().replace("\t", " ").strip()
        if not text:
            self._out.blank()
            return
        level = level or self._level_by_size(paragraph, text, label)
        if level is not None and not style.contents:
            self._flush_notes()
            self._out.add([heading(level, f"{label} {text}" if label else text)], "heading")
            return
        lines = [line.strip() for line in paragraph.lines if line.strip()]
        if label is None:
            first = "  " * depth + BULLET + lines[0]
        elif label:
            first = f"{label} {lines[0]}"
        elif (
            not style.contents
            and 0 < paragraph.letters == paragraph.bold_letters
            and len(text) <= _LONGEST_HEADING
        ):
            first = f"**{lines[0]}**" if len(lines) == 1 else lines[0]
        else:
            first = lines[0]
        listed = label != "" or style.contents
        self._out.add([first, *lines[1:]], "item" if listed else "paragraph")

    def _level_by_size(self, paragraph: _Paragraph, text: str, label: str | None) -> int | None:
        if label is None or len(text) > _LONGEST_HEADING or text.endswith("。") or len(paragraph.sizes) != 1:
            return None
        return self._ranks.get(next(iter(paragraph.sizes)))

    def _label(self, properties: etree._Element | None, style: Style) -> tuple[str | None, int]:
        """The printed list number ("" for none, None for a bullet) and the depth of the list."""
        list_id = value(properties, "numPr/numId") or style.list_id
        if list_id is None or list_id == "0":
            return "", 0
        depth = number(value(properties, "numPr/ilvl"))
        depth = (style.list_depth or 0) if depth is None else depth
        return self._numbering.label(list_id, depth), depth

    def _take_apart(self, node: etree._Element, style: Style) -> _Paragraph:
        paragraph = _Paragraph([""])
        for run in _runs(node):
            properties = run.find(w("rPr"))
            if is_on(properties, "vanish"):
                continue
            bold = is_on(properties, "b")
            raised = value(properties, "vertAlign") == "superscript"
            for piece in _unwrapped(run):
                text = self._piece(piece, paragraph)
                if raised and piece.tag == w("t"):
                    text = superscript(text, paragraph.lines[-1])
                for count, line in enumerate(text.split("\n")):
                    if count:
                        paragraph.lines.append("")
                    paragraph.lines[-1] += line
                letters = len(text.strip()) if piece.tag == w("t") else 0
                if letters:
                    paragraph.letters += letters
                    paragraph.bold_letters += letters * (style.bold if bold is None else bold)
                    paragraph.sizes[self._size(run, style)] += letters
        return paragraph

    def _piece(self, piece: etree._Element, paragraph: _Paragraph) -> str:
        name = etree.QName(piece).localname
        if name == "t":
            return (piece.text or "").replace("\n", " ").replace("\t", " ")
        if name in {"tab", "ptab"}:
            return "\t"
        if name in {"br", "cr"}:
            return "\n"
        if name == "noBreakHyphen":
            return "-"
        if name == "sym":
            return _SYMBOLS.get(piece.get(w("char"), "").upper(), "")
        if name in self._notes:
            return self._note_mark(name, piece)
        if name == "ruby":
            return "".join(t.text or "" for base in piece.iterfind(w("rubyBase")) for t in base.iter(w("t")))
        if name == "txbxContent":
            paragraph.boxes.append(piece)
        return ""

    def _note_mark(self, kind: str, reference: etree._Element) -> str:
        if reference.get(w("customMarkFollows")) in {"1", "true", "on"}:
            return ""
        # Each note is taken once: one that refers to itself would never end.
        note = self._notes[kind].pop(reference.get(w("id"), ""), None)
        if note is None:
            return ""
        self._note_counts[kind] += 1
        mark = format_number(self._note_counts[kind], self._note_styles[kind])
        self._pending.append((mark, note))
        return f"<sup>{mark}</sup>"

    def _flush_notes(self) -> None:
        while self._pending:
            pending, self._pending = self._pending, []
            for mark, note in pending:
                texts = [
                    self._take_apart(p, self._styles.of(value(p, "pPr/pStyle"))).text()
                    for p in note.iter(w("p"))
                ]
                self._out.add(
                    [footnote(mark, " ".join(text.strip() for text in texts if text.strip()))], "note"
                )

    def _size(self, run: etree._Element, style: Style) -> int:
        return number(value(run, "rPr/sz")) or style.size or self._styles.default_size

    def _table(self, node: etree._Element) -> None:
        rows = [list(_unwrapped_cells(row)) for row in _children(node, "tr")]
        if max((len(row) for row in rows), default=0) <= 1:
            # A table of one column is a frame around text.
            for row in rows:
                for cell in row:
                    self._blocks(cell)
            return
        self._out.add(table_lines([self._cells(row) for row in rows]), "table")
        self._out.blank()

    def _cells(self, row: list[etree._Element]) -> list[str]:
        texts = []
        for cell in row:
            properties = cell.find(w("tcPr"))
            merged = None if properties is None else properties.find(w("vMerge"))
            continued = merged is not None and merged.get(w("val"), "continue") == "continue"
            texts.append("" if continued else self._cell_text(cell))
            span = number(value(properties, "gridSpan")) or 1
            texts.extend([""] * (min(span, 100) - 1))
        return texts

    def _cell_text(self, cell: etree._Element) -> str:
        parts = []
        for node in cell.iter(w("p")):
            properties = node.find(w("pPr"))
            style = self._styles.of(value(properties, "pStyle"))
            text = self._take_apart(node, style).text().strip()
            label, _ = self._label(properties, style)
            if text:
                parts.append(f"・{text}" if label is None else f"{label} {text}" if label else text)
        return " ".join(parts)


def _notes(root: etree._Element | None, name: str) -> dict[str, etree._Element]:
    if root is None:
        return {}
    return {
        note.get(w("id"), ""): note
        for note in root.iterfind(w(name))
        if note.get(w("type"), "normal") == "normal"
    }


def _unwrapped(parent: etree._Element) -> Iterator[etree._Element]:
    """The children in order, with those of wrappers in the wrapper's place; deleted text is passed over."""
    waiting = [parent.iterchildren()]
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
        elif child.tag in _GONE:
            continue
        elif child.tag in _WRAPPERS or not str(child.tag).startswith(w("")):
            waiting.append(child.iterchildren())
        else:
            yield child


def _runs(paragraph: etree._Element) -> Iterator[etree._Element]:
    waiting = [paragraph.iterchildren()]
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
        elif child.tag == w("r"):
            yield child
        elif child.tag in _WRAPPERS:
            waiting.append(child.iterchildren())


def _children(node: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in _unwrapped(node) if child.tag == w(name))


def _unwrapped_cells(row: etree._Element) -> Iterator[etree._Element]:
    return _children(row, "tc")
