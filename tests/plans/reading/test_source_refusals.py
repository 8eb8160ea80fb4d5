import io
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hitotsu.plans import errors
from hitotsu.plans.reading.source import limits, load

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def zipped(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("plan.txt", b"", errors.EmptyFile),
        ("plan.md", " \n\u3000\n\t".encode(), errors.EmptyFile),
        ("plan.txt", "\ufeff".encode(), errors.EmptyFile),
        ("plan.html", b"<html><body><script>1</script></body></html>", errors.EmptyFile),
        ("plan.txt", PNG, errors.NotText),
        ("plan.txt", bytes(range(256)) * 8, errors.NotText),
        ("plan.txt", OLE, errors.NotText),
        ("plan.txt", zipped(other="x"), errors.NotText),
        ("plan.bin", PNG, errors.UnknownFormat),
        ("plan.xlsx", zipped(xl__workbook="x"), errors.UnknownFormat),
        ("plan.doc", OLE, errors.UnknownFormat),
        ("plan.rtf", b"{\\rtf1 text}", errors.UnknownFormat),
        ("plan.docx", OLE + "EncryptedPackage".encode("utf-16-le"), errors.PasswordProtected),
        ("plan.docx", b"PK\x03\x04 broken", errors.DamagedFile),
        ("plan.docx", "本文".encode(), errors.DamagedFile),
        ("plan.docx", zipped(word__document="<w:document"), errors.DamagedFile),
        ("plan.pdf", "本文".encode(), errors.DamagedFile),
        ("plan.pdf", b"%PDF-1.7\nnothing else", errors.DamagedFile),
        ("plan.html", ("<div>" * 5000 + "本文").encode(), errors.DamagedFile),
    ],
)
def test_each_bad_file_gets_one_sentence(
    tmp_path: Path, name: str, data: bytes, error: type[errors.UnreadableDocument]
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(error) as caught:
        load(path)
    assert type(caught.value) is error
    assert f"「{name}」" in str(caught.value)
    assert str(caught.value).endswith("ください。")


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(errors.FileNotReadable, match="見つからない"):
        load(tmp_path / "none.txt")
    with pytest.raises(errors.FileNotReadable, match="フォルダ"):
        load(tmp_path)


def test_a_file_above_the_limit_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    with path.open("wb") as stream:
        os.truncate(stream.fileno(), limits.MAX_FILE_BYTES + 1)
    with pytest.raises(errors.FileTooLarge, match=r"51MB.*50MB"):
        load(path)


def test_a_word_file_that_grows_too_much_is_refused_unopened(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<x/>")
        with archive.open("word/media/image.bmp", "w") as part:
            for _ in range(limits.MAX_UNPACKED_BYTES // (1 << 20) + 1):
                part.write(bytes(1 << 20))
    path = tmp_path / "plan.docx"
    path.write_bytes(out.getvalue())
    with pytest.raises(errors.ExpandsTooMuch, match="200MB"):
        load(path)


def test_every_error_has_its_own_code() -> None:
    kinds = errors.UnreadableDocument.__subclasses__()
    assert len({kind.code for kind in kinds}) == len(kinds)


STARTS = st.sampled_from(
    [b"", b"%PDF-1.4\n", b"PK\x03\x04", b"<html><body>", b"\xff\xfe", b"\xef\xbb\xbf", b"| a |\n|--|\n"]
)
NAMES = st.sampled_from(["a.txt", "a.md", "a.pdf", "a.docx", "a.html", "a", "a.xyz"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=NAMES, start=STARTS, rest=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(tmp_path: Path, name: str, start: bytes, rest: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(start + rest)
    source, refusal = None, ""
    try:
        source = load(path)
    except errors.PlanError as error:
        refusal = str(error)
    if source is None:
        assert refusal.endswith("ください。")
    else:
        assert any(line.strip() for line in source.lines)
        assert not any("\n" in line or "\r" in line for line in source.lines)
