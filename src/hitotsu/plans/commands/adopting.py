from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction

from hitotsu.people.commands import record_audit
from hitotsu.people.queries import Reader
from hitotsu.plans.commands.locking import lock_draft
from hitotsu.plans.editions import Entry, compare
from hitotsu.plans.errors import NothingToAdopt, ReviewUnfinished, SlugNotUsable, StepNotPossible
from hitotsu.plans.models import Draft, DraftItem, Edition, EditionChange, Initiative, InitiativeVersion, Plan
from hitotsu.plans.outline import field_of, path_of
from hitotsu.plans.searching import search_form
from hitotsu.plans.states import DraftState, ItemState


@transaction.atomic
def adopt_draft(
    *, by: Reader, draft_id: int, slug: str | None = None, steps: int | None = None
) -> tuple[str, int]:
    """The plan's slug and the ordinal of the new edition: from this moment it is public.

    Initiatives that carry on one of the edition before keep its address. With ``steps`` (how many the person saw)
    a draft that somebody has changed since is not adopted: ``StepNotPossible``. Raises ``ReviewUnfinished`` while
    items are pending, ``NothingToAdopt``, ``SlugNotUsable`` and what ``lock_draft`` raises.
    """
    draft = lock_draft(draft_id, by, "plan.adopt")
    if steps is not None and draft.steps.count() != steps:
        raise StepNotPossible(
            "公開の画面を開いた後に、下書きが変更されました。内容を確かめてから、もう一度公開してください。"
        )
    pending = draft.items.filter(state=ItemState.PENDING).count()
    if pending:
        raise ReviewUnfinished(pending)
    items = list(draft.items.exclude(state=ItemState.DROPPED))
    if not items:
        raise NothingToAdopt
    plan = _lock_plan(draft, slug)
    before = plan.current
    content, figure_index = _content(draft)
    edition = Edition.objects.create(
        plan=plan,
        ordinal=(before.ordinal if before else 0) + 1,
        document_id=draft.document_id,
        title=draft.title,
        issuer=draft.issuer,
        period_start=draft.period_start,
        period_end=draft.period_end,
        content=content,
        adopted_by_id=by.person_id,
    )
    identities = _identities(plan, items)
    versions = [
        _version(edition, position, item, identities[item.pk], content["sections"], figure_index)
        for position, item in enumerate(items)
    ]
    InitiativeVersion.objects.bulk_create(versions)
    if before is not None:
        EditionChange.objects.bulk_create(_changes(edition, before, items, versions))
    plan.current = edition
    plan.save()
    draft.state, draft.plan = DraftState.ADOPTED, plan
    draft.save()
    record_audit(
        by=by,
        action="plan.adopt",
        subject=f"plan:{plan.slug}",
        organisation_id=plan.organisation_id,
        detail={"edition": edition.ordinal, "draft": draft.pk, "initiatives": len(versions)},
    )
    return plan.slug, edition.ordinal


def _lock_plan(draft: Draft, slug: str | None) -> Plan:
    if draft.plan_id is not None:
        return Plan.objects.select_for_update().get(pk=draft.plan_id)
    wanted = slug or f"plan-{draft.pk}"
    try:
        validate_slug(wanted)
    except ValidationError:
        raise SlugNotUsable(wanted) from None
    if len(wanted) > 60 or wanted != wanted.lower():
        raise SlugNotUsable(wanted)
    plan, created = Plan.objects.get_or_create(
        slug=wanted, defaults={"organisation_id": draft.organisation_id}
    )
    if not created:
        raise SlugNotUsable(wanted)
    return plan


def _identities(plan: Plan, items: list[DraftItem]) -> dict[int, Initiative]:
    """Each item's lasting initiative: the one it carries on, or a new one with the next free number.

    Where several items carry on the same one, the most alike keeps the address.
    """
    heirs: dict[int, DraftItem] = {}
    for item in items:
        if item.continues_id is not None:
            rival = heirs.get(item.continues_id)
            if rival is None or item.likeness > rival.likeness:
                heirs[item.continues_id] = item
    identities = {}
    fresh = []
    for item in items:
        if item.continues_id is not None and heirs[item.continues_id] is item:
            assert item.continues is not None
            identities[item.pk] = item.continues
        else:
            identities[item.pk] = Initiative(plan=plan, key=plan.next_key)
            fresh.append(identities[item.pk])
            plan.next_key += 1
    Initiative.objects.bulk_create(fresh)
    return identities


def _content(draft: Draft) -> tuple[dict[str, Any], dict[int, int]]:
    """What the edition keeps of the reading, and where each kept figure went (old index → new index)."""
    reading = draft.reading
    aside = {kind: set(indices) for kind, indices in draft.set_aside.items()}
    content: dict[str, Any] = {"sections": reading["sections"], "reviews": reading["reviews"]}
    for kind in ("tables", "terms", "bodies"):
        content[kind] = [
            value for index, value in enumerate(reading[kind]) if index not in aside.get(kind, ())
        ]
    kept = [index for index in range(len(reading["figures"])) if index not in aside.get("figures", ())]
    content["figures"] = [reading["figures"][index] for index in kept]
    return content, {old: new for new, old in enumerate(kept)}


def _version(
    edition: Edition,
    position: int,
    item: DraftItem,
    initiative: Initiative,
    sections: list[dict[str, Any]],
    figure_index: dict[int, int],
) -> InitiativeVersion:
    path = path_of(sections, item.number, item.first_line)
    return InitiativeVersion(
        initiative=initiative,
        edition=edition,
        position=position,
        number=item.number,
        title=item.title,
        path=path,
        field=field_of(path),
        direction=item.direction,
        status=item.status,
        actions=item.actions,
        figures=[figure_index[index] for index in item.figures if index in figure_index],
        terms=item.terms,
        first_line=item.first_line,
        last_line=item.last_line,
        search_text=search_form("\n".join([item.title, *path, item.direction, *item.status, *item.actions])),
    )


def _entry(version: InitiativeVersion, entry_id: int) -> Entry:
    return Entry(
        entry_id, tuple(version.number), tuple(version.path), version.title, "\n".join(version.actions)
    )


def _changes(
    edition: Edition, before: Edition, items: list[DraftItem], versions: list[InitiativeVersion]
) -> list[EditionChange]:
    old_versions = {version.initiative_id: version for version in before.initiatives.all()}
    new_versions = {version.initiative_id: version for version in versions}
    continues = {
        version.initiative_id: item.continues_id
        for item, version in zip(items, versions, strict=True)
        if item.continues_id in old_versions
    }
    outcomes = compare(
        [_entry(version, key) for key, version in old_versions.items()],
        [_entry(version, key) for key, version in new_versions.items()],
        {new: old for new, old in continues.items() if old is not None},
    )
    changes = []
    for outcome in outcomes:
        old = old_versions.get(outcome.old) if outcome.old is not None else None
        new = new_versions.get(outcome.new) if outcome.new is not None else None
        other, subject = outcome.old, outcome.new
        if outcome.kind in ("ended", "merged"):
            other, subject = subject, other
        assert subject is not None
        changes.append(
            EditionChange(
                edition=edition,
                kind=outcome.kind,
                initiative_id=subject,
                other_id=other if other != subject else None,
                before_title=old.title if old else "",
                after_title=new.title if new else "",
            )
        )
    return changes
