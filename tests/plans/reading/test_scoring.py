from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitotsu.plans.reading.scoring import GoldNotUsable, Measure, score
from hitotsu.plans.reading.scoring.gold import digest
from hitotsu.plans.reading.structure import (
    AgendaItem,
    Body,
    Compare,
    Decision,
    Document,
    Figure,
    Initiative,
    Meeting,
    Period,
    Review,
    Section,
    Source,
    Speaker,
    Table,
    Term,
)

DIRECTION = "冬も安心して出かけられる県にします。"
STATUS = ("除雪車の位置が分からないという声があります。", "運転手の高齢化が進んでいます。")
ACTIONS = ("位置を地図で見られるようにします。",)

READ = Document(
    title="みほん県 DX計画",
    organization="みほん県",
    period=Period(date(2026, 4, 1), date(2031, 3, 31)),
    reviews=(Review("2028", "令和10年度に見直す", (5, 5)),),
    kind="plan",
    source=Source("plan.txt", "txt", "utf-8", 90, None, "a" * 64),
    sections=(
        Section(("第1",), "計画の期間", 1, (3, 6)),
        Section(("第2",), "暮らし", 1, (7, 60)),
        Section(("第2", "1"), "除雪の見える化", 2, (9, 20)),
        Section((), "おわりに", 1, (61, 90)),
    ),
    initiatives=(
        Initiative(("第2", "1"), "除雪の見える化", DIRECTION, STATUS, ACTIONS, (), (), (9, 20), 0.9),
        Initiative(("第2", "2"), "窓口", None, (), ("書かない窓口を設けます。",), (), (), (22, 30), 0.9),
    ),
    figures=(
        Figure(
            1240.0,
            "1,240",
            "件",
            "2024",
            "actual",
            Compare("前年度", 1000.0, "件", "more"),
            "声が1,240件",
            (11, 11),
        ),
        Figure(90.0, "約9割", "%", None, "target", None, "約9割を目指す", (15, 15)),
        Figure(5.0, "5", "年間", None, None, None, "5年間", (5, 5)),
    ),
    tables=(
        Table(
            "主な指標",
            (("指標", "現状", "目標"),),
            (("件数", "1,240", ""), ("割合", "", "9割")),
            ("出典：県調べ",),
            (40, 43),
        ),
    ),
    terms=(
        Term("1", "書かない窓口", "職員が聞き取り、申請書を作る窓口", (30, 30)),
        Term("2", "見える化", "誰でも状況を確かめられるようにすること", (31, 31)),
    ),
    bodies=(
        Body("推進本部", "計画の進み具合を確かめます。", (70, 71)),
        Body("本部長（知事）", "本部を代表します。", (72, 72)),
    ),
    decisions=(Decision("計画の改定", "原案のとおり決定する。", None, (80, 80)),),
    meeting=Meeting(
        date(2025, 11, 18),
        "10:00",
        None,
        "県庁 本館",
        (AgendaItem(("1",), "計画の改定", "deliberation", (75, 75)),),
        (Speaker("本部長", 2, ((76, 77), (79, 79))),),
    ),
    unsure=(),
)


def gold() -> dict[str, Any]:
    return {
        "source": {"file": "plan.txt", "sha256": "a" * 64, "lines": 90},
        "title": "みほん県DX計画",
        "organization": "みほん県",
        "kind": "plan",
        "period": {"start": "2026-04-01", "end": "2031-03-31"},
        "reviews": [{"date": "2028"}],
        "sections": [
            {"number": ["第1"], "title": "計画の期間", "line": 3},
            {"number": ["第2"], "title": "暮らし", "line": 7},
            {"number": ["第2", "1"], "title": "除雪の見える化", "line": 9},
            {"number": None, "title": "おわりに", "line": 61},
        ],
        "initiatives": [
            {
                "number": ["第2", "1"],
                "title": "除雪の見える化",
                "lines": [9, 20],
                "direction": digest(DIRECTION),
                "status": [digest(text) for text in STATUS],
                "status_lines": [[11, 11], [12, 13]],
                "actions": [digest(text) for text in ACTIONS],
            },
            {
                "number": ["第2", "2"],
                "title": "窓口",
                "lines": [22, 31],
                "lines_or": [[22, 30]],
                "direction": None,
                "status": [],
                "actions": [digest("書かない窓口を設けます。")],
            },
        ],
        "figures": [
            {
                "line": 11,
                "value": 1240,
                "unit": "件",
                "as_of": "FY2024",
                "kind": "actual",
                "compare": {"with": "前年度", "value": 1000, "unit": "件", "relation": "more"},
            },
            {"line": 15, "value": 9, "unit": "割", "as_of": None, "kind": "target", "compare": None},
            {
                "line": 50,
                "value": 3,
                "unit": "回",
                "as_of": None,
                "kind": "actual",
                "weak": "a count of scenes",
            },
        ],
        "tables": [
            {
                "title": "主な指標",
                "lines": [40, 43],
                "header": [["指標", "現状", "目標"]],
                "rows": [digest("件数\t1,240\t"), digest("割合\t\t9割")],
                "filled": ["110", "101"],
            }
        ],
        "terms": [
            {
                "mark": "1",
                "term": "書かない窓口",
                "definition": digest("職員が聞き取り、申請書を作る窓口"),
                "lines": [30, 30],
            },
            {
                "mark": "※2",
                "mark_or": ["2"],
                "term": "見える化",
                "definition": digest("誰でも状況を確かめられるようにすること"),
                "lines": [31, 31],
            },
        ],
        "bodies": [
            {"name": "推進本部", "lines": [[70, 71]]},
            {"name": "本部長", "lines": [[72, 72]]},
        ],
        "decisions": [{"subject": "計画の改定", "decision": "原案のとおり決定", "by": None, "line": 80}],
        "meeting": {
            "date": "2025-11-18",
            "start": "10:00",
            "end": None,
            "place": "県庁本館",
            "agenda": [{"number": ["1"], "title": "計画の改定", "kind": "deliberation"}],
            "speakers": [{"name": "本部長", "speeches": 2, "lines": [[76, 77], [79, 79]]}],
        },
    }


def measures(document: Document, against: dict[str, Any]) -> dict[str, Measure]:
    return {measure.name: measure for measure in score(document, against)}


def first(items: tuple[Any, ...], **changes: Any) -> tuple[Any, ...]:
    return (replace(items[0], **changes), *items[1:])


def test_a_perfect_reading_is_right_in_everything() -> None:
    found = measures(READ, gold())
    assert {name: (one.wanted, one.right, one.extra, one.misses) for name, one in found.items()} == {
        "front": (5, 5, 0, ()),
        "sections": (4, 4, 0, ()),
        "initiatives": (2, 2, 0, ()),
        "initiative_lines": (2, 2, 0, ()),
        "directions": (1, 1, 0, ()),
        "status": (2, 2, 0, ()),
        "actions": (2, 2, 0, ()),
        "terms": (2, 2, 0, ()),
        "figures": (2, 2, 0, ()),
        "figure_dates": (2, 2, 0, ()),
        "figure_kinds": (2, 2, 0, ()),
        "figure_compares": (1, 1, 0, ()),
        "tables": (1, 1, 0, ()),
        "table_rows": (2, 2, 0, ()),
        "bodies": (2, 2, 0, ()),
        "decisions": (1, 1, 0, ()),
        "meeting": (6, 6, 0, ()),
    }


Fault = Callable[[Document], Document]

FAULTS: list[tuple[str, str, Fault]] = [
    ("front", "title", lambda read: replace(read, title="みほん県の計画")),
    ("front", "organisation", lambda read: replace(read, organization=None)),
    ("front", "kind", lambda read: replace(read, kind="report")),
    ("front", "period", lambda read: replace(read, period=None)),
    ("front", "review", lambda read: replace(read, reviews=())),
    ("sections", "path", lambda read: replace(read, sections=first(read.sections, number=("第１",)))),
    ("sections", "title", lambda read: replace(read, sections=first(read.sections, title="計画の 期間"))),
    ("sections", "line", lambda read: replace(read, sections=first(read.sections, lines=(4, 6)))),
    ("sections", "missing", lambda read: replace(read, sections=read.sections[1:])),
    ("initiatives", "path", lambda read: replace(read, initiatives=first(read.initiatives, number=("1",)))),
    ("initiatives", "title", lambda read: replace(read, initiatives=first(read.initiatives, title="除雪"))),
    (
        "initiative_lines",
        "a line short",
        lambda read: replace(read, initiatives=first(read.initiatives, lines=(9, 19))),
    ),
    (
        "directions",
        "missing",
        lambda read: replace(read, initiatives=first(read.initiatives, direction=None)),
    ),
    (
        "status",
        "bullet cut in two",
        lambda read: replace(
            read,
            initiatives=first(read.initiatives, status=(STATUS[0], "運転手の高齢化が", "進んでいます。")),
        ),
    ),
    ("actions", "missing", lambda read: replace(read, initiatives=first(read.initiatives, actions=()))),
    ("terms", "mark", lambda read: replace(read, terms=first(read.terms, mark="3"))),
    ("terms", "word", lambda read: replace(read, terms=first(read.terms, term="窓口"))),
    ("terms", "definition cut", lambda read: replace(read, terms=first(read.terms, definition="職員が"))),
    ("terms", "line", lambda read: replace(read, terms=first(read.terms, lines=(33, 33)))),
    ("figures", "value", lambda read: replace(read, figures=first(read.figures, value=240.0))),
    ("figures", "unit", lambda read: replace(read, figures=first(read.figures, unit="人"))),
    ("figures", "line", lambda read: replace(read, figures=first(read.figures, lines=(12, 12)))),
    ("figure_dates", "date", lambda read: replace(read, figures=first(read.figures, as_of="2023"))),
    ("figure_kinds", "kind", lambda read: replace(read, figures=first(read.figures, kind="target"))),
    ("figure_compares", "missing", lambda read: replace(read, figures=first(read.figures, compare=None))),
    (
        "figure_compares",
        "value",
        lambda read: replace(
            read, figures=first(read.figures, compare=Compare("前年度", 900.0, "件", "more"))
        ),
    ),
    ("tables", "title", lambda read: replace(read, tables=first(read.tables, title="別の表"))),
    (
        "tables",
        "header",
        lambda read: replace(read, tables=first(read.tables, header=(("指標", "現状", "現状"),))),
    ),
    (
        "table_rows",
        "cell",
        lambda read: replace(
            read, tables=first(read.tables, rows=(("件数", "1,240", ""), ("割合", "", "8割")))
        ),
    ),
    (
        "table_rows",
        "cell in another column",
        lambda read: replace(
            read, tables=first(read.tables, rows=(("件数", "", "1,240"), ("割合", "", "9割")))
        ),
    ),
    ("bodies", "missing", lambda read: replace(read, bodies=read.bodies[1:])),
    ("bodies", "no role", lambda read: replace(read, bodies=first(read.bodies, role=""))),
    ("bodies", "elsewhere", lambda read: replace(read, bodies=first(read.bodies, lines=(1, 1)))),
    ("decisions", "words", lambda read: replace(read, decisions=first(read.decisions, decision="報告した"))),
    ("decisions", "who", lambda read: replace(read, decisions=first(read.decisions, by="知事"))),
]


@pytest.mark.parametrize(
    ("name", "fault"),
    [pytest.param(name, fault, id=f"{name}: {label}") for name, label, fault in FAULTS],
)
def test_a_fault_lowers_its_own_measure_and_no_other(name: str, fault: Fault) -> None:
    found = measures(fault(READ), gold())
    assert [one.name for one in found.values() if one.share < 1] == [name]
    assert found[name].right == found[name].wanted - 1
    assert found[name].misses


MEETING = READ.meeting
assert MEETING is not None

MEETING_FAULTS = [
    ("date", replace(MEETING, date=date(2025, 11, 19))),
    ("start", replace(MEETING, start=None)),
    ("end", replace(MEETING, end="11:00")),
    ("place", replace(MEETING, place=None)),
    ("agenda", replace(MEETING, agenda=first(MEETING.agenda, kind="report"))),
    ("speeches", replace(MEETING, speakers=first(MEETING.speakers, speeches=3))),
    (
        "lines of speeches",
        replace(MEETING, speakers=first(MEETING.speakers, lines=((76, 77), (78, 78)))),
    ),
    ("speaker", replace(MEETING, speakers=())),
]


@pytest.mark.parametrize("meeting", [pytest.param(meeting, id=label) for label, meeting in MEETING_FAULTS])
def test_each_fault_in_a_meeting_counts_once(meeting: Meeting) -> None:
    found = measures(replace(READ, meeting=meeting), gold())
    assert [one.name for one in found.values() if one.share < 1] == ["meeting"]
    assert found["meeting"].right == 5


def test_an_initiative_that_is_missing_is_missing_with_all_that_it_says() -> None:
    found = measures(replace(READ, initiatives=READ.initiatives[1:]), gold())
    wanting = {one.name: (one.right, one.wanted) for one in found.values() if one.share < 1}
    assert wanting == {
        "initiatives": (1, 2),
        "initiative_lines": (1, 2),
        "directions": (0, 1),
        "status": (0, 2),
        "actions": (1, 2),
    }


def test_a_missing_table_misses_its_rows() -> None:
    found = measures(replace(READ, tables=()), gold())
    assert (found["tables"].right, found["table_rows"].right) == (0, 0)
    assert found["table_rows"].wanted == 2


EXTRA: list[tuple[str, Fault]] = [
    ("front", lambda read: replace(read, reviews=(*read.reviews, Review("2030", "", (5, 5))))),
    ("sections", lambda read: replace(read, sections=(*read.sections, Section((), "余談", 1, (64, 90))))),
    (
        "initiatives",
        lambda read: replace(
            read,
            initiatives=(
                *read.initiatives,
                replace(READ.initiatives[0], title="余分", lines=(32, 35), number=()),
            ),
        ),
    ),
    (
        "directions",
        lambda read: replace(
            read, initiatives=(read.initiatives[0], replace(read.initiatives[1], direction=DIRECTION))
        ),
    ),
    ("actions", lambda read: replace(read, initiatives=first(read.initiatives, actions=(*ACTIONS, "余分")))),
    ("terms", lambda read: replace(read, terms=(*read.terms, Term(None, "余分", "説明", (35, 35))))),
    ("tables", lambda read: replace(read, tables=(*read.tables, Table(None, (), (("あ",),), (), (50, 50))))),
    (
        "table_rows",
        lambda read: replace(
            read, tables=first(read.tables, rows=(*read.tables[0].rows, READ.tables[0].rows[0]))
        ),
    ),
    (
        "decisions",
        lambda read: replace(read, decisions=(*read.decisions, Decision("余分", "了承", None, (81, 81)))),
    ),
    (
        "meeting",
        lambda read: replace(
            read, meeting=replace(MEETING, speakers=(*MEETING.speakers, Speaker("余人", 1, ((80, 80),))))
        ),
    ),
]


@pytest.mark.parametrize(("name", "fault"), [pytest.param(*one, id=one[0]) for one in EXTRA])
def test_what_gold_does_not_hold_is_extra_and_lowers_no_share_but_a_table_grown_by_a_row(
    name: str, fault: Fault
) -> None:
    found = measures(fault(READ), gold())
    assert {one.name: one.extra for one in found.values() if one.extra} == {name: 1}
    assert [one.name for one in found.values() if one.share < 1] == (
        ["tables"] if name == "table_rows" else []
    )


def test_what_must_not_be_a_figure_is_extra() -> None:
    against = gold() | {"not_figures": [{"line": 5, "printed": "5年間"}]}
    assert measures(READ, against)["figures"].extra == 1


def test_optional_things_are_neither_wanted_nor_extra() -> None:
    against = gold()
    against["sections_optional"] = [against["sections"].pop()]
    against["initiatives_optional"] = [against["initiatives"].pop()]
    against["terms_optional"] = [against["terms"].pop()]
    against["tables_optional"] = [against["tables"].pop()]
    against["decisions_optional"] = [{"lines": [80, 80]}]
    against["decisions"] = []
    optional = against["initiatives"][0]["actions"]
    against["initiatives"][0] |= {"actions": [], "actions_optional": optional}
    for document in (READ, replace(READ, tables=(), decisions=(), terms=READ.terms[:1])):
        found = measures(document, against)
        assert not any(one.extra or one.share < 1 for one in found.values())
    assert found["sections"].wanted == 3
    assert found["initiatives"].wanted == found["terms"].wanted == 1
    assert found["actions"].wanted == found["tables"].wanted == found["decisions"].wanted == 0
    assert found["tables"].share == 1.0


def test_alternatives_are_right_as_well() -> None:
    against = gold()
    against |= {"title": "別の題", "title_or": ["みほん県DX計画"], "also": {"0" * 16: [digest(STATUS[0])]}}
    against["sections"][2] |= {"number": [], "within": ["第2", "1"]}
    against["sections"][0] |= {
        "title": "期間",
        "title_or": ["計画の期間"],
        "number": ["1"],
        "number_or": [["第1"]],
    }
    against["initiatives"][0]["status"][0] = "0" * 16
    against["initiatives"][0] |= {"actions": ["1" * 16], "actions_or": {"0": [digest(ACTIONS[0])]}}
    against["terms"][0] |= {"definition": "2" * 16, "definition_or": [digest(READ.terms[0].definition)]}
    against["figures"][0] |= {"unit": "通", "unit_or": ["件"], "as_of": None, "as_of_or": ["2024"]}
    against["figures"][0] |= {
        "compare_or": [against["figures"][0]["compare"]],
        "compare": {"relation": "less"},
    }
    against["tables"][0] |= {"header": [], "header_or": [["指標", "現状", "目標"]]}
    against["decisions"][0] |= {"by": "知事", "by_or": [None]}
    assert [one.name for one in score(READ, against) if one.share < 1 or one.extra] == []


def test_longer_names_of_the_same_thing_are_right() -> None:
    meeting = replace(
        MEETING,
        agenda=first(MEETING.agenda, number=("4", "1")),
        speakers=first(MEETING.speakers, lines=((75, 77), (78, 79))),
    )
    read = replace(
        READ,
        title="みほん県ＤＸ計画 ～人と人がつながる～",
        tables=first(READ.tables, title="表1　主な指標"),
        bodies=first(READ.bodies, name="みほん県推進本部"),
        meeting=meeting,
    )
    against = gold()
    against["bodies"][1]["name"] = "本部長（知事）（CDO）"
    against["terms"][0]["definition"] = digest(f"「{READ.terms[0].definition}」")
    assert [one.name for one in score(read, against) if one.share < 1 or one.extra] == []
    assert measures(replace(READ, title="みほん県DX計画の概要"), gold())["front"].right == 4


def test_a_header_of_doubtful_height_may_be_read_either_way() -> None:
    against = gold()
    rows = [digest("指標\t現状\t目標"), *against["tables"][0]["rows"]]
    doubtful = {"title": "主な指標", "lines": [40, 43], "header_rows": 0, "header": [], "rows": rows}
    against["tables"] = [doubtful]
    assert measures(READ, against)["table_rows"].right == 2
    against["tables"] = [doubtful | {"header_rows_or": [0, 1]}]
    found = measures(READ, against)
    assert (found["tables"].share, found["table_rows"].right) == (1.0, 3)


def test_a_guideline_s_statement_may_be_its_direction_or_its_first_action() -> None:
    against = gold()
    against["initiatives"] = [
        {
            "number": ["第2", "2"],
            "title": "窓口",
            "direction": None,
            "statement": digest("宣言"),
            "actions": [],
        }
    ]
    plain = replace(READ.initiatives[1], actions=())
    for guideline in (replace(plain, direction="宣言"), replace(plain, actions=("宣言",))):
        found = measures(replace(READ, initiatives=(guideline,)), against)
        assert (found["directions"].right, found["actions"].extra) == (1, 0)
    assert measures(replace(READ, initiatives=(plain,)), against)["directions"].right == 0


def test_lines_count_only_for_the_file_that_gold_was_made_from() -> None:
    moved = replace(
        READ,
        source=replace(READ.source, sha256="b" * 64),
        sections=first(READ.sections, lines=(4, 6)),
        initiatives=first(READ.initiatives, lines=(1, 2)),
        terms=first(READ.terms, lines=(1, 1)),
        figures=first(READ.figures, lines=(1, 1)),
    )
    found = measures(moved, gold())
    assert not any(one.share < 1 or one.extra for one in found.values())
    assert found["initiative_lines"].wanted == 0


def test_only_what_gold_looked_for_is_measured() -> None:
    assert [one.name for one in score(READ, {"title": "みほん県DX計画"})] == ["front"]
    assert measures(READ, {"meeting": None})["meeting"].extra == 1


def test_a_miss_names_number_title_and_line_and_no_sentence_of_the_document() -> None:
    read = replace(READ, initiatives=first(READ.initiatives, status=STATUS[:1]))
    assert measures(read, gold())["status"].misses == (
        "取組「第2 1 除雪の見える化」の現状・課題の2番目（12–13行）が一致しません。",
    )


@pytest.mark.parametrize(
    "broken", [[], {"terms": [{"term": "窓口"}]}, {"figures": [3]}, {"initiatives": {"number": []}}]
)
def test_a_gold_file_of_another_shape_is_refused_in_one_sentence(broken: Any) -> None:
    with pytest.raises(GoldNotUsable, match="正解のファイル"):
        score(READ, broken)


def test_a_measure_is_written_with_its_share() -> None:
    measure = Measure("terms", 4, 3, 1, ("用語「窓口」がありません。",))
    assert measure.to_json() == {
        "name": "terms",
        "wanted": 4,
        "right": 3,
        "extra": 1,
        "share": 0.75,
        "misses": ["用語「窓口」がありません。"],
    }
    assert Measure("terms", 0, 0, 0, ()).share == 1.0


@given(
    st.text("あがパDXｄＸ、。1１・"),
    st.integers(0, 20),
    st.sampled_from([" ", "\n", "　", "<sup>12</sup>", "**"]),
)
def test_the_hash_does_not_see_breaks_marks_and_bold(text: str, at: int, between: str) -> None:
    assert digest(text[:at] + between + text[at:]) == digest(text)


def test_the_hash_follows_its_rule() -> None:
    assert digest("ＤＸ<sup>3</sup>を **進め** ます。") == digest("DXを進めます。") == "8c69a882b17d34e8"
