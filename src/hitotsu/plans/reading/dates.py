import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

_FIRST_YEAR = {"明治": 1868, "大正": 1912, "昭和": 1926, "平成": 1989, "令和": 2019}
_LAST_ERA_YEAR = {"明治": 45, "大正": 15, "昭和": 64, "平成": 31, "令和": 99}
_INITIALS = {"M": "明治", "T": "大正", "S": "昭和", "H": "平成", "R": "令和"}

_WIDE = "０１２３４５６７８９（）［］．，／－：ＭＴＳＨＲ％　"
_NARROW = "0123456789()[].,/-:MTSHR% "
_TO_NARROW = str.maketrans(_WIDE, _NARROW)
_KANJI_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")}

_ERA = r"(?P<{0}era>令和|平成|昭和|大正|明治)\s*(?P<{0}eyear>元|\d{{1,2}}(?!\d)|[一二三四五六七八九十]{{1,3}}(?=年))"
_SHORT = r"(?<![A-Za-z0-9])(?P<{0}short>[MTSHR])\s?\.?\s?(?P<{0}syear>元|\d{{1,2}}(?!\d))"
_WEST = r"(?<![\d.,])(?P<{0}west>(?:1[89]|2[01])\d\d(?!\d)|[一二][〇一二三四五六七八九]{{3}}(?=年))"
_YEAR = f"(?:{_ERA}|{_SHORT}|{_WEST})"
_UNIT = r"(?:\s*(?P<{0}>年度|年|(?<=\))度))?"
_GLOSS = r"(?:\s*[(\[]\s*(?:(?:令和|平成|昭和|[SHR])\s?(?P<gera>\d{1,2}|元)|(?P<gwest>(?:1[89]|2[01])\d\d))\s*(?P<gunit>年度|年)?\s*[)\]])?"
_MONTH_DAY = (
    r"\s*(?P<{0}month>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})\s*月"
    r"(?:\s*(?:(?P<{0}day>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})\s*日|(?P<{0}mend>末)))?"
)
_DOTTED = r"\s?[./-]\s?(?P<dmonth>\d{1,2})(?!\d)(?:\s?[./-]\s?(?P<dday>\d{1,2})(?!\d))?"
_HEAD = re.compile(
    _YEAR.format("") + _UNIT.format("unit1") + _GLOSS + _UNIT.format("unit2")
    + rf"(?P<yend>末)?(?:{_MONTH_DAY.format('')}|{_DOTTED})?"
)  # fmt: skip
_SAME = re.compile(
    rf"同年(?P<fy>度)?(?P<yend>末)?(?:{_MONTH_DAY.format('')})?|同月\s*(?:(?P<sday>\d{{1,2}})\s*日|(?P<smend>末))"
)
_SEPARATOR = r"\s*(?:年度?)?\s*(?:[~〜～\-–—―−▶→⇒]|から)\s*"
_TAIL_YEAR = re.compile(
    _SEPARATOR + r"(?P<year>\d{1,2}|(?:1[89]|2[01])\d\d)(?!\d)" + _UNIT.format("unit1")
    + r"(?:\s*[(\[](?P<gwest>(?:1[89]|2[01])\d\d)(?:年度?)?[)\]])?" + _UNIT.format("unit2")
)  # fmt: skip
_TAIL_DAY = re.compile(r"\s*(?:\([^)]{1,4}\))?\s*(?:[~〜～\-–—―−]|から)" + _MONTH_DAY.format(""))
_RANGE_GAP = re.compile(r"\s*(?:\([^)]{1,4}\))?(?:当初|始め)?\s*(?:[~〜～\-–—―−▶→⇒]|から|より)\s*")
_SHORT_FOLLOW = re.compile(r"\s*(?:年|[(\[]|末|[./-]\s?\d|[~〜～\-–—―−▶→⇒:])")
_AFTER_DASH = re.compile(r"[~〜～\-–—―−▶→⇒]\s*$")


@dataclass(frozen=True, slots=True)
class When:
    """A date as far as the text gives it, with the place `start:end` that it takes in the text.

    `fiscal` years run from April. `disputed` is true where an era year and the western year beside it disagree;
    the era year is kept then.
    """

    year: int
    month: int | None = None
    day: int | None = None
    fiscal: bool = False
    start: int = 0
    end: int = 0
    disputed: bool = False

    def iso(self) -> str:
        """`2025-12-31`, `2024-03`, `2024`, or `FY2024` for a fiscal year."""
        if self.month is None:
            return f"FY{self.year}" if self.fiscal else f"{self.year}"
        return f"{self.year}-{self.month:02}" + (f"-{self.day:02}" if self.day else "")

    def first_day(self) -> date:
        """The first day that the date can mean."""
        if self.fiscal and self.month is None:
            return date(self.year, 4, 1)
        return date(self.year, self.month or 1, self.day or 1)

    def last_day(self) -> date:
        """The last day that the date can mean."""
        if self.fiscal and self.month is None:
            return date(self.year + 1, 3, 31)
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])


def narrow(text: str) -> str:
    """The text with full-width digits and signs made half-width, character by character, so that places stay the same."""
    return text.translate(_TO_NARROW)


def find_dates(text: str) -> list[When]:
    """All dates in the text, in order: eras and western years, 元年, `R6.3.1`, 年度, 月末, 年度末, 同年9月, 令和8～12年度.

    Places are indices into `text` as given. Dates that cannot be (13月, 平成50年) are left out.
    """
    return list(_scan(narrow(text)))


def parse_date(text: str) -> When | None:
    """The first date in the text, or None."""
    return next(_scan(narrow(text)), None)


def find_years(text: str) -> list[int]:
    """The western years that the text names, each once, in order; a fiscal year counts as the year it starts in."""
    return list(dict.fromkeys(when.year for when in find_dates(text)))


def find_ranges(text: str) -> list[tuple[When, When]]:
    """Pairs of dates that the text joins with から, ～ or a dash, in order: (first, last)."""
    found, plain = find_dates(text), narrow(text)
    pairs = []
    for first, last in pairwise(found):
        if not _RANGE_GAP.fullmatch(plain[first.end : last.start]) or last.last_day() < first.first_day():
            continue
        if last.fiscal and not first.fiscal and first.month is None:
            first = replace(first, fiscal=True)
        pairs.append((first, last))
    return pairs


def fiscal_year_range(start_fy: int, end_fy: int) -> tuple[date, date]:
    """The first and last day of the fiscal years `start_fy` to `end_fy`, both inclusive (April to March)."""
    return date(start_fy, 4, 1), date(end_fy + 1, 3, 31)


def _scan(text: str) -> Iterator[When]:
    last: When | None = None
    position = 0
    head, same = _HEAD.search(text), _SAME.search(text)
    while match := _earlier(head, same):
        when = _from_same(match, last) if match.re is _SAME else _from_head(match, text)
        position = match.start() + 1
        if when is not None:
            position, last = when.end, when
            yield when
            if follower := _follower(text, when, match):
                position, last = follower.end, follower
                yield follower
        # Each pattern is searched again only once it has been passed, so that the scan stays linear.
        if head and head.start() < position:
            head = _HEAD.search(text, position)
        if same and same.start() < position:
            same = _SAME.search(text, position)


def _earlier(one: re.Match[str] | None, other: re.Match[str] | None) -> re.Match[str] | None:
    if one and other:
        return min(one, other, key=lambda match: match.start())
    return one or other


def _follower(text: str, when: When, match: re.Match[str]) -> When | None:
    """The second end of `令和8～12年度` or `7月10日～10月10日`, which leaves out what it shares with the first."""
    if when.day is not None:
        if (tail := _TAIL_DAY.match(text, when.end)) and (month := _number(tail["month"])):
            later = replace(when, start=tail.start("month"), end=tail.end())
            return _with_month(later, month, _number(tail["day"]), bool(tail["mend"]))
        return None
    tail = _TAIL_YEAR.match(text, when.end) if when.month is None else None
    if tail is None or match.re is not _HEAD:
        return None
    unit = tail["unit2"] or tail["unit1"]
    written = int(tail["year"])
    # 令和8～12 without a unit may be anything; a western year explains itself.
    if written < 100 and ((unit is None and tail["gwest"] is None) or match["west"]):
        return None
    year = written if written >= 100 else written + when.year - (_era_number(match) or 0)
    if year < when.year or year > when.year + 100:
        return None
    fiscal = "度" in unit if unit else when.fiscal
    disputed = bool(tail["gwest"] and int(tail["gwest"]) != year)
    return When(year, fiscal=fiscal, start=tail.start("year"), end=tail.end(), disputed=disputed)


def _from_head(match: re.Match[str], text: str) -> When | None:
    unit = match["unit2"] or match["unit1"] or match["gunit"] or ""
    dotted, gloss = match["dmonth"] is not None, _gloss_year(match)
    if match["west"]:
        year: int | None = _western(match["west"])
        # A bare four-digit number is a year only where something says so.
        if not (unit or (dotted and match["dday"]) or gloss or _opens_range(text, match)):
            return None
    else:
        era = match["era"] or _INITIALS[match["short"]]
        year = _era_year(era, _number(match["eyear"] or match["syear"]))
        if match["short"] and not _short_is_year(text, match):
            return None
    if year is None:
        return None
    fiscal = "度" in unit
    when = When(
        year,
        fiscal=fiscal,
        start=match.start(),
        end=match.end(),
        disputed=gloss is not None and gloss != year,
    )
    if match["yend"]:
        return replace(when, year=year + fiscal, month=3 if fiscal else 12, day=31, fiscal=False)
    month, day = _number(match["month"] or match["dmonth"]), _number(match["day"] or match["dday"])
    if month is None:
        return when
    dated = _with_month(replace(when, fiscal=False), month, day, bool(match["mend"]))
    if dated is None and dotted:
        return replace(when, end=match.start("dmonth") - 1) if unit or gloss else None
    if dated and fiscal and month < 4:
        # 令和6年度の3月 is printed as 令和6年度3月: the month lies in the next calendar year.
        return replace(dated, year=year + 1)
    return dated


def _from_same(match: re.Match[str], last: When | None) -> When | None:
    if last is None:
        return None
    when = When(last.year, start=match.start(), end=match.end())
    if match["sday"] or match["smend"]:
        return (
            _with_month(when, last.month, _number(match["sday"]), bool(match["smend"]))
            if last.month
            else None
        )
    if match["fy"]:
        return replace(when, fiscal=True)
    if match["yend"]:
        return replace(when, month=12, day=31)
    month = _number(match["month"])
    return _with_month(when, month, _number(match["day"]), bool(match["mend"])) if month else when


def _with_month(when: When, month: int, day: int | None, month_end: bool) -> When | None:
    if not 1 <= month <= 12:
        return None
    days = monthrange(when.year, month)[1]
    if day is not None and not 1 <= day <= days:
        return None
    return replace(when, month=month, day=days if month_end else day)


def _gloss_year(match: re.Match[str]) -> int | None:
    if match["gwest"]:
        return int(match["gwest"])
    if match["gera"] and match["west"]:
        # Only the era of today's plans stands in brackets after a western year; older ones are spelt before it.
        printed = match.group()
        era = next((name for name in _FIRST_YEAR if name in printed), None)
        initial = next((_INITIALS[c] for c in printed if c in _INITIALS), None)
        return _era_year(era or initial or "令和", _number(match["gera"]))
    return None


def _era_number(match: re.Match[str]) -> int | None:
    return _number(match["eyear"] or match["syear"])


def _era_year(era: str, number: int | None) -> int | None:
    if number is None or not 1 <= number <= _LAST_ERA_YEAR[era]:
        return None
    return _FIRST_YEAR[era] + number - 1


def _opens_range(text: str, match: re.Match[str]) -> bool:
    tail = _TAIL_YEAR.match(text, match.end())
    return tail is not None and len(tail["year"]) == 4


def _short_is_year(text: str, match: re.Match[str]) -> bool:
    if match["unit1"] or match["dmonth"] or match["yend"] or match["month"]:
        return True
    end = match.end("syear")
    return (
        bool(_SHORT_FOLLOW.match(text, end))
        or (not text[end:].strip() and not text[: match.start()].strip())
        or bool(_AFTER_DASH.search(text[max(0, match.start() - 3) : match.start()]))
    )


def _western(text: str) -> int:
    return int("".join(str(_KANJI_DIGITS.get(c, c)) for c in text))


def _number(text: str | None) -> int | None:
    """1 or 2 digits, 元, or 一 to 九十九."""
    if not text:
        return None
    if text == "元":
        return 1
    if text.isdecimal():
        return int(text)
    if "十" not in text:
        return _western(text)
    tens, _, ones = text.partition("十")
    return 10 * (_KANJI_DIGITS.get(tens, 0) if tens else 1) + (_KANJI_DIGITS.get(ones, 0) if ones else 0)
