import csv
from collections.abc import Callable
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from shapely.geometry import Point, shape
from tests.place.conftest import CREDIT, LICENCE

from hitotsu.place import codes, errors, packaged
from hitotsu.place.commands import RegionReport, import_boundaries, load_region
from hitotsu.place.models import Area, AreaFigure, LivingAreaMember
from hitotsu.place.packaged import read_region

pytestmark = pytest.mark.django_db
Write = Callable[..., Path]


def stored() -> list[tuple[object, ...]]:
    return list(Area.objects.order_by("key").values_list())


def test_the_region_has_59_municipalities_and_13_of_them_in_aizu() -> None:
    report = load_region(by=None)
    assert report == RegionReport(created=1 + 59 + 1 + 13 * 10, updated=0, unchanged=0)
    assert Area.objects.filter(kind="municipality", parent_id="070009").count() == 59
    assert LivingAreaMember.objects.filter(living_area_id="living:aizu").count() == 13
    assert all(
        codes.is_valid(key) for key in Area.objects.exclude(kind="living_area").values_list("key", flat=True)
    )


def test_loading_again_changes_nothing() -> None:
    first = load_region(by=None)
    before = stored()
    assert load_region(by=None) == RegionReport(created=0, updated=0, unchanged=first.created)
    assert stored() == before


def test_loading_again_puts_right_what_differs_and_keeps_boundaries(boundary_file: Write) -> None:
    load_region(by=None)
    import_boundaries(by=None, path=boundary_file(c072028=(139.8, 37.4)))
    Area.objects.filter(key="072028").update(name="若松市")
    AreaFigure.objects.filter(area_id="072028", name="area").update(value=None)
    LivingAreaMember.objects.filter(municipality_id="072028").delete()
    LivingAreaMember.objects.create(living_area_id="living:aizu", municipality_id="072010")
    report = load_region(by=None)
    assert (report.created, report.updated) == (0, 2)
    area = Area.objects.get(key="072028")
    assert area.name == "会津若松市"
    assert area.boundary is not None
    assert AreaFigure.objects.get(area_id="072028", name="area").value == Decimal("382.97")
    members = set(LivingAreaMember.objects.values_list("municipality_id", flat=True))
    assert "072028" in members
    assert "072010" not in members


def test_names_are_whole_and_readings_fit_the_names() -> None:
    endings = {
        "市": ("し", " City"),
        "町": ("まち", " Town"),
        "村": ("むら", " Village"),
        "県": ("けん", " Prefecture"),
    }
    for government in read_region().governments:
        kana, english = endings[government.name[-1]]
        assert government.kana.endswith(kana), government
        assert government.name_en.endswith(english), government
        assert government.name_en.isascii(), government
        assert bool(government.county) == (government.name[-1] in "町村"), government
        assert government.website.startswith("https://"), government


def test_names_offices_and_counties_agree_with_the_published_boundaries(reference: Path) -> None:
    load_region(by=None)
    folder = reference / "data" / "boundaries"
    import_boundaries(by=None, path=folder / "07_fukushima_municipalities_digital_agency_2025.geojson")
    with (folder / "localgovjp-utf8.csv").open(encoding="utf-8-sig", newline="") as file:
        published = {row["lgcode"]: row for row in csv.DictReader(file)}
    for area in Area.objects.filter(kind="municipality"):
        assert (area.name, area.kana) == (published[area.key]["city"], published[area.key]["citykana"])
        office = Point(area.office_longitude, area.office_latitude)
        assert shape(area.boundary).covers(office), area.name


def test_a_broken_row_of_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = files("hitotsu.place").joinpath("regions", "fukushima.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(whole.splitlines()))
    rows[1]["code"] = "072011"
    monkeypatch.setattr(packaged, "_rows", lambda name: enumerate(rows, 2))
    with pytest.raises(errors.RegionDataBroken, match="3 行目"):
        load_region(by=None)
    assert not Area.objects.exists()


def test_boundaries_land_with_box_and_credit(boundary_file: Write) -> None:
    load_region(by=None)
    report = import_boundaries(by=None, path=boundary_file(c072028=(139.8, 37.4), c07208=(139.8, 37.6)))
    assert report.updated == ("072028", "072087")
    assert (report.unknown, report.outside, report.without_code, report.repaired) == ((), (), (), ())
    assert (report.credit, report.licence) == (CREDIT, LICENCE)
    area = Area.objects.get(key="072028")
    assert area.boundary["type"] == "Polygon"
    assert (area.west, area.south, area.east, area.north) == pytest.approx((139.8, 37.4, 140.0, 37.6))
    assert (area.boundary_credit, area.boundary_licence) == (CREDIT, LICENCE)


def test_the_same_file_again_changes_nothing_and_a_new_credit_does(boundary_file: Write) -> None:
    load_region(by=None)
    path = boundary_file(c072028=(139.8, 37.4))
    import_boundaries(by=None, path=path)
    again = import_boundaries(by=None, path=path)
    assert (again.updated, again.unchanged) == ((), ("072028",))
    credited = import_boundaries(by=None, path=path, credit="会津若松市")
    assert (credited.updated, credited.credit, credited.licence) == (("072028",), "会津若松市", LICENCE)


def test_codes_without_an_area_are_reported(boundary_file: Write) -> None:
    load_region(by=None)
    path = boundary_file(c072028=(139.8, 37.4), c072061=(139.0, 37.0), c022012=(140.7, 40.8))
    report = import_boundaries(by=None, path=path)
    assert report.updated == ("072028",)
    assert [item.code for item in report.unknown] == ["072061"]
    assert [item.code for item in report.outside] == ["022012"]


def test_a_file_of_another_region_is_refused(boundary_file: Write) -> None:
    load_region(by=None)
    before = stored()
    with pytest.raises(errors.NoAreaMatches, match="022012"):
        import_boundaries(by=None, path=boundary_file(c022012=(140.7, 40.8)))
    assert stored() == before


def test_without_credit_nothing_is_taken_in(boundary_file: Write) -> None:
    load_region(by=None)
    before = stored()
    path = boundary_file(manifest=False, c072028=(139.8, 37.4))
    for arguments in ({}, {"credit": CREDIT}, {"licence": LICENCE}):
        with pytest.raises(errors.CreditMissing, match="areas"):
            import_boundaries(by=None, path=path, **arguments)
    (path.parent / "manifest.csv").write_bytes("file,credit\nareas.geojson,国土交通省".encode("cp932"))
    with pytest.raises(errors.CreditMissing):
        import_boundaries(by=None, path=path)
    assert stored() == before
    assert import_boundaries(by=None, path=path, credit=CREDIT, licence=LICENCE).updated == ("072028",)


def test_one_bad_outline_leaves_every_area_as_it_was(boundary_file: Write) -> None:
    load_region(by=None)
    before = stored()
    with pytest.raises(errors.OutsideJapan):
        import_boundaries(by=None, path=boundary_file(c072028=(139.8, 37.4), c072087=(39.8, 37.6)))
    assert stored() == before


def test_a_failure_in_the_middle_of_writing_leaves_every_area_as_it_was(
    boundary_file: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_region(by=None)
    before = stored()
    save = Area.save

    def fail_on_second(area: Area, **options: object) -> None:
        if area.key == "072087":
            raise RuntimeError("power cut")
        save(area, **options)

    monkeypatch.setattr(Area, "save", fail_on_second)
    with pytest.raises(RuntimeError):
        import_boundaries(by=None, path=boundary_file(c072028=(139.8, 37.4), c072087=(139.8, 37.6)))
    assert stored() == before


def test_the_database_itself_refuses_half_a_boundary() -> None:
    load_region(by=None)
    for change in (
        {"west": 139.0},
        {"boundary": {"type": "Polygon"}},
        {"west": 1, "south": 1, "east": 1, "north": 1},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Area.objects.filter(key="072028").update(**change)


def test_the_nation_in_one_file(reference: Path) -> None:
    load_region(by=None)
    path = reference / "data" / "boundaries" / "digital_agency_ja_municipality_area_2025.topojson"
    report = import_boundaries(by=None, path=path)
    assert (len(report.updated), len(report.unknown), len(report.outside)) == (59, 0, 1747 - 59)
    assert report.credit == CREDIT
