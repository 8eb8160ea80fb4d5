from collections.abc import Sequence
from dataclasses import dataclass

from hitotsu.people.queries import Reader
from hitotsu.place.queries import AreaView, MapShapes, ShapeView, list_areas, map_shapes

WIDTH = 640


@dataclass(frozen=True, slots=True)
class Map:
    """Areas as a drawing; ``here`` are the keys that stand out."""

    drawing: MapShapes
    here: frozenset[str]

    @property
    def version(self) -> str:
        """Another one as soon as the picture is another one."""
        return f"{self.drawing.version} {' '.join(sorted(self.here))}"

    @property
    def others(self) -> tuple[ShapeView, ...]:
        return tuple(shape for shape in self.drawing.shapes if shape.area.key not in self.here)

    @property
    def highlighted(self) -> tuple[ShapeView, ...]:
        return tuple(shape for shape in self.drawing.shapes if shape.area.key in self.here)


def region_map(asking: Reader, municipalities: Sequence[AreaView], here: Sequence[AreaView] = ()) -> Map:
    """The municipalities drawn side by side, those of ``here`` highlighted."""
    drawing = map_shapes(asking, [area.key for area in municipalities], WIDTH)
    return Map(drawing, frozenset(area.key for area in here))


def neighbourhood(asking: Reader, area: AreaView) -> Map:
    """Where an area lies in its region."""
    prefecture = area.key if area.kind == "prefecture" else area.parent_key
    municipalities = list_areas(asking, kind="municipality", parent=prefecture)
    if area.kind == "living_area":
        return region_map(asking, municipalities, list_areas(asking, within_living_area=area.key))
    return region_map(asking, municipalities, [area])
