"""What became of each initiative from one edition of a plan to the next: pure, no database.

Two initiatives are compared by the letter pairs of their titles and of what they say they will do. Japanese
has no spaces, and pairs of letters are the usual unit where words need not be found.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

# Below this likeness two initiatives are strangers; a person may still join them by hand.
CONTINUES = 0.45
# A part that went into several new initiatives, or came from several old ones, shares at least this much of its text.
CONTAINED = 0.5
_TITLE_WEIGHT = 0.6


@dataclass(frozen=True, slots=True)
class Entry:
    """An initiative as one edition has it."""

    id: int
    number: tuple[str, ...]
    path: tuple[str, ...]
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    """The best forerunner of a new entry (ids), with a likeness from 0 to 1."""

    new: int
    old: int
    likeness: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of the comparison: `kind` is a value of ``EditionChange.Kind``; ids where that side exists."""

    kind: str
    old: int | None
    new: int | None


def normalised(text: str) -> str:
    """The text with width, case, white space and punctuation made equal."""
    return "".join(
        character
        for character in unicodedata.normalize("NFKC", text).casefold()
        if not unicodedata.category(character).startswith(("P", "Z", "C"))
    )


def likeness(left: str, right: str) -> float:
    """Dice coefficient of the letter pairs of two texts, from 0 (nothing shared) to 1 (the same)."""
    return _dice(_pairs(left), _pairs(right))


def match(old: Sequence[Entry], new: Sequence[Entry]) -> list[Match]:
    """Each new entry's forerunner, one to one, best pairs first; entries without one are left out."""
    old_grams = [(_pairs(entry.title), _pairs(entry.text)) for entry in old]
    new_grams = [(_pairs(entry.title), _pairs(entry.text)) for entry in new]
    by_pair: dict[str, set[int]] = defaultdict(set)
    for index, (titles, texts) in enumerate(old_grams):
        for pair in titles | texts:
            by_pair[pair].add(index)

    scored: list[tuple[float, int, int]] = []
    for new_index, (titles, texts) in enumerate(new_grams):
        shared: Counter[int] = Counter()
        for pair in titles:
            shared.update(by_pair.get(pair, ()))
        for pair in texts:
            shared.update(by_pair.get(pair, ()))
        # Twenty likely forerunners are plenty, and keep the comparison linear in the size of the plan.
        for old_index, _ in shared.most_common(20):
            old_titles, old_texts = old_grams[old_index]
            score = _TITLE_WEIGHT * _dice(titles, old_titles) + (1 - _TITLE_WEIGHT) * _dice(texts, old_texts)
            if score >= CONTINUES:
                same_place = old[old_index].path == new[new_index].path
                scored.append((score + (0.001 if same_place else 0.0), new_index, old_index))
    scored.sort(key=lambda item: (-item[0], item[1], item[2]))
    taken_new: set[int] = set()
    taken_old: set[int] = set()
    matches = []
    for score, new_index, old_index in scored:
        if new_index not in taken_new and old_index not in taken_old:
            taken_new.add(new_index)
            taken_old.add(old_index)
            matches.append(Match(new[new_index].id, old[old_index].id, min(1.0, score)))
    return matches


def compare(old: Sequence[Entry], new: Sequence[Entry], continues: dict[int, int]) -> list[Outcome]:
    """What became of everything: new entries in their order, then what ended.

    ``continues`` says which old id each new id carries on (as matched, or as a person decided). An old entry
    whose text went into several new ones is *split*: once per part. One that ended but stands in a new entry
    that carries on another is *merged*.
    """
    old_by_id = {entry.id: entry for entry in old}
    continued: dict[int, list[Entry]] = defaultdict(list)
    for entry in new:
        if entry.id in continues:
            continued[continues[entry.id]].append(entry)
    pairs = {id(entry): _pairs(entry.text) for entry in (*old, *new)}
    outcomes: list[Outcome] = []
    for entry in new:
        forerunner = old_by_id.get(continues.get(entry.id, -1))
        if forerunner is None:
            parent = _container(entry, old, pairs)
            if parent is not None and parent.id in continued:
                outcomes.append(Outcome("split", parent.id, entry.id))
            else:
                outcomes.append(Outcome("new", None, entry.id))
            continue
        outcomes.append(Outcome(_single_outcome(forerunner, entry, continued), forerunner.id, entry.id))
    for entry in old:
        if entry.id not in continued:
            into = _container(entry, new, pairs)
            outcomes.append(
                Outcome("merged", entry.id, into.id) if into else Outcome("ended", entry.id, None)
            )
    return outcomes


def _single_outcome(before: Entry, after: Entry, continued: dict[int, list[Entry]]) -> str:
    if len(continued[before.id]) > 1:
        return "split"
    if normalised(before.title) != normalised(after.title):
        return "renamed"
    if (
        tuple(map(normalised, before.path)) != tuple(map(normalised, after.path))
        or before.number != after.number
    ):
        return "moved"
    return "kept" if normalised(before.text) == normalised(after.text) else "revised"


def _container(part: Entry, wholes: Sequence[Entry], pairs: dict[int, frozenset[str]]) -> Entry | None:
    own = pairs[id(part)]
    if not own or not wholes:
        return None
    shares = [len(own & pairs[id(whole)]) / len(own) for whole in wholes]
    best = max(range(len(wholes)), key=shares.__getitem__)
    return wholes[best] if shares[best] >= CONTAINED else None


def _pairs(text: str) -> frozenset[str]:
    plain = normalised(text)
    return frozenset(plain[index : index + 2] for index in range(len(plain) - 1)) or frozenset(plain)


def _dice(left: frozenset[str], right: frozenset[str]) -> float:
    if not left or not right:
        return 0.0
    return 2 * len(left & right) / (len(left) + len(right))
