"""What changes organisations, staff and the record of who did what."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from hitotsu.people.access import Reader, Role
from hitotsu.people.errors import OrganisationNotFound, PersonExists
from hitotsu.people.models import AuditEntry, Membership, Organisation, Person

# The platform itself, at the command line of the machine it runs on: whoever can start it there owns its data.
OPERATOR = "コマンド操作"


def record_audit(
    *,
    by: Reader,
    action: str,
    subject: str,
    organisation_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """One row in the audit log; call it inside the transaction of the change that it tells of."""
    AuditEntry.objects.create(
        person_id=by.person_id,
        actor=by.name or OPERATOR,
        organisation_id=organisation_id,
        action=action,
        subject=subject,
        detail=dict(detail or {}),
    )


@transaction.atomic
def ensure_organisation(
    *,
    by: Reader,
    name: str,
    kind: str,
    name_en: str = "",
    area_key: str | None = None,
    parent_id: int | None = None,
) -> int:
    """The id of the organisation of that name, made when there is none yet."""
    organisation, created = Organisation.objects.get_or_create(
        name=name, defaults={"kind": kind, "name_en": name_en, "area_id": area_key, "parent_id": parent_id}
    )
    if created:
        record_audit(by=by, action="organisation.create", subject=f"organisation:{organisation.pk}")
    return organisation.pk


@transaction.atomic
def add_staff(*, by: Reader, email: str, name: str, password: str, organisation: str, role: Role) -> int:
    """The id of a new member of staff with a role in an organisation.

    Raises ``OrganisationNotFound`` and ``PersonExists``.
    """
    found = Organisation.objects.filter(name=organisation).first()
    if found is None:
        raise OrganisationNotFound(organisation)
    try:
        with transaction.atomic():
            person = Person.objects.create_user(email, password, name=name)
    except IntegrityError:
        raise PersonExists(email) from None
    Membership.objects.create(person=person, organisation=found, role=role.value)
    record_audit(
        by=by,
        action="staff.add",
        subject=f"person:{person.pk}",
        organisation_id=found.pk,
        detail={"role": role.value},
    )
    return person.pk
