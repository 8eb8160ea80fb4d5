"""Notifications (clauses 5.2.14, 5.3.1, 5.8.6, 6.3.9) and how they reach their receivers over HTTP."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from hitotsu.faces.ngsi.contexts.context import Context
from hitotsu.faces.ngsi.contexts.contexts import Contexts
from hitotsu.faces.ngsi.contexts.links import context_link
from hitotsu.faces.ngsi.contexts.negotiation import GEO_JSON, JSON, JSON_LD
from hitotsu.faces.ngsi.contexts.outbound import Guard, NotReachable, open_session
from hitotsu.faces.ngsi.entities.geojson import feature_collection
from hitotsu.faces.ngsi.entities.values import null_value
from hitotsu.faces.ngsi.entities.views import (
    CONCISE,
    NORMALIZED,
    SIMPLIFIED,
    Projection,
    View,
    parse_languages,
)
from hitotsu.faces.ngsi.entities.writing import Writer as EntityWriter
from hitotsu.faces.ngsi.entities.writing import encode
from hitotsu.faces.ngsi.grammar.projection import parse_projection
from hitotsu.faces.ngsi.problems import Problem
from hitotsu.faces.ngsi.subscribing.interest import DEFAULT_TRIGGERS, conditions_of
from hitotsu.records.commands import Undelivered
from hitotsu.records.queries import Reach, Reader, Record, Subscription, instant
from hitotsu.records.query.ast import Alive, Projected, both

if TYPE_CHECKING:
    import aiohttp

_FORMS: Final = {
    "normalized": NORMALIZED,
    "concise": CONCISE,
    "keyValues": SIMPLIFIED,
    "simplified": SIMPLIFIED,
}
_SECONDS: Final = 5.0
_LONGEST: Final = 15.0
_CONNECTIONS: Final = 2000
_PERIODIC: Final = 1000
# Statuses after which another attempt may succeed.
_PASSING: Final = frozenset({404, 408, 423, 425, 429})


class Notifier:
    """Sends the notifications of NGSI-LD subscriptions. Belongs to one event loop."""

    def __init__(self, contexts: Contexts, reader: Reader, guard: Guard) -> None:
        self._contexts = contexts
        self._reader = reader
        self._guard = guard
        self._session: aiohttp.ClientSession | None = None

    async def gather(self, subscription: Subscription) -> Sequence[dict[str, Any]]:
        """The entities that a periodic subscription is to be told of, as they are now."""
        where = both(conditions_of(subscription.terms.definition), Alive(datetime.now(UTC)))
        found = await self._reader.page(Reach((subscription.owner_id,)), where, limit=_PERIODIC)
        return [{"record": record, "gone": False, "at": None, "changes": []} for record in found.records]

    async def send(self, subscription: Subscription, contents: Sequence[dict[str, Any]]) -> None:
        """One notification about these changes; raises `Undelivered` where the receiver does not take it."""
        import aiohttp

        endpoint = subscription.terms.definition["notification"]["endpoint"]
        try:
            self._guard.check(endpoint["uri"])
            body, headers = await self._message(subscription, contents)
            if self._session is None:
                self._session = open_session(self._guard, connections=_CONNECTIONS)
            seconds = min(endpoint.get("timeout", _SECONDS * 1000) / 1000, _LONGEST)
            async with (
                asyncio.timeout(seconds),
                self._session.post(
                    endpoint["uri"], data=body, headers=headers, allow_redirects=False
                ) as answer,
            ):
                status = answer.status
        except TimeoutError as error:
            raise Undelivered(f"The receiver did not answer within {seconds:g} seconds.") from error
        except NotReachable as error:
            raise Undelivered(f"The receiver may not be called: {error}.", final=True) from error
        except aiohttp.InvalidURL as error:
            raise Undelivered("The receiver's address is not valid.", final=True) from error
        except (aiohttp.ClientError, OSError) as error:
            raise Undelivered("No connection to the receiver, or it broke.") from error
        except Problem as problem:
            raise Undelivered(f"The notification could not be written: {problem}") from problem
        if not 200 <= status < 300:
            final = status < 500 and status not in _PASSING
            raise Undelivered(f"The receiver answered with status {status}.", final=final)

    async def close(self) -> None:
        """Closes the connections that are kept."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _message(
        self, subscription: Subscription, contents: Sequence[dict[str, Any]]
    ) -> tuple[bytes, dict[str, str]]:
        definition = subscription.terms.definition
        endpoint = definition["notification"]["endpoint"]
        named = definition.get("jsonldContext")
        context = await self._contexts.resolve(named if named is not None else definition.get("context"))
        url = named or definition.get("contextUrl") or context.url
        media_type = endpoint.get("accept", JSON)
        headers = {one["key"]: one["value"] for one in endpoint.get("receiverInfo", ())}
        prefers = {name.lower(): value for name, value in headers.items()}.get("prefer", "")
        in_body = media_type == JSON_LD or (media_type == GEO_JSON and "body=json" not in prefers)
        notification = notification_of(subscription, contents, context, geo_json=media_type == GEO_JSON)
        if in_body:
            notification = {"@context": context.body(), **notification}
        headers["Content-Type"] = media_type
        if not in_body and url is not None:
            headers["Link"] = context_link(url)
        if definition.get("tenant") is not None:
            headers["NGSILD-Tenant"] = definition["tenant"]
        return encode(notification), headers


def notification_of(
    subscription: Subscription,
    contents: Sequence[dict[str, Any]],
    context: Context,
    *,
    geo_json: bool = False,
) -> dict[str, Any]:
    """The Notification about these changes (record, whether it is gone, when, the changed instances)."""
    definition = subscription.terms.definition
    view = view_of(definition)
    writer = EntityWriter(context, view)
    records = [_told(content, definition) for content in contents]
    return {
        "id": f"urn:ngsi-ld:Notification:{uuid4()}",
        "type": "Notification",
        "subscriptionId": subscription.id,
        "notifiedAt": instant(datetime.now(UTC)),
        "data": feature_collection(records, writer, view) if geo_json else writer.entities(records),
    }


def view_of(definition: dict[str, Any]) -> View:
    """What of an entity the notifications of a subscription show."""
    notification = definition["notification"]
    attributes = notification.get("attributes")
    datasets = definition.get("datasetId")
    return View(
        form=_FORMS[notification.get("format", "normalized")],
        sys_attrs=notification.get("sysAttrs", False),
        attrs=frozenset(attributes) if attributes else None,
        pick=_projection(notification.get("pick"), "pick"),
        omit=_projection(notification.get("omit"), "omit"),
        datasets=frozenset(datasets) if datasets else None,
        languages=parse_languages(definition["lang"]) if "lang" in definition else None,
    )


def _told(content: dict[str, Any], definition: dict[str, Any]) -> Record:
    """The record with what the notification says of its past: deleted attributes as null, previous values."""
    record: Record = content["record"]
    shows_changes = definition["notification"].get("showChanges", False)
    if content["gone"]:
        gone = {name: record[name] for name in ("id", "types", "createdAt", "modifiedAt")}
        gone |= {"attributes": {}, "deletedAt": _utc(content["at"])}
        if not shows_changes:
            return gone
        record = gone
    triggers = definition.get("notificationTrigger", DEFAULT_TRIGGERS)
    shows_deleted = shows_changes or "attributeDeleted" in triggers or "entityUpdated" in triggers
    attributes = dict(record["attributes"])
    for name, dataset, new, previous in content["changes"]:
        if name == "scope":
            continue
        if new is None and shows_deleted:
            deleted = {"type": previous["type"], "value": null_value(previous["type"])}
            if dataset is not None:
                deleted["datasetId"] = dataset
            deleted["deletedAt"] = _utc(content["at"])
            if shows_changes:
                deleted["previous"] = previous["value"]
            attributes[name] = [*attributes.get(name, ()), deleted]
        elif new is not None and previous is not None and shows_changes:
            attributes[name] = [
                one | {"previous": previous["value"]} if one.get("datasetId") == dataset else one
                for one in attributes.get(name, ())
            ]
    return record | {"attributes": attributes}


def _utc(text: str) -> str:
    return instant(datetime.fromisoformat(text))


def _projection(listed: list[str] | None, parameter: str) -> Projection | None:
    return None if not listed else _tree(parse_projection(",".join(listed), lambda name: name, parameter))


def _tree(projected: tuple[Projected, ...]) -> dict[str, Any]:
    return {one.name: _tree(one.inner) if one.inner else None for one in projected}
