from tests.plans.reading.reader import read

BODIES = """# みほん県計画

## 第1 推進体制

### 1 全庁の組織

#### (1) みほん県行革推進本部、みほん県デジタル推進本部

行革を進めるため「みほん県行革推進本部」を設置しています。

また、デジタル化のため「みほん県デジタル推進本部」を設置しています。

### 2 責任者

#### (1) CDO補佐官の役割

外部の有識者がCDOを補佐します。

### 3 庁内

- 情報企画課：全体の調整を担います。
- みほん県DX会議（議長：知事）：見直しを決めます。

副知事を最高デジタル責任者（ＣＤＯ）とし、方針を定めます。
"""


def test_bodies_have_names_and_roles() -> None:
    document = read(BODIES)
    roles = {body.name: (body.role, body.lines) for body in document.bodies}
    assert roles["みほん県行革推進本部"] == (
        "行革を進めるため「みほん県行革推進本部」を設置しています。",
        (9, 9),
    )
    assert roles["みほん県デジタル推進本部"][1] == (11, 11)
    assert roles["CDO補佐官"] == ("外部の有識者がCDOを補佐します。", (17, 17))
    assert roles["情報企画課"] == ("全体の調整を担います。", (21, 21))
    assert any(name.startswith("みほん県DX会議") for name in roles)
    assert "最高デジタル責任者（ＣＤＯ）" in roles


def test_sections_of_a_plan_about_other_things_name_no_bodies() -> None:
    text = "# みほん県計画\n\n## 第1 取組\n\n### 1 窓口\n\n市民課は、窓口を改めます。\n"
    assert read(text).bodies == ()


def test_the_words_that_open_a_meeting_name_the_bodies_that_meet() -> None:
    document = read(
        "みほん県行革推進本部・デジタル推進本部合同会議 議事録\n\n日時：令和6年5月1日（水）10:00～10:30\n\n【知事】\n\n"
        "ただ今から、行革推進本部と、デジタル推進本部の合同会議を始めます。\n\n【部長】\n\n資料を説明します。"
    )
    assert [body.name for body in document.bodies] == ["行革推進本部", "デジタル推進本部"]
    assert {body.lines for body in document.bodies} == {(7, 7)}


def test_a_list_of_staff_names_posts_and_their_office() -> None:
    document = read(
        "# みほん県計画\n\n## 第1 進め方\n\n担当は次のとおりです。\n\nみほん県企画部 情報政策課\n\n"
        "課長\t甲野 一\t(推進会議座長)\n主幹\t乙川 二\t\n主査\t丙山 三\t\n"
    )
    assert [(body.name, body.role, body.lines) for body in document.bodies] == [
        ("みほん県企画部 情報政策課", "課長 甲野 一、主幹 乙川 二、主査 丙山 三", (9, 11)),
        ("課長", "甲野 一（推進会議座長）", (9, 9)),
        ("主幹", "乙川 二", (10, 10)),
        ("主査", "丙山 三", (11, 11)),
    ]


def test_bodies_set_up_in_one_sentence_and_members_listed_below_it() -> None:
    document = read(
        "# みほん県計画\n\n## 第1 推進体制\n\n総務課に「改革グループ」、産業課に「振興グループ」を設置します。\n\n"
        "以下の組織で構成する「みほん県推進本部」を設置します。\n\n- ① 幹事会\n- ② 調達委員会（総務課所管）\n"
    )
    assert {body.name for body in document.bodies} >= {
        "改革グループ",
        "振興グループ",
        "みほん県推進本部",
        "幹事会",
        "調達委員会",
    }
    assert next(body.role for body in document.bodies if body.name == "調達委員会") == "総務課所管"
