import codecs
from pathlib import Path

import pytest

from hitotsu.plans import errors
from hitotsu.plans.reading.source import SourceText, load

TEXT = "第1章 総論\r\n本県の計画です。\n\n・取組を進めます。\n"
LINES = ("第1章 総論", "本県の計画です。", "", "・取組を進めます。")


def written(folder: Path, data: bytes, name: str = "plan.txt") -> SourceText:
    path = folder / name
    path.write_bytes(data)
    return load(path)


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode("utf-8"), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (TEXT.encode("cp932"), "cp932"),
        (TEXT.encode("euc_jp"), "euc-jp"),
        (TEXT.encode("iso2022_jp"), "iso-2022-jp"),
        (TEXT.encode("utf-16"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-32"), "utf-32-le"),
    ],
)
def test_every_japanese_encoding_gives_the_same_lines(tmp_path: Path, data: bytes, encoding: str) -> None:
    source = written(tmp_path, data)
    assert (source.lines, source.encoding, source.format) == (LINES, encoding, "txt")
    assert source.pages is None


@pytest.mark.parametrize("encoding", ["cp932", "euc_jis_2004"])
def test_signs_of_the_vendors_sets_are_read(tmp_path: Path, encoding: str) -> None:
    assert written(tmp_path, "①取組の見直しを進めます。".encode(encoding)).lines == (
        "①取組の見直しを進めます。",
    )


def test_only_line_breaks_part_lines(tmp_path: Path) -> None:
    text = "一\u2028行\x0b目\x85です\r二行目\n\n"
    assert written(tmp_path, text.encode()).lines == ("一\u2028行\x0b目\x85です", "二行目", "")


def test_a_form_feed_starts_a_page(tmp_path: Path) -> None:
    source = written(tmp_path, "一頁目\n\f二頁目\n本文\n\f\n三頁目\n".encode())
    assert source.lines == ("一頁目", "二頁目", "本文", "", "三頁目")
    assert (source.pages, source.page_starts) == (3, (1, 2, 5))


def test_a_markdown_table_becomes_tab_lines_in_place(tmp_path: Path) -> None:
    source = written(
        tmp_path, "表\n| 指標 | 値 |\n|:--|--:|\n| a\\|b | 1 |\n本文 | 続き\n".encode(), "plan.md"
    )
    assert source.format == "md"
    assert source.lines[1:4] == ("指標\t値", ":--\t--:", "a|b\t1")


def test_a_markdown_table_in_a_list_item(tmp_path: Path) -> None:
    source = written(tmp_path, "- | | |\n|--|--|\n| 甲野 | 座長 |\n".encode(), "plan.md")
    assert source.lines == ("\t", "--\t--", "甲野\t座長")


def test_a_pipe_without_a_line_of_dashes_is_text(tmp_path: Path) -> None:
    assert written(tmp_path, "県 | 市\n町 | 村\n".encode()).lines == ("県 | 市", "町 | 村")


def test_the_checksum_is_of_the_bytes(tmp_path: Path) -> None:
    first, second = written(tmp_path, TEXT.encode()), written(tmp_path, TEXT.encode("cp932"))
    assert len(first.sha256) == 64
    assert first.sha256 != second.sha256


def test_a_text_that_breaks_off_says_where(tmp_path: Path) -> None:
    with pytest.raises(errors.UnknownEncoding, match=r"「plan.txt」の2行目.*UTF-8"):
        written(tmp_path, "一行目\n二行目".encode()[:-1])


def test_an_odd_utf16_file_says_where(tmp_path: Path) -> None:
    with pytest.raises(errors.UnknownEncoding, match="UTF-16"):
        written(tmp_path, TEXT.encode("utf-16")[:-1])
