import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from hitotsu.plans.reading.characters import key
from hitotsu.plans.reading.labels import bare
from hitotsu.plans.reading.numbering import read_number

_ENTRY_LIMIT = 200
_ENTRY = re.compile(
    r"(?P<title>\S.*?)\s*(?:(?P<dots>[.．…‥・･·_]{2,}|…)[\s.．…‥・･·_]*|\t+|[ 　]{2,})\s*[-－ー(（]?\s*(?:[pPｐＰ]\.?\s*)?"
    r"(?P<page>[0-9０-９]{1,3}|[ivxⅰ-ⅻ]{1,5})\s*(?:頁|ページ)?[-－ー)）]?\s*"
)
_HEADS = {"目次", "もくじ", "contents", "tableofcontents", "indexcontents", "目次(contents)"}
_LOOSE_RUN = 5
_GAP = 3


@dataclass(frozen=True, slots=True)
class Contents:
    """The table of contents: the lines that it takes (0-based), its entries as compared text (see `key`) and as printed."""

    lines: frozenset[int]
    entries: frozenset[str]
    titles: tuple[str, ...]


def find_contents(lines: Sequence[str]) -> Contents:
    """The document's table of contents, under a heading 目次 or as a run of entries that end in page numbers."""
    last_seen: dict[str, int] = {}
    taken: set[int] = set()
    titles: list[str] = []
    for index, line in enumerate(lines):
        if 1 < len(line) <= _ENTRY_LIMIT:
            last_seen[_name(line)] = index
    index, total = 0, len(lines)
    while index < total:
        line = lines[index]
        if 1 < len(line) <= 40 and key(bare(line.lstrip("#").strip())) in _HEADS:
            end = _under_heading(lines, index + 1, last_seen, titles)
            if end > index + 1:
                taken.update(range(index, end))
                index = end
                continue
        elif index * 2 < total and _entry(line):
            end, found = _loose(lines, index)
            if found:
                titles.extend(found)
                taken.update(range(index, end))
            index = end
            continue
        index += 1
    return Contents(frozenset(taken), frozenset(_entry_keys(titles)), tuple(titles))


def _under_heading(lines: Sequence[str], start: int, last_seen: dict[str, int], titles: list[str]) -> int:
    end, index, seen = start, start, set[str]()
    pending: list[int] = []
    while index < len(lines):
        line = lines[index]
        stripped = line.strip("#-－ー 　\t\f")
        if not stripped or stripped.isdigit():
            index += 1
            continue
        match = _entry(line)
        name = key(match.group("title")) if match else _name(line)
        if name in seen:
            break
        if match or (len(line) <= _ENTRY_LIMIT and last_seen.get(name, 0) > index):
            titles.extend(_clean(lines[at]) for at in pending)
            titles.append(match.group("title") if match else _clean(line))
            seen.add(name)
            seen.update(_name(lines[at]) for at in pending)
            pending = []
            end = index + 1
        elif line.startswith("#") or len(pending) >= _GAP or len(line) > _ENTRY_LIMIT:
            break
        else:
            pending.append(index)
        index += 1
    return end


def _loose(lines: Sequence[str], start: int) -> tuple[int, list[str]]:
    found: list[str] = []
    pending: list[str] = []
    end, last, strong, misses, disorder = start, 0, 0, 0, 0
    for index in range(start, len(lines)):
        line = lines[index]
        if not line.strip("-－ー 　\t\f#"):
            continue
        match = _entry(line)
        if match is None:
            misses += 1
            if misses > 1 or line.startswith("#") or len(line) > _ENTRY_LIMIT:
                break
            pending.append(_clean(line))
            continue
        misses = 0
        found += pending
        pending = []
        page = int(match.group("page")) if match.group("page").isdecimal() else 0
        disorder += page < last
        last = page or last
        strong += bool(match.group("dots")) or read_number(match.group("title")) is not None
        found.append(match.group("title"))
        end = index + 1
    if len(found) < _LOOSE_RUN or strong * 2 < len(found) or disorder * 5 > len(found):
        return end, []
    return end, found


def _entry(line: str) -> re.Match[str] | None:
    if not 3 < len(line) <= _ENTRY_LIMIT or not (
        line.rstrip()[-1:].isalnum() or line.rstrip()[-1:] in "-－ー)）"
    ):
        return None
    match = _ENTRY.fullmatch(line.lstrip("#*- 　\t・"))
    return match if match and match.group("title").count("\t") <= 2 else None


def _clean(line: str) -> str:
    return line.strip("#*- 　\t")


def _name(line: str) -> str:
    return key(line.strip("#*- 　\t"))


def heading_key(text: str) -> str:
    """A heading as compared: its number as read, without the dot or space behind it, and its title (see `key`)."""
    read = read_number(text.strip())
    return key(read[0].label + read[1]) if read is not None else key(text)


def _entry_keys(titles: Sequence[str]) -> set[str]:
    keys = {heading_key(title) for title in titles}
    # An entry that is wrapped stands on two lines; the heading in the body has both.
    keys.update(heading_key(one + two) for one, two in pairwise(titles) if read_number(two) is None)
    return keys
