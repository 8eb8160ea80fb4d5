"""Where a text uses a word that the document explains."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hitotsu.faces.templatetags.hitotsu import tidy
from hitotsu.plans.queries import Term


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; with ``term``, the first use of an explained word."""

    text: str
    term: Term | None = None


Text = tuple[Piece, ...]


def explain(groups: Sequence[Sequence[str]], terms: Sequence[Term]) -> list[list[Text]]:
    """Each group's texts cut so that the first use of each term, over all groups, is a piece of its own.

    Texts come out tidied. Of two terms that begin at the same place the longer one is meant.
    """
    waiting = {tidy(term.term): term for term in terms if term.term}
    return [[_cut(tidy(text), waiting) for text in group] for group in groups]


def _cut(text: str, waiting: dict[str, Term]) -> Text:
    pieces = []
    position = 0
    while waiting:
        words = "|".join(re.escape(word) for word in sorted(waiting, key=len, reverse=True))
        found = re.compile(words).search(text, position)
        if found is None:
            break
        pieces.append(Piece(text[position : found.start()]))
        pieces.append(Piece(found[0], waiting.pop(found[0])))
        position = found.end()
    pieces.append(Piece(text[position:]))
    return tuple(piece for piece in pieces if piece.text)
