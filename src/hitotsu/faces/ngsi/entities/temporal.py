"""EntityTemporal: the history of one record, in and out (clauses 4.5.6 to 4.5.9 and 4.5.19).

A history is a record whose attributes hold every instance that there was, in the order of time, each with its
`instanceId`; the scope is among them as an attribute named "scope". A deleted instance has NGSI-LD Null as value,
and `deletedAt`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hitotsu.faces.ngsi.entities.instances import TEMPORAL
from hitotsu.faces.ngsi.entities.reading import read_attribute, read_entity, read_fragment
from hitotsu.faces.ngsi.entities.rules import VALUE_MEMBER, Instance, Json, Names, Record
from hitotsu.faces.ngsi.entities.views import SIMPLIFIED, View
from hitotsu.faces.ngsi.entities.writing import Writer


class Aggregate(NamedTuple):
    """One period of an aggregation: its value, where it begins and where it ends."""

    value: Json
    start: str
    end: str


class Series(NamedTuple):
    """What was aggregated of one attribute and datasetId: the periods by method (avg, max …)."""

    kind: str
    dataset: str | None
    methods: Mapping[str, Sequence[Aggregate]]


def read_evolution(payload: Json, context: Names) -> Record:
    """A whole EntityTemporal as a history without system times and instanceIds. Raises BadRequestData."""
    return read_entity(payload, context, TEMPORAL)


def read_evolution_fragment(payload: Json, context: Names, *, entity_id: str | None = None) -> Record:
    """Instances to add to the history of an entity. Raises BadRequestData."""
    return read_fragment(payload, context, TEMPORAL, entity_id=entity_id)


def read_evolution_attribute(payload: Json, term: str, context: Names) -> tuple[str, list[Instance]]:
    """The name of an attribute and the instances that replace one of its history. Raises BadRequestData."""
    return read_attribute(payload, term, context, TEMPORAL)


def write_evolution(
    record: Record, context: Names, view: View, time_property: str = "observedAt"
) -> dict[str, Any]:
    """A history as EntityTemporal: every attribute an array of its instances."""
    return Writer(context, view).evolution(record, time_property)


def write_temporal_values(
    record: Record, context: Names, view: View, time_property: str = "observedAt"
) -> dict[str, Any]:
    """A history in the simplified form: per attribute and datasetId the pairs of value and time."""
    simple = Writer(context, View(SIMPLIFIED, languages=view.languages))
    writer = Writer(context, view)
    out = writer.entity({**record, "attributes": {}})
    for name, instances in record["attributes"].items():
        groups: dict[tuple[str, str | None], list[list[Json]]] = {}
        for one in writer.selected(name, instances):
            kind = one["type"]
            if kind == "LanguageProperty" and view.languages is not None:
                kind = "Property"
            moment = one.get(time_property) or one.get("deletedAt") or one.get("modifiedAt", "")
            groups.setdefault((kind, one.get("datasetId")), []).append([simple.bare_value(one), moment])
        series = [
            _series(kind, dataset, {VALUE_MEMBER[kind] + "s": pairs})
            for (kind, dataset), pairs in groups.items()
        ]
        if series:
            out[context.compact(name)] = series[0] if len(series) == 1 else series
    return out


def write_aggregated_values(
    record: Record, aggregated: Mapping[str, Sequence[Series]], context: Names, view: View
) -> dict[str, Any]:
    """A record with, per attribute and datasetId, the triples of value, start and end of each method."""
    out = Writer(context, view).entity({**record, "attributes": {}})
    for name, all_series in aggregated.items():
        if not view.shows(name) or (view.attrs is not None and name not in view.attrs):
            continue
        series = [
            _series(
                one.kind,
                one.dataset,
                {method: [list(p) for p in periods] for method, periods in one.methods.items()},
            )
            for one in all_series
        ]
        if series:
            out[context.compact(name)] = series[0] if len(series) == 1 else series
    return out


def _series(kind: str, dataset: str | None, members: dict[str, Json]) -> dict[str, Json]:
    head = {"type": kind} if dataset is None else {"type": kind, "datasetId": dataset}
    return head | members
