from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hitotsu.faces.office.access import staff_page
from hitotsu.faces.office.views.importing import import_form
from hitotsu.faces.page import reader
from hitotsu.plans.queries import DraftState, ImportState, list_drafts, list_imports


@staff_page("office.enter")
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """My work today: what is being read, waits to be reviewed, can be published, was published lately."""
    who = reader(request)
    open_drafts = list_drafts(reader=who)
    waiting = [draft for draft in open_drafts if draft.pending or not draft.items]
    ready = [draft for draft in open_drafts if draft.items and not draft.pending]
    return render(
        request,
        "office/desk.html",
        {
            "waiting": waiting,
            "ready": ready,
            "running": list_imports(reader=who),
            "refused": list_imports(reader=who, states=[ImportState.REFUSED]),
            "adopted": list_drafts(reader=who, state=DraftState.ADOPTED, newest=5),
            "form": import_form(request) if who.organisations("plan.import") else None,
            "may_adopt": bool(who.organisations("plan.adopt")),
        },
    )
