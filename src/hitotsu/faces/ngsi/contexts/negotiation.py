"""Which media type and which @context a request and its answer have (ETSI GS CIM 009, clauses 6.3.4 to 6.3.6). Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from hitotsu.faces.ngsi.contexts.context import Context
from hitotsu.faces.ngsi.contexts.core_context import CORE_VERSION
from hitotsu.faces.ngsi.contexts.links import context_address, context_link
from hitotsu.faces.ngsi.problems import BadRequestData, NotAcceptable, UnsupportedMediaType

JSON = "application/json"
JSON_LD = "application/ld+json"
GEO_JSON = "application/geo+json"
MERGE_PATCH = "application/merge-patch+json"
_WEIGHT = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")


class Preferences(msgspec.Struct, frozen=True):
    """What the Prefer header asks for: a version of the standard, and where GeoJSON carries its @context."""

    version: str | None = None
    context_in_body: bool = True


NO_PREFERENCE = Preferences()


def content_type(header: str | None, *, merge_patch: bool = False) -> str:
    """The media type of a body, JSON or JSON_LD; a merge patch counts as JSON where the operation takes one (PATCH).

    Raises UnsupportedMediaType for every other, for none, and for a charset other than UTF-8.
    """
    name, *parameters = (part.strip().lower() for part in (header or "").split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "charset" and value.strip().strip('"') not in ("utf-8", "utf8", "us-ascii"):
            raise UnsupportedMediaType("JSON is read in UTF-8 only.")
    if name in (JSON, JSON_LD):
        return name
    if name == MERGE_PATCH and merge_patch:
        return JSON
    raise UnsupportedMediaType(f'Send "{JSON}" or "{JSON_LD}" as Content-Type.')


def answer_type(accept: str | None, *, geo_json: bool = False) -> str:
    """The media type to answer in: the one with the highest weight, and of equals JSON before JSON-LD before GeoJSON.

    Without an Accept header it is JSON. Raises NotAcceptable, which lists what can be had.
    """
    offered = (JSON, JSON_LD, GEO_JSON) if geo_json else (JSON, JSON_LD)
    if accept is None or not accept.strip():
        return JSON
    ranges = list(_ranges(accept))
    weights = {media_type: _weight(media_type, ranges) for media_type in offered}
    best = max(offered, key=lambda media_type: weights[media_type])
    if weights[best] <= 0:
        raise NotAcceptable(f"Available here: {', '.join(offered)}.", available=list(offered))
    return best


def _ranges(accept: str) -> list[tuple[str, float]]:
    found = []
    for part in accept[:8192].split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                weight = float(value.strip()) if _WEIGHT.fullmatch(value.strip()) else 0.0
        if name:
            found.append((name, weight))
    return found


def _weight(media_type: str, ranges: list[tuple[str, float]]) -> float:
    for form in (media_type, "application/*", "*/*"):
        matching = [weight for name, weight in ranges if name == form]
        if matching:
            return max(matching)
    return 0.0


def preferences(headers: Sequence[str]) -> Preferences:
    """Reads the Prefer headers (RFC 7240); what is not known is passed over, as that standard wants."""
    asked: dict[str, str] = {}
    for header in headers:
        for part in header.split(","):
            name, _, value = part.split(";")[0].partition("=")
            asked.setdefault(name.strip().lower(), value.strip().strip('"'))
    return Preferences(asked.get("ngsi-ld"), asked.get("body") != "json")


def requested_context(links: Sequence[str], media_type: str | None = None, body: Any = None) -> Any:
    """The @context value of a request: an address, what the body says, or None for the core alone.

    `media_type` is None for GET and DELETE, which have no body to look at. A batch is asked for member by member. Raises
    BadRequestData where Link header, media type and body do not fit each other.
    """
    address = context_address(links)
    if media_type is None:
        return address
    within = isinstance(body, dict) and "@context" in body
    if media_type == JSON:
        if within:
            raise BadRequestData(
                f'With Content-Type "{JSON}" the @context belongs into the Link header, not into the body.'
            )
        return address
    if address is not None:
        raise BadRequestData(
            f'With Content-Type "{JSON_LD}" the @context belongs into the body, not into the Link header.'
        )
    if not within or body["@context"] is None:
        raise BadRequestData(f'With Content-Type "{JSON_LD}" the body must have an @context.')
    return body["@context"]


def answer_headers(
    media_type: str, context: Context, preferred: Preferences = NO_PREFERENCE, *, url: str | None = None
) -> Mapping[str, str]:
    """The headers of an answer with a body: its media type, the Link to the @context, and the preference that was met.

    `url` is the address of the @context where it has none of its own (see `Contexts.address`).
    """
    headers = {"Content-Type": media_type}
    if not context_in_body(media_type, preferred):
        address = url or context.url
        if address is None:
            raise ValueError("a context without an address needs one before it can be linked")
        headers["Link"] = context_link(address)
    if preferred.version is not None:
        headers["Preference-Applied"] = f"ngsi-ld={CORE_VERSION}"
    return headers


def context_in_body(media_type: str, preferred: Preferences = NO_PREFERENCE) -> bool:
    """Whether an answer of this media type carries the @context in its body (`Context.body()`), and not in a Link header."""
    return media_type == JSON_LD or (media_type == GEO_JSON and preferred.context_in_body)
