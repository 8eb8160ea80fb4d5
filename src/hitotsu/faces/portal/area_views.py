from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hitotsu.faces.page import reader
from hitotsu.faces.portal.living_areas import living_area_page
from hitotsu.faces.portal.maps import neighbourhood, region_map
from hitotsu.faces.portal.public import public_page
from hitotsu.place.queries import area_figures, get_area, list_areas, search_areas


@public_page
def areas(request: HttpRequest) -> HttpResponse:
    """The municipalities of the region, all or as searched for, and its living areas."""
    asking, text = reader(request), request.GET.get("q", "").strip()
    municipalities = list_areas(asking, kind="municipality")
    found = search_areas(asking, text) if text else municipalities
    context = {
        "areas": [area for area in found if text or area.kind == "municipality"],
        "living_areas": list_areas(asking, kind="living_area"),
        "prefectures": list_areas(asking, kind="prefecture"),
        "text": text,
        "map": region_map(asking, municipalities, found if text else ()),
    }
    return render(request, "portal/areas.html", context)


@public_page
def area(request: HttpRequest, key: str) -> HttpResponse:
    """One area; a living area shows its municipalities side by side."""
    asking = reader(request)
    view = get_area(asking, key)
    context = {"area": view, "map": neighbourhood(asking, view)}
    if view.kind == "living_area":
        return render(request, "portal/living_area.html", context | living_area_page(request, asking, view))
    around = [
        living
        for living in list_areas(asking, kind="living_area")
        if any(member.key == key for member in list_areas(asking, within_living_area=living.key))
    ]
    context |= {"figures": area_figures(asking, key), "living_areas": around}
    return render(request, "portal/area.html", context)
