from collections import Counter
from collections.abc import Iterable

from hitotsu.plans.reading.scoring.gold import Entry, Gold, choices, digest, named, paths, squeeze, where
from hitotsu.plans.reading.scoring.measure import Measure, Tally
from hitotsu.plans.reading.structure import Document, Initiative

Pair = tuple[Entry, Initiative | None]


def score_initiatives(document: Document, gold: Gold) -> list[Measure]:
    """The measures `initiatives`, `initiative_lines`, `directions`, `status` and `actions`.

    Number and title are measured once, in `initiatives`; the others compare with the initiative that is meant, even if its
    number or title was read wrong.
    """
    tally = Tally("initiatives")
    pairs, rest = _pairs(document, gold)
    for entry, found in pairs:
        name = named(entry.get("number"), entry["title"])
        if found is None:
            tally.want(False, f"取組{name}{where(entry.get('lines'))}がありません。")
        else:
            read = named(found.number, found.title, found.lines[0])
            tally.want(_is_exact(found, entry), f"取組{name}が{read}になっています。")
    optional = list(gold.optional("initiatives"))
    for initiative in rest:
        if not any(_is_exact(initiative, entry) for entry in optional):
            read = named(initiative.number, initiative.title, initiative.lines[0])
            tally.surplus(f"正解にない取組{read}があります。")
    return [
        tally.measure(),
        _lines(pairs, gold),
        _directions(pairs, gold),
        _bullets("status", "現状・課題", pairs, gold),
        _bullets("actions", "取組内容", pairs, gold),
    ]


def _pairs(document: Document, gold: Gold) -> tuple[list[Pair], list[Initiative]]:
    rest = list(document.initiatives)
    entries = gold.entries("initiatives")
    found: dict[int, Initiative] = {}

    def take(index: int, candidates: Iterable[Initiative]) -> None:
        # Of two headings with one number and title the one that stands where the entry says is meant.
        start = _start(entries[index], gold)
        best = min(candidates, key=lambda one: abs(one.lines[0] - start) if start else 0, default=None)
        if best is not None:
            found[index] = best
            rest.remove(best)

    for index, entry in enumerate(entries):
        take(index, [one for one in rest if _is_exact(one, entry)])
    for index, entry in enumerate(entries):
        if index not in found:
            take(index, [one for one in rest if _is_meant(one, entry, gold)])
    return [(entry, found.get(index)) for index, entry in enumerate(entries)], rest


def _is_exact(initiative: Initiative, entry: Entry) -> bool:
    return initiative.number in paths(entry) and initiative.title in choices(entry, "title")


def _is_meant(initiative: Initiative, entry: Entry, gold: Gold) -> bool:
    titles = {squeeze(title or "") for title in choices(entry, "title")}
    by_number = bool(initiative.number) and initiative.number in paths(entry)
    return initiative.lines[0] == _start(entry, gold) or by_number or squeeze(initiative.title) in titles


def _start(entry: Entry, gold: Gold) -> int | None:
    spans = gold.spans(entry, "lines")
    return spans[0][0] if spans else None


def _lines(pairs: list[Pair], gold: Gold) -> Measure:
    tally = Tally("initiative_lines")
    for entry, found in pairs:
        right = gold.spans(entry, "lines", "lines_or")
        if right:
            read = f"{where(found.lines)}になっています" if found else "読まれていません"
            name = f"取組{named(entry.get('number'), entry['title'])}"
            tally.want(found is not None and found.lines in right, f"{name}の行{where(right[0])}が{read}。")
    return tally.measure()


def _directions(pairs: list[Pair], gold: Gold) -> Measure:
    tally = Tally("directions")
    for entry, found in pairs:
        name = f"取組{named(entry.get('number'), entry['title'])}"
        read = digest(found.direction) if found and found.direction else None
        if wanted := entry.get("direction"):
            right = gold.hashes(wanted, entry.get("direction_or", []))
            tally.want(read in right, f"{name}の方向性が{'違います' if read else 'ありません'}。")
        elif statement := entry.get("statement"):
            right = gold.hashes(statement, entry.get("statement_or", []))
            texts = {read, *(digest(text) for text in found.actions)} if found else set()
            tally.want(bool(right & texts), f"{name}の宣言文がありません。")
        elif "direction" in entry and read is not None and read not in _optional(entry, "direction"):
            tally.surplus(f"{name}に正解にない方向性があります。")
    return tally.measure()


def _bullets(key: str, label: str, pairs: list[Pair], gold: Gold) -> Measure:
    tally = Tally(key)
    for entry, found in pairs:
        if key not in entry:
            continue
        texts: tuple[str, ...] = getattr(found, key) if found else ()
        read = Counter(digest(text) for text in texts)
        name = f"取組{named(entry.get('number'), entry['title'])}の{label}"
        # Either spelling of the parallel list of line ranges is in use.
        lines = entry.get(f"{key}_lines") or entry.get(f"{key.removesuffix('s')}_lines") or []
        alternatives = entry.get(f"{key}_or", {})
        for index, wanted in enumerate(entry[key]):
            right = gold.hashes(wanted, alternatives.get(str(index), []))
            hit = next((one for one in right if read[one] > 0), None)
            place = where(lines[index]) if index < len(lines) else ""
            tally.want(hit is not None, f"{name}の{index + 1}番目{place}が一致しません。")
            if hit is not None:
                read[hit] -= 1
        read.subtract(_optional(entry, key))
        if (count := sum(left for left in read.values() if left > 0)) > 0:
            tally.extra += count
            tally.misses.append(f"{name}に正解にない文が{count}件あります。")
    return tally.measure()


def _optional(entry: Entry, key: str) -> set[str]:
    found = {*entry.get(f"{key}_optional", [])}
    if key == "actions" and entry.get("statement"):
        # A guideline's statement may be given as its direction or as its first action.
        found.add(entry["statement"])
    return found
