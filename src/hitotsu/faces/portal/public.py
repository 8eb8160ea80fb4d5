"""What every public page has in common: reading only, kept by browsers until it changes, errors as sentences."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from hitotsu.place.errors import AreaNotFound
from hitotsu.plans.errors import InitiativeNotFound, PlanNotFound

View = Callable[..., HttpResponse]


class PageNotFound(Http404):
    """A page that is not there; ``sentence`` tells people what is missing."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def public_page(view: View) -> View:
    """A view for everybody: GET and HEAD only, what a room cannot find becomes ``PageNotFound``."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except (PlanNotFound, InitiativeNotFound, AreaNotFound) as error:
            raise PageNotFound(str(error)) from error
        # Asked again each time, answered with 304 while nothing has changed (the middleware adds the ETag).
        response.headers.setdefault("Cache-Control", "no-cache")
        return response

    return require_safe(answered)
