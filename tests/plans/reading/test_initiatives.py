import pytest
from tests.plans.reading.reader import read

LABELLED = """# みほん県DX推進計画

## 第1 取組

### 1 窓口

#### 【取組の方向性・目指す成果】

来庁しなくてよい県庁にします。

#### (1) 手続の電子化<sup>1</sup>

##### 【現状・課題等】

- 手続の46%が電子化されています。
- 紙が残っています。

##### 【取組内容】

- 令和9年度末までに70%とします。
  - まず県税から始めます。

<sup>1</sup> 電子化：紙を使わないこと

#### (2) 決裁

【現状・課題等】

- 決裁に時間がかかります。

【取組内容】

- 段階を減らします。

## 第2 体制

### 1 会議

本部が進めます。
"""


def test_a_labelled_section_is_an_initiative_with_the_direction_of_its_group() -> None:
    document = read(LABELLED)
    first, second = document.initiatives
    assert (first.number, first.title, first.lines) == (("第1", "1", "(1)"), "手続の電子化", (11, 21))
    assert first.direction == second.direction == "来庁しなくてよい県庁にします。"
    assert first.status == ("手続の46%が電子化されています。", "紙が残っています。")
    assert first.actions == ("令和9年度末までに70%とします。", "まず県税から始めます。")
    assert first.terms == ("1",)
    assert [document.figures[index].text_value for index in first.figures] == ["46", "70"]
    assert second.actions == ("段階を減らします。",)


@pytest.mark.parametrize(
    ("status", "actions"),
    [
        ("### 現状", "### 今後の取組"),
        ("（１）現状と課題", "（２）主な取組"),
        ("■現状・課題", "■具体的な取組"),
        ("①　現状と課題", "②　施策の内容"),
        ("**〔現状・課題〕**", "**〔取組内容〕**"),
    ],
)
def test_labels_in_other_forms(status: str, actions: str) -> None:
    document = read(
        f"みほん市計画\n\n## 施策１　相談\n\n{status}\n\n相談が増えています。\n\n{actions}\n\n相談員を置きます。\n\n窓口を増やします。\n"
    )
    (initiative,) = document.initiatives
    assert initiative.number == ("施策1",)
    assert initiative.status == ("相談が増えています。",)
    assert initiative.actions == ("相談員を置きます。", "窓口を増やします。")


def test_labels_on_the_line_of_their_text_and_a_heading_in_brackets() -> None:
    text = "みほん町方針\n\n暮らしの取組\n\n【見守り】\n\n現状：一人暮らしが増えました。\n課題：訪問が追いつきません。\n主な取組：水道の検針を遠隔にします。\n担当：福祉課"
    document = read(text)
    (initiative,) = document.initiatives
    assert (initiative.number, initiative.title) == ((), "見守り")
    assert initiative.status == ("一人暮らしが増えました。", "訪問が追いつきません。")
    assert initiative.actions == ("水道の検針を遠隔にします。",)
    assert [body.name for body in document.bodies] == ["福祉課"]
    assert initiative.confidence < 0.9
    assert any(unsure.lines == (5, 5) for unsure in document.unsure)


def test_labels_as_the_head_of_a_table() -> None:
    text = (
        "みほん村計画\n\n施策１　窓口\n\n現状と課題\t主な取組\n・便が少ない。 ・夜は閉まる。\t・車で回る。\n"
    )
    (initiative,) = read(text).initiatives
    assert initiative.status == ("便が少ない。", "夜は閉まる。")
    assert initiative.actions == ("車で回る。",)


def test_a_schedule_table_is_no_action() -> None:
    text = "みほん市計画\n\n1 予約\n\n【現状】\n\n・混みます。\n\n【取組内容】\n\n・予約を始めます。\n\n【スケジュール】\n\n取組\t2025\t2026\n予約\t試行\t実施\n"
    assert read(text).initiatives[0].actions == ("予約を始めます。",)


def test_steps_below_a_label_are_actions_and_no_initiatives() -> None:
    text = "みほん県計画\n\n1 人材\n\n【現状】\n\n・足りません。\n\n【主な取組】\n\n① 研修\n\n全職員に行います。\n\n② 採用\n\n専門職を採ります。\n"
    (initiative,) = read(text).initiatives
    assert initiative.actions == ("研修", "全職員に行います。", "採用", "専門職を採ります。")


def test_a_row_of_counted_words_without_labels() -> None:
    guideline = "【指針{0}】 題{0}\n\n第{0}の方針として進めてまいります。\n\n- 行動{0}を始める。\n続きも行う。\n- 結果を公表する。\n"
    body = "\n".join(guideline.format(n) for n in range(1, 5))
    summary = "【指針1】 題1\n\n第1の方針として進めてまいります。\n\n【指針2】 題2\n\n第2の方針として進めてまいります。\n\n- 余談です。\n"
    document = read("みほん地域 講演資料\n\n広域連携の挑戦\n\n" + summary + "\n\n\n" + body)
    assert document.kind == "slides"
    assert [initiative.number for initiative in document.initiatives] == [(f"指針{n}",) for n in range(1, 5)]
    assert document.initiatives[1].direction == "第2の方針として進めてまいります。"
    assert document.initiatives[1].actions == ("行動2を始める。続きも行う。", "結果を公表する。")


def test_a_plan_without_labels_is_read_by_its_verbs_with_low_confidence() -> None:
    text = "みほん県DX計画\n\n第1章 現状と課題\n\n1 人口\n\n人口が減ります。\n\n第2章 施策の展開\n\n1 窓口\n\n県は、窓口の予約を始めます。\n\n第3章 推進体制\n\n1 本部\n\n本部を置きます。\n"
    document = read(text)
    (initiative,) = document.initiatives
    assert initiative.title == "窓口"
    assert initiative.confidence <= 0.5
    assert any(unsure.lines == (11, 11) for unsure in document.unsure)


def test_text_that_no_label_announces_is_unsure_and_not_lost() -> None:
    text = "みほん県計画\n\n1 窓口\n\n便利な県庁は県民の願いです。\n\n【現状】\n\n・混みます。\n\n【取組内容】\n\n・予約を始めます。\n"
    assert any(unsure.lines == (5, 5) for unsure in read(text).unsure)


def test_rows_of_a_table_with_names_and_contents_are_initiatives() -> None:
    document = read(
        "# みほん市行政改革計画\n\n## 1 実施計画\n\n### (1) 窓口\n\n【めざす姿】待たない市役所\n\n"
        "番号\t取組名\t内容\t担当課\tR6\tR7\n1-(1)-①\t★聞き取り方式への移行\t職員が聞き取って届出書を作ります。\t市民課\t検討\t実施\n"
        "1-(1)-②\t混み具合の配信\t待っている人の数をウェブで公開します。\t市民課\t実施\t→\n"
    )
    assert [
        (one.number, one.title, one.actions, one.direction, one.lines) for one in document.initiatives
    ] == [
        (
            ("1", "(1)", "1-(1)-①"),
            "聞き取り方式への移行",
            ("職員が聞き取って届出書を作ります。",),
            "待たない市役所",
            (10, 10),
        ),
        (
            ("1", "(1)", "1-(1)-②"),
            "混み具合の配信",
            ("待っている人の数をウェブで公開します。",),
            "待たない市役所",
            (11, 11),
        ),
    ]


def test_a_table_of_years_gives_no_initiatives() -> None:
    document = read("# みほん市計画\n\n## 1 経過\n\n取組名\t内容\n会議\t第1回\n公募\t12件\n")
    assert not document.initiatives


def test_names_that_prose_counts_up_are_initiatives_of_low_confidence() -> None:
    document = read(
        "# みほん県ビジョン\n\n## これから\n\n第一は、「診療所つなぐプロジェクト」です。診療所を映像で結びます。\n\n"
        "第二は、「二つの教室プロジェクト」です。分校と本校を結びます。\n"
    )
    assert [(one.title, one.actions, one.confidence) for one in document.initiatives] == [
        ("診療所つなぐプロジェクト", ("診療所を映像で結びます。",), 0.5),
        ("二つの教室プロジェクト", ("分校と本校を結びます。",), 0.5),
    ]
    assert sum("推定しました" in doubt.what for doubt in document.unsure) == 2


def test_figures_of_an_indicator_table_belong_to_the_initiative_around_it() -> None:
    document = read(
        "# みほん県計画\n\n## 1 申請\n\n【取組内容】\n\n- 申請を電子化します。\n\n指標\t現状値（令和6年度）\t目標値（令和12年度）\n利用率\t30%\t80%\n\n"
        "## 2 決裁\n\n【取組内容】\n\n- 決裁を電子化します。\n"
    )
    first, second = document.initiatives
    assert [(document.figures[at].value, document.figures[at].kind) for at in first.figures] == [
        (30, "actual"),
        (80, "target"),
    ]
    assert not second.figures
