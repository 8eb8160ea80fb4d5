"""A stored subscription as conditions over records, without any @context."""

from typing import Any, Final

from hitotsu.faces.ngsi.grammar.geography import parse_geoquery
from hitotsu.faces.ngsi.grammar.query import parse_query
from hitotsu.faces.ngsi.grammar.selection import parse_id_pattern, parse_scopes, parse_types
from hitotsu.records.queries import Interest, Subscription, certain_ids, certain_types, interests
from hitotsu.records.query.ast import EVERYTHING, HasId, Node, both, either
from hitotsu.records.query.evaluate import compile_test

_CAUSES: Final = {
    "entityCreated": interests.RECORD_CREATED,
    "entityUpdated": interests.RECORD_UPDATED,
    "entityDeleted": interests.RECORD_DELETED,
    "attributeCreated": interests.CREATED,
    "attributeUpdated": interests.UPDATED,
    "attributeDeleted": interests.DELETED,
}
DEFAULT_TRIGGERS: Final = ("attributeCreated", "attributeUpdated")


def interest_of(subscription: Subscription) -> Interest:
    """The subscription as the matcher needs it."""
    definition = subscription.terms.definition
    where = conditions_of(definition)
    watched = definition.get("watchedAttributes")
    triggers = definition.get("notificationTrigger", DEFAULT_TRIGGERS)
    return Interest(
        subscription.owner_id,
        subscription.id,
        compile_test(where),
        frozenset(_CAUSES[one] for one in triggers),
        watched=frozenset(watched) if watched else None,
        types=certain_types(where),
        ids=certain_ids(where),
        throttled=subscription.terms.throttling > 0,
        expires_at=subscription.terms.expires_at,
    )


def conditions_of(definition: dict[str, Any]) -> Node:
    """What a record must fulfil."""
    nodes: list[Node] = []
    if "entities" in definition:
        nodes.append(either(*(_selector(one) for one in definition["entities"])))
    if "q" in definition:
        nodes.append(parse_query(definition["q"], definition["queryNames"].__getitem__))
    if "geoQ" in definition:
        asked = {
            name: definition["geoQ"].get(name)
            for name in ("georel", "geometry", "coordinates", "geoproperty")
        }
        near = parse_geoquery(**asked, expand=_neutral)
        if near is not None:
            nodes.append(near)
    if "scopeQ" in definition:
        nodes.append(parse_scopes(definition["scopeQ"]))
    return both(*nodes) if nodes else EVERYTHING


def _selector(selector: dict[str, Any]) -> Node:
    nodes = [parse_types(selector["type"], _neutral)]
    if "id" in selector:
        nodes.append(HasId(tuple(selector["id"])))
    elif "idPattern" in selector:
        nodes.append(parse_id_pattern(selector["idPattern"]))
    return both(*nodes)


def _neutral(name: str) -> str:
    return name
