import re
from collections.abc import Sequence

from hitotsu.plans.reading.blocks import Block
from hitotsu.plans.reading.characters import key, narrow
from hitotsu.plans.reading.dates import find_dates, find_ranges, fiscal_year_range
from hitotsu.plans.reading.front import PLAN_NAME
from hitotsu.plans.reading.structure import Period, Review, Span

_SPAN = re.compile(r"期間")
_OWN_SPAN = re.compile(
    r"(?:計画|対象|戦略|実施|推進|取組|プラン|方針|目標|構想)(?:の)?(?:対象)?期間|期間(?:は|を|と)|(?:本|この)(?:計画|戦略|プラン|方針|指針|ビジョン|構想).{0,40}(?:年度|年)"
)
_REVIEW = re.compile(
    r"中間(?:見直し|評価|検証|改[定訂]|年次)|見直しを(?:行|実施|予定|検討)|見直(?:す|します)|改[定訂]を(?:行|予定)|改[定訂](?:します|する)(?!る)|中間年"
)
_OWN = re.compile(
    r"中間|本(?:計画|戦略|プラン|方針|指針|ビジョン|構想)|計画期間|対象期間|この(?:計画|戦略|プラン|方針)|計画の見直|計画を見直|(?:計画|戦略|大綱|プラン|方針|指針|ビジョン|構想)(?:全体)?[のを]?見直"
)
_YEARS = re.compile(r"([0-9０-９一二三四五六七八九十]{1,2})\s*(?:か|カ|ヵ|ヶ|箇|ケ)?年(?:間|計画)")


def find_period(blocks: Sequence[Block]) -> tuple[Period | None, Span | None]:
    """The term of the plan and the lines (1-based) that say it: the range of years named with 期間."""
    heading = ""
    weak: tuple[Period, Span] | None = None
    for block in blocks:
        if block.kind == "heading":
            heading = key(block.title)
            ranged = _range(block.title) if _SPAN.search(heading) or PLAN_NAME.search(block.title) else None
            if ranged is not None and _SPAN.search(heading):
                return ranged, (block.first + 1, block.last + 1)
            weak = weak or ((ranged, (block.first + 1, block.last + 1)) if ranged is not None else None)
            continue
        if block.kind == "label" and block.role is not None:
            heading = key(block.title)
            continue
        if block.kind == "table":
            continue
        under = bool(_SPAN.search(heading)) and len(heading) <= 20
        for sentence, lines in block.sentences():
            if len(sentence) > 600 or not (under or _SPAN.search(sentence) or _OWN.search(sentence)):
                continue
            period = _range(sentence)
            if period is None:
                continue
            if under or _OWN_SPAN.search(sentence):
                return period, lines
            weak = weak or (period, lines)
    return weak if weak is not None else (None, None)


def find_reviews(blocks: Sequence[Block], period: Period | None) -> list[Review]:
    """The years in which the plan says that it will be looked at again, with the sentence; each year once."""
    found: list[Review] = []
    under = False
    for block in blocks:
        if block.kind == "heading":
            under = bool(_SPAN.search(key(block.title)))
        if block.kind not in ("item", "text"):
            continue
        for sentence, lines in block.sentences():
            if len(sentence) > 600 or not _REVIEW.search(sentence) or not (under or _OWN.search(sentence)):
                continue
            at = _REVIEW.search(sentence)
            before = [when for when in find_dates(sentence) if at is not None and when.end <= at.start() + 2]
            if not before:
                continue
            when = before[-1]
            if period is not None and not period.start.year <= when.year <= period.end.year + 1:
                continue
            whole_year = "年度" in sentence[when.start : when.end + 1] and when.month in (None, 3)
            date = str(when.first_day().year - (when.month == 3)) if whole_year else when.iso()
            if all(review.date != date for review in found):
                found.append(Review(date, sentence, lines))
    return found


def _range(text: str) -> Period | None:
    ranges = find_ranges(text)
    for first, last in ranges:
        if last.year - first.year > 30 or (last.year == first.year and not last.month):
            continue
        if first.month is None and last.month is None:
            return Period(*fiscal_year_range(first.year, last.year))
        return Period(first.first_day(), last.last_day())
    ends = re.search(r"初年度.{0,60}(?:目標|最終)年度", text)
    dates = find_dates(text)
    if ends is not None and len(dates) >= 2:
        named = [when for when in dates if when.fiscal] or dates
        return Period(*fiscal_year_range(named[0].year, named[-1].year))
    years = _YEARS.search(text)
    if years is not None and dates and re.search(r"から|より|以降|初年度", text):
        count = int(narrow(years.group(1))) if narrow(years.group(1)).isdecimal() else 0
        if 2 <= count <= 20 and dates[0].month is None:
            return Period(*fiscal_year_range(dates[0].year, dates[0].year + count - 1))
    return None
