"""What an NGSI-LD operation does to a record (clauses 5.6.1 to 5.6.5, 5.6.18, 5.6.19), apart from merging.

Each takes the stored record (never changed in place), what was read from the payload, and the present moment as
`now` (ISO 8601 in UTC with microseconds), and gives an Outcome. `createdAt` survives, `modifiedAt` moves only where
something was written.
"""

from typing import Any

from hitotsu.faces.ngsi.entities.drafts import Change, Draft, Kind, Outcome, scope_instance, stamped
from hitotsu.faces.ngsi.entities.rules import NULL, Instance, Record, check_members, refuse
from hitotsu.faces.ngsi.problems import ResourceNotFound


def create(entity: Record, now: str) -> Outcome:
    """A new record."""
    return _written(entity, None, now)


def replace_entity(record: Record, entity: Record, now: str) -> Outcome:
    """The record with everything but its id and creation time replaced. Attributes that stay keep their creation time."""
    return _written(entity | {"id": record["id"]}, record, now)


def append_attributes(record: Record, fragment: Record, now: str, *, overwrite: bool = True) -> Outcome:
    """Attributes added, and replaced where they are there; with overwrite off these are named in not_updated."""
    draft = Draft(record, now)
    for name, instances in fragment["attributes"].items():
        for instance in instances:
            old = draft.instance(name, instance.get("datasetId"))
            if old is not None and not overwrite:
                draft.leave(name, "The attribute exists, and overwriting was not allowed.")
            else:
                draft.put(name, instance, old)
    draft.add_types(fragment)
    if fragment.get("scope") is not None:
        scopes = fragment["scope"]
        draft.set_scope(scopes if overwrite else list(dict.fromkeys([*record.get("scope", []), *scopes])))
    draft.set_expiry(fragment)
    return draft.outcome()


def update_attributes(record: Record, fragment: Record, now: str) -> Outcome:
    """Attributes replaced as wholes, added where they are missing, deleted where NGSI-LD Null is given."""
    draft = Draft(record, now)
    for name, instances in fragment["attributes"].items():
        for instance in instances:
            old = draft.instance(name, instance.get("datasetId"))
            if instance["value"] != NULL:
                draft.put(name, instance, old)
            elif old is not None:
                draft.remove(name, old)
            else:
                draft.leave(name, "The attribute is not there.")
    draft.add_types(fragment)
    if "scope" in fragment and (fragment["scope"] is None or record.get("scope")):
        draft.set_scope(fragment["scope"])
    draft.set_expiry(fragment)
    return draft.outcome()


def replace_attribute(record: Record, name: str, instances: list[Instance], now: str) -> Outcome:
    """Instances of one attribute replaced. Raises ResourceNotFound where one of them is not there."""
    draft = Draft(record, now)
    for instance in instances:
        draft.put(name, instance, draft.needed(name, instance.get("datasetId")))
    return draft.outcome()


def partial_attribute_update(record: Record, name: str, instances: list[Instance], now: str) -> Outcome:
    """Members and sub-attributes of one attribute overwritten, added, or deleted where NGSI-LD Null is given.

    Raises ResourceNotFound where the instance is not there, BadRequestData where its kind would change or where
    NGSI-LD Null is given for the attribute itself.
    """
    draft = Draft(record, now)
    for patch in instances:
        old = draft.needed(name, patch.get("datasetId"))
        if patch.get("value") == NULL:
            refuse((), "a partial update does not delete the attribute itself.")
        draft.put(name, _overwritten(old, _of_same_kind(patch, old)), old)
    return draft.outcome()


def delete_attribute(
    record: Record, name: str, now: str, *, dataset: str | None = None, every: bool = False
) -> Outcome:
    """The default instance, that of a datasetId, or every instance deleted; or the scope.

    Raises ResourceNotFound where there is none such.
    """
    draft = Draft(record, now)
    if name == "scope":
        if not record.get("scope"):
            raise ResourceNotFound("The entity has no scope.")
        draft.set_scope(None)
    elif every:
        if name not in record["attributes"]:
            raise ResourceNotFound(f"The entity has no attribute {name}.")
        for old in record["attributes"][name]:
            draft.remove(name, old)
    else:
        draft.remove(name, draft.needed(name, dataset))
    return draft.outcome()


def _of_same_kind(patch: Instance, old: Instance) -> Instance:
    kind = patch.get("type", old["type"])
    if kind == old["type"]:
        return patch
    # A kind that was only concluded yields: a Property may hold what looks like a geometry.
    concluded = "inferred" in patch or "bare" in patch
    if not concluded or (old["type"], kind) != ("Property", "GeoProperty"):
        refuse(("type",), f"the attribute is a {old['type']} and stays one.")
    return patch | {"type": "Property"}


def _overwritten(old: Instance, patch: Instance) -> Instance:
    new = dict(old)
    for key, value in patch.items():
        if key == "sub":
            continue
        if value == NULL:
            new.pop(key, None)
        else:
            new[key] = value
    check_members(old["type"], new, ())
    if "sub" in patch:
        subs = _patched_subs(old.get("sub", {}), patch["sub"])
        if subs:
            new["sub"] = subs
        else:
            new.pop("sub", None)
    return new


def _patched_subs(
    standing: dict[str, list[Instance]], patches: dict[str, list[Instance]]
) -> dict[str, list[Instance]]:
    """Sub-attributes after a partial update: replaced or added datasetId by datasetId, deleted by NGSI-LD Null."""
    subs: dict[str, list[Instance]] = dict(standing)
    for name, instances in patches.items():
        by_dataset: dict[Any, Instance] = {one.get("datasetId"): one for one in subs.get(name, ())}
        for instance in instances:
            if instance.get("value") == NULL:
                by_dataset.pop(instance.get("datasetId"), None)
            elif "value" not in instance:
                refuse((name,), "a sub-attribute needs a value.")
            else:
                by_dataset[instance.get("datasetId")] = instance
        if by_dataset:
            subs[name] = sorted(by_dataset.values(), key=lambda one: "datasetId" in one)
        else:
            subs.pop(name, None)
    return subs


def _written(entity: Record, before: Record | None, now: str) -> Outcome:
    record: Record = {"id": entity["id"], "types": entity["types"]}
    old_scope = before.get("scope") if before else None
    scope = entity.get("scope")
    changes: list[Change] = []
    if scope:
        record["scope"] = scope
    if "expiresAt" in entity:
        record["expiresAt"] = entity["expiresAt"]
    created = before["createdAt"] if before else now
    attributes: dict[str, list[Instance]] = {}
    standing = before["attributes"] if before else {}
    for name, instances in entity["attributes"].items():
        old_ones = {one.get("datasetId"): one for one in standing.get(name, ())}
        kept = []
        for instance in instances:
            old = old_ones.get(instance.get("datasetId"))
            new = stamped(instance, old, now)
            kept.append(new)
            kind: Kind = "created" if old is None else "updated"
            changes.append(Change(name, new.get("datasetId"), kind, new, old))
        attributes[name] = kept
    for name, old_instances in standing.items():
        staying = {one.get("datasetId") for one in attributes.get(name, ())}
        changes += [
            Change(name, one.get("datasetId"), "deleted", None, one)
            for one in old_instances
            if one.get("datasetId") not in staying
        ]
    if scope or old_scope:
        new_scope = scope_instance(scope, created if old_scope else now, now) if scope else None
        previous = scope_instance(old_scope, created, before["modifiedAt"]) if before and old_scope else None
        kind = "deleted" if not scope else "updated" if old_scope else "created"
        changes.append(Change("scope", None, kind, new_scope, previous))
    record |= {"attributes": attributes, "createdAt": created, "modifiedAt": now}
    return Outcome(record, changes)
