import io
import logging
import re
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from hitotsu.plans.errors import (
    DamagedFile,
    ExpandsTooMuch,
    NoTextLayer,
    PasswordProtected,
    PlanError,
    TooManyPages,
    TooSlow,
    UnreadableFonts,
)
from hitotsu.plans.reading.source.limits import (
    MAX_ALL_STREAMS_BYTES,
    MAX_PAGES,
    MAX_SECONDS,
    MAX_UNPACKED_BYTES,
    in_megabytes,
)
from hitotsu.plans.reading.source.marks import LineBuilder, table_lines
from hitotsu.plans.reading.source.model import Extract
from hitotsu.plans.reading.source.pdf_blocks import Page, Table, drop_furniture, measure_type, write_page
from hitotsu.plans.reading.source.pdf_glyphs import Glyph, glyphs
from hitotsu.plans.reading.source.pdf_lines import page_lines, plain_text

# pdfminer warns about every small fault of a file; what matters is raised as an error here.
logging.getLogger("pdfminer").setLevel(logging.ERROR)

_STREAM = re.compile(rb"stream\r?\n")
_CHUNK = 1 << 20
_MOST_EDGES = 4_000
_UNREADABLE_SHARE = 0.3
_LEAST_TEXT = 2


def read_pdf(data: bytes, file: str, progress: Callable[[int, int], None] | None = None) -> Extract:
    """A PDF's text in reading order, its tables as tab-separated lines, page by page.

    ``progress`` hears after each page how many are read, and of how many; what it raises ends the reading.
    Raises PasswordProtected, NoTextLayer, UnreadableFonts, TooManyPages, TooSlow, ExpandsTooMuch or DamagedFile.
    """
    _check_streams(data, file)
    pages, ruby = _pages(data, file, progress)
    if (
        sum(len(line.text) for page in pages for line in page.lines) + sum(len(page.tables) for page in pages)
        < _LEAST_TEXT
    ):
        raise NoTextLayer(file, pages=len(pages))
    without_text = tuple(n for n, page in enumerate(pages, start=1) if not page.lines and not page.tables)
    kind = measure_type(pages)
    furniture = drop_furniture(pages, kind.size) + ruby
    out = LineBuilder()
    starts = []
    open_item = None
    for page in pages:
        out.blank()
        starts.append(len(out.lines) + 1)
        open_item = write_page(page, kind, out, open_item)
    while out.lines and not out.lines[-1]:
        out.lines.pop()
    last = max(len(out.lines), 1)
    page_starts = tuple(min(start, last) for start in starts)
    return Extract(tuple(out.lines), None, len(pages), page_starts, furniture, without_text)


def _check_streams(data: bytes, file: str) -> None:
    """Refuse a file one of whose streams grows beyond all measure, before a reader unpacks it in one go."""
    total = position = 0
    while match := _STREAM.search(data, position):
        unpacker = zlib.decompressobj()
        size, position = 0, match.end()
        packed, following = data[position : position + _CHUNK], position + _CHUNK
        try:
            while packed and not unpacker.eof:
                size += len(unpacker.decompress(packed, _CHUNK))
                if size > MAX_UNPACKED_BYTES or total + size > MAX_ALL_STREAMS_BYTES:
                    raise ExpandsTooMuch(file, part="PDFの中のデータ", limit=in_megabytes(MAX_UNPACKED_BYTES))
                packed = unpacker.unconsumed_tail
                if not packed:
                    packed, following = data[following : following + _CHUNK], following + _CHUNK
        except zlib.error:
            # Not packed this way, or a picture in another form: it does not grow by unpacking.
            packed = b""
        total += size


def _pages(data: bytes, file: str, progress: Callable[[int, int], None] | None) -> tuple[list[Page], int]:
    pages: list[Page] = []
    ruby = 0
    for page, dropped, total in _each_page(data, file):
        pages.append(page)
        ruby += dropped
        if progress is not None:
            # Outside of the reader, so that an error of the listener is not taken for one of the file.
            progress(len(pages), total)
    return pages, ruby


def _each_page(data: bytes, file: str) -> Iterator[tuple[Page, int, int]]:
    """Each page, how many readings above words were dropped on it, and the number of all pages."""
    started = time.monotonic()
    number = 0
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            if not document.pages:
                raise DamagedFile(file, where="ページが一つもない")
            if len(document.pages) > MAX_PAGES:
                raise TooManyPages(file, pages=f"{len(document.pages):,}", limit=f"{MAX_PAGES:,}")
            for number, page in enumerate(document.pages, start=1):
                read, dropped = _page(page, file)
                page.close()
                yield read, dropped, len(document.pages)
                if time.monotonic() - started > MAX_SECONDS:
                    raise TooSlow(file, page=number, limit=round(MAX_SECONDS))
    except PlanError:
        raise
    except Exception as error:
        # The library raises whatever a malformed file makes it stumble over.
        if _is_locked(error):
            raise PasswordProtected(file) from error
        where = f"{number}ページ目付近" if number else "PDFの構造"
        raise DamagedFile(file, where=where) from error


def _is_locked(error: BaseException) -> bool:
    if isinstance(error, PdfminerException) and error.args and isinstance(error.args[0], BaseException):
        error = error.args[0]
    return isinstance(error, PDFPasswordIncorrect | PDFEncryptionError)


def _page(page: Any, file: str) -> tuple[Page, int]:
    chars: list[dict[str, Any]] = page.chars
    unreadable = sum(char["text"].startswith("(cid:") for char in chars)
    if unreadable > max(20, _UNREADABLE_SHARE * len(chars)):
        raise UnreadableFonts(file, page=page.page_number)
    letters = glyphs(char for char in chars if char.get("upright", True))
    tables, rest = _tables(page, letters)
    lines, ruby = page_lines(rest)
    # Text on its side (a column's head, a stamp) is kept, behind the rest.
    aside, _ = page_lines(_turned([char for char in chars if not char.get("upright", True)]))
    for line in aside:
        line.top = line.bottom = float(page.height) / 2
        line.band = -1
    return Page(float(page.height), [*lines, *aside], tables), ruby


def _turned(chars: list[dict[str, Any]]) -> list[Glyph]:
    turned = [
        {**char, "x0": -char["bottom"], "x1": -char["top"], "top": char["x0"], "bottom": char["x1"]}
        for char in chars
    ]
    return glyphs(turned)


def _tables(page: Any, letters: list[Glyph]) -> tuple[list[Table], list[Glyph]]:
    """The ruled tables of a page, and the letters outside them."""
    if not letters or not 4 <= len(page.edges) <= _MOST_EDGES:
        return [], letters
    tables: list[Table] = []
    rest = letters
    for found in page.find_tables():
        x0, top, x1, bottom = found.bbox
        inside = [
            one
            for one in rest
            if x0 <= (one.x0 + one.x1) / 2 <= x1 and top <= (one.top + one.bottom) / 2 <= bottom
        ]
        rows = [[_cell(box, inside) for box in row.cells] for row in found.rows]
        rows = [row for row in rows if any(row)]
        if len(rows) < 2 or max(sum(map(bool, row)) for row in rows) < 2:
            # One cell, or one row of them, is a frame around text.
            continue
        tables.append(Table(top, bottom, table_lines(rows)))
        taken = set(map(id, inside))
        rest = [one for one in rest if id(one) not in taken]
    return tables, rest


def _cell(box: Sequence[float] | None, letters: list[Glyph]) -> str:
    if box is None:
        return ""
    x0, top, x1, bottom = box
    return plain_text(
        [
            one
            for one in letters
            if x0 <= (one.x0 + one.x1) / 2 < x1 and top <= (one.top + one.bottom) / 2 < bottom
        ]
    )
