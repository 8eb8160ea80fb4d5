import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.place.conftest import CREDIT, LICENCE

from hitotsu.place import queries
from hitotsu.place.commands import import_boundaries, load_region
from hitotsu.place.errors import AreaNotFound, UnusableWidth
from hitotsu.place.models import Area, AreaFigure

pytestmark = pytest.mark.django_db
ANYONE = object()
Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def _region(db: None) -> None:
    load_region(by=None)


def names(text: str) -> list[str]:
    return [area.name for area in queries.search_areas(ANYONE, text)]


def test_lists_by_kind_parent_and_living_area() -> None:
    assert len(queries.list_areas(ANYONE)) == 61
    assert [area.key for area in queries.list_areas(ANYONE, kind="prefecture")] == ["070009"]
    assert len(queries.list_areas(ANYONE, kind="municipality", parent="070009")) == 59
    aizu = queries.list_areas(ANYONE, within_living_area="living:aizu")
    assert len(aizu) == 13
    assert aizu[0].name == "会津若松市"
    assert [area.key for area in aizu] == sorted(area.key for area in aizu)


def test_an_area_by_key() -> None:
    area = queries.get_area(ANYONE, "074080")
    assert (area.name, area.kana, area.name_en, area.county) == (
        "猪苗代町",
        "いなわしろまち",
        "Inawashiro Town",
        "耶麻郡",
    )
    assert area.parent_key == "070009"
    assert not area.has_boundary


@pytest.mark.parametrize("key", ["", "999999", "living:nowhere", "072028\x00", "\ud800"])
def test_an_unknown_key(key: str) -> None:
    with pytest.raises(AreaNotFound):
        queries.get_area(ANYONE, key)


def test_figures_of_an_area() -> None:
    figures = queries.area_figures(ANYONE, "074454")
    assert [(figure.name, figure.as_of, figure.kind, figure.value) for figure in figures[:3]] == [
        ("population", "2015", "actual", 2189),
        ("population", "2020-01-01", "actual", 1998),
        ("population", "2040", "forecast", 984),
    ]
    assert all(figure.source and figure.label for figure in figures)
    assert queries.area_figures(ANYONE, "072010") == []
    with pytest.raises(AreaNotFound):
        queries.area_figures(ANYONE, "999999")


def test_the_table_adds_up_to_the_published_totals() -> None:
    table = queries.living_area_table(ANYONE, "living:aizu")
    totals = {
        (column.name, column.as_of): total for column, total in zip(table.columns, table.totals, strict=True)
    }
    assert totals["population", "2015"] == 250_277
    assert totals["population", "2020-01-01"] == 239_190
    assert totals["population", "2040"] == 179_610
    assert totals["elderly", "2020-01-01"] == 79_527
    assert totals["staff", "2020"] == 2_624
    assert totals["staff", "2021-08-24"] == 2_577
    assert totals["staff_resident", "2021-08-24"] == 1_996
    assert totals["area", ""] == Decimal("3078.78")
    assert totals["staff_per_thousand", "2020-01-01"] == Decimal("11.0")
    assert totals["staff_resident_share", "2021-08-24"] == Decimal("77.5")
    assert totals["fiscal_index", "2019"] is None
    assert totals["income_per_capita", "2017"] is None
    assert all(column.missing == 0 for column in table.columns)


def test_computed_columns_agree_with_the_published_ones() -> None:
    table = queries.living_area_table(ANYONE, "living:aizu")
    place = {(column.name, column.as_of): index for index, column in enumerate(table.columns)}
    rows = {row.area.name: row.values for row in table.rows}
    assert rows["金山町"][place["elderly_share", "2020-01-01"]] == Decimal("60.11")
    assert rows["会津若松市"][place["elderly_share", "2020-01-01"]] == Decimal("28.92")
    assert rows["昭和村"][place["staff_per_thousand", "2020-01-01"]] == Decimal("40.2")
    assert rows["北塩原村"][place["staff_resident_share", "2021-08-24"]] == Decimal("46.0")
    assert rows["磐梯町"][place["population_change", "2040"]] == Decimal("1.7")


def test_what_is_missing_is_none_and_takes_its_total_along() -> None:
    AreaFigure.objects.filter(area_id="074454", name="elderly").update(value=None)
    AreaFigure.objects.filter(area_id="074462", name="staff", as_of="2020").delete()
    table = queries.living_area_table(ANYONE, "living:aizu")
    rows = {row.area.name: row.values for row in table.rows}
    for index, column in enumerate(table.columns):
        if column.name in ("elderly", "elderly_share"):
            assert (rows["金山町"][index], column.missing, table.totals[index]) == (None, 1, None)
        if (column.name, column.as_of) == ("staff", "2020") or column.name == "staff_per_thousand":
            assert (rows["昭和村"][index], column.missing, table.totals[index]) == (None, 1, None)
        if column.name == "population":
            assert table.totals[index] is not None


def test_only_a_living_area_has_a_table() -> None:
    with pytest.raises(AreaNotFound):
        queries.living_area_table(ANYONE, "072028")


def test_the_areas_at_a_place_smallest_first(boundary_file: Write) -> None:
    import_boundaries(by=None, path=boundary_file(c072028=(139.8, 37.4), c072010=(140.4, 37.7)))
    found = queries.areas_at(ANYONE, 37.5, 139.9)
    assert [area.key for area in found] == ["072028", "living:aizu", "070009"]
    assert [area.key for area in queries.areas_at(ANYONE, 37.8, 140.5)] == ["072010", "070009"]
    assert queries.areas_at(ANYONE, 35.0, 135.0) == []
    assert queries.areas_at(ANYONE, float("nan"), 139.9) == []
    assert queries.areas_at(ANYONE, 37.5, float("inf")) == []


def test_a_box_is_not_enough(reference: Path) -> None:
    path = reference / "data" / "boundaries" / "07_fukushima_municipalities_digital_agency_2025.geojson"
    import_boundaries(by=None, path=path)
    for area in queries.list_areas(ANYONE, kind="municipality"):
        assert area.office_latitude is not None
        assert area.office_longitude is not None
        found = queries.areas_at(ANYONE, area.office_latitude, area.office_longitude)
        assert [item.key for item in found if item.kind == "municipality"] == [area.key]


def test_places_are_found_through_the_index(boundary_file: Write) -> None:
    import_boundaries(by=None, path=boundary_file(c072028=(139.8, 37.4)))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Area.objects.filter(queries._extent_contains(37.5, 139.9)).explain()
    assert "place_area_extent" in plan


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("会津若松市", "会津若松市"),
        ("会津若松", "会津若松市"),
        ("あいづわかまつ", "会津若松市"),
        ("アイヅワカマツ", "会津若松市"),
        ("ｱｲﾂﾞﾜｶﾏﾂ", "会津若松市"),
        ("aizu wakamatsu", "会津若松市"),
        ("Aizu-Wakamatsu", "会津若松市"),
        ("Kōriyama", "郡山市"),
        ("ｋｏｒｉｙａｍａ", "郡山市"),
        ("福島県会津若松市", "会津若松市"),
        ("福島県 耶麻郡 猪苗代町", "猪苗代町"),
        ("耶麻郡猪苗代町", "猪苗代町"),
        ("072036", "郡山市"),
        ("07203", "郡山市"),
        ("aizu", "会津地域"),
    ],
)
def test_search(text: str, first: str) -> None:
    assert names(text)[0] == first


def test_search_finds_every_municipality_by_each_of_its_names() -> None:
    for area in queries.list_areas(ANYONE):
        for text in (area.name, area.kana, area.name_en, area.key):
            assert area.name in names(text), (area, text)


def test_search_by_county_and_by_part() -> None:
    assert names("耶麻郡") == ["北塩原村", "西会津町", "磐梯町", "猪苗代町"]
    assert set(names("会津")) == {
        "会津若松市",
        "会津坂下町",
        "会津美里町",
        "会津地域",
        "南会津町",
        "西会津町",
    }
    assert len(queries.search_areas(ANYONE, "市", limit=5)) == 5


@pytest.mark.parametrize(
    "text", ["", "  ", "　", "%", "_", "'; DROP TABLE place_area; --", "存在しない町", "\x00"]
)
def test_search_that_finds_nothing(text: str) -> None:
    assert names(text) == []


@hypothesis_settings(
    max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.text(st.characters(exclude_categories=())))
def test_search_takes_any_text(text: str) -> None:
    assert len(queries.search_areas(ANYONE, text)) <= 20


def test_shapes_are_svg_with_credit_and_say_what_is_missing(boundary_file: Write) -> None:
    import_boundaries(by=None, path=boundary_file(c072028=(139.8, 37.4), c072087=(139.8, 37.6)))
    drawn = queries.map_shapes(ANYONE, ["072028", "072087", "072010", "living:aizu"], 400)
    assert [shape.area.key for shape in drawn.shapes] == ["072028", "072087"]
    assert [area.key for area in drawn.missing] == ["072010", "living:aizu"]
    assert (drawn.credit, drawn.licence) == (CREDIT, LICENCE)
    assert drawn.view_box == f"0 0 400 {drawn.height:g}"
    for shape in drawn.shapes:
        assert re.fullmatch(r"(M-?\d+(\.\d)?,-?\d+(\.\d)?(L-?\d+(\.\d)?,-?\d+(\.\d)?)+Z)+", shape.path)
    south, north = drawn.shapes
    assert south.label_y > north.label_y
    # 0.2 degrees east by 0.4 degrees north at 37.6 degrees: taller than wide by 2 / cos(37.6°).
    assert drawn.height / drawn.width == pytest.approx(2 / 0.792, rel=0.01)


def test_neighbours_still_meet_after_simplification(reference: Path) -> None:
    path = reference / "data" / "boundaries" / "07_fukushima_municipalities_digital_agency_2025.geojson"
    import_boundaries(by=None, path=path)
    keys = [area.key for area in queries.list_areas(ANYONE, kind="municipality")]
    drawn = queries.map_shapes(ANYONE, keys, 600)
    assert len(drawn.shapes) == 59
    assert sum(len(shape.path) for shape in drawn.shapes) < 80_000
    edges: dict[frozenset[str], int] = {}
    for shape in drawn.shapes:
        for ring in shape.path.strip("MZ").split("ZM"):
            points = ring.split("L")
            for edge in zip(points, [*points[1:], points[0]], strict=True):
                edges[frozenset(edge)] = edges.get(frozenset(edge), 0) + 1
    # Inner borders are drawn by both neighbours with the same points; the rest is the prefecture's outline.
    assert max(edges.values()) == 2
    assert sum(count == 2 for count in edges.values()) > len(edges) / 2


def test_no_boundaries_give_an_empty_drawing() -> None:
    drawn = queries.map_shapes(ANYONE, ["072028"], 400)
    assert (drawn.shapes, drawn.credit, len(drawn.missing)) == ((), "", 1)


def test_shapes_of_unknown_areas_and_unusable_widths() -> None:
    with pytest.raises(AreaNotFound):
        queries.map_shapes(ANYONE, ["072028", "999999"], 400)
    for width in (0, -5, 1e9, float("nan")):
        with pytest.raises(UnusableWidth):
            queries.map_shapes(ANYONE, ["072028"], width)


@pytest.mark.django_db
def test_a_changed_boundary_is_drawn_anew_at_once() -> None:
    """The drawing is kept between calls; a new boundary of the same extent must not show the old one."""
    square = [[140.0, 37.0], [141.0, 37.0], [141.0, 38.0], [140.0, 38.0], [140.0, 37.0]]
    notched = [[140.0, 37.0], [141.0, 37.0], [141.0, 38.0], [140.5, 37.5], [140.0, 38.0], [140.0, 37.0]]
    area = Area.objects.get(key="072010")
    drawn = []
    for ring in (square, notched):
        area.boundary = {"type": "Polygon", "coordinates": [ring]}
        area.west, area.south, area.east, area.north = 140.0, 37.0, 141.0, 38.0
        area.boundary_credit, area.boundary_licence = "出典", "CC BY 4.0"
        area.save()
        drawn.append(queries.map_shapes(object(), ["072010"], 100).shapes[0].path)
    assert drawn[0] != drawn[1]
