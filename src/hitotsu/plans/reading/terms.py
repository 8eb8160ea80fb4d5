import re
from collections.abc import Iterable, Sequence

from hitotsu.plans.reading.blocks import Block
from hitotsu.plans.reading.characters import joined, key, narrow, plain
from hitotsu.plans.reading.cleaning import Cleaned, Note
from hitotsu.plans.reading.definitions import find_definitions
from hitotsu.plans.reading.labels import is_glossary
from hitotsu.plans.reading.nesting import Node
from hitotsu.plans.reading.structure import Table, Term

_TERM_LIMIT = 80
_QUOTED = re.compile(r"[「『]([^「」『』]{1,60})[」』]\s*(?:とは|は、|の略)")
_BARE = re.compile(r"([^、。「」\s]{1,40})とは、?")
_DASHED = re.compile(r"(\S{1,40}?)(?:\s*(?:・・・|…+|－|―|–|—|→|＝|=)\s*|[ 　]{1,4}(?=\S{10}))")
_TAIL = re.compile(r"[一-龠々〆ヶァ-ヴーA-Za-zＡ-Ｚａ-ｚ0-9０-９・\-－/&.ー]+$")
_TERM_HEADS = frozenset(("用語", "略語", "語句", "言葉", "ことば", "名称", "英略語"))
_DEFINITION_HEADS = frozenset(("説明", "解説", "意味", "定義", "内容", "用語解説", "用語の説明"))
_NUMBER_AGAIN = re.compile(r"[0-9０-９]{1,3}[\s　.．)）]+")
_LISTED_MARK = re.compile(r"(?:[※＊*]|[(（]?注)\s?([0-9０-９]{1,3})\s*[)）.．:：]?\s*")


def find_terms(cleaned: Cleaned, root: Node, tables: Sequence[Table], blocks: Iterable[Block]) -> list[Term]:
    """Words that the document defines: in footnotes, in a list of terms, and by 以下「…」という; in reading order."""
    found = [_from_note(note, cleaned) for note in cleaned.notes]
    for node in root.walk():
        if is_glossary(node.title):
            found += _from_glossary(node, tables)
    found += find_definitions(blocks)
    return sorted(found, key=lambda term: term.lines)


def split_definition(text: str) -> tuple[str, str] | None:
    """Term and definition in "term：definition"; a colon inside parentheses does not count. None without a colon."""
    depth = 0
    for at, char in enumerate(text[: _TERM_LIMIT + 1]):
        if char in "(（「『[":
            depth += 1
        elif char in ")）」』]":
            depth = max(0, depth - 1)
        elif char in ":：" and depth == 0 and at > 0 and text[at + 1 : at + 3] != "//":
            return text[:at].strip(), text[at + 1 :].strip()
    return None


def is_term_line(text: str) -> bool:
    """Whether a line can be a term alone, with its definition on the next line."""
    return (
        0 < len(text) <= 30 and not text.endswith(("。", "、", "：", ":")) and split_definition(text) is None
    )


def terms_used(text: str, words: dict[str, list[str]]) -> list[str]:
    """Which of the unmarked terms stand in `text`; `words` holds the terms by their first two characters."""
    found: list[str] = []
    for at in range(len(text) - 1):
        for term in words.get(text[at : at + 2], ()):
            if text.startswith(term, at) and term not in found:
                found.append(term)
    return found


def _from_note(note: Note, cleaned: Cleaned) -> Term:
    text = plain(joined(note.text)).strip()
    lines = (note.first + 1, note.last + 1)
    head = _NUMBER_AGAIN.sub("", plain(note.text[0]).strip())
    if len(note.text) > 1 and is_term_line(head):
        return Term(note.mark, head, joined([plain(part) for part in note.text[1:]]), lines)
    pair = split_definition(text)
    if pair is not None:
        return Term(note.mark, pair[0], pair[1] or text, lines)
    for rule in (_QUOTED, _BARE):
        match = rule.search(text[: _TERM_LIMIT * 2])
        if match is not None:
            return Term(note.mark, match.group(1), text, lines)
    carried = _carrier(note, cleaned)
    if carried:
        return Term(note.mark, carried, text, lines)
    match = _DASHED.match(text)
    if match is not None and len(text) > match.end():
        return Term(note.mark, match.group(1), text[match.end() :].strip(), lines)
    return Term(note.mark, "", text, lines)


def _carrier(note: Note, cleaned: Cleaned) -> str:
    """The word in the text that carries the footnote's mark, from the place nearest above the note."""
    places = [line for line in cleaned.used.get(note.mark, ()) if line < note.first] or cleaned.used.get(
        note.mark, []
    )
    for line in reversed(places):
        text = cleaned.lines[line]
        mark = re.search(
            rf"(?:<sup>\s*(?:注|※|\*)?\s*{re.escape(note.mark)}\s*[)）]?\s*</sup>|[※＊*]\s?{re.escape(note.mark)}(?!\d)|[\[［]{re.escape(note.mark)}[\]］])",
            text,
        )
        if mark is None:
            continue
        before = text[max(0, mark.start() - 60) : mark.start()]
        quoted = re.search(r"[「『]([^「」『』]{1,50})[」』]$", before)
        if quoted is not None:
            return quoted.group(1)
        tail = _TAIL.search(before)
        if tail is not None:
            return tail.group()
    return ""


def _from_glossary(node: Node, tables: Sequence[Table]) -> list[Term]:
    found: list[Term] = []
    for table in tables:
        if node.first < table.lines[0] <= node.last + 1:
            found += _from_table(table)
    parts = [(part, block) for part in [node, *node.walk()] for block in part.body]
    waiting: Block | None = None
    for block in [b for part, b in parts if b.kind in ("item", "text")]:
        mark, text = _marked(block.text())
        pair = split_definition(text)
        if pair is not None and pair[1]:
            found.append(Term(mark, _bare_term(pair[0]), pair[1], (block.first + 1, block.last + 1)))
            waiting = None
        elif waiting is not None:
            found.append(
                Term(
                    _marked(waiting.text())[0],
                    _bare_term(waiting.text()),
                    text,
                    (waiting.first + 1, block.last + 1),
                )
            )
            waiting = None
        elif len(text) <= _TERM_LIMIT and not text.endswith("。"):
            waiting = block
        else:
            match = _DASHED.match(text)
            if match is not None:
                found.append(
                    Term(
                        mark,
                        _bare_term(match.group(1)),
                        text[match.end() :],
                        (block.first + 1, block.last + 1),
                    )
                )
    for part in node.walk():
        texts = [block for block in part.body if block.kind in ("item", "text")]
        named = not any(term.lines[0] <= part.first + 1 <= term.lines[1] for term in found)
        if texts and named and len(part.title) > 1 and not any(split_definition(b.text()) for b in texts):
            body = joined([block.text() for block in texts])
            found = [term for term in found if not part.first < term.lines[0] <= part.own_last + 1]
            found.append(Term(None, _bare_term(part.title), body, (part.first + 1, part.own_last + 1)))
    return found


def _from_table(table: Table) -> list[Term]:
    head = [key(cell) for cell in table.header[-1]] if table.header else []
    term = next((at for at, cell in enumerate(head) if cell in _TERM_HEADS), None)
    definition = next((at for at, cell in enumerate(head) if cell in _DEFINITION_HEADS), None)
    if term is not None and definition is not None:
        return [
            Term(None, _bare_term(row[term]), row[definition], lines)
            for row, lines in zip(table.rows, table.row_lines[len(table.header) :], strict=True)
            if row[term] and row[definition]
        ]
    found: list[Term] = []
    for row, lines in zip(table.rows, table.row_lines[len(table.header) :], strict=True):
        cells = [cell for cell in row if cell]
        if len(cells) >= 2:
            found.append(Term(None, _bare_term(cells[-2]), cells[-1], lines))
    return found


def _marked(text: str) -> tuple[str | None, str]:
    """The footnote mark in front of a listed term, if there is one, and the rest."""
    match = _LISTED_MARK.match(text)
    return (narrow(match.group(1)), text[match.end() :]) if match is not None else (None, text)


def _bare_term(text: str) -> str:
    return _marked(plain(text).strip())[1].strip("【】■●◆○・ 　")
