from hitotsu.plans.reading.scoring.gold import Entry, Gold, choices, named, paths, squeeze
from hitotsu.plans.reading.scoring.measure import Measure, Tally
from hitotsu.plans.reading.structure import Document, Section

_BEFORE_SUBTITLE = frozenset("~―—–-「")


def score_front(document: Document, gold: Gold) -> Measure:
    """The measure `front`: title, organisation, kind, period and each year of review."""
    tally = Tally("front")
    content = gold.content
    for key, label, fits in (("title", "題名", _is_title), ("organization", "組織", _is_same)):
        if gold.looked_for(key):
            found: str | None = getattr(document, key)
            right = any(fits(squeeze(found or ""), squeeze(one or "")) for one in choices(content, key))
            tally.want(right, f"{label}が「{content[key]}」でなく「{found}」になっています。")
    if gold.looked_for("kind"):
        right = document.kind in choices(content, "kind")
        tally.want(right, f"文書の種類が {content['kind']} でなく {document.kind} になっています。")
    if gold.looked_for("period"):
        period = _span(content["period"] and (content["period"]["start"], content["period"]["end"]))
        read = _span((document.period.start, document.period.end) if document.period else None)
        tally.want(read == period, f"期間が {period} でなく {read} になっています。")
    dates = [review.date for review in document.reviews]
    for review in gold.entries("reviews"):
        hit = next((date for date in choices(review, "date") if date in dates), None)
        tally.want(hit is not None, f"見直しの時期 {review['date']} がありません。")
        if hit is not None:
            dates.remove(hit)
    if gold.looked_for("reviews"):
        for date in dates:
            tally.surplus(f"正解にない見直しの時期 {date} があります。")
    return tally.measure()


def _is_same(read: str, wanted: str) -> bool:
    return read == wanted


def _is_title(read: str, wanted: str) -> bool:
    # A document's title may be given with the subtitle that is printed under it.
    if not wanted or not read.startswith(wanted):
        return read == wanted
    return read == wanted or read[len(wanted)] in _BEFORE_SUBTITLE


def _span(days: tuple[object, object] | None) -> str:
    return f"{days[0]}～{days[1]}" if days else "なし"


def score_sections(document: Document, gold: Gold) -> Measure:
    """The measure `sections`: path, title and first line of each heading; levels follow from the paths."""
    tally = Tally("sections")
    rest = list(document.sections)
    wanted = gold.entries("sections")
    missed = []
    for entry in wanted:
        found = next((section for section in rest if _is_section(section, entry, gold)), None)
        if found is None:
            missed.append(entry)
        else:
            tally.want(True, "")
            rest.remove(found)
    for entry in missed:
        near = _nearest_section(rest, entry, gold)
        line = gold.line(entry)
        name = named(entry.get("number"), entry.get("title"), line)
        if near is None:
            tally.want(False, f"見出し{name}がありません。")
        else:
            read = named(near.number, near.title, near.lines[0])
            tally.want(False, f"見出し{name}が{read}になっています。")
            rest.remove(near)
    optional = [*gold.optional("sections"), *gold.entries("initiatives"), *gold.optional("initiatives")]
    lines = {line for entry in optional for line in _first_lines(entry)} if gold.same_file else set()
    titles = {choice for entry in optional for choice in choices(entry, "title")}
    for section in rest:
        if section.lines[0] not in lines and section.title not in titles:
            tally.surplus(
                f"正解にない見出し{named(section.number, section.title, section.lines[0])}があります。"
            )
    return tally.measure()


def _is_section(section: Section, entry: Entry, gold: Gold) -> bool:
    line = gold.line(entry)
    return (
        section.number in paths(entry)
        and section.title in choices(entry, "title")
        and (line is None or section.lines[0] == line)
    )


def _nearest_section(rest: list[Section], entry: Entry, gold: Gold) -> Section | None:
    line = gold.line(entry)
    title = squeeze(entry.get("title") or "")
    return next((section for section in rest if line is not None and section.lines[0] == line), None) or next(
        (section for section in rest if title and squeeze(section.title) == title and line is None), None
    )


def _first_lines(entry: Entry) -> list[int]:
    if entry.get("line") is not None:
        return [entry["line"]]
    return [entry["lines"][0]] if entry.get("lines") else []
