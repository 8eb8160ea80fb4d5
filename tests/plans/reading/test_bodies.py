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
