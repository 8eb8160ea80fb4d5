"""Payload to neutral record: whole entities, fragments of them, single attributes.

A fragment is shaped like a record, but `types`, `scope` and system times may be missing. In it an instance whose
`value` is NGSI-LD Null asks for its deletion, a `scope` of None for that of the scope, and an instance may lack
`type` and `value` where the mode is partial. Two marks are for the operations, which take them off again:
`bare` (a value without any member around it) and `inferred` (the kind was not said, only concluded).
"""

from dataclasses import replace
from typing import Any

from hitotsu.faces.ngsi.entities.instances import CREATE, InstanceReader, Mode
from hitotsu.faces.ngsi.entities.rules import (
    NULL,
    RESERVED,
    Instance,
    Json,
    Names,
    Record,
    is_name,
    is_uri,
    read_date_time,
    read_names,
    read_scope,
    refuse,
)

_ENTITY_MEMBERS = frozenset({"id", "type", "scope", "expiresAt", "@context", "@id", "@type"})
_IGNORED = frozenset({"createdAt", "modifiedAt", "deletedAt"})


def read_entity(payload: Json, context: Names, mode: Mode = CREATE) -> Record:
    """A whole entity as a record without system times: id, types, attributes, and where given scope and expiresAt.

    Raises BadRequestData, with the place as JSON pointer, for whatever the standard forbids in it.
    """
    record = _read_members(payload, context, mode)
    if "id" not in record:
        refuse(("id",), "an entity needs an id.")
    if "types" not in record:
        refuse(("type",), "an entity needs a type.")
    return record


def read_fragment(payload: Json, context: Names, mode: Mode, *, entity_id: str | None = None) -> Record:
    """A part of the entity `entity_id`: as read_entity, but id and type may be missing.

    Raises BadRequestData also where the payload names another entity.
    """
    fragment = _read_members(payload, context, mode)
    if entity_id is not None and fragment.get("id", entity_id) != entity_id:
        refuse(("id",), f"the payload is of another entity than {entity_id}.")
    return fragment


def read_attribute(
    payload: Json, term: str, context: Names, mode: Mode = CREATE
) -> tuple[str, list[Instance]]:
    """The neutral name of an attribute, and its instances from an attribute fragment (or an array of them)."""
    name = read_attribute_name(term, context)
    if isinstance(payload, dict) and "@context" in payload:
        payload = {key: value for key, value in payload.items() if key != "@context"}
    if mode.partial:
        mode = replace(mode, fragment=True)
    return name, InstanceReader(context, mode).attribute(payload, name, (), 0)


def read_attribute_name(term: str, context: Names) -> str:
    """The neutral name of an attribute that an address names. Raises BadRequestData where it cannot be one."""
    if term == "scope" or term in RESERVED or not is_name(term):
        refuse((), f"“{term[:100]}” is not the name of an attribute.")
    name = context.expand(term)
    if name == "scope" or name in RESERVED:
        refuse((), f"“{term[:100]}” is not the name of an attribute.")
    return name


def _read_members(payload: Json, context: Names, mode: Mode) -> Record:
    if not isinstance(payload, dict):
        refuse((), "an entity is a JSON object.")
    record: Record = {}
    attributes: dict[str, list[Instance]] = {}
    reader = InstanceReader(context, mode)
    for key, value in payload.items():
        if key in _ENTITY_MEMBERS:
            _read_entity_member(key, value, record, reader, attributes)
            continue
        if key in _IGNORED:
            continue
        if key in RESERVED or not is_name(key):
            refuse((key,), "this cannot be the name of an attribute.")
        name = context.expand(key)
        if name in RESERVED or name == "scope":
            refuse((key,), "this cannot be the name of an attribute.")
        if name in attributes:
            refuse((key,), "this attribute is there twice, under two names that mean the same.")
        attributes[name] = reader.attribute(value, name, (key,), 0)
    record["attributes"] = attributes
    return record


def _read_entity_member(
    key: str, value: Json, record: Record, reader: InstanceReader, attributes: dict[str, Any]
) -> None:
    mode = reader.mode
    if key in ("id", "@id"):
        if not isinstance(value, str) or value == NULL or not is_uri(value):
            refuse((key,), "the id of an entity is a URI, like urn:ngsi-ld:Shelter:1.")
        record["id"] = value
    elif key in ("type", "@type"):
        record["types"] = read_names(value, (key,), reader.context)
    elif key == "scope":
        if mode.temporal and _is_reified(value):
            attributes["scope"] = reader.attribute(value, "scope", (key,), 0)
        elif value == NULL:
            if not mode.nulls:
                refuse((key,), "NGSI-LD Null is not allowed here.")
            record["scope"] = None
        else:
            record["scope"] = read_scope(value, (key,))
    elif key == "expiresAt":
        if value == NULL and mode.partial:
            record["expiresAt"] = NULL
        else:
            record["expiresAt"] = read_date_time(value, (key,))


def _is_reified(value: Json) -> bool:
    items = value if isinstance(value, list) else [value]
    return bool(items) and all(isinstance(item, dict) for item in items)
