"""Which types and attributes there are: clauses 5.7.5 to 5.7.10 and 6.25 to 6.28."""

from typing import Any
from urllib.parse import quote

from hitotsu.faces.ngsi.contexts.context import Context
from hitotsu.faces.ngsi.contexts.names import iri_of
from hitotsu.faces.ngsi.http import Answer, Request
from hitotsu.faces.ngsi.problems import ResourceNotFound
from hitotsu.faces.ngsi.service import Service
from hitotsu.records.queries import TypeUse


async def types(service: Service, request: Request) -> Answer:
    """GET types: the names, or with details=true each with its attributes."""
    context = await request.context(service.contexts)
    used = _by_type(await service.reader.uses(request.caller.reach))
    if request.flag("details"):
        listed: Any = [
            {
                "id": iri_of(name),
                "type": "EntityType",
                "typeName": context.compact(name),
                "attributeNames": sorted(context.compact(use.attribute) for use in uses if use.attribute),
            }
            for name, uses in used.items()
        ]
    else:
        names = sorted(context.compact(name) for name in used)
        listed = {"id": _list_id("EntityTypeList", names), "type": "EntityTypeList", "typeList": names}
    return await request.answer(service.contexts, context, listed)


async def one_type(service: Service, request: Request, term: str) -> Answer:
    """GET types/{type}: how many entities it has, and what attributes of which kinds."""
    context = await request.context(service.contexts)
    name = context.expand(term)
    uses = _by_type(await service.reader.uses(request.caller.reach)).get(name)
    if uses is None:
        raise ResourceNotFound(f"There is no entity of the type {term}.")
    count = next(use.entities for use in uses if not use.attribute)
    information = {
        "id": iri_of(name),
        "type": "EntityTypeInfo",
        "typeName": context.compact(name),
        "entityCount": count,
        "attributeDetails": [
            _attribute(context, use.attribute, {"attributeTypes": sorted(use.kinds)})
            for use in uses
            if use.attribute
        ],
    }
    return await request.answer(service.contexts, context, information)


async def attributes(service: Service, request: Request) -> Answer:
    """GET attributes: the names, or with details=true each with the types that have it."""
    context = await request.context(service.contexts)
    used = _by_attribute(await service.reader.uses(request.caller.reach))
    if request.flag("details"):
        listed: Any = [
            _attribute(context, name, {"typeNames": sorted(context.compact(use.type) for use in uses)})
            for name, uses in used.items()
        ]
    else:
        names = sorted(context.compact(name) for name in used)
        listed = {"id": _list_id("AttributeList", names), "type": "AttributeList", "attributeList": names}
    return await request.answer(service.contexts, context, listed)


async def one_attribute(service: Service, request: Request, term: str) -> Answer:
    """GET attributes/{name}."""
    context = await request.context(service.contexts)
    name = context.expand(term)
    uses = _by_attribute(await service.reader.uses(request.caller.reach)).get(name)
    if uses is None:
        raise ResourceNotFound(f"There is no attribute {term}.")
    information = _attribute(
        context,
        name,
        {
            "attributeCount": sum(use.entities for use in uses),
            "attributeTypes": sorted({kind for use in uses for kind in use.kinds}),
            "typeNames": sorted(context.compact(use.type) for use in uses),
        },
    )
    return await request.answer(service.contexts, context, information)


def _attribute(context: Context, name: str, members: dict[str, Any]) -> dict[str, Any]:
    return {"id": iri_of(name), "type": "Attribute", "attributeName": context.compact(name)} | members


def _by_type(uses: list[TypeUse]) -> dict[str, list[TypeUse]]:
    found: dict[str, list[TypeUse]] = {}
    for use in uses:
        found.setdefault(use.type, []).append(use)
    return found


def _by_attribute(uses: list[TypeUse]) -> dict[str, list[TypeUse]]:
    found: dict[str, list[TypeUse]] = {}
    for use in uses:
        if use.attribute:
            found.setdefault(use.attribute, []).append(use)
    return found


def _list_id(kind: str, names: list[str]) -> str:
    return f"urn:ngsi-ld:{kind}:{quote('-'.join(names)[:100], safe='')}"
