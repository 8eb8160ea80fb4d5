"""The steps of a review as forms send them: each does one thing and leads back to the list."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from hitotsu.faces.office import words
from hitotsu.faces.office.access import staff_step
from hitotsu.faces.office.forms import ItemForm, SplitForm
from hitotsu.faces.office.reviewing import Looking, next_pending, shown_ids
from hitotsu.faces.office.views.review import review_page
from hitotsu.faces.page import reader
from hitotsu.plans import commands
from hitotsu.plans.errors import DraftClosed, EditConflict, StepNotPossible
from hitotsu.plans.queries import DraftItemView, DraftView, draft_view

GONE = "この取組は、ほかの操作で統合されたか取り消されました。一覧から選び直してください。"


@staff_step("plan.review")
def accept(request: HttpRequest, draft_id: int, item_id: int) -> HttpResponse:
    """The item is right; on to the next pending one."""
    view, title = _titled(request, draft_id, item_id)
    return _step(
        request,
        draft_id,
        lambda: commands.accept_item(by=reader(request), draft_id=draft_id, item_id=item_id),
        lambda _: f"「{title}」を確認済みにしました。",
        next_pending(view.items, item_id, shown_ids(view, Looking.of(request.POST))),
    )


@staff_step("plan.review")
def drop(request: HttpRequest, draft_id: int, item_id: int) -> HttpResponse:
    """The item is no initiative; on to the next pending one."""
    view, title = _titled(request, draft_id, item_id)
    return _step(
        request,
        draft_id,
        lambda: commands.drop_item(by=reader(request), draft_id=draft_id, item_id=item_id),
        lambda _: f"「{title}」を除外しました。公開されません。",
        next_pending(view.items, item_id, shown_ids(view, Looking.of(request.POST))),
    )


@staff_step("plan.review")
def merge(request: HttpRequest, draft_id: int, item_id: int) -> HttpResponse:
    """The item and the next one become one."""
    _, title = _titled(request, draft_id, item_id)
    return _step(
        request,
        draft_id,
        lambda: commands.merge_items(by=reader(request), draft_id=draft_id, item_id=item_id),
        lambda _: f"次の取組を「{title}」に統合しました。",
        item_id,
    )


@staff_step("plan.review")
def accept_remaining(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Everything pending is right."""
    return _step(
        request,
        draft_id,
        lambda: commands.accept_remaining(by=reader(request), draft_id=draft_id),
        lambda count: f"残り{count}件の取組を確認済みにしました。",
        Looking.of(request.POST).item_id,
    )


@staff_step("plan.review")
def correct(request: HttpRequest, draft_id: int, item_id: int) -> HttpResponse:
    """The item in the reviewer's words; what was typed stays on the page when it cannot be taken."""
    view, item = _found(request, draft_id, item_id)
    looking = Looking.of(request.POST).at(item_id)
    if item is None:
        return _gone(request, draft_id)
    form = ItemForm(view, item, data=request.POST)
    if not form.is_valid():
        return review_page(request, view, looking, item_form=form, status=422)
    try:
        commands.correct_item(by=reader(request), draft_id=draft_id, item_id=item_id, **form.cleaned_data)
    except EditConflict as error:
        return _conflict(request, draft_id, looking, str(error))
    except (StepNotPossible, DraftClosed) as error:
        form.add_error(None, str(error))
        return review_page(request, view, looking, item_form=form, status=422)
    _say(request, f"「{form.cleaned_data['title'].strip()}」を修正しました。")
    return redirect(looking.address(draft_id))


@staff_step("plan.review")
def split(request: HttpRequest, draft_id: int, item_id: int) -> HttpResponse:
    """The item is cut in two; the second part is looked at next."""
    view, item = _found(request, draft_id, item_id)
    looking = Looking.of(request.POST).at(item_id)
    if item is None:
        return _gone(request, draft_id)
    form = SplitForm(item, data=request.POST)
    if not form.is_valid():
        return review_page(request, view, looking, split_form=form, status=422)
    try:
        part = commands.split_item(
            by=reader(request), draft_id=draft_id, item_id=item_id, **form.cleaned_data
        )
    except (StepNotPossible, DraftClosed) as error:
        form.add_error(None, str(error))
        return review_page(request, view, looking, split_form=form, status=422)
    _say(request, f"「{item.title}」から「{form.cleaned_data['title']}」を分けました。")
    return redirect(looking.at(part).address(draft_id))


@staff_step("plan.review")
def undo(request: HttpRequest, draft_id: int) -> HttpResponse:
    """The last step, if it is still the one that the person saw, is taken back."""
    last = draft_view(reader=reader(request), draft_id=draft_id).last_step
    seen = request.POST.get("step", "")
    try:
        done = commands.undo_last_step(
            by=reader(request),
            draft_id=draft_id,
            step_id=int(seen) if seen.isascii() and seen.isdecimal() else None,
        )
    except (StepNotPossible, DraftClosed) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"「{words.STEP[done]}」を元に戻しました。")
    back = request.POST.get("next", "")
    home = reverse("office:review", args=[draft_id])
    if back.startswith(home) and back.split("?")[0] != home:
        return redirect(back)
    touched = last.item_ids[0] if last and len(last.item_ids) else None
    looking = Looking.of(request.POST)
    return redirect(looking.at(touched or looking.item_id).address(draft_id))


def _step(
    request: HttpRequest,
    draft_id: int,
    act: Callable[[], object],
    said: Callable[[object], str],
    then: int | None,
) -> HttpResponse:
    looking = Looking.of(request.POST)
    try:
        result = act()
    except (StepNotPossible, DraftClosed) as error:
        messages.error(request, str(error))
        return redirect(looking.address(draft_id))
    _say(request, said(result))
    return redirect(looking.at(then).address(draft_id))


def _say(request: HttpRequest, sentence: str) -> None:
    # The page puts the way back beside a message of this kind.
    messages.success(request, sentence, extra_tags="undo")


def _found(request: HttpRequest, draft_id: int, item_id: int) -> tuple[DraftView, DraftItemView | None]:
    view = draft_view(reader=reader(request), draft_id=draft_id)
    return view, next((item for item in view.items if item.id == item_id), None)


def _titled(request: HttpRequest, draft_id: int, item_id: int) -> tuple[DraftView, str]:
    view, item = _found(request, draft_id, item_id)
    return view, item.title if item else ""


def _gone(request: HttpRequest, draft_id: int) -> HttpResponse:
    messages.error(request, GONE)
    return redirect(Looking.of(request.POST).at(None).address(draft_id))


def _conflict(request: HttpRequest, draft_id: int, looking: Looking, sentence: str) -> HttpResponse:
    """The newest state beside what was typed; saving again puts the typed words over the newest."""
    view, item = _found(request, draft_id, looking.item_id or 0)
    if item is None:
        return _gone(request, draft_id)
    entered = request.POST.copy()
    entered["version"] = str(item.version)
    form = ItemForm(view, item, data=entered)
    return review_page(request, view, looking, item_form=form, conflict=sentence, status=409)
