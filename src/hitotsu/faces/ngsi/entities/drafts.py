"""A record being changed: what is written where, with which system times, and what changed by it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from hitotsu.faces.ngsi.entities.rules import GEOMETRIC, NULL, Instance, Record, refuse
from hitotsu.faces.ngsi.problems import ResourceNotFound

Kind = Literal["created", "updated", "deleted"]
# Of the reader to the operations only; never kept.
_NOTES = ("bare", "inferred")


class Change(NamedTuple):
    """One attribute instance written or deleted. `dataset` is None for the default instance.

    The scope is told as an attribute named "scope" with the list of scopes as its value.
    """

    name: str
    dataset: str | None
    kind: Kind
    new: Instance | None
    previous: Instance | None


class NotUpdated(NamedTuple):
    """An attribute that the operation left alone, and why."""

    name: str
    reason: str


@dataclass(slots=True)
class Outcome:
    """The new record, what changed in it, and what was asked for but not done."""

    record: Record
    changes: list[Change] = field(default_factory=list)
    not_updated: list[NotUpdated] = field(default_factory=list)

    def updated(self) -> list[str]:
        """The names of the attributes that changed, in order, each once."""
        return list(dict.fromkeys(change.name for change in self.changes))


class Draft:
    """A record being changed: copies only what it touches, and notes each change."""

    __slots__ = ("_attributes", "_changes", "_left", "_now", "_old", "_record")

    def __init__(self, record: Record, now: str) -> None:
        self._old = record
        self._now = now
        self._record = dict(record)
        self._attributes = dict(record["attributes"])
        self._record["attributes"] = self._attributes
        self._changes: list[Change] = []
        self._left: dict[str, NotUpdated] = {}

    def instance(self, name: str, dataset: str | None) -> Instance | None:
        """The instance as it stands now."""
        standing: list[Instance] = self._attributes.get(name, [])
        return next((one for one in standing if one.get("datasetId") == dataset), None)

    def needed(self, name: str, dataset: str | None) -> Instance:
        """The instance as it stands now. Raises ResourceNotFound where it does not."""
        found = self.instance(name, dataset)
        if found is None:
            of = f" with the datasetId {dataset}" if dataset is not None else ""
            raise ResourceNotFound(f"The entity has no attribute {name}{of}.")
        return found

    def put(self, name: str, instance: Instance, old: Instance | None) -> None:
        """Write an instance, in the place of an old one or as a new one."""
        if name in GEOMETRIC and instance["type"] != "GeoProperty":
            refuse((name,), f"{name} is a GeoProperty: its value is a GeoJSON geometry.")
        new = stamped(instance, old, self._now)
        standing = self._attributes.get(name, [])
        if old is not None:
            self._attributes[name] = [new if one is old else one for one in standing]
        else:
            self._attributes[name] = [*standing, new] if "datasetId" in new else [new, *standing]
        kind: Kind = "created" if old is None else "updated"
        self._changes.append(Change(name, new.get("datasetId"), kind, new, old))

    def remove(self, name: str, old: Instance) -> None:
        """Delete an instance."""
        left = [one for one in self._attributes[name] if one is not old]
        if left:
            self._attributes[name] = left
        else:
            del self._attributes[name]
        self._changes.append(Change(name, old.get("datasetId"), "deleted", None, old))

    def leave(self, name: str, reason: str) -> None:
        """Note that an attribute was not written."""
        self._left.setdefault(name, NotUpdated(name, reason))

    def add_types(self, fragment: Record) -> None:
        """Add the types of a fragment that the record does not have."""
        new = [one for one in fragment.get("types", ()) if one not in self._record["types"]]
        if new:
            self._record["types"] = [*self._record["types"], *new]

    def set_scope(self, scopes: list[str] | None) -> None:
        """Replace or delete the scope."""
        old = self._record.pop("scope", None)
        if scopes:
            self._record["scope"] = scopes
        previous = scope_instance(old, self._old["createdAt"], self._old["modifiedAt"]) if old else None
        if scopes:
            created = self._old["createdAt"] if old else self._now
            new = scope_instance(scopes, created, self._now)
            self._changes.append(Change("scope", None, "updated" if old else "created", new, previous))
        elif old:
            self._changes.append(Change("scope", None, "deleted", None, previous))

    def set_expiry(self, fragment: Record) -> None:
        """Take over (or off) the time at which the record expires, where the fragment says one."""
        expires = fragment.get("expiresAt")
        if expires == NULL:
            self._record.pop("expiresAt", None)
        elif expires is not None:
            self._record["expiresAt"] = expires

    def outcome(self) -> Outcome:
        """The result; the record's modifiedAt moves if anything was written."""
        if self._changes or any(
            self._record.get(key) != self._old.get(key) for key in ("types", "scope", "expiresAt")
        ):
            self._record["modifiedAt"] = self._now
        else:
            self._record = self._old
        return Outcome(self._record, self._changes, list(self._left.values()))


def stamped(instance: Instance, old: Instance | None, now: str) -> Instance:
    """The instance as it is kept: with system times, those of what stays taken from the old one, sub-attributes too."""
    new = {key: value for key, value in instance.items() if key not in _NOTES}
    new["createdAt"] = now if old is None else old.get("createdAt", now)
    new["modifiedAt"] = now
    if "sub" in new:
        before = {} if old is None else old.get("sub", {})
        new["sub"] = {
            name: [_stamped_sub(one, before.get(name, ()), now) for one in instances]
            for name, instances in new["sub"].items()
        }
    return new


def _stamped_sub(instance: Instance, before: Iterable[Instance], now: str) -> Instance:
    dataset = instance.get("datasetId")
    old = next((one for one in before if one.get("datasetId") == dataset), None)
    return old if old is instance else stamped(instance, old, now)


def scope_instance(scopes: list[str], created: str, modified: str) -> Instance:
    """The scope as if it were an attribute, which it is in a history."""
    return {"type": "Property", "value": scopes, "createdAt": created, "modifiedAt": modified}
