"""The parameters of a statement as it is written: nothing that a caller gave ever stands in its text."""

from typing import Any


class Parameters:
    """Hands out ``$1``, ``$2``, … with the type that PostgreSQL shall take the value for."""

    def __init__(self) -> None:
        self.values: list[Any] = []

    def add(self, value: Any, kind: str) -> str:
        self.values.append(value)
        return f"${len(self.values)}::{kind}"

    def number(self, value: int | float) -> str:
        """Exact: it goes as text and becomes ``numeric`` there, as the number in the stored JSON did."""
        return f"{self.add(_decimal(value), 'text')}::numeric"

    def numbers(self, values: list[int | float]) -> str:
        return f"{self.add([_decimal(value) for value in values], 'text[]')}::numeric[]"

    def box(self, west: float, south: float, east: float, north: float) -> str:
        corners = [self.add(float(side), "float8") for side in (west, south, east, north)]
        return f"box(point({corners[0]}, {corners[1]}), point({corners[2]}, {corners[3]}))"


def _decimal(value: int | float) -> str:
    return repr(value)
