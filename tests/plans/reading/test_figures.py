import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitotsu.plans.reading.dates import narrow
from hitotsu.plans.reading.figures import find_figures
from hitotsu.plans.reading.structure import Compare, Figure


def read(text: str) -> list[Figure]:
    return find_figures([(text, (3, 4))])


def only(text: str) -> Figure:
    (figure,) = read(text)
    return figure


@pytest.mark.parametrize(
    ("text", "value", "text_value", "unit"),
    [
        ("年間約 17,000 時間の業務を削減しました。", 17000, "約17,000", "時間"),
        ("約1万5千件の問い合わせに対応しました。", 15000, "約1万5千", "件"),
        ("人口は約214万人です。", 2140000, "約214万", "人"),
        ("約4割の職員が回答しました。", 40, "約4割", "%"),
        ("３割５分が未対応です。", 35, "3割5分", "%"),
        ("約3分の1が未対応です。", 0.3333, "約3分の1", None),
        ("過半数が戻らないと回答しています。", None, "過半数", None),
        ("整備率は９９％以上となりました。", 99, "99以上", "%"),
        ("面積は3,078.78km²です。", 3078.78, "3,078.78", "km²"),
        ("面積は9,645.64平方キロメートルです。", 9645.64, "9,645.64", "km²"),
        ("避難地域12市町村で実施しました。", 12, "12", "市町村"),
        ("満足度は3.5ポイント上がりました。", 3.5, "3.5", "ポイント"),
        ("会議室19室に整備しました。", 19, "19", "室"),
        ("所要は1時間30分です。", 1.5, "1時間30分", "時間"),
        ("定員は50～100名です。", None, "50～100", "名"),
        ("予算は3億2,000万円です。", 320000000, "3億2,000万", "円"),
        ("対象期間は5年とします。", 5, "5", "年"),
        ("計画は5年間です。", 5, "5", "年"),
        ("担当者が一人以下の市町村があります。", 1, "一以下", "人"),
        ("財政力指数は0.62です。", 0.62, "0.62", None),
        ("収支は▲12億円です。", -1200000000, "▲12億", "円"),
        ("5つの部署で試行しました。", 5, "5", "部署"),
        ("6つの個別テーマで試行しました。", 6, "6", "つ"),
        ("片道一時間以上を要しています。", 1, "一以上", "時間"),
    ],
)
def test_a_number_with_its_unit(text: str, value: float | None, text_value: str, unit: str | None) -> None:
    figure = only(text)
    assert (figure.value, figure.text_value, figure.unit) == (value, text_value, unit)
    assert figure.lines == (3, 4)
    assert figure.text == text


@pytest.mark.parametrize(
    "text",
    [
        "令和7年12月17日に公表しました。",
        "会議は16時30分から行います。",
        "官民データ活用推進基本法（平成28年法律第103号）第9条に基づきます。",
        "計画【第5.0版】を踏まえます。",
        "Society5.0の実現を目指します。",
        "24時間体制で監視します。",
        "5Gと3次元モデルを活用します。",
        "人生100年時代を迎えます。",
        "電話 024-521-1111 まで御連絡ください。",
        "https://example.lg.jp/plan/12345件 を参照",
        "第2回会議を開きました。",
        "3番目の取組です。",
        "RPA<sup>3</sup>件名を登録します。",
        "## 2 市町村との連携",
        "「3 市町村の現状」を整理しました。",
        "指針1業務の見直し",
        "人口千人当たりの職員数を比べます。",
        "1人1台端末を配ります。",
        "L2/L3接続系を分離しました。",
        "10年前の調査です。",
        "甲野氏(57歳)が座長です。",
        "〒960-8670 福島市",
    ],
)
def test_what_is_no_figure(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "as_of"),
    [
        ("令和7（2025）年12月末時点で82.3%に達しました。", "2025-12-31"),
        ("令和6年度は3,486時間でした。", "FY2024"),
        ("2024年は13,164件でした。", "2024"),
        ("人口は1,163,606人（令和6年11月1日現在）です。", "2024-11-01"),
        ("令和2年度から研修を始め、延べ300人が受けました。", None),
        ("300人が受講しました。", None),
    ],
)
def test_the_date_of_a_figure(text: str, as_of: str | None) -> None:
    assert only(text).as_of == as_of


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("取得率100%を目指します。", "target"),
        ("令和12年度までに作成率100%の達成を目標としています。", "target"),
        ("令和7年度までに40を目標とします。", "target"),
        ("2040年には約145万人まで減少する見込みです。", "forecast"),
        ("最大12兆円の損失が生じると推計されています。", "forecast"),
        ("令和6年度は3,486時間でした。", "actual"),
        ("令和6年度末までに42業務に導入し、効率化しています。", "actual"),
        ("研修を年2回実施します。", None),
        ("対象期間は5年とします。", None),
    ],
)
def test_actual_target_or_forecast(text: str, kind: str | None) -> None:
    assert only(text).kind == kind


def test_a_comparison_in_brackets_belongs_to_the_figure_before() -> None:
    assert only("割合は76.9％（全国91.8％）です。").compare == Compare("全国", 91.8, "%", "less")
    assert only("82.3%(全国平均80.8%)に達しました。").compare == Compare("全国平均", 80.8, "%", "more")


def test_times_another_year() -> None:
    first, second, ratio = read("令和6年の件数は13,164件となり、平成27年の件数8,096件の約1.6倍となりました。")
    assert (first.as_of, second.as_of, ratio.as_of) == ("2024", "2015", "2024")
    assert ratio.compare == Compare("平成27年の件数8,096件", 8096, "件", "ratio")
    assert first.compare is None


def test_a_ratio_without_a_base_is_not_compared() -> None:
    assert only("約6倍の採用倍率でした。").compare is None


def test_a_rank() -> None:
    figure = only("直近では全国ワースト4位となりました。")
    assert (figure.value, figure.unit) == (4, "位")
    assert figure.compare == Compare("全国", None, None, "rank")


@pytest.mark.parametrize(
    ("text", "compare"),
    [
        ("2020年より約5万人少ない値です。", Compare("2020年", None, None, "less")),
        ("前年度に比べ12件増加しました。", Compare("前年度", None, None, "more")),
        ("45%で、全国平均を上回りました。", Compare("全国平均", None, None, "more")),
    ],
)
def test_more_or_less_than(text: str, compare: Compare) -> None:
    assert read(text)[0].compare == compare


def test_marks_are_taken_out_of_the_sentence() -> None:
    assert only("**42業務**にRPA<sup>3</sup>を導入しました。").text == "42業務にRPAを導入しました。"


@given(
    st.text(
        alphabet="0123456789.,万億千百人件%割分の約～（）()年月度末令和R第全国位倍 を目標より少な",
        max_size=60,
    )
)
def test_any_text_gives_figures_that_stand_in_it(text: str) -> None:
    for figure in read(text):
        assert figure.text == text.replace("**", "").strip()
        printed = "".join(narrow(figure.text).split())
        assert figure.text_value.strip("約以上")[:1] in printed
        assert figure.value is None or math.isfinite(figure.value)


@pytest.mark.parametrize(
    ("part", "count"), [("1", 0), ("1,000,", 0), ("1.", 0), ("約1万", 0), ("5人、", 20_000), ("http://a", 0)]
)
def test_a_hostile_line_is_read_to_its_end(part: str, count: int) -> None:
    assert len(read(part * 40_000)) == count


def test_an_arrow_leads_from_what_is_to_what_shall_be() -> None:
    figures = read("申請率　現状 18.2％（令和4年度）　→　目標 75％（令和10年度）")
    assert [(figure.value, figure.as_of, figure.kind) for figure in figures] == [
        (18.2, "FY2022", "actual"),
        (75, "FY2028", "target"),
    ]
