"""What may be known of organisations and staff, and who is asking."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from hitotsu.people.access import ANONYMOUS, LEAST_ROLE, Reader, Role
from hitotsu.people.models import AuditEntry, Membership, Organisation, Person

__all__ = [
    "ANONYMOUS",
    "LEAST_ROLE",
    "AuditView",
    "OrganisationView",
    "Reader",
    "Role",
    "audit_entries",
    "find_organisation",
    "operator",
    "organisation_view",
    "organisation_views",
    "organisations_of",
    "person_names",
    "reader_by_id",
    "reader_of",
]


@dataclass(frozen=True, slots=True)
class OrganisationView:
    id: int
    name: str
    name_en: str
    kind: str
    area_key: str | None


@dataclass(frozen=True, slots=True)
class AuditView:
    """One line of the record of who did what; `id` is the key to page by."""

    id: int
    at: datetime
    actor: str
    organisation: str
    action: str
    subject: str
    detail: Mapping[str, Any]


def _view(organisation: Organisation) -> OrganisationView:
    return OrganisationView(
        organisation.pk, organisation.name, organisation.name_en, organisation.kind, organisation.area_id
    )


def reader_of(user: AbstractBaseUser | AnonymousUser) -> Reader:
    """The reader behind a session: nobody's rights for an anonymous or deactivated user."""
    if not isinstance(user, Person) or not user.is_active:
        return ANONYMOUS
    roles = Membership.objects.filter(person=user).values_list("organisation_id", "role")
    return Reader(user.pk, str(user), {organisation: Role(role) for organisation, role in roles})


def reader_by_id(person_id: int) -> Reader:
    """The reader for work that a person left to the platform, with the roles that the person has now."""
    person = Person.objects.filter(pk=person_id).first()
    return ANONYMOUS if person is None else reader_of(person)


def operator() -> Reader:
    """The reader at the command line of the machine: every organisation's administrator."""
    return Reader(roles=dict.fromkeys(Organisation.objects.values_list("pk", flat=True), Role.ADMINISTRATOR))


def find_organisation(name: str) -> OrganisationView | None:
    """The organisation of exactly that name."""
    found = Organisation.objects.filter(name=name).first()
    return _view(found) if found else None


def organisation_view(organisation_id: int) -> OrganisationView:
    """The organisation of that id; names of organisations are open to everybody."""
    return _view(Organisation.objects.get(pk=organisation_id))


def organisation_views(organisation_ids: Iterable[int]) -> dict[int, OrganisationView]:
    """The organisations of these ids, by id; names of organisations are open to everybody."""
    return {
        organisation.pk: _view(organisation)
        for organisation in Organisation.objects.filter(pk__in=organisation_ids)
    }


def organisations_of(*, reader: Reader, action: str) -> list[OrganisationView]:
    """The organisations for which the reader may do the action, by name."""
    return [
        _view(organisation)
        for organisation in Organisation.objects.filter(pk__in=reader.organisations(action)).order_by("name")
    ]


def person_names(person_ids: Iterable[int]) -> dict[int, str]:
    """The names of members of staff by id, for pages that say who did something."""
    return {person.pk: str(person) for person in Person.objects.filter(pk__in=set(person_ids))}


def audit_entries(*, reader: Reader, before: int | None = None, limit: int = 50) -> list[AuditView]:
    """What was done for the reader's organisations, newest first, at most `limit` of them, older than entry `before`."""
    entries = AuditEntry.objects.filter(organisation_id__in=reader.organisations("audit.view"))
    if before is not None:
        entries = entries.filter(pk__lt=before)
    return [
        AuditView(
            entry.pk,
            entry.at,
            entry.actor,
            entry.organisation.name if entry.organisation else "",
            entry.action,
            entry.subject,
            entry.detail,
        )
        for entry in entries.select_related("organisation").order_by("-pk")[:limit]
    ]
