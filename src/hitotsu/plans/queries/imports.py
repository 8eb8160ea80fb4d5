from collections.abc import Collection

from django.db.models import QuerySet

from hitotsu.people.queries import Reader, organisation_view, person_names
from hitotsu.plans.errors import ImportNotFound
from hitotsu.plans.models import Import
from hitotsu.plans.states import UNFINISHED, ImportState
from hitotsu.plans.values import ImportView


def import_view(*, reader: Reader, import_id: int) -> ImportView:
    """How far an import is, and what came of it; raises ``ImportNotFound``."""
    found: Import | None = _visible(reader).filter(pk=import_id).first()
    if found is None:
        raise ImportNotFound(import_id)
    return _views([found])[0]


def list_imports(*, reader: Reader, states: Collection[ImportState] = UNFINISHED) -> list[ImportView]:
    """The imports of the reader's organisations in those states, oldest first."""
    return _views(list(_visible(reader).filter(state__in=states).order_by("pk")))


def _visible(reader: Reader) -> QuerySet[Import]:
    return (
        Import.objects.filter(organisation_id__in=reader.organisations("plan.view_draft"))
        .select_related("plan")
        .defer("content")
    )


def _views(imports: list[Import]) -> list[ImportView]:
    people = person_names(one.by_id for one in imports)
    organisations = {one.organisation_id for one in imports}
    names = {key: organisation_view(key).name for key in organisations}
    return [
        ImportView(
            id=one.pk,
            organisation_id=one.organisation_id,
            organisation=names[one.organisation_id],
            plan_slug=one.plan.slug if one.plan else None,
            by=people[one.by_id],
            file_name=one.file_name,
            size=one.size,
            state=one.state,
            state_label=ImportState(one.state).label,
            pages_done=one.pages_done,
            pages_total=one.pages_total,
            draft_id=one.draft_id,
            refusal=one.refusal,
            created_at=one.created_at,
            finished_at=one.finished_at,
        )
        for one in imports
    ]
