from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from hitotsu.plans.errors import EmptyFile, FileNotReadable, FileTooLarge
from hitotsu.plans.reading.source.limits import MAX_FILE_BYTES, in_megabytes
from hitotsu.plans.reading.source.model import Extract, Format, SourceText
from hitotsu.plans.reading.source.sniffing import sniff

__all__ = ["Progress", "SourceText", "load", "load_data", "read_bytes"]


Progress = Callable[[int, int], None]


def load(path: Path, progress: Progress | None = None) -> SourceText:
    """Any document file as numbered lines in the light text dialect; the network is never used.

    ``progress`` hears after each page how many are read, and of how many; only of formats that have pages.
    Raises a subclass of UnreadableDocument that says what is wrong with the file and what to do.
    """
    return load_data(read_bytes(path), path.name, progress)


def load_data(data: bytes, file: str, progress: Progress | None = None) -> SourceText:
    """Like ``load``, of a file's content; ``file`` is the name that people know it by."""
    if not data.strip(b" \t\r\n\f\x00"):
        raise EmptyFile(file)
    form = sniff(data, file)
    extract = _extract(form, data, file, progress)
    if not any(line.strip("\ufeff\u200b \u3000\t") for line in extract.lines):
        raise EmptyFile(file)
    return SourceText(
        lines=extract.lines,
        format=form,
        encoding=extract.encoding,
        pages=extract.pages,
        page_starts=extract.page_starts,
        sha256=sha256(data).hexdigest(),
        furniture=extract.furniture,
        pages_without_text=extract.pages_without_text,
    )


def read_bytes(path: Path) -> bytes:
    """The content of a file that is not too large to be read; raises FileTooLarge or FileNotReadable."""
    file = path.name
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise FileTooLarge(file, size=in_megabytes(size), limit=in_megabytes(MAX_FILE_BYTES))
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise FileNotReadable(file, reason="見つからない") from error
    except IsADirectoryError as error:
        raise FileNotReadable(file, reason="フォルダである") from error
    except PermissionError as error:
        raise FileNotReadable(file, reason="権限がない") from error
    except OSError as error:
        raise FileNotReadable(file, reason=error.strerror or "読み込みの失敗") from error
    if len(data) > MAX_FILE_BYTES:
        # A pipe or device has no size before it is read.
        raise FileTooLarge(
            file, size=f"{in_megabytes(MAX_FILE_BYTES)}以上", limit=in_megabytes(MAX_FILE_BYTES)
        )
    return data


def _extract(form: Format, data: bytes, file: str, progress: Progress | None) -> Extract:
    # Each reader is imported when it is needed: pdfplumber alone takes longer to import than a text takes to read.
    if form == "pdf":
        from hitotsu.plans.reading.source.pdf import read_pdf

        return read_pdf(data, file, progress)
    if form == "docx":
        from hitotsu.plans.reading.source.docx import read_docx

        return read_docx(data, file)
    if form == "html":
        from hitotsu.plans.reading.source.html import read_html

        return read_html(data, file)
    from hitotsu.plans.reading.source.text import read_text

    return read_text(data, file)
