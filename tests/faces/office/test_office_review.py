from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from hitotsu.people.queries import Reader, Role
from hitotsu.plans.commands import accept_remaining, adopt_draft, import_document
from hitotsu.plans.queries import DraftItemView, draft_view, read_day

Items = Callable[[], list[DraftItemView]]


def entered(item: DraftItemView, **changes: str) -> dict[str, str]:
    return {
        "version": str(item.version),
        "number": " ＞ ".join(item.number),
        "title": item.title,
        "direction": item.direction,
        "status": "\n".join(item.status),
        "actions": "\n".join(item.actions),
        "terms": "\n".join(item.terms),
        "figures": [str(index) for index in item.figures],  # type: ignore[dict-item]
    } | changes


def body(client: Client, path: str) -> str:
    return unescape(client.get(path).content.decode())


def test_source_and_reading_stand_side_by_side(editor: Client, draft: int, items: Items) -> None:
    first = items()[0]
    page = body(editor, f"/office/drafts/{draft}/?item={first.id}")
    assert "確認済み 0 / 4" in page
    assert f'id="line-{first.lines[0]}" class="in-item"' in page
    assert "#### (1) 路線バスの位置情報" in page
    assert "残り4件をまとめて確認済みにする" in page
    assert f'id="line-{first.lines[0] - 1}">' in page


def test_accept_goes_on_to_the_next_pending_one(editor: Client, draft: int, items: Items) -> None:
    first, second, *_ = items()
    answer = editor.post(f"/office/drafts/{draft}/items/{first.id}/accept/", {"show": "pending", "q": "(1)"})
    assert f"item={items()[2].id}" in answer.headers["Location"]
    assert "show=pending" in answer.headers["Location"]
    assert items()[0].state == "accepted"
    page = body(editor, answer.headers["Location"])
    assert "「路線バスの位置情報」を確認済みにしました" in page
    assert "元に戻す" in page
    answer = editor.post(f"/office/drafts/{draft}/items/{second.id}/accept/")
    assert answer.headers["Location"] == f"/office/drafts/{draft}/?item={items()[2].id}"


def test_a_correction_is_stored_in_the_reviewer_s_words(
    editor: Client, draft: int, items: Items, owner: Reader
) -> None:
    item = items()[0]
    assert item.figures
    form = entered(
        item,
        title=" バスの位置 ",
        number="第2＞1 > (1)",
        actions="一つ目\r\n\r\n 二つ目 ",
        terms="オープンデータ",
    )
    form["figures"] = []  # type: ignore[assignment]
    answer = editor.post(f"/office/drafts/{draft}/items/{item.id}/correct/", form)
    assert answer.headers["Location"] == f"/office/drafts/{draft}/?item={item.id}"
    now = items()[0]
    assert (now.title, now.number, now.actions) == ("バスの位置", ("第2", "1", "(1)"), ("一つ目", "二つ目"))
    assert (now.state, now.figures, now.terms) == ("corrected", (), ("オープンデータ",))
    assert now.status == item.status


def test_saving_an_untouched_form_changes_no_words(editor: Client, draft: int, items: Items) -> None:
    before = items()[0]
    editor.post(f"/office/drafts/{draft}/items/{before.id}/correct/", entered(before))
    now = items()[0]
    assert (now.title, now.number, now.status, now.actions, now.direction, now.figures) == (
        before.title, before.number, before.status, before.actions, before.direction, before.figures,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": " "}, "名称が空です"),
        ({"title": "長" * 501}, "500文字を超えています"),
        ({"figures": "999"}, "選んだ数値が見つかりません"),
    ],
)
def test_a_correction_that_cannot_be_taken_keeps_what_was_typed(
    editor: Client, draft: int, items: Items, changes: dict[str, str], sentence: str
) -> None:
    item = items()[0]
    answer = editor.post(
        f"/office/drafts/{draft}/items/{item.id}/correct/",
        entered(item, actions="打ったばかりの文") | changes,
    )
    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert sentence in page
    assert "打ったばかりの文" in page
    assert items()[0] == item


def test_two_people_at_once_see_the_newest_beside_what_they_typed(
    login: Callable[..., Client], draft: int, items: Items
) -> None:
    one, two = login(Role.EDITOR, name="one"), login(Role.EDITOR, name="two")
    seen = items()[0]
    path = f"/office/drafts/{draft}/items/{seen.id}/correct/"
    assert one.post(path, entered(seen, title="一人目の名称")).status_code == 302
    answer = two.post(path, entered(seen, title="二人目の名称", actions="二人目の文"))
    page = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "ほかの人が変更しました" in page
    assert 'value="二人目の名称"' in page
    assert "二人目の文" in page
    assert "一人目の名称" in page
    assert items()[0].title == "一人目の名称"
    # Whoever has seen the newest may still decide for the typed words.
    newest = items()[0]
    assert f'name="version" value="{newest.version}"' in page
    assert two.post(path, entered(newest, title="二人目の名称")).status_code == 302
    assert items()[0].title == "二人目の名称"


def test_merge_split_and_drop(editor: Client, draft: int, items: Items) -> None:
    first, second, third, _ = items()
    editor.post(f"/office/drafts/{draft}/items/{first.id}/merge/")
    merged = items()[0]
    assert merged.actions == first.actions + second.actions
    assert len(items()) == 3
    answer = editor.post(f"/office/drafts/{draft}/items/{first.id}/split/", {"at": "3", "title": "予約"})
    part = items()[1]
    assert (part.title, part.actions) == ("予約", second.actions)
    assert answer.headers["Location"] == f"/office/drafts/{draft}/?item={part.id}"
    answer = editor.post(f"/office/drafts/{draft}/items/{third.id}/drop/")
    page = body(editor, answer.headers["Location"])
    assert "「避難所の受付」を除外しました" in page
    assert "（うち除外 1）" in page
    back = body(editor, f"/office/drafts/{draft}/?item={third.id}")
    assert "除外をやめて確認済みにする" in back


def test_merging_passes_over_what_was_dropped(editor: Client, draft: int, items: Items) -> None:
    first, second, third, _ = items()
    editor.post(f"/office/drafts/{draft}/items/{second.id}/drop/")
    editor.post(f"/office/drafts/{draft}/items/{first.id}/merge/")
    assert items()[0].actions == first.actions + third.actions
    assert [item.id for item in items()][:2] == [first.id, second.id]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"at": "", "title": "x"}, "位置が選ばれていません"),
        ({"at": "9", "title": "x"}, "その位置|選んだ位置では分けられません"),
        ({"at": "1", "title": ""}, "名称が空です"),
    ],
)
def test_a_split_that_cannot_be_done_says_why(
    editor: Client, draft: int, items: Items, form: dict[str, str], sentence: str
) -> None:
    answer = editor.post(f"/office/drafts/{draft}/items/{items()[0].id}/split/", form)
    assert answer.status_code == 422
    assert any(one in answer.content.decode() for one in sentence.split("|"))
    assert len(items()) == 4


def test_the_rest_is_accepted_in_one_step_that_says_how_much_it_touches(
    editor: Client, draft: int, items: Items
) -> None:
    editor.post(f"/office/drafts/{draft}/items/{items()[1].id}/drop/")
    answer = editor.post(f"/office/drafts/{draft}/accept-remaining/", {"item": str(items()[0].id)})
    assert "残り3件の取組を確認済みにしました" in body(editor, answer.headers["Location"])
    editor.post(f"/office/drafts/{draft}/undo/")
    assert [item.state for item in items()] == ["pending", "dropped", "pending", "pending"]


def test_undo_takes_back_only_the_step_that_was_seen(
    login: Callable[..., Client], draft: int, items: Items, owner: Reader
) -> None:
    one, two = login(Role.EDITOR, name="one"), login(Role.EDITOR, name="two")
    first, second, *_ = items()
    one.post(f"/office/drafts/{draft}/items/{first.id}/accept/")
    seen = draft_view(reader=owner, draft_id=draft).last_step
    assert seen is not None
    assert (seen.action, seen.by, seen.item_ids) == ("accept", "one", (first.id,))
    two.post(f"/office/drafts/{draft}/items/{second.id}/drop/")
    answer = one.post(f"/office/drafts/{draft}/undo/", {"step": str(seen.id)})
    assert "ほかの操作が続いて行われた" in body(one, answer.headers["Location"])
    assert [item.state for item in items()][:2] == ["accepted", "dropped"]
    assert "直前の操作：除外（two）" in body(one, f"/office/drafts/{draft}/")


def test_undo_leads_back_to_the_page_it_was_asked_on(editor: Client, draft: int) -> None:
    editor.post(f"/office/drafts/{draft}/parts/figures/0/", {"aside": "1"})
    back = f"/office/drafts/{draft}/parts/figures/?page=1"
    answer = editor.post(f"/office/drafts/{draft}/undo/", {"next": back})
    assert answer.headers["Location"] == back
    editor.post(f"/office/drafts/{draft}/parts/figures/0/", {"aside": "1"})
    answer = editor.post(f"/office/drafts/{draft}/undo/", {"next": "https://elsewhere.example/"})
    assert answer.headers["Location"].startswith(f"/office/drafts/{draft}/")
    answer = editor.post(f"/office/drafts/{draft}/undo/")
    assert "元に戻せる操作がありません" in body(editor, answer.headers["Location"])


def test_a_step_on_what_is_gone_says_so(editor: Client, draft: int, items: Items) -> None:
    first, second, *_ = items()
    editor.post(f"/office/drafts/{draft}/items/{first.id}/merge/")
    for step in ("accept", "drop", "merge", "correct", "split", "continues"):
        answer = editor.post(f"/office/drafts/{draft}/items/{second.id}/{step}/", entered(second))
        assert answer.status_code == 302
        assert "この取組は、ほかの操作で" in body(editor, answer.headers["Location"])


def test_filters_search_and_empty_states(editor: Client, draft: int, items: Items) -> None:
    assert '取組の一覧 <span class="count">1件' in body(editor, f"/office/drafts/{draft}/?q=タクシー 予約")
    # Width and case make no difference.
    assert "1件</span>" in body(editor, f"/office/drafts/{draft}/?q=ｽﾏｰﾄﾌｫﾝ")
    page = body(editor, f"/office/drafts/{draft}/?q=存在しない言葉")
    assert "「存在しない言葉」に合う取組はありません" in page
    assert "不確かな取組はありません" in body(editor, f"/office/drafts/{draft}/?show=unsure")
    editor.post(f"/office/drafts/{draft}/accept-remaining/")
    assert "未確認の取組はありません" in body(editor, f"/office/drafts/{draft}/?show=pending")
    for nonsense in ("?item=abc&show=zzz&line=-1", "?item=99999999999999999999", "?line=999999"):
        assert editor.get(f"/office/drafts/{draft}/{nonsense}").status_code == 200


def test_parts_are_shown_with_their_lines_and_can_be_left_out(
    editor: Client, draft: int, owner: Reader
) -> None:
    view = draft_view(reader=owner, draft_id=draft)
    assert view.figures
    assert view.terms
    page = body(editor, f"/office/drafts/{draft}/parts/figures/")
    assert "1,240件寄せられました" in page
    assert f"?line={view.figures[0][0].lines[0]}" in page
    answer = editor.post(f"/office/drafts/{draft}/parts/figures/0/", {"aside": "1", "page": "1"})
    assert "使わない" in body(editor, answer.headers["Location"])
    assert draft_view(reader=owner, draft_id=draft).figures[0][1] is True
    editor.post(f"/office/drafts/{draft}/parts/figures/0/", {"aside": "0"})
    assert draft_view(reader=owner, draft_id=draft).figures[0][1] is False
    answer = editor.post(f"/office/drafts/{draft}/parts/figures/999/", {"aside": "1"})
    assert "対象が見つかりません" in body(editor, answer.headers["Location"])
    assert editor.get(f"/office/drafts/{draft}/parts/secrets/").status_code == 404
    assert editor.post(f"/office/drafts/{draft}/parts/secrets/0/").status_code == 404


@pytest.mark.parametrize(
    ("written", "last", "iso"),
    [
        ("令和8年4月1日", False, "2026-04-01"),
        ("令和８年４月１日", False, "2026-04-01"),
        ("R8.4.1", False, "2026-04-01"),
        ("Ｒ８．４．１", False, "2026-04-01"),
        ("2026-04-01", False, "2026-04-01"),
        ("２０２６／４／１", False, "2026-04-01"),
        (" 2026年4月1日 ", False, "2026-04-01"),
        ("令和12年度", True, "2031-03-31"),
        ("令和8年度", False, "2026-04-01"),
        ("令和8年2月", True, "2026-02-28"),
    ],
)
def test_a_day_is_taken_as_people_write_it(written: str, last: bool, iso: str) -> None:
    day = read_day(written, last=last)
    assert day is not None
    assert day.isoformat() == iso


@pytest.mark.parametrize(
    "written", ["来年の春", "令和8年13月1日", "2026-02-30", "4月1日", "令和8年4月1日から"]
)
def test_what_is_no_day_is_none(written: str) -> None:
    assert read_day(written) is None


def test_the_front_takes_eras_and_refuses_nonsense(editor: Client, draft: int, owner: Reader) -> None:
    path = f"/office/drafts/{draft}/front/"
    form = {
        "title": "新しい名称",
        "issuer": "ことの葉県",
        "period_start": "Ｒ９．４．１",
        "period_end": "令和12年度",
    }
    assert editor.post(path, form).status_code == 302
    view = draft_view(reader=owner, draft_id=draft)
    assert (view.summary.title, str(view.period_start), str(view.period_end)) == (
        "新しい名称",
        "2027-04-01",
        "2031-03-31",
    )
    answer = editor.post(path, form | {"title": "残る入力", "period_start": "いつか"})
    assert answer.status_code == 422
    page = unescape(answer.content.decode())
    assert "「いつか」を日付として読めません" in page
    assert "残る入力" in page
    answer = editor.post(path, form | {"period_start": "令和20年4月1日"})
    assert "終わりが始まりより前です" in answer.content.decode()
    assert draft_view(reader=owner, draft_id=draft) == view
    editor.post(f"/office/drafts/{draft}/undo/", {"next": path})
    assert draft_view(reader=owner, draft_id=draft).summary.title == "ことの葉県DX計画"


def test_a_closed_draft_can_be_read_but_not_changed(
    publisher: Client, draft: int, items: Items, owner: Reader
) -> None:
    accept_remaining(by=owner, draft_id=draft)
    adopt_draft(by=owner, draft_id=draft, slug="kotonoha-dx")
    before = items()
    page = body(publisher, f"/office/drafts/{draft}/")
    assert "この下書きは公開済みです" in page
    assert 'data-key="a"' not in page
    for step in ("accept", "drop", "merge", "correct", "split", "continues"):
        publisher.post(f"/office/drafts/{draft}/items/{before[0].id}/{step}/", entered(before[0], at="1"))
    publisher.post(f"/office/drafts/{draft}/undo/")
    publisher.post(f"/office/drafts/{draft}/front/", {"title": "変えられた"})
    assert publisher.post(f"/office/drafts/{draft}/adopt/", {"slug": "again"}).status_code == 422
    publisher.post(f"/office/drafts/{draft}/discard/")
    assert items() == before
    assert draft_view(reader=owner, draft_id=draft).summary.state == "公開済み"


def test_script_in_a_document_is_inert_everywhere(
    editor: Client, owner: Reader, organisation: int, tmp_path: Path, plan_file: Path
) -> None:
    evil = '<script>alert("x")</script>'
    text = plan_file.read_text()
    for word in (
        "ことの葉県DX計画",
        "路線バスの位置情報",
        "バスの位置を地図",
        "予約は電話だけ",
        "オープンデータ：誰でも",
    ):
        text = text.replace(word, f"{evil}{word}")
    path = tmp_path / "evil.md"
    path.write_text(text, encoding="utf-8")
    draft = import_document(by=owner, organisation_id=organisation, path=path)
    pages = [
        "",
        "front/",
        *(f"parts/{kind}/" for kind in ("figures", "terms", "tables", "bodies", "unsure")),
        "compare/",
        "discard/",
    ]
    shown = 0
    for page in [f"/office/drafts/{draft}/{one}" for one in pages] + ["/office/"]:
        html = editor.get(page).content.decode()
        assert evil not in html
        shown += html.count("&lt;script&gt;alert(")
    assert shown > 5


def test_a_large_document_stays_a_small_page(
    editor: Client,
    owner: Reader,
    organisation: int,
    tmp_path: Path,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    sections = "\n".join(
        f"#### ({number}) 取組その{number}\n\n【現状・課題】\n\n- {'現状の説明が長く続きます。' * 20}\n\n"
        f"【取組内容】\n\n- {'取り組む内容が長く続きます。' * 20}\n- 二つ目を進めます。\n"
        for number in range(1, 401)
    )
    path = tmp_path / "large.md"
    path.write_text(
        f"# 大きな計画\n\n## 第1 はじめに\n\n{'長' * 400_000}\n\n## 第2 取組\n\n### 1 分野\n\n{sections}",
        encoding="utf-8",
    )
    draft = import_document(by=owner, organisation_id=organisation, path=path)
    view = draft_view(reader=owner, draft_id=draft)
    assert len(view.items) == 400
    for item in (view.items[0], view.items[200], view.items[-1]):
        with django_assert_max_num_queries(20):  # type: ignore[attr-defined]
            answer = editor.get(f"/office/drafts/{draft}/?item={item.id}")
        assert len(answer.content) < 200_000
        assert f'id="line-{item.lines[0]}"' in answer.content.decode()
    page = body(editor, f"/office/drafts/{draft}/?item={view.items[200].id}")
    assert "もっと前の行" in page
    assert "もっと後の行" in page
