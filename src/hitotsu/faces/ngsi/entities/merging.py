"""Merging a fragment into a record (Merge Entity, clauses 5.5.12 and 5.6.17): RFC 7396 down into the values."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hitotsu.faces.ngsi.entities.drafts import Draft, Outcome
from hitotsu.faces.ngsi.entities.rules import (
    MARKS,
    NULL,
    VALUE_MEMBER,
    Instance,
    Json,
    Record,
    check_members,
    is_uri,
    refuse,
)

_MERGED = frozenset({"Property", "LanguageProperty", "JsonProperty"})


@dataclass(frozen=True, slots=True)
class MergeOptions:
    """What a merge request says beside its payload.

    `observed_at` is taken over by attributes that had an observedAt and get no other one; `language` is the tag
    under which a bare string goes into a language map; `expand` makes names of the bare words of a vocabulary.
    """

    observed_at: str | None = None
    language: str | None = None
    expand: Callable[[str], str] = str


def merge_entity(record: Record, fragment: Record, now: str, options: MergeOptions | None = None) -> Outcome:
    """The record with a fragment merged into it. Types are added, the scope is replaced.

    Raises BadRequestData where the fragment brings an attribute without a value that the record does not have, or
    a bare value that the attribute cannot hold.
    """
    options = options or MergeOptions()
    draft = Draft(record, now)
    for name, patches in fragment["attributes"].items():
        for patch in patches:
            old = draft.instance(name, patch.get("datasetId"))
            if patch.get("value") == NULL:
                if old is not None:
                    draft.remove(name, old)
            else:
                draft.put(name, merged(old, patch, (name,), now, options), old)
    draft.add_types(fragment)
    if "scope" in fragment:
        draft.set_scope(fragment["scope"])
    draft.set_expiry(fragment)
    return draft.outcome()


def merge_attribute(
    record: Record, name: str, patches: list[Instance], now: str, options: MergeOptions | None = None
) -> Outcome:
    """As merge_entity, for one attribute."""
    return merge_entity(record, {"attributes": {name: patches}}, now, options)


def merged(
    old: Instance | None, patch: Instance, path: tuple[str, ...], now: str, options: MergeOptions
) -> Instance:
    """The instance that comes of an old one (or of none) and a patch. What the patch does not touch stays the same object."""
    if old is not None:
        patch = _settled(old, patch, path, options)
    if old is None or patch.get("type", old["type"]) != old["type"]:
        return _fresh(patch, path, now, options)
    new = dict(old)
    for key, value in patch.items():
        if key in MARKS:
            if value == NULL:
                new.pop(key, None)
            else:
                new[key] = value
    check_members(old["type"], new, path)
    if "value" in patch:
        new["value"] = _merged_value(old["type"], old["value"], patch["value"], path)
    if options.observed_at is not None and "observedAt" in old and "observedAt" not in patch:
        new["observedAt"] = options.observed_at
    subs = _merged_subs(old.get("sub", {}), patch.get("sub", {}), path, now, options)
    if subs:
        new["sub"] = subs
    else:
        new.pop("sub", None)
    return new


def _fresh(patch: Instance, path: tuple[str, ...], now: str, options: MergeOptions) -> Instance:
    if "value" not in patch or "type" not in patch:
        refuse(path, "the attribute is new, and needs a value.")
    new = {key: value for key, value in patch.items() if value != NULL and key != "sub"}
    kind, value = new["type"], new["value"]
    if kind in _MERGED:
        new["value"] = merge_patch(None, value)
        if kind == "LanguageProperty" and not new["value"]:
            refuse(path, "the language map is empty.")
    subs = _merged_subs({}, patch.get("sub", {}), path, now, options)
    if subs:
        new["sub"] = subs
    return new


def _merged_subs(
    standing: dict[str, list[Instance]],
    patches: dict[str, list[Instance]],
    path: tuple[str, ...],
    now: str,
    options: MergeOptions,
) -> dict[str, list[Instance]]:
    # The common observedAt and language are for the attributes of the entity, not for theirs.
    below = MergeOptions(expand=options.expand)
    subs = dict(standing)
    for name, instances in patches.items():
        by_dataset: dict[Any, Instance] = {one.get("datasetId"): one for one in subs.get(name, ())}
        for patch in instances:
            dataset = patch.get("datasetId")
            if patch.get("value") == NULL:
                by_dataset.pop(dataset, None)
            else:
                by_dataset[dataset] = merged(by_dataset.get(dataset), patch, (*path, name), now, below)
        if by_dataset:
            subs[name] = sorted(by_dataset.values(), key=lambda one: "datasetId" in one)
        else:
            subs.pop(name, None)
    return subs


def _settled(old: Instance, patch: Instance, path: tuple[str, ...], options: MergeOptions) -> Instance:
    # A bare value says nothing of its kind: the attribute keeps the one that it has.
    kind = old["type"]
    if patch.get("type", kind) == kind:
        return patch
    if "bare" not in patch:
        if "inferred" in patch and kind == "Property" and patch["type"] == "GeoProperty":
            return patch | {"type": kind}
        return patch
    value = patch["value"]
    fits = True
    if kind == "LanguageProperty":
        fits = isinstance(value, str) or (
            isinstance(value, list) and all(isinstance(one, str) for one in value)
        )
        value = {options.language or "@none": value}
    elif kind in ("Relationship", "ListRelationship"):
        targets = value if isinstance(value, list) else [value]
        fits = bool(targets) and all(isinstance(one, str) and is_uri(one) for one in targets)
        fits = fits and (kind == "Relationship" or isinstance(value, list))
    elif kind == "VocabProperty":
        words = value if isinstance(value, list) else [value]
        fits = bool(words) and all(isinstance(one, str) and one for one in words)
        if fits:
            value = (
                [options.expand(one) for one in words] if isinstance(value, list) else options.expand(value)
            )
    elif kind == "ListProperty":
        fits = isinstance(value, list)
    elif kind == "JsonProperty":
        fits = isinstance(value, dict | list)
    elif kind == "GeoProperty":
        fits = patch["type"] == "GeoProperty"
    if not fits:
        refuse(path, f"the attribute is a {kind}, which cannot hold this as its {VALUE_MEMBER[kind]}.")
    return patch | {"type": kind, "value": value}


def _merged_value(kind: str, old: Json, patch: Json, path: tuple[str, ...]) -> Json:
    if kind not in _MERGED:
        return patch
    value = merge_patch(old, patch)
    if kind == "LanguageProperty" and not value:
        refuse(path, "a language map keeps one language or more; delete the attribute instead.")
    return value


def merge_patch(target: Json, patch: Json) -> Json:
    """JSON Merge Patch (RFC 7396) with NGSI-LD Null for null. Changes neither of the two."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value == NULL:
            result.pop(key, None)
        else:
            result[key] = merge_patch(result.get(key), value)
    return result
