import pytest

from hitotsu.plans.reading.labels import Role, bare, labelled, role_of


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("【現状・課題等】", Role.STATUS),
        ("現状と課題", Role.STATUS),
        ("現　状", Role.STATUS),
        ("〔現状・課題〕", Role.STATUS),
        ("これまでの取組と成果", Role.STATUS),
        ("これまでの取組", Role.STATUS),
        ("【取組内容】", Role.ACTIONS),
        ("主な取組", Role.ACTIONS),
        ("具体的な取組", Role.ACTIONS),
        ("＜今後の取組＞", Role.ACTIONS),
        ("これからの取組", Role.ACTIONS),
        ("施策の内容", Role.ACTIONS),
        ("【取組の方向性・目指す成果】", Role.DIRECTION),
        ("施策の方向", Role.DIRECTION),
        ("目指す姿", Role.DIRECTION),
        ("ＫＰＩ", Role.INDICATOR),
        ("数値目標", Role.INDICATOR),
        ("担当課", Role.OWNER),
        ("スケジュール", Role.SCHEDULE),
    ],
)
def test_a_label_is_known_whatever_encloses_it(label: str, role: Role) -> None:
    assert role_of(label) is role


@pytest.mark.parametrize(
    "text",
    ["", "推進体制", "計画期間", "職員の意識改革", "取組の体系図", "現状を踏まえた窓口の改善", "(設置)"],
)
def test_other_headings_are_no_labels(text: str) -> None:
    assert role_of(text) is None


def test_a_label_in_front_of_its_text_gives_both() -> None:
    assert labelled("現状：窓口が混んでいます。") == (Role.STATUS, "現状", "窓口が混んでいます。")
    assert labelled("【担当課】 市民課") == (Role.OWNER, "担当課", "市民課")
    assert labelled("日時：令和7年4月1日") is None


def test_only_brackets_around_the_whole_are_taken_off() -> None:
    assert bare("【庁内】") == "庁内"
    assert bare("（仮称）計画（案）") == "（仮称）計画（案）"
