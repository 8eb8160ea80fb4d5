import io
import zipfile
import zlib
from dataclasses import dataclass

from lxml import etree

from hitotsu.plans.errors import DamagedFile, ExpandsTooMuch, PasswordProtected
from hitotsu.plans.reading.source.limits import (
    MAX_MARKUP_BYTES,
    MAX_UNPACKED_BYTES,
    MAX_ZIP_ENTRIES,
    in_megabytes,
)
from hitotsu.plans.reading.source.xml import parse_xml

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT_W = b"http://purl.oclc.org/ooxml/wordprocessingml/main"


def w(name: str) -> str:
    """The qualified name of a WordprocessingML element or attribute."""
    return f"{{{_W}}}{name}"


def value(element: etree._Element | None, path: str = "") -> str | None:
    """`w:val` of the element, or of the child at `path`."""
    if element is not None and path:
        element = element.find("/".join(w(name) for name in path.split("/")))
    return None if element is None else element.get(w("val"))


def is_on(element: etree._Element | None, name: str) -> bool | None:
    """Whether a switch such as `w:b` is on, off, or not said (None)."""
    child = None if element is None else element.find(w(name))
    if child is None:
        return None
    return child.get(w("val"), "1") not in {"0", "false", "off", "none"}


@dataclass(frozen=True, slots=True)
class WordPackage:
    """The parts of a Word file that hold text; a part that the file does not have is None."""

    document: etree._Element
    styles: etree._Element | None
    numbering: etree._Element | None
    footnotes: etree._Element | None
    endnotes: etree._Element | None
    settings: etree._Element | None


def open_package(data: bytes, file: str) -> WordPackage:
    """The text parts of a Word file.

    Sizes are checked before anything is unpacked. Raises ExpandsTooMuch, PasswordProtected or DamagedFile.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ZIP_ENTRIES:
                raise ExpandsTooMuch(file, part=f"{len(entries):,}個の部品", limit=f"{MAX_ZIP_ENTRIES:,}個")
            if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
                raise ExpandsTooMuch(file, part="全体", limit=in_megabytes(MAX_UNPACKED_BYTES))
            by_name = {entry.filename.lower(): entry for entry in entries}
            document = _part(archive, by_name, "document", file)
            if document is None:
                raise DamagedFile(file, where="Wordの本文が入っていない")
            styles, numbering, footnotes, endnotes, settings = (
                _part(archive, by_name, name, file)
                for name in ("styles", "numbering", "footnotes", "endnotes", "settings")
            )
            return WordPackage(document, styles, numbering, footnotes, endnotes, settings)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OSError,
    ) as error:
        raise DamagedFile(file, where="圧縮された中身を取り出せない") from error


def _part(
    archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], name: str, file: str
) -> etree._Element | None:
    entry = entries.get(f"word/{name}.xml")
    if entry is None:
        return None
    if entry.flag_bits & 0x1:
        raise PasswordProtected(file)
    if entry.file_size > MAX_MARKUP_BYTES:
        raise ExpandsTooMuch(file, part=f"{name}.xml", limit=in_megabytes(MAX_MARKUP_BYTES))
    # Word writes either of two namespaces for the same elements.
    return parse_xml(archive.read(entry).replace(_STRICT_W, _W.encode()), file, f"{name}.xml")
