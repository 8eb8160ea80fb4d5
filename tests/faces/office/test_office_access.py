from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from hitotsu.faces.office.urls import urlpatterns
from hitotsu.people.models import AuditEntry, Person
from hitotsu.people.queries import Role
from hitotsu.plans.models import Draft, DraftItem, ReviewStep
from hitotsu.plans.queries import DraftItemView

ARGUMENTS = {"draft_id": 1, "import_id": 1, "item_id": 1, "index": 0, "kind": "figures"}
ROUTES = [pattern for pattern in urlpatterns if isinstance(pattern, URLPattern)]
STEPS = ("accept", "correct", "drop", "merge", "split", "continues")
STEP_ROUTES = {*STEPS, "accept_remaining", "undo", "set_aside"}


def address(pattern: URLPattern, **known: object) -> str:
    names = pattern.pattern.converters
    return reverse(f"office:{pattern.name}", kwargs={name: (ARGUMENTS | known)[name] for name in names})


@pytest.mark.parametrize("pattern", ROUTES, ids=[str(route.name) for route in ROUTES])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_enters_the_office_without_a_login(
    client: Client, pattern: URLPattern, method: str, db: None
) -> None:
    path = address(pattern)
    answer = getattr(client, method)(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{reverse('account_login')}?next=/office/")


@pytest.mark.parametrize("pattern", ROUTES, ids=[str(route.name) for route in ROUTES])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_person_without_a_role_is_refused_everywhere(
    client: Client, staff: Callable[..., Person], pattern: URLPattern, method: str
) -> None:
    client.force_login(staff("nobody"))
    answer = getattr(client, method)(address(pattern))
    assert answer.status_code == 403
    assert "この操作をする権限がありません" in answer.content.decode()


@pytest.mark.parametrize("pattern", ROUTES, ids=[str(route.name) for route in ROUTES])
def test_a_deactivated_person_is_nobody(
    client: Client, staff: Callable[..., Person], organisation: int, pattern: URLPattern
) -> None:
    person = staff("former", administrator=organisation)
    client.force_login(person)
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get(address(pattern)).status_code == 302


def snapshot() -> object:
    return (
        list(Draft.objects.values("state", "title", "issuer", "set_aside", "plan_id").order_by("pk")),
        list(DraftItem.objects.values().order_by("pk")),
        ReviewStep.objects.count(),
        AuditEntry.objects.count(),
    )


@pytest.mark.parametrize("pattern", ROUTES, ids=[str(route.name) for route in ROUTES])
def test_a_viewer_looks_and_changes_nothing(
    viewer: Client, draft: int, items: Callable[[], list[DraftItemView]], pattern: URLPattern
) -> None:
    path = address(pattern, draft_id=draft, item_id=items()[0].id)
    before = snapshot()
    answer = viewer.post(
        path, {"title": "変えられた", "at": "1", "aside": "1", "slug": "taken", "version": "1"}
    )
    assert answer.status_code in (403, 405)
    assert snapshot() == before


def test_a_viewer_sees_a_draft_without_the_buttons(viewer: Client, draft: int) -> None:
    page = viewer.get(f"/office/drafts/{draft}/").content.decode()
    assert "路線バスの位置情報" in page
    assert "見るだけの役割" in page
    assert "確認済みにする" not in page
    assert viewer.get("/office/").status_code == 200
    for kind in ("figures", "terms", "tables", "bodies", "unsure"):
        assert viewer.get(f"/office/drafts/{draft}/parts/{kind}/").status_code == 200
    assert viewer.get(f"/office/drafts/{draft}/adopt/").status_code == 403
    assert viewer.get("/office/audit/").status_code == 403


@pytest.mark.parametrize("pattern", ROUTES, ids=[str(route.name) for route in ROUTES])
def test_staff_of_another_organisation_do_not_know_of_the_draft(
    login: Callable[..., Client],
    other_organisation: int,
    draft: int,
    items: Callable[[], list[DraftItemView]],
    pattern: URLPattern,
) -> None:
    if "draft_id" not in pattern.pattern.converters:
        pytest.skip("not about one draft")
    stranger = login(Role.ADMINISTRATOR, other_organisation, name="stranger")
    path = address(pattern, draft_id=draft, item_id=items()[0].id)
    before = snapshot()
    answer = stranger.post(path, {"title": "変えられた", "at": "1", "version": "1"})
    assert answer.status_code in (404, 405)
    if pattern.name not in STEP_ROUTES:
        assert stranger.get(path).status_code == 404
    assert snapshot() == before
    assert "ことの葉県" not in stranger.get("/office/").content.decode()


def test_an_editor_elsewhere_who_only_views_here_changes_nothing(
    staff: Callable[..., Person],
    client: Client,
    organisation: int,
    other_organisation: int,
    draft: int,
    items: Callable[[], list[DraftItemView]],
) -> None:
    client.force_login(staff("both", viewer=organisation, publisher=other_organisation))
    before = snapshot()
    item = items()[0].id
    for path in (
        f"items/{item}/accept/",
        f"items/{item}/drop/",
        "accept-remaining/",
        "undo/",
        "front/",
        "adopt/",
        "discard/",
    ):
        assert client.post(f"/office/drafts/{draft}/{path}", {"title": "変えられた"}).status_code == 403
    assert snapshot() == before


def test_forms_need_their_token(
    staff: Callable[..., Person], organisation: int, draft: int, items: Callable[[], list[DraftItemView]]
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(staff("strict", publisher=organisation))
    before = snapshot()
    for path in (
        f"/office/drafts/{draft}/items/{items()[0].id}/accept/",
        f"/office/drafts/{draft}/accept-remaining/",
        f"/office/drafts/{draft}/front/",
        f"/office/drafts/{draft}/adopt/",
        f"/office/drafts/{draft}/discard/",
        "/office/plans/import/",
    ):
        assert strict.post(path, {"title": "変えられた"}).status_code == 403, path
    assert snapshot() == before


def test_a_step_s_address_opened_by_hand_shows_the_draft(
    editor: Client, draft: int, items: Callable[[], list[DraftItemView]]
) -> None:
    before = snapshot()
    item = items()[0].id
    for step in STEPS:
        answer = editor.get(reverse(f"office:{step}", args=[draft, item]))
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/office/drafts/{draft}/")
    assert snapshot() == before


def test_a_fragment_without_a_session_sends_the_whole_page_to_the_login(client: Client, db: None) -> None:
    answer = client.post(
        "/office/drafts/1/undo/",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/office/drafts/1/?item=3"},
    )
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].endswith("?next=/office/drafts/1/%3Fitem%3D3")


def test_a_login_never_leads_to_another_site(client: Client, db: None) -> None:
    answer = client.post(
        "/office/drafts/1/undo/",
        headers={"HX-Request": "true", "HX-Current-URL": "https://elsewhere.example/phish"},
    )
    assert answer.headers["HX-Redirect"].endswith("?next=/office/")


def test_no_shared_cache_keeps_a_staff_page(editor: Client, draft: int) -> None:
    for path in ("/office/", f"/office/drafts/{draft}/"):
        assert "private" in editor.get(path).headers["Cache-Control"]


@pytest.mark.parametrize("page", ["signup", "password/reset", "password/set", "email", "confirm-email"])
def test_nobody_signs_up_or_takes_over_an_account(client: Client, db: None, page: str) -> None:
    address = f"/accounts/{page}/"
    assert client.get(address).status_code == 404
    answer = client.post(
        address,
        {
            "email": "new@example.com",
            "password1": "correct-horse-battery",
            "password2": "correct-horse-battery",
        },
    )
    assert answer.status_code == 404
    assert not Person.objects.filter(email="new@example.com").exists()


@pytest.mark.parametrize("page", ["password/change", "2fa", "2fa/totp/activate", "2fa/webauthn/add"])
def test_staff_look_after_their_own_account(
    client: Client, staff: Callable[..., Person], organisation: int, page: str
) -> None:
    staff("hanako", editor=organisation)
    login = {"login": "hanako@example.lg.jp", "password": "correct-horse-battery"}
    client.post("/accounts/login/", login)
    # What opens the account to another key asks for the password once more.
    again = client.post("/accounts/reauthenticate/", {"password": "correct-horse-battery"})
    assert again.status_code == 302
    assert client.get(f"/accounts/{page}/").status_code == 200


def test_staff_log_in_and_out(client: Client, staff: Callable[..., Person], organisation: int) -> None:
    staff("hanako", editor=organisation)
    answer = client.post(
        reverse("account_login"), {"login": "hanako@example.lg.jp", "password": "correct-horse-battery"}
    )
    assert answer.headers["Location"] == "/office/"
    page = client.get("/office/").content.decode()
    assert "hanako" in page
    assert "ことの葉県" in page
    client.post(reverse("account_logout"))
    assert client.get("/office/").status_code == 302
