import re
from collections import Counter
from dataclasses import dataclass

from lxml import etree

from hitotsu.plans.reading.source.word_package import is_on, value, w

_HEADING_NAME = re.compile(r"(?:heading|見出し)\s*([1-9])", re.IGNORECASE)
_WORDS_DEFAULT_SIZE = 20
_DEEPEST_STYLE = 20
_BODY_OUTLINE = 9


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph style says, with what it takes from the styles that it is based on. Sizes are half points."""

    heading: int | None = None
    contents: bool = False
    bold: bool = False
    size: int | None = None
    list_id: str | None = None
    list_depth: int | None = None


class Styles:
    """The paragraph styles of a Word document by their ids."""

    def __init__(self, root: etree._Element | None) -> None:
        self._nodes: dict[str, etree._Element] = {}
        self._known: dict[str, Style] = {}
        self.default_size = _WORDS_DEFAULT_SIZE
        self._default_id = ""
        if root is None:
            return
        size = value(root, "docDefaults/rPrDefault/rPr/sz")
        self.default_size = number(size) or _WORDS_DEFAULT_SIZE
        for node in root.iterfind(w("style")):
            if node.get(w("type"), "paragraph") == "paragraph":
                self._nodes[node.get(w("styleId"), "")] = node
                if node.get(w("default")) in {"1", "true"}:
                    self._default_id = node.get(w("styleId"), "")

    def of(self, style_id: str | None) -> Style:
        """The style of a paragraph; the default one where it names none."""
        key = style_id or self._default_id
        if key not in self._known:
            self._known[key] = self._resolve(key)
        return self._known[key]

    def _resolve(self, key: str) -> Style:
        heading = size = list_depth = None
        list_id: str | None = None
        contents, bold = False, None
        for _ in range(_DEEPEST_STYLE):
            node = self._nodes.get(key)
            if node is None:
                break
            name = value(node, "name") or ""
            contents = contents or name.lower().startswith(("toc", "目次"))
            if heading is None:
                heading = _heading_level(name, node)
            if bold is None:
                bold = is_on(node.find(w("rPr")), "b")
            size = size or number(value(node, "rPr/sz"))
            list_id = list_id or value(node, "pPr/numPr/numId")
            if list_depth is None:
                list_depth = number(value(node, "pPr/numPr/ilvl"))
            key = value(node, "basedOn") or ""
        return Style(heading, contents, bool(bold), size, list_id, list_depth)


def _heading_level(name: str, node: etree._Element) -> int | None:
    if name.lower() in {"title", "表題"}:
        return 1
    if match := _HEADING_NAME.match(name):
        return int(match[1])
    return outline_level(node.find(w("pPr")))


def outline_level(properties: etree._Element | None) -> int | None:
    """The heading level (1-9) that paragraph properties give directly, None for body text or where they say nothing."""
    level = number(value(properties, "outlineLvl"))
    return None if level is None or level >= _BODY_OUTLINE else level + 1


def number(text: str | None) -> int | None:
    """A small whole number from an attribute, None where it is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None


def size_ranks(sizes: Counter[int], default: int) -> dict[int, int]:
    """Which type sizes are those of headings, and their levels: the largest is 1; sizes near the body's are not in it."""
    body = sizes.most_common(1)[0][0] if sizes else default
    larger = sorted((size for size in sizes if size >= body * 1.15), reverse=True)
    return {size: rank for rank, size in enumerate(larger, start=1)}
