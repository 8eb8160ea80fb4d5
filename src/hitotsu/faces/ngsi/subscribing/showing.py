"""A stored subscription as clients see it, with how its deliveries went (clauses 5.2.12, 5.2.14)."""

from datetime import UTC, datetime
from typing import Any

from hitotsu.faces.ngsi.contexts.context import Context
from hitotsu.faces.ngsi.subscribing.reading import renamed
from hitotsu.records.queries import Subscription, instant

# Kept for the platform's own use.
_INNER = frozenset({"queryNames", "context", "contextUrl", "tenant"})


def shown(subscription: Subscription, context: Context, *, sys_attrs: bool) -> dict[str, Any]:
    """The payload of a subscription without @context."""
    definition = subscription.terms.definition
    out: dict[str, Any] = {"id": subscription.id, "type": "Subscription"}
    out |= {name: value for name, value in definition.items() if name not in _INNER}
    if "entities" in definition:
        out["entities"] = [_selector(one, context) for one in definition["entities"]]
    if "watchedAttributes" in definition:
        out["watchedAttributes"] = [context.compact(name) for name in definition["watchedAttributes"]]
    if "geoQ" in definition and "geoproperty" in definition["geoQ"]:
        out["geoQ"] = definition["geoQ"] | {"geoproperty": context.compact(definition["geoQ"]["geoproperty"])}
    out["notification"] = _notification(subscription, context)
    out["isActive"] = subscription.terms.active
    out["status"] = _status(subscription)
    if sys_attrs:
        out["createdAt"] = instant(subscription.created_at)
        out["modifiedAt"] = instant(subscription.modified_at)
    return out


def _status(subscription: Subscription) -> str:
    expires = subscription.terms.expires_at
    if expires is not None and expires <= datetime.now(UTC):
        return "expired"
    return "active" if subscription.terms.active else "paused"


def _selector(selector: dict[str, Any], context: Context) -> dict[str, Any]:
    out = dict(selector)
    if out["type"] != "*":
        out["type"] = renamed(out["type"], context.compact)
    if len(out.get("id", ())) == 1:
        out["id"] = out["id"][0]
    return out


def _notification(subscription: Subscription, context: Context) -> dict[str, Any]:
    given = subscription.terms.definition["notification"]
    out: dict[str, Any] = dict(given)
    if "attributes" in given:
        out["attributes"] = [context.compact(name) for name in given["attributes"]]
    for name in ("pick", "omit"):
        if name in given:
            out[name] = [renamed(one, context.compact) for one in given[name]]
    if subscription.last_sent is not None:
        out["status"] = "ok" if subscription.failing == 0 else "failed"
        out["timesSent"] = subscription.times_sent
        out["timesFailed"] = subscription.times_failed
        out["lastNotification"] = instant(subscription.last_sent)
    if subscription.last_success is not None:
        out["lastSuccess"] = instant(subscription.last_success)
    if subscription.last_failure is not None:
        out["lastFailure"] = instant(subscription.last_failure)
    return out
