"""Makers of files that a strategy reader must refuse, or must survive, with one clear sentence.

Every maker takes the directory to write into and gives the path of the file. Nothing is downloaded and nothing
outside the directory is touched. PDF encryption needs `pypdf[crypto]`, PDF text `reportlab` (both development dependencies).
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from docx import Document
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

Encoding = Literal["cp932", "euc_jp", "utf-16-le", "utf-16-be", "utf-8-sig", "iso2022_jp"]

MEBIBYTE = 1 << 20
BOMS: dict[str, bytes] = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}

# Only characters that every one of the encodings above can hold: no wave dash, no circled digits, no Roman numerals.
PLAN_LINES = (
    "こはる県デジタル推進計画",
    "",
    "令和8年3月",
    "こはる県",
    "",
    "第1章 計画の期間",
    "",
    "計画の期間は、令和8年度から令和12年度までの5年間とします。",
    "",
    "第2章 施策",
    "",
    "1 窓口の待ち時間をなくす",
    "",
    "【現状と課題】",
    "・窓口では平均25分お待ちいただいています。",
    "",
    "【主な取組】",
    "・来庁の予約を受け付け、書類を事前に用意します。",
)
PLAN_TEXT = "\n".join(PLAN_LINES) + "\n"
CANARY = "この文字列が読取結果にあれば外部の実体を読み込んでいる"

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONSHIPS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def _write(directory: Path, name: str, data: bytes) -> Path:
    path = directory / name
    path.write_bytes(data)
    return path


def plan_pdf_bytes() -> bytes:
    """A sound one-page PDF of `PLAN_LINES` with a text layer; the bad PDFs are made from it."""
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=True)
    canvas.setFont("HeiseiMin-W3", 11)
    for index, line in enumerate(PLAN_LINES):
        canvas.drawString(72, 770 - 20 * index, line)
    canvas.save()
    return buffer.getvalue()


def plan_docx_bytes() -> bytes:
    """A sound Word file of `PLAN_LINES`, one paragraph each; the bad Word files are made from it."""
    document = Document()
    for line in PLAN_LINES:
        document.add_paragraph(line)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def empty_file(directory: Path, extension: str = "txt") -> Path:
    """A file of 0 bytes."""
    return _write(directory, f"empty.{extension}", b"")


def blank_file(directory: Path) -> Path:
    """A text file that holds white space, a byte-order mark and form feeds only."""
    return _write(directory, "blank.txt", "\ufeff \u3000\r\n\f\n\t\n".encode())


def scanned_pdf(directory: Path, pages: int = 3) -> Path:
    """A PDF whose pages are one grey picture each, as a scanner gives them: no text layer, no fonts."""
    width, height = 85, 120
    pixels = zlib.compress(bytes(255 if (x * y) % 7 else 40 for y in range(height) for x in range(width)))
    draw = b"q 595 0 0 842 0 0 cm /Im0 Do Q"
    kids = " ".join(f"{4 + 2 * page} 0 R" for page in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {pages} /Kids [{kids}] >>".encode(),
        (
            f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray "
            f"/BitsPerComponent 8 /Filter /FlateDecode /Length {len(pixels)} >>\nstream\n"
        ).encode()
        + pixels
        + b"\nendstream",
    ]
    for page in range(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * page} 0 R "
            "/Resources << /XObject << /Im0 3 0 R >> >> >>".encode()
        )
        objects.append(f"<< /Length {len(draw)} >>\nstream\n".encode() + draw + b"\nendstream")
    data, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    data_end = (
        f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n"
    )
    return _write(directory, "scanned.pdf", data + f"{data_end}{len(data)}\n%%EOF\n".encode())


def password_pdf(directory: Path, password: str = "himitsu") -> Path:
    """A PDF (AES-256) that cannot be opened without the password."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(plan_pdf_bytes())))
    writer.encrypt(user_password=password, owner_password=password + "-owner", algorithm="AES-256")
    path = directory / "password.pdf"
    with path.open("wb") as stream:
        writer.write(stream)
    return path


def owner_locked_pdf(directory: Path) -> Path:
    """A PDF that forbids changes by an owner password but opens without one: not bad, it must be read."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(plan_pdf_bytes())))
    writer.encrypt(user_password="", owner_password="owner", algorithm="AES-256")
    path = directory / "owner_locked.pdf"
    with path.open("wb") as stream:
        writer.write(stream)
    return path


def huge_file(directory: Path, size: int = 200 * MEBIBYTE, extension: str = "txt") -> Path:
    """A sparse file of `size` bytes that takes no room on the disk and starts like a plan."""
    path = directory / f"huge.{extension}"
    with path.open("wb") as stream:
        stream.write(PLAN_TEXT.encode())
        stream.truncate(size)
    return path


def long_line(directory: Path, characters: int = 10_000_000) -> Path:
    """A text file of one line; readable, but slow for a reader whose patterns step back."""
    return _write(directory, "long_line.txt", ("第1章（" * (characters // 4)).encode())


def binary_text(directory: Path) -> Path:
    """Bytes of a picture's head and noise, with NUL bytes, under the name of a text file."""
    noise = bytes((index * 167 + index // 251 * 31) % 256 for index in range(8192))
    return _write(directory, "binary.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + noise)


def wrong_extension(directory: Path, extension: str) -> Path:
    """A sound PDF under another file name; the content must win over the name."""
    return _write(directory, f"really_a_pdf.{extension}", plan_pdf_bytes())


def encoded_text(directory: Path, encoding: Encoding, text: str = PLAN_TEXT, *, bom: bool = True) -> Path:
    """The text in another encoding (UTF-16 with its byte-order mark unless `bom` is false), CRLF line ends: to be read."""
    head = BOMS.get(encoding, b"") if bom else b""
    return _write(directory, f"plan_{encoding}.txt", head + text.replace("\n", "\r\n").encode(encoding))


def mixed_encoding(directory: Path) -> Path:
    """Half CP932 and half UTF-8, as careless joining gives it: no encoding fits the whole."""
    return _write(directory, "mixed.txt", PLAN_TEXT.encode("cp932") + PLAN_TEXT.encode("utf-8"))


def _raw_zip(entries: list[tuple[str, bytes, int, int]]) -> bytes:
    """A zip of already deflated entries: (name, deflated data, CRC-32, size that the directory claims)."""
    body, directory = b"", b""
    for name, deflated, crc, size in entries:
        common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, crc, len(deflated), size, len(name), 0)
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + common
        directory += struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name.encode()
        body += b"PK\x03\x04" + common + name.encode() + deflated
    end = struct.pack("<HHHHIIH", 0, 0, len(entries), len(entries), len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + end


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def docx_bomb(directory: Path, uncompressed: int = 1 << 30, *, honest: bool = True) -> Path:
    """A Word file of about a megabyte whose main part unpacks to `uncompressed` bytes.

    With `honest=False` the zip directory claims that the part has 1,000 bytes, so that a check of the claim alone is fooled.
    """
    head = f'<?xml version="1.0"?><w:document xmlns:w="{_WORD}"><w:body><w:p><w:r><w:t>'.encode()
    tail = b"</w:t></w:r></w:p></w:body></w:document>"
    chunk = b"a" * MEBIBYTE
    repeats = (uncompressed - len(head) - len(tail)) // MEBIBYTE
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush each block stands alone, so one packed block can be repeated instead of packing a gigabyte.
    block = packer.compress(chunk) + packer.flush(zlib.Z_FULL_FLUSH)
    data += block * repeats + packer.compress(tail) + packer.flush()
    crc = zlib.crc32(head)
    for _ in range(repeats):
        crc = zlib.crc32(chunk, crc)
    crc = zlib.crc32(tail, crc)
    size = len(head) + len(tail) + repeats * MEBIBYTE if honest else 1000
    parts = [("[Content_Types].xml", _CONTENT_TYPES), ("_rels/.rels", _RELATIONSHIPS)]
    entries = [
        (name, _deflated(xml.encode()), zlib.crc32(xml.encode()), len(xml.encode())) for name, xml in parts
    ]
    entries.append(("word/document.xml", data, crc, size))
    return _write(directory, "bomb.docx" if honest else "lying_bomb.docx", _raw_zip(entries))


def truncated_docx(directory: Path) -> Path:
    """The first half of a Word file: the zip directory at the end is missing."""
    data = plan_docx_bytes()
    return _write(directory, "truncated.docx", data[: len(data) // 2])


def truncated_pdf(directory: Path) -> Path:
    """The first half of a PDF: cross-reference table and most objects are missing."""
    data = plan_pdf_bytes()
    return _write(directory, "truncated.pdf", data[: len(data) // 2])


def zip_named_docx(directory: Path) -> Path:
    """A sound zip that holds no Word document, under the name of one."""
    path = directory / "archive.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", PLAN_TEXT)
    return path


def encrypted_docx(directory: Path) -> Path:
    """The head of a password-protected Word file (an OLE container, as Office writes it)."""
    name = "EncryptedPackage".encode("utf-16-le").ljust(64, b"\0")
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + name * 16
    return _write(directory, "password.docx", data)


def docx_with_entity(directory: Path) -> Path:
    """A Word file whose XML names a file beside it as an external entity; `CANARY` must not come out."""
    secret = _write(directory, "secret_docx.txt", CANARY.encode())
    xml = (
        f'<?xml version="1.0"?><!DOCTYPE w:document [<!ENTITY leak SYSTEM "{secret.as_uri()}">]>'
        f'<w:document xmlns:w="{_WORD}"><w:body><w:p><w:r><w:t>こはる県計画&leak;</w:t></w:r></w:p></w:body></w:document>'
    )
    path = directory / "entity.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _CONTENT_TYPES)
        archive.writestr("_rels/.rels", _RELATIONSHIPS)
        archive.writestr("word/document.xml", xml)
    return path


def html_with_script_and_entity(directory: Path) -> Path:
    """A page with scripts, styles, things to fetch and an external entity: readable, but only its visible text.

    Neither `CANARY` nor the words 見えない章 may come out, and nothing may be fetched.
    """
    secret = _write(directory, "secret_html.txt", CANARY.encode())
    page = f"""<!DOCTYPE html [<!ENTITY leak SYSTEM "{secret.as_uri()}">]>
<html lang="ja"><head><meta charset="utf-8"><title>こはる県計画</title>
<meta http-equiv="refresh" content="0;url=http://192.0.2.1/">
<link rel="stylesheet" href="http://192.0.2.1/style.css"><style>h1::after {{ content: "見えない章" }}</style>
<script>document.write("<h2>第9章 見えない章</h2>")</script></head>
<body onload="alert(1)"><h1>こはる県計画</h1>
<iframe src="{secret.as_uri()}"></iframe><object data="{secret.as_uri()}"></object>
<img src="http://192.0.2.1/pixel.png" alt=""><template><h2>第8章 見えない章</h2></template>
<noscript><h2>第7章 見えない章</h2></noscript><!-- <h2>第6章 見えない章</h2> -->
<h2>第1章 計画の期間</h2><p>令和8年度から令和12年度までとします。&leak;</p></body></html>
"""
    return _write(directory, "script_and_entity.html", page.encode())


def entity_expansion_html(directory: Path) -> Path:
    """Ten levels of entities that would expand to ten thousand million words."""
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 11))
    page = f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY e0 "計画">{levels}]><html><body><p>&e10;</p></body></html>'
    return _write(directory, "expansion.html", page.encode())


REFUSED: dict[str, Callable[[Path], Path]] = {
    "empty": empty_file,
    "blank": blank_file,
    "scanned pdf": scanned_pdf,
    "password pdf": password_pdf,
    "huge": huge_file,
    "binary named txt": binary_text,
    "docx bomb": docx_bomb,
    "lying docx bomb": lambda directory: docx_bomb(directory, honest=False),
    "truncated docx": truncated_docx,
    "truncated pdf": truncated_pdf,
    "zip named docx": zip_named_docx,
    "password docx": encrypted_docx,
}
