from datetime import timedelta

import pytest

from hitotsu.faces.ngsi.grammar.temporal import parse_duration, parse_methods
from hitotsu.faces.ngsi.problems import BadRequestData


@pytest.mark.parametrize(
    ("text", "months", "time"),
    [
        ("PT10M", 0, timedelta(minutes=10)),
        ("PT1H30M", 0, timedelta(hours=1, minutes=30)),
        ("P1D", 0, timedelta(days=1)),
        ("P2W", 0, timedelta(weeks=2)),
        ("P1DT12H", 0, timedelta(days=1, hours=12)),
        ("PT0.5S", 0, timedelta(milliseconds=500)),
        ("PT0S", 0, timedelta()),
        ("P1M", 1, timedelta()),
        ("P1Y6M", 18, timedelta()),
    ],
)
def test_durations(text: str, months: int, time: timedelta) -> None:
    assert parse_duration(text) == (months, time)


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "1D", "P1H", "PT1D", "P-1D", "P1DT", "P1M1D", "P1.5D", "P1001Y", "P９D", "P999999D"],
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(BadRequestData):
        parse_duration(text)


def test_methods() -> None:
    known = frozenset({"avg", "max"})
    assert parse_methods("max, avg,max", known) == ("max", "avg")
    for text in (None, "", ",", "avg,median"):
        with pytest.raises(BadRequestData):
            parse_methods(text, known)
