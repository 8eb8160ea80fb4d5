"""Who may open a page of the office: nobody, unless the page names the action that it needs."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control

from hitotsu.faces.page import reader
from hitotsu.people.errors import PermissionRefused
from hitotsu.plans.errors import DraftNotFound, ImportNotFound, InitiativeNotFound, PlanNotFound

View = Callable[..., HttpResponse]


def staff_page(action: str) -> Callable[[View], View]:
    """The view for people who may do the action for one organisation at least.

    Everybody else is sent to the login or told that the role does not reach. What is not found, or refused for
    the organisation at hand, becomes a page with the error's sentence.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return _to_login(request)
            if not reader(request).organisations(action):
                return problem(request, str(PermissionRefused(action)), 403)
            try:
                answer = view(request, *args, **kwargs)
                # What staff see is no one else's; "back" may still show the page as it was left.
                patch_cache_control(answer, private=True, no_cache=True)
            except PermissionRefused as error:
                return problem(request, str(error), 403)
            except (DraftNotFound, ImportNotFound, PlanNotFound, InitiativeNotFound) as error:
                return problem(request, str(error), 404)
            return answer

        page.staff_action = action  # type: ignore[attr-defined]
        return page

    return decorate


def staff_step(action: str) -> Callable[[View], View]:
    """Like ``staff_page`` for a step on a draft: a form is sent there, and whoever opens the address sees the draft."""

    def decorate(view: View) -> View:
        @staff_page(action)
        @wraps(view)
        def step(request: HttpRequest, draft_id: int, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method != "POST":
                return redirect("office:review", draft_id=draft_id)
            return view(request, draft_id, *args, **kwargs)

        return step

    return decorate


def problem(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    """A page that says in one sentence what is wrong and what to do."""
    headings = {403: "この操作はできません", 404: "見つかりません"}
    return render(
        request, "office/problem.html", {"heading": headings[status], "sentence": sentence}, status=status
    )


def _to_login(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request") != "true":
        return redirect_to_login(request.get_full_path())
    # A fragment cannot show the login; the whole page goes there, and comes back to where the person was.
    shown = urlsplit(request.headers.get("HX-Current-URL", ""))
    back = f"{shown.path}?{shown.query}" if shown.query else shown.path
    target = redirect_to_login(back if back.startswith("/office/") else reverse("office:desk"))
    return HttpResponse(status=204, headers={"HX-Redirect": target.headers["Location"]})
