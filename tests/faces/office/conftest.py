from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from hitotsu.people.commands import ensure_organisation
from hitotsu.people.models import Membership, Person
from hitotsu.people.queries import ANONYMOUS, Reader, Role, reader_of
from hitotsu.plans.commands import import_document
from hitotsu.plans.queries import DraftItemView, draft_items

PLAN = """\
# ことの葉県DX計画

令和8（2026）年3月
ことの葉県

## 第1 計画の期間

本計画の対象期間は、令和8（2026）年4月1日から令和13（2031）年3月31日までの5年間とします。

## 第2 暮らしのDX

### 1 移動

【取組の方向性】

どこに住んでいても出かけられる県にします。

#### (1) 路線バスの位置情報

【現状・課題】

- バスの位置が分からないという声が、令和6（2024）年度に1,240件寄せられました。

【取組内容】

- バスの位置を地図で見られるようにします。
- 遅れを停留所の画面に出します。
- 時刻表をオープンデータ<sup>1</sup>で公開します。

<sup>1</sup> オープンデータ：誰でも自由に使える形で公開されたデータ

#### (2) 乗合タクシーの予約

【現状・課題】

- 予約は電話だけです。

【取組内容】

- スマートフォンから予約できるようにします。
- 高齢の方には電話の予約も残します。

### 2 防災

#### (1) 避難所の受付

【現状・課題】

- 受付に30分かかっています。

【取組内容】

- 受付を電子化します。
- 混み具合を公開します。

#### (2) 災害情報の配信

【現状・課題】

- 情報が届かない地域があります。

【取組内容】

- 登録した区域の情報を届けます。
"""

Login = Callable[..., Client]


def organisation_called(name: str, name_en: str) -> int:
    return ensure_organisation(by=ANONYMOUS, name=name, name_en=name_en, kind="prefecture")


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch, work_off: Callable[[], int]) -> None:
    """A worker that takes up what is asked for while the page waits for it."""
    monkeypatch.setattr("hitotsu.faces.office.views.importing.pause", work_off)


@pytest.fixture
def organisation(db: None) -> int:
    return organisation_called("ことの葉県", "Kotonoha Prefecture")


@pytest.fixture
def other_organisation(db: None) -> int:
    return organisation_called("となり県", "Tonari Prefecture")


@pytest.fixture
def staff(db: None) -> Callable[..., Person]:
    """A member of staff with roles by organisation."""

    def make(name: str, **roles: int) -> Person:
        person = Person.objects.create_user(f"{name}@example.lg.jp", "correct-horse-battery", name=name)
        for role, organisation_id in roles.items():
            Membership.objects.create(person=person, organisation_id=organisation_id, role=role)
        return person

    return make


@pytest.fixture
def login(staff: Callable[..., Person], organisation: int) -> Login:
    """A browser that is logged in as a person with that role; forms are accepted without their token."""

    def enter(role: Role, organisation_id: int | None = None, name: str = "") -> Client:
        client = Client()
        client.force_login(staff(name or role.value, **{role.value: organisation_id or organisation}))
        return client

    return enter


@pytest.fixture
def editor(login: Login) -> Client:
    return login(Role.EDITOR)


@pytest.fixture
def publisher(login: Login) -> Client:
    return login(Role.PUBLISHER)


@pytest.fixture
def viewer(login: Login) -> Client:
    return login(Role.VIEWER)


@pytest.fixture
def owner(staff: Callable[..., Person], organisation: int) -> Reader:
    """Who brought the draft in, and looks at what became of it."""
    return reader_of(staff("owner", publisher=organisation))


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    path = tmp_path / "kotonoha.md"
    path.write_text(PLAN, encoding="utf-8")
    return path


@pytest.fixture
def draft(owner: Reader, organisation: int, plan_file: Path) -> int:
    """A draft of four initiatives, none of them looked at."""
    return import_document(by=owner, organisation_id=organisation, path=plan_file)


@pytest.fixture
def items(owner: Reader, draft: int) -> Callable[[], list[DraftItemView]]:
    """The draft's initiatives as they are now."""
    return lambda: draft_items(reader=owner, draft_id=draft)
