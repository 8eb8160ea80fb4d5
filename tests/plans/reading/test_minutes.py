from datetime import date

import pytest
from tests.plans.reading.reader import read

MINUTES = """みほん県デジタル推進本部会議 議事概要

■日時：令和7年9月3日（水）16:30～16:45

■場所：みほん県庁3階会議室

【副知事】

それでは、議題の「みほん県DX方針（案）」、企画部長。

【企画部長】

4 ページをお開きください。

説明は以上です。

【副知事】

なければ、案のとおり了承されたものとします。

続いて、報告の「補佐官の設置」について。
"""

RECORD = """令和7年度第2回みほん県本部会議　議事録

１　日　時
　　令和7年11月18日（火曜日）午後1時半から午後3時まで

２　場　所
　　みほん県庁 特別会議室

３　議　事
　（１）計画の改定案について（審議）
　（２）移行の状況について（報告）

４　議事の経過

議事（１）　計画の改定案について

〇事務局　資料を御覧ください。
〇田中委員　指標はいくつですか。
〇本部長　御意見がなければ、改定案を了承してよろしいでしょうか。
　　　　　　（異議なし）
〇本部長　それでは、そのように決定します。
{decided}"""


def test_minutes_with_names_in_brackets() -> None:
    document = read(MINUTES)
    assert document.kind == "minutes"
    assert document.meeting is not None
    meeting = document.meeting
    assert (meeting.date, meeting.start, meeting.end) == (date(2025, 9, 3), "16:30", "16:45")
    assert meeting.place == "みほん県庁3階会議室"
    assert [(item.title, item.kind, item.lines) for item in meeting.agenda] == [
        ("みほん県DX方針（案）", "deliberation", (9, 9)),
        ("補佐官の設置", "report", (21, 21)),
    ]
    assert [(one.name, one.speeches, one.lines) for one in meeting.speakers] == [
        ("副知事", 2, ((7, 9), (17, 21))),
        ("企画部長", 1, ((11, 15),)),
    ]
    (decision,) = document.decisions
    assert (decision.subject, decision.by, decision.lines) == ("みほん県DX方針（案）", "副知事", (19, 19))
    assert document.unsure == ()


def test_a_record_with_an_agenda_and_marks_before_names() -> None:
    document = read(RECORD.format(decided=""))
    assert document.meeting is not None
    meeting = document.meeting
    assert (meeting.date, meeting.start, meeting.end) == (date(2025, 11, 18), "13:30", "15:00")
    assert meeting.place == "みほん県庁 特別会議室"
    assert [(item.number, item.title, item.kind) for item in meeting.agenda] == [
        (("(1)",), "計画の改定案について", "deliberation"),
        (("(2)",), "移行の状況について", "report"),
    ]
    assert [(one.name, one.lines) for one in meeting.speakers] == [
        ("事務局", ((17, 17),)),
        ("田中委員", ((18, 18),)),
        ("本部長", ((19, 19), (21, 21))),
    ]
    assert [(one.subject, one.decision, one.by) for one in document.decisions] == [
        ("計画の改定案について", "それでは、そのように決定します。", "本部長")
    ]


def test_the_list_of_decisions_goes_before_what_was_said() -> None:
    decided = "\n５　決定事項\n　・議事（１）：注記を加えて了承する。\n　・議事（２）：報告を了とする。\n"
    document = read(RECORD.format(decided=decided))
    assert [(one.subject, one.decision, one.lines) for one in document.decisions] == [
        ("計画の改定案について", "注記を加えて了承する。", (24, 24)),
        ("移行の状況について", "報告を了とする。", (25, 25)),
    ]


@pytest.mark.parametrize(
    "text", ["みほん県本部会議 議事録\n\n記録はありません。", "みほん県計画\n\n■日時：令和7年9月3日"]
)
def test_without_a_dated_meeting_there_is_none(text: str) -> None:
    assert read(text).meeting is None


def test_papers_have_an_agenda_in_their_order_of_business() -> None:
    text = "# 第1回みほん委員会\n\n令和5年5月10日(水)14:00\n\n## 次第\n\n1. 開会\n2. 議事\n  - (1) 計画について\n  - (2) 意見交換\n3. 閉会\n\n### 【資料】\n\n- 名簿\n"
    document = read(text)
    assert document.kind == "papers"
    assert document.meeting is not None
    assert [(item.number, item.title) for item in document.meeting.agenda] == [
        (("1",), "開会"),
        (("2",), "議事"),
        (("2", "(1)"), "計画について"),
        (("2", "(2)"), "意見交換"),
        (("3",), "閉会"),
    ]
