"""A made-up prefecture with a plan in two editions, brought in through the rooms' own commands."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from hitotsu.people.commands import ensure_organisation
from hitotsu.people.queries import ANONYMOUS, operator
from hitotsu.place.commands import load_region
from hitotsu.plans.commands import adopt_draft
from hitotsu.plans.models import Draft, DraftItem, Initiative, SourceDocument

SLUG = "mizuki-dx"
SCRIPT = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("http://example.com","x")'


@dataclass(frozen=True)
class Item:
    number: tuple[str, ...]
    title: str
    status: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    direction: str = ""
    figures: tuple[int, ...] = ()
    terms: tuple[str, ...] = ()
    continues: int | None = None


FIRST = (
    Item(
        ("第2", "1", "(1)", "ア"),
        "窓口へ行かなくてよい手続",
        (
            "手続の Ｄ Ｘ が遅れており、インターネットで終わる手続は24.6％で、県の平均の11.2％を上回るにとどまる。",
        ),
        ("手続を支払いまで一度で終えられるようにする。", "Ａ Ｉ による案内を24時間使えるようにする。"),
        "住民が時間と場所を選ばずに手続を終えられる。",
        (0, 1),
        ("1",),
    ),
    Item(("第2", "1", "(1)", "イ"), f"災害の知らせ {SCRIPT}", (), (f"知らせを{SCRIPT}三つの方法で届ける。",)),
    Item(("第2", "2", "(1)"), FORMULA, ("@現状", "+81"), ("-10%を目標にする。",), figures=(2,)),
    Item(("第2", "2", "(2)"), "紙の広報の配達", (), ("各戸へ毎月二回お届けする。",)),
)
SECOND = (
    Item(FIRST[0].number, "窓口へ行かない手続", FIRST[0].status, FIRST[0].actions, continues=1),
    Item(FIRST[1].number, FIRST[1].title, FIRST[1].status, FIRST[1].actions, continues=2),
    Item(FIRST[2].number, FIRST[2].title, FIRST[2].status, FIRST[2].actions, continues=3),
    Item(("第2", "2", "(3)"), "新しい取組 ＤＸ", (), ("新しく始める。",)),
)


def load_sample_region() -> int:
    """The packaged region, and the id of an organisation in it."""
    load_region(by=ANONYMOUS)
    return ensure_organisation(by=ANONYMOUS, name="みずき県", kind="prefecture", area_key="070009")


def adopt_edition(organisation: int, items: tuple[Item, ...], name: str) -> None:
    """A draft of these initiatives, all of them reviewed, adopted as the next edition of the sample plan."""
    lines = [f"{index}行目" for index in range(1, 101)]
    document = SourceDocument.objects.create(
        organisation_id=organisation,
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        file_name=name,
        format="txt",
        lines=lines,
    )
    plan = _plan_id()
    draft = Draft.objects.create(
        document=document,
        organisation_id=organisation,
        plan_id=plan,
        title="みずき県ＤＸ計画",
        issuer="みずき県デジタル課",
        period_start=date(2026, 4, 1),
        period_end=date(2031, 3, 31),
        reading=_reading(items),
    )
    for position, item in enumerate(items):
        DraftItem.objects.create(
            draft=draft,
            position=position,
            state="accepted",
            number=list(item.number),
            title=item.title,
            direction=item.direction,
            status=list(item.status),
            actions=list(item.actions),
            figures=list(item.figures),
            terms=list(item.terms),
            first_line=10 + position * 5,
            last_line=14 + position * 5,
            confidence=1,
            continues=Initiative.objects.get(plan_id=plan, key=item.continues) if item.continues else None,
            likeness=1 if item.continues else 0,
        )
    adopt_draft(by=operator(), draft_id=draft.pk, slug=SLUG)


def _plan_id() -> int | None:
    found = Initiative.objects.filter(plan__slug=SLUG).first()
    return found.plan_id if found else None


def _reading(items: tuple[Item, ...]) -> dict[str, Any]:
    return {
        "kind": "plan",
        "source": {"lines": 100},
        "sections": [
            {"number": ["第2"], "title": "取組", "level": 1, "lines": [5, 90]},
            {"number": ["第2", "1"], "title": "暮らし ＤＸ", "level": 2, "lines": [8, 19]},
            {"number": ["第2", "2"], "title": "行政", "level": 2, "lines": [19, 90]},
        ],
        "reviews": [{"date": "2028", "text": "令和10年度に見直す。", "lines": [4, 4]}],
        "figures": [
            _figure(
                24.6,
                "%",
                "2025-03-31",
                "actual",
                "県の平均の11.2％を上回る24.6％",
                "県の平均",
                11.2,
                "%",
                "more",
            ),
            _figure(3000, "件", "FY2025", "target", "20件増やし3,000件にする", "前年度", 20, "件", "more"),
            _figure(None, None, None, None, FORMULA),
        ],
        "tables": [
            {
                "title": "市町村の人口",
                "header": [["市町村", "人口"]],
                "rows": [[FORMULA, SCRIPT], ["北町", "1,200"]],
                "notes": ["出典は国勢調査"],
                "lines": [40, 44],
            }
        ],
        "terms": [
            {
                "mark": "1",
                "term": "Ｄ Ｘ",
                "definition": f"デジタル技術で仕事を変えること。{SCRIPT}",
                "lines": [30, 30],
            }
        ],
        "bodies": [{"name": "推進本部", "role": "全体を決める。", "lines": [50, 51]}],
        "unsure": [],
    }


def _figure(
    value: float | None,
    unit: str | None,
    as_of: str | None,
    kind: str | None,
    text: str,
    reference: str | None = None,
    other: float | None = None,
    other_unit: str | None = None,
    relation: str | None = None,
) -> dict[str, Any]:
    compare = (
        {"with": reference, "value": other, "unit": other_unit, "relation": relation} if reference else None
    )
    return {
        "value": value,
        "text_value": text[:20],
        "unit": unit,
        "as_of": as_of,
        "kind": kind,
        "compare": compare,
        "text": text,
        "lines": [20, 21],
    }
