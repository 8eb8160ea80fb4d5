"""A document that is read while the person does something else: asked for here, read by a worker (`running`)."""

from hashlib import sha256
from pathlib import Path

from django.db import transaction

from hitotsu.people.commands import record_audit
from hitotsu.people.errors import PermissionRefused
from hitotsu.people.queries import Reader
from hitotsu.plans import jobs
from hitotsu.plans.commands.importing import find_source, plan_of
from hitotsu.plans.commands.locking import end_import, lock_import
from hitotsu.plans.errors import ImportClosed, ImportUnderWay
from hitotsu.plans.models import Import
from hitotsu.plans.reading import read_bytes
from hitotsu.plans.states import UNFINISHED, ImportState


def request_import(*, by: Reader, organisation_id: int, path: Path, plan_slug: str | None = None) -> int:
    """The id of an import that a worker takes up; the document is kept, so that ``path`` may go at once.

    What can be known without reading is refused here: raises ``PermissionRefused``, ``FileTooLarge``,
    ``FileNotReadable``, ``PlanNotFound``, ``DuplicateDocument`` and, where it is being read already,
    ``ImportUnderWay``.
    """
    by.require("plan.import", organisation_id)
    if by.person_id is None:
        # A worker acts for a person with the roles that the person has then; the operator has none.
        raise PermissionRefused("plan.import")
    content = read_bytes(path)
    digest = sha256(content).hexdigest()
    with transaction.atomic():
        plan = plan_of(organisation_id, plan_slug) if plan_slug else None
        find_source(organisation_id, digest, path.name)
        running = Import.objects.filter(
            organisation_id=organisation_id, sha256=digest, state__in=UNFINISHED
        ).first()
        if running is not None:
            raise ImportUnderWay(path.name, running.pk)
        asked = Import.objects.create(
            organisation_id=organisation_id,
            plan=plan,
            by_id=by.person_id,
            file_name=path.name[-255:],
            sha256=digest,
            size=len(content),
            content=content,
        )
        record_audit(
            by=by,
            action="plan.import_request",
            subject=f"import:{asked.pk}",
            organisation_id=organisation_id,
            detail={"sha256": digest, "file": asked.file_name},
        )
        jobs.read_import.defer(import_id=asked.pk)
    return asked.pk


@transaction.atomic
def cancel_import(*, by: Reader, import_id: int) -> None:
    """The import is not wanted any more; one that was refused is put away. Once more does nothing.

    Raises ``ImportNotFound``, ``PermissionRefused`` and, where it has become a draft, ``ImportClosed``.
    """
    asked = lock_import(import_id, by, "plan.import")
    if asked.state == ImportState.CANCELLED:
        return
    if asked.state == ImportState.DONE:
        raise ImportClosed(asked.file_name)
    end_import(asked, ImportState.CANCELLED)
    record_audit(
        by=by,
        action="plan.import_cancel",
        subject=f"import:{asked.pk}",
        organisation_id=asked.organisation_id,
        detail={"file": asked.file_name},
    )
