"""What every page needs, whichever face it belongs to."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from hitotsu.people.queries import Reader, reader_of


def reader(request: HttpRequest) -> Reader:
    """Who is asking; looked up once a request."""
    known: Reader | None = getattr(request, "hitotsu_reader", None)
    if known is None:
        known = reader_of(request.user)
        request.hitotsu_reader = known  # type: ignore[attr-defined]
    return known


def context(request: HttpRequest) -> dict[str, Any]:
    """Template context of every page: the reader, and the address of this page in the other languages."""
    return {
        "reader": SimpleLazyObject(lambda: reader(request)),
        "page_language": translation.get_language(),
    }


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form whose token is missing or old."""
    return render(request, "errors/csrf.html", status=403)
