import re
from collections.abc import Sequence
from dataclasses import dataclass

from hitotsu.plans.reading.characters import key, plain
from hitotsu.plans.reading.cleaning import Cleaned
from hitotsu.plans.reading.cleaning import Kind as LineKind
from hitotsu.plans.reading.dates import find_dates
from hitotsu.plans.reading.numbering import read_number
from hitotsu.plans.reading.structure import Kind

_LOOK = 60
_FRONT_LINES = 14
_TITLE_LIMIT = 80
_PLAN_WORD = re.compile(
    r"計画|戦略|方針|プラン|ビジョン|指針|大綱|構想|アクション|ロードマップ|推進|宣言|条例|要綱|事例|報告|概要|議事|次第|会議|委員会|挑戦"
)
_MINUTES = re.compile(r"議事(?:概要|録|要旨|要録)|会議(?:録|概要|結果)|摘録")
_SLIDES = re.compile(r"講演|スライド|説明会?資料|研修資料|プレゼン")
_PAPERS = re.compile(r"次第|会議資料|委員会(?!設置)|審議会|協議会|(?:^|】|\s)資料\s*[0-9０-９]")
_REPORT = re.compile(r"事例|報告書|調査結果|実績報告|事業報告|評価報告|成果報告")
PLAN_NAME = re.compile(
    r"(?:計画|戦略|方針|プラン|ビジョン|大綱|構想|指針|プログラム)\s*(?:[(（〔【].{1,30}[)）〕】]|素案|原案|案|概要版?|本編|[0-9０-９.]+版?|改[定訂]版|～.*|－.*)*\s*$"
)
_PLACE = r"(?:東京都|北海道|(?:京都|大阪)府|[一-龠々ぁ-んァ-ヴーヶ]{1,7}?(?:県|市|町|村|区))"
_OFFICE = r"[一-龠々ァ-ヴーA-Za-z0-9・]{0,24}"
_ORGANIZATION = re.compile(
    rf"(?:{_PLACE}){{1,2}}(?:{_OFFICE}(?:部|局|課|室|本部|庁|振興局|教育委員会|企業局|事務局|委員会|協議会|会議))?|(?:内閣府|デジタル庁|[一-龠]{{1,4}}省|[一-龠]{{1,5}}庁|{_OFFICE}広域連合|{_OFFICE}事務組合)"
)


_DATE = re.compile(
    r"[(（]?(?:令和|平成|[RＲHＨ](?=[0-9０-９])|[12][0-9]{3})\s*(?:[0-9０-９元]{1,2})?.{0,14}?(?:[年月日]|[0-9０-９](?![0-9０-９]))\s*(?:[(（].{1,3}[)）])?(?:策定|改定|改訂|公表|現在|版|発行)?[0-9０-９:：~～時分\s]*[)）]?(?=$|[\s　／/|｜])"
)


_YEAR_RANGE = re.compile(
    r"[(（【]?\s*(?:令和|平成|[RＲ]|[12１２][0-9０-９]{3}).{0,16}?\s*(?:[~～〜－―‐-]|から)\s*(?:令和|平成|[RＲ]|[12１２][0-9０-９]{3})?.{0,16}?(?:年度?|[0-9０-９]|[)）])(?:まで)?\s*[)）】]?"
)
_LESS_THAN_OFFICE = re.compile(rf"({_PLACE}){_OFFICE}(?<!振興)(?:部|課|室|局)")


@dataclass(frozen=True, slots=True)
class Front:
    """What the first page says: title, organisation, the lines that it takes (0-based), and where the body starts."""

    title: str | None
    organization: str | None
    lines: frozenset[int]
    end: int


def read_front(cleaned: Cleaned) -> Front:
    """Title and organisation from the lines before the first heading of the body."""
    candidates = _front_lines(cleaned)
    title_at, title, extra = _title(candidates)
    organization, organization_at = _organization(candidates, title, title_at)
    taken = {line for line in (title_at, organization_at, *extra) if line is not None}
    taken |= {line for line, text, _ in candidates if _is_date_line(text)}
    if organization is not None:
        taken |= {
            line for line, text, _ in candidates if _ORGANIZATION.fullmatch(re.sub(r"[\s　]+", "", text))
        }
        office = _LESS_THAN_OFFICE.fullmatch(organization)
        organization = office.group(1) if office is not None else organization
    front_end = title_at + 1 if title_at is not None else 0
    return Front(title, organization, frozenset(taken), front_end)


def kind_of(cleaned: Cleaned, front: Front) -> Kind:
    """Which kind of document it is, by its title and by the words of its first lines."""
    title = front.title or ""
    head = [plain(line.strip("#* 　\t-・")) for line in cleaned.lines[:200] if line.strip()][:_LOOK]
    if _MINUTES.search(title) or any(_MINUTES.search(line) and len(line) < 60 for line in head[:8]):
        return "minutes"
    if _REPORT.search(title) or any(_REPORT.search(line) and len(line) < 30 for line in head[:4]):
        return "report"
    if any(_SLIDES.search(line) and len(line) < 60 for line in head[:6]):
        return "slides"
    if PLAN_NAME.search(title) and not any(key(line) == "次第" for line in head):
        return "plan"
    if any(key(line) in ("次第", "会議次第") for line in head) or _PAPERS.search(title):
        return "papers"
    return "plan"


def _front_lines(cleaned: Cleaned) -> list[tuple[int, str, int]]:
    """The lines of the title page: (0-based line, text, heading marks), up to the contents or the first section."""
    found: list[tuple[int, str, int]] = []
    for index, line in enumerate(cleaned.lines[:400]):
        kind = cleaned.kinds[index]
        if kind is LineKind.CONTENTS and found:
            break
        if kind is not LineKind.TEXT:
            continue
        body = line.strip()
        marks = len(body) - len(body.lstrip("#"))
        text = plain(body.lstrip("#")).strip()
        number = read_number(text)
        if len(text) > 120 or (
            number is not None and (number[0].style in ("章", "第", "編部", "算", "ローマ") and found)
        ):
            break
        if text.endswith("。") and len(text) > 30 and found:
            break
        found.append((index, text, marks))
        if len(found) >= _FRONT_LINES:
            break
    return found


def _title(candidates: Sequence[tuple[int, str, int]]) -> tuple[int | None, str | None, list[int]]:
    best: tuple[float, int] | None = None
    for at, (_, text, marks) in enumerate(candidates):
        if (
            _is_date_line(text)
            or not 2 <= len(text) <= _TITLE_LIMIT
            or text.endswith("。")
            or _ORGANIZATION.fullmatch(text)
        ):
            continue
        if (
            key(text) in ("次第", "目次", "議事次第", "会議次第")
            or (text[:1] in "■●・-※▲(（<＜【" and not marks)
            or "：" in text[:12]
        ):
            continue
        score = (
            3.0 * (marks == 1)
            + (marks > 1)
            + 2.0 * bool(_PLAN_WORD.search(text))
            + 2.0 * bool(PLAN_NAME.search(text))
            - 0.35 * at
        )
        score -= 6.0 * bool(re.search(r"\.[A-Za-z]{2,4}$|コピー", text))
        score += 2.0 * bool(_MINUTES.search(text)) - 1.5 * bool(
            re.search(r"講演|資料\s*[0-9０-９]?$|様$", text)
        )
        if best is None or score > best[0]:
            best = (score, at)
    if best is None:
        return None, None, []
    line, text, marks = candidates[best[1]]
    following = candidates[best[1] + 1] if best[1] + 1 < len(candidates) else None
    if following is not None and re.fullmatch(r"[(（][^()（）]{2,60}[)）]", following[1]):
        return line, text, [following[0]]
    if following is not None and re.fullmatch(r"[~〜～－―‐-].{2,60}[~〜～－―‐-]", following[1]):
        # A plan's name is complete in itself; that of a talk or a report is not without its second line.
        return line, text if PLAN_NAME.search(text) else f"{text} {following[1]}", [following[0]]
    above = candidates[best[1] - 1] if best[1] > 0 else None
    if (
        above is not None
        and not marks
        and re.fullmatch(_PLACE, re.sub(r"[\s　]+", "", above[1]))
        and not re.match(_PLACE, text)
    ):
        return line, re.sub(r"[\s　]+", "", above[1]) + text, [above[0], *_years_below(following)]
    if (
        above is not None
        and not marks
        and not above[2]
        and _leads(above[1])
        and len(text) + len(above[1]) <= _TITLE_LIMIT
    ):
        return line, f"{above[1]} {text}", [above[0]]
    return line, text, []


def _years_below(following: tuple[int, str, int] | None) -> list[int]:
    return (
        [following[0]]
        if following is not None and re.fullmatch(r"[0-9０-９\s~～－―‐-]{4,20}", following[1])
        else []
    )


def _leads(text: str) -> bool:
    """Whether the line above the title is its first part: no date, office, quotation or note."""
    plainly = 2 <= len(text) <= 30 and not re.search(r"[。、：:0-9０-９]|資料|様$", text)
    return (
        plainly
        and not _is_date_line(text)
        and not _ORGANIZATION.fullmatch(text)
        and text[:1] not in "■●・-※▲(（<＜【"
    )


def _organization(
    candidates: Sequence[tuple[int, str, int]], title: str | None, title_at: int | None
) -> tuple[str | None, int | None]:
    for line, text, _ in candidates:
        dates = find_dates(text) if len(text) <= 60 else []
        undated = text[: dates[0].start] + text[dates[-1].end :] if dates else text
        name = re.sub(r"[\s　／/|｜]+|[年月日]+$|(?:策定|改[定訂]|公表)$", "", undated)
        if line != title_at and _ORGANIZATION.fullmatch(name) and len(name) <= 40:
            return name, line
    for line, text, _ in candidates:
        match = re.match(rf"((?:{_PLACE}){_OFFICE}(?:部|局|課|室|庁))(?:長)?$", re.sub(r"[\s　]+", "", text))
        if match is not None and line != title_at:
            return match.group(1), line
    for source in (title or "", *(text for _, text, _ in candidates)):
        match = re.search(rf"(?:^|[「（(\s】回度次])({_PLACE})", re.sub(r"[(（]仮称[)）]", "", source))
        if match is not None:
            return match.group(1), None
    return None, None


def _is_date_line(text: str) -> bool:
    """Whether the line is a date, alone or with the office that issued it (令和4年3月　みずほ県)."""
    if len(text) <= 40 and _YEAR_RANGE.fullmatch(text):
        return True
    dates = find_dates(text) if len(text) <= 60 else []
    if not dates:
        return False
    rest = text[: dates[0].start] + text[dates[-1].end :]
    rest = re.sub(
        r"[(（][月火水木金土日・祝]+(?:曜日?)?[)）]|策定|改[定訂]|公表|現在|発行|[\s　／/|｜()（）年月日時分度版0-9０-９:：~～-]",
        "",
        rest,
    )
    return not rest or _ORGANIZATION.fullmatch(rest) is not None
