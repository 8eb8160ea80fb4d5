from hypothesis import given
from hypothesis import strategies as st

from hitotsu.plans.editions import Entry, Outcome, compare, likeness, match, normalised

SNOW = "除雪車の位置を地図で見られるようにします。\n県民からの通報を受け付けます。"
CHILD = "健診と予防接種の案内を時期に合わせて届けます。"
BUS = "路線バスの時刻表をオープンデータで公開します。"
DESK = "窓口で書かずに手続きできるようにします。"


def entry(
    key: int, title: str, text: str, *, number: tuple[str, ...] = (), path: tuple[str, ...] = ("暮らし",)
) -> Entry:
    return Entry(key, number, path, title, text)


def kinds(old: list[Entry], new: list[Entry]) -> list[Outcome]:
    return compare(old, new, {found.new: found.old for found in match(old, new)})


def test_the_same_initiative_is_kept() -> None:
    assert kinds([entry(1, "除雪の見える化", SNOW)], [entry(11, "除雪の見える化", SNOW)]) == [
        Outcome("kept", 1, 11)
    ]


def test_width_and_spaces_are_no_change() -> None:
    old, new = entry(1, "ＤＸ人材の育成", "ＡＩ を学びます。"), entry(2, "DX人材の育成", "AIを学びます。")
    assert kinds([old], [new]) == [Outcome("kept", 1, 2)]


def test_other_words_under_the_same_title_are_a_revision() -> None:
    assert kinds(
        [entry(1, "除雪の見える化", SNOW)], [entry(2, "除雪の見える化", SNOW + "\n危険な場所を示します。")]
    ) == [Outcome("revised", 1, 2)]


def test_another_title_over_the_same_text_is_a_renaming() -> None:
    assert kinds([entry(1, "除雪の見える化", SNOW)], [entry(2, "除雪状況の見える化と通報", SNOW)]) == [
        Outcome("renamed", 1, 2)
    ]


def test_another_field_is_a_move() -> None:
    old, new = entry(1, "除雪の見える化", SNOW), entry(2, "除雪の見える化", SNOW, path=("防災",))
    assert kinds([old], [new]) == [Outcome("moved", 1, 2)]


def test_what_shares_nothing_ended_and_began() -> None:
    assert kinds([entry(1, "除雪の見える化", SNOW)], [entry(2, "子育ての案内", CHILD)]) == [
        Outcome("new", None, 2),
        Outcome("ended", 1, None),
    ]


def test_a_part_with_its_own_title_is_a_split() -> None:
    old = [entry(1, "暮らしの窓口", f"{DESK}\n{CHILD}")]
    new = [entry(2, "暮らしの窓口", DESK), entry(3, "健診と予防接種の案内", CHILD)]
    assert kinds(old, new) == [Outcome("revised", 1, 2), Outcome("split", 1, 3)]


def test_what_went_into_another_one_is_merged() -> None:
    old = [entry(1, "書かない窓口", DESK), entry(2, "バスのオープンデータ", BUS)]
    new = [entry(3, "書かない窓口", f"{DESK}\n{BUS}")]
    assert kinds(old, new) == [Outcome("revised", 1, 3), Outcome("merged", 2, 3)]


def test_two_that_carry_on_one_by_hand_are_its_parts() -> None:
    old = [entry(1, "暮らしの窓口", f"{DESK}\n{CHILD}")]
    new = [entry(2, "窓口", DESK), entry(3, "案内", CHILD)]
    assert compare(old, new, {2: 1, 3: 1}) == [Outcome("split", 1, 2), Outcome("split", 1, 3)]


def test_a_better_forerunner_wins() -> None:
    old = [entry(1, "AIの活用", "議事録をAIで作ります。"), entry(2, "RPAの活用", "定型業務をRPAで行います。")]
    new = [entry(3, "RPAの活用", "定型業務をRPAで行います。"), entry(4, "AIの活用", "議事録をAIで作ります。")]
    assert {(found.new, found.old) for found in match(old, new)} == {(3, 2), (4, 1)}


TEXTS = st.text(alphabet="あいうえお漢字除雪道路ABC。 ", max_size=40)


@given(TEXTS, TEXTS)
def test_likeness_is_symmetric_and_between_nothing_and_one(left: str, right: str) -> None:
    assert likeness(left, right) == likeness(right, left)
    assert 0 <= likeness(left, right) <= 1
    if normalised(left):
        assert likeness(left, left) == 1


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=8), st.lists(st.tuples(TEXTS, TEXTS), max_size=8))
def test_nothing_is_lost_or_invented(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> None:
    before = [entry(index, title, text) for index, (title, text) in enumerate(old)]
    after = [entry(100 + index, title, text) for index, (title, text) in enumerate(new)]
    outcomes = kinds(before, after)
    assert [outcome.new for outcome in outcomes if outcome.kind not in ("ended", "merged")] == [
        e.id for e in after
    ]
    told = {outcome.old for outcome in outcomes if outcome.old is not None}
    assert told == {e.id for e in before}
