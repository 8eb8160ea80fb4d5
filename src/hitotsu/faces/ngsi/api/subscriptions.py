"""Subscriptions: ETSI GS CIM 009, clauses 5.8.1 to 5.8.5 and 6.10 to 6.11."""

from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

from hitotsu.faces.ngsi.api.querying import DEFAULT_LIMIT, page_links
from hitotsu.faces.ngsi.contexts.context import Context
from hitotsu.faces.ngsi.entities.rules import is_uri
from hitotsu.faces.ngsi.http import Answer, Request
from hitotsu.faces.ngsi.problems import AlreadyExists, BadRequestData, ResourceNotFound
from hitotsu.faces.ngsi.service import FACE, Service
from hitotsu.faces.ngsi.subscribing.reading import change_subscription, read_subscription, terms_of
from hitotsu.faces.ngsi.subscribing.showing import shown

SUBSCRIPTIONS: Final = "/ngsi-ld/v1/subscriptions/"


async def create(service: Service, request: Request) -> Answer:
    """POST subscriptions: 201 with the address of the new subscription."""
    payload, media_type = request.payload()
    context = await request.context(service.contexts, media_type, payload)
    definition = read_subscription(payload, context, service.guard)
    subscription_id = payload["id"] if "id" in payload else f"urn:ngsi-ld:Subscription:{uuid4()}"
    _checked(subscription_id)
    await _keep_context(service, request, context, definition)
    if request.caller.tenant is not None:
        definition["tenant"] = request.caller.tenant
    made = await service.subscriptions.add(
        request.caller.owner_id, subscription_id, FACE, terms_of(definition)
    )
    if not made:
        raise AlreadyExists(f"There is a subscription {subscription_id} already.")
    return Answer(201, headers={"Location": SUBSCRIPTIONS + quote(subscription_id, safe=":")})


async def listed(service: Service, request: Request) -> Answer:
    """GET subscriptions: one page, in the order in which they were made."""
    context = await request.context(service.contexts)
    limit = request.whole_number("limit", DEFAULT_LIMIT, most=service.largest_page)
    offset = request.whole_number("offset", 0)
    counted = request.flag("count")
    if limit == 0 and not counted:
        raise BadRequestData("limit=0 is for counting: ask with count=true.")
    assert limit is not None
    assert offset is not None
    owner_id = request.caller.owner_id
    headers: dict[str, str] = {}
    if counted:
        headers["NGSILD-Results-Count"] = str(await service.subscriptions.count(owner_id, FACE))
    found = await service.subscriptions.page(owner_id, FACE, limit=limit + 1, offset=offset)
    if limit:
        headers |= page_links(request, limit, offset, more=len(found) > limit)
    payload = [shown(one, context, sys_attrs=_sys_attrs(request)) for one in found[:limit]]
    return await request.answer(service.contexts, context, payload, headers=headers)


async def retrieve(service: Service, request: Request, subscription_id: str) -> Answer:
    """GET subscriptions/{id}."""
    context = await request.context(service.contexts)
    found = await service.subscriptions.one(request.caller.owner_id, _checked(subscription_id))
    if found is None or found.face != FACE:
        raise ResourceNotFound(f"There is no subscription {subscription_id}.")
    return await request.answer(
        service.contexts, context, shown(found, context, sys_attrs=_sys_attrs(request))
    )


async def update(service: Service, request: Request, subscription_id: str) -> Answer:
    """PATCH subscriptions/{id}: a fragment, whose null members take members away."""
    payload, media_type = request.payload(merge_patch=True)
    context = await request.context(service.contexts, media_type, payload)
    owner_id = request.caller.owner_id
    found = await service.subscriptions.one(owner_id, _checked(subscription_id))
    if found is None or found.face != FACE:
        raise ResourceNotFound(f"There is no subscription {subscription_id}.")
    definition = change_subscription(found.terms.definition, payload, context, service.guard)
    if "jsonldContext" in definition:
        await service.contexts.resolve(definition["jsonldContext"])
    if not await service.subscriptions.change(owner_id, subscription_id, terms_of(definition)):
        raise ResourceNotFound(f"There is no subscription {subscription_id}.")
    return Answer(204)


async def delete(service: Service, request: Request, subscription_id: str) -> Answer:
    """DELETE subscriptions/{id}, with everything that it is still owed."""
    if not await service.subscriptions.delete(request.caller.owner_id, _checked(subscription_id)):
        raise ResourceNotFound(f"There is no subscription {subscription_id}.")
    return Answer(204)


async def _keep_context(
    service: Service, request: Request, context: Context, definition: dict[str, Any]
) -> None:
    if "jsonldContext" in definition:
        # One that cannot be had is better told now than with every notification.
        await service.contexts.resolve(definition["jsonldContext"])
    if context.value is not None:
        definition["context"] = context.value
        definition["contextUrl"] = await service.contexts.address(context, request.base_url)


def _checked(subscription_id: Any) -> str:
    if not isinstance(subscription_id, str) or not is_uri(subscription_id):
        raise BadRequestData("The id of a subscription is a URI.", pointer="/id")
    return subscription_id


def _sys_attrs(request: Request) -> bool:
    return "sysAttrs" in request.options() or request.flag("sysAttrs")
