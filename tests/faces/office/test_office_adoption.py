from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from hitotsu.people.commands import record_audit
from hitotsu.people.queries import Reader
from hitotsu.plans.commands import accept_remaining, adopt_draft, drop_item, import_document
from hitotsu.plans.queries import DraftItemView, draft_view, list_plans, plan_view

Items = Callable[[], list[DraftItemView]]


def body(client: Client, path: str) -> str:
    return unescape(client.get(path).content.decode())


@pytest.fixture
def adopted(owner: Reader, draft: int) -> str:
    accept_remaining(by=owner, draft_id=draft)
    slug, _ = adopt_draft(by=owner, draft_id=draft, slug="kotonoha-dx")
    return slug


@pytest.fixture
def next_draft(owner: Reader, organisation: int, adopted: str, plan_file: Path, tmp_path: Path) -> int:
    text = plan_file.read_text()
    text = text.replace("路線バスの位置情報", "路線バスの位置と遅れ").replace("避難所の受付", "森林の測量")
    text = text.replace("受付に30分かかっています。", "測量は人の手だけです。")
    text = text.replace("受付を電子化します。", "空から測ります。").replace(
        "混み具合を公開します。", "林道を記録します。"
    )
    path = tmp_path / "next.md"
    path.write_text(text, encoding="utf-8")
    return import_document(by=owner, organisation_id=organisation, path=path, plan_slug=adopted)


def test_what_is_not_reviewed_is_not_offered(publisher: Client, draft: int, owner: Reader) -> None:
    page = body(publisher, f"/office/drafts/{draft}/adopt/")
    assert "まだ確認していない取組が4件あります" in page
    assert 'id="do-adopt"' not in page
    answer = publisher.post(f"/office/drafts/{draft}/adopt/", {"slug": "kotonoha-dx"})
    assert answer.status_code == 422
    assert list_plans(reader=owner) == []


def test_adoption_says_what_will_be_public_and_then_leads_there(
    publisher: Client, draft: int, items: Items, owner: Reader
) -> None:
    publisher.post(f"/office/drafts/{draft}/items/{items()[3].id}/drop/")
    publisher.post(f"/office/drafts/{draft}/parts/figures/0/", {"aside": "1"})
    publisher.post(f"/office/drafts/{draft}/accept-remaining/")
    page = body(publisher, f"/office/drafts/{draft}/adopt/")
    assert "3の取組が公開されます" in page
    assert "除外した1件は公開されません" in page
    assert "1件は公開されません" in page
    assert 'value="kotonoha-dx"' in page
    answer = publisher.post(f"/office/drafts/{draft}/adopt/", {"slug": "kotonoha-dx"})
    assert answer.status_code == 302
    done = body(publisher, answer.headers["Location"])
    assert "計画を公開しました" in done
    assert 'href="/plans/kotonoha-dx/"' in done
    assert publisher.get("/plans/kotonoha-dx/").status_code == 200
    assert len(plan_view(reader=owner, slug="kotonoha-dx").initiatives) == 3


@pytest.mark.parametrize("slug", ["", "大きな計画", "Upper", "a b", "x" * 61, "../up"])
def test_an_address_that_cannot_be_used_is_refused_beside_the_field(
    publisher: Client, draft: int, owner: Reader, slug: str
) -> None:
    accept_remaining(by=owner, draft_id=draft)
    answer = publisher.post(f"/office/drafts/{draft}/adopt/", {"slug": slug})
    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "は使えません" in page
    assert f'value="{slug}"' in page
    assert list_plans(reader=owner) == []


def test_a_taken_address_is_not_suggested(
    publisher: Client, adopted: str, owner: Reader, organisation: int, plan_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "another.md"
    path.write_text(plan_file.read_text().replace("ことの葉県DX計画", "ことの葉県ICT計画"), encoding="utf-8")
    another = import_document(by=owner, organisation_id=organisation, path=path)
    accept_remaining(by=owner, draft_id=another)
    assert 'value="kotonoha-dx-2"' in body(publisher, f"/office/drafts/{another}/adopt/")


def test_only_what_was_seen_is_published(publisher: Client, draft: int, items: Items, owner: Reader) -> None:
    accept_remaining(by=owner, draft_id=draft)
    seen = draft_view(reader=owner, draft_id=draft).steps
    assert f'name="steps" value="{seen}"' in body(publisher, f"/office/drafts/{draft}/adopt/")
    drop_item(by=owner, draft_id=draft, item_id=items()[0].id)
    path = f"/office/drafts/{draft}/adopt/"
    answer = publisher.post(path, {"slug": "kotonoha-dx", "steps": str(seen)})
    assert answer.status_code == 422
    assert "下書きが変更されました" in answer.content.decode()
    assert list_plans(reader=owner) == []
    assert publisher.post(path, {"slug": "kotonoha-dx", "steps": str(seen + 1)}).status_code == 302


def test_an_editor_does_not_publish(editor: Client, draft: int, owner: Reader) -> None:
    accept_remaining(by=owner, draft_id=draft)
    assert editor.post(f"/office/drafts/{draft}/adopt/", {"slug": "kotonoha-dx"}).status_code == 403
    assert list_plans(reader=owner) == []
    assert "公開担当" in body(editor, "/office/")


def test_the_next_edition_is_compared(publisher: Client, next_draft: int, owner: Reader) -> None:
    page = body(publisher, f"/office/drafts/{next_draft}/compare/")
    assert "名称を変更 1" in page
    assert "新規 1" in page
    assert "終了 1" in page
    assert "路線バスの位置情報" in page
    assert "路線バスの位置と遅れ" in page
    ended = body(publisher, f"/office/drafts/{next_draft}/compare/?kind=ended")
    assert "避難所の受付" in ended
    assert "路線バスの位置と遅れ" not in ended


def test_a_person_decides_what_an_initiative_carries_on(
    publisher: Client, next_draft: int, owner: Reader
) -> None:
    view = draft_view(reader=owner, draft_id=next_draft)
    new = next(item for item in view.items if item.title == "森林の測量")
    assert new.continues_key is None
    old = next(
        item.key
        for item in plan_view(reader=owner, slug="kotonoha-dx").initiatives
        if item.title == "避難所の受付"
    )
    page = body(publisher, f"/office/drafts/{next_draft}/compare/?item={new.id}")
    assert f'<option value="{old}">' in page
    path = f"/office/drafts/{next_draft}/items/{new.id}/continues/"
    answer = publisher.post(path, {"initiative": str(old)})
    assert "前の版とのつながりを変えました" in body(publisher, answer.headers["Location"].split("#")[0])
    now = next(item for item in draft_view(reader=owner, draft_id=next_draft).items if item.id == new.id)
    assert now.continues_key == old
    answer = publisher.post(path, {"initiative": "9999"})
    assert "取組9999はありません" in body(publisher, answer.headers["Location"].split("#")[0])
    publisher.post(path, {"initiative": ""})
    now = next(item for item in draft_view(reader=owner, draft_id=next_draft).items if item.id == new.id)
    assert now.continues_key is None


def test_adopting_the_next_edition_names_what_ends(publisher: Client, next_draft: int, owner: Reader) -> None:
    accept_remaining(by=owner, draft_id=next_draft)
    page = body(publisher, f"/office/drafts/{next_draft}/adopt/")
    assert "前の版の1件は「終了」として残ります" in page
    assert 'name="slug"' not in page
    assert publisher.post(f"/office/drafts/{next_draft}/adopt/").status_code == 302
    assert plan_view(reader=owner, slug="kotonoha-dx").edition.ordinal == 2


def test_a_first_edition_has_nothing_to_compare(publisher: Client, draft: int) -> None:
    assert "比べる前の版がありません" in body(publisher, f"/office/drafts/{draft}/compare/")


def test_discarding_says_what_it_touches_and_asks_first(publisher: Client, draft: int, owner: Reader) -> None:
    page = body(publisher, f"/office/drafts/{draft}/discard/")
    assert "取組4件の下書き" in page
    assert draft_view(reader=owner, draft_id=draft).summary.state == "確認中"
    answer = publisher.post(f"/office/drafts/{draft}/discard/")
    assert answer.headers["Location"] == "/office/"
    assert draft_view(reader=owner, draft_id=draft).summary.state == "取りやめ"


def test_the_record_says_who_did_what_newest_first(
    publisher: Client, adopted: str, owner: Reader, organisation: int
) -> None:
    page = body(publisher, "/office/audit/")
    assert page.index("計画を公開しました") < page.index("文書を取り込みました")
    assert "owner" in page
    assert "kotonoha.md" in page


def test_the_record_is_paged_by_key_and_keeps_to_one_s_organisations(
    publisher: Client, owner: Reader, organisation: int, other_organisation: int
) -> None:
    for number in range(1, 62):
        record_audit(by=owner, action="plan.import", subject=f"draft:{number}", organisation_id=organisation)
    record_audit(by=owner, action="plan.import", subject="draft:777777", organisation_id=other_organisation)
    first = body(publisher, "/office/audit/")
    assert first.count("<tr>") == 51
    assert "777777" not in first
    older = first.split("?before=")[1].split('"')[0]
    second = body(publisher, f"/office/audit/?before={older}")
    assert "下書き61" in first
    assert "下書き61" not in second
    assert ">下書き1</a>" in second
    assert publisher.get("/office/audit/?before=x").status_code == 200
