"""Neutral names: what the records call a type, an attribute or a vocabulary value, whatever the @context called it.

A name of the core vocabulary (`https://uri.etsi.org/ngsi-ld/…`) or of the default vocabulary is kept without that
prefix, every other name as its IRI. A plain name has no colon, an IRI has one. Where taking a prefix off would give two
IRIs the same name (`…/ngsi-ld/default-context/location` beside `…/ngsi-ld/location`), the core keeps the plain name and the
other stays an IRI, so that the mapping runs both ways without loss.
"""

from hitotsu.faces.ngsi.contexts.core_context import core_terms

CORE_VOCABULARY = "https://uri.etsi.org/ngsi-ld/"
DEFAULT_VOCABULARY = CORE_VOCABULARY + "default-context/"


def _core_names() -> frozenset[str]:
    names = set()
    for definition in core_terms().values():
        iri = definition.get("@id", "") if isinstance(definition, dict) else definition
        if isinstance(iri, str) and iri.startswith("ngsi-ld:"):
            names.add(iri.removeprefix("ngsi-ld:"))
    return frozenset(names)


CORE_NAMES = _core_names()


def neutral_name(iri: str) -> str:
    """The neutral name of an IRI. Its inverse is `iri_of`."""
    if iri.startswith(DEFAULT_VOCABULARY):
        rest = iri[len(DEFAULT_VOCABULARY) :]
        return rest if rest and ":" not in rest and rest[0] != "@" and rest not in CORE_NAMES else iri
    if iri.startswith(CORE_VOCABULARY):
        rest = iri[len(CORE_VOCABULARY) :]
        return rest if rest in CORE_NAMES else iri
    return iri


def iri_of(name: str) -> str:
    """The IRI of a neutral name; keywords (`@id`, `@type`) stay what they are."""
    if ":" in name or name.startswith("@"):
        return name
    return (CORE_VOCABULARY if name in CORE_NAMES else DEFAULT_VOCABULARY) + name
