"""Queries over entities: clauses 5.7.2, 6.4.3.2 and 6.23 (query by POST)."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from hitotsu.faces.ngsi.api.viewing import view_of
from hitotsu.faces.ngsi.contexts.context import Context
from hitotsu.faces.ngsi.entities.geojson import feature_collection
from hitotsu.faces.ngsi.entities.writing import Writer as EntityWriter
from hitotsu.faces.ngsi.grammar.geography import parse_geoquery
from hitotsu.faces.ngsi.grammar.ordering import parse_order
from hitotsu.faces.ngsi.grammar.query import parse_query
from hitotsu.faces.ngsi.grammar.selection import (
    parse_attributes,
    parse_id_pattern,
    parse_ids,
    parse_scopes,
    parse_types,
)
from hitotsu.faces.ngsi.http import Answer, Request
from hitotsu.faces.ngsi.problems import BadRequestData
from hitotsu.faces.ngsi.service import Service
from hitotsu.records.query.ast import Alive, Node, both, either

DEFAULT_LIMIT = 20


async def query(service: Service, request: Request) -> Answer:
    """GET entities: one page of what matches, with the total count and links to the pages beside it where asked."""
    context = await request.context(service.contexts)
    return await _page(service, request, context, conditions(request.parameters, context), {})


async def _page(
    service: Service, request: Request, context: Context, where: Node, selected: dict[str, str]
) -> Answer:
    parameters = request.parameters | selected
    limit = request.whole_number("limit", DEFAULT_LIMIT, most=service.largest_page)
    offset = request.whole_number("offset", 0)
    counted = request.flag("count")
    if limit == 0 and not counted:
        raise BadRequestData("limit=0 is for counting: ask with count=true.")
    assert limit is not None
    assert offset is not None
    order = (
        parse_order(
            parameters["orderBy"],
            context.expand,
            order_from=parameters.get("orderFrom"),
            order_geometry=parameters.get("orderGeometry"),
        )
        if "orderBy" in parameters
        else ()
    )
    view = view_of(request, context, parameters)
    reach = request.caller.reach
    headers: dict[str, str] = {}
    if counted:
        headers["NGSILD-Results-Count"] = str(await service.reader.count(reach, where))
    records: list[dict[str, Any]] = []
    if limit:
        # One more than asked for tells whether there is a next page.
        found = await service.reader.page(reach, where, limit=limit + 1, offset=offset, order=order)
        records = found.records[:limit]
        headers |= page_links(request, limit, offset, more=len(found.records) > limit)
    writer = EntityWriter(context, view)
    if "application/geo+json" in (request.header("accept") or ""):
        collection = feature_collection(records, writer, view)
        return await request.answer(service.contexts, context, collection, geo_json=True, headers=headers)
    return await request.answer(service.contexts, context, writer.entities(records), headers=headers)


async def query_by_post(service: Service, request: Request) -> Answer:
    """POST entityOperations/query: the same, with the conditions in a Query object."""
    payload, media_type = request.payload()
    context = await request.context(service.contexts, media_type, payload)
    where, selected = read_query(payload, context)
    return await _page(service, request, context, where, selected)


def read_query(payload: Any, context: Context) -> tuple[Node, dict[str, str]]:
    """The conditions of a Query object (clause 5.2.23), and what it says of the answer, as parameters."""
    if not isinstance(payload, dict) or payload.get("type") != "Query":
        raise BadRequestData('The body is an object of the type "Query".', pointer="/type")
    parameters: dict[str, str] = {}
    for name in ("q", "scopeQ", "lang", "orderBy"):
        if name in payload:
            parameters[name] = _text(payload[name], name)
    for name in ("attrs", "pick", "omit", "datasetId"):
        if name in payload:
            parameters[name] = ",".join(_text(one, name) for one in _list(payload[name], name))
    geo = payload.get("geoQ")
    if geo is not None and not isinstance(geo, dict):
        raise BadRequestData("geoQ is an object.", pointer="/geoQ")
    for name in ("georel", "geometry", "geoproperty"):
        if geo is not None and name in geo:
            _text(geo[name], f"geoQ/{name}")
    if geo is not None and not isinstance(geo.get("coordinates"), str | list | None):
        raise BadRequestData("coordinates are a list.", pointer="/geoQ/coordinates")
    selectors = [_selector(one, context) for one in _list(payload.get("entities", []), "entities")]
    nodes = [either(*selectors)] if selectors else []
    nodes.append(_conditions(parameters, context, geo, asked=bool(selectors)))
    shown = {name: text for name, text in parameters.items() if name not in ("q", "scopeQ")}
    return both(*nodes), shown


def _selector(value: Any, context: Context) -> Node:
    if not isinstance(value, dict):
        raise BadRequestData("A member of entities is an object.", pointer="/entities")
    known = {name: _text(value[name], name) for name in ("type", "id", "idPattern") if name in value}
    nodes: list[Node] = []
    if "type" in known:
        nodes.append(parse_types(known["type"], context.expand))
    if "id" in known:
        nodes.append(parse_ids(known["id"]))
    elif "idPattern" in known:
        nodes.append(parse_id_pattern(known["idPattern"]))
    if not nodes:
        raise BadRequestData("A member of entities has a type, an id or an idPattern.", pointer="/entities")
    return both(*nodes)


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or not value:
        raise BadRequestData(f"{name} is a string, and not an empty one.", pointer=f"/{name}")
    return value


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise BadRequestData(f"{name} is a list.", pointer=f"/{name}")
    return value


def conditions(parameters: dict[str, str], context: Context) -> Node:
    """All conditions of a query's parameters; `BadRequestData` where it would ask for everything."""
    geo = {name: parameters.get(name) for name in ("georel", "geometry", "coordinates", "geoproperty")}
    return _conditions(parameters, context, geo, asked=parameters.get("local") == "true")


def _conditions(
    parameters: dict[str, str], context: Context, geo: dict[str, Any] | None, *, asked: bool
) -> Node:
    nodes: list[Node] = []
    expand = context.expand
    if parameters.get("type"):
        nodes.append(parse_types(parameters["type"], expand))
    if parameters.get("attrs"):
        nodes.append(parse_attributes(parameters["attrs"], expand))
    if parameters.get("q"):
        expanded = frozenset(name for name in parameters.get("expandValues", "").split(",") if name)
        nodes.append(parse_query(parameters["q"], expand, expand_values=expanded))
    if geo is not None:
        near = parse_geoquery(
            georel=geo.get("georel"),
            geometry=geo.get("geometry"),
            coordinates=geo.get("coordinates"),
            geoproperty=geo.get("geoproperty"),
            expand=expand,
        )
        if near is not None:
            nodes.append(near)
    if not nodes and not asked:
        raise BadRequestData("Ask with at least one of type, attrs, q, georel or local=true.")
    if parameters.get("id"):
        nodes.append(parse_ids(parameters["id"]))
    if parameters.get("idPattern"):
        nodes.append(parse_id_pattern(parameters["idPattern"]))
    if parameters.get("scopeQ"):
        nodes.append(parse_scopes(parameters["scopeQ"]))
    return both(*nodes, Alive(datetime.now(UTC)))


def page_links(request: Request, limit: int, offset: int, *, more: bool) -> dict[str, str]:
    """The Link header to the pages before and after."""
    links = []
    if offset:
        links.append(_page_link(request, limit, max(0, offset - limit), "prev"))
    if more:
        links.append(_page_link(request, limit, offset + limit, "next"))
    return {"Link": ", ".join(links)} if links else {}


def _page_link(request: Request, limit: int, offset: int, relation: str) -> str:
    kept = {name: value for name, value in request.parameters.items() if name not in ("limit", "offset")}
    pairs = [f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in kept.items()]
    address = f"{request.path}?{'&'.join([*pairs, f'limit={limit}', f'offset={offset}'])}"
    return f'<{address}>;rel="{relation}";type="application/ld+json"'
