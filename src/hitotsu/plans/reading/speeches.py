import re
from collections.abc import Sequence
from dataclasses import dataclass

from hitotsu.plans.reading.blocks import Block
from hitotsu.plans.reading.characters import narrow, plain
from hitotsu.plans.reading.cleaning import Cleaned, Kind

_LOOK_AT = 3000
_BRACKET = re.compile(r"【(?P<name>[^【】]{1,30})】\s*.*")
_MARK = re.compile(
    r"[○●◯◎〇]\s*(?P<name>[^\s　、。：:（）()]{1,20}?(?:[（(][^（）()]{1,20}[)）])?)(?:[\s　]+|[:：])\S.*"
)
_PARENS = re.compile(
    r"[（(](?:(?:司会|進行|議長|説明|発言)[:：・])?(?P<name>[^（）()、。:：]{1,20})[)）]\s*.*"
)
_ASKED = re.compile(r"(?:問|答|質問|回答|[QAＱＡ])[.．:：]?\s*[（(](?P<name>[^（）()]{1,20})[)）]\s*\S.*")
_COLON = re.compile(r"(?P<name>[^\s　、。：:（）()「」]{1,20}(?:[（(][^（）()]{1,20}[)）])?)[:：]\s*\S.*")
_PERSON = re.compile(
    r"(?:知事|[市町村区]長|教育長|部長|局長|次長|課長|室長|係長|所長|署長|校長|主幹|主査|補佐官|統括監|政策監|管理監|理事|参事|監|"
    r"委員長|会長|座長|議長|本部長|本部員|幹事|部会長|委員|事務局|司会|専門員|アドバイザー|教授|氏|さん|長|監事|顧問|CDO|CIO)"
    r"(?:[（(].*[)）])?"
)
_PRESENT = re.compile(
    r"[#\s　■●○◆]*(?:[0-9０-９一二三四五六七八九]{1,2}[\s　.．、]+|[(（][0-9０-９]{1,2}[)）]\s*)?(?:出席(?:者|委員)?|欠席(?:者|委員)?|構成員|委員名簿)(?:名簿|一覧)?[\s　:：]*$"
)
_ASIDE = re.compile(r"[\s　]*[（(][^（）()]{1,20}[)）][\s　]*")
_NEW_PART = re.compile(
    r"\s*(?:#|[0-9０-９]{1,2}[\s　.．]+\S{2,20}(?<![。、])$|(?:議事|議題|議案|案件|報告)\s*[（(]?[0-9０-９一二三四五六七八九十]+[)）]?[\s　])"
)


@dataclass(frozen=True, slots=True)
class Speech:
    """What one person said in one go: lines are 0-based."""

    name: str
    first: int
    last: int


def find_speeches(cleaned: Cleaned, blocks: Sequence[Block]) -> list[Speech]:
    """Who spoke where, by the ways that minutes mark speakers: 【知事】, ○委員長　…, （委員）, 問（委員）…, 委員長：…

    A name with a colon counts only where nothing else marks speakers, since many other lines have that form.
    """
    heads = _heads(cleaned, (_BRACKET, _MARK, _ASKED, _PARENS)) or _heads(cleaned, (_COLON,))
    if len(heads) < 2:
        return []
    breaks = frozenset(block.first for block in blocks if block.kind in ("heading", "label"))
    ends = [index for index, _ in heads[1:]] + [len(cleaned.lines)]
    return [
        Speech(name, index, _last_line(cleaned, index, end, breaks))
        for (index, name), end in zip(heads, ends, strict=True)
    ]


def _heads(cleaned: Cleaned, rules: Sequence[re.Pattern[str]]) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    among_present = False
    for index, line in enumerate(cleaned.lines):
        if cleaned.kinds[index] is not Kind.TEXT:
            continue
        among_present = bool(_PRESENT.match(line[:40])) or (
            among_present and not _NEW_PART.match(line[:_LOOK_AT])
        )
        if among_present:
            continue
        text = plain(line[:_LOOK_AT]).strip(" 　#*-・")
        for rule in rules:
            match = rule.fullmatch(text)
            if match is not None and _is_person(match.group("name")):
                found.append((index, match.group("name").strip()))
                break
    return found


def _is_person(name: str) -> bool:
    match = _PERSON.search(narrow(name.strip()))
    return match is not None and match.end() == len(name.strip())


def _last_line(cleaned: Cleaned, first: int, end: int, breaks: frozenset[int]) -> int:
    last = first
    for index in range(first, end):
        if cleaned.kinds[index] not in (Kind.TEXT, Kind.TABLE, Kind.NOTE):
            continue
        if index > first and (
            index in breaks
            or _ASIDE.fullmatch(cleaned.lines[index][:100])
            or _NEW_PART.match(cleaned.lines[index][:_LOOK_AT])
        ):
            break
        last = index
    return last
