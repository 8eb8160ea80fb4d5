"""What a reading holds beside its initiatives: figures, terms, tables, bodies, doubts and the front of the plan."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from hitotsu.faces.office import words
from hitotsu.faces.office.access import staff_page, staff_step
from hitotsu.faces.office.forms import FrontForm
from hitotsu.faces.office.reviewing import may_review
from hitotsu.faces.office.views.review import draft_context
from hitotsu.faces.page import reader
from hitotsu.plans import commands
from hitotsu.plans.errors import DraftClosed, StepNotPossible
from hitotsu.plans.queries import DraftView, Figure, Table, Term, draft_view

_PER_PAGE = 40
_TABLES_PER_PAGE = 4


@dataclass(frozen=True, slots=True)
class Part:
    """One of them, with `heading` and `text` to read, or the table or figure itself."""

    index: int
    heading: str
    text: str
    lines: tuple[int, int]
    aside: bool
    figure: Figure | None = None
    table: Table | None = None


@staff_page("plan.view_draft")
@require_GET
def parts(request: HttpRequest, draft_id: int, kind: str) -> HttpResponse:
    """All parts of one kind, each with its lines and whether it is used."""
    view = draft_view(reader=reader(request), draft_id=draft_id)
    per_page = _TABLES_PER_PAGE if kind == "tables" else _PER_PAGE
    page = Paginator(_parts(view, kind), per_page).get_page(request.GET.get("page"))
    context = draft_context(request, view, kind) | {
        "kind": kind,
        "part_name": words.PART[kind],
        "aside_words": words.ASIDE[kind],
        "page": page,
    }
    return render(request, "office/parts.html", context)


@staff_step("plan.review")
def set_aside(request: HttpRequest, draft_id: int, kind: str, index: int) -> HttpResponse:
    """A part is used or not (a doubt is settled or not)."""
    if kind not in words.PART:
        raise Http404
    aside = request.POST.get("aside") == "1"
    try:
        commands.set_aside(by=reader(request), draft_id=draft_id, kind=kind, index=index, aside=aside)
    except (StepNotPossible, DraftClosed) as error:
        messages.error(request, str(error))
    else:
        take_out, put_back, _ = words.ASIDE[kind]
        messages.success(
            request,
            f"{words.PART[kind]}を「{take_out if aside else put_back}」にしました。",
            extra_tags="undo",
        )
    page = request.POST.get("page", "")
    query = f"?page={page}" if page.isascii() and page.isdecimal() else ""
    return redirect(reverse("office:parts", args=[draft_id, kind]) + query)


@staff_page("plan.view_draft")
@require_http_methods(["GET", "POST"])
def front(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Title, issuer and period of the plan."""
    who = reader(request)
    view = draft_view(reader=who, draft_id=draft_id)
    form = FrontForm(initial=_front(view))
    status = 200
    if request.method == "POST":
        who.require("plan.review", view.organisation_id)
        form, status = FrontForm(request.POST), 422
        if form.is_valid():
            try:
                commands.correct_front(by=who, draft_id=draft_id, **form.cleaned_data)
            except (StepNotPossible, DraftClosed) as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "基本情報を修正しました。", extra_tags="undo")
                return redirect("office:front", draft_id=draft_id)
    context = draft_context(request, view, "front") | {"form": form, "editable": may_review(who, view)}
    return render(request, "office/front.html", context, status=status)


def _front(view: DraftView) -> dict[str, str]:
    return {
        "title": view.summary.title,
        "issuer": view.issuer,
        "period_start": view.period_start.isoformat() if view.period_start else "",
        "period_end": view.period_end.isoformat() if view.period_end else "",
    }


def _parts(view: DraftView, kind: str) -> Sequence[Part]:
    if kind == "figures":
        return [
            Part(figure.index, figure.text_value, figure.text, figure.lines, aside, figure=figure)
            for figure, aside in view.figures
        ]
    if kind == "terms":
        return [_term(term, aside) for term, aside in view.terms]
    if kind == "tables":
        return [
            Part(table.index, table.title or "題のない表", "", table.lines, aside, table=table)
            for table, aside in view.tables
        ]
    if kind == "bodies":
        return [Part(index, body.name, body.role, body.lines, aside) for index, body, aside in view.bodies]
    if kind == "unsure":
        return [Part(index, what, text, lines, aside) for index, what, lines, text, aside in view.unsure]
    raise Http404


def _term(term: Term, aside: bool) -> Part:
    heading = f"{term.term}（注{term.mark}）" if term.mark else term.term
    return Part(term.index, heading, term.definition, term.lines, aside)
