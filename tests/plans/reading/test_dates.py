from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitotsu.plans.reading.dates import find_dates, find_ranges, find_years, fiscal_year_range, parse_date


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("令和7（2025）年12月末時点", "2025-12-31"),
        ("令和７年１２月１７日", "2025-12-17"),
        ("2025(令和7)年12月17日 総務省", "2025-12-17"),
        ("令和元年5月1日", "2019-05-01"),
        ("平成元（1989）年", "1989"),
        ("昭和63年4月", "1988-04"),
        ("令和6年度の実績", "FY2024"),
        ("令和8(2026)年度", "FY2026"),
        ("令和8年度（2026年度）", "FY2026"),
        ("2026年度（令和8年度）", "FY2026"),
        ("令和7（2025）年度末まで", "2026-03-31"),
        ("令和5年末", "2023-12-31"),
        ("R3.8.24現在", "2021-08-24"),
        ("（R2.1.1 住基）", "2020-01-01"),
        ("R8年度", "FY2026"),
        ("H29", "2017"),
        ("2023.5.10 資料", "2023-05-10"),
        ("2025/12/31", "2025-12-31"),
        ("二〇二二年三月十一日", "2022-03-11"),
        ("令和六年十二月", "2024-12"),
        ("令和2年（2020年）3月", "2020-03"),
        ("平成 28（2016）年", "2016"),
        ("令和6年2月29日", "2024-02-29"),
        ("S60年", "1985"),
    ],
)
def test_a_date_is_read_as_far_as_it_is_given(text: str, wanted: str) -> None:
    when = parse_date(text)
    assert when is not None
    assert when.iso() == wanted


@pytest.mark.parametrize(
    "text",
    [
        "職員数は2020人",
        "L2/L3接続系",
        "平成50年",
        "水素H2の利用",
        "13月1日",
        "電話 024-521-2025",
        "AES-256",
        "13,2020件",
        "",
    ],
)
def test_what_is_no_date_is_not_read_as_one(text: str) -> None:
    assert parse_date(text) is None


def test_same_year_and_same_month_refer_to_the_date_before() -> None:
    found = find_dates("令和3（2021）年5月に公布され、同年9月1日に設置、同月26日に公表、同年度に改定")
    assert [when.iso() for when in found] == ["2021-05", "2021-09-01", "2021-09-26", "FY2021"]


def test_same_year_without_a_date_before_is_left_alone() -> None:
    assert find_dates("同年9月1日に設置") == []


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("令和8（2026）年4月1日から令和13（2031）年3月31日まで", "2026-04-01", "2031-03-31"),
        ("令和8〜12年度", "FY2026", "FY2030"),
        ("令和８年度～令和１２年度", "FY2026", "FY2030"),
        ("令和8(2026)～12(2030)年度", "FY2026", "FY2030"),
        ("2026～2030年度", "FY2026", "FY2030"),
        ("R8～R12年度", "FY2026", "FY2030"),
        ("2019年度から2023年度までの5年間", "FY2019", "FY2023"),
        ("総合計画（2022▶2030）", "2022", "2030"),
        ("令和7年7月10日～10月10日", "2025-07-10", "2025-10-10"),
        ("H23~R1年度の推移", "FY2011", "FY2019"),
    ],
)
def test_a_span_of_years_has_two_ends(text: str, first: str, last: str) -> None:
    (pair,) = find_ranges(text)
    assert (pair[0].iso(), pair[1].iso()) == (first, last)


def test_two_dates_that_only_stand_beside_each_other_are_no_span() -> None:
    assert find_ranges("令和6年度に策定し、令和8年度に見直す") == []


def test_a_span_that_runs_backwards_is_no_span() -> None:
    assert find_ranges("令和8年度から令和5年度") == []


def test_an_era_year_that_disagrees_with_its_western_year_is_marked() -> None:
    when = parse_date("令和7（2024）年")
    assert when is not None
    assert (when.year, when.disputed) == (2025, True)


def test_years_are_named_once_in_order() -> None:
    assert find_years("令和10（2028）年度に見直し、2026年から2028年まで") == [2028, 2026]


def test_a_fiscal_year_runs_from_april_to_march() -> None:
    assert fiscal_year_range(2026, 2030) == (date(2026, 4, 1), date(2031, 3, 31))
    when = parse_date("令和8年度")
    assert when is not None
    assert (when.first_day(), when.last_day()) == (date(2026, 4, 1), date(2027, 3, 31))


@given(st.dates(min_value=date(2019, 5, 1), max_value=date(2099, 12, 31)), st.booleans())
def test_era_and_western_writing_give_the_same_date(day: date, wide: bool) -> None:
    era = f"令和{day.year - 2018}年{day.month}月{day.day}日"
    if wide:
        era = era.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    when = parse_date(era)
    west = parse_date(f"{day.year}年{day.month}月{day.day}日")
    assert when is not None
    assert west is not None
    assert when.iso() == west.iso() == day.isoformat()


@given(st.text(alphabet="令和平成元年度月日末同R H0123456789（）()～.-/から", max_size=60))
def test_any_text_gives_dates_in_order_within_the_text(text: str) -> None:
    found = find_dates(text)
    places = [place for when in found for place in (when.start, when.end)]
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)
    assert all(when.first_day() <= when.last_day() for when in found)
