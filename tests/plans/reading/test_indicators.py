import pytest

from hitotsu.plans.reading.indicators import find_indicators
from hitotsu.plans.reading.structure import Figure
from hitotsu.plans.reading.tables import find_tables


def read(text: str) -> list[Figure]:
    return find_indicators(find_tables(text.split("\n")))


def told(text: str) -> list[tuple[float | None, str | None, str | None, str | None]]:
    return [(figure.value, figure.unit, figure.as_of, figure.kind) for figure in read(text)]


def test_values_have_the_unit_of_their_column_and_the_date_of_their_head() -> None:
    figures = read(
        "指標名\t単位\t現状値（令和５年度）\t目標値（令和11年度）\n電子申請\t％\t46.2\t90.0\n職員\t人\t未設定\t約200"
    )
    assert [(f.value, f.text_value, f.unit, f.as_of, f.kind, f.lines) for f in figures] == [
        (46.2, "46.2", "%", "FY2023", "actual", (2, 2)),
        (90, "90.0", "%", "FY2029", "target", (2, 2)),
        (200, "約200", "人", "FY2029", "target", (3, 3)),
    ]
    assert figures[0].text == "電子申請\u3000現状値（令和５年度）"


@pytest.mark.parametrize(
    ("table", "figures"),
    [
        (
            "KPI\tR6実績\t目標値（R12）\n申請率（％）\t46\t90以上",
            [(46, "%", "2024", "actual"), (90, "%", "2030", "target")],
        ),
        (
            "KPI\tR6実績\t目標（R12）\n利用（件）\t1,200\t1万5千",
            [(1200, "件", "2024", "actual"), (15000, "件", "2030", "target")],
        ),
        (
            "指標\t現状\t目標\n漏水率\t24.6％（R6）\t12％以下（令和12年度）",
            [(24.6, "%", "2024", "actual"), (12, "%", "FY2030", "target")],
        ),
        ("指標\t現状\t目標\n日数\t12.3日\t調査中", [(12.3, "日", None, "actual")]),
        (
            "指標\t現状値（R6）→目標値（R12）\n利用率\t45%→80%",
            [(45, "%", "2024", "actual"), (80, "%", "2030", "target")],
        ),
        (
            "KPI\t利用率\n現状値（R6）\t45%\n目標値（R12）\t80%",
            [(45, "%", "2024", "actual"), (80, "%", "2030", "target")],
        ),
        (
            "指標\t基準値\t\t目標値\t\n\tR5\tR6\tR8\tR12\n利用（単位：人）\t10\t12\t▲3\t－",
            [(10, "人", "2023", "actual"), (12, "人", "2024", "actual"), (-3, "人", "2026", "target")],
        ),
        (
            "年度\t目標\t実績\nR5\t100件\t80件\nR6\t120件\t－",
            [(100, "件", "2023", "target"), (80, "件", "2023", "actual"), (120, "件", "2024", "target")],
        ),
        ("区分\t人口\t高齢化率\n山川市\t12,345\t30%\n海野町\t678\t45%", []),
        ("取組\tR7\tR8\n端末の更新\t500台\t200台", []),
        ("指標\t目標の考え方\n利用率\t5割を超える", []),
    ],
)
def test_indicator_tables(table: str, figures: list[tuple[float, str, str, str]]) -> None:
    assert told(table) == figures


def test_what_a_sentence_said_on_the_line_is_not_given_again() -> None:
    tables = find_tables(["指標\t現状値（R6）", "利用率\t45%", "満足度\t60%"])
    said = find_indicators(tables)[:1]
    assert [figure.value for figure in find_indicators(tables, said)] == [60]
