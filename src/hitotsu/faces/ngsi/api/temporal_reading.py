"""Histories retrieved and queried: ETSI GS CIM 009, clauses 6.18.3.2, 6.19.3.1 and 6.24 over 5.7.3 and 5.7.4."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from hitotsu.faces.ngsi.api.entities import checked_id
from hitotsu.faces.ngsi.api.querying import DEFAULT_LIMIT, conditions, page_links, read_query
from hitotsu.faces.ngsi.api.viewing import view_of
from hitotsu.faces.ngsi.contexts.context import Context
from hitotsu.faces.ngsi.entities.temporal import (
    Aggregate,
    Series,
    write_aggregated_values,
    write_evolution,
    write_temporal_values,
)
from hitotsu.faces.ngsi.entities.views import SIMPLIFIED, View
from hitotsu.faces.ngsi.grammar.temporal import parse_duration, parse_methods, parse_temporal
from hitotsu.faces.ngsi.http import Answer, Request
from hitotsu.faces.ngsi.problems import BadRequestData, InvalidRequest, ResourceNotFound
from hitotsu.faces.ngsi.service import Service
from hitotsu.records.queries import METHODS, Histories, Period, Record, Span, instant, moment
from hitotsu.records.query.ast import Node, TimeWindow

_VALUES: Final = frozenset({"temporalValues", "simplified", "keyValues"})
_FORMS: Final = _VALUES | {"aggregatedValues", "normalized", "concise"}
_WHOLE: Final = Period()
_TIMES: Final = (
    "timerel",
    "timeAt",
    "endTimeAt",
    "timeproperty",
    "lastN",
    "aggrMethods",
    "aggrPeriodDuration",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of histories, and in which form."""

    span: Span
    view: View
    values: bool = False
    aggregated: tuple[str, ...] = ()
    period: Period = _WHOLE
    time_property: str = "observedAt"


async def retrieve(service: Service, request: Request, entity_id: str) -> Answer:
    """GET temporal/entities/{id}."""
    context = await request.context(service.contexts)
    asked = _asked(service, request, context, request.parameters)
    head = await service.history.head(request.caller.reach, checked_id(entity_id))
    if head is None:
        raise ResourceNotFound(f"There is no history of an entity {entity_id}.")
    if asked.aggregated:
        payload = (await _aggregated(service, request, context, [head], asked))[0]
        return await request.answer(service.contexts, context, payload)
    found = await service.history.fill(request.caller.reach, [head], asked.span)
    if asked.view.attrs is not None and not found.records[0]["attributes"]:
        raise ResourceNotFound(f"The history of {entity_id} has none of these attributes.")
    answer = await request.answer(service.contexts, context, _written(found.records, context, asked)[0])
    return _ranged(answer, found, asked)


async def query(service: Service, request: Request) -> Answer:
    """GET temporal/entities."""
    context = await request.context(service.contexts)
    return await _page(service, request, context, conditions(request.parameters, context), request.parameters)


async def query_by_post(service: Service, request: Request) -> Answer:
    """POST temporal/entityOperations/query: the same, with the conditions in a Query object."""
    payload, media_type = request.payload()
    context = await request.context(service.contexts, media_type, payload)
    where, selected = read_query(payload, context)
    temporal = payload.get("temporalQ", {})
    if not isinstance(temporal, dict):
        raise BadRequestData("temporalQ is an object.", pointer="/temporalQ")
    for name in _TIMES:
        if name in temporal:
            value = temporal[name]
            parts = value if isinstance(value, list) else [value]
            if not all(isinstance(part, str | int) and not isinstance(part, bool) for part in parts):
                raise BadRequestData(f"{name} is a text.", pointer=f"/temporalQ/{name}")
            selected[name] = ",".join(map(str, parts))
    return await _page(service, request, context, where, request.parameters | selected)


async def _page(
    service: Service, request: Request, context: Context, where: Node, parameters: Mapping[str, str]
) -> Answer:
    asked = _asked(service, request, context, parameters)
    if not asked.span.window.member:
        raise BadRequestData("A query of histories says its time: timerel and timeAt.")
    limit = request.whole_number("limit", DEFAULT_LIMIT, most=service.largest_page)
    offset = request.whole_number("offset", 0)
    counted = request.flag("count") or "count" in request.options()
    assert limit is not None
    assert offset is not None
    if limit == 0 and not counted:
        raise BadRequestData("limit=0 is for counting: ask with count=true.")
    reach = request.caller.reach
    headers: dict[str, str] = {}
    if counted:
        headers["NGSILD-Results-Count"] = str(await service.history.count(reach, where, asked.span))
    heads: list[Record] = []
    if limit:
        # One more than asked for tells whether there is a next page.
        found = await service.history.page(
            reach, where, asked.span, limit=limit + 1, offset=offset, values=False
        )
        heads = found.records[:limit]
        headers |= page_links(request, limit, offset, more=len(found.records) > limit)
    if asked.aggregated:
        payload = await _aggregated(service, request, context, heads, asked)
        return await request.answer(service.contexts, context, payload, headers=headers)
    share = max(1, min(asked.span.most, service.longest_answer // max(1, len(heads))))
    filled = await service.history.fill(reach, heads, replace(asked.span, most=share))
    payload = _written(filled.records, context, asked)
    answer = await request.answer(service.contexts, context, payload, headers=headers)
    return _ranged(answer, filled, asked)


def _asked(service: Service, request: Request, context: Context, parameters: Mapping[str, str]) -> Asked:
    form = parameters.get("format")
    if form is not None and form not in _FORMS:
        raise InvalidRequest(f"format is one of {', '.join(sorted(_FORMS))}.")
    words = frozenset({form}) if form is not None else request.options()
    view = view_of(request, context, parameters)
    window = parse_temporal(
        timerel=parameters.get("timerel"),
        time_at=parameters.get("timeAt"),
        end_time_at=parameters.get("endTimeAt"),
        timeproperty=parameters.get("timeproperty"),
    )
    member = parameters.get("timeproperty")
    if window is None:
        window = TimeWindow(member or "", None, None)
    span = Span(window, _attributes(view), _last(parameters.get("lastN")), service.longest_history)
    time_property = member or "observedAt"
    if "aggregatedValues" in words:
        methods = parse_methods(parameters.get("aggrMethods"), METHODS)
        months, time = parse_duration(parameters.get("aggrPeriodDuration") or "PT0S")
        return Asked(span, view, False, methods, Period(months, time), time_property)
    values = bool(words & _VALUES)
    # Only the values themselves are simplified; what is around them is written as ever.
    plain = replace(view, form="normalized") if view.form == SIMPLIFIED else view
    return Asked(span, plain, values, time_property=time_property)


def _attributes(view: View) -> tuple[str, ...] | None:
    chosen = view.attrs if view.attrs is not None else view.pick
    return None if chosen is None else tuple(chosen)


def _last(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or not 0 < int(text[:12]) <= 1_000_000:
        raise BadRequestData("lastN is a whole number from 1.")
    return int(text)


def _written(records: list[Record], context: Context, asked: Asked) -> list[dict[str, Any]]:
    write = write_temporal_values if asked.values else write_evolution
    return [write(record, context, asked.view, asked.time_property) for record in records]


async def _aggregated(
    service: Service, request: Request, context: Context, heads: list[Record], asked: Asked
) -> list[dict[str, Any]]:
    rows = await service.aggregation.over(
        request.caller.reach, heads, asked.span, asked.period, asked.aggregated
    )
    found: dict[tuple[int, str], dict[str, dict[str, Series]]] = {}
    for row in rows:
        attributes = found.setdefault((row.owner_id, row.record_id), {})
        empty = Series(row.kind, row.dataset or None, {method: [] for method in asked.aggregated})
        series = attributes.setdefault(row.attribute, {}).setdefault(row.dataset, empty)
        for method, value in row.values.items():
            if value is not None:
                periods: Any = series.methods[method]
                periods.append(Aggregate(value, _time(row.start), _time(row.end)))
    return [
        write_aggregated_values(
            head,
            {
                name: list(by_dataset.values())
                for name, by_dataset in found.get((head["ownerId"], head["id"]), {}).items()
            },
            context,
            asked.view,
        )
        for head in heads
    ]


def _ranged(answer: Answer, found: Histories, asked: Asked) -> Answer:
    """206 with the range of time that the answer covers (clause 6.3.10), where it is not all there is."""
    last = asked.span.last
    if not found.cut and last is None:
        return answer
    window, member = asked.span.window, asked.time_property
    times = sorted(
        time
        for record in found.records
        for instances in record["attributes"].values()
        for one in instances
        if (time := moment(one.get(member) or one.get("deletedAt") or one.get("modifiedAt"))) is not None
    )
    if not times:
        return answer
    if last is not None:
        start, end = window.end or times[-1], times[0]
    else:
        start, end = window.start or times[0], times[-1]
    answer.status = 206
    answer.headers["Content-Range"] = f"date-time {_time(start)}-{_time(end)}/{'*' if last is None else last}"
    return answer


def _time(value: datetime) -> str:
    text = instant(value)
    return text if value.microsecond else text[:-8] + "Z"
