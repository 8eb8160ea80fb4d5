from dataclasses import dataclass

from hitotsu.plans.reading.characters import joined, joined_at, marks_at, plain, sentences
from hitotsu.plans.reading.labels import Role
from hitotsu.plans.reading.numbering import Number
from hitotsu.plans.reading.structure import Span

TERMINAL = "。．.！？!?…"
CLOSERS = "」』）)】〉》:："
FOLLOWS = frozenset("、。，）」』】ー々ぁぃぅぇぉっゃゅょをゎァィゥェォッャュョ・％")
PARTICLES = frozenset("をがはにのとでもへやるたくしりきいてれめけせねまみむらろわかこ、・")
OPEN_ENDS = frozenset("、をがはのに")
"""Characters after which a Japanese sentence always goes on."""
LIST_SYMBOLS = frozenset("-+*・･•◦▪▫－‐–—○〇◯►▶▷➢➤✓✔☑")
"""Marks that only lists have; ■ ◆ ● and the like may head a section as well."""
MINOR_STYLES = frozenset(("丸", "カナ", "括弧カナ", "英", "括弧英", "片括弧", "漢", "括弧漢", "小ローマ"))
"""Numberings that are used for steps and lists as often as for headings."""
HEADING_LIMIT = 70
"""Longest title of a heading that carries no heading mark, in characters."""
LONG = 30
"""A line of this many characters that does not end its sentence is cut off rather than a phrase."""


@dataclass(slots=True)
class Block:
    """A heading, label, list item, paragraph or table: what its lines say, joined again.

    `kind` is "heading", "label", "item", "text", "table" or "speaker"; `pieces` are (0-based line, text) with list marks taken
    off; `marks` counts `#`; `gap` counts blank lines before it; `broken` says that a page ended before it.
    """

    kind: str
    pieces: list[tuple[int, str]]
    marks: int = 0
    symbol: str = ""
    number: Number | None = None
    title: str = ""
    role: Role | None = None
    indent: int = 0
    gap: int = 0
    broken: bool = False
    standing: bool = False
    read_sentences: list[tuple[str, Span]] | None = None

    @property
    def first(self) -> int:
        """First line, 0-based."""
        return self.pieces[0][0]

    @property
    def last(self) -> int:
        """Last line, 0-based."""
        return self.pieces[-1][0]

    def raw(self) -> str:
        """The whole text as printed, with footnote marks."""
        return joined([text for _, text in self.pieces])

    def text(self) -> str:
        """The whole text without footnote and bold marks."""
        return plain(self.raw()).strip()

    def marks_used(self) -> tuple[str, ...]:
        """Footnote marks printed in the text."""
        return tuple(mark for _, mark in marks_at(self.raw()))

    def sentences(self) -> list[tuple[str, Span]]:
        """The sentences with the source lines (1-based) that each stands on."""
        if self.read_sentences is not None:
            return self.read_sentences
        text, ends = joined_at([plain(piece).strip() for _, piece in self.pieces])
        found: list[tuple[str, Span]] = []
        at = 0
        for start, sentence in sentences(text):
            while at < len(ends) - 1 and ends[at] <= start:
                at += 1
            stop = at
            while stop < len(ends) - 1 and ends[stop] < start + len(sentence):
                stop += 1
            found.append((sentence.strip(), (self.pieces[at][0] + 1, self.pieces[stop][0] + 1)))
        self.read_sentences = found
        return found


def ends(block: Block) -> bool:
    """Whether the block's last line ends a sentence."""
    text = block.pieces[-1][1].rstrip()
    while text.endswith(("</sup>", "**")):
        text = (
            text[: text.rindex("<sup>")]
            if text.endswith("</sup>") and "<sup>" in text
            else text[:-2].rstrip()
        )
    text = text.rstrip(CLOSERS) if text[-1:] in CLOSERS and text.rstrip(CLOSERS)[-1:] in TERMINAL else text
    return text[-1:] in TERMINAL
