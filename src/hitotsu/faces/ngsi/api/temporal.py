"""Histories written as such: ETSI GS CIM 009, clauses 6.18 to 6.22 over 5.6.11 to 5.6.16."""

import uuid
from urllib.parse import quote

from hitotsu.faces.ngsi.api.entities import checked_id
from hitotsu.faces.ngsi.entities.reading import read_attribute_name
from hitotsu.faces.ngsi.entities.rules import Instance
from hitotsu.faces.ngsi.entities.temporal import (
    read_evolution,
    read_evolution_attribute,
    read_evolution_fragment,
)
from hitotsu.faces.ngsi.http import Answer, Request
from hitotsu.faces.ngsi.problems import BadRequestData, ResourceNotFound
from hitotsu.faces.ngsi.service import Service

TEMPORAL = "/ngsi-ld/v1/temporal/entities/"


async def create(service: Service, request: Request) -> Answer:
    """POST temporal/entities: 201 where the history begins with this, 204 where values were added to it."""
    payload, media_type = request.payload()
    context = await request.context(service.contexts, media_type, payload)
    entity = read_evolution(payload, context)
    made = await service.evolution.create(request.caller.owner_id, entity, service.default_visibility)
    if not made:
        return Answer(204)
    return Answer(201, headers={"Location": TEMPORAL + quote(entity["id"], safe=":")})


async def delete(service: Service, request: Request, entity_id: str) -> Answer:
    """DELETE temporal/entities/{id}: the history goes, the entity itself stays."""
    if not await service.evolution.delete(request.caller.owner_id, checked_id(entity_id)):
        raise ResourceNotFound(f"There is no history of an entity {entity_id}.")
    return Answer(204)


async def append(service: Service, request: Request, entity_id: str) -> Answer:
    """POST temporal/entities/{id}/attrs: values added."""
    payload, media_type = request.payload()
    context = await request.context(service.contexts, media_type, payload)
    checked_id(entity_id)
    fragment = read_evolution_fragment(payload, context, entity_id=entity_id)
    if not await service.evolution.append(request.caller.owner_id, entity_id, fragment["attributes"]):
        raise ResourceNotFound(f"There is no history of an entity {entity_id}.")
    return Answer(204)


async def delete_attribute(service: Service, request: Request, entity_id: str, attribute: str) -> Answer:
    """DELETE temporal/entities/{id}/attrs/{name}: the values of one dataset, or with deleteAll of all."""
    name = await _name(service, request, entity_id, attribute)
    found = await service.evolution.delete_attribute(
        request.caller.owner_id,
        entity_id,
        name,
        dataset=request.parameters.get("datasetId"),
        every=request.flag("deleteAll"),
    )
    if not found:
        raise ResourceNotFound(f"The history of {entity_id} has no attribute {attribute}.")
    return Answer(204)


async def change_instance(
    service: Service, request: Request, entity_id: str, attribute: str, instance_id: str
) -> Answer:
    """PATCH temporal/entities/{id}/attrs/{name}/{instanceId}: one value in the place of another."""
    payload, media_type = request.payload(merge_patch=True)
    context = await request.context(service.contexts, media_type, payload)
    identifier = _instance(entity_id, instance_id)
    # The attribute comes as itself, or under its name.
    if isinstance(payload, dict) and attribute in payload:
        payload = payload[attribute]
    name, instances = read_evolution_attribute(payload, attribute, context)
    if len(instances) != 1:
        raise BadRequestData("One value is needed here, not several.")

    def change(old: Instance, now: str) -> Instance:
        kept = {"datasetId": old["datasetId"]} if "datasetId" in old else {}
        return instances[0] | kept | {"createdAt": old.get("createdAt", now), "modifiedAt": now}

    if not await service.evolution.change_instance(
        request.caller.owner_id, entity_id, name, identifier, change
    ):
        raise _no_instance(entity_id, attribute, instance_id)
    return Answer(204)


async def delete_instance(
    service: Service, request: Request, entity_id: str, attribute: str, instance_id: str
) -> Answer:
    """DELETE temporal/entities/{id}/attrs/{name}/{instanceId}."""
    name = await _name(service, request, entity_id, attribute)
    identifier = _instance(entity_id, instance_id)
    if not await service.evolution.delete_instance(request.caller.owner_id, entity_id, name, identifier):
        raise _no_instance(entity_id, attribute, instance_id)
    return Answer(204)


async def _name(service: Service, request: Request, entity_id: str, attribute: str) -> str:
    checked_id(entity_id)
    context = await request.context(service.contexts)
    return "scope" if attribute == "scope" else read_attribute_name(attribute, context)


def _instance(entity_id: str, instance_id: str) -> uuid.UUID:
    checked_id(entity_id)
    checked_id(instance_id)
    try:
        return uuid.UUID(instance_id)
    except ValueError:
        # A URI, but none that was ever given to a value here.
        return uuid.UUID(int=0)


def _no_instance(entity_id: str, attribute: str, instance_id: str) -> ResourceNotFound:
    return ResourceNotFound(f"The history of {entity_id} has no value {instance_id} of {attribute}.")
