"""The values of the eight kinds of attributes: what each may be, and how NGSI-LD Null is written for it."""

from typing import Any

from hitotsu.faces.ngsi.entities.geometry import read_geometry
from hitotsu.faces.ngsi.entities.rules import (
    DEFAULT_DATASET,
    MAX_DEPTH,
    NULL,
    Json,
    Names,
    Path,
    is_language,
    read_uri,
    refuse,
)
from hitotsu.faces.ngsi.entities.strictjson import strict_loads
from hitotsu.faces.ngsi.problems import InvalidRequest


def is_null(kind: str, item: Json) -> bool:
    """Whether this is the way in which NGSI-LD Null is written for an attribute of this kind."""
    if item == NULL:
        return True
    if kind == "LanguageProperty":
        return bool(item == {DEFAULT_DATASET: NULL})
    if kind in ("ListProperty", "ListRelationship"):
        return item in ([NULL], [{"object": NULL}])
    return False


def null_value(kind: str) -> Json:
    """NGSI-LD Null as it is written for an attribute of this kind."""
    if kind == "LanguageProperty":
        return {DEFAULT_DATASET: NULL}
    return [NULL] if kind in ("ListProperty", "ListRelationship") else NULL


def read_value(kind: str, item: Json, path: Path, context: Names, *, deep: bool = False) -> Json:
    """The neutral value of an attribute. `deep`: members inside of it may be NGSI-LD Null, to be deleted by a merge."""
    if kind == "Property":
        if isinstance(item, dict | list) or item is None:
            _check(item, path, 0, deep)
        return item
    if kind == "Relationship":
        if isinstance(item, list):
            if not item:
                refuse(path, "a Relationship needs an object.")
            return [read_uri(one, (*path, place)) for place, one in enumerate(item)]
        return read_uri(item, path)
    if kind == "GeoProperty":
        return read_geometry(_unquoted(item, path), path)
    if kind == "LanguageProperty":
        return _read_language_map(item, path, deep)
    if kind == "VocabProperty":
        return _read_vocab(item, path, context)
    if kind == "JsonProperty":
        if not isinstance(item, dict | list):
            refuse(path, "a JsonProperty holds an object or an array.")
        _check_depth(item, path, 0)
        return item
    if not isinstance(item, list):
        refuse(path, f"a {kind} holds an array.")
    if kind == "ListProperty":
        _check(item, path, 0, deep)
        return item
    return [read_uri(_bare_object(one), (*path, place)) for place, one in enumerate(item)]


def _bare_object(item: Json) -> Json:
    return item["object"] if isinstance(item, dict) and item.keys() == {"object"} else item


def _read_language_map(item: Json, path: Path, deep: bool) -> dict[str, Any]:
    if not isinstance(item, dict) or not item:
        refuse(path, "a language map is an object of language tags and strings.")
    for tag, text in item.items():
        if not is_language(tag):
            refuse((*path, tag), "this is not a language tag of RFC 5646, nor @none.")
        texts = text if isinstance(text, list) else [text]
        if not all(isinstance(one, str) for one in texts):
            refuse((*path, tag), "a language map holds strings or arrays of strings.")
        if NULL in texts and not (deep and text == NULL):
            refuse((*path, tag), "NGSI-LD Null is not allowed here.")
    return item


def _read_vocab(item: Json, path: Path, context: Names) -> Json:
    words = item if isinstance(item, list) else [item]
    if not words or any(not isinstance(word, str) or not word or word == NULL for word in words):
        refuse(path, "a vocab is a word of a vocabulary, or an array of words.")
    expanded = [context.expand_vocabulary(word) for word in words]
    return expanded if isinstance(item, list) else expanded[0]


def _check(item: Json, path: Path, depth: int, deep: bool) -> None:
    # JSON null disappears in JSON-LD, and NGSI-LD Null deletes: neither is a value.
    if item is None:
        refuse(path, "null is not a value in JSON-LD; a JsonProperty can hold it.")
    if depth > MAX_DEPTH:
        refuse(path, f"the value is nested more than {MAX_DEPTH} deep.")
    if isinstance(item, dict):
        if item.get("@type") == "@json":
            _check_depth(item, path, depth)
            return
        for key, one in item.items():
            if not (deep and one == NULL):
                _check(one, (*path, key), depth + 1, deep)
    elif isinstance(item, list):
        # A merge replaces arrays as wholes: in them there is nothing to delete.
        for place, one in enumerate(item):
            _check(one, (*path, place), depth + 1, False)
    elif item == NULL:
        refuse(path, "NGSI-LD Null is not allowed here.")


def _check_depth(item: Json, path: Path, depth: int) -> None:
    if depth > MAX_DEPTH:
        refuse(path, f"the value is nested more than {MAX_DEPTH} deep.")
    if isinstance(item, dict):
        for key, one in item.items():
            _check_depth(one, (*path, key), depth + 1)
    elif isinstance(item, list):
        for place, one in enumerate(item):
            _check_depth(one, (*path, place), depth + 1)


def _unquoted(item: Json, path: Path) -> Json:
    # A geometry may come as a string that holds it (clause 4.7.2).
    if not isinstance(item, str):
        return item
    try:
        return strict_loads(item.encode())
    except InvalidRequest:
        refuse(path, "a GeoJSON geometry is needed here.")
