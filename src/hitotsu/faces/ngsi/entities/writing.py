"""Neutral record to payload: normalised, concise, simplified."""

from collections.abc import Iterable
from typing import Any

import msgspec

from hitotsu.faces.ngsi.entities.geometry import looks_geometric
from hitotsu.faces.ngsi.entities.rules import (
    DEFAULT_DATASET,
    KIND_OF_MEMBER,
    MARKS,
    NULL,
    VALUE_MEMBER,
    Instance,
    Json,
    Names,
    Record,
)
from hitotsu.faces.ngsi.entities.values import null_value
from hitotsu.faces.ngsi.entities.views import CONCISE, SIMPLIFIED, Lookup, View, choose_language

_ENCODER = msgspec.json.Encoder()
# What of an instance needs no second look: kind, value and the two system times.
_PLAIN = 4
_COPIED = (
    "datasetId",
    "unitCode",
    "observedAt",
    "expiresAt",
    "instanceId",
    "deletedAt",
    "entityIdSealed",
    "lang",
)
_NAMED = ("objectType", "valueType", "entityTypeSealed")
_SYSTEM_TIMES = ("createdAt", "modifiedAt")
# A value that has one of these members cannot stand alone: it would be read as an attribute.
_TELLING = frozenset(KIND_OF_MEMBER) | MARKS | {"type", "@type"}
_LINKED_MEMBER = {"Relationship": "entity", "ListRelationship": "entityList"}
_PREVIOUS_MEMBER = {
    kind: "previous" + member[0].upper() + member[1:] for kind, member in VALUE_MEMBER.items()
}


def encode(payload: Json) -> bytes:
    """JSON in UTF-8."""
    return _ENCODER.encode(payload)


class Writer:
    """Writes records with one context and one view. Keep it for a whole answer.

    `lookup` gives the linked entities for an inline join, down to `level` relationships away.
    """

    __slots__ = ("_all", "_compact", "_form", "_level", "_lookup", "_sys", "_view")

    def __init__(self, context: Names, view: View, *, lookup: Lookup | None = None, level: int = 0) -> None:
        self._compact = context.compact
        self._view = view
        self._form = view.form
        self._sys = view.sys_attrs
        self._lookup = lookup
        self._level = level if lookup is not None else 0
        self._all = view.pick is None and view.omit is None and view.attrs is None

    def entity(self, record: Record) -> dict[str, Any]:
        """The entity as a payload without @context."""
        return self._entity(record, self._view, self._level, frozenset((record["id"],)))

    def entities(self, records: Iterable[Record]) -> list[dict[str, Any]]:
        """The entities, one after the other."""
        return [self.entity(record) for record in records]

    def evolution(self, record: Record, time_property: str = "observedAt") -> dict[str, Any]:
        """The temporal form (clause 4.5.6) of a record whose attributes hold their histories: always arrays."""
        view = self._view
        out = self._entity({**record, "attributes": {}}, view, 0, frozenset())
        for name, instances in record["attributes"].items():
            shown = self.selected(name, instances)
            written = [self._instance(name, one, view, 0, frozenset(), alone=False) for one in shown]
            for one, payload in zip(shown, written, strict=True):
                if time_property in one:
                    payload.setdefault(time_property, one[time_property])
            if written:
                out[self._compact(name)] = written
        return out

    def selected(self, name: str, instances: list[Instance]) -> list[Instance]:
        """Those instances of an attribute that the view shows."""
        view = self._view
        if not view.shows(name) or (view.attrs is not None and name not in view.attrs):
            return []
        if view.datasets is None:
            return instances
        return [one for one in instances if one.get("datasetId", DEFAULT_DATASET) in view.datasets]

    def bare_value(self, instance: Instance) -> Json:
        """The value of an instance in the simplified form."""
        return self._simple("", instance, self._view, 0, frozenset())

    def attribute(self, instances: list[Instance]) -> Json:
        """One attribute of an entity, as it stands under its name; None where the view leaves nothing of it."""
        return self._attribute("", instances, self._view, 0, frozenset())

    def _entity(self, record: Record, view: View, level: int, above: frozenset[str]) -> dict[str, Any]:
        compact = self._compact
        out: dict[str, Any] = {}
        every = self._all and view is self._view
        if every or view.shows("id"):
            out["id"] = record["id"]
        if every or view.shows("type"):
            types = record["types"]
            out["type"] = compact(types[0]) if len(types) == 1 else [compact(name) for name in types]
        scopes = record.get("scope")
        if scopes and (every or view.shows("scope")):
            out["scope"] = scopes[0] if len(scopes) == 1 else scopes
        for name, instances in record["attributes"].items():
            if every or (view.shows(name) and (view.attrs is None or name in view.attrs)):
                written = self._attribute(name, instances, view, level, above)
                if written is not None:
                    out[compact(name)] = written
        for name in ("expiresAt", "deletedAt"):
            if name in record and (every or view.shows(name)):
                out[name] = record[name]
        if self._sys:
            for name in _SYSTEM_TIMES:
                if name in record and (every or view.shows(name)):
                    out[name] = record[name]
        return out

    def _attribute(
        self, name: str, instances: list[Instance], view: View, level: int, above: frozenset[str]
    ) -> Json:
        if view.datasets is not None:
            instances = [one for one in instances if one.get("datasetId", DEFAULT_DATASET) in view.datasets]
        if view.now is not None:
            instances = [one for one in instances if not _expired(one, view.now)]
        if not instances:
            return None
        if self._form == SIMPLIFIED:
            if len(instances) == 1:
                return self._simple(name, instances[0], view, level, above)
            return {
                "dataset": {
                    one.get("datasetId", DEFAULT_DATASET): self._simple(name, one, view, level, above)
                    for one in instances
                }
            }
        if len(instances) == 1:
            return self._instance(name, instances[0], view, level, above, alone=True)
        return [self._instance(name, one, view, level, above, alone=False) for one in instances]

    def _instance(
        self, name: str, instance: Instance, view: View, level: int, above: frozenset[str], *, alone: bool
    ) -> Json:
        kind, value = instance["type"], instance["value"]
        language = None
        if kind == "LanguageProperty" and view.languages is not None and value != NULL:
            language = choose_language(list(value), view.languages)
            kind, value = "Property", value[language]
        out: dict[str, Any] = {"type": kind, VALUE_MEMBER[kind]: self._value(kind, value)}
        if language is not None:
            out["lang"] = language
        if len(instance) > _PLAIN or "createdAt" not in instance or "modifiedAt" not in instance:
            self._extras(instance, view, out)
        if self._sys:
            for time in _SYSTEM_TIMES:
                if time in instance:
                    out[time] = instance[time]
        if level and kind in _LINKED_MEMBER:
            linked = self._linked(name, value, view, level, above)
            found = [one for one in linked if isinstance(one, dict)]
            if found:
                out[_LINKED_MEMBER[kind]] = found if isinstance(value, list) else found[0]
        return _shortened(out, alone) if self._form == CONCISE else out

    def _extras(self, instance: Instance, view: View, out: dict[str, Any]) -> None:
        for key in _COPIED:
            if key in instance:
                out[key] = instance[key]
        for key in _NAMED:
            if key in instance:
                names = instance[key]
                out[key] = (
                    [self._compact(one) for one in names] if isinstance(names, list) else self._compact(names)
                )
        if "previous" in instance:
            kind = instance["type"]
            out[_PREVIOUS_MEMBER[kind]] = self._value(kind, instance["previous"])
        for name, subs in instance.get("sub", {}).items():
            written = [
                self._instance(name, one, view, 0, frozenset(), alone=len(subs) == 1)
                for one in subs
                if view.now is None or not _expired(one, view.now)
            ]
            if written:
                out[self._compact(name)] = written[0] if len(written) == 1 else written

    def _value(self, kind: str, value: Json) -> Json:
        if kind == "Property" or kind == "GeoProperty" or kind == "Relationship":
            return value
        if value == NULL:
            return null_value(kind)
        if kind == "VocabProperty":
            return [self._compact(one) for one in value] if isinstance(value, list) else self._compact(value)
        if kind == "ListRelationship" and self._form != SIMPLIFIED and self._form != CONCISE:
            return [{"object": one} for one in value]
        return value

    def _simple(self, name: str, instance: Instance, view: View, level: int, above: frozenset[str]) -> Json:
        kind, value = instance["type"], instance["value"]
        if kind == "LanguageProperty" and view.languages is not None and value != NULL:
            return value[choose_language(list(value), view.languages)]
        if level and kind in _LINKED_MEMBER:
            linked = self._linked(name, value, view, level, above)
            return linked if isinstance(value, list) else linked[0]
        value = self._value(kind, value)
        if kind in ("LanguageProperty", "VocabProperty", "JsonProperty"):
            return {VALUE_MEMBER[kind]: value}
        return value

    def _linked(self, name: str, value: Json, view: View, level: int, above: frozenset[str]) -> list[Any]:
        found: list[Any] = []
        below = view.of_linked(name)
        for target in value if isinstance(value, list) else [value]:
            record = self._lookup(target) if self._lookup is not None and target not in above else None
            found.append(
                target if record is None else self._entity(record, below, level - 1, above | {target})
            )
        return found


def _shortened(out: dict[str, Any], alone: bool) -> Json:
    # The concise form leaves out what the reader concludes: the kind, and for a mere value everything around it.
    kind = out["type"]
    value = out[VALUE_MEMBER[kind]]
    if kind == "Property" and looks_geometric(value):
        return out
    if alone and len(out) == 2 and kind in ("Property", "GeoProperty") and _stands_alone(kind, value):
        return value
    del out["type"]
    return out


def _stands_alone(kind: str, value: Json) -> bool:
    if kind == "GeoProperty":
        return looks_geometric(value)
    if isinstance(value, dict):
        return not value.keys() & _TELLING
    if isinstance(value, list):
        return not (value and all(isinstance(one, dict) and one.keys() & _TELLING for one in value))
    return True


def _expired(instance: Instance, now: str) -> bool:
    expires = instance.get("expiresAt")
    return expires is not None and _comparable(expires) <= _comparable(now)


def _comparable(moment: str) -> str:
    # 2026-01-01T00:00:00Z comes before 2026-01-01T00:00:00.5Z: compare without the Z.
    return moment.rstrip("Z")
