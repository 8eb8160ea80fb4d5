from datetime import date
from pathlib import Path

from django.db import connection, transaction
from django.utils.timezone import localtime

from hitotsu.people.commands import record_audit
from hitotsu.people.queries import Reader
from hitotsu.plans.commands.locking import lock_draft
from hitotsu.plans.editions import Entry, match
from hitotsu.plans.errors import DuplicateDocument, PlanNotFound
from hitotsu.plans.models import Draft, DraftItem, InitiativeVersion, Plan, SourceDocument
from hitotsu.plans.reading import Progress, load, read_source
from hitotsu.plans.reading.structure import Document, Initiative
from hitotsu.plans.states import DraftState


def import_document(
    *,
    by: Reader,
    organisation_id: int,
    path: Path,
    plan_slug: str | None = None,
    progress: Progress | None = None,
) -> int:
    """The id of a new draft read from a document, here and now: all of it is stored, or nothing.

    With ``plan_slug`` the draft is the next edition of that plan, and each initiative gets its likely
    forerunner. ``progress`` hears how many pages are read, and of how many. Raises ``PermissionRefused``,
    ``PlanNotFound``, ``DuplicateDocument`` and every ``UnreadableDocument``.
    """
    by.require("plan.import", organisation_id)
    source = load(path, progress)
    document = read_source(source, path.name)
    with transaction.atomic():
        plan = plan_of(organisation_id, plan_slug) if plan_slug else None
        return store_draft(by, organisation_id, plan, document, source.lines)


def store_draft(
    by: Reader, organisation_id: int, plan: Plan | None, document: Document, lines: tuple[str, ...]
) -> int:
    """The id of a new draft of a document that was read; call it inside a transaction.

    Raises ``DuplicateDocument``.
    """
    stored = _store_source(by, organisation_id, document, lines)
    draft = Draft.objects.create(
        document=stored,
        organisation_id=organisation_id,
        plan=plan,
        title=(document.title or stored.file_name)[:300],
        issuer=(document.organization or "")[:200],
        period_start=_day(document.period.start) if document.period else None,
        period_end=_day(document.period.end) if document.period else None,
        reading=document.to_json(),
    )
    items = [_item(draft, position, initiative) for position, initiative in enumerate(document.initiatives)]
    DraftItem.objects.bulk_create(items)
    if plan is not None:
        _propose_forerunners(plan, items)
    record_audit(
        by=by,
        action="plan.import",
        subject=f"draft:{draft.pk}",
        organisation_id=organisation_id,
        detail={"sha256": stored.sha256, "file": stored.file_name, "initiatives": len(items)},
    )
    return draft.pk


@transaction.atomic
def discard_draft(*, by: Reader, draft_id: int) -> None:
    """The draft is put away unadopted; its document may be imported again."""
    draft = lock_draft(draft_id, by, "plan.discard")
    draft.state = DraftState.DISCARDED
    draft.save(update_fields=["state", "changed_at"])
    record_audit(
        by=by, action="plan.discard", subject=f"draft:{draft.pk}", organisation_id=draft.organisation_id
    )


def plan_of(organisation_id: int, slug: str) -> Plan:
    """The plan of that organisation; raises ``PlanNotFound``, also where it is another organisation's."""
    plan = Plan.objects.filter(slug=slug, organisation_id=organisation_id).first()
    if plan is None:
        raise PlanNotFound(slug)
    return plan


def find_source(organisation_id: int, sha256: str, file: str) -> SourceDocument | None:
    """The document of that content, if the organisation has it without a draft; call it inside a transaction.

    Until the transaction ends no other one finds or stores it. Raises ``DuplicateDocument`` where a draft of it
    is under review or adopted.
    """
    with connection.cursor() as cursor:
        # Two imports of one document at the same moment: the second waits here and then finds the first.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [sha256, organisation_id])
    stored = SourceDocument.objects.filter(organisation_id=organisation_id, sha256=sha256).first()
    living = stored.drafts.exclude(state=DraftState.DISCARDED).order_by("-pk").first() if stored else None
    if stored is not None and living is not None:
        when = localtime(stored.imported_at).strftime("%Y年%-m月%-d日%H時%M分")
        raise DuplicateDocument(file, when, living.pk, DraftState(living.state).label)
    return stored


def _store_source(
    by: Reader, organisation_id: int, document: Document, lines: tuple[str, ...]
) -> SourceDocument:
    stored = find_source(organisation_id, document.source.sha256, document.source.file)
    if stored is None:
        return SourceDocument.objects.create(
            organisation_id=organisation_id,
            sha256=document.source.sha256,
            file_name=document.source.file[-255:],
            format=document.source.format,
            encoding=document.source.encoding or "",
            pages=document.source.pages,
            lines=list(lines),
            imported_by_id=by.person_id,
        )
    return stored


def _item(draft: Draft, position: int, initiative: Initiative) -> DraftItem:
    return DraftItem(
        draft=draft,
        position=position,
        number=list(initiative.number),
        title=initiative.title[:500],
        direction=initiative.direction or "",
        status=list(initiative.status),
        actions=list(initiative.actions),
        figures=list(initiative.figures),
        terms=list(initiative.terms),
        first_line=initiative.lines[0],
        last_line=initiative.lines[1],
        confidence=initiative.confidence,
    )


def _propose_forerunners(plan: Plan, items: list[DraftItem]) -> None:
    if plan.current_id is None:
        return
    old = [
        Entry(
            version.initiative_id,
            tuple(version.number),
            tuple(version.path),
            version.title,
            "\n".join(version.actions),
        )
        for version in InitiativeVersion.objects.filter(edition_id=plan.current_id)
    ]
    new = [Entry(item.pk, tuple(item.number), (), item.title, "\n".join(item.actions)) for item in items]
    by_id = {item.pk: item for item in items}
    for found in match(old, new):
        item = by_id[found.new]
        item.continues_id = found.old
        item.likeness = found.likeness
    DraftItem.objects.bulk_update(items, ["continues", "likeness"])


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
