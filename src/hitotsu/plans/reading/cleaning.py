import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from hitotsu.plans.reading.characters import LINE_LIMIT, key, marks_at, narrow, plain
from hitotsu.plans.reading.contents import Contents, find_contents
from hitotsu.plans.reading.labels import labelled, role_of
from hitotsu.plans.reading.structure import Table

_RULE = re.compile(r"\s*[-—–=_─━―*＊・]{3,}\s*")
_PAGE = re.compile(
    r"\s*(?:[-－–—‐―ー~〜\s]*[0-9０-９]{1,4}[-－–—‐―ー~〜\s]*|[0-9０-９]{1,4}\s*[/／]\s*[0-9０-９]{1,4}(?:\s*(?:頁|ページ))?|(?:[pPｐＰ]|[Pp]age|ページ)[.．]?\s*[0-9０-９]{1,4}|"
    r"[-－–—\s]*[0-9０-９]{1,4}\s*(?:頁|ページ)[-－–—\s]*|[-－–—\s]*[ivxⅰ-ⅻ]{1,5}[-－–—\s]*)\s*"
)
_DIGITS = re.compile(r"[0-9]+")
_HEAD_AND_PAGE = re.compile(
    r"[\s　]*(\S.{1,60}?)[\s　]+[-－–—‐]\s?[0-9０-９]{1,4}\s?[-－–—‐]\s*|[-－–—‐]\s?[0-9０-９]{1,4}\s?[-－–—‐][\s　]+(\S.{1,60}?)[\s　]*"
)
_RUNNING_LIMIT = 60
_RUNNING_TIMES = 3
_NEAR_PAGE = 3
_FRONT = 30
_AGAIN = re.compile(
    r".{1,120}[(（<＜]\s*(?:前(?:ページ|頁)(?:の|から)?の?)?(?:続き|つづき|再掲)\s*[)）>＞]\s*"
)

_NOTE_START = re.compile(
    r"\s*(?:<sup>\s*(?:注|※|\*)?\s*(?P<sup>[^<>\s]{1,8}?)\s*[)）]?\s*</sup>|(?P<raised>[⁰¹²³⁴-⁹]{1,3})(?=\D)|(?:[※＊*]|[(（]?注\s?)\s?(?P<star>[0-9０-９]{1,3})\s*[)）:：.．]?|[\[［](?P<square>[0-9]{1,3})[\]］])\s*(?P<text>\S.*)"
)
_RAISED = {ord(char): str(digit) for digit, char in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
_LIST_START = re.compile(r"\s*(?:[-・○●■□◆◇▪➢]|#)")
_DEFINES = re.compile(r"[^：:。、「」\s][^：:。、「」]{0,30}[：:](?!//)\s*\S")
_NOTE_LINES = 12
USE_LIMIT = 100_000
"""Longest part of a line, in characters, that is searched for footnote marks."""


class Kind(Enum):
    """What a source line is before anything is read from it."""

    BLANK = "blank"
    RULE = "rule"
    PAGE = "page"
    RUNNING = "running"
    CONTENTS = "contents"
    TABLE = "table"
    NOTE = "note"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote that was lifted out: its mark, its text, and its first and last line (0-based)."""

    mark: str
    text: tuple[str, ...]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The lines with their kinds, the footnotes lifted out, the table of contents, and the marks used in the text."""

    lines: Sequence[str]
    kinds: list[Kind]
    notes: tuple[Note, ...]
    contents: Contents
    used: dict[str, list[int]]
    page_starts: frozenset[int]


def clean(
    lines: Sequence[str], page_starts: Sequence[int], find_tables: Callable[[Sequence[str]], list[Table]]
) -> tuple[Cleaned, list[Table]]:
    """Says of every line whether it is text or furniture: page numbers, running heads, contents, rules, footnotes.

    `page_starts` are the 1-based lines that begin a page, where the format knows them. Tables are looked for between
    the furniture, so that one that goes on over a page is found whole.
    """
    kinds = [_first_look(line) for line in lines]
    starts = frozenset(line - 1 for line in page_starts if 1 < line <= len(lines))
    _mark_running_heads(lines, kinds, starts)
    still = [
        "" if kind in (Kind.PAGE, Kind.RUNNING) else line for line, kind in zip(lines, kinds, strict=True)
    ]
    contents = find_contents(still)
    for index in contents.lines:
        if kinds[index] is not Kind.BLANK:
            kinds[index] = Kind.CONTENTS
            still[index] = ""
    tables = find_tables(still)
    for table in tables:
        for index in range(table.lines[0] - 1, table.lines[1]):
            if kinds[index] is not Kind.CONTENTS:
                kinds[index] = Kind.TABLE
    used = _uses(lines, kinds)
    notes = _lift_notes(lines, kinds, used)
    return Cleaned(lines, kinds, notes, contents, used, starts), tables


def _first_look(line: str) -> Kind:
    if not line.strip(" 　\t\r\n\f\u200b\ufeff"):
        return Kind.BLANK
    if len(line) > 160:
        return Kind.TEXT
    if "き" in line[-8:] and _AGAIN.fullmatch(line):
        return Kind.RUNNING
    if len(line) > 60:
        return Kind.TEXT
    if _RULE.fullmatch(line):
        return Kind.RULE
    if _PAGE.fullmatch(line):
        return Kind.PAGE
    return Kind.TEXT


def _mark_running_heads(lines: Sequence[str], kinds: list[Kind], starts: frozenset[int]) -> None:
    """A short line that comes again and again beside page breaks is a running head; its first place stays text."""
    near = bytearray(len(lines))
    with_page: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        match = _HEAD_AND_PAGE.fullmatch(line) if kinds[index] is Kind.TEXT and 6 < len(line) <= 120 else None
        if match is not None:
            with_page.setdefault(key(match.group(1) or match.group(2)), []).append(index)
    for places in with_page.values():
        if len(places) > 1:
            for index in places:
                kinds[index] = Kind.RUNNING
    breaks = [i for i, kind in enumerate(kinds) if kind is Kind.PAGE or i in starts or "\f" in lines[i]]
    for index in breaks:
        for step in (1, -1):
            at, seen = index if kinds[index] is not Kind.PAGE and step == 1 else index + step, 0
            while 0 <= at < len(lines) and seen < _NEAR_PAGE and abs(at - index) < 12:
                if kinds[at] is Kind.TEXT:
                    near[at] = 1
                    seen += 1
                at += step
    candidates: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        if kinds[index] is Kind.TEXT and len(line) <= _RUNNING_LIMIT and near[index] and not _is_label(line):
            candidates.setdefault(_DIGITS.sub("", key(line.lstrip("#"))), []).append(index)
    titles = {
        _DIGITS.sub("", key(line.lstrip("#")))
        for i, line in enumerate(lines[:_FRONT])
        if not near[i] and len(line) <= _RUNNING_LIMIT
    }
    for name, places in candidates.items():
        if name and len(places) >= _RUNNING_TIMES and not _numbered_apart(lines, places):
            if name in titles:
                for index in places:
                    kinds[index] = Kind.RUNNING
                continue
            exact = Counter(key(lines[i].lstrip("#")) for i in places).most_common(1)[0][1] > 1
            for index in places[1:] if exact else places:
                kinds[index] = Kind.RUNNING


def _numbered_apart(lines: Sequence[str], places: list[int]) -> bool:
    """Whether lines that differ only in digits are a numbered row (施策1 …, 施策2 …) and no head with a page number."""
    names = [key(lines[i].lstrip("#")) for i in places]
    if len(set(names)) == 1:
        return False
    return not all(name[-1:].isdigit() or name[:1].isdigit() for name in names) or any(
        name.rstrip("0123456789") == "" for name in names
    )


def _is_label(line: str) -> bool:
    text = line.lstrip("# 　-・○●■□◆◇").strip()
    return role_of(text) is not None or labelled(text) is not None


def _uses(lines: Sequence[str], kinds: Sequence[Kind]) -> dict[str, list[int]]:
    """Where each footnote mark stands inside text (not at the start of a line)."""
    used: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        if kinds[index] in (Kind.BLANK, Kind.RULE, Kind.PAGE, Kind.CONTENTS):
            continue
        start = len(line) - len(line.lstrip())
        for at, mark in marks_at(line[:USE_LIMIT]):
            if at > start:
                used.setdefault(mark, []).append(index)
    return used


def _lift_notes(lines: Sequence[str], kinds: list[Kind], used: dict[str, list[int]]) -> tuple[Note, ...]:
    notes: list[Note] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        match = _NOTE_START.match(line[:LINE_LIMIT]) if kinds[index] is Kind.TEXT else None
        if match is None or not _is_definition(match, used, index):
            index += 1
            continue
        mark = narrow(
            match.group("sup")
            or match.group("star")
            or match.group("square")
            or match.group("raised").translate(_RAISED)
        )
        last = _note_end(lines, kinds, index)
        text = [
            line[match.start("text") :],
            *(lines[i] for i in range(index + 1, last + 1) if kinds[i] is Kind.TEXT),
        ]
        for at in range(index, last + 1):
            if kinds[at] is Kind.TEXT:
                kinds[at] = Kind.NOTE
        notes.append(Note(mark, tuple(text), index, last))
        index = last + 1
    return tuple(notes)


def _is_definition(match: re.Match[str], used: dict[str, list[int]], index: int) -> bool:
    if match.group("sup"):
        return True
    if _DEFINES.match(match.group("text")):
        return True
    mark = narrow(match.group("star") or match.group("square") or match.group("raised").translate(_RAISED))
    return any(place != index for place in used.get(mark, ()))


def _note_end(lines: Sequence[str], kinds: Sequence[Kind], start: int) -> int:
    """The last line of the footnote that starts at `start`: lines without a gap, or an address after a colon."""
    last = start
    first = plain(lines[start]).strip()
    term_only = len(first) <= 30 and not re.search(r"[。、：:]", first)
    for at in range(start + 1, min(start + _NOTE_LINES, len(lines))):
        text = lines[at].strip()
        if kinds[at] is Kind.BLANK:
            follow = at + 1
            if (
                at == last + 1
                and last == start
                and term_only
                and follow < len(lines)
                and kinds[follow] is Kind.TEXT
            ):
                continue
            open_end = lines[last].rstrip().endswith((":", "："))
            if (
                at == last + 1
                and open_end
                and follow < len(lines)
                and kinds[follow] is Kind.TEXT
                and _is_address(lines[follow])
            ):
                continue
            break
        if (
            kinds[at] is not Kind.TEXT
            or _LIST_START.match(text)
            or _NOTE_START.match(text[:LINE_LIMIT])
            or _is_label(text)
        ):
            break
        last = at
    return last


def _is_address(line: str) -> bool:
    return line.lstrip(" <＜").startswith(("http://", "https://"))
