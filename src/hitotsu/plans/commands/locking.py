from django.utils import timezone

from hitotsu.people.queries import Reader
from hitotsu.plans.errors import DraftClosed, DraftNotFound, ImportNotFound
from hitotsu.plans.models import Draft, Import
from hitotsu.plans.states import IMPORT_MOVES, DraftState, ImportState


def lock_draft(draft_id: int, by: Reader, action: str) -> Draft:
    """The draft, locked until the transaction ends, for a person who may do the action to it now.

    Every command of this room that changes a draft begins here, so that two people never change it at once.
    Raises ``DraftNotFound`` (also where the person may not know of it), ``PermissionRefused``, ``DraftClosed``.
    """
    draft = (
        Draft.objects.select_for_update()
        .filter(pk=draft_id, organisation_id__in=by.organisations("plan.view_draft"))
        .first()
    )
    if draft is None:
        raise DraftNotFound(draft_id)
    by.require(action, draft.organisation_id)
    if draft.state != DraftState.REVIEW:
        raise DraftClosed(draft.pk, DraftState(draft.state).label)
    return draft


def lock_import(import_id: int, by: Reader, action: str) -> Import:
    """The import without its content, locked until the transaction ends, for a person who may do the action to it.

    Raises ``ImportNotFound`` (also where the person may not know of it) and ``PermissionRefused``.
    """
    asked: Import | None = (
        Import.objects.select_for_update()
        .defer("content")
        .filter(pk=import_id, organisation_id__in=by.organisations("plan.view_draft"))
        .first()
    )
    if asked is None:
        raise ImportNotFound(import_id)
    by.require(action, asked.organisation_id)
    return asked


def move_import(asked: Import, state: ImportState) -> None:
    """Changes the state of a locked import, where that is an allowed move; the caller saves it."""
    if state not in IMPORT_MOVES[ImportState(asked.state)]:
        raise ValueError(f"import {asked.pk}: {asked.state} does not become {state}")
    asked.state = state


def end_import(asked: Import, state: ImportState, *, draft_id: int | None = None, refusal: str = "") -> None:
    """A locked import has come to an end: what came of it is kept, the document's content is not."""
    move_import(asked, state)
    asked.draft_id = draft_id
    asked.refusal = refusal
    asked.content = None
    asked.finished_at = timezone.now()
    asked.save(update_fields=["state", "draft", "refusal", "content", "finished_at"])
