import re
from collections.abc import Sequence
from dataclasses import dataclass

from hitotsu.plans.reading.blocks import Block
from hitotsu.plans.reading.characters import key, narrow, plain
from hitotsu.plans.reading.cleaning import Cleaned, Kind
from hitotsu.plans.reading.dates import find_dates
from hitotsu.plans.reading.labels import bare
from hitotsu.plans.reading.numbering import read_number
from hitotsu.plans.reading.structure import AgendaItem, AgendaKind, Decision, Meeting, Span, Speaker

_LOOK = 80
_TIME = re.compile(
    r"(?P<half>午前|午後)?\s*(?P<hour>[0-9]{1,2})\s*(?:[:：]\s*(?P<minute>[0-9]{2})|時\s*(?:(?P<jminute>[0-9]{1,2})\s*分|(?P<jhalf>半))?)"
)
_WHEN = re.compile(
    r"^[■●○◆・\s]*(?:\d+[.\s]*)?(?:開催)?(?:日\s*時|期\s*日|日\s*程|開催日|年月日)\s*[:：\s]\s*(?P<rest>\S.*)"
)
_WHERE = re.compile(
    r"^[■●○◆・\s]*(?:\d+[.\s]*)?(?:開催)?(?:場\s*所|会\s*場|開催場所)\s*[:：\s]\s*(?P<rest>\S.*)"
)
_AGENDA_HEAD = re.compile(
    r"(?:会議)?次第|議題|議事|議事次第|審議事項|協議事項|報告事項|議案|付議事項|議事内容|会議次第"
)
_REPORTED = re.compile(r"報告")
_DELIBERATED = re.compile(r"議題|議案|審議|協議|議事|決定")
_IN_SPEECH = re.compile(
    r"(?P<kind>議題|議案|報告|審議事項|協議事項|報告事項)(?:の|として|は、?)?[（(]?[0-9０-９一二三]?[)）]?の?[「『](?P<title>[^「」『』]{2,100}(?:[「『][^「」『』]*[」』][^「」『』]*)?)[」』]"
)
_DECIDED = re.compile(
    r"(?P<how>(?:原)?案の?(?:とおり|通り)(?:、?(?:了承|承認|決定|可決|可とする|議決))?|了承|承認|可決|議決|異議(?:なし|はな)|決定(?:し|する|いた|とし)|決定事項)"
)
_OUTCOME = re.compile(
    r"(?:されました|されたもの|しました|いたしました|いたします|することとし|することとする|とします|とする|されたい|した。|された。|なし|異議ありません|決定した|決定する|(?:了承|承認|可決|議決|決定)[」』）)]?。?$)"
)
_SPEAKER_BRACKET = re.compile(r"【(?P<name>[^【】]{1,30})】\s*(?P<rest>.*)")
_SPEAKER_MARK = re.compile(
    r"[○●◯◎〇]\s*(?P<name>[^\s　、。：:（）()]{1,20}?(?:[（(][^（）()]{1,20}[)）])?)(?:[\s　]+|[:：])(?P<rest>\S.*)"
)
_SPEAKER_COLON = re.compile(
    r"(?P<name>[^\s　、。：:（）()「」]{1,20}(?:[（(][^（）()]{1,20}[)）])?)[:：]\s*(?P<rest>\S.*)"
)
_SPEAKER_PARENS = re.compile(r"[（(](?P<name>[^（）()、。]{1,20})[)）]\s*(?P<rest>.*)")
_PERSON = re.compile(
    r"(?:知事|副知事|市長|副市長|町長|副町長|村長|区長|教育長|部長|局長|次長|課長|室長|係長|主幹|主査|補佐官|統括監|政策監|管理監|理事|参事|監|委員長|副委員長|会長|副会長|座長|副座長|議長|委員|事務局|専門員|アドバイザー|教授|氏|さん|者|長|官|監事|顧問|CDO|CIO)(?:[（(].*[)）])?$"
)
_FACTS = re.compile(
    r"日時|場所|出席|欠席|会場|議題|次第|資料|配布|目的|対象|問合せ|担当|電話|メール|注|備考|内容|決定|経過|結果"
)


@dataclass(frozen=True, slots=True)
class Speech:
    """What one person said in one go: lines are 0-based."""

    name: str
    first: int
    last: int


def read_meeting(
    cleaned: Cleaned, blocks: Sequence[Block], *, minutes: bool
) -> tuple[Meeting | None, list[Decision], frozenset[int]]:
    """The meeting that minutes or papers are about, what it decided, and the lines (0-based) that say so."""
    when_line, when = _dated_line(cleaned, labelled_only=False)
    if when is None:
        return None, [], frozenset()
    date, start, end, rest = when
    place_line, place = _place(cleaned)
    if place is None and rest:
        place, place_line = rest, when_line
    speeches = _speeches(cleaned) if minutes else []
    agenda = _agenda(cleaned, blocks, speeches)
    decisions = _decisions(blocks, agenda, speeches) if minutes else []
    speakers: dict[str, list[Span]] = {}
    for speech in speeches:
        speakers.setdefault(speech.name, []).append((speech.first + 1, speech.last + 1))
    taken = {line for line in (when_line, place_line) if line is not None}
    for speech in speeches:
        taken.update(range(speech.first, speech.last + 1))
    meeting = Meeting(
        date,
        start,
        end,
        place,
        tuple(agenda),
        tuple(Speaker(name, len(spans), tuple(spans)) for name, spans in speakers.items()),
    )
    return meeting, decisions, frozenset(taken)


def _dated_line(cleaned: Cleaned, *, labelled_only: bool) -> tuple[int | None, tuple[object, ...] | None]:
    found = None
    for index, line in enumerate(cleaned.lines[:_LOOK]):
        if len(line) > 200:
            continue
        text = plain(line.strip(" 　#*-・"))
        match = _WHEN.match(text)
        dates = [when for when in find_dates(match.group("rest") if match else text) if when.day is not None]
        if (
            not dates
            or (not match
            and (labelled_only or not _TIME.search(narrow(text)[dates[0].end :]) or "。" in text))
        ):
            continue
        source = match.group("rest") if match else text
        times = [_clock(time) for time in _TIME.finditer(narrow(source)[dates[0].end :])]
        clocks = [clock for clock in times if clock is not None]
        found = (
            dates[0].first_day(),
            clocks[0] if clocks else None,
            clocks[1] if len(clocks) > 1 else None,
            "",
        )
        return index, found
    return None, None


def _clock(match: re.Match[str]) -> str | None:
    hour = int(match.group("hour")) + (
        12 if match.group("half") == "午後" and int(match.group("hour")) < 12 else 0
    )
    minute = 30 if match.group("jhalf") else int(match.group("minute") or match.group("jminute") or 0)
    return f"{hour:02}:{minute:02}" if hour < 25 and minute < 60 else None


def _place(cleaned: Cleaned) -> tuple[int | None, str | None]:
    for index, line in enumerate(cleaned.lines[:_LOOK]):
        if len(line) <= 200 and (match := _WHERE.match(plain(line.strip(" 　#*-・")))):
            return index, match.group("rest").strip()
    return None, None


def _speeches(cleaned: Cleaned) -> list[Speech]:
    """Speeches by the way that the minutes mark who speaks: 【知事】, ○委員長　…, 委員長：…, （委員）…"""
    best: list[tuple[int, str]] = []
    for rule in (_SPEAKER_BRACKET, _SPEAKER_MARK, _SPEAKER_COLON, _SPEAKER_PARENS):
        heads: list[tuple[int, str]] = []
        for index, line in enumerate(cleaned.lines):
            if cleaned.kinds[index] is not Kind.TEXT:
                continue
            match = rule.fullmatch(plain(line[:3000]).strip(" 　#*-・"))
            if match is None:
                continue
            name = match.group("name").strip()
            if (_FACTS.search(name) and not _PERSON.search(name)) or not _PERSON.search(name):
                continue
            heads.append((index, name))
        if len(heads) > len(best):
            best = heads
    if len(best) < 2:
        return []
    ends = [index for index, _ in best[1:]] + [len(cleaned.lines)]
    return [
        Speech(name, index, _last_text(cleaned, index, end))
        for (index, name), end in zip(best, ends, strict=True)
    ]


def _last_text(cleaned: Cleaned, first: int, end: int) -> int:
    last = first
    for index in range(first, end):
        if cleaned.kinds[index] in (Kind.TEXT, Kind.TABLE, Kind.NOTE):
            if index > first and re.match(
                r"\s*(?:#|[0-9０-９]{1,2}[\s　.．]+\S{2,20}(?<![。、])$)", cleaned.lines[index]
            ):
                break
            last = index
    return last


def _agenda(cleaned: Cleaned, blocks: Sequence[Block], speeches: Sequence[Speech]) -> list[AgendaItem]:
    listed = _listed_agenda(blocks, speeches[0].first if speeches else len(cleaned.lines))
    if listed:
        return listed
    found: list[AgendaItem] = []
    for block in blocks:
        if block.kind not in ("text", "item"):
            continue
        for sentence, lines in block.sentences():
            for match in _IN_SPEECH.finditer(sentence[:600]):
                title = match.group("title")
                if all(key(item.title) != key(title) for item in found):
                    found.append(AgendaItem((), title, _agenda_kind(match.group("kind")), lines))
    return found


def _listed_agenda(blocks: Sequence[Block], until: int) -> list[AgendaItem]:
    found: list[AgendaItem] = []
    kind: AgendaKind | None = None
    inside, parent = False, ""
    for block in blocks:
        if block.first >= until:
            break
        name = key(bare(block.title)).rstrip(":")
        if (
            block.kind != "item"
            and _AGENDA_HEAD.fullmatch(name)
            and len(name) < 10
            and not (inside and block.number)
        ):
            inside, kind = True, _agenda_kind(name)
            continue
        if not inside:
            continue
        if (
            (block.kind == "heading"
            and (block.number is None or (block.marks and found)))
            or block.kind == "table"
        ):
            inside = False
            continue
        for _, piece in block.pieces[:1]:
            read = read_number(plain(piece).strip())
            number = block.number or (read[0] if read else None)
            title = block.text() if block.kind == "item" else block.title
            if number is None and block.symbol == "":
                continue
            label = number.label if number is not None else ""
            if number is not None and title.startswith(label):
                title = title[len(label) :].strip(" .．、　")
            inner = number is not None and number.style in ("括弧", "丸", "カナ", "片括弧") and parent != ""
            item_kind = _agenda_kind(title) if not inner else kind
            if not inner and number is not None:
                parent = label
                kind = (
                    _agenda_kind(title) or kind
                    if re.fullmatch(r".{0,6}(?:議事|議題|報告|協議|審議).{0,4}", title)
                    else None
                )
            path = (parent, label) if inner else (label,) if label else ()
            found.append(AgendaItem(path, title, item_kind, (block.first + 1, block.last + 1)))
    return found


def _agenda_kind(text: str) -> AgendaKind | None:
    if _REPORTED.search(text):
        return "report"
    return "deliberation" if _DELIBERATED.search(text) else None


def _decisions(
    blocks: Sequence[Block], agenda: Sequence[AgendaItem], speeches: Sequence[Speech]
) -> list[Decision]:
    found: list[Decision] = []
    under = ""
    for block in blocks:
        if block.kind in ("heading", "label"):
            under = key(block.title)
            continue
        if block.kind == "table":
            continue
        by = next(
            (speech.name for speech in reversed(speeches) if speech.first <= block.first <= speech.last), None
        )
        listed = "決定事項" in under or under in ("結論", "審議結果", "会議結果", "議決事項")
        for sentence, lines in block.sentences():
            how = _DECIDED.search(sentence[:600])
            if not (listed and block.kind in ("item", "text")) and (
                how is None or not _OUTCOME.search(sentence[:600])
            ):
                continue
            if (
                how is not None
                and how.group("how").startswith("異議")
                and found
                and lines[0] - found[-1].lines[1] < 3
            ):
                continue
            found.append(Decision(_subject(sentence, lines, agenda), sentence, by, lines))
    return found


def _subject(sentence: str, lines: Span, agenda: Sequence[AgendaItem]) -> str:
    quoted = re.search(r"[「『]([^「」『』]{3,100})[」』]", sentence)
    above = [
        item
        for item in agenda
        if item.lines[1] <= lines[0] and (item.kind is None or item.kind == "deliberation")
    ]
    if quoted is not None:
        return quoted.group(1)
    return above[-1].title if above else ""
