from hitotsu.people.queries import Reader
from hitotsu.plans.errors import DraftClosed, DraftNotFound
from hitotsu.plans.models import Draft
from hitotsu.plans.states import DraftState


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
