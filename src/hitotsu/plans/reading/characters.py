import re
import unicodedata
from collections.abc import Sequence

_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_MARK = re.compile(r"<sup>\s*([^<>]{1,12})\s*</sup>")
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_ANY_MARK = re.compile(
    rf"<sup>\s*(?:注|※|\*)?\s*([^<>\s]{{1,8}}?)\s*[)）]?\s*</sup>|(?:[※＊*]|[(（]?注)\s?([0-9０-９]{{1,3}})(?![0-9０-９])|[\[［]([0-9]{{1,3}})[\]］]|(?<![mMkKｍ])([{_RAISED}]{{1,3}})"
)
_LOWERED = {ord(char): str(digit) for digit, char in enumerate(_RAISED)}
_SPACES = re.compile(r"\s+")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_SENTENCE = re.compile(r"[^。！？!?]*(?:[。！？!?]+[」』）)]*|$)")
_ASCII_WORD = re.compile(r"[A-Za-z0-9,.;:%)\]]$")
_ASCII_START = re.compile(r"[A-Za-z0-9(\[]")

LINE_LIMIT = 4000
"""Longest line, in characters, that is looked at as anything but plain text: no heading or label is longer."""


def narrow(text: str) -> str:
    """`text` with full-width ASCII (digits, letters, parentheses, space) made half-width; nothing else changes."""
    return text.translate(_NARROW)


def plain(text: str) -> str:
    """`text` without footnote marks and bold marks."""
    if "<" in text:
        text = _MARK.sub("", text)
    if "**" in text:
        text = text.replace("**", "")
    return text


def marks_at(text: str) -> list[tuple[int, str]]:
    """The footnote marks in `text` with their places: `<sup>12</sup>`, ※12, *12, 注12, [12], ¹² all give "12"."""
    found: list[tuple[int, str]] = []
    for match in _ANY_MARK.finditer(text):
        mark = next(group for group in match.groups() if group is not None)
        found.append((match.start(), narrow(mark.strip().translate(_LOWERED))))
    return found


def key(text: str) -> str:
    """`text` as it is compared: compatibility forms folded, no white space, lower case."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", _INVISIBLE.sub("", plain(text)))).lower()


def joined(pieces: Sequence[str]) -> str:
    """Lines of one paragraph as one text: no space between Japanese characters, one between Latin words."""
    return joined_at(pieces)[0]


def joined_at(pieces: Sequence[str]) -> tuple[str, list[int]]:
    """Like `joined`, with the offset in the text at which each line ends."""
    parts: list[str] = []
    ends: list[int] = []
    length, tail = 0, ""
    for piece in pieces:
        piece = piece.strip()
        if piece and _ASCII_WORD.search(tail) and _ASCII_START.match(piece):
            parts.append(" ")
            length += 1
        parts.append(piece)
        length += len(piece)
        tail = piece[-1:] or tail
        ends.append(length)
    return "".join(parts), ends


def sentences(text: str) -> list[tuple[int, str]]:
    """The sentences of `text` with the offset at which each starts; a sentence keeps its full stop."""
    return [(m.start(), m.group()) for m in _SENTENCE.finditer(text) if m.group().strip()]
