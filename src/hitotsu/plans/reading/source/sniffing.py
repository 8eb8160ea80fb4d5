import io
import re
import zipfile
from pathlib import PurePath

from hitotsu.plans.errors import DamagedFile, NotText, PasswordProtected, UnknownFormat
from hitotsu.plans.reading.source.model import Format

_TEXT_NAMES = {".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml"}
_MARKDOWN_NAMES = {".md", ".markdown"}
_HTML_NAMES = {".html", ".htm", ".xhtml"}

_BINARY_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "PNG画像"),
    (b"\xff\xd8\xff", "JPEG画像"),
    (b"GIF8", "GIF画像"),
    (b"II*\x00", "TIFF画像"),
    (b"MM\x00*", "TIFF画像"),
    (b"BM", "ビットマップ画像"),
    (b"{\\rtf", "リッチテキスト（RTF）"),
    (b"\x1f\x8b", "gzip圧縮"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip圧縮"),
    (b"Rar!", "RAR圧縮"),
    (b"\x7fELF", "プログラム"),
    (b"MZ", "プログラム"),
)
_OPENING_TAG = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_ZIP_CONTENTS = (
    ("xl/workbook.xml", "Excelのブック"),
    ("ppt/presentation.xml", "PowerPointのスライド"),
    ("content.xml", "OpenDocument文書"),
    ("index/document.iwa", "Pages文書"),
)


def sniff(data: bytes, file: str) -> Format:
    """The format by content first and by the name's ending second.

    Raises NotText, UnknownFormat, PasswordProtected or DamagedFile for what no reader here can take.
    """
    ending = PurePath(file).suffix.lower()
    head = data[:4096]
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return _sniff_zip(data, file, ending)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise _old_office(data, file)
    for start, name in _BINARY_STARTS:
        # BM and MZ may open an ordinary text; a control character beside them tells.
        if head.startswith(start) and (len(start) > 2 or start[0] > 0x7F or b"\x00" in head):
            raise NotText(file, found=name) if ending in _TEXT_NAMES else UnknownFormat(file, found=name)
    if ending == ".pdf":
        raise DamagedFile(file, where="PDFとしての始まりがない")
    if ending == ".docx":
        raise DamagedFile(file, where="Wordファイルとしての始まりがない")
    if ending in _HTML_NAMES or _OPENING_TAG.match(head.replace(b"\x00", b"")):
        return "html"
    return "md" if ending in _MARKDOWN_NAMES else "txt"


def _sniff_zip(data: bytes, file: str, ending: str) -> Format:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {name.lower() for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise DamagedFile(file, where="圧縮された中身の目録がない") from error
    if "word/document.xml" in names:
        return "docx"
    if ending == ".docx":
        raise DamagedFile(file, where="Wordの本文が入っていない")
    found = next((label for name, label in _ZIP_CONTENTS if name in names), "ZIP圧縮")
    raise NotText(file, found=found) if ending in _TEXT_NAMES else UnknownFormat(file, found=found)


def _old_office(data: bytes, file: str) -> NotText | PasswordProtected | UnknownFormat:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return PasswordProtected(file)
    if PurePath(file).suffix.lower() in _TEXT_NAMES:
        return NotText(file, found="古い形式のOffice文書")
    return UnknownFormat(file, found="古い形式のWordなどの文書")
