from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Measure:
    """How much of one kind of thing was read right.

    `wanted` counts what the gold file asks for, `right` what of it was found, `extra` what was found beside it where
    the gold file is complete for that kind. `misses` says in short Japanese sentences what and where.
    """

    name: str
    wanted: int
    right: int
    extra: int
    misses: tuple[str, ...]

    @property
    def share(self) -> float:
        """The part that was read right, 0..1; 1.0 when nothing was wanted."""
        return self.right / self.wanted if self.wanted else 1.0

    def to_json(self) -> dict[str, Any]:
        """The measure with its share, as plain values."""
        return {
            "name": self.name,
            "wanted": self.wanted,
            "right": self.right,
            "extra": self.extra,
            "share": self.share,
            "misses": list(self.misses),
        }


@dataclass(slots=True)
class Tally:
    """Counts up one measure while a document is compared."""

    name: str
    wanted: int = 0
    right: int = 0
    extra: int = 0
    misses: list[str] = field(default_factory=list)

    def want(self, right: bool, miss: str) -> None:
        """One thing that is wanted; `miss` is kept when it is not right."""
        self.wanted += 1
        if right:
            self.right += 1
        else:
            self.misses.append(miss)

    def surplus(self, what: str) -> None:
        """One thing that was found and is not in the gold file."""
        self.extra += 1
        self.misses.append(what)

    def measure(self) -> Measure:
        """The count as it stands."""
        return Measure(self.name, self.wanted, self.right, self.extra, tuple(self.misses))
