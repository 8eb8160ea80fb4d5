from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from hitotsu.faces.office.access import staff_page
from hitotsu.faces.office.forms import ImportForm
from hitotsu.faces.office.uploads import SizeLimit, plain_name, stored
from hitotsu.faces.page import reader
from hitotsu.people.queries import organisations_of
from hitotsu.plans.commands import import_document
from hitotsu.plans.errors import DuplicateDocument, FileTooLarge, PlanNotFound, UnreadableDocument
from hitotsu.plans.queries import list_plans
from hitotsu.plans.reading.source.limits import MAX_FILE_BYTES, in_megabytes


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
            draft_id = import_document(
                by=reader(request),
                organisation_id=form.cleaned_data["organisation"],
                path=path,
                plan_slug=form.cleaned_data["plan"] or None,
            )
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
    messages.success(request, "文書を取り込みました。原文と見比べて、取組を一つずつ確認してください。")
    return redirect("office:review", draft_id=draft_id)


def _page(
    request: HttpRequest, form: ImportForm, status: int, duplicate_id: int | None = None
) -> HttpResponse:
    return render(request, "office/import.html", {"form": form, "duplicate_id": duplicate_id}, status=status)
