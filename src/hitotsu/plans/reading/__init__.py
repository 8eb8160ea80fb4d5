from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from pathlib import Path

from hitotsu.plans.reading.assembly import build
from hitotsu.plans.reading.blocks import Block
from hitotsu.plans.reading.bodies import find_bodies
from hitotsu.plans.reading.characters import joined, key
from hitotsu.plans.reading.cleaning import clean
from hitotsu.plans.reading.doubts import find_doubts
from hitotsu.plans.reading.drafts import Draft
from hitotsu.plans.reading.figures import MOST_FIGURES, find_figures
from hitotsu.plans.reading.front import kind_of, read_front
from hitotsu.plans.reading.indicators import find_indicators
from hitotsu.plans.reading.initiatives import find_initiatives
from hitotsu.plans.reading.minutes import read_meeting
from hitotsu.plans.reading.nesting import Node
from hitotsu.plans.reading.outline import build_outline, sections
from hitotsu.plans.reading.periods import find_period, find_reviews
from hitotsu.plans.reading.source import Progress, SourceText, load, load_data, read_bytes
from hitotsu.plans.reading.structure import Document, Figure, Initiative, Source, Span, Term
from hitotsu.plans.reading.tables import find_tables
from hitotsu.plans.reading.terms import find_terms, terms_used

__all__ = [
    "Document",
    "Progress",
    "Source",
    "SourceText",
    "load",
    "load_data",
    "read_bytes",
    "read_document",
    "read_lines",
    "read_source",
]


def read_document(path: Path) -> Document:
    """The structure of the document in the file `path` (.txt, .md, .pdf, .docx, .html); nothing is stored.

    Raises a `PlanError` with one Japanese sentence when the file cannot be read as text.
    """
    return read_source(load(path), path.name)


def read_source(text: SourceText, file: str) -> Document:
    """The structure of a document whose lines were loaded already; `file` is the name that people know it by."""
    source = Source(file, text.format, text.encoding, len(text.lines), text.pages, text.sha256)
    return read_lines(text.lines, source, page_starts=text.page_starts)


def read_lines(lines: Sequence[str], source: Source, *, page_starts: Sequence[int] = ()) -> Document:
    """The structure of a document given as numbered lines; `page_starts` are the 1-based lines that begin a page."""
    cleaned, tables = clean(lines, page_starts, find_tables)
    front = read_front(cleaned)
    kind = kind_of(cleaned, front)
    blocks = build(cleaned, slides=kind == "slides", minutes=kind == "minutes")
    root = build_outline(
        blocks,
        cleaned,
        pages_stand_alone=kind in ("slides", "papers", "report"),
        labels_head=kind in ("slides", "report"),
        front_end=front.end,
    )
    meeting, decisions, meeting_lines = (
        read_meeting(cleaned, blocks, minutes=kind == "minutes")
        if kind in ("minutes", "papers")
        else (None, [], frozenset())
    )
    text_blocks = [block for block in _blocks(root) if block.first not in front.lines]
    period, period_lines = find_period(blocks)
    drafts = find_initiatives(root, kind, tables)
    said = find_figures(_sentences(text_blocks, drafts))
    figures = sorted([*said, *find_indicators(tables, said)], key=lambda figure: figure.lines)[:MOST_FIGURES]
    terms = find_terms(cleaned, root, tables, text_blocks)
    bodies = find_bodies(root, drafts, kind, tables)
    titles = frozenset(key(table.title) for table in tables if table.title)
    known = front.lines | meeting_lines
    if period_lines is not None:
        known |= frozenset(range(period_lines[0] - 1, period_lines[1]))
    known |= {line for table in tables for line in range(table.lines[0] - 1, table.lines[1])}
    return Document(
        title=front.title,
        organization=front.organization,
        period=period,
        reviews=tuple(find_reviews([block for block in blocks if block.first not in front.lines], period)),
        kind=kind,
        source=source,
        sections=tuple(sections(root, titles)),
        initiatives=tuple(_finish(drafts, figures, terms)),
        figures=tuple(figures),
        tables=tuple(tables),
        terms=tuple(terms),
        bodies=tuple(bodies),
        decisions=tuple(decisions),
        meeting=meeting,
        unsure=tuple(find_doubts(cleaned, root, blocks, drafts, terms, known, kind, figures)),
    )


def _blocks(root: Node) -> list[Block]:
    return [block for node in [root, *root.walk()] for block in node.body]


def _sentences(text_blocks: Sequence[Block], drafts: Sequence[Draft]) -> list[tuple[str, Span]]:
    """All sentences in reading order, those in the cells of measures that are laid out as tables too."""
    known = {id(block) for block in text_blocks}
    cells = [block for draft in drafts for block in draft.blocks() if id(block) not in known]
    blocks = sorted([*text_blocks, *cells], key=lambda block: block.first)
    return [sentence for block in blocks if block.kind in ("item", "text") for sentence in block.sentences()]


def _finish(drafts: Sequence[Draft], figures: Sequence[Figure], terms: Sequence[Term]) -> list[Initiative]:
    starts = [figure.lines[0] for figure in figures]
    words: dict[str, list[str]] = {}
    for term in terms:
        if term.mark is None and len(term.term) > 1:
            words.setdefault(term.term[:2], []).append(term.term)
    marks = {term.mark for term in terms}
    found: list[Initiative] = []
    for draft in drafts:
        lines = draft.range()
        texts = [block for block in draft.blocks() if draft.node.first <= block.first <= draft.last]
        heads = [draft.node.head] if draft.node.head is not None else []
        own = [mark for block in [*heads, *texts] for mark in block.marks_used() if mark in marks]
        said = joined([block.text() for block in texts])
        used = range(bisect_left(starts, lines[0]), bisect_right(starts, lines[1]))
        direction = "\n".join(block.text() for block in draft.direction)
        found.append(
            Initiative(
                number=draft.node.path if draft.node.has_number() else (),
                title=draft.node.title,
                direction=direction or None,
                status=tuple(_texts(draft.status)),
                actions=tuple(_texts(draft.actions)),
                figures=tuple(used),
                terms=tuple(dict.fromkeys([*own, *terms_used(draft.node.title + said, words)])),
                lines=lines,
                confidence=round(draft.confidence, 2),
            )
        )
    return found


def _texts(blocks: Sequence[Block]) -> list[str]:
    return [text for text in (block.text() for block in blocks) if text]
