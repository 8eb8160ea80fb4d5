from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods

from hitotsu.faces.office.access import staff_page
from hitotsu.faces.office.views.review import draft_context
from hitotsu.faces.page import reader
from hitotsu.people.queries import organisation_view
from hitotsu.plans import commands
from hitotsu.plans.errors import (
    DraftClosed,
    NothingToAdopt,
    PlanError,
    ReviewUnfinished,
    SlugNotUsable,
    StepNotPossible,
)
from hitotsu.plans.queries import DraftView, draft_view, list_plans, proposed_changes

_KINDS_OF_PLACE = {"prefecture", "city", "town", "village", "ward", "government", "of", "the"}


@staff_page("plan.adopt")
@require_http_methods(["GET", "POST"])
def adopt(request: HttpRequest, draft_id: int) -> HttpResponse:
    """What will be public, under which address; and, once confirmed, is."""
    who = reader(request)
    view = draft_view(reader=who, draft_id=draft_id)
    who.require("plan.adopt", view.organisation_id)
    slug = (
        request.POST.get("slug", "").strip() if request.method == "POST" else _suggested_slug(request, view)
    )
    error: PlanError | None = None
    if request.method == "POST":
        try:
            if not (slug or view.summary.plan_slug):
                raise SlugNotUsable(slug)
            seen = request.POST.get("steps", "")
            commands.adopt_draft(
                by=who,
                draft_id=draft_id,
                slug=slug,
                steps=int(seen) if seen.isascii() and seen.isdecimal() else None,
            )
        except (ReviewUnfinished, NothingToAdopt, SlugNotUsable, StepNotPossible, DraftClosed) as refused:
            error = refused
        else:
            messages.success(request, "計画を公開しました。")
            return redirect("office:adopt", draft_id=draft_id)
    changes = proposed_changes(reader=who, draft_id=draft_id) if view.summary.plan_slug else []
    context = draft_context(request, view, "adopt") | {
        "slug": slug,
        "slug_error": str(error) if isinstance(error, SlugNotUsable) else "",
        "error": str(error) if error and not isinstance(error, SlugNotUsable) else "",
        "ended": [change for change in changes if change.kind == "ended"],
        "aside": sum(aside for _, aside in (*view.figures, *view.terms, *view.tables))
        + sum(aside for _, _, aside in view.bodies),
    }
    return render(request, "office/adopt.html", context, status=422 if error else 200)


@staff_page("plan.discard")
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Put the draft away unpublished, after saying what that touches."""
    who = reader(request)
    view = draft_view(reader=who, draft_id=draft_id)
    who.require("plan.discard", view.organisation_id)
    if request.method == "POST":
        try:
            commands.discard_draft(by=who, draft_id=draft_id)
        except DraftClosed as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request, f"「{view.summary.title}」の下書きを取りやめました。同じ文書をもう一度取り込めます。"
            )
        return redirect("office:desk")
    return render(request, "office/discard.html", draft_context(request, view, "discard"))


def _suggested_slug(request: HttpRequest, view: DraftView) -> str:
    """The organisation's English name and what the plan is for, with a number when that is taken."""
    name = organisation_view(view.organisation_id).name_en
    words = [word for word in slugify(name).split("-") if word and word not in _KINDS_OF_PLACE]
    base = "-".join([*words, "dx"])[:50] if words else f"plan-{view.summary.id}"
    taken = {plan.slug for plan in list_plans(reader=reader(request))}
    free = (candidate for candidate in (base, *(f"{base}-{number}" for number in range(2, 1000))))
    return next(candidate for candidate in free if candidate not in taken)
