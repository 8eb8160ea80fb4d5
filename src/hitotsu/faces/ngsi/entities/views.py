"""What of a record is shown, and how: the parameters of a retrieval, as a value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hitotsu.faces.ngsi.entities.rules import DEFAULT_DATASET, Record

# Names chosen (or left out), each with what is chosen of the entities that it links to, or None for all of them.
Projection = Mapping[str, Any]
Lookup = Callable[[str], Record | None]

NORMALIZED = "normalized"
CONCISE = "concise"
SIMPLIFIED = "simplified"


@dataclass(frozen=True, slots=True)
class View:
    """A representation (normalized, concise, simplified) and a selection.

    `attrs`, `pick` and `omit` hold neutral names; `pick` and `omit` also id, type, scope and the system times, and
    for a relationship the projection of the linked entities. `datasets` holds datasetIds, "@none" for the default
    instance. `languages` comes from `parse_languages`. `now`: attributes that expired before it are not shown.
    """

    form: str = NORMALIZED
    sys_attrs: bool = False
    attrs: frozenset[str] | None = None
    pick: Projection | None = None
    omit: Projection | None = None
    datasets: frozenset[str] | None = None
    languages: tuple[str, ...] | None = None
    geometry_property: str = "location"
    now: str | None = None

    def shows(self, name: str) -> bool:
        """Whether this member (attribute, id, type, scope …) is chosen."""
        if self.pick is not None and name not in self.pick:
            return False
        return self.omit is None or self.omit.get(name, ...) is not None

    def of_linked(self, name: str) -> "View":
        """The view of the entities to which this relationship leads."""
        return View(
            form=self.form,
            sys_attrs=self.sys_attrs,
            pick=None if self.pick is None else self.pick.get(name),
            omit=None if self.omit is None else self.omit.get(name),
            datasets=self.datasets,
            languages=self.languages,
            now=self.now,
        )


def parse_languages(text: str) -> tuple[str, ...]:
    """The ranges of a language filter (clause 4.15), most wanted first: "fr;q=0.5,ja" is ("ja", "fr").

    What has no meaning in it is passed over: the filter then falls back to any language, as the standard asks.
    """
    ranked = []
    for part in text.split(","):
        tag, _, quality = part.partition(";")
        _, _, number = quality.partition("=")
        try:
            weight = float(number) if number else 1.0
        except ValueError:
            weight = 0.0
        if tag.strip() and weight > 0:
            ranked.append((weight, tag.strip()))
    return tuple(tag for _, tag in sorted(ranked, key=lambda pair: -pair[0]))


def choose_language(tags: list[str], wanted: tuple[str, ...]) -> str:
    """The tag of a language map that serves best; any of them where none of the wanted is there."""
    lowered = {tag.lower(): tag for tag in reversed(tags)}
    for language in wanted:
        if language == "*":
            break
        part = language.lower()
        while part:
            if part in lowered:
                return lowered[part]
            for tag in tags:
                if tag.lower().startswith(part + "-"):
                    return tag
            part = part.rpartition("-")[0]
    return DEFAULT_DATASET if DEFAULT_DATASET in tags else tags[0]
