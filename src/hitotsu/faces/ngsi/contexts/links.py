"""The Link header (RFC 8288) as far as JSON-LD uses it."""

import re
from collections.abc import Iterator, Sequence

from hitotsu.faces.ngsi.problems import BadRequestData

CONTEXT_RELATION = "http://www.w3.org/ns/json-ld#context"
_PARAMETER = re.compile(r'\s*;\s*([!#$%&\'*+.^_`|~\w-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?')
_MAX_LENGTH = 16_384


def read_links(values: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each link of the Link headers: its target as written, and its parameters by lower-case name (the first of a name counts).

    What is not of the header's form ends the reading of that header line.
    """
    for value in values:
        position = 0
        text = value[:_MAX_LENGTH]
        while True:
            while position < len(text) and text[position] in " \t,":
                position += 1
            end = text.find(">", position)
            if position >= len(text) or text[position] != "<" or end < 0:
                break
            target = text[position + 1 : end].strip()
            parameters: dict[str, str] = {}
            position = end + 1
            while found := _PARAMETER.match(text, position):
                name, quoted, token = found.groups()
                content = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else token or ""
                parameters.setdefault(name.lower(), content)
                position = found.end()
            yield target, parameters


def context_address(values: Sequence[str]) -> str | None:
    """The address of the @context that the Link headers of a request name, or None.

    Raises BadRequestData where they name more than one, or one that is not an absolute http(s) address.
    """
    found = {
        target
        for target, parameters in read_links(values)
        if CONTEXT_RELATION in parameters.get("rel", "").split()
    }
    if not found:
        return None
    if len(found) > 1:
        raise BadRequestData("The Link headers name more than one JSON-LD @context.")
    address = found.pop()
    if not address.lower().startswith(("http://", "https://")):
        raise BadRequestData("The JSON-LD @context in the Link header must be an absolute http(s) address.")
    return address


def alternate_context(values: Sequence[str]) -> str | None:
    """Where a page that is not JSON says that its JSON-LD is (as schema.org does), or None."""
    for target, parameters in read_links(values):
        if (
            "alternate" in parameters.get("rel", "").split()
            and parameters.get("type") == "application/ld+json"
        ):
            return target
    return None


def context_link(url: str) -> str:
    """The value of the Link header that says with which @context an answer is to be read."""
    return f'<{url}>; rel="{CONTEXT_RELATION}"; type="application/ld+json"'
