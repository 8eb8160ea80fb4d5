import re
from collections import Counter

from lxml import etree

from hitotsu.plans.errors import DamagedFile, ExpandsTooMuch
from hitotsu.plans.reading.source.html_tables import all_text, caption_of, cells_of, is_layout
from hitotsu.plans.reading.source.limits import MAX_MARKUP_BYTES, in_megabytes
from hitotsu.plans.reading.source.marks import (
    BULLET,
    LineBuilder,
    footnote,
    heading,
    superscript,
    table_lines,
)
from hitotsu.plans.reading.source.model import Extract
from hitotsu.plans.reading.source.text import decode
from hitotsu.plans.reading.source.word_numbering import format_number

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
_CODECS = {"utf-8": "utf-8", "utf8": "utf-8", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932",
           "ms932": "cp932", "euc-jp": "euc-jp", "x-euc-jp": "euc-jp", "iso-2022-jp": "iso-2022-jp"}  # fmt: skip
_SKIPPED = {"script", "style", "noscript", "template", "head", "svg", "math", "iframe", "object", "video", "audio",
            "canvas", "select", "textarea", "button", "rt", "rp", "del", "map"}  # fmt: skip
_SITE = {"nav"}
_SITE_ROLES = {"navigation", "banner", "contentinfo", "search"}
_BLOCKS = {"address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
           "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "html", "legend", "li", "main", "ol",
           "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "hr"}  # fmt: skip
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_LIST_STYLES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_JAPANESE_BREAK = re.compile(r"(?<=[^\x00-\xff])[ \t]*[\r\n]+[ \t\r\n]*(?=[^\x00-\xff])")
# A declaration with entities inside it would be left over as text.
_DOCTYPE = re.compile(r"<!doctype\b[^>\[]{0,1000}\[.*?\]\s*>", re.IGNORECASE | re.DOTALL)
_BACKLINK = re.compile(r"[↩↑⤴]\ufe0e?")


def read_html(data: bytes, file: str) -> Extract:
    """An HTML page: headings, paragraphs, lists, tables and footnote marks of its main part.

    Scripts, styles, hidden parts and the site's menus are left out; nothing is ever fetched. Raises ExpandsTooMuch,
    DamagedFile, NotText or UnknownEncoding.
    """
    if len(data) > MAX_MARKUP_BYTES:
        raise ExpandsTooMuch(file, part="HTML", limit=in_megabytes(MAX_MARKUP_BYTES))
    text, encoding = _decoded(data, file)
    text = _DOCTYPE.sub("", text, count=1)
    # huge_tree lifts the depth that the parser takes from 256 to 2048; the walk below does not recurse.
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        root = etree.fromstring(text.replace("\x00", "").encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DamagedFile(file, where="HTMLとして読めない") from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise DamagedFile(file, where="要素の入れ子が深すぎる")
    if root is None:
        return Extract((), encoding)
    walk = _Walk(_main_part(root))
    lines = walk.lines()
    title = _SPACE.sub(" ", root.findtext(".//head/title") or "").strip()
    if title and not any(line.startswith("# ") for line in lines):
        lines = [heading(1, title), "", *lines]
    return Extract(tuple(lines), encoding, furniture=walk.furniture)


def _decoded(data: bytes, file: str) -> tuple[str, str]:
    named = _CHARSET.search(data[:4096])
    if named and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        name = named[1].decode("ascii").lower()
        codec = {"shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932"}.get(
            name, name
        )
        try:
            return data.decode(codec), codec
        except (UnicodeDecodeError, LookupError):
            # The declaration is wrong on many pages; the bytes themselves decide then.
            return decode(data, file)
    return decode(data, file)


def _main_part(root: etree._Element) -> etree._Element:
    mains = [
        node
        for node in root.iter("main", "div", "article")
        if node.tag == "main" or node.get("role") == "main"
    ]
    if len(mains) == 1 and all_text(mains[0]).strip():
        return mains[0]
    body = root.find("body")
    return root if body is None else body


class _Walk:
    """One pass over the tree without recursion, which writes lines as blocks end."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._out = LineBuilder()
        self._text: list[str] = []
        self._preformatted = 0
        self._lists: list[tuple[str, int]] = []
        self._marker: str | None = None
        self._marked = False
        self._notes = _note_targets(root)
        self._note: str | None = None
        self.furniture = 0

    def lines(self) -> list[str]:
        walker = etree.iterwalk(self._root, events=("start", "end"))
        for event, node in walker:
            tag = node.tag if isinstance(node.tag, str) else ""
            if event == "end":
                self._end(tag)
                if node is not self._root:
                    self._say(node.tail)
            elif self._is_skipped(node, tag) or self._taken_whole(node, tag):
                walker.skip_subtree()
            else:
                self._start(node, tag)
                self._say(node.text)
        self._flush()
        while self._out.lines and not self._out.lines[-1]:
            self._out.lines.pop()
        return self._out.lines

    def _is_skipped(self, node: etree._Element, tag: str) -> bool:
        if node is self._root:
            return False
        if tag in _SITE or node.get("role", "") in _SITE_ROLES:
            self.furniture += bool(all_text(node).strip())
            return True
        return (
            not tag
            or tag in _SKIPPED
            or node.get("hidden") is not None
            or node.get("aria-hidden") == "true"
            or bool(_HIDDEN.search(node.get("style", "")))
        )

    def _taken_whole(self, node: etree._Element, tag: str) -> bool:
        """Elements that are read at once; their subtree is not walked."""
        if tag == "sup":
            self._text.append(superscript(_SPACE.sub(" ", all_text(node)), "".join(self._text[-3:])))
            return True
        if tag == "table" and not is_layout(node):
            self._flush()
            if caption := caption_of(node):
                self._out.add([caption], "paragraph")
            self._out.add(table_lines(cells_of(node)), "table")
            self._out.blank()
            return True
        return False

    def _start(self, node: etree._Element, tag: str) -> None:
        if tag == "br":
            self._text.append("\v")
            return
        if tag in _BLOCKS or tag in _HEADINGS:
            self._flush()
        if tag in {"ul", "ol"}:
            self._lists.append(
                (_LIST_STYLES.get(node.get("type", ""), "decimal") if tag == "ol" else "", _start_of(node))
            )
        elif tag == "li":
            self._marker = self._next_marker(node)
            self._marked = False
        elif tag == "pre":
            self._preformatted += 1
        if (identity := node.get("id")) and identity in self._notes:
            self._note = self._notes.pop(identity)

    def _next_marker(self, node: etree._Element) -> str:
        depth = "  " * max(len(self._lists) - 1, 0)
        if not self._lists or not self._lists[-1][0]:
            return depth + BULLET
        style, number = self._lists[-1]
        number = _whole(node.get("value"), number)
        self._lists[-1] = (style, number + 1)
        return f"{depth}{format_number(number, style)}. "

    def _end(self, tag: str) -> None:
        if tag in _HEADINGS:
            self._flush(_HEADINGS[tag])
        elif tag in _BLOCKS:
            self._flush()
        if tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
        elif tag == "li":
            self._marker = None
        elif tag == "pre":
            self._preformatted -= 1

    def _say(self, text: str | None) -> None:
        if text:
            self._text.append(text if self._preformatted else _SPACE.sub(" ", _JAPANESE_BREAK.sub("", text)))

    def _flush(self, level: int | None = None) -> None:
        text = "".join(self._text)
        self._text.clear()
        rows = re.split(r"[\v\n\r]", text) if self._preformatted else text.split("\v")
        rows = [row.strip(" \t\xa0") if not self._preformatted else row.rstrip() for row in rows]
        rows = [row.replace("\t", " ") if not self._preformatted else row for row in rows if row.strip()]
        if not rows:
            return
        if self._note is not None:
            note, self._note = self._note, None
            self._out.add([footnote(note, _BACKLINK.sub("", " ".join(rows)))], "item")
            self._marked = True
        elif level is not None:
            self._out.add([heading(level, " ".join(rows))], "heading")
        elif self._marker is not None and not self._marked:
            self._marked = True
            first = rows[0] if self._marker.strip() != BULLET.strip() else rows[0].removeprefix("・").lstrip()
            self._out.add([self._marker + first, *rows[1:]], "item")
        else:
            self._out.add(rows, "item" if self._marker is not None else "paragraph")


def _note_targets(root: etree._Element) -> dict[str, str]:
    """Which elements explain a footnote mark: the id that the link in a `sup` points to, and the mark."""
    targets: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for sup in root.iter("sup"):
        link = next(sup.iter("a"), None)
        if link is None:
            parent = sup.getparent()
            link = parent if parent is not None and parent.tag == "a" else None
        href = "" if link is None else link.get("href", "")
        mark = re.sub(r"[^\w*※†‡]", "", all_text(sup))
        if href.startswith("#") and len(href) > 1 and mark and len(mark) <= 6:
            counts[href[1:]] += 1
            targets.setdefault(href[1:], mark)
    return targets


def _start_of(node: etree._Element) -> int:
    return _whole(node.get("start"), 1)


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 7 else otherwise
