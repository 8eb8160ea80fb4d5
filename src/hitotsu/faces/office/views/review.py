from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hitotsu.faces.office import words
from hitotsu.faces.office.access import staff_page
from hitotsu.faces.office.forms import ItemForm, SplitForm, term_names
from hitotsu.faces.office.reviewing import (
    FILTERS,
    SURE,
    Looking,
    is_open,
    marked_lines,
    may_review,
    open_doubts,
    progress,
    review_list,
    source_window,
)
from hitotsu.faces.page import reader
from hitotsu.plans.queries import DraftView, draft_source, draft_view


@staff_page("plan.view_draft")
@require_GET
def review(request: HttpRequest, draft_id: int) -> HttpResponse:
    """The source on the left, what was read on the right, and the steps of the review."""
    return review_page(
        request, draft_view(reader=reader(request), draft_id=draft_id), Looking.of(request.GET)
    )


def draft_context(request: HttpRequest, view: DraftView, tab: str) -> dict[str, Any]:
    """What every page of a draft shows: its head, its tabs, how far it is and the step that can be taken back."""
    who = reader(request)
    return {
        "view": view,
        "draft": view.summary,
        "tab": tab,
        "progress": progress(view),
        "is_open": is_open(view),
        "may_review": may_review(who, view),
        "may_adopt": who.may("plan.adopt", view.organisation_id),
        "last_step_name": words.STEP[view.last_step.action] if view.last_step else "",
        "next": request.get_full_path(),
        "kind_name": words.KIND.get(view.kind, ""),
        "part_names": words.PART.items(),
        "open_doubts": len(open_doubts(view)),
    }


def review_page(
    request: HttpRequest,
    view: DraftView,
    looking: Looking,
    *,
    item_form: ItemForm | None = None,
    split_form: SplitForm | None = None,
    conflict: str = "",
    status: int = 200,
) -> HttpResponse:
    """The review page; with a form that could not be taken, the form stays as it was filled in."""
    listing = review_list(view, looking)
    item = listing.selected
    first, last = source_window(item, looking.line)
    lines = draft_source(reader=reader(request), draft_id=view.summary.id, first=first, last=last)
    focus = looking.line or (item.lines[0] if item else 1)
    source = marked_lines(lines, view, item, focus)
    editable = item is not None and may_review(reader(request), view)
    context = draft_context(request, view, "items") | {
        "looking": looking,
        "filters": FILTERS,
        "listing": listing,
        "item": item,
        "item_doubts": [
            (what, span) for _, span, what in open_doubts(view)
            if item and span[0] <= item.lines[1] and item.lines[0] <= span[1]
        ],
        "item_figures": [figure for figure, _ in view.figures if item and figure.index in item.figures],
        "item_unsure": item is not None and item.confidence < SURE,
        "item_terms": term_names(view, item) if item else [],
        "source": source,
        "source_before": max(1, source[0].number - 60) if source and source[0].number > 1 else None,
        "source_after": source[-1].number + 30 if source and source[-1].number < view.source_lines else None,
        "item_form": item_form or (ItemForm(view, item) if editable and item else None),
        "split_form": split_form or (SplitForm(item) if editable and item and len(item.actions) > 1 else None),
        "editing": item_form is not None,
        "splitting": split_form is not None,
        "conflict": conflict,
    }  # fmt: skip
    return render(request, "office/review.html", context, status=status)
