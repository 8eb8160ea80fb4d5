import re

_BREAK = re.compile(r"[ \t\u3000]*[\r\n\v\f\u2028\u2029]+[ \t\u3000]*")
_UNIT_BEFORE = re.compile(r"(?:[kcm]?m|ｍ|㎞|Ｍ|ﾒｰﾄﾙ)$")
_POWERS = {"2": "²", "3": "³", "２": "²", "３": "³"}
_MARK = re.compile(
    r"[\s(（\[［※*＊注)）\]］]*([0-9０-９]{1,3}(?:[,、][0-9０-９]{1,3})*|[ivxⅰ-ⅻ]{1,5}|[*＊※†‡])[\s)）\]］]*"
)
_TO_ASCII = str.maketrans("０１２３４５６７８９＊", "0123456789*")

_LARGEST_GRID = 200_000

BULLET = "- "
RULE = "---"


def superscript(text: str, before: str) -> str:
    """Raised text as it stands in the light dialect: a footnote mark in `<sup>`, a power as ² or ³, else as it is."""
    bare = text.strip()
    if not bare:
        return text
    if bare in _POWERS and _UNIT_BEFORE.search(before):
        return _POWERS[bare]
    if mark := _MARK.fullmatch(bare):
        return "".join(f"<sup>{one}</sup>" for one in re.split("[,、]", mark[1].translate(_TO_ASCII)))
    return text


def footnote(mark: str, text: str) -> str:
    """The line that explains a footnote mark."""
    return f"<sup>{mark}</sup> {text.strip()}"


def cell(text: str) -> str:
    """Text as one cell of a tab-separated line: what parts lines or cells becomes a space."""
    return _BREAK.sub(" ", text).replace("\t", " ").strip(" \u3000\xa0")


def table_lines(rows: list[list[str]]) -> list[str]:
    """Rows as tab-separated lines, all with as many cells as the widest.

    A grid that is mostly empty is left ragged: one row of a thousand cells must not make a million of the others.
    """
    width = max((len(row) for row in rows), default=0)
    if width * len(rows) > _LARGEST_GRID:
        width = 0
    return ["\t".join([cell(text) for text in row] + [""] * (width - len(row))) for row in rows]


def heading(level: int, text: str) -> str:
    """A heading line; levels below the sixth are written as the sixth."""
    return f"{'#' * min(max(level, 1), 6)} {text}"


class LineBuilder:
    """Collects lines, with one blank line between blocks and none at the start."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._kind = ""

    def add(self, lines: list[str], kind: str) -> None:
        """Append a block; blocks of kind `item` follow each other without a blank line."""
        if not lines:
            return
        if self.lines and not (kind == self._kind == "item"):
            self.blank()
        self.lines.extend(lines)
        self._kind = kind

    def blank(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")
