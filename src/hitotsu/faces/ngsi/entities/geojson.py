"""Records as GeoJSON features (clauses 4.5.16 and 4.5.17)."""

from collections.abc import Iterable
from typing import Any

from hitotsu.faces.ngsi.entities.rules import DEFAULT_DATASET, Json, Record
from hitotsu.faces.ngsi.entities.views import View
from hitotsu.faces.ngsi.entities.writing import Writer


def feature(record: Record, writer: Writer, view: View) -> dict[str, Any]:
    """One entity as a Feature; its geometry is null where it has no such GeoProperty."""
    properties = writer.entity(record)
    out: dict[str, Any] = {"id": properties.pop("id")} if "id" in properties else {}
    out |= {"type": "Feature", "geometry": _geometry(record, view), "properties": properties}
    return out


def feature_collection(records: Iterable[Record], writer: Writer, view: View) -> dict[str, Any]:
    """Many entities as a FeatureCollection."""
    return {"type": "FeatureCollection", "features": [feature(record, writer, view) for record in records]}


def _geometry(record: Record, view: View) -> Json:
    for instance in record["attributes"].get(view.geometry_property, ()):
        if instance["type"] != "GeoProperty":
            continue
        if view.datasets is None or instance.get("datasetId", DEFAULT_DATASET) in view.datasets:
            return instance["value"]
    return None
