"""Linked entities beside those that link to them (join=flat, clause 4.5.23.3)."""

from collections.abc import Iterable, Iterator

from hitotsu.faces.ngsi.entities.rules import RELATIONSHIPS, Record
from hitotsu.faces.ngsi.entities.views import Lookup, View


def relationship_targets(record: Record, view: View) -> Iterator[tuple[str, str]]:
    """The (name of the relationship, id of its object) pairs of a record that the view shows."""
    for name, instances in record["attributes"].items():
        if view.shows(name) and (view.attrs is None or name in view.attrs):
            for instance in instances:
                if instance["type"] in RELATIONSHIPS:
                    value = instance["value"]
                    for target in value if isinstance(value, list) else [value]:
                        yield name, target


def flattened(records: Iterable[Record], view: View, lookup: Lookup, level: int) -> list[tuple[Record, View]]:
    """The records, then those linked to them down to `level`, each once, each with the view that is meant for it."""
    row = [(record, view) for record in records]
    seen = {record["id"] for record, _ in row}
    found = list(row)
    for _ in range(level):
        below: list[tuple[Record, View]] = []
        for record, its_view in row:
            for name, target in relationship_targets(record, its_view):
                if target in seen:
                    continue
                linked = lookup(target)
                if linked is not None:
                    seen.add(target)
                    below.append((linked, its_view.of_linked(name)))
        if not below:
            break
        found += below
        row = below
    return found
