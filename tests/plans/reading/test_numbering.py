import pytest

from hitotsu.plans.reading.numbering import read_number


@pytest.mark.parametrize(
    ("text", "label", "title", "ordinal"),
    [
        ("第１ 戦略の策定", "第1", "戦略の策定", 1),
        ("第２章　現状と課題", "第2章", "現状と課題", 2),
        ("第 ３ 章　は じ め に", "第3章", "は じ め に", 3),
        ("第十二節 窓口", "第十二節", "窓口", 12),
        ("Ⅳ 地域を変える", "Ⅳ", "地域を変える", 4),
        ("１．計画の概要", "1", "計画の概要", 1),
        ("2 対象期間", "2", "対象期間", 2),
        ("１－２　期間", "1-2", "期間", 2),
        ("3.1.2　問合せ", "3.1.2", "問合せ", 2),
        ("（１０） 議会", "(10)", "議会", 10),
        ("③ 移動", "③", "移動", 3),
        ("ウ 収入", "ウ", "収入", 3),
        ("（イ）様式", "(イ)", "様式", 2),
        ("a 六段目", "a", "六段目", 1),
        ("ⅱ 八段目", "ⅱ", "八段目", 2),
        ("基本目標１　雪の日", "基本目標1", "雪の日", 1),
        ("政策の柱２　都市経営", "政策の柱2", "都市経営", 2),
        ("施策(2)　冬の移動", "施策(2)", "冬の移動", 2),
        ("取組１－２－１　声の分析", "取組1-2-1", "声の分析", 1),
        ("プロジェクト3-2　子どもの発明", "プロジェクト3-2", "子どもの発明", 2),
    ],
)
def test_a_printed_number_is_read_in_half_width(text: str, label: str, title: str, ordinal: int) -> None:
    read = read_number(text)
    assert read is not None
    assert (read[0].label, read[1], read[0].ordinal) == (label, title, ordinal)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "行政のDX",
        "2026年度から",
        "13:30 開会",
        "3次元モデル",
        "12市町村の支援",
        "アプリの導入",
        "一人一台端末",
        "（仮称）会議",
        "第一線の職員",
    ],
)
def test_text_that_only_begins_like_a_number_is_none(text: str) -> None:
    assert read_number(text) is None


def test_words_with_numbers_of_different_depth_are_different_rows() -> None:
    upper, lower = read_number("施策1 手続"), read_number("施策1-1 様式")
    assert upper is not None
    assert lower is not None
    assert upper[0].style != lower[0].style
