from datetime import date

import pytest
from tests.plans.reading.reader import read

from hitotsu.plans.reading.structure import Period


@pytest.mark.parametrize(
    ("text", "title", "organization"),
    [
        (
            "# みほん県DX推進戦略 (案)\n\n令和8（2026）年 月  \nみほん県\n\n## 第1 方針\n\n進めます。",
            "みほん県DX推進戦略 (案)",
            "みほん県",
        ),
        (
            "　　みほん県ＤＸ推進計画\n　～人をつなぐ社会へ～\n\n令和７年３月\nみ　ほ　ん　県\n\n第１章　方針\n\n進めます。",
            "みほん県ＤＸ推進計画",
            "みほん県",
        ),
        (
            "みほん市\nＩＣＴ基本計画\n２０２５－２０２９\n\n令和7年3月\n\n１．概要\n\n進めます。",
            "みほん市ＩＣＴ基本計画",
            "みほん市",
        ),
        (
            "みほん町のまちづくり方針\n\n令和５年４月\nみほん町企画財政課\n\nはじめに\n\n進めます。",
            "みほん町のまちづくり方針",
            "みほん町",
        ),
        (
            "# 計画（最終版）コピー.docx\n\nみほん村デジタル計画\n\n第１　方針\n\n進めます。",
            "みほん村デジタル計画",
            "みほん村",
        ),
    ],
)
def test_title_and_organisation(text: str, title: str, organization: str) -> None:
    document = read(text)
    assert (document.title, document.organization) == (title, organization)


@pytest.mark.parametrize(
    ("sentence", "start", "end"),
    [
        ("計画期間は、令和8（2026）年4月1日から令和13（2031）年3月31日までの5年間とします。", 2026, 2031),
        ("計画期間は、令和７年度から令和11年度までの５年間とします。", 2025, 2030),
        ("計画期間：R7〜R11", 2025, 2030),
        ("対象期間は2024年度(令和6年度)～2028年度(令和10年度)です。", 2024, 2029),
        ("計画期間は令和8〜12年度とします。", 2026, 2031),
        ("本計画は、令和4年度を初年度とし、令和8年度を目標年度とする5か年の計画です。", 2022, 2027),
    ],
)
def test_the_period_in_eras_and_western_years(sentence: str, start: int, end: int) -> None:
    document = read(
        f"# みほん県計画\n\n## 第1 策定\n\n前計画（2019年度～2020年度）を受けたものです。\n\n{sentence}\n"
    )
    assert document.period == Period(date(start, 4, 1), date(end, 3, 31))


def test_a_heading_about_the_period_makes_the_years_below_it_the_period() -> None:
    document = read("# みほん県計画\n\n## 1 期間\n\n2024年度～2028年度の5年間\n")
    assert document.period == Period(date(2024, 4, 1), date(2029, 3, 31))


@pytest.mark.parametrize(
    ("sentence", "dates"),
    [
        ("令和10（2028）年度に中間見直しを行います。", ["2028"]),
        ("本計画は、令和6年10月に中間評価の結果を公表します。", ["2024-10"]),
        ("令和６年度末に本計画を見直します。", ["2024"]),
        ("令和6年度に業務の見直しを行いました。", []),
    ],
)
def test_reviews_are_those_of_the_plan_itself(sentence: str, dates: list[str]) -> None:
    assert [review.date for review in read(f"# みほん県計画\n\n## 第1 策定\n\n{sentence}\n").reviews] == dates


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        ("みほん県本部会議 議事概要", "minutes"),
        ("みほん経営者会 講演資料", "slides"),
        ("優良事業事例", "report"),
        ("# 第1回みほん委員会\n\n## 次第", "papers"),
        ("# みほん県DX推進計画", "plan"),
    ],
)
def test_the_kind_of_document(first: str, kind: str) -> None:
    assert read(f"{first}\n\n令和5年5月10日\n\n本文です。\n").kind == kind
