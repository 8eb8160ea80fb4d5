import pytest
from tests.plans.reading.reader import read

BODY = "# みほん県計画\n\n## 第1 取組\n\n"


@pytest.mark.parametrize(
    ("note", "term", "definition"),
    [
        (
            "<sup>1</sup> RPA(Robotic Process Automation):定型業務の自動化",
            "RPA(Robotic Process Automation)",
            "定型業務の自動化",
        ),
        (
            "<sup>1</sup> 変革(DX:Digital Transformation):暮らしを良くすること",
            "変革(DX:Digital Transformation)",
            "暮らしを良くすること",
        ),
        ("<sup>1</sup>共助：助け合うこと", "共助", "助け合うこと"),
        ("<sup>1</sup> 「CIO」とは、情報の責任者です。", "CIO", "「CIO」とは、情報の責任者です。"),
        ("<sup>1</sup> 令和6年度までは別の名称であった。", "地域交付金", "令和6年度までは別の名称であった。"),
        (
            "<sup>1</sup> 県の方針:\n\n<https://example.invalid/a.html>",
            "県の方針",
            "<https://example.invalid/a.html>",
        ),
    ],
)
def test_a_footnote_defines_a_term(note: str, term: str, definition: str) -> None:
    document = read(f"{BODY}県は、地域交付金<sup>1</sup>を使います。\n\n---\n\n{note}\n\n次の文です。\n")
    assert [(t.mark, t.term, t.definition) for t in document.terms] == [("1", term, definition)]


@pytest.mark.parametrize(
    ("use", "note"), [("※２", "※２　"), ("*2", "*2 "), ("注2)", "注2) "), ("[2]", "[2] "), ("²", "² ")]
)
def test_marks_are_written_in_many_ways(use: str, note: str) -> None:
    document = read(f"{BODY}県は、基盤{use}を整えます。\n\n{note}基盤：土台となる仕組み\n")
    assert [(t.mark, t.term, t.definition) for t in document.terms] == [("2", "基盤", "土台となる仕組み")]


@pytest.mark.parametrize(
    "listed",
    [
        "- 台帳：事柄を書き並べた帳簿。\n- 検針：値を読み取ること。",
        "台帳……事柄を書き並べた帳簿。\n検針……値を読み取ること。",
        "台帳\n\n事柄を書き並べた帳簿。\n\n検針\n\n値を読み取ること。",
        "用語\t説明\n台帳\t事柄を書き並べた帳簿。\n検針\t値を読み取ること。",
    ],
)
def test_a_list_of_terms_at_the_end(listed: str) -> None:
    document = read(f"{BODY}県は、台帳を整えます。\n\n## 用語解説\n\n{listed}\n")
    assert [(t.mark, t.term, t.definition) for t in document.terms] == [
        (None, "台帳", "事柄を書き並べた帳簿。"),
        (None, "検針", "値を読み取ること。"),
    ]


def test_a_name_that_is_shortened_is_a_term_and_a_law_is_not() -> None:
    document = read(
        f"{BODY}「みほん地域連携指針」（以下「指針」という。）と「個人の情報に関する法律」（以下「法」という。）によります。"
    )
    assert [(t.term, t.definition) for t in document.terms] == [("指針", "みほん地域連携指針")]


def test_a_mark_without_a_note_and_a_note_without_a_mark_are_unsure() -> None:
    document = read(f"{BODY}説明のない語<sup>7</sup>です。\n\n<sup>8</sup> 余り：印のない注\n")
    assert sorted(unsure.lines for unsure in document.unsure) == [(5, 5), (7, 7)]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        (
            "県庁の変革とは、「仕事の進め方を根本から改めること」と定義します。",
            [(None, "県庁の変革", "仕事の進め方を根本から改めること")],
        ),
        (
            "※本資料では、紙を画面に替えることを電子化、仕事を作り直すことを変革として表記している。",
            [
                (
                    "※",
                    "電子化",
                    "本資料では、紙を画面に替えることを電子化、仕事を作り直すことを変革として表記している。",
                ),
                (
                    "※",
                    "変革",
                    "本資料では、紙を画面に替えることを電子化、仕事を作り直すことを変革として表記している。",
                ),
            ],
        ),
        (
            "見本自治体※の計画を比べました。\n\n※山川市、海野町、里山村",
            [("※", "見本自治体", "山川市、海野町、里山村")],
        ),
        ("何をするかを話し合うことを大切にします。", []),
    ],
)
def test_running_text_defines_a_term(text: str, terms: list[tuple[str | None, str, str]]) -> None:
    found = read(f"{BODY}### 1 窓口\n\n{text}\n").terms
    assert [(term.mark, term.term, term.definition) for term in found] == terms


def test_a_table_of_abbreviations_names_the_column_of_its_terms() -> None:
    found = read(
        f"{BODY}窓口を改めます。\n\n## 英略語一覧\n\n略語\t正式名称\t意味\nBPR\tBusiness Process Re-engineering\t仕事を組み直すこと\n"
        "RPA\tRobotic Process Automation\t操作を自動で行わせる仕組み\n"
    ).terms
    assert [(term.term, term.definition, term.lines) for term in found] == [
        ("BPR", "仕事を組み直すこと", (10, 10)),
        ("RPA", "操作を自動で行わせる仕組み", (11, 11)),
    ]
