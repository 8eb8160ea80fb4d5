import json
import statistics
from collections.abc import Sequence
from typing import Literal

Unit = Literal["s", "ms", "MB", "B"]


def emit(name: str, value: float, unit: Unit, *, limit: float | None, bare: float | None) -> None:
    """Prints one JSON line: the value, what it must stay below, and its ratio to the least that the same run could reach."""
    ratio = round(value / bare, 2) if bare else None
    line = {"name": name, "value": round(value, 3), "unit": unit, "limit": limit, "ratio": ratio}
    print(json.dumps(line, ensure_ascii=False), flush=True)


def rate(name: str, value: float, *, at_least: float | None, bare: float | None) -> None:
    """Prints one JSON line for something per second: the value, what it must reach, its share of what the run could reach."""
    ratio = round(value / bare, 2) if bare else None
    line = {"name": name, "value": round(value, 1), "unit": "1/s", "at_least": at_least, "ratio": ratio}
    print(json.dumps(line, ensure_ascii=False), flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share (0..1) of the values lies."""
    return statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1]
