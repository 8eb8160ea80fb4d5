import re

from hitotsu.plans.reading.scoring.gold import Entry, Gold, choices, digest, named, overlap, squeeze, where
from hitotsu.plans.reading.scoring.measure import Measure, Tally
from hitotsu.plans.reading.structure import Body, Document, Term

_GLOSS = re.compile(r"\([^()]*\)$")


def score_terms(document: Document, gold: Gold) -> Measure:
    """The measure `terms`: mark, word, definition and place."""
    tally = Tally("terms")
    rest = list(document.terms)
    for entry in gold.entries("terms"):
        found = next((term for term in rest if _is_term(term, entry, gold)), None)
        if found is not None:
            tally.want(True, "")
            rest.remove(found)
            continue
        name = f"用語{named([entry['mark']] if entry.get('mark') else [], entry['term'])}{where(entry.get('lines'))}"
        near = next((term for term in rest if _is_named(term, entry) or _is_marked(term, entry)), None)
        if near is None:
            tally.want(False, f"{name}がありません。")
            continue
        rest.remove(near)
        faults = [
            fault
            for right, fault in (
                (_is_marked(near, entry), f"番号が「{near.mark}」"),
                (_is_named(near, entry), f"語が「{near.term}」"),
                (_is_defined(near, entry, gold), "説明が一致しない"),
                (_stands_at(near.lines, entry, gold), f"場所が{where(near.lines)}"),
            )
            if not right
        ]
        tally.want(False, f"{name}は{'、'.join(faults)}状態です。")
    for term in rest:
        if not any(
            _is_named(term, entry) or _stands_at_all(term, entry, gold) for entry in gold.optional("terms")
        ):
            tally.surplus(f"正解にない用語「{term.term}」{where(term.lines)}があります。")
    return tally.measure()


def _is_term(term: Term, entry: Entry, gold: Gold) -> bool:
    return (
        _is_marked(term, entry)
        and _is_named(term, entry)
        and _is_defined(term, entry, gold)
        and _stands_at(term.lines, entry, gold)
    )


def _is_marked(term: Term, entry: Entry) -> bool:
    return squeeze(term.mark or "") in {squeeze(mark or "") for mark in choices(entry, "mark")}


def _is_named(term: Term, entry: Entry) -> bool:
    return squeeze(term.term) in {squeeze(name or "") for name in choices(entry, "term")}


def _is_defined(term: Term, entry: Entry, gold: Gold) -> bool:
    # Where a word stands for a name, the quotation marks around the name may be taken off.
    read = {digest(term.definition), digest(f"「{term.definition}」")}
    return bool(read & gold.hashes(entry["definition"], entry.get("definition_or", [])))


def _stands_at(lines: tuple[int, int], entry: Entry, gold: Gold) -> bool:
    spans = gold.spans(entry, "lines", "lines_or")
    return not spans or overlap(lines, spans)


def _stands_at_all(term: Term, entry: Entry, gold: Gold) -> bool:
    return overlap(term.lines, gold.spans(entry, "lines", "lines_or")) and _is_marked(term, entry)


def score_bodies(document: Document, gold: Gold) -> Measure:
    """The measure `bodies`: name, and a role that is read from where the document says it.

    A body may be found under a longer name that holds the wanted one; one that is found stands for one that is wanted.
    """
    tally = Tally("bodies")
    rest = list(document.bodies)
    entries = gold.entries("bodies")
    hits: dict[int, Body] = {}
    for fits in (_has_name, _holds_name):
        for index, entry in enumerate(entries):
            if index not in hits:
                found = next(
                    (body for body in rest if fits(body, entry) and _plays_part(body, entry, gold)), None
                )
                if found is not None:
                    hits[index] = found
                    rest.remove(found)
    for index, entry in enumerate(entries):
        name = f"組織・役職「{entry['name']}」"
        known = any(_has_name(body, entry) for body in rest)
        place = where(next(iter(gold.spans(entry, "lines")), None))
        tally.want(
            index in hits,
            f"{name}の役割が{place}から読まれていません。" if known else f"{name}がありません。",
        )
    return tally.measure()


def _wanted_names(entry: Entry) -> set[str]:
    names = {squeeze(name) for name in [*choices(entry, "name"), *entry.get("also", [])]}
    # 「最高デジタル責任者(CDO)」 may be named without its gloss.
    return names | {short for name in names if (short := _GLOSS.sub("", name))}


def _has_name(body: Body, entry: Entry) -> bool:
    return squeeze(body.name) in _wanted_names(entry)


def _holds_name(body: Body, entry: Entry) -> bool:
    return any(name in squeeze(body.name) for name in _wanted_names(entry))


def _plays_part(body: Body, entry: Entry, gold: Gold) -> bool:
    return bool(body.role.strip()) and _stands_at(body.lines, entry, gold)
