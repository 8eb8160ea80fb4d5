"""Entities and their attributes: ETSI GS CIM 009, clauses 6.4 to 6.7 over 5.6.1 to 5.6.6, 5.6.18, 5.6.19, 5.7.1."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from hitotsu.faces.ngsi.api.viewing import view_of
from hitotsu.faces.ngsi.entities import merging, operations
from hitotsu.faces.ngsi.entities.drafts import Outcome
from hitotsu.faces.ngsi.entities.geojson import feature
from hitotsu.faces.ngsi.entities.instances import CREATE, MERGE, PARTIAL, UPDATE, Mode
from hitotsu.faces.ngsi.entities.reading import (
    read_attribute,
    read_attribute_name,
    read_entity,
    read_fragment,
)
from hitotsu.faces.ngsi.entities.rules import NULL, is_uri
from hitotsu.faces.ngsi.entities.writing import Writer as EntityWriter
from hitotsu.faces.ngsi.entities.writing import encode
from hitotsu.faces.ngsi.http import Answer, Request
from hitotsu.faces.ngsi.problems import AlreadyExists, BadRequestData, ResourceNotFound
from hitotsu.faces.ngsi.service import Service
from hitotsu.records.commands import Mutation, Written
from hitotsu.records.queries import Record

ENTITIES = "/ngsi-ld/v1/entities/"


async def create(service: Service, request: Request) -> Answer:
    """POST entities: 201 with the address of the new entity."""
    payload, media_type = request.payload()
    context = await request.context(service.contexts, media_type, payload)
    entity = read_entity(payload, context, CREATE)
    await service.writer.write(
        request.caller.owner_id, entity["id"], creation(entity, service.default_visibility)
    )
    return Answer(201, headers={"Location": ENTITIES + quote(entity["id"], safe=":")})


async def retrieve(service: Service, request: Request, entity_id: str) -> Answer:
    """GET entities/{id}: the entity in the form that was asked for."""
    context = await request.context(service.contexts)
    view = view_of(request, context)
    record = await service.reader.one(request.caller.reach, checked_id(entity_id))
    if record is None or not _matches(record, view.attrs):
        raise ResourceNotFound(f"There is no entity {entity_id}.")
    writer = EntityWriter(context, view)
    if "application/geo+json" in (request.header("accept") or ""):
        return await request.answer(service.contexts, context, feature(record, writer, view), geo_json=True)
    return await request.answer(service.contexts, context, writer.entity(record))


async def delete(service: Service, request: Request, entity_id: str) -> Answer:
    """DELETE entities/{id}."""
    owner_id = request.caller.owner_id
    try:
        await service.writer.write(owner_id, checked_id(entity_id), deletion(entity_id))
    except ResourceNotFound:
        # What is known only from its history can end, too.
        if not await service.evolution.end(owner_id, entity_id):
            raise
    return Answer(204)


async def replace(service: Service, request: Request, entity_id: str) -> Answer:
    """PUT entities/{id}: everything but id and creation time is new."""
    payload, media_type = request.payload()
    context = await request.context(service.contexts, media_type, payload)
    checked_id(entity_id)
    entity = read_fragment(payload, context, CREATE, entity_id=entity_id)

    def change(record: Record, now: str) -> Outcome:
        return operations.replace_entity(record, {"types": record["types"]} | entity, now)

    await service.writer.write(request.caller.owner_id, entity_id, existing(entity_id, change))
    return Answer(204)


async def merge(service: Service, request: Request, entity_id: str) -> Answer:
    """PATCH entities/{id}: a merge patch of the entity."""
    payload, media_type = request.payload(merge_patch=True)
    context = await request.context(service.contexts, media_type, payload)
    checked_id(entity_id)
    fragment = read_fragment(payload, context, MERGE, entity_id=entity_id)

    def change(record: Record, now: str) -> Outcome:
        return merging.merge_entity(record, fragment, now)

    await service.writer.write(request.caller.owner_id, entity_id, existing(entity_id, change))
    return Answer(204)


async def append_attributes(service: Service, request: Request, entity_id: str) -> Answer:
    """POST entities/{id}/attrs: attributes added, and replaced unless `noOverwrite`."""
    overwrite = "noOverwrite" not in request.options()

    def change(record: Record, fragment: Record, now: str) -> Outcome:
        return operations.append_attributes(record, fragment, now, overwrite=overwrite)

    return await _attributes(service, request, entity_id, CREATE, change)


async def update_attributes(service: Service, request: Request, entity_id: str) -> Answer:
    """PATCH entities/{id}/attrs: attributes replaced as wholes, added where they are missing."""
    return await _attributes(service, request, entity_id, UPDATE, operations.update_attributes)


async def partial_update(service: Service, request: Request, entity_id: str, attribute: str) -> Answer:
    """PATCH entities/{id}/attrs/{name}: members of one attribute overwritten."""
    payload, media_type = request.payload(merge_patch=True)
    context = await request.context(service.contexts, media_type, payload)
    checked_id(entity_id)
    name, instances = read_attribute(payload, attribute, context, PARTIAL)

    def change(record: Record, now: str) -> Outcome:
        return operations.partial_attribute_update(record, name, instances, now)

    await service.writer.write(request.caller.owner_id, entity_id, existing(entity_id, change))
    return Answer(204)


async def replace_attribute(service: Service, request: Request, entity_id: str, attribute: str) -> Answer:
    """PUT entities/{id}/attrs/{name}."""
    payload, media_type = request.payload()
    context = await request.context(service.contexts, media_type, payload)
    checked_id(entity_id)
    name, instances = read_attribute(payload, attribute, context, CREATE)

    def change(record: Record, now: str) -> Outcome:
        return operations.replace_attribute(record, name, instances, now)

    await service.writer.write(request.caller.owner_id, entity_id, existing(entity_id, change))
    return Answer(204)


async def delete_attribute(service: Service, request: Request, entity_id: str, attribute: str) -> Answer:
    """DELETE entities/{id}/attrs/{name}, of one dataset or of all."""
    context = await request.context(service.contexts)
    checked_id(entity_id)
    name = "scope" if attribute == "scope" else read_attribute_name(attribute, context)
    every, dataset = request.flag("deleteAll"), request.parameters.get("datasetId")

    def change(record: Record, now: str) -> Outcome:
        return operations.delete_attribute(record, name, now, dataset=dataset, every=every)

    owner_id = request.caller.owner_id
    try:
        await service.writer.write(owner_id, entity_id, existing(entity_id, change))
    except ResourceNotFound:
        if not await service.evolution.end_attribute(
            owner_id, entity_id, name, dataset=dataset, every=every, null=NULL
        ):
            raise
    return Answer(204)


def checked_id(entity_id: str) -> str:
    """The id, where it is a URI; `BadRequestData` otherwise."""
    if not is_uri(entity_id):
        raise BadRequestData("The id of an entity is a URI.")
    return entity_id


def creation(entity: Record, visibility: int) -> Mutation:
    """The mutation that makes a new record; it raises `AlreadyExists` where there is one."""

    def mutate(record: Record | None, now: str) -> Written:
        if record is not None:
            raise AlreadyExists(f"There is an entity {entity['id']} already.")
        outcome = operations.create(entity, now)
        return written(outcome, visibility)

    return mutate


def deletion(entity_id: str) -> Mutation:
    """The mutation that takes a record away; it raises `ResourceNotFound` where there is none."""

    def mutate(record: Record | None, now: str) -> Written:
        if record is None:
            raise ResourceNotFound(f"There is no entity {entity_id}.")
        return gone(record)

    return mutate


def existing(entity_id: str, change: Callable[[Record, str], Outcome]) -> Mutation:
    """The mutation that changes a record; it raises `ResourceNotFound` where there is none."""

    def mutate(record: Record | None, now: str) -> Written:
        if record is None:
            raise ResourceNotFound(f"There is no entity {entity_id}.")
        return written(change(record, now), record["visibility"])

    return mutate


def written(outcome: Outcome, visibility: int) -> Written:
    """What an operation made of a record, for the store; the answer is the outcome."""
    record = outcome.record | {"visibility": visibility}
    return Written(
        record, [(one.name, one.dataset, one.new, one.previous) for one in outcome.changes], outcome
    )


def gone(record: Record) -> Written:
    """A record taken away, with everything that it held as previous."""
    changes = [
        (name, instance.get("datasetId"), None, instance)
        for name, instances in record["attributes"].items()
        for instance in instances
    ]
    return Written(None, changes)


async def _attributes(
    service: Service,
    request: Request,
    entity_id: str,
    mode: Mode,
    change: Callable[[Record, Record, str], Outcome],
) -> Answer:
    payload, media_type = request.payload(merge_patch=request.method == "PATCH")
    context = await request.context(service.contexts, media_type, payload)
    checked_id(entity_id)
    fragment = read_fragment(payload, context, mode, entity_id=entity_id)
    outcome: Outcome = await service.writer.write(
        request.caller.owner_id,
        entity_id,
        existing(entity_id, lambda record, now: change(record, fragment, now)),
    )
    if not outcome.not_updated:
        return Answer(204)
    report: dict[str, Any] = {
        "updated": [context.compact(name) for name in outcome.updated()],
        "notUpdated": [
            {"attributeName": context.compact(one.name), "reason": one.reason} for one in outcome.not_updated
        ],
    }
    return Answer(207, encode(report), {"Content-Type": "application/json"})


def _matches(record: Record, attributes: frozenset[str] | None) -> bool:
    return attributes is None or any(name in record["attributes"] for name in attributes)
