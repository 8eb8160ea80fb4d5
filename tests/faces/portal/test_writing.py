from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from hitotsu.faces.templatetags.hitotsu import long_date, number, period, tidy


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("Ａ Ｉの活用", "AIの活用"),
        ("D X推進", "DX推進"),
        ("県のＤＸ", "県のDX"),
        ("Ｉ ｏ Ｔ", "IoT"),
        ("G　I　G　A スクール", "GIGA スクール"),
        ("Web API", "Web API"),
        ("a plan A B test", "a plan A B test"),
        ("令 和 ８ 年", "令 和 ８ 年"),
        ("第１　ＡＩ", "第１　AI"),
    ],
)
def test_tidy_closes_gaps_in_latin_words_only(printed: str, shown: str) -> None:
    assert tidy(printed) == shown


@given(st.text(st.characters(min_codepoint=0x3000, max_codepoint=0x9FFF)))
def test_tidy_never_changes_japanese(text: str) -> None:
    assert tidy(text) == text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2026, 4, 1), "令和8年4月1日（2026年）"),
        (date(2019, 5, 1), "令和元年5月1日（2019年）"),
        (date(2019, 4, 30), "平成31年4月30日（2019年）"),
        ("1989-01-07", "昭和64年1月7日（1989年）"),
        ("2019", "令和元年（2019年）"),
        ("2019-04", "平成31年4月（2019年）"),
        ("FY2024", "令和6年度（2024年度）"),
        ("2020-01-01", "令和2年1月1日（2020年）"),
        (datetime(2025, 12, 31, 15, 0, tzinfo=UTC), "令和8年1月1日（2026年）"),
        ("1850", "1850年"),
        ("震災前", "震災前"),
        ("2025-02-30", "2025-02-30"),
        ("2025-13", "2025-13"),
        ("0000", "0000"),
        (None, ""),
        ("", ""),
    ],
)
def test_dates_are_written_in_both_calendars(value: object, shown: str) -> None:
    assert long_date(value) == shown


def test_dates_in_english() -> None:
    with translation.override("en"):
        assert long_date(date(2026, 4, 1)) == "1 April 2026"
        assert long_date("2026-04") == "April 2026"
        assert long_date("FY2026") == "fiscal year 2026"


def test_period_may_be_open() -> None:
    assert (
        period(SimpleNamespace(period_start=date(2026, 4, 1), period_end=None)) == "令和8年4月1日（2026年）～"
    )
    assert period(SimpleNamespace(period_start=None, period_end=None)) == ""


@pytest.mark.parametrize(
    ("value", "shown"), [(118322, "118,322"), (24.6, "24.6"), (3000.0, "3,000"), (0, "0"), (None, "")]
)
def test_numbers(value: float | None, shown: str) -> None:
    assert number(value) == shown
