"""The NGSI-LD face as an ASGI application: which operation an address and a method name, and who may call it."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from hitotsu.faces.ngsi.api import (
    batches,
    discovery,
    entities,
    hosted_contexts,
    querying,
    subscriptions,
    temporal,
    temporal_reading,
)
from hitotsu.faces.ngsi.http import Answer, Caller, Request, read_body, refused, segments
from hitotsu.faces.ngsi.problems import (
    BadRequestData,
    InternalError,
    MethodNotAllowed,
    Problem,
    QueryTimeout,
    ResourceNotFound,
    ServiceUnavailable,
    TooComplexQuery,
    TooManyRequests,
    Unauthorized,
)
from hitotsu.faces.ngsi.service import Service
from hitotsu.records.errors import NotKept, RecordError, TooBusy, TooSlow
from hitotsu.records.queries import UNAVAILABLE
from hitotsu.records.query.errors import QueryRefused

Operation = Callable[..., Awaitable[Answer]]
logger = logging.getLogger(__name__)
PREFIX: Final = "/ngsi-ld/v1/"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
# Asked by POST, but nothing is written.
_ASKING = frozenset({("entityOperations", "query"), ("temporal", "entityOperations", "query")})

# A segment "{}" stands for anything; what it stands for is handed to the operation.
ROUTES: Final[Mapping[tuple[str, ...], Mapping[str, Operation]]] = {
    ("entities",): {"GET": querying.query, "POST": entities.create},
    ("entities", "{}"): {
        "GET": entities.retrieve,
        "PUT": entities.replace,
        "PATCH": entities.merge,
        "DELETE": entities.delete,
    },
    ("entities", "{}", "attrs"): {"POST": entities.append_attributes, "PATCH": entities.update_attributes},
    ("entities", "{}", "attrs", "{}"): {
        "PUT": entities.replace_attribute,
        "PATCH": entities.partial_update,
        "DELETE": entities.delete_attribute,
    },
    ("entityOperations", "create"): {"POST": batches.create},
    ("entityOperations", "upsert"): {"POST": batches.upsert},
    ("entityOperations", "update"): {"POST": batches.update},
    ("entityOperations", "merge"): {"POST": batches.merge},
    ("entityOperations", "delete"): {"POST": batches.delete},
    ("entityOperations", "query"): {"POST": querying.query_by_post},
    ("temporal", "entities"): {"GET": temporal_reading.query, "POST": temporal.create},
    ("temporal", "entities", "{}"): {"GET": temporal_reading.retrieve, "DELETE": temporal.delete},
    ("temporal", "entities", "{}", "attrs"): {"POST": temporal.append},
    ("temporal", "entities", "{}", "attrs", "{}"): {"DELETE": temporal.delete_attribute},
    ("temporal", "entities", "{}", "attrs", "{}", "{}"): {
        "PATCH": temporal.change_instance,
        "DELETE": temporal.delete_instance,
    },
    ("temporal", "entityOperations", "query"): {"POST": temporal_reading.query_by_post},
    ("subscriptions",): {"GET": subscriptions.listed, "POST": subscriptions.create},
    ("subscriptions", "{}"): {
        "GET": subscriptions.retrieve,
        "PATCH": subscriptions.update,
        "DELETE": subscriptions.delete,
    },
    ("types",): {"GET": discovery.types},
    ("types", "{}"): {"GET": discovery.one_type},
    ("attributes",): {"GET": discovery.attributes},
    ("attributes", "{}"): {"GET": discovery.one_attribute},
    ("jsonldContexts",): {"GET": hosted_contexts.listed, "POST": hosted_contexts.add},
    ("jsonldContexts", "{}"): {"GET": hosted_contexts.serve, "DELETE": hosted_contexts.delete},
}


class NgsiLd:
    """Answers requests under `/ngsi-ld/v1/`; collections with and without a trailing slash."""

    def __init__(self, service: Callable[[], Awaitable[Service]]) -> None:
        self._service = service

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        try:
            answer = await self._answer(scope, receive)
        except Problem as problem:
            answer = refused(problem)
        except QueryRefused as error:
            answer = refused(TooComplexQuery(str(error)))
        except TooBusy as error:
            answer = refused(TooManyRequests(str(error)))
        except TooSlow as error:
            answer = refused(QueryTimeout(str(error)))
        except NotKept as error:
            answer = refused(BadRequestData(str(error)))
        except (RecordError, *UNAVAILABLE) as error:
            answer = refused(ServiceUnavailable(str(error)))
        except Exception:
            logger.exception("a request could not be answered: %s %s", scope["method"], scope["path"])
            answer = refused(
                InternalError("Something is wrong here; it has been written to the server's log.")
            )
        await send_answer(scope, send, answer)

    async def _answer(self, scope: Mapping[str, Any], receive: Any) -> Answer:
        parts = segments(scope["raw_path"].decode("latin-1").partition("?")[0].removeprefix(PREFIX))
        if parts[-1] == "":
            parts.pop()
        shape, named = _route(parts)
        methods = ROUTES.get(shape)
        if methods is None:
            raise ResourceNotFound("There is no such resource.")
        operation = methods.get("GET" if scope["method"] == "HEAD" else scope["method"])
        if operation is None:
            raise MethodNotAllowed(tuple(sorted(methods)))
        service = await self._service()
        caller = await service.caller(scope)
        if not caller.may_write and scope["method"] not in _READING and shape not in _ASKING:
            raise Unauthorized("Writing needs an access token of the organisation that owns the records.")
        body = await read_body(receive, scope, service.largest_body)
        return await operation(service, Request(scope, body, caller), *named)


async def send_answer(scope: Mapping[str, Any], send: Any, answer: Answer) -> None:
    """Sends the answer, without its body to whom asked for the headers only."""
    headers = [(name.encode(), value.encode("latin-1")) for name, value in answer.headers.items()]
    headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    body = answer.body if scope["method"] != "HEAD" else b""
    await send({"type": "http.response.body", "body": body})


def _route(parts: list[str]) -> tuple[tuple[str, ...], list[str]]:
    exact = tuple(parts)
    if exact in ROUTES:
        return exact, []
    if parts[:1] == ["temporal"]:
        # After the first two segments everything that a collection does not name stands for something.
        named = [part for place, part in enumerate(parts) if place not in (0, 1, 3)]
        return tuple(part if place in (0, 1, 3) else "{}" for place, part in enumerate(parts)), named
    shape = tuple(part if place % 2 == 0 else "{}" for place, part in enumerate(parts))
    return shape, parts[1::2]


__all__ = ["PREFIX", "ROUTES", "Caller", "NgsiLd"]
