from django.http import HttpRequest, HttpResponse

from hitotsu.faces.download import FORMATS, csv_file
from hitotsu.faces.page import reader
from hitotsu.faces.portal import sheets
from hitotsu.faces.portal.public import PageNotFound, public_page
from hitotsu.place.queries import area_figures, get_area, living_area_table
from hitotsu.plans.queries import plan_view


@public_page
def plan_file(request: HttpRequest, slug: str, what: str, kind: str) -> HttpResponse:
    """Initiatives, figures or terms of a plan's current edition as CSV, JSON or Excel."""
    build, write = sheets.OF_A_PLAN.get(what), FORMATS.get(kind)
    if build is None or write is None:
        raise PageNotFound(
            f"「{what}.{kind}」というファイルはありません。計画のページから選び直してください。"
        )
    return write(build(reader(request), plan_view(reader=reader(request), slug=slug)))


@public_page
def area_file(request: HttpRequest, key: str) -> HttpResponse:
    """The figures of an area, or of a living area's municipalities side by side, as CSV."""
    asking = reader(request)
    area = get_area(asking, key)
    if area.kind == "living_area":
        return csv_file(sheets.living_area(living_area_table(asking, key)))
    return csv_file(sheets.area(area, area_figures(asking, key)))
