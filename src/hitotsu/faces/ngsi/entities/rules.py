"""What the standard says of names, identifiers, dates, scopes and the eight kinds of attributes."""

import re
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NoReturn, Protocol

from hitotsu.faces.ngsi.problems import BadRequestData

Json = Any
Instance = dict[str, Any]
Record = dict[str, Any]
Path = tuple[str | int, ...]

NULL: Final = "urn:ngsi-ld:null"
DEFAULT_DATASET: Final = "@none"
LANG_STRING: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"

# The member that holds the value of each kind, and the members with which nothing else may be said.
VALUE_MEMBER: Final = {
    "Property": "value",
    "GeoProperty": "value",
    "Relationship": "object",
    "LanguageProperty": "languageMap",
    "VocabProperty": "vocab",
    "ListProperty": "valueList",
    "ListRelationship": "objectList",
    "JsonProperty": "json",
}
KIND_OF_MEMBER: Final = {
    "value": "Property",
    "object": "Relationship",
    "languageMap": "LanguageProperty",
    "vocab": "VocabProperty",
    "valueList": "ListProperty",
    "objectList": "ListRelationship",
    "json": "JsonProperty",
}
RELATIONSHIPS: Final = frozenset({"Relationship", "ListRelationship"})
WITH_UNIT: Final = frozenset({"Property", "ListProperty"})
GEOMETRIC: Final = frozenset({"location", "observationSpace", "operationSpace"})

# Non-reified members that make an object an attribute even where it has no value (in a patch).
MARKS: Final = frozenset({"unitCode", "observedAt", "datasetId", "expiresAt", "objectType", "valueType"})
SYSTEM_MEMBERS: Final = frozenset({"createdAt", "modifiedAt", "deletedAt", "instanceId"})
PREVIOUS_MEMBERS: Final = frozenset(
    {
        "previousValue",
        "previousObject",
        "previousLanguageMap",
        "previousVocab",
        "previousJson",
        "previousValueList",
        "previousObjectList",
    }
)
SEALS: Final = frozenset({"entityIdSealed", "entityTypeSealed"})
# Core terms that are not attributes (clause 4.5.1), as terms and as neutral names.
RESERVED: Final = (
    frozenset(KIND_OF_MEMBER)
    | MARKS
    | SYSTEM_MEMBERS
    | PREVIOUS_MEMBERS
    | SEALS
    | {"id", "type", "@id", "@type", "entity", "entityList", "lang", "dataset"}
    | {"hasValue", "hasObject", "hasLanguageMap", "hasVocab", "hasJSON", "hasValueList", "hasObjectList"}
    | {"hasObjectType", "hasValueType", "hasDataset"}
)

MAX_ID_BYTES: Final = 1024  # with the name and datasetId of an attribute it still fits one index entry
MAX_NAME_BYTES: Final = 512
MAX_DEPTH: Final = 64
MAX_INSTANCES: Final = 2_000  # of attributes and sub-attributes in one payload
MAX_HISTORY: Final = 100_000  # … in the temporal form
MAX_SCOPES: Final = 100

_LONG = 1_000  # characters of a pointer that an answer repeats
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s\x00-\x20\x7f<>\"{}|\\^`]+")
_NAME = re.compile(r"\w+(:\w+)?")
_SCOPE = re.compile(r"/?\w+(/\w+)*")
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,6})?Z", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", re.ASCII)


class Names(Protocol):
    """The two directions of a JSON-LD context, between terms of the payload and neutral names."""

    def expand(self, term: str) -> str: ...

    def expand_vocabulary(self, value: str) -> str: ...

    def compact(self, name: str) -> str: ...


def pointer(path: Path) -> str:
    """The JSON pointer (RFC 6901) of a place in the payload."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def refuse(path: Path, sentence: str) -> NoReturn:
    """Raise BadRequestData with the place in the sentence and as pointer."""
    where = pointer(path)
    if len(where) > _LONG:
        where = where[:_LONG] + "…"
    raise BadRequestData(f"{where}: {sentence}" if where else sentence, pointer=where)


def is_uri(text: str) -> bool:
    """Whether this is an absolute URI (or IRI) of bearable length."""
    return (
        len(text) <= MAX_ID_BYTES
        and _ABSOLUTE.fullmatch(text) is not None
        and (text.isascii() or len(text.encode()) <= MAX_ID_BYTES)
    )


def is_name(text: str) -> bool:
    """Whether this may name a type or attribute (clause 4.6.2): letters, digits and _, or prefix:name, or a URI."""
    return len(text) <= MAX_NAME_BYTES and _is_name(text)


def is_scope(text: str) -> bool:
    """Whether this is a scope (clause 4.18): levels of letters, digits and _, divided by /."""
    return len(text) <= MAX_NAME_BYTES and _is_scope(text)


# Names and scopes are few and come again; identifiers and timestamps are not worth remembering.
@lru_cache(maxsize=8_192)
def _is_name(text: str) -> bool:
    if len(text.encode()) > MAX_NAME_BYTES:
        return False
    if _NAME.fullmatch(text):
        return all(part[0].isalpha() for part in text.split(":"))
    return is_uri(text)


@lru_cache(maxsize=8_192)
def _is_scope(text: str) -> bool:
    if len(text.encode()) > MAX_NAME_BYTES or not _SCOPE.fullmatch(text):
        return False
    return all(level[0].isalpha() for level in text.removeprefix("/").split("/"))


def date_time(text: str) -> str | None:
    """The timestamp as it is kept (a comma becomes a point), or None where it is not one of clause 4.6.3."""
    if not _DATE_TIME.fullmatch(text):
        return None
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return None
    return text.replace(",", ".")


def is_language(text: str) -> bool:
    """Whether this may be a key of a language map: a tag of RFC 5646, or @none."""
    return text == DEFAULT_DATASET or _LANGUAGE.fullmatch(text) is not None


def check_members(kind: str, instance: Instance, path: Path) -> None:
    """Refuse the members that an attribute of this kind cannot have."""
    if "unitCode" in instance and kind not in WITH_UNIT:
        refuse((*path, "unitCode"), f"a {kind} has no unit.")
    if "objectType" in instance and kind not in RELATIONSHIPS:
        refuse((*path, "objectType"), f"a {kind} has no objectType.")
    if "valueType" in instance:
        if kind in RELATIONSHIPS:
            refuse((*path, "valueType"), f"a {kind} has no valueType.")
        if kind == "LanguageProperty" and instance["valueType"] not in ("langString", LANG_STRING, NULL):
            refuse((*path, "valueType"), "the valueType of a LanguageProperty is langString.")


def read_uri(value: Json, path: Path) -> str:
    """The value, if it is a URI; NGSI-LD Null is none."""
    if not isinstance(value, str) or value == NULL or not is_uri(value):
        shown = value if isinstance(value, str) and len(value) <= 100 else type(value).__name__
        refuse(path, f"a URI is needed here ({shown}).")
    return value


def read_date_time(value: Json, path: Path) -> str:
    """The value, if it is a timestamp in UTC like 2026-04-01T09:00:00Z."""
    kept = date_time(value) if isinstance(value, str) and len(value) < 40 else None
    if kept is None:
        refuse(path, "a timestamp in UTC is needed here, like 2026-04-01T09:00:00Z.")
    return kept


def read_scope(value: Json, path: Path) -> list[str]:
    """One scope or several, as a list without repetitions."""
    scopes = value if isinstance(value, list) else [value]
    if len(scopes) > MAX_SCOPES:
        refuse(path, f"more than {MAX_SCOPES} scopes.")
    for scope in scopes:
        if not isinstance(scope, str) or not is_scope(scope):
            refuse(path, "a scope is needed here, like /Fukushima/Aizu: each level begins with a letter.")
    return list(dict.fromkeys(scopes))


def read_names(value: Json, path: Path, context: Names) -> list[str]:
    """One name or several, expanded, in order, without repetitions."""
    terms = value if isinstance(value, list) else [value]
    if not terms:
        refuse(path, "at least one name is needed here.")
    return list(dict.fromkeys(read_name(term, path, context) for term in terms))


def read_name(value: Json, path: Path, context: Names) -> str:
    """A name, expanded."""
    if not isinstance(value, str) or value == NULL or not is_name(value):
        refuse(path, "a name is needed here: letters, digits and _, beginning with a letter, or a URI.")
    return context.expand(value)
