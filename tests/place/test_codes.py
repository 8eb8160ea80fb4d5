import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitotsu.place import codes
from hitotsu.place.errors import InvalidCode

prefectures = st.integers(1, 47).map(lambda number: f"{number:02}")
municipalities = st.integers(100, 999).map(lambda number: f"{number:03}")
five_digits = st.builds(str.__add__, prefectures, st.one_of(st.just("000"), municipalities))


@pytest.mark.parametrize(
    ("five", "six"),
    [("07000", "070009"), ("07202", "072028"), ("01100", "011002"), ("13101", "131016"), ("47382", "473821")],
)
def test_the_check_digit_is_the_official_one(five: str, six: str) -> None:
    assert codes.with_check_digit(five) == six
    assert codes.is_valid(six)


def test_every_published_code_is_valid(reference: Path) -> None:
    with (reference / "data" / "boundaries" / "localgovjp-utf8.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        published = [(row["cid"], row["lgcode"]) for row in csv.DictReader(file)]
    assert len(published) > 1_700
    assert [six for _, six in published if not codes.is_valid(six)] == []
    assert [six for five, six in published if codes.read_code(five) != six] == []


@given(five_digits)
def test_five_digits_and_six_digits_are_one_code(five: str) -> None:
    six = codes.with_check_digit(five)
    assert codes.read_code(five) == codes.read_code(six) == six
    assert six[:5] == five


@given(five_digits, st.integers(0, 5), st.integers(1, 9))
def test_one_wrong_digit_never_gives_a_different_valid_code_except_where_eleven_folds_onto_ten(
    five: str, place: int, by: int
) -> None:
    six = codes.with_check_digit(five)
    wrong = six[:place] + str((int(six[place]) + by) % 10) + six[place + 1 :]
    weights = (6, 5, 4, 3, 2)
    remainders = {sum(int(d) * w for d, w in zip(c[:5], weights, strict=True)) % 11 for c in (six, wrong)}
    # 11 and 1 are both written 1: only those two remainders can be taken for each other.
    assert not codes.is_valid(wrong) or remainders == {0, 10}


@given(five_digits.filter(lambda five: five.startswith("0")))
def test_a_lost_leading_zero_comes_back(five: str) -> None:
    six = codes.with_check_digit(five)
    assert codes.read_code(five[1:]) == six
    assert codes.read_code(int(five)) == six


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("０７２０２８", "072028"),
        (" 072028 ", "072028"),
        ("72028", "072028"),
        (72028, "072028"),
        ("7202.0", "072028"),
        (7000, "070009"),
    ],
)
def test_cells_as_spreadsheets_leave_them(value: str | int, code: str) -> None:
    assert codes.read_code(value) == code


def test_text_that_can_be_read_two_ways_keeps_its_zeros_and_a_number_is_refused() -> None:
    assert codes.read_code("12106") == "121061"
    with pytest.raises(InvalidCode, match="121061 とも 012106 とも"):
        codes.read_code(12106)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "abc",
        "072020",
        "480000",
        "070504",
        "00000",
        "1",
        "0720281",
        "07-202",
        True,
        -1,
        pytest.param(10**400, id="huge"),
        "٠٧٢٠٢",
    ],
)
def test_what_is_no_code_is_refused_with_a_sentence(value: str | int) -> None:
    with pytest.raises(InvalidCode) as caught:
        codes.read_code(value)
    assert str(caught.value).endswith("。")
    assert caught.value.code == "invalid_code"


@given(st.text(max_size=8))
def test_any_text_is_a_valid_code_or_refused(text: str) -> None:
    try:
        code = codes.read_code(text)
    except InvalidCode:
        return
    assert codes.is_valid(code)


def test_the_prefecture_of_a_municipality() -> None:
    assert codes.prefecture_of("072028") == "070009"
    assert codes.is_prefecture("070009")
    assert not codes.is_prefecture("072028")
