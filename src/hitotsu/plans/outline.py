"""Where an initiative stands in its document: the headings above it, and the field that pages group by."""

from collections.abc import Mapping, Sequence
from typing import Any


def path_of(sections: Sequence[Mapping[str, Any]], number: Sequence[str], first_line: int) -> list[str]:
    """The titles of the headings above an initiative, outermost first (its own heading left out)."""
    around = [
        section
        for section in sections
        if section["lines"][0] < first_line <= section["lines"][1] and list(section["number"]) != list(number)
    ]
    return [section["title"] for section in sorted(around, key=lambda section: section["level"])]


def field_of(path: Sequence[str]) -> str:
    """The heading by which initiatives are grouped: the second from the top where there is one."""
    return path[1] if len(path) > 1 else path[0] if path else ""
