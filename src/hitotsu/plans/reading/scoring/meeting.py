from collections.abc import Mapping
from typing import Any

from hitotsu.plans.reading.scoring.gold import Entry, Gold, choices, named, overlap, paths, squeeze, where
from hitotsu.plans.reading.scoring.measure import Measure, Tally
from hitotsu.plans.reading.structure import AgendaItem, Decision, Document, Meeting, Speaker


def score_decisions(document: Document, gold: Gold) -> Measure:
    """The measure `decisions`: subject, what was decided, by whom and where it stands."""
    tally = Tally("decisions")
    rest = list(document.decisions)
    for entry in gold.entries("decisions"):
        found = next((one for one in rest if _is_decision(one, entry, gold)), None)
        tally.want(found is not None, f"決定「{entry['subject']}」{where(_place(entry))}がありません。")
        if found is not None:
            rest.remove(found)
    optional = list(gold.optional("decisions"))
    for decision in rest:
        if not any(overlap(decision.lines, gold.spans(entry, "lines")) for entry in optional):
            tally.surplus(f"正解にない決定「{decision.subject}」{where(decision.lines)}があります。")
    return tally.measure()


def _place(entry: Entry) -> list[int] | None:
    if entry.get("lines"):
        return list(entry["lines"])
    return [entry["line"]] if entry.get("line") else None


def _is_decision(decision: Decision, entry: Entry, gold: Gold) -> bool:
    place = _place(entry)
    read = squeeze(decision.decision).rstrip("。")
    return (
        squeeze(decision.subject) in {squeeze(subject) for subject in choices(entry, "subject")}
        # The reader may keep the whole sentence in which the words of the decision stand.
        and any(squeeze(words).rstrip("。") in read for words in choices(entry, "decision"))
        and (decision.by and squeeze(decision.by)) in {by and squeeze(by) for by in choices(entry, "by")}
        and (not gold.same_file or place is None or overlap(decision.lines, [(place[0], place[-1])]))
    )


def score_meeting(document: Document, gold: Gold) -> Measure:
    """The measure `meeting`: date, times, place, each item of the agenda and each speaker with the number of speeches."""
    tally = Tally("meeting")
    wanted: Mapping[str, Any] | None = gold.content["meeting"]
    meeting = document.meeting
    if wanted is None:
        if meeting is not None:
            tally.surplus("会議の記録ではない文書に会議があります。")
        return tally.measure()
    facts = {
        "date": meeting.date.isoformat() if meeting else None,
        "start": meeting.start if meeting else None,
        "end": meeting.end if meeting else None,
        "place": meeting.place if meeting else None,
    }
    for key, label in (("date", "開催日"), ("start", "開始"), ("end", "終了"), ("place", "場所")):
        if key in wanted:
            right = {choice and squeeze(choice) for choice in choices(wanted, key)}
            read = facts[key]
            tally.want(
                meeting is not None and (read and squeeze(read)) in right,
                f"{label}が「{wanted[key]}」でなく「{read}」になっています。",
            )
    _score_agenda(tally, meeting, wanted)
    _score_speakers(tally, meeting, wanted, gold)
    return tally.measure()


def _score_agenda(tally: Tally, meeting: Meeting | None, wanted: Mapping[str, Any]) -> None:
    rest = list(meeting.agenda) if meeting else []
    for entry in wanted.get("agenda", []):
        found = next((item for item in rest if _is_item(item, entry)), None)
        tally.want(found is not None, f"議題{named(entry.get('number'), entry['title'])}が一致しません。")
        if found is not None:
            rest.remove(found)
    if "agenda" in wanted:
        for item in rest:
            tally.surplus(f"正解にない議題{named(item.number, item.title, item.lines[0])}があります。")


def _is_item(item: AgendaItem, entry: Entry) -> bool:
    return (
        # An item may be given the path of the heading 議事 that it stands under.
        any(item.number[len(item.number) - len(path) :] == path for path in paths(entry))
        and squeeze(item.title) in {squeeze(title) for title in choices(entry, "title")}
        and item.kind in choices(entry, "kind")
    )


def _score_speakers(tally: Tally, meeting: Meeting | None, wanted: Mapping[str, Any], gold: Gold) -> None:
    rest = {speaker.name: speaker for speaker in meeting.speakers} if meeting else {}
    for entry in wanted.get("speakers", []):
        speaker = next((rest.pop(name) for name in choices(entry, "name") if name in rest), None)
        if speaker is None:
            tally.want(False, f"発言者「{entry['name']}」がいません。")
            continue
        tally.want(
            speaker.speeches == entry["speeches"] and (not gold.same_file or _in_place(speaker, entry)),
            f"発言者「{entry['name']}」の発言が{entry['speeches']}回でなく{speaker.speeches}回か、行が違います。",
        )
    if "speakers" in wanted:
        for name in rest:
            tally.surplus(f"正解にない発言者「{name}」がいます。")


def _in_place(speaker: Speaker, entry: Entry) -> bool:
    # A speech may begin with the line that names the speaker or with its first words: a line or a range, either way.
    wanted = [(one, one) if isinstance(one, int) else (one[0], one[-1]) for one in entry.get("lines", [])]
    return not wanted or (
        len(wanted) == len(speaker.lines)
        and all(overlap(lines, [span]) for lines, span in zip(speaker.lines, wanted, strict=True))
    )
