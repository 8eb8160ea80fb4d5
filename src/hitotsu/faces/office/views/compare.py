from collections import Counter

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from hitotsu.faces.office import words
from hitotsu.faces.office.access import staff_page, staff_step
from hitotsu.faces.office.reviewing import Looking
from hitotsu.faces.office.views.review import draft_context
from hitotsu.faces.page import reader
from hitotsu.plans import commands
from hitotsu.plans.errors import DraftClosed, InitiativeNotFound, StepNotPossible
from hitotsu.plans.queries import (
    DraftItemView,
    InitiativeView,
    draft_view,
    initiative_view,
    plan_view,
    proposed_changes,
)


@staff_page("plan.view_draft")
@require_GET
def compare(request: HttpRequest, draft_id: int) -> HttpResponse:
    """What became of every initiative since the edition before, and what each one carries on."""
    who = reader(request)
    view = draft_view(reader=who, draft_id=draft_id)
    slug = view.summary.plan_slug
    changes = proposed_changes(reader=who, draft_id=draft_id)
    kinds = Counter((change.kind, change.label) for change in changes)
    show = request.GET.get("kind", "")
    item = _item(view.items, Looking.of(request.GET).item_id)
    before = plan_view(reader=who, slug=slug) if slug else None
    context = draft_context(request, view, "compare") | {
        "changes": [change for change in changes if not show or change.kind == show],
        "kinds": sorted(
            ((kind, label, count) for (kind, label), count in kinds.items()),
            key=lambda counted: words.CHANGES.index(counted[0]),
        ),
        "all_changes": len(changes),
        "show": show,
        "before": before,
        "item": item,
        "forerunner": _forerunner(request, slug, item),
    }
    return render(request, "office/compare.html", context)


@staff_step("plan.review")
def continues(request: HttpRequest, draft_id: int, item_id: int) -> HttpResponse:
    """The item carries on the chosen initiative of the edition before, or none."""
    chosen = request.POST.get("initiative", "")
    try:
        commands.set_continues(
            by=reader(request),
            draft_id=draft_id,
            item_id=item_id,
            initiative_key=int(chosen) if chosen.isascii() and chosen.isdecimal() else None,
        )
    except (StepNotPossible, DraftClosed, InitiativeNotFound) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "前の版とのつながりを変えました。", extra_tags="undo")
    return redirect(reverse("office:compare", args=[draft_id]) + f"?item={item_id}#change-{item_id}")


def _item(items: tuple[DraftItemView, ...], item_id: int | None) -> DraftItemView | None:
    return next((item for item in items if item.id == item_id), None)


def _forerunner(request: HttpRequest, slug: str | None, item: DraftItemView | None) -> InitiativeView | None:
    if slug is None or item is None or item.continues_key is None:
        return None
    return initiative_view(reader=reader(request), slug=slug, key=item.continues_key)
