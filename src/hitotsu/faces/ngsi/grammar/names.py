"""Names in parameters: which characters they have, and what they are expanded with."""

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from hitotsu.records.query.ast import INSTANCE_MEMBERS, RECORD_MEMBERS, Path

# Term to neutral name; raises what is wrong with the term.
Expand: TypeAlias = Callable[[str], str]

_CORE: Final = ("https://uri.etsi.org/ngsi-ld/default-context/", "https://uri.etsi.org/ngsi-ld/")
# The standard has letters, numbers and "_"; contexts in use also have terms with "-" and prefixes with ":".
NAME: Final = re.compile(r"[^\W\d_][\w:-]*")
NAME_IN_LINK: Final = re.compile(r"[^\W\d_][\w-]*")
MEMBER: Final = re.compile(r"[^\s.\[\]{}();|,\"<>=!~]+|\*")
URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\"<>\\^`{|}]+")


def neutral(iri: str) -> str:
    """An IRI as the neutral name that records are stored with: plain where it is of the core vocabulary."""
    for prefix in _CORE:
        if iri.startswith(prefix) and len(iri) > len(prefix):
            return iri[len(prefix) :]
    return iri


def as_path(terms: list[str], trailing: tuple[str, ...], expand: Expand) -> Path:
    """The path that dotted terms and a trailing path say; system members are no attributes."""
    first, rest = terms[0], terms[1:]
    if first in RECORD_MEMBERS and not rest and not trailing:
        return Path("", member=first)
    if rest and rest[-1] in INSTANCE_MEMBERS and not trailing:
        return Path(expand(first), tuple(map(expand, rest[:-1])), rest[-1])
    return Path(expand(first), tuple(map(expand, rest)), None, trailing)
