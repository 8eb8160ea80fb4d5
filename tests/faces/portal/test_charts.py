from decimal import Decimal

import pytest

from hitotsu.faces.portal.charts import BAR_LENGTH, comparisons, series
from hitotsu.faces.portal.explaining import explain
from hitotsu.plans.queries import Figure, Term


def figure(value: float | None, text: str, other: float | None, relation: str, unit: str = "%") -> Figure:
    compare = {"with": "全国", "value": other, "unit": unit, "relation": relation}
    return Figure(0, value, "", unit, None, "actual", compare, text, (1, 1))


@pytest.mark.parametrize(
    ("one", "drawn"),
    [
        (figure(82.3, "82.3％で全国の80.8％を上回る", 80.8, "more"), True),
        (figure(35.1, "全国平均の48.6％より低い35.1％", 48.6, "less"), True),
        (figure(29, "小中学校41校のうち29校", 41, "ratio", "校"), True),
        (figure(14300, "14,300件で、前年度より1,900件増えた", 1900, "more", "件"), False),
        (figure(10, "30人減って10人", 30, "less", "人"), False),
        (figure(82.4, "82.4％で14.1％の増", 14.1, "more"), False),
        (figure(82.3, "全国を80.8％とする", 80.8, "less"), False),
        (figure(82.3, "どこにも書いていない", 80.8, "more"), False),
        (figure(None, "全国の80.8％", 80.8, "more"), False),
        (figure(2, "全国2位", 2, "rank", "位"), False),
    ],
)
def test_only_two_levels_of_one_unit_are_drawn(one: Figure, drawn: bool) -> None:
    assert bool(comparisons([one])) is drawn


def test_bars_are_in_proportion() -> None:
    (chart,) = comparisons([figure(50, "全国の100％に対し50％", 100, "less")])
    assert [bar.length for bar in chart.bars] == [BAR_LENGTH / 2, BAR_LENGTH]


def test_each_place_has_its_own_scale_and_missing_is_drawn_as_missing() -> None:
    rows = [
        ("北町", "1", [("2020", Decimal(100), False), ("2040", None, True)]),
        ("南町", "2", [("2020", Decimal(50), False), ("2040", Decimal(25), True)]),
    ]
    north, south = series(rows)
    assert [bar.length for bar in south.bars] == [BAR_LENGTH, BAR_LENGTH / 2]
    assert [bar.dashed for bar in south.bars] == [False, True]
    assert (north.bars[1].value, north.bars[1].length) == (None, 0)
    assert series([("北町", "1", [("2020", None, False)])]) == []


def test_only_the_first_use_of_a_word_is_marked_and_the_longer_word_wins() -> None:
    short, long = Term(0, "1", "Ｄ Ｘ", "変える", (1, 1)), Term(1, "2", "ＤＸ推進", "進める", (1, 1))
    status, actions = explain((["県のＤＸ推進"], ["ＤＸとＤＸ"]), [short, long])[0:2]
    assert [(piece.text, piece.term) for piece in status[0]] == [("県の", None), ("DX推進", long)]
    assert [(piece.text, piece.term) for piece in actions[0]] == [("DX", short), ("とDX", None)]
