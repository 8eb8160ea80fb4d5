"""A document whose reading takes longer than a person waits at a page."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hitotsu.people.models import AuditEntry
from hitotsu.people.queries import Reader, Role
from hitotsu.plans.commands import import_document, request_import
from hitotsu.plans.models import Draft, Import
from hitotsu.plans.queries import ImportState

IMPORT = "/office/plans/import/"
Work = Callable[[], int]


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the worker at hand: there is none while the page waits."""
    monkeypatch.setattr("hitotsu.faces.office.views.importing.PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr("hitotsu.faces.office.views.importing.pause", lambda: None)


@pytest.fixture
def asked(owner: Reader, organisation: int, plan_file: Path) -> int:
    return request_import(by=owner, organisation_id=organisation, path=plan_file)


def page_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_who_waits_too_long_is_led_to_a_page_that_can_be_left(
    editor: Client, organisation: int, plan_file: Path, work_off: Work
) -> None:
    with plan_file.open("rb") as file:
        answer = editor.post(IMPORT, {"file": file})
    asked = Import.objects.get()
    state = f"/office/imports/{asked.pk}/"
    assert answer.headers["Location"] == state
    page = page_of(editor, state)
    assert "文書を読み取っています" in page
    assert "順番を待っています" in page
    assert "kotonoha.md" in page
    assert "このページを離れても読み取りは続きます" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert f'hx-get="{state}"' in page
    desk = page_of(editor, "/office/")
    assert "読み取っている文書" in desk
    assert f'href="{state}"' in desk

    work_off()
    draft = Draft.objects.get()
    assert editor.get(state).headers["Location"] == f"/office/drafts/{draft.pk}/"
    assert "文書を取り込みました" in page_of(editor, f"/office/drafts/{draft.pk}/")
    desk = page_of(editor, "/office/")
    assert "読み取っている文書" not in desk
    assert f"/office/drafts/{draft.pk}/" in desk


def test_how_far_it_is_is_said_in_pages(editor: Client, asked: int) -> None:
    Import.objects.filter(pk=asked).update(state=ImportState.READING)
    state = f"/office/imports/{asked}/"
    page = page_of(editor, state)
    assert "読み取っています。" in page
    assert "<progress" not in page
    Import.objects.filter(pk=asked).update(pages_done=12, pages_total=70)
    for path in (state, "/office/"):
        page = page_of(editor, path)
        assert "70ページ中 12ページまで読みました" in page
        assert '<progress max="70" value="12"' in page


def test_the_part_that_asks_every_second_leaves_when_it_has_ended(
    editor: Client, asked: int, work_off: Work
) -> None:
    state = f"/office/imports/{asked}/"
    still = editor.get(state, headers={"HX-Request": "true"})
    assert still.status_code == 200
    assert 'id="import-progress"' in still.content.decode()
    work_off()
    ended = editor.get(state, headers={"HX-Request": "true"})
    assert (ended.status_code, ended.headers["HX-Redirect"]) == (204, state)
    assert editor.get(state).status_code == 302


def test_a_refusal_is_said_on_its_page_and_on_the_desk_until_it_is_put_away(
    editor: Client, owner: Reader, organisation: int, tmp_path: Path, work_off: Work
) -> None:
    path = tmp_path / "program.txt"
    path.write_bytes(bytes(range(256)) * 40)
    asked = request_import(by=owner, organisation_id=organisation, path=path)
    work_off()
    state = f"/office/imports/{asked}/"
    page = page_of(editor, state)
    assert "文書を取り込めませんでした" in page
    assert "中身は文字ではありません" in page
    assert f'href="{IMPORT}"' in page
    assert "http-equiv" not in page
    desk = page_of(editor, "/office/")
    assert "取り込めなかった文書" in desk
    assert "中身は文字ではありません" in desk
    answer = editor.post(f"{state}cancel/")
    assert answer.headers["Location"] == "/office/"
    desk = page_of(editor, "/office/")
    assert "「program.txt」の知らせを片付けました" in desk
    assert "取り込めなかった文書" not in desk


def test_a_document_that_is_there_already_leads_to_its_draft(
    editor: Client, owner: Reader, organisation: int, asked: int, plan_file: Path, work_off: Work
) -> None:
    draft = import_document(by=owner, organisation_id=organisation, path=plan_file)
    work_off()
    page = page_of(editor, f"/office/imports/{asked}/")
    assert f'href="/office/drafts/{draft}/"' in page
    assert "取り込み済みの下書きを開く" in page


def test_an_import_can_be_cancelled(editor: Client, asked: int, work_off: Work) -> None:
    state = f"/office/imports/{asked}/"
    assert "取り込みを取りやめる" in page_of(editor, state)
    assert editor.get(f"{state}cancel/").headers["Location"] == state
    assert Import.objects.get().state == ImportState.WAITING
    editor.post(f"{state}cancel/")
    work_off()
    assert not Draft.objects.exists()
    page = page_of(editor, state)
    assert "取り込みを取りやめました" in page
    assert "http-equiv" not in page


def test_what_has_become_a_draft_is_not_cancelled(editor: Client, asked: int, work_off: Work) -> None:
    work_off()
    answer = editor.post(f"/office/imports/{asked}/cancel/", follow=True)
    assert "下書きになっています" in answer.content.decode()
    assert Draft.objects.count() == 1


def test_the_same_document_sent_twice_leads_to_the_one_that_is_read(
    editor: Client, asked: int, plan_file: Path
) -> None:
    answer = editor.post(IMPORT, {"file": SimpleUploadedFile("again.md", plan_file.read_bytes())})
    assert answer.headers["Location"] == f"/office/imports/{asked}/"
    assert "いま読み取っています" in page_of(editor, answer.headers["Location"])
    assert Import.objects.count() == 1


def test_a_viewer_sees_it_and_others_do_not_know_of_it(
    viewer: Client, login: Callable[..., Client], other_organisation: int, asked: int
) -> None:
    state = f"/office/imports/{asked}/"
    assert "取り込みを取りやめる" not in page_of(viewer, state)
    stranger = login(Role.ADMINISTRATOR, other_organisation, name="stranger")
    before = AuditEntry.objects.count()
    assert viewer.post(f"{state}cancel/").status_code == 403
    assert stranger.get(state).status_code == 404
    assert stranger.post(f"{state}cancel/").status_code == 404
    assert "kotonoha.md" not in page_of(stranger, "/office/")
    assert Import.objects.get().state == ImportState.WAITING
    assert AuditEntry.objects.count() == before


def test_a_hostile_name_is_inert(
    editor: Client, owner: Reader, organisation: int, tmp_path: Path, work_off: Work
) -> None:
    path = tmp_path / "<img src=x onerror=alert(1)>.txt"
    path.write_bytes(b" ")
    asked = request_import(by=owner, organisation_id=organisation, path=path)
    for _ in range(2):
        for shown in (f"/office/imports/{asked}/", "/office/"):
            page = page_of(editor, shown)
            assert "<img src=x" not in page
            assert "&lt;img src=x" in page
        work_off()
