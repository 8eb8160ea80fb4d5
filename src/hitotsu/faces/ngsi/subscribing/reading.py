"""A Subscription as clients send it (clauses 5.2.12 to 5.2.15, 5.2.22) to the neutral form in which it is kept.

The members keep their names; names of types and attributes within are neutral. What a query names is kept beside its
text, so that it can be asked without the @context.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from hitotsu.faces.ngsi.contexts.context import Context
from hitotsu.faces.ngsi.contexts.negotiation import GEO_JSON, JSON, JSON_LD
from hitotsu.faces.ngsi.contexts.outbound import Guard, NotReachable
from hitotsu.faces.ngsi.entities.rules import NULL, is_uri
from hitotsu.faces.ngsi.grammar.geography import parse_geoquery
from hitotsu.faces.ngsi.grammar.projection import parse_projection
from hitotsu.faces.ngsi.grammar.query import parse_query
from hitotsu.faces.ngsi.grammar.selection import parse_id_pattern, parse_names, parse_scopes, parse_types
from hitotsu.faces.ngsi.problems import BadRequestData, OperationNotSupported
from hitotsu.records.commands import Terms

TRIGGERS: Final = (
    "entityCreated", "entityUpdated", "entityDeleted", "attributeCreated", "attributeUpdated", "attributeDeleted",
)  # fmt: skip
FORMATS: Final = ("normalized", "concise", "keyValues", "simplified")
ACCEPTED: Final = (JSON, JSON_LD, GEO_JSON)
_WORD: Final = re.compile(r"[^|,;(){}\s]+")
_MEMBERS: Final = frozenset({"id", "type", "scope", "createdAt", "modifiedAt", "expiresAt"})
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:\d\d)")
_MOST: Final = 1000
_LONGEST_SECONDS: Final = 10 * 366 * 86_400
# What the platform alone says; what a client sends of it is passed over.
_TOLD: Final = frozenset({"id", "type", "@context", "status", "createdAt", "modifiedAt"})

Definition = dict[str, Any]


def read_subscription(payload: Any, context: Context, guard: Guard) -> Definition:
    """A whole subscription; `BadRequestData` says what is wrong or missing."""
    if not isinstance(payload, dict):
        raise BadRequestData("A subscription is an object.")
    if payload.get("type") != "Subscription":
        raise BadRequestData('The type is "Subscription".', pointer="/type")
    definition = {
        name: value for name, value in _members(payload, context, guard).items() if value is not None
    }
    check_whole(definition)
    if "expiresAt" in definition and _moment(definition["expiresAt"]) <= datetime.now(UTC):
        raise BadRequestData("expiresAt has passed.", pointer="/expiresAt")
    return definition


def change_subscription(definition: Definition, payload: Any, context: Context, guard: Guard) -> Definition:
    """A subscription after a fragment (clause 5.8.2): members replaced, those that are null gone, notification merged."""
    if not isinstance(payload, dict) or not payload:
        raise BadRequestData("A fragment of a subscription is an object, and not an empty one.")
    if payload.get("type", "Subscription") != "Subscription":
        raise BadRequestData('The type is "Subscription".', pointer="/type")
    fragment = _members(payload, context, guard, partly=True)
    if "notification" in fragment and fragment["notification"] is not None:
        fragment["notification"] = _without_nulls(definition["notification"] | fragment["notification"])
    changed = _without_nulls(definition | fragment)
    check_whole(changed)
    return changed


def check_whole(definition: Mapping[str, Any]) -> None:
    """What the standard says of members that need or exclude each other."""
    if "notification" not in definition or "endpoint" not in definition["notification"]:
        raise BadRequestData(
            "A subscription says in notification.endpoint whom to tell.", pointer="/notification"
        )
    if "entities" not in definition and "watchedAttributes" not in definition:
        raise BadRequestData("A subscription has entities or watchedAttributes.")
    if "timeInterval" in definition and ("watchedAttributes" in definition or "throttling" in definition):
        raise BadRequestData(
            "timeInterval excludes watchedAttributes and throttling.", pointer="/timeInterval"
        )
    notification = definition["notification"]
    if "attributes" in notification and ("pick" in notification or "omit" in notification):
        raise BadRequestData("attributes is not given together with pick or omit.", pointer="/notification")
    if notification.get("showChanges") and notification.get("format") in ("keyValues", "simplified"):
        raise BadRequestData(
            "The simplified format has no room for showChanges.", pointer="/notification/showChanges"
        )


def terms_of(definition: Definition) -> Terms:
    """The definition with what the store must know of it."""
    expires = definition.get("expiresAt")
    return Terms(
        definition,
        definition.get("isActive", True),
        _moment(expires) if expires is not None else None,
        float(definition.get("throttling", 0)),
        float(definition.get("timeInterval", 0)),
    )


def renamed(text: str, rename: Callable[[str], str]) -> str:
    """An expression over names of types or members with its names exchanged."""
    return _WORD.sub(lambda found: found[0] if found[0] in _MEMBERS else rename(found[0]), text)


def _members(payload: dict[str, Any], context: Context, guard: Guard, *, partly: bool = False) -> Definition:
    found: Definition = {}
    for name, value in payload.items():
        if name in _TOLD:
            continue
        pointer = f"/{name}"
        if partly and (value is None or value == NULL):
            found[name] = None
        elif name == "notification":
            found[name] = _notification(value, context, guard, partly=partly)
        elif name in _READERS:
            found[name] = _READERS[name](value, context, pointer)
        if name == "q" and found.get("q") is not None:
            found["queryNames"] = _names_in(found["q"], context)
    return found


def _names_in(text: str, context: Context) -> dict[str, str]:
    names: dict[str, str] = {}

    def expand(term: str) -> str:
        names[term] = context.expand(term)
        return names[term]

    parse_query(text, expand)
    return names


def _text(value: Any, _: Context, pointer: str) -> str:
    if not isinstance(value, str) or not value:
        raise BadRequestData("This is a string, and not an empty one.", pointer=pointer)
    return value


def _truth(value: Any, _: Context, pointer: str) -> bool:
    if not isinstance(value, bool):
        raise BadRequestData("This is true or false.", pointer=pointer)
    return value


def _seconds(value: Any, _: Context, pointer: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= _LONGEST_SECONDS:
        raise BadRequestData("This is a number of seconds above 0.", pointer=pointer)
    return value


def _uri(value: Any, _: Context, pointer: str) -> str:
    if not isinstance(value, str) or not is_uri(value):
        raise BadRequestData("This is a URI.", pointer=pointer)
    return value


def _list(value: Any, pointer: str) -> list[Any]:
    if not isinstance(value, list) or not 0 < len(value) <= _MOST:
        raise BadRequestData(f"This is a list with 1 to {_MOST:,} members.", pointer=pointer)
    return value


def _instant(value: Any, _: Context, pointer: str) -> str:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise BadRequestData("This is a time as 2026-04-01T09:00:00Z.", pointer=pointer)
    try:
        _moment(value)
    except (ValueError, OverflowError) as error:
        raise BadRequestData("There is no such time.", pointer=pointer) from error
    return value


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace(",", ".")).astimezone(UTC)


def _attributes(value: Any, context: Context, pointer: str) -> list[str]:
    names = [_text(one, context, pointer) for one in _list(value, pointer)]
    return [name for term in names for name in parse_names(term, context.expand)]


def _triggers(value: Any, context: Context, pointer: str) -> list[str]:
    for one in _list(value, pointer):
        if one not in TRIGGERS:
            raise BadRequestData(f"A trigger is one of {', '.join(TRIGGERS)}.", pointer=pointer)
    return list(dict.fromkeys(value))


def _entities(value: Any, context: Context, pointer: str) -> list[dict[str, Any]]:
    return [_selector(one, context, f"{pointer}/{place}") for place, one in enumerate(_list(value, pointer))]


def _selector(value: Any, context: Context, pointer: str) -> dict[str, Any]:
    if not isinstance(value, dict) or "type" not in value:
        raise BadRequestData("A selector of entities is an object with a type.", pointer=pointer)
    found: dict[str, Any] = {"type": _types(value["type"], context, f"{pointer}/type")}
    if "id" in value:
        ids = value["id"] if isinstance(value["id"], list) else [value["id"]]
        found["id"] = [_uri(one, context, f"{pointer}/id") for one in _list(ids, f"{pointer}/id")]
    if "idPattern" in value:
        pattern = _text(value["idPattern"], context, f"{pointer}/idPattern")
        parse_id_pattern(pattern)
        found["idPattern"] = pattern
    return found


def _types(value: Any, context: Context, pointer: str) -> str:
    text = ",".join(_text(one, context, pointer) for one in (value if isinstance(value, list) else [value]))
    parse_types(text, context.expand)
    return text if text == "*" else renamed(text, context.expand)


def _query(value: Any, context: Context, pointer: str) -> str:
    text = _text(value, context, pointer)
    parse_query(text, context.expand)
    return text


def _scopes(value: Any, context: Context, pointer: str) -> str:
    text = _text(value, context, pointer)
    parse_scopes(text)
    return text


def _geography(value: Any, context: Context, pointer: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadRequestData("geoQ is an object.", pointer=pointer)
    known = {name: value.get(name) for name in ("georel", "geometry", "coordinates", "geoproperty")}
    for name in ("georel", "geometry", "geoproperty"):
        if known[name] is not None:
            _text(known[name], context, f"{pointer}/{name}")
    if not isinstance(known["coordinates"], list | str):
        raise BadRequestData("coordinates is an array.", pointer=f"{pointer}/coordinates")
    if parse_geoquery(**known, expand=context.expand) is None:
        raise BadRequestData("geoQ has georel, geometry and coordinates.", pointer=pointer)
    if known["geoproperty"] is not None:
        known["geoproperty"] = context.expand(known["geoproperty"])
    return {name: one for name, one in known.items() if one is not None}


def _datasets(value: Any, context: Context, pointer: str) -> list[str]:
    return [
        one if one == "@none" else _uri(one, context, pointer)
        for one in _list([value] if isinstance(value, str) else value, pointer)
    ]


def _projection(value: Any, context: Context, pointer: str) -> list[str]:
    found = [
        _text(one, context, pointer) for one in _list([value] if isinstance(value, str) else value, pointer)
    ]
    parse_projection(",".join(found), context.expand, pointer.rpartition("/")[2])
    return [renamed(one, context.expand) for one in found]


def _notification(value: Any, context: Context, guard: Guard, *, partly: bool) -> dict[str, Any]:
    if not isinstance(value, dict) or (not partly and "endpoint" not in value):
        raise BadRequestData("notification is an object with an endpoint.", pointer="/notification")
    found: dict[str, Any] = {}
    for name, one in value.items():
        pointer = f"/notification/{name}"
        if partly and (one is None or one == NULL):
            found[name] = None
        elif name in ("attributes", "attrs"):
            found["attributes"] = _attributes(one, context, pointer)
        elif name in ("pick", "omit"):
            found[name] = _projection(one, context, pointer)
        elif name == "format":
            if one not in FORMATS:
                raise BadRequestData(f"A format is one of {', '.join(FORMATS)}.", pointer=pointer)
            found[name] = one
        elif name in ("showChanges", "sysAttrs"):
            found[name] = _truth(one, context, pointer)
        elif name == "endpoint":
            found[name] = _endpoint(one, context, guard)
    return found


def _endpoint(value: Any, context: Context, guard: Guard) -> dict[str, Any]:
    pointer = "/notification/endpoint"
    if not isinstance(value, dict):
        raise BadRequestData("endpoint is an object.", pointer=pointer)
    uri = _uri(value.get("uri"), context, f"{pointer}/uri")
    if urlsplit(uri).scheme.lower() in ("mqtt", "mqtts"):
        raise OperationNotSupported("Notifications are delivered over HTTP(S); MQTT is not there yet.")
    try:
        guard.check(uri)
    except NotReachable as error:
        raise BadRequestData(f"This receiver cannot be told: {error}.", pointer=f"{pointer}/uri") from error
    found: dict[str, Any] = {"uri": uri}
    if "accept" in value:
        if value["accept"] not in ACCEPTED:
            raise BadRequestData(f"accept is one of {', '.join(ACCEPTED)}.", pointer=f"{pointer}/accept")
        found["accept"] = value["accept"]
    for name in ("timeout", "cooldown"):
        if name in value:
            found[name] = _seconds(value[name], context, f"{pointer}/{name}")
    for name in ("receiverInfo", "notifierInfo"):
        if name in value:
            found[name] = _pairs(value[name], f"{pointer}/{name}")
    return found


def _pairs(value: Any, pointer: str) -> list[dict[str, str]]:
    for one in _list(value, pointer):
        if not isinstance(one, dict) or not (
            isinstance(one.get("key"), str) and isinstance(one.get("value"), str)
        ):
            raise BadRequestData("A member has a key and a value, both strings.", pointer=pointer)
        if not _HEADER.fullmatch(one["key"]) or not _VALUE.fullmatch(one["value"]):
            raise BadRequestData("This cannot be sent as a header.", pointer=pointer)
    return [{"key": one["key"], "value": one["value"]} for one in value]


def _without_nulls(definition: Definition) -> Definition:
    return {name: value for name, value in definition.items() if value is not None}


_HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}")
_VALUE: Final = re.compile(r"[\x20-\x7e\t]{0,4000}")
_READERS: Final[Mapping[str, Callable[[Any, Context, str], Any]]] = {
    "subscriptionName": _text,
    "description": _text,
    "entities": _entities,
    "watchedAttributes": _attributes,
    "notificationTrigger": _triggers,
    "timeInterval": _seconds,
    "q": _query,
    "geoQ": _geography,
    "scopeQ": _scopes,
    "lang": _text,
    "datasetId": _datasets,
    "isActive": _truth,
    "expiresAt": _instant,
    "throttling": _seconds,
    "jsonldContext": _uri,
}
