"""Lists that people search and sort by the address of the page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.http import HttpRequest

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted now: ``key`` names the column, ``down`` says from the greatest."""

    key: str
    down: bool

    def next_for(self, key: str) -> str:
        """The value of ``sort`` with which a click on that column's head asks."""
        return f"-{key}" if key == self.key and not self.down else key

    def aria_for(self, key: str) -> str:
        """The value of ``aria-sort`` on that column's head."""
        if key != self.key:
            return "none"
        return "descending" if self.down else "ascending"


def sort(
    request: HttpRequest, items: Sequence[Item], columns: Mapping[str, Callable[[Item], Any]], default: str
) -> tuple[list[Item], Order]:
    """The items in the order that ``?sort=`` asks for (``-`` in front: downwards), and that order.

    Items without a value in the column stand last either way; an unknown column counts as the default.
    """
    wanted = request.GET.get("sort", default)
    order = Order(wanted.removeprefix("-"), wanted.startswith("-"))
    if order.key not in columns:
        order = Order(default, False)
    value = columns[order.key]
    known = [item for item in items if value(item) is not None]
    unknown = [item for item in items if value(item) is None]
    return sorted(known, key=value, reverse=order.down) + unknown, order
