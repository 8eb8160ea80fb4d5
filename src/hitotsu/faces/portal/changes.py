from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from hitotsu.plans.queries import Change, PlanView

LABELS = {
    "kept": gettext_lazy("変更なし"),
    "revised": gettext_lazy("内容を変更"),
    "renamed": gettext_lazy("名称を変更"),
    "moved": gettext_lazy("場所を移動"),
    "split": gettext_lazy("分割"),
    "merged": gettext_lazy("統合"),
    "ended": gettext_lazy("終了"),
    "new": gettext_lazy("新規"),
}
# What people ask first stands first; what stayed as it was stands last.
_ORDER = ("new", "ended", "merged", "split", "renamed", "revised", "moved", "kept")


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """All changes of one kind."""

    kind: str
    label: str
    changes: Sequence[Change]


def edition_changes(plan: PlanView) -> list[ChangeGroup]:
    """The changes of an edition by kind; kinds that did not happen are left out."""
    groups = []
    for kind in _ORDER:
        changes = [change for change in plan.changes if change.kind == kind]
        if changes:
            groups.append(ChangeGroup(kind, str(LABELS[kind]), changes))
    return groups


def happened(history: Sequence[tuple[int, Change]]) -> list[tuple[int, ChangeGroup]]:
    """An initiative's history, newest edition first, in the words of the page."""
    return [
        (ordinal, ChangeGroup(change.kind, str(LABELS[change.kind]), [change])) for ordinal, change in history
    ]
