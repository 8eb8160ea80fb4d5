"""What the published figures mean: their words, which of them add up, and what is computed from them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

Key = tuple[str, str, str]  # name, as_of, kind


@dataclass(frozen=True, slots=True)
class Meaning:
    label: str
    label_en: str
    adds_up: bool = True


@dataclass(frozen=True, slots=True)
class Ratio:
    """``part`` per ``whole`` of the same year and kind, times ``factor``."""

    name: str
    label: str
    label_en: str
    part: str
    whole: str
    factor: int
    unit: str
    decimals: int


@dataclass(frozen=True, slots=True)
class Computed:
    """One computed column: how to get it from two figures, and when the newer of them was taken."""

    ratio: Ratio
    part: Key
    whole: Key
    is_change: bool = False

    def value(self, figures: Mapping[Key, Decimal | None]) -> Decimal | None:
        """The ratio or the change, rounded; ``None`` where a figure is missing or the whole is zero."""
        part, whole = figures.get(self.part), figures.get(self.whole)
        if part is None or not whole:
            return None
        result = (part - whole if self.is_change else part) / whole * self.ratio.factor
        return result.quantize(Decimal(1).scaleb(-self.ratio.decimals))


MEANINGS: Mapping[str, Meaning] = {
    "population": Meaning("人口", "Population"),
    "elderly": Meaning("65歳以上の人口", "Population aged 65 and over"),
    "staff": Meaning("職員数", "Municipal staff"),
    "staff_resident": Meaning("勤め先の市町村に住む職員数", "Staff living where they work"),
    "area": Meaning("面積", "Area"),
    "income_per_capita": Meaning("一人当たりの所得", "Income per person", adds_up=False),
    "fiscal_index": Meaning("財政力指数", "Fiscal strength index", adds_up=False),
}
RATIOS: Sequence[Ratio] = (
    Ratio("elderly_share", "高齢化率", "Share aged 65 and over", "elderly", "population", 100, "%", 2),
    Ratio("staff_per_thousand", "人口千人当たりの職員数", "Staff per 1,000 residents", "staff", "population", 1000, "人", 1),
    Ratio("residents_per_staff", "職員一人当たりの住民数", "Residents per staff member", "population", "staff", 1, "人", 1),
    Ratio("density", "人口密度", "Population density", "population", "area", 1, "人/km²", 1),
    Ratio(
        "staff_resident_share", "勤め先の市町村に住む職員の割合", "Share of staff living where they work",
        "staff_resident", "staff", 100, "%", 1,
    ),
)  # fmt: skip
POPULATION_CHANGE = Ratio(
    "population_change", "人口の変化率", "Population change", "population", "population", 100, "%", 1
)


def meaning(name: str) -> Meaning:
    """The words for a figure; an unknown one is called by its own name and never added up."""
    return MEANINGS.get(name, Meaning(name, name, adds_up=False))


def order(key: Key) -> tuple[int, str, str, str]:
    """Sorts figures as people ask for them, then by date."""
    name, as_of, kind = key
    known = list(MEANINGS)
    return (known.index(name) if name in MEANINGS else len(known), name, as_of, kind)


def computed_from(keys: Sequence[Key]) -> list[Computed]:
    """Every ratio that these figures allow, and the change from the last actual population to each forecast."""
    found = [
        Computed(ratio, part, whole)
        for ratio in RATIOS
        for part in keys
        for whole in keys
        if (part[0], whole[0]) == (ratio.part, ratio.whole) and _same_time(part, whole)
    ]
    populations = sorted((key for key in keys if key[0] == "population"), key=lambda key: key[1])
    actual = [key for key in populations if key[2] == "actual"]
    if actual:
        found.extend(
            Computed(POPULATION_CHANGE, key, actual[-1], is_change=True)
            for key in populations
            if key[2] == "forecast"
        )
    return found


def plain(value: Decimal | None) -> Decimal | None:
    """The number without the zeros that the database's fixed scale adds."""
    if value is None:
        return None
    return value.to_integral_value() if value == value.to_integral_value() else value.normalize()


def _same_time(part: Key, whole: Key) -> bool:
    undated = "" in (part[1], whole[1])
    # What has no date (an area) goes with actual figures only.
    return part[2] == whole[2] and (undated or part[1][:4] == whole[1][:4])
