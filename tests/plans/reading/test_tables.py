import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitotsu.plans.reading.structure import Table
from hitotsu.plans.reading.tables import find_tables


def only(text: str) -> Table:
    (table,) = find_tables(text.split("\n"))
    return table


def test_rows_header_title_and_notes_of_a_table() -> None:
    table = only(
        "表１ 市町村の人口\n\n区分\t人口\t高齢化率\n1 山川市\t12,345\t30.1%\n2 海野町\t678\t45.0%\n\n出典：住民基本台帳\n※速報値\n本文です。"
    )
    assert table.title == "表１ 市町村の人口"
    assert table.header == (("区分", "人口", "高齢化率"),)
    assert table.rows == (("1 山川市", "12,345", "30.1%"), ("2 海野町", "678", "45.0%"))
    assert table.notes == ("出典：住民基本台帳", "※速報値")
    assert table.lines == (3, 5)


@pytest.mark.parametrize(
    ("caption", "title"),
    [
        ("● 残業時間の平均(時間)", "残業時間の平均(時間)"),
        ("### ● 残業時間の平均", "残業時間の平均"),
        ("【推進の工程】", "推進の工程"),
        ("## 別表", "別表"),
        ("**図表2-1 一覧**", "図表2-1 一覧"),
        ("次のとおりです。", None),
    ],
)
def test_a_caption_loses_its_ornament(caption: str, title: str | None) -> None:
    assert only(f"{caption}\n\n年度\t件数\nR6\t10\nR7\t12").title == title


def test_an_aside_between_caption_and_table_is_a_note() -> None:
    table = only("■ 委員\n\n(五十音順、敬称略)\n\n番号\t氏名\n1\t甲野 一\n2\t乙川 二")
    assert table.title == "委員"
    assert table.notes == ("(五十音順、敬称略)",)


def test_a_header_of_two_levels() -> None:
    table = only(
        "\t職員数\tうち市内\t\tうち市外\t\n\t\t人数\t割合\t人数\t割合\n山川市\t10\t7\t70%\t3\t30%\n海野町\t4\t1\t25%\t3\t75%"
    )
    assert len(table.header) == 2
    assert [row[0] for row in table.rows] == ["山川市", "海野町"]


def test_years_under_a_spanning_head_are_header() -> None:
    table = only("以前\t最近\t\t参考\nH22\tR5\tR6\tR5\n13.3\t16.4\t15.5\t13.5")
    assert table.header[1] == ("H22", "R5", "R6", "R5")
    assert table.rows == (("13.3", "16.4", "15.5", "13.5"),)


def test_a_list_of_people_has_no_header() -> None:
    table = only("室長\t甲野 一\t(局長)\n副室長\t乙川 二\t\n主査\t丙山 三\t")
    assert table.header == ()
    assert len(table.rows) == 3


def test_a_table_goes_on_over_a_page_break() -> None:
    table = only("番号\t氏名\n1\t甲野\n2\t乙川\n\n\n- 12 -\n\n番号\t氏名\n3\t丙山")
    assert [row[0] for row in table.rows] == ["1", "2", "3"]
    assert table.lines == (1, 9)


def test_numbering_that_goes_on_joins_without_a_second_header() -> None:
    assert [row[0] for row in only("番号\t氏名\n1\t甲野\n2\t乙川\n\n\n\n3\t丙山\n4\t丁田").rows] == [
        "1",
        "2",
        "3",
        "4",
    ]


def test_a_continuation_mark_joins() -> None:
    assert len(only("区分\t内容\n研修\t年2回\n\n（続き）\n相談\t随時").rows) == 2


def test_two_tables_with_a_sentence_between_stay_two() -> None:
    tables = find_tables(["番号\t氏名", "1\t甲野", "", "次は職員です。", "", "番号\t氏名", "2\t乙川"])
    assert len(tables) == 2


def test_tables_of_different_width_stay_two() -> None:
    tables = find_tables(["番号\t氏名", "1\t甲野", "", "番号\t氏名\t所属", "2\t乙川\t市"])
    assert len(tables) == 2


def test_a_row_broken_over_lines_is_whole() -> None:
    table = only("番号\t氏名\t所属\n1\t甲野\t市\n2\t乙川\t県立\n大学\n3\t丙山\t県")
    assert table.rows[1] == ("2", "乙川", "県立 大学")
    broken = only("番号\t氏名\t所属\t備考\n1\t甲野\t市\t\n2\t乙川\t大学\nの研究科\t座長\n3\t丙山\t県\t")
    assert broken.rows[1] == ("2", "乙川", "大学 の研究科", "座長")
    assert broken.lines == (1, 5)


def test_a_row_without_its_last_empty_cells_is_filled_up() -> None:
    assert only("番号\t氏名\t備考\n1\t甲野\n2\t乙川\t座長").rows[0] == ("1", "甲野", "")


def test_remnants_of_markup_become_text() -> None:
    table = only(
        '\t開催日\t議事\n第1回\t5月\t<ul style="x"><li>概要</li><li>・予定</li></ul>\n<b>第2回</b>\t6月\t案<br>意見 &amp; 回答'
    )
    assert table.rows[0][2] == "・概要 ・予定"
    assert table.rows[1][0] == "第2回"
    assert table.rows[1][2] == "案 意見 & 回答"


def test_footnote_marks_and_angle_brackets_that_are_no_markup_stay() -> None:
    table = only("<事例>\t<関係者>\n会計<sup>3</sup>\t住民")
    assert table.header == (("<事例>", "<関係者>"),)
    assert table.rows == (("会計<sup>3</sup>", "住民"),)


def test_a_line_of_dashes_parts_header_from_rows() -> None:
    table = only("甲\t乙\n----\t----\n丙\t丁")
    assert table.header == (("甲", "乙"),)
    assert table.rows == (("丙", "丁"),)


def test_a_table_of_contents_is_no_table() -> None:
    assert (
        find_tables(["# 目次", "", "第1章 総論\t1", "1 趣旨\t2", "2 期間\t2", "", "", "第2章 各論\t5"]) == []
    )


def test_figures_in_ascending_order_are_still_a_table() -> None:
    assert len(only("市町村\t人数\n山川市\t10\n海野町\t20\n里村\t30").rows) == 3


def test_indented_text_is_no_table() -> None:
    assert find_tables(["\t本文が字下げされています。", "\t二行目です。"]) == []


CELLS = st.text(alphabet="あ1,%年①・<>b/ -", max_size=5)
LINES = st.one_of(st.just(""), CELLS, st.lists(CELLS, min_size=2, max_size=4).map("\t".join))


@given(st.lists(LINES, max_size=25))
def test_tables_stand_in_order_and_every_row_is_full(lines: list[str]) -> None:
    tables = find_tables(lines)
    ends = [place for table in tables for place in table.lines]
    assert ends == sorted(ends)
    for table in tables:
        assert 1 <= table.lines[0] <= table.lines[1] <= len(lines)
        assert table.rows
        assert len({len(row) for row in (*table.header, *table.rows)}) == 1
