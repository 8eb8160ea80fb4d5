"""A request as the NGSI-LD face reads it, and an answer as it sends it: thin, over plain ASGI."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote

from hitotsu.faces.ngsi.contexts.context import Context
from hitotsu.faces.ngsi.contexts.contexts import Contexts
from hitotsu.faces.ngsi.contexts.negotiation import (
    JSON,
    Preferences,
    answer_headers,
    answer_type,
    content_type,
    context_in_body,
    preferences,
    requested_context,
)
from hitotsu.faces.ngsi.entities.strictjson import strict_loads
from hitotsu.faces.ngsi.entities.writing import encode
from hitotsu.faces.ngsi.problems import BadRequestData, InvalidRequest, PayloadTooLarge, Problem
from hitotsu.records.queries import Reach

_PATIENCE = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the tenant that is written to, and what may be seen."""

    owner_id: int
    reach: Reach
    may_write: bool
    tenant: str | None = None


@dataclass(slots=True)
class Answer:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Request:
    """One HTTP request. The body has been received whole."""

    def __init__(self, scope: Mapping[str, Any], body: bytes, caller: Caller) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.body = body
        self.caller = caller
        self._scope = scope

    @cached_property
    def headers(self) -> dict[str, list[str]]:
        """Header values by name in lower case, in their order."""
        found: dict[str, list[str]] = {}
        for name, value in self._scope["headers"]:
            found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        return found

    def header(self, name: str) -> str | None:
        """The header's value; several are joined by commas."""
        values = self.headers.get(name)
        return ", ".join(values) if values else None

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The query parameters; one that is given twice is refused by its reader, so the first stands here."""
        query: bytes = self._scope["query_string"]
        if not query:
            return {}
        try:
            pairs = parse_qsl(
                query.decode("ascii"), keep_blank_values=True, strict_parsing=False, errors="strict"
            )
        except (UnicodeDecodeError, ValueError) as error:
            raise InvalidRequest("The query parameters are not UTF-8 in percent-encoding.") from error
        found: dict[str, str] = {}
        for name, value in pairs:
            found.setdefault(name, value)
        return found

    def options(self) -> frozenset[str]:
        """The words of the `options` parameter, and of `format`."""
        words = [*self.parameters.get("options", "").split(","), self.parameters.get("format", "")]
        return frozenset(word.strip() for word in words if word.strip())

    def whole_number(
        self, name: str, default: int | None, *, least: int = 0, most: int = 1_000_000
    ) -> int | None:
        """A parameter that is a whole number within bounds; `BadRequestData` otherwise."""
        text = self.parameters.get(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit()) or not least <= int(text[:12]) <= most:
            raise BadRequestData(f"{name} is a whole number from {least} to {most}.")
        return int(text)

    def flag(self, name: str) -> bool:
        """A parameter that is true or false; false where it is missing."""
        text = self.parameters.get(name, "false").strip().lower()
        if text not in ("true", "false"):
            raise BadRequestData(f"{name} is true or false.")
        return text == "true"

    @cached_property
    def preferred(self) -> Preferences:
        """What the Prefer header asks for."""
        return preferences(self.headers.get("prefer", ()))

    @property
    def links(self) -> list[str]:
        return self.headers.get("link", [])

    @property
    def base_url(self) -> str:
        """Scheme and host under which the caller knows this face."""
        return f"{self._scope.get('scheme', 'http')}://{self.header('host') or '127.0.0.1'}"

    def payload(self, *, merge_patch: bool = False) -> tuple[Any, str]:
        """The body as JSON and its media type. Raises what the standard says of bodies that are none."""
        media_type = content_type(self.header("content-type"), merge_patch=merge_patch)
        if not self.body:
            raise InvalidRequest("The request has no body.")
        return strict_loads(self.body), media_type

    async def context(self, contexts: Contexts, media_type: str | None = None, body: Any = None) -> Context:
        """The @context that the request names, compiled."""
        return await contexts.resolve(requested_context(self.links, media_type, body))

    async def answer(
        self,
        contexts: Contexts,
        context: Context,
        payload: Any,
        *,
        geo_json: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The payload in the media type that the caller accepts, with its @context in the body or in a Link."""
        media_type = answer_type(self.header("accept"), geo_json=geo_json)
        if context_in_body(media_type, self.preferred):
            payload = _with_context(payload, context.body())
        url = None
        if not context_in_body(media_type, self.preferred) and context.url is None:
            url = await contexts.address(context, self.base_url)
        found = dict(answer_headers(media_type, context, self.preferred, url=url))
        return Answer(200, encode(payload), found | dict(headers or {}))


def refused(problem: Problem) -> Answer:
    """The answer that tells of a problem."""
    return Answer(problem.status, problem.body(), {"Content-Type": JSON} | problem.headers())


def segments(path: str) -> list[str]:
    """The decoded segments of a raw path."""
    return [unquote(segment) for segment in path.split("/")]


async def read_body(receive: Any, scope: Mapping[str, Any], most: int) -> bytes:
    """The whole body, at most `most` bytes; raises `PayloadTooLarge`."""
    announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    too_large = not announced.isdigit() or int(announced) > most
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            break
        chunk = message.get("body", b"")
        size += len(chunk)
        too_large = too_large or size > most
        if too_large:
            chunks.clear()
        else:
            chunks.append(chunk)
        # A client sees the answer only when it could send to the end; nobody sends more than so much by mistake.
        if not message.get("more_body", False) or size > _PATIENCE:
            break
    if too_large:
        raise PayloadTooLarge(f"A body may have {most:,} bytes.")
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _with_context(payload: Any, context: Any) -> Any:
    if isinstance(payload, list):
        return [{"@context": context, **item} if isinstance(item, dict) else item for item in payload]
    if isinstance(payload, dict):
        return {"@context": context, **payload}
    return payload
