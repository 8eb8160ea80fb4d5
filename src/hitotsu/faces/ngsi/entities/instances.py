"""One attribute of a payload, normalised, concise or simplified, to its neutral instances."""

from dataclasses import dataclass
from typing import Any

from hitotsu.faces.ngsi.entities.geometry import looks_geometric
from hitotsu.faces.ngsi.entities.rules import (
    DEFAULT_DATASET,
    GEOMETRIC,
    KIND_OF_MEMBER,
    MARKS,
    MAX_DEPTH,
    MAX_HISTORY,
    MAX_INSTANCES,
    NULL,
    PREVIOUS_MEMBERS,
    RELATIONSHIPS,
    RESERVED,
    SEALS,
    SYSTEM_MEMBERS,
    VALUE_MEMBER,
    Instance,
    Json,
    Names,
    Path,
    check_members,
    is_name,
    read_date_time,
    read_name,
    read_names,
    read_uri,
    refuse,
)
from hitotsu.faces.ngsi.entities.values import is_null, read_value


@dataclass(frozen=True, slots=True)
class Mode:
    """What a payload may say, which depends on the operation."""

    nulls: bool = False  # NGSI-LD Null may stand for the deletion of an attribute
    partial: bool = False  # type and value may be missing; members and sub-attributes may be deleted
    deep: bool = False  # … and members inside a value too
    simplified: bool = False  # keyValues
    temporal: bool = False  # many instances of one datasetId
    fragment: bool = False  # an object is always an attribute, never a value


CREATE = Mode()
UPDATE = Mode(nulls=True)
PARTIAL = Mode(nulls=True, partial=True)
MERGE = Mode(nulls=True, partial=True, deep=True)
KEY_VALUES = Mode(simplified=True)
MERGE_KEY_VALUES = Mode(nulls=True, partial=True, deep=True, simplified=True)
TEMPORAL = Mode(temporal=True)

_TYPED_BY_KEY = frozenset({"languageMap", "json", "vocab"})
_INSTANCE_KEYS = frozenset(KIND_OF_MEMBER) | MARKS | {"type", "@type"}
_META = (
    MARKS | SYSTEM_MEMBERS | PREVIOUS_MEMBERS | SEALS | {"entity", "entityList", "@context", "@type", "type"}
)


class InstanceReader:
    """Reads the attributes of one payload; counts them."""

    __slots__ = ("context", "left", "mode")

    def __init__(self, context: Names, mode: Mode) -> None:
        self.context = context
        self.mode = mode
        self.left = MAX_HISTORY if mode.temporal else MAX_INSTANCES

    def attribute(self, value: Json, name: str, path: Path, depth: int) -> list[Instance]:
        """The instances of one attribute, the default instance first."""
        if self.mode.simplified and depth == 0:
            return self._simplified(value, name, path)
        if not isinstance(value, list) or not _are_instances(value):
            return [self._one(value, name, path, depth)]
        instances = [self._one(item, name, (*path, place), depth) for place, item in enumerate(value)]
        if self.mode.temporal and depth == 0:
            return instances
        seen: set[str | None] = set()
        for place, instance in enumerate(instances):
            dataset = instance.get("datasetId")
            if dataset in seen:
                refuse((*path, place), f"two instances have the same datasetId ({dataset or 'none'}).")
            seen.add(dataset)
        if None in seen and len(instances) > 1:
            instances.sort(key=lambda instance: "datasetId" in instance)
        return instances

    def _one(self, value: Json, name: str, path: Path, depth: int) -> Instance:
        self.left -= 1
        if self.left < 0:
            refuse(path, "the payload has too many attributes.")
        if depth > MAX_DEPTH:
            refuse(path, f"attributes are nested more than {MAX_DEPTH} deep.")
        if not isinstance(value, dict):
            return self._bare(value, name, path)
        kind = value["type"] if "type" in value else value.get("@type", ...)
        if kind is ...:
            member = self._value_member(value, path)
            if member is None:
                if not (self.mode.fragment and depth == 0) and not value.keys() & MARKS:
                    return self._bare(value, name, path)
                if not self.mode.partial:
                    refuse(path, "the attribute has no value.")
                return self._members(value, None, name, path, depth)
            kind = KIND_OF_MEMBER[member]
            if kind == "Property" and looks_geometric(value[member]):
                kind = "GeoProperty"
            instance = self._members(value, kind, name, path, depth)
            if self.mode.partial:
                instance["inferred"] = True
            return instance
        if looks_geometric(value):
            return self._bare(value, name, path)
        if isinstance(kind, str) and kind not in VALUE_MEMBER and is_name(kind):
            kind = self.context.expand(kind)
        if not isinstance(kind, str) or kind not in VALUE_MEMBER:
            refuse((*path, "type"), f"the type of an attribute is one of {', '.join(VALUE_MEMBER)}.")
        return self._members(value, kind, name, path, depth)

    def _value_member(self, value: dict[str, Any], path: Path) -> str | None:
        members = value.keys() & KIND_OF_MEMBER.keys()
        if len(members) > 1:
            refuse(path, f"an attribute has one value, not {' and '.join(sorted(members))}.")
        return members.pop() if members else None

    def _bare(self, value: Json, name: str, path: Path) -> Instance:
        if value == NULL:
            if not self.mode.nulls:
                refuse(path, "NGSI-LD Null is not allowed here.")
            return {"value": NULL}
        kind = "GeoProperty" if looks_geometric(value) else "Property"
        instance = {"type": kind, "value": self._value(kind, value, path)}
        if self.mode.partial:
            instance["bare"] = True
        elif name in GEOMETRIC and kind != "GeoProperty":
            refuse(path, f"{name} is a GeoProperty: its value is a GeoJSON geometry.")
        return instance

    def _members(
        self, value: dict[str, Any], kind: str | None, name: str, path: Path, depth: int
    ) -> Instance:
        instance: Instance = {} if kind is None else {"type": kind}
        own = None if kind is None else VALUE_MEMBER[kind]
        if kind is not None and name in GEOMETRIC and depth == 0 and kind != "GeoProperty":
            refuse((*path, "type"), f"{name} is a GeoProperty.")
        subs: dict[str, list[Instance]] = {}
        for key, item in value.items():
            if key == own:
                instance["value"] = self._value_or_null(str(kind), item, (*path, key))
            elif key in _META:
                if key not in ("type", "@type"):
                    self._meta(key, item, kind, name, instance, path)
            elif key in KIND_OF_MEMBER or key in RESERVED:
                refuse((*path, key), f"a {kind or 'partial attribute'} has no member {key}.")
            else:
                self._sub(key, item, subs, path, depth)
        if kind is not None:
            check_members(kind, instance, path)
        if "value" not in instance and not self.mode.partial:
            refuse(path, f"a {kind} needs the member {own}.")
        if subs:
            instance["sub"] = subs
        return instance

    def _sub(self, key: str, item: Json, subs: dict[str, list[Instance]], path: Path, depth: int) -> None:
        here = (*path, key)
        if not is_name(key):
            refuse(here, "this cannot be the name of an attribute.")
        name = self.context.expand(key)
        if name in RESERVED or name in subs:
            refuse(here, "this name of an attribute is taken.")
        instances = self.attribute(item, name, here, depth + 1)
        if self.mode.nulls and not self.mode.partial:
            # The whole attribute is replaced: a sub-attribute that is to go is simply not there.
            instances = [instance for instance in instances if instance["value"] != NULL]
        if instances:
            subs[name] = instances

    def _meta(
        self, key: str, item: Json, kind: str | None, name: str, instance: Instance, path: Path
    ) -> None:
        here = (*path, key)
        if key in SYSTEM_MEMBERS:
            return
        if key in ("entity", "entityList"):
            if kind is not None and kind not in RELATIONSHIPS:
                refuse(here, f"a {kind} has no member {key}.")
            return
        if item == NULL and self.mode.partial and key in MARKS and key != "datasetId":
            instance[key] = NULL
        elif key in ("observedAt", "expiresAt"):
            instance[key] = read_date_time(item, here)
        elif key == "datasetId":
            if item != DEFAULT_DATASET:
                instance[key] = read_uri(item, here)
        elif key == "unitCode":
            if not isinstance(item, str) or not 0 < len(item) <= 100:
                refuse(here, "a unit code of UN/CEFACT is needed here, like CEL.")
            instance[key] = item
        elif key == "objectType":
            names = read_names(item, here, self.context)
            instance[key] = names if isinstance(item, list) else names[0]
        elif key == "valueType":
            instance[key] = read_name(item, here, self.context)
        elif key in SEALS and name == "ngsildproof":
            if key == "entityTypeSealed":
                instance[key] = read_name(item, here, self.context)
            else:
                instance[key] = read_uri(item, here)
        elif key == "@context":
            refuse(here, "an attribute has no @context of its own.")
        else:
            refuse(here, "this member is not for payloads.")

    def _value_or_null(self, kind: str, item: Json, path: Path) -> Json:
        if is_null(kind, item):
            if not self.mode.nulls:
                refuse(path, "NGSI-LD Null is not allowed here.")
            return NULL
        return self._value(kind, item, path)

    def _value(self, kind: str, item: Json, path: Path) -> Json:
        return read_value(kind, item, path, self.context, deep=self.mode.deep)

    def _simplified(self, value: Json, name: str, path: Path) -> list[Instance]:
        if isinstance(value, dict) and len(value) == 1:
            (key, item), *_ = value.items()
            if key == "dataset" and isinstance(item, dict):
                return self._datasets(item, name, (*path, key))
            if key in _TYPED_BY_KEY:
                kind = KIND_OF_MEMBER[key]
                return [{"type": kind, "value": self._value_or_null(kind, item, (*path, key))}]
        self.left -= 1
        if self.left < 0:
            refuse(path, "the payload has too many attributes.")
        return [self._bare(value, name, path)]

    def _datasets(self, values: dict[str, Any], name: str, path: Path) -> list[Instance]:
        instances = []
        for dataset, value in values.items():
            here = (*path, dataset)
            if isinstance(value, dict) and value.keys() == {"dataset"}:
                refuse(here, "a dataset does not contain a dataset.")
            (instance,) = self._simplified(value, name, here)
            if dataset != DEFAULT_DATASET:
                instance["datasetId"] = read_uri(dataset, here)
            instances.append(instance)
        if not instances:
            refuse(path, "the attribute has no value.")
        instances.sort(key=lambda instance: "datasetId" in instance)
        return instances


def _are_instances(items: list[Any]) -> bool:
    return bool(items) and all(isinstance(item, dict) and item.keys() & _INSTANCE_KEYS for item in items)
