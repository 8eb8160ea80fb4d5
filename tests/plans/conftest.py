from pathlib import Path

import pytest

from hitotsu.people.commands import ensure_organisation
from hitotsu.people.models import Person
from hitotsu.people.queries import ANONYMOUS, Reader, Role

FIRST_EDITION = """\
# みほん県DX計画

令和8（2026）年3月
みほん県

## 第1 計画の期間

本計画の対象期間は、令和8（2026）年4月1日から令和13（2031）年3月31日までの5年間とします。令和10（2028）年度に中間見直しを行います。

## 第2 暮らしのDX

### 1 冬の暮らし

【取組の方向性】

雪の日も安心して外に出られる県にします。

#### (1) 除雪状況の見える化

【現状・課題】

- 除雪車の位置が分からないという声が、令和6（2024）年度に1,240件寄せられました。

【取組内容】

- 除雪車の位置を地図で見られるようにします。
- 令和10（2028）年度までに、全ての市町村で利用できるようにします。

#### (2) 暮らしの窓口

【現状・課題】

- 窓口で同じことを何度も書いていただいています。

【取組内容】

- 書かずに手続きできる窓口<sup>1</sup>を設けます。
- 健診と予防接種の案内を、時期に合わせて届けます。

<sup>1</sup> 書かない窓口：職員が聞き取り、申請書を作る窓口

### 2 移動

#### (1) 路線バスのオープンデータ

【現状・課題】

- 時刻表が会社ごとに分かれています。

【取組内容】

- 路線バスの時刻表をオープンデータで公開します。
"""

SECOND_EDITION = (
    FIRST_EDITION.replace("除雪状況の見える化", "除雪状況の見える化と通報")
    .replace("- 健診と予防接種の案内を、時期に合わせて届けます。\n", "")
    .replace(
        "### 2 移動",
        "#### (3) 健診と予防接種の案内\n\n【取組内容】\n\n- 健診と予防接種の案内を、時期に合わせて届けます。\n\n### 2 移動",
    )
    .replace("#### (1) 路線バスのオープンデータ", "#### (1) デマンド交通の予約")
    .replace("- 時刻表が会社ごとに分かれています。", "- 予約は電話だけです。")
    .replace(
        "- 路線バスの時刻表をオープンデータで公開します。",
        "- スマートフォンから乗合タクシーを予約できるようにします。",
    )
)


@pytest.fixture
def organisation(db: None) -> int:
    return ensure_organisation(by=ANONYMOUS, name="みほん県", name_en="Mihon Prefecture", kind="prefecture")


def staff(organisation: int, role: Role) -> Reader:
    person = Person.objects.create_user(f"{role.value}@example.lg.jp", None, name=role.value)
    return Reader(person.pk, person.name, {organisation: role})


@pytest.fixture
def publisher(organisation: int) -> Reader:
    return staff(organisation, Role.PUBLISHER)


@pytest.fixture
def editor(organisation: int) -> Reader:
    return staff(organisation, Role.EDITOR)


@pytest.fixture
def viewer(organisation: int) -> Reader:
    return staff(organisation, Role.VIEWER)


@pytest.fixture
def first_edition(tmp_path: Path) -> Path:
    path = tmp_path / "first.md"
    path.write_text(FIRST_EDITION, encoding="utf-8")
    return path


@pytest.fixture
def second_edition(tmp_path: Path) -> Path:
    path = tmp_path / "second.md"
    path.write_text(SECOND_EDITION, encoding="utf-8")
    return path
