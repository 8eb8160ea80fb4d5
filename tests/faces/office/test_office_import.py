from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hitotsu.faces.office import uploads
from hitotsu.faces.office.uploads import plain_name
from hitotsu.people.models import Person
from hitotsu.people.queries import Reader
from hitotsu.plans.commands import accept_remaining, adopt_draft, discard_draft
from hitotsu.plans.models import Draft, SourceDocument
from hitotsu.plans.queries import DraftState, list_drafts

IMPORT = "/office/plans/import/"


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_the_desk_of_a_new_office_says_what_to_do(editor: Client, organisation: int) -> None:
    page = editor.get("/office/").content.decode()
    assert "待っている仕事はありません" in page
    assert 'type="file"' in page


def test_the_desk_shows_what_waits_oldest_first(
    publisher: Client, owner: Reader, draft: int, organisation: int, tmp_path: Path, plan_file: Path
) -> None:
    other = tmp_path / "other.md"
    other.write_text(
        plan_file.read_text().replace("ことの葉県DX計画", "ことの葉県DX計画 第二案"), encoding="utf-8"
    )
    from hitotsu.plans.commands import import_document

    second = import_document(by=owner, organisation_id=organisation, path=other)
    page = publisher.get("/office/").content.decode()
    assert page.index(f"/office/drafts/{draft}/") < page.index(f"/office/drafts/{second}/")
    assert "未確認 4件" in page
    accept_remaining(by=owner, draft_id=second)
    page = publisher.get("/office/").content.decode()
    assert f"/office/drafts/{second}/adopt/" in page
    adopt_draft(by=owner, draft_id=second, slug="kotonoha-dx")
    page = publisher.get("/office/").content.decode()
    assert "/plans/kotonoha-dx/" in page
    assert "最近公開した計画" in page


def test_a_document_becomes_a_draft(editor: Client, organisation: int, plan_file: Path) -> None:
    with plan_file.open("rb") as file:
        answer = editor.post(IMPORT, {"file": file})
    draft = Draft.objects.get()
    assert answer.headers["Location"] == f"/office/drafts/{draft.pk}/"
    assert draft.organisation_id == organisation
    assert draft.document.file_name == "kotonoha.md"
    page = editor.get(answer.headers["Location"]).content.decode()
    assert "文書を取り込みました" in page
    assert "ことの葉県DX計画" in page


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/計画.md", "計画.md"),
        ("..\\..\\windows\\計画.md", "計画.md"),
        ("/etc/passwd.md", "passwd.md"),
        ("計\x00画\r\n.md", "計画.md"),
        ("..", "document"),
        ("", "document"),
        ("計" * 300 + ".md", "計" * 65 + ".md"),
        (".md", ".md"),
        ("a" * 300, "a" * 199),
        ("報告." + "長" * 100, ("報告." + "長" * 100).encode()[:199].decode(errors="ignore")),
    ],
)
def test_a_file_keeps_its_plain_name_only(sent: str, kept: str) -> None:
    assert plain_name(sent) == kept
    assert len(plain_name(sent).encode()) <= 200


@pytest.mark.parametrize("name", ["../../../../tmp/outside.md", "..\\outside.md", "C:\\plans\\outside.md"])
def test_a_name_with_folders_writes_nowhere_else(
    editor: Client, organisation: int, plan_file: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    written: list[Path] = []
    original = uploads.stored

    class Watched:
        def __init__(self, file: object) -> None:
            self.inner = original(file)  # type: ignore[arg-type]

        def __enter__(self) -> Path:
            written.append(self.inner.__enter__())
            return written[0]

        def __exit__(self, *failure: object) -> None:
            self.inner.__exit__(*failure)  # type: ignore[arg-type]

    monkeypatch.setattr("hitotsu.faces.office.views.importing.stored", Watched)
    # The test client would take the folders off, so the body is written by hand, as an attacker would.
    boundary = "----b"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: text/markdown\r\n\r\n{plan_file.read_text()}\r\n--{boundary}--\r\n"
    ).encode()
    answer = editor.post(IMPORT, body, content_type=f"multipart/form-data; boundary={boundary}")
    assert answer.status_code == 302
    assert written[0].name == "outside.md"
    assert written[0].parent.name.startswith("hitotsu-upload-")
    assert not written[0].parent.exists()
    assert SourceDocument.objects.get().file_name == "outside.md"


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("empty.txt", b"", "文字が一つもありません"),
        ("program.txt", bytes(range(256)) * 40, "中身は文字ではありません"),
        ("archive.zip", b"PK\x03\x04" + b"\x00" * 40, "archive.zip"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence_beside_the_field(
    editor: Client, organisation: int, name: str, data: bytes, sentence: str
) -> None:
    answer = editor.post(IMPORT, {"file": upload(name, data)})
    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert sentence in page
    assert 'aria-invalid="true"' in page
    assert not SourceDocument.objects.exists()


def test_no_file_at_all_is_said(editor: Client, organisation: int) -> None:
    answer = editor.post(IMPORT, {})
    assert answer.status_code == 422
    assert "ファイルが選ばれていません" in answer.content.decode()


def test_a_file_above_the_limit_is_refused_while_it_arrives(
    editor: Client, organisation: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hitotsu.faces.office.uploads.MAX_FILE_BYTES", 1000)
    for size in (1001, 200_000):
        answer = editor.post(IMPORT, {"file": upload("large.txt", "あ".encode() * (size // 3 + 1))})
        assert answer.status_code == 413
        assert "上限" in answer.content.decode()
        assert "large.txt" in answer.content.decode()
    assert editor.post(IMPORT, {"file": upload("small.txt", b"a" * 1000)}).status_code != 413
    assert SourceDocument.objects.count() <= 1


def test_the_same_document_twice_leads_to_the_draft(editor: Client, draft: int, plan_file: Path) -> None:
    with plan_file.open("rb") as file:
        answer = editor.post(IMPORT, {"file": file})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "取り込み済みの下書きを開く" in page
    assert f'href="/office/drafts/{draft}/"' in page
    assert Draft.objects.count() == 1


def test_the_next_edition_is_chosen_from_one_s_own_plans(
    editor: Client, owner: Reader, draft: int, plan_file: Path, tmp_path: Path
) -> None:
    accept_remaining(by=owner, draft_id=draft)
    adopt_draft(by=owner, draft_id=draft, slug="kotonoha-dx")
    form = editor.get(IMPORT + "?plan=kotonoha-dx").content.decode()
    assert '<option value="kotonoha-dx" selected>' in form
    text = plan_file.read_text().replace("路線バスの位置情報", "路線バスの位置と遅れ")
    answer = editor.post(IMPORT, {"file": upload("next.md", text.encode()), "plan": "kotonoha-dx"})
    assert answer.status_code == 302
    assert list_drafts(reader=owner)[0].plan_slug == "kotonoha-dx"


def test_a_plan_of_others_cannot_be_continued(
    client: Client,
    staff: Callable[..., Person],
    owner: Reader,
    draft: int,
    other_organisation: int,
    plan_file: Path,
) -> None:
    accept_remaining(by=owner, draft_id=draft)
    adopt_draft(by=owner, draft_id=draft, slug="kotonoha-dx")
    client.force_login(staff("neighbour", editor=other_organisation))
    answer = client.post(IMPORT, {"file": upload("mine.md", plan_file.read_bytes()), "plan": "kotonoha-dx"})
    assert answer.status_code == 422
    assert Draft.objects.count() == 1


def test_with_two_organisations_one_says_for_which(
    client: Client,
    staff: Callable[..., Person],
    organisation: int,
    other_organisation: int,
    owner: Reader,
    draft: int,
    plan_file: Path,
) -> None:
    client.force_login(staff("both", editor=organisation, publisher=other_organisation))
    accept_remaining(by=owner, draft_id=draft)
    adopt_draft(by=owner, draft_id=draft, slug="kotonoha-dx")
    data = plan_file.read_bytes()
    assert client.post(IMPORT, {"file": upload("mine.md", data)}).status_code == 422
    crossed = {"file": upload("mine.md", data), "organisation": other_organisation, "plan": "kotonoha-dx"}
    answer = client.post(IMPORT, crossed)
    assert answer.status_code == 422
    assert "選んだ組織のものではありません" in answer.content.decode()
    assert (
        client.post(IMPORT, {"file": upload("mine.md", data), "organisation": other_organisation}).status_code
        == 302
    )
    assert Draft.objects.filter(organisation_id=other_organisation, state=DraftState.REVIEW).count() == 1


def test_a_discarded_document_may_come_again(
    publisher: Client, owner: Reader, draft: int, plan_file: Path
) -> None:
    discard_draft(by=owner, draft_id=draft)
    with plan_file.open("rb") as file:
        assert publisher.post(IMPORT, {"file": file}).status_code == 302


def test_what_was_refused_at_once_does_not_wait_on_the_desk(editor: Client, organisation: int) -> None:
    assert editor.post(IMPORT, {"file": upload("empty.txt", b" ")}).status_code == 422
    assert "取り込めなかった文書" not in editor.get("/office/").content.decode()
