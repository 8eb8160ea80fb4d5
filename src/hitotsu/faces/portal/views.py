from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hitotsu.faces.page import reader
from hitotsu.faces.portal.maps import region_map
from hitotsu.faces.portal.public import PageNotFound, public_page
from hitotsu.place.queries import list_areas
from hitotsu.plans.queries import list_plans, plan_view

# Each is shown with its fields; further ones are a click away.
PLANS_ON_HOME = 3


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """The region's plans with their fields, its municipalities on a map, its living areas."""
    asking = reader(request)
    published = list_plans(reader=asking)
    plans = [plan_view(reader=asking, slug=summary.slug) for summary in published[:PLANS_ON_HOME]]
    municipalities = list_areas(asking, kind="municipality")
    return render(
        request,
        "portal/home.html",
        {
            "plans": plans,
            "more_plans": len(published) > PLANS_ON_HOME,
            "municipalities": municipalities,
            "map": region_map(asking, municipalities),
            "living_areas": list_areas(asking, kind="living_area"),
        },
    )


@public_page
def about(request: HttpRequest) -> HttpResponse:
    """What this site is, whose data it shows under which terms, how accessible it is."""
    boundaries = {
        (area.boundary_credit, area.boundary_licence)
        for area in list_areas(reader(request), kind="municipality")
        if area.has_boundary
    }
    return render(request, "portal/about.html", {"credits": sorted(boundaries)})


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """A plain ``ok`` once the database has answered."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for an address that leads nowhere, with the sentence of what is missing where there is one."""
    sentence = exception.sentence if isinstance(exception, PageNotFound) else ""
    return render(request, "errors/404.html", {"sentence": sentence}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for a failure of ours; asks nothing of the database."""
    return render(request, "errors/500.html", status=500)
