import os
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hitotsu.people.queries import Reader

from hitotsu.cli.area import take_boundaries

SAMPLES = Path(__file__).parent / "samples"
PREFECTURE = "福島県"
STAFF_EMAIL = "staff@example.lg.jp"


def load_demo(*, plan: Path | None, boundaries: Path | None) -> None:
    """The demonstration region, a plan that residents can read, and a member of staff who can log in.

    What is there already stays as it is. Raises the rooms' errors where a given file cannot be used.
    """
    from hitotsu.people.commands import ensure_organisation
    from hitotsu.people.queries import ANONYMOUS, operator
    from hitotsu.place.commands import load_region

    _say("福島県と59市町村を用意しています…")
    load_region(by=ANONYMOUS)
    organisation = ensure_organisation(
        by=ANONYMOUS, name=PREFECTURE, name_en="Fukushima Prefecture", kind="prefecture", area_key="070009"
    )
    by = operator()
    _load_boundaries(boundaries)
    _add_staff(by)
    if plan is not None:
        _adopt(by, organisation, plan, "dx-strategy")
    else:
        _adopt(by, organisation, SAMPLES / "strategy-first-edition.md", "fukushima-dx")
        _leave_for_review(by, organisation, SAMPLES / "strategy-second-edition.md", "fukushima-dx")


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _load_boundaries(path: Path | None) -> None:
    if path is None or not path.exists():
        _say(
            "市町村の境界がないため、地図は出ません。hitotsu area import FILE で境界のファイルを取り込めます。"
        )
        return
    report = take_boundaries(path)
    _say(f"境界を取り込みました（{len(report.updated)}件）。出典: {report.credit}")


def _add_staff(by: "Reader") -> None:
    from hitotsu.people.commands import add_staff
    from hitotsu.people.errors import PersonExists
    from hitotsu.people.queries import Role

    password = os.environ.get("HITOTSU_DEMO_PASSWORD") or secrets.token_urlsafe(12)
    try:
        add_staff(
            by=by, email=STAFF_EMAIL, name="見本の職員", password=password, organisation=PREFECTURE,
            role=Role.ADMINISTRATOR,
        )  # fmt: skip
    except PersonExists:
        _say(f"職員の入口: /office/ （{STAFF_EMAIL}、パスワードは最初の起動で表示したもの）")
        return
    _say(f"職員の入口: /office/ （{STAFF_EMAIL}、パスワード {password}）")


def _adopt(by: "Reader", organisation: int, path: Path, slug: str) -> None:
    from hitotsu.plans.commands import accept_remaining, adopt_draft, import_document
    from hitotsu.plans.errors import DuplicateDocument
    from hitotsu.plans.queries import list_plans

    _say(f"計画「{path.name}」を読み取っています…")
    known = next((plan.slug for plan in list_plans(reader=by) if plan.slug == slug), None)
    try:
        draft = import_document(by=by, organisation_id=organisation, path=path, plan_slug=known)
    except DuplicateDocument as error:
        _say(str(error))
        return
    # Only here: outside the demonstration a person looks at every item before it is published.
    accept_remaining(by=by, draft_id=draft)
    _, ordinal = adopt_draft(by=by, draft_id=draft, slug=slug)
    _say(f"見本なので、読み取った取組をすべて確認済みとして公開しました: /plans/{slug}/ （第{ordinal}版）")


def _leave_for_review(by: "Reader", organisation: int, path: Path, slug: str) -> None:
    from hitotsu.plans.commands import import_document
    from hitotsu.plans.errors import DuplicateDocument

    try:
        draft = import_document(by=by, organisation_id=organisation, path=path, plan_slug=slug)
    except DuplicateDocument as error:
        _say(str(error))
        return
    _say(f"次の版の下書きを確認待ちにしました: /office/drafts/{draft}/")
