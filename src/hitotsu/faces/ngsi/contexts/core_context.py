"""The core @contexts of the standard, versions 1.3 to 1.9: in the package, found by every spelling of their addresses, never fetched."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

VERSIONS = ("1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "1.9")
CORE_VERSION = VERSIONS[-1]
ADDRESS = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v{}.jsonld"
CORE_URL = ADDRESS.format(CORE_VERSION)

_FOLDER = Path(__file__).parent / "core"
# Without a version it is the newest. 1.0 to 1.2 have no terms of their own; a patch level changes no terms.
_SPELLING = re.compile(
    r"https?://(?:uri\.etsi\.org/ngsi-ld/v1|forge\.etsi\.org/[\w./-]+/(?:core|default)Context)"
    r"/ngsi-ld-core-context(?:-v1\.(?P<minor>\d)(?:\.\d)?)?\.jsonld"
)


def core_version(url: str) -> str | None:
    """The version of the core @context that stands at this address, or None if it is no core @context that we know."""
    found = _SPELLING.fullmatch(url)
    if found is None:
        return None
    minor = found["minor"]
    return CORE_VERSION if minor is None else f"1.{max(int(minor), 3)}"


@cache
def core_document(version: str = CORE_VERSION) -> dict[str, Any]:
    """The core @context of a version as a JSON-LD document, `{"@context": {term: definition}}`. Not to be changed."""
    path = _FOLDER / f"ngsi-ld-core-context-v{version}.jsonld"
    document: dict[str, Any] = msgspec.json.decode(path.read_bytes())
    return document


def core_terms() -> dict[str, Any]:
    """Term → definition of the newest core @context."""
    terms: dict[str, Any] = core_document()["@context"]
    return terms
