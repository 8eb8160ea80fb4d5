from collections.abc import Mapping
from typing import Any

from hitotsu.plans.reading.scoring.figures import score_figures
from hitotsu.plans.reading.scoring.gold import Gold, GoldNotUsable
from hitotsu.plans.reading.scoring.initiatives import score_initiatives
from hitotsu.plans.reading.scoring.measure import Measure
from hitotsu.plans.reading.scoring.meeting import score_decisions, score_meeting
from hitotsu.plans.reading.scoring.outline import score_front, score_sections
from hitotsu.plans.reading.scoring.tables import score_tables
from hitotsu.plans.reading.scoring.terms import score_bodies, score_terms
from hitotsu.plans.reading.structure import Document

__all__ = ["GoldNotUsable", "Measure", "score"]


def score(document: Document, gold: Mapping[str, Any]) -> list[Measure]:
    """Compares a reading with what a person found in the same document, kind by kind.

    Only what the gold file looked for is measured. Texts are compared by the gold files' hash, numbers and titles of
    headings character by character, lines only when the very file was read that the gold file was made from.
    `*_optional` and `weak` entries are neither wanted nor extra; figures and bodies are samples, so none is extra.
    Raises GoldNotUsable (a ValueError).
    """
    with_lines = Gold(gold, document)
    measures = [score_front(document, with_lines)]
    if with_lines.looked_for("sections"):
        measures.append(score_sections(document, with_lines))
    if with_lines.looked_for("initiatives"):
        measures += score_initiatives(document, with_lines)
    if with_lines.looked_for("terms"):
        measures.append(score_terms(document, with_lines))
    if with_lines.looked_for("figures"):
        measures += score_figures(document, with_lines)
    if with_lines.looked_for("tables"):
        measures += score_tables(document, with_lines)
    if with_lines.looked_for("bodies"):
        measures.append(score_bodies(document, with_lines))
    if with_lines.looked_for("decisions"):
        measures.append(score_decisions(document, with_lines))
    if with_lines.looked_for("meeting"):
        measures.append(score_meeting(document, with_lines))
    return measures
