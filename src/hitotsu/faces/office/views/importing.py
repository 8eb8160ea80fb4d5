import time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET

from hitotsu.faces.office.access import staff_page
from hitotsu.faces.office.forms import ImportForm
from hitotsu.faces.office.uploads import SizeLimit, plain_name, stored
from hitotsu.faces.page import reader
from hitotsu.people.queries import organisations_of
from hitotsu.plans.commands import cancel_import, request_import
from hitotsu.plans.errors import (
    DuplicateDocument,
    FileTooLarge,
    ImportClosed,
    ImportUnderWay,
    PlanNotFound,
    UnreadableDocument,
)
from hitotsu.plans.queries import UNFINISHED, ImportState, ImportView, import_view, list_plans
from hitotsu.plans.reading.source.limits import MAX_FILE_BYTES, in_megabytes

PATIENCE_SECONDS = 2.0
_SECONDS_BETWEEN_LOOKS = 0.05


def import_form(request: HttpRequest) -> ImportForm:
    """The form with the organisations and plans that this person may import for; filled in after a POST."""
    who = reader(request)
    organisations = organisations_of(reader=who, action="plan.import")
    plans = list_plans(reader=who)
    if request.method == "POST":
        return ImportForm(organisations, plans, request.POST, request.FILES)
    return ImportForm(organisations, plans, initial={"plan": request.GET.get("plan", "")})


# The handler that stops at the limit must be in place before the token is looked for in the body.
@csrf_exempt
@staff_page("plan.import")
def import_page(request: HttpRequest) -> HttpResponse:
    """Bring a document in: choose it, and it becomes a draft."""
    limit = SizeLimit(request)
    if request.method == "POST":
        request.upload_handlers.insert(0, limit)
    return _import(request, limit)


@csrf_protect
def _import(request: HttpRequest, limit: SizeLimit) -> HttpResponse:
    form = import_form(request)
    if request.method != "POST":
        return _page(request, form, 200)
    if limit.exceeded:
        size, most = f"{in_megabytes(MAX_FILE_BYTES)}以上", in_megabytes(MAX_FILE_BYTES)
        form.errors.clear()
        form.add_error("file", str(FileTooLarge(plain_name(limit.file_name or ""), size=size, limit=most)))
        return _page(request, form, 413)
    if not form.is_valid():
        return _page(request, form, 422)
    try:
        with stored(form.cleaned_data["file"]) as path:
            import_id = request_import(
                by=reader(request),
                organisation_id=form.cleaned_data["organisation"],
                path=path,
                plan_slug=form.cleaned_data["plan"] or None,
            )
    except ImportUnderWay as error:
        messages.info(request, str(error))
        return redirect("office:import_state", import_id=error.import_id)
    except DuplicateDocument as error:
        form.add_error("file", str(error))
        return _page(request, form, 409, duplicate_id=error.draft_id)
    except UnreadableDocument as error:
        form.add_error("file", str(error))
        return _page(request, form, 422)
    except PlanNotFound:
        form.add_error(
            "plan", "選んだ計画は、選んだ組織のものではありません。組織か計画を選び直してください。"
        )
        return _page(request, form, 422)
    done = _result(request, import_id)
    if done.state == ImportState.REFUSED:
        # The person is told here and now, so that it need not wait on the desk.
        cancel_import(by=reader(request), import_id=import_id)
        form.add_error("file", done.refusal)
        return _page(request, form, 409 if done.draft_id else 422, duplicate_id=done.draft_id)
    if done.state == ImportState.DONE:
        return _to_review(request, done)
    return redirect("office:import_state", import_id=import_id)


def _result(request: HttpRequest, import_id: int) -> ImportView:
    """The import after a moment: of most documents it is done, and nobody needs to see a page that waits."""
    until = time.monotonic() + PATIENCE_SECONDS
    while (view := import_view(reader=reader(request), import_id=import_id)).state in UNFINISHED:
        if time.monotonic() > until:
            break
        pause()
    return view


def pause() -> None:
    """The time between two looks at an import whose result is waited for."""
    time.sleep(_SECONDS_BETWEEN_LOOKS)


def _to_review(request: HttpRequest, done: ImportView) -> HttpResponse:
    messages.success(request, "文書を取り込みました。原文と見比べて、取組を一つずつ確認してください。")
    return redirect("office:review", draft_id=done.draft_id)


@staff_page("plan.view_draft")
@require_GET
def import_state(request: HttpRequest, import_id: int) -> HttpResponse:
    """How far the reading of a document is; when it is done, the review of what was read."""
    view = import_view(reader=reader(request), import_id=import_id)
    running = view.state in UNFINISHED
    if request.headers.get("HX-Request") == "true" and not running:
        # The part that asks every second cannot show what has come of it; the whole page can.
        return HttpResponse(status=204, headers={"HX-Redirect": request.path})
    if view.state == ImportState.DONE:
        return _to_review(request, view)
    return render(
        request,
        "office/import_state.html",
        {
            "asked": view,
            "running": running,
            "may_cancel": reader(request).may("plan.import", view.organisation_id),
        },
    )


@staff_page("plan.import")
def cancel(request: HttpRequest, import_id: int) -> HttpResponse:
    """The import is not wanted any more, or its refusal has been seen."""
    if request.method != "POST":
        return redirect("office:import_state", import_id=import_id)
    who = reader(request)
    seen = import_view(reader=who, import_id=import_id)
    try:
        cancel_import(by=who, import_id=import_id)
    except ImportClosed as error:
        messages.error(request, str(error))
        return redirect("office:desk")
    if seen.state == ImportState.REFUSED:
        messages.success(request, f"「{seen.file_name}」の知らせを片付けました。")
    else:
        messages.success(request, f"「{seen.file_name}」の取り込みを取りやめました。")
    return redirect("office:desk")


def _page(
    request: HttpRequest, form: ImportForm, status: int, duplicate_id: int | None = None
) -> HttpResponse:
    return render(request, "office/import.html", {"form": form, "duplicate_id": duplicate_id}, status=status)
