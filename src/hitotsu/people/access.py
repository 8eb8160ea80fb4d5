from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hitotsu.people.errors import PermissionRefused


class Role(StrEnum):
    """What a member of staff does for an organisation; each role may do what the ones before it may."""

    VIEWER = "viewer"
    EDITOR = "editor"
    PUBLISHER = "publisher"
    ADMINISTRATOR = "administrator"


_RANK: Mapping[Role, int] = {role: rank for rank, role in enumerate(Role)}

# The least role that may do each thing. What is not named here nobody may do.
LEAST_ROLE: Mapping[str, Role] = {
    "office.enter": Role.VIEWER,
    "area.import": Role.ADMINISTRATOR,
    "plan.view_draft": Role.VIEWER,
    "plan.import": Role.EDITOR,
    "plan.review": Role.EDITOR,
    "plan.discard": Role.EDITOR,
    "plan.adopt": Role.PUBLISHER,
    "people.manage": Role.ADMINISTRATOR,
    "audit.view": Role.EDITOR,
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever asks or acts: a person with roles per organisation, or nobody in particular."""

    person_id: int | None = None
    name: str = ""
    roles: Mapping[int, Role] = field(default_factory=dict)

    def may(self, action: str, organisation_id: int) -> bool:
        """Whether this person's role in the organisation reaches the least role of the action."""
        role = self.roles.get(organisation_id)
        return role is not None and _RANK[role] >= _RANK[LEAST_ROLE[action]]

    def organisations(self, action: str) -> frozenset[int]:
        """The organisations (ids) for which this person may do the action; for ``WHERE … IN``."""
        return frozenset(organisation for organisation in self.roles if self.may(action, organisation))

    def require(self, action: str, organisation_id: int) -> None:
        """Nothing when the action is allowed; raises ``PermissionRefused`` otherwise."""
        if not self.may(action, organisation_id):
            raise PermissionRefused(action)


ANONYMOUS = Reader()
