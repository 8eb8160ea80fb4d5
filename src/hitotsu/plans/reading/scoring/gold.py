import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from hitotsu.plans.reading.structure import Document, Span

Entry = Mapping[str, Any]

_MARK = re.compile(r"<sup>.*?</sup>", re.DOTALL)
_SPACE = re.compile(r"\s+")


def squeeze(text: str) -> str:
    """The text in NFKC without footnote marks, bold and white space: two printings of one text are equal in it."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", _MARK.sub("", text).replace("**", "")))


def digest(text: str) -> str:
    """The hash under which gold files keep a text: first 16 hexadecimal digits of SHA-256 over `squeeze(text)`."""
    return hashlib.sha256(squeeze(text).encode("utf-8")).hexdigest()[:16]


def choices(entry: Entry, key: str) -> list[Any]:
    """The value that a gold entry names under `key`, and after it those of `key_or` that are right as well."""
    return [entry.get(key), *entry.get(f"{key}_or", [])]


def paths(entry: Entry) -> set[tuple[str, ...]]:
    """Every number path that is right for a heading.

    A heading without a number of its own may be given the path of the numbered heading that it stands under (`within`).
    """
    found = {tuple(number or ()) for number in choices(entry, "number")}
    if "within" in entry:
        found.add(tuple(entry["within"]))
    return found


def named(number: Sequence[str] | None, title: str | None, line: int | None = None) -> str:
    """How a miss names a heading: path, title and line as far as they are known."""
    label = " ".join([*(number or ()), title or ""]).strip()
    return f"「{label}」" + (f"（{line}行）" if line is not None else "")


def where(lines: Sequence[int] | None) -> str:
    """How a miss names a place: 「（12行）」 or 「（12–15行）」, empty without lines."""
    if not lines:
        return ""
    first, last = lines[0], lines[-1]
    return f"（{first}行）" if first == last else f"（{first}–{last}行）"


def ranges(lines: Any) -> list[Span]:
    """Line ranges as gold files write them: none, one `[first, last]` or a list of such pairs."""
    if not lines:
        return []
    if isinstance(lines[0], int):
        return [(lines[0], lines[-1])]
    return [(pair[0], pair[-1]) for pair in lines]


def overlap(found: Span, wanted: Iterable[Span]) -> bool:
    """Whether a range shares a line with one of the wanted ranges."""
    return any(found[0] <= last and first <= found[1] for first, last in wanted)


class GoldNotUsable(ValueError):
    """A gold file does not have the shape that it should have; the sentence says where."""


# What an entry must hold to be compared.
_NEEDED = {
    "sections": ("title",),
    "initiatives": ("title",),
    "terms": ("term", "definition"),
    "figures": ("value",),
    "tables": ("rows",),
    "bodies": ("name",),
    "decisions": ("subject", "decision"),
}


class Gold:
    """A gold file beside the document that is compared with it.

    Lines count only when the very file was read that the gold file was made from (by SHA-256): a Word file or a PDF
    made of the same text has lines of its own. Raises GoldNotUsable when an entry lacks what is compared.
    """

    def __init__(self, content: Entry, document: Document) -> None:
        _check(content)
        self.content = content
        self.same_file = document.source.sha256 == content.get("source", {}).get("sha256")
        self._also: Mapping[str, Sequence[str]] = content.get("also", {})

    def entries(self, key: str) -> list[Entry]:
        """The entries of a list, none when the gold file does not hold it."""
        return list(self.content.get(key) or [])

    def looked_for(self, key: str) -> bool:
        """Whether the maker of the gold file looked for this at all: an empty list was looked for and not found."""
        return key in self.content

    def hashes(self, value: str, others: Iterable[str] = ()) -> set[str]:
        """A hash and all that are right in its place, from the entry's own alternatives and the file's `also`."""
        return {value, *others, *self._also.get(value, ())}

    def spans(self, entry: Entry, *keys: str) -> list[Span]:
        """The line ranges under the given keys; none when lines do not count for the document."""
        return [span for key in keys for span in ranges(entry.get(key))] if self.same_file else []

    def line(self, entry: Entry) -> int | None:
        """The line of an entry; None when it has none or lines do not count for the document."""
        line: int | None = entry.get("line") if self.same_file else None
        return line

    def optional(self, key: str) -> Iterator[Entry]:
        """What a reader may find or leave out under `key`."""
        yield from self.entries(f"{key}_optional")


def _check(content: Entry) -> None:
    if not isinstance(content, Mapping):
        raise GoldNotUsable("正解のファイルの一番外側がJSONのオブジェクトではありません。")
    for kind, needed in _NEEDED.items():
        entries = content.get(kind) or []
        for index, entry in enumerate(entries if isinstance(entries, list) else [entries]):
            for key in needed:
                if not isinstance(entry, Mapping) or key not in entry:
                    raise GoldNotUsable(
                        f"正解のファイルの {kind} の{index + 1}番目に {key} がありません。書き足してください。"
                    )
