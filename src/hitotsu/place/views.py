"""What other rooms and the faces get to see of areas: frozen values, no models."""

from dataclasses import dataclass
from decimal import Decimal

from hitotsu.place.outlines import Box


@dataclass(frozen=True, slots=True)
class AreaView:
    """An area without its outline; ``bbox`` is (west, south, east, north) in degrees where a boundary is held."""

    key: str
    kind: str
    name: str
    kana: str
    name_en: str
    county: str
    parent_key: str | None
    office_latitude: float | None
    office_longitude: float | None
    website: str
    bbox: Box | None
    boundary_credit: str
    boundary_licence: str

    @property
    def has_boundary(self) -> bool:
        """Whether a map can show this area."""
        return self.bbox is not None


@dataclass(frozen=True, slots=True)
class FigureView:
    """One published number of an area; ``value`` is ``None`` where it is not known, never zero for that."""

    name: str
    label: str
    label_en: str
    value: Decimal | None
    unit: str
    as_of: str
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One figure across municipalities; ``missing`` counts the municipalities without a value."""

    name: str
    label: str
    label_en: str
    unit: str
    as_of: str
    kind: str
    source: str
    computed: bool
    missing: int


@dataclass(frozen=True, slots=True)
class TableRow:
    """One municipality; ``values`` stand in the order of the table's columns."""

    area: AreaView
    values: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class LivingAreaTable:
    """The municipalities of a living area side by side.

    A total is ``None`` where figures do not add up (an index) or where a municipality's value is missing.
    """

    area: AreaView
    columns: tuple[TableColumn, ...]
    rows: tuple[TableRow, ...]
    totals: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class ShapeView:
    """SVG path data of one area and the point at which its label stands."""

    area: AreaView
    path: str
    label_x: float
    label_y: float


@dataclass(frozen=True, slots=True)
class MapShapes:
    """A drawing of areas: ``credit`` must be shown with it; ``missing`` are the areas that have no boundary.

    ``version`` is another one as soon as anything about one of the areas has changed.
    """

    view_box: str
    width: float
    height: float
    shapes: tuple[ShapeView, ...]
    missing: tuple[AreaView, ...]
    credit: str
    licence: str
    version: str
