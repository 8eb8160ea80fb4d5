from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitotsu.plans.reading.source import load
from hitotsu.plans.reading.source.html import read_html


def lines(body: str) -> list[str]:
    return [
        line for line in read_html(f"<html><body>{body}</body></html>".encode(), "plan.html").lines if line
    ]


def test_headings_paragraphs_and_breaks() -> None:
    body = "<h1>計画</h1><h3>1 趣旨</h3><p>本文\n  です。<br>次の行</p>"
    assert lines(body) == ["# 計画", "### 1 趣旨", "本文です。", "次の行"]


def test_lists_with_depth_and_numbers() -> None:
    body = "<ul><li>親<ul><li>子</li></ul></li><li>・隣</li></ul><ol start='3' type='a'><li>三</li><li value='9'>九</li></ol>"
    assert lines(body) == ["- 親", "  - 子", "- 隣", "c. 三", "i. 九"]


def test_tables_with_spans_and_caption() -> None:
    body = (
        "<table><caption>表1</caption><tr><th rowspan=2>区分<th colspan=2>値</tr>"
        "<tr><th>R6<th>R7</tr><tr><td>件数<td>1<br>2<td><ul><li>甲<li>乙</ul></tr></table>"
    )
    assert lines(body) == ["表1", "区分\t値\t", "\tR6\tR7", "件数\t1 2\t・甲 ・乙"]


def test_a_table_that_only_places_text_is_text() -> None:
    assert lines("<table><tr><td><h2>題</h2><p>本文</p></td></tr></table>") == ["## 題", "本文"]


def test_footnotes_and_powers() -> None:
    body = (
        "<p>生成AI<sup><a href='#f1'>1</a></sup>を10km<sup>2</sup>で使う。</p>"
        "<ol><li id='f1'>生成AI：作る技術 <a href='#r1'>↩</a></li></ol>"
    )
    assert lines(body) == ["生成AI<sup>1</sup>を10km²で使う。", "<sup>1</sup> 生成AI：作る技術"]


def test_scripts_styles_hidden_parts_and_menus_are_left_out() -> None:
    body = (
        "<nav>献立</nav><script>alert(1)</script><style>p{}</style><p hidden>隠し</p>"
        "<p style='display: none'>隠し</p><ruby>会津<rt>あいづ</rt></ruby>です"
    )
    assert lines(body) == ["会津です"]
    assert read_html(f"<body>{body}".encode(), "plan.html").furniture == 1


def test_only_the_main_part_is_read() -> None:
    assert lines("<div>見出し画像</div><main><p>本文</p></main><footer>住所</footer>") == ["本文"]


def test_the_title_of_the_page_heads_a_page_without_heading() -> None:
    page = "<html><head><title>県の計画</title></head><body><p>本文</p></body></html>"
    assert read_html(page.encode(), "plan.html").lines[0] == "# 県の計画"


@pytest.mark.parametrize(
    ("encoding", "name"), [("cp932", "Shift_JIS"), ("euc_jp", "EUC-JP"), ("utf-8", "UTF-8")]
)
def test_the_declared_encoding_is_followed(encoding: str, name: str) -> None:
    page = f"<html><head><meta charset='{name}'></head><body><p>県の計画です</p></body></html>"
    assert read_html(page.encode(encoding), "plan.html").lines == ("県の計画です",)


def test_a_wrong_declaration_does_not_matter() -> None:
    page = "<html><head><meta charset='utf-8'></head><body><p>県の計画です</p></body></html>"
    assert read_html(page.encode("cp932"), "plan.html").lines == ("県の計画です",)


def test_no_file_outside_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("秘密")
    page = tmp_path / "plan.html"
    page.write_text(
        f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">]><html><body><p>本文&x;</p></body></html>'
    )
    text = "".join(load(page).lines)
    assert text.startswith("本文")
    assert "秘密" not in text
    assert "]>" not in text


TAGS = st.sampled_from(["<p>", "</p>", "<ul>", "<li>", "</ul>", "<table>", "<tr>", "<td colspan=9>", "</table>", "<h2>", "</h2>",
                        "<sup>", "</sup>", "<br>", "<pre>", "</pre>", "<nav>", "本文", " ", "\n", "\t"])  # fmt: skip


@given(st.lists(TAGS, max_size=30).map("".join))
def test_any_markup_gives_clean_lines(body: str) -> None:
    for line in lines(body):
        assert line.strip("\t ") or "\t" in line
        assert "\n" not in line
