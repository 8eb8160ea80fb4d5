import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.plans.reading.reader import read

from hitotsu.plans.reading import Document
from hitotsu.plans.reading.cleaning import Kind, clean
from hitotsu.plans.reading.front import read_front
from hitotsu.plans.reading.tables import find_tables

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "docs" / "plan-reading.schema.json").read_text(encoding="utf-8")
)
FURNITURE = {Kind.BLANK, Kind.RULE, Kind.PAGE, Kind.RUNNING, Kind.CONTENTS}

HEADS = [
    "第1章 施策",
    "第2章 取組",
    "## 1 窓口",
    "2 相談",
    "### (1) 予約",
    "（２） 案内",
    "ア 様式",
    "① 入力",
    "基本目標1 暮らし",
    "施策1 移動",
    "# 題",
    "◆鳥獣",
    "【見守り】",
    "第3 体制",
]
LABELS = [
    "【現状・課題等】",
    "#### 【取組内容】",
    "主な取組",
    "施策の方向",
    "担当課：市民課",
    "現状：混みます。",
]
TEXTS = [
    "県は、窓口の予約を令和9年度までに70%にします。",
    "- 職員を26人にします。",
    "・様式をそろえ、",
    "続きの文です。",
    "短い句",
    "<sup>1</sup> 語：意味",
    "語<sup>1</sup>を使います。",
    "※ 注です。",
    "指標\t現状\t目標",
    "予約\t46%\t70%",
    "((((",
    "=1+1",
    "目次",
    "第1章 施策 ..... 3",
]
BREAKS = ["", "", "---", "－ 3 －", "\f", "みほん県計画", "12 / 60"]
LINES = st.lists(st.sampled_from([*HEADS, *LABELS, *TEXTS, *BREAKS]) | st.text(max_size=30), max_size=40)


@settings(deadline=None, max_examples=300)
@given(LINES)
def test_no_line_is_lost(drawn: list[str]) -> None:
    text = "\n".join(["みほん県計画", "", *drawn])
    document = read(text)
    lines = text.split("\n")
    cleaned, _ = clean(lines, (), find_tables)
    covered = _covered(document) | {line + 1 for line in read_front(cleaned).lines}
    lost = [
        at + 1 for at, kind in enumerate(cleaned.kinds) if kind not in FURNITURE and at + 1 not in covered
    ]
    assert lost == [], [lines[at - 1] for at in lost]


@settings(deadline=None, max_examples=200)
@given(LINES)
def test_every_range_lies_in_the_document_and_the_answer_keeps_its_schema(drawn: list[str]) -> None:
    document = read("\n".join(drawn))
    answer = document.to_json()
    Draft202012Validator(SCHEMA).validate(answer)
    for key in (
        "sections",
        "initiatives",
        "figures",
        "tables",
        "terms",
        "bodies",
        "decisions",
        "unsure",
        "reviews",
    ):
        for entry in answer[key]:
            first, last = entry["lines"]
            assert 1 <= first <= last <= answer["source"]["lines"], (key, entry)
    for initiative in document.initiatives:
        assert all(index < len(document.figures) for index in initiative.figures)
        assert not any("<sup>" in text or "**" in text for text in (*initiative.status, *initiative.actions))


@settings(deadline=None, max_examples=100)
@given(LINES)
def test_the_same_lines_give_the_same_reading(drawn: list[str]) -> None:
    assert read("\n".join(drawn)) == read("\n".join(drawn))


@settings(deadline=None, max_examples=100)
@given(LINES)
def test_initiatives_are_sections_and_do_not_overlap(drawn: list[str]) -> None:
    document = read("\n".join(drawn))
    starts = {section.lines[0] for section in document.sections}
    last = 0
    for initiative in document.initiatives:
        assert initiative.lines[0] in starts
        assert initiative.lines[0] > last
        last = initiative.lines[1]


@pytest.mark.parametrize(
    "text",
    [
        "(" * 1_000_000,
        "【" * 200_000,
        "<sup>" * 100_000,
        "以下「" * 100_000,
        "1 1 " * 200_000,
        "・" * 300_000,
        "\t" * 300_000,
        " " * 500_000,
        "第" * 500_000,
        "目次\n" + "第1 方針 ..... 9\n第1 方針 ..... 1\n" * 5_000,
        "\n".join(f"## {number % 500} 見出し{number}" for number in range(20_000)),
        "\n".join("#" * (number % 6 + 1) + f" h{number}" for number in range(20_000)),
        "【現状】\n・混む。\n【取組内容】\n・直す。\n" * 5_000,
    ],
    ids=lambda text: text[:8].replace("\n", " "),
)
def test_hostile_text_is_read_to_its_end(text: str) -> None:
    document = read(text)
    assert document.source.lines == text.count("\n") + 1
    assert document.sections or document.unsure or not text.strip("・\t \n第")


def test_markup_and_formulas_stay_text() -> None:
    text = '# みほん市計画<script>alert(1)</script>\n\n## 1 =HYPERLINK("x")\n\n現状と課題\n\n- =1+1 です。\n\n主な取組\n\n- <b onclick="x">直します</b>。\n'
    (initiative,) = read(text).initiatives
    assert initiative.title == '=HYPERLINK("x")'
    assert (initiative.status, initiative.actions) == (("=1+1 です。",), ('<b onclick="x">直します</b>。',))


def test_doubtful_characters_are_unsure_with_their_line() -> None:
    document = read("# みほん県計画\n\n## 1 デジタルデバйд対策\n\n対策を進めます。。\n")
    assert [unsure.lines for unsure in document.unsure] == [(3, 3), (5, 5)]


def _covered(document: Document) -> set[int]:
    spans = [
        entry.lines
        for entries in (
            document.sections,
            document.initiatives,
            document.tables,
            document.terms,
            document.unsure,
        )
        for entry in entries
    ]
    if document.meeting is not None:
        spans += [span for speaker in document.meeting.speakers for span in speaker.lines]
    return {line for first, last in spans for line in range(first, last + 1)}


def test_figures_are_read_up_to_a_limit_that_unsure_names(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("figures", "line_doubts"):
        monkeypatch.setattr(f"hitotsu.plans.reading.{module}.MOST_FIGURES", 3)
    document = read("# みほん県計画\n\n## 1 現状\n\n令和6年度は1件、2件、3件、4件、5件です。\n\n10人です。")
    assert len(document.figures) == 3
    assert [doubt.lines for doubt in document.unsure if "数値が3件に達した" in doubt.what] == [(5, 7)]


def test_a_sentence_without_end_is_read_in_pieces() -> None:
    document = read("# みほん県計画\n\n## 1 現状\n\n" + "窓口は12か所、" * 2_000)
    assert len(document.figures) == 2_000
    assert max(len(figure.text) for figure in document.figures) <= 2_000


def test_cells_of_a_table_that_lost_its_columns_are_doubted() -> None:
    document = read(
        "# みほん町計画\n\n## 1 現状\n\n人口\n6,204 人\n高齢化率\n44.1 ％\n来庁者\n年間 21,500 人\n"
    )
    assert [doubt.lines for doubt in document.unsure if "列の失われた" in doubt.what] == [(5, 10)]
