import re
from collections.abc import Iterator

from lxml import etree

from hitotsu.plans.reading.source.marks import superscript

_SPACE = re.compile(r"[ \t\r\n\f]+")
_BREAKS = {"br", "p", "div", "li", "ul", "ol", "tr", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6"}
_UNSEEN = {"script", "style", "rt", "rp", "template", "noscript"}
_SECTIONING = ("h1", "h2", "h3", "h4", "h5", "h6", "table")
_WIDEST_SPAN = 100
_WIDEST_ROW = 1_000
_BULLETS = "・●○■□◆◇-"


def all_text(node: etree._Element) -> str:
    """The text of an element and everything in it, as it stands in the source."""
    return "".join(str(text) for text in node.itertext())


def is_layout(table: etree._Element) -> bool:
    """Whether a table only places text on the page: it holds headings or tables, or has one column."""
    if table.get("role") in {"presentation", "none"}:
        return True
    inner = (node for node in table.iter(*_SECTIONING) if node is not table)
    if next(inner, None) is not None:
        return True
    return max((sum(1 for _ in row.iterchildren("td", "th")) for row in table.iter("tr")), default=0) < 2


def caption_of(table: etree._Element) -> str:
    """The caption of a table, "" where it has none."""
    caption = next(table.iterchildren("caption"), None)
    return "" if caption is None else _SPACE.sub(" ", _text(caption)).strip()


def cells_of(table: etree._Element) -> list[list[str]]:
    """The rows of a table; a cell that spans others leaves empty cells behind in their places."""
    rows = []
    open_spans: dict[int, int] = {}
    for row in table.iter("tr"):
        cells: list[str] = []
        for cell in row.iterchildren("td", "th"):
            _fill(cells, open_spans)
            if len(cells) >= _WIDEST_ROW:
                break
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            for offset in range(width):
                if height > 1:
                    open_spans[len(cells)] = height - 1
                cells.append("" if offset else _SPACE.sub(" ", _text(cell)).strip())
        _fill(cells, open_spans)
        rows.append(cells)
    return rows


def _fill(cells: list[str], open_spans: dict[int, int]) -> None:
    while (column := len(cells)) in open_spans and column < _WIDEST_ROW:
        open_spans[column] -= 1
        if not open_spans[column]:
            del open_spans[column]
        cells.append("")


def _span(cell: etree._Element, name: str) -> int:
    text = cell.get(name, "1").strip()
    return (
        min(max(int(text), 1), _WIDEST_SPAN) if text.isascii() and text.isdecimal() and len(text) < 7 else 1
    )


def _text(node: etree._Element) -> str:
    return "".join(_pieces(node))


def _pieces(root: etree._Element) -> Iterator[str]:
    walker = etree.iterwalk(root, events=("start", "end"))
    before = ""
    for event, node in walker:
        tag = node.tag if isinstance(node.tag, str) else ""
        if event == "end":
            if tag in _BREAKS:
                yield " "
            if node is not root and node.tail:
                before = node.tail
                yield node.tail
        elif not tag or tag in _UNSEEN:
            walker.skip_subtree()
        elif tag == "sup":
            yield superscript(all_text(node), before)
            walker.skip_subtree()
        else:
            text = node.text or ""
            if tag == "li" and text.strip()[:1] not in _BULLETS:
                yield " ・"
            before = text or before
            yield text
