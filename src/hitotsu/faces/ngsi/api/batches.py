"""Batch operations: clauses 5.6.7 to 5.6.10, 5.6.20, 6.14 to 6.17, 6.31. What is right lands, what is not is told."""

from collections.abc import Callable
from typing import Any

from hitotsu.faces.ngsi.api.entities import creation, deletion, existing, written
from hitotsu.faces.ngsi.contexts.context import Context
from hitotsu.faces.ngsi.contexts.negotiation import JSON, JSON_LD, requested_context
from hitotsu.faces.ngsi.entities import merging, operations
from hitotsu.faces.ngsi.entities.drafts import Outcome
from hitotsu.faces.ngsi.entities.instances import CREATE, MERGE, UPDATE, Mode
from hitotsu.faces.ngsi.entities.reading import read_entity, read_fragment
from hitotsu.faces.ngsi.entities.rules import is_uri
from hitotsu.faces.ngsi.entities.writing import encode
from hitotsu.faces.ngsi.http import Answer, Request
from hitotsu.faces.ngsi.problems import BadRequestData, InternalError, Problem
from hitotsu.faces.ngsi.service import Service
from hitotsu.records.commands import Mutation, Written
from hitotsu.records.errors import RecordError
from hitotsu.records.queries import Record

LARGEST_BATCH = 10_000
CREATED, UPDATED = "created", "updated"
_Make = Callable[[Record], Mutation]


async def create(service: Service, request: Request) -> Answer:
    """POST entityOperations/create."""

    def make(entity: Record) -> Mutation:
        return _noting(creation(entity, service.default_visibility), CREATED)

    done, failed = await _run(service, request, CREATE, make)
    if failed:
        return _partial(done, failed)
    return Answer(201, encode([entity_id for entity_id, _ in done]), {"Content-Type": JSON})


async def upsert(service: Service, request: Request) -> Answer:
    """POST entityOperations/upsert: `options=replace` (the default) or `update`."""
    update = "update" in request.options()

    def make(entity: Record) -> Mutation:
        def mutate(record: Record | None, now: str) -> Written:
            if record is None:
                made = written(operations.create(entity, now), service.default_visibility)
                made.answer = CREATED
                return made
            change = operations.append_attributes if update else operations.replace_entity
            made = written(change(record, entity, now), record["visibility"])
            made.answer = UPDATED
            return made

        return mutate

    done, failed = await _run(service, request, CREATE, make)
    if failed:
        return _partial(done, failed)
    made = [entity_id for entity_id, what in done if what == CREATED]
    return Answer(201, encode(made), {"Content-Type": JSON}) if made else Answer(204)


async def update(service: Service, request: Request) -> Answer:
    """POST entityOperations/update: attributes appended, with `noOverwrite` only the missing ones."""
    overwrite = "noOverwrite" not in request.options()

    def make(fragment: Record) -> Mutation:
        return existing(
            fragment["id"],
            lambda record, now: operations.append_attributes(record, fragment, now, overwrite=overwrite),
        )

    return _told(await _run(service, request, UPDATE, make, whole=False))


async def merge(service: Service, request: Request) -> Answer:
    """POST entityOperations/merge."""

    def make(fragment: Record) -> Mutation:
        return existing(fragment["id"], lambda record, now: merging.merge_entity(record, fragment, now))

    return _told(await _run(service, request, MERGE, make, whole=False))


async def delete(service: Service, request: Request) -> Answer:
    """POST entityOperations/delete: a list of ids."""
    payload, _ = request.payload()
    if not isinstance(payload, list) or not payload:
        raise BadRequestData("The body is a list of ids of entities, not an empty one.")
    _check_size(payload)
    failed: list[tuple[str | None, Exception]] = []
    mutations: list[tuple[int, str, Mutation]] = []
    for entity_id in payload:
        if not isinstance(entity_id, str) or not is_uri(entity_id):
            failed.append((str(entity_id)[:200], BadRequestData("The id of an entity is a URI.")))
        else:
            mutations.append((request.caller.owner_id, entity_id, deletion(entity_id)))
    results = await service.writer.write_many(mutations)
    return _told(_sorted_out([entity_id for _, entity_id, _ in mutations], results, failed))


async def _run(
    service: Service, request: Request, mode: Mode, make: _Make, *, whole: bool = True
) -> tuple[list[tuple[str, Any]], list[tuple[str | None, Exception]]]:
    payload, media_type = request.payload()
    if not isinstance(payload, list) or not payload:
        raise BadRequestData("The body is a list of entities, not an empty one.")
    _check_size(payload)
    shared: Context | None = await request.context(service.contexts) if media_type == JSON else None
    failed: list[tuple[str | None, Exception]] = []
    mutations: list[tuple[int, str, Mutation]] = []
    for item in payload:
        entity_id = item.get("id") if isinstance(item, dict) and isinstance(item.get("id"), str) else None
        try:
            context = shared
            if context is None or (isinstance(item, dict) and "@context" in item):
                value = requested_context(request.links, media_type if context is not None else JSON_LD, item)
                context = await service.contexts.resolve(value)
            entity = read_entity(item, context, mode) if whole else _fragment(item, context, mode)
            mutations.append((request.caller.owner_id, entity["id"], make(entity)))
        except Problem as problem:
            failed.append((entity_id, problem))
    results = await service.writer.write_many(mutations)
    return _sorted_out([entity_id for _, entity_id, _ in mutations], results, failed)


def _check_size(payload: list[Any]) -> None:
    if len(payload) > LARGEST_BATCH:
        raise BadRequestData(f"A batch may have {LARGEST_BATCH:,} members.")


def _fragment(item: Any, context: Context, mode: Mode) -> Record:
    fragment = read_fragment(item, context, mode)
    if "id" not in fragment:
        raise BadRequestData("Every member of the batch needs an id.", pointer="/id")
    return fragment


def _noting(mutation: Mutation, what: str) -> Mutation:
    def mutate(record: Record | None, now: str) -> Written:
        made = mutation(record, now)
        made.answer = what
        return made

    return mutate


def _sorted_out(
    ids: list[str], results: list[Any], failed: list[tuple[str | None, Exception]]
) -> tuple[list[tuple[str, Any]], list[tuple[str | None, Exception]]]:
    done = []
    for entity_id, result in zip(ids, results, strict=True):
        if isinstance(result, Exception):
            failed.append((entity_id, result))
        else:
            done.append((entity_id, result))
    return done, failed


def _told(outcome: tuple[list[tuple[str, Any]], list[tuple[str | None, Exception]]]) -> Answer:
    done, failed = outcome
    skipped = [
        (entity_id, BadRequestData(f"Left as they are: {', '.join(one.name for one in result.not_updated)}."))
        for entity_id, result in done
        if isinstance(result, Outcome) and result.not_updated
    ]
    if not failed and not skipped:
        return Answer(204)
    return _partial(done, [*failed, *skipped])


def _partial(done: list[tuple[str, Any]], failed: list[tuple[str | None, Exception]]) -> Answer:
    refused = {entity_id for entity_id, _ in failed}
    errors = [{"entityId": entity_id or "", "error": _details(error)} for entity_id, error in failed]
    success = list(dict.fromkeys(entity_id for entity_id, _ in done if entity_id not in refused))
    return Answer(207, encode({"success": success, "errors": errors}), {"Content-Type": JSON})


def _details(error: Exception) -> dict[str, Any]:
    if isinstance(error, Problem):
        return error.details()
    if isinstance(error, RecordError):
        return InternalError(str(error)).details()
    raise error
