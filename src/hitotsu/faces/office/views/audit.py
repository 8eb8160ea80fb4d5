from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hitotsu.faces.office import words
from hitotsu.faces.office.access import staff_page
from hitotsu.faces.page import reader
from hitotsu.people.queries import AuditView, audit_entries

_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class AuditLine:
    entry: AuditView
    sentence: str
    detail: str
    draft_id: int | None
    plan_slug: str | None


@staff_page("audit.view")
@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first, a page at a time."""
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 16 else None
    entries = audit_entries(reader=reader(request), before=before, limit=_PER_PAGE + 1)
    context = {
        "lines": [_line(entry) for entry in entries[:_PER_PAGE]],
        "older": entries[_PER_PAGE - 1].id if len(entries) > _PER_PAGE else None,
        "before": before,
    }
    return render(request, "office/audit.html", context)


def _line(entry: AuditView) -> AuditLine:
    kind, _, name = entry.subject.partition(":")
    detail = entry.detail
    said = [str(detail["file"])] if "file" in detail else []
    if "edition" in detail:
        said.append(f"第{detail['edition']}版")
    if "initiatives" in detail:
        said.append(f"取組{detail['initiatives']}件")
    return AuditLine(
        entry,
        words.AUDIT.get(entry.action, entry.action),
        "、".join(said),
        int(name) if kind == "draft" and name.isdecimal() else None,
        name if kind == "plan" else None,
    )
