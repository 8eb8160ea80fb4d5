"""@contexts that are kept here: clauses 5.13 and 6.29 to 6.30."""

from typing import Any

from hitotsu.faces.ngsi.contexts import hosting
from hitotsu.faces.ngsi.contexts.negotiation import JSON, JSON_LD
from hitotsu.faces.ngsi.contexts.store import Kind
from hitotsu.faces.ngsi.entities.writing import encode
from hitotsu.faces.ngsi.http import Answer, Request
from hitotsu.faces.ngsi.problems import BadRequestData
from hitotsu.faces.ngsi.service import Service


async def add(service: Service, request: Request) -> Answer:
    """POST jsonldContexts."""
    payload, _ = request.payload()
    stored = await hosting.add_context(service.contexts, payload, request.base_url)
    return Answer(201, headers={"Location": f"/ngsi-ld/v1/jsonldContexts/{stored.id}"})


async def listed(service: Service, request: Request) -> Answer:
    """GET jsonldContexts."""
    wanted = request.parameters.get("kind")
    try:
        kind = Kind(wanted) if wanted else None
    except ValueError as error:
        raise BadRequestData(f"kind is one of {', '.join(Kind)}.") from error
    found: list[Any] = await hosting.list_contexts(
        service.contexts, kind=kind, details=request.flag("details")
    )
    return Answer(200, encode(found), {"Content-Type": JSON})


async def serve(service: Service, request: Request, key: str) -> Answer:
    """GET jsonldContexts/{id}: the document, or with details=true what is known of it."""
    details = request.flag("details")
    found = await hosting.serve_context(service.contexts, key, details=details)
    return Answer(200, encode(found), {"Content-Type": JSON if details else JSON_LD})


async def delete(service: Service, request: Request, key: str) -> Answer:
    """DELETE jsonldContexts/{id}: gone, or with reload=true fetched anew."""
    await hosting.delete_context(service.contexts, key, reload=request.flag("reload"))
    return Answer(204)
