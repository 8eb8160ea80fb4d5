"""The made-up plan of the demonstration: read without loss, and its second edition shows every kind of change."""

from collections import Counter
from pathlib import Path

import pytest

from hitotsu.plans.editions import Entry, compare, match
from hitotsu.plans.outline import path_of
from hitotsu.plans.reading import read_document
from hitotsu.plans.reading.structure import Document

SAMPLES = Path(__file__).resolve().parents[2] / "src" / "hitotsu" / "cli" / "samples"


def _read(name: str) -> Document:
    return read_document(SAMPLES / name)


def _entries(document: Document) -> list[Entry]:
    sections = document.to_json()["sections"]
    return [
        Entry(
            index,
            initiative.number,
            tuple(path_of(sections, initiative.number, initiative.lines[0])),
            initiative.title,
            "\n".join(initiative.actions),
        )
        for index, initiative in enumerate(document.initiatives)
    ]


@pytest.mark.parametrize(
    ("name", "initiatives"), [("strategy-first-edition.md", 14), ("strategy-second-edition.md", 15)]
)
def test_sample_reads_whole(name: str, initiatives: int) -> None:
    document = _read(name)
    assert document.title is not None
    assert "見本" in document.title
    assert document.organization == "福島県"
    assert document.period is not None
    assert (document.period.start.isoformat(), document.period.end.isoformat()) == (
        "2026-04-01",
        "2031-03-31",
    )
    assert [review.date for review in document.reviews] == ["2028"]
    assert len(document.initiatives) == initiatives
    assert all(one.status and one.actions and one.direction for one in document.initiatives)
    assert [term.mark for term in document.terms] == ["1", "2", "3", "4", "5"]
    assert [table.title for table in document.tables] == ["表1　計画の指標（見本）"]
    assert len(document.bodies) == 4


def test_second_edition_shows_every_kind_of_change() -> None:
    old, new = _entries(_read("strategy-first-edition.md")), _entries(_read("strategy-second-edition.md"))
    continues = {found.new: found.old for found in match(old, new)}
    kinds = Counter(outcome.kind for outcome in compare(old, new, continues))
    assert kinds == {
        "kept": 4, "revised": 5, "renamed": 2, "moved": 1, "split": 1, "merged": 1, "ended": 1, "new": 2,
    }  # fmt: skip
