import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hitotsu.plans.reading.blocks import Block
from hitotsu.plans.reading.characters import key, narrow, plain
from hitotsu.plans.reading.cleaning import Cleaned, Kind
from hitotsu.plans.reading.dates import find_dates
from hitotsu.plans.reading.labels import bare
from hitotsu.plans.reading.numbering import read_number
from hitotsu.plans.reading.speeches import Speech, find_speeches
from hitotsu.plans.reading.structure import AgendaItem, AgendaKind, Decision, Meeting, Span, Speaker

_LOOK = 80
_TIME = re.compile(
    r"(?P<half>午前|午後)?\s*(?P<hour>[0-9]{1,2})\s*(?:[:：]\s*(?P<minute>[0-9]{2})|時\s*(?:(?P<jminute>[0-9]{1,2})\s*分|(?P<jhalf>半))?)"
)
_HEAD = r"[■●○◆・\s　]*(?:[0-9０-９]{1,2}[\s　.．]*|[(（][0-9０-９]{1,2}[)）]\s*)?"
_WHEN = re.compile(
    rf"{_HEAD}(?:開催)?(?:日\s*時|期\s*日|日\s*程|開催日|年月日)\s*(?:[:：\s　]\s*(?P<rest>\S.*)?)?"
)
_WHERE = re.compile(rf"{_HEAD}(?:開催)?(?:場\s*所|会\s*場|開催場所)\s*(?:[:：\s　]\s*(?P<rest>\S.*)?)?")
_AGENDA_HEAD = re.compile(
    r"(?:会議)?次第|議題|議事|議事次第|審議事項|協議事項|報告事項|議案|付議事項|議事内容"
)
_REPORTED = re.compile(r"報告")
_DELIBERATED = re.compile(r"議題|議案|審議|協議|議事|決定")
_SAID_KIND = re.compile(r"[（(【〔［](?:審議|協議|報告|決定|議決|説明|確認)(?:事項)?[)）】〕］]$")
_MINOR = frozenset(("括弧", "丸", "カナ", "片括弧", "括弧カナ"))
_IN_SPEECH = re.compile(
    r"(?P<kind>議題|議案|報告|審議事項|協議事項|報告事項)(?:の|として|は、?)?[（(]?[0-9０-９一二三]?[)）]?の?"
    r"[「『](?P<title>[^「」『』]{2,100}(?:[「『][^「」『』]*[」』][^「」『』]*)?)[」』]"
)
_PART = re.compile(
    r"(?:議事|議題|議案|案件|報告)\s*[（(]?(?P<number>[0-9０-９一二三四五六七八九十]{1,3})[)）]?(?:[\s　：:]+|$)(?P<rest>.*)"
)
_DECIDED = re.compile(
    r"(?:案の?(?:とおり|通り)|了承|承認|可決|議決|決定|そのように)[^。]{0,25}?(?:します|しました|いたします|いたしました|されました|されたもの|された|する|した|とする|とします|てまいります)(?:もの(?:とします|とする)?)?。?$"
)
_QUESTION = re.compile(r"(?:か|でしょうか)。?$")
_LISTED = ("決定事項", "審議結果", "審議の結果", "会議結果", "会議の結果", "議決事項", "結論", "決定内容")


@dataclass(frozen=True, slots=True)
class _When:
    line: int
    day: date
    start: str | None
    end: str | None


def read_meeting(
    cleaned: Cleaned, blocks: Sequence[Block], *, minutes: bool
) -> tuple[Meeting | None, list[Decision], frozenset[int]]:
    """The meeting that minutes or papers are about, what it decided, and the lines (0-based) that say so."""
    when = _when(cleaned)
    if when is None:
        return None, [], frozenset()
    place_line, place = _place(cleaned)
    speeches = find_speeches(cleaned, blocks) if minutes else []
    agenda = _agenda(blocks, speeches[0].first if speeches else len(cleaned.lines))
    decisions = _decisions(blocks, agenda, speeches) if minutes else []
    speakers: dict[str, list[Span]] = {}
    taken = {when.line} | ({place_line} if place_line is not None else set())
    for speech in speeches:
        speakers.setdefault(speech.name, []).append((speech.first + 1, speech.last + 1))
        taken.update(range(speech.first, speech.last + 1))
    people = tuple(Speaker(name, len(spans), tuple(spans)) for name, spans in speakers.items())
    return Meeting(when.day, when.start, when.end, place, tuple(agenda), people), decisions, frozenset(taken)


def _when(cleaned: Cleaned) -> _When | None:
    """The day and the hours: on a line 日時, on the line below one, or a date with an hour on a line of its own."""
    labelled = False
    for index, line in enumerate(cleaned.lines[:_LOOK]):
        if len(line) > 200 or cleaned.kinds[index] is Kind.BLANK:
            continue
        text = plain(line.strip(" 　#*-・"))
        match = _WHEN.fullmatch(text)
        if match is not None and not match.group("rest"):
            labelled = True
            continue
        source = match.group("rest") if match is not None else text
        days = [when for when in find_dates(source) if when.day is not None]
        hours = narrow(source)[days[0].end :] if days else ""
        if days and (match is not None or labelled or (_TIME.search(hours) and "。" not in text)):
            clocks = [clock for clock in map(_clock, _TIME.finditer(hours)) if clock is not None]
            return _When(index, days[0].first_day(), *[*clocks[:2], None, None][:2])
        labelled = False
    return None


def _clock(match: re.Match[str]) -> str | None:
    afternoon = match.group("half") == "午後" and int(match.group("hour")) < 12
    hour = int(match.group("hour")) + 12 * afternoon
    minute = 30 if match.group("jhalf") else int(match.group("minute") or match.group("jminute") or 0)
    return f"{hour:02}:{minute:02}" if hour < 25 and minute < 60 else None


def _place(cleaned: Cleaned) -> tuple[int | None, str | None]:
    labelled = False
    for index, line in enumerate(cleaned.lines[:_LOOK]):
        if len(line) > 200 or cleaned.kinds[index] is Kind.BLANK:
            continue
        text = plain(line.strip(" 　#*-・"))
        if labelled:
            return index, text
        match = _WHERE.fullmatch(text)
        if match is not None and match.group("rest"):
            return index, match.group("rest").strip()
        labelled = match is not None
    return None, None


def _agenda(blocks: Sequence[Block], until: int) -> list[AgendaItem]:
    listed = _listed_agenda(blocks, until)
    if listed:
        return listed
    found: list[AgendaItem] = []
    seen: set[str] = set()
    for block in blocks:
        if block.kind not in ("text", "item"):
            continue
        for sentence, lines in block.sentences():
            for match in _IN_SPEECH.finditer(sentence[:600]):
                title = match.group("title")
                if key(title) not in seen:
                    seen.add(key(title))
                    found.append(AgendaItem((), title, _agenda_kind(match.group("kind")), lines))
    return found


def _listed_agenda(blocks: Sequence[Block], until: int) -> list[AgendaItem]:
    """The items under 次第, 議題 or 議事, up to the next heading; (1) and ① stand below the number before them."""
    found: list[AgendaItem] = []
    head: Block | None = None
    above: tuple[str, AgendaKind | None] = ("", None)
    for block in blocks:
        if block.first >= until:
            break
        number = block.number
        heads = block.kind in ("heading", "label")
        if heads and _AGENDA_HEAD.fullmatch(key(bare(block.title)).rstrip(":")) and head is None:
            head = block
            above = ("", _agenda_kind(block.title))
            continue
        if head is None:
            continue
        if block.kind == "table" or (heads and (number is None or _same_row(head, block))):
            break
        text = block.text() if block.kind == "item" else block.title
        label, title = _numbered(block, text)
        if not label and not block.symbol:
            continue
        style = number.style if number is not None else ""
        if style in _MINOR:
            path: tuple[str, ...] = (above[0], label) if above[0] else (label,)
            said = _SAID_KIND.search(title)
            kind = _agenda_kind(said.group() if said is not None else title) or above[1]
            if key(title) == "その他":
                kind = None
            title = _SAID_KIND.sub("", title).strip()
            found.append(AgendaItem(path, title, kind, (block.first + 1, block.last + 1)))
        else:
            kind = None if _AGENDA_HEAD.fullmatch(key(title)) else _agenda_kind(title)
            found.append(
                AgendaItem((label,) if label else (), title, kind, (block.first + 1, block.last + 1))
            )
            above = (label, _agenda_kind(title)) if label else above
    return found


def _same_row(head: Block, block: Block) -> bool:
    one, two = head.number, block.number
    return one is not None and two is not None and one.style == two.style


def _numbered(block: Block, text: str) -> tuple[str, str]:
    """The item's number as printed, and its text without it."""
    if block.number is None:
        return "", text
    read = read_number(text)
    if read is not None and read[0].label == block.number.label:
        return block.number.label, read[1]
    return block.number.label, text


def _agenda_kind(text: str) -> AgendaKind | None:
    if _REPORTED.search(text):
        return "report"
    return "deliberation" if _DELIBERATED.search(text) else None


def _decisions(
    blocks: Sequence[Block], agenda: Sequence[AgendaItem], speeches: Sequence[Speech]
) -> list[Decision]:
    """What was decided: the list 決定事項 where there is one, else the sentences that say 案のとおり了承 and the like."""
    listed: list[Decision] = []
    spoken: list[Decision] = []
    under, subject = "", ""
    speakers = iter(speeches)
    speech = next(speakers, None)
    for block in blocks:
        if block.kind == "table":
            continue
        part = _PART.match(plain(block.raw())[:200]) if block.kind != "label" else None
        if block.kind in ("heading", "label"):
            under = key(block.title)
        if part is not None:
            subject = _by_number(part, agenda)
        while speech is not None and speech.last < block.first:
            speech = next(speakers, None)
        by = speech.name if speech is not None and speech.first <= block.first else None
        if block.kind not in ("item", "text"):
            continue
        if under.startswith(_LISTED):
            text = part.group("rest") if part is not None and part.group("rest") else block.text()
            listed.append(
                Decision(subject if part is not None else "", text, by, (block.first + 1, block.last + 1))
            )
            continue
        for sentence, lines in block.sentences():
            if _DECIDED.search(sentence[:600]) and not _QUESTION.search(sentence):
                words = sentence.removeprefix(by).lstrip(" 　:：】)）") if by is not None else sentence
                spoken.append(Decision(_subject(sentence, lines, agenda, subject), words, by, lines))
    return listed or spoken


def _by_number(part: re.Match[str], agenda: Sequence[AgendaItem]) -> str:
    number = narrow(part.group("number"))
    for item in agenda:
        if item.number and item.number[-1].strip("()") == number:
            return item.title
    return part.group("rest").strip() or f"議事{number}"


def _subject(sentence: str, lines: Span, agenda: Sequence[AgendaItem], part: str) -> str:
    quoted = re.search(r"[「『]([^「」『』]{3,100})[」』]", sentence)
    if quoted is not None:
        return quoted.group(1)
    above = [item for item in agenda if item.lines[1] <= lines[0] and item.kind in (None, "deliberation")]
    return part or (above[-1].title if above else "")
