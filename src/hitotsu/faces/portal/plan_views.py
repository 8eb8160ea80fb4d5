from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from hitotsu.faces.page import reader
from hitotsu.faces.portal import listing
from hitotsu.faces.portal.changes import edition_changes, happened
from hitotsu.faces.portal.charts import comparisons
from hitotsu.faces.portal.explaining import explain
from hitotsu.faces.portal.public import public_page
from hitotsu.place.queries import get_area
from hitotsu.plans.queries import edition_view, initiative_view, list_plans, plan_view, search_initiatives

FIGURE_COLUMNS = {
    "position": lambda figure: figure.index,
    "value": lambda figure: figure.value,
    "as_of": lambda figure: figure.as_of,
    "unit": lambda figure: figure.unit,
}


@public_page
def plans(request: HttpRequest) -> HttpResponse:
    """Every plan that has been published."""
    return render(request, "portal/plans.html", {"plans": list_plans(reader=reader(request))})


@public_page
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """A plan: fields and initiatives, or what a search in it finds."""
    text, field = request.GET.get("q", "").strip(), request.GET.get("field", "")
    found = search_initiatives(reader=reader(request), slug=slug, text=text, field=field)
    view = plan_view(reader=reader(request), slug=slug)
    context = {"plan": view, "found": found, "text": text, "field": field, "changes": edition_changes(view)}
    if view.organisation_area:
        context["area"] = get_area(reader(request), view.organisation_area)
    return render(request, "portal/plan.html", context)


@public_page
def edition(request: HttpRequest, slug: str, ordinal: int) -> HttpResponse:
    """A plan as one of its editions had it."""
    view = edition_view(reader=reader(request), slug=slug, ordinal=ordinal)
    return render(request, "portal/edition.html", {"plan": view, "found": view.initiatives})


@public_page
def initiative(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """An initiative at its permanent address."""
    view = initiative_view(reader=reader(request), slug=slug, key=key)
    status, actions = explain((view.status, view.actions), view.terms)
    return render(
        request,
        "portal/initiative.html",
        {
            "initiative": view,
            "status_texts": status,
            "action_texts": actions,
            "charts": comparisons(view.figures),
            "history": happened(view.history),
        },
    )


@public_page
def terms(request: HttpRequest, slug: str) -> HttpResponse:
    """The words that a plan explains."""
    return render(request, "portal/terms.html", {"plan": plan_view(reader=reader(request), slug=slug)})


@public_page
def figures(request: HttpRequest, slug: str) -> HttpResponse:
    """The figures of a plan, sorted and of one kind as asked for."""
    view, kind = plan_view(reader=reader(request), slug=slug), request.GET.get("kind", "")
    kept = [figure for figure in view.figures if not kind or figure.kind == kind]
    shown, order = listing.sort(request, kept, FIGURE_COLUMNS, "position")
    kinds = (("actual", gettext("実績")), ("target", gettext("目標")), ("forecast", gettext("推計")))
    return render(
        request,
        "portal/figures.html",
        {"plan": view, "figures": shown, "order": order, "kind": kind, "kinds": kinds},
    )


@public_page
def tables(request: HttpRequest, slug: str) -> HttpResponse:
    """The tables that a plan prints."""
    return render(request, "portal/tables.html", {"plan": plan_view(reader=reader(request), slug=slug)})


@public_page
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """Who does what for a plan."""
    return render(request, "portal/organisation.html", {"plan": plan_view(reader=reader(request), slug=slug)})


@public_page
def changes(request: HttpRequest, slug: str) -> HttpResponse:
    """What the current edition changed."""
    view = plan_view(reader=reader(request), slug=slug)
    return render(request, "portal/changes.html", {"plan": view, "changes": edition_changes(view)})
