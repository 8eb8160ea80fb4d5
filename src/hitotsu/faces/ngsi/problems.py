"""Every way in which an NGSI-LD request can fail, as the standard names it (ETSI GS CIM 009, clauses 5.5.2 and 6.3.2)."""

from typing import Any, ClassVar

import msgspec

ERRORS = "https://uri.etsi.org/ngsi-ld/errors/"
MEDIA_TYPE = "application/json"


class Problem(Exception):
    """A refusal with the sentence for the caller. `details()` is the ProblemDetails object, `body()` its bytes."""

    code: ClassVar[str] = "InternalError"
    title: ClassVar[str] = "Internal error"
    status: ClassVar[int] = 500

    def __init__(self, detail: str = "", *, pointer: str | None = None, **members: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.pointer = pointer
        self.members = members

    def details(self) -> dict[str, Any]:
        """The members of ProblemDetails: type, title, status, and where known detail and pointer (RFC 6901)."""
        details: dict[str, Any] = {"type": ERRORS + self.code, "title": self.title, "status": self.status}
        if self.detail:
            details["detail"] = self.detail
        if self.pointer is not None:
            details["pointer"] = self.pointer
        return details | self.members

    def body(self) -> bytes:
        """ProblemDetails as JSON in UTF-8."""
        return msgspec.json.encode(self.details())

    def headers(self) -> dict[str, str]:
        """What the answer must carry beside the media type."""
        return {}


class InvalidRequest(Problem):
    """The request cannot be read: not JSON, or broken in its syntax."""

    code = "InvalidRequest"
    title = "The request is not valid"
    status = 400


class BadRequestData(Problem):
    """The request can be read, but what it says breaks a rule."""

    code = "BadRequestData"
    title = "The request has input data that do not meet the requirements of the operation"
    status = 400


class TooComplexQuery(Problem):
    code = "TooComplexQuery"
    title = "The query is too complex to be answered"
    status = 403


class TooManyResults(Problem):
    code = "TooManyResults"
    title = "The query has more results than can be answered at once"
    status = 403


class AccessDenied(Problem):
    """The caller is known, and may not do this."""

    code = "AccessDenied"
    title = "The caller may not do this"
    status = 403


class Unauthorized(Problem):
    """The caller is not known: no token, or one that is not valid (any more)."""

    code = "Unauthorized"
    title = "A valid access token is needed"
    status = 401

    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": "Bearer"}


class ResourceNotFound(Problem):
    code = "ResourceNotFound"
    title = "The resource was not found"
    status = 404


class NonexistentTenant(Problem):
    code = "NonexistentTenant"
    title = "The tenant does not exist"
    status = 404


class MethodNotAllowed(Problem):
    """The resource exists, the method does not. Give the methods that do."""

    code = "MethodNotAllowed"
    title = "The method is not allowed on this resource"
    status = 405

    def __init__(self, allowed: tuple[str, ...], detail: str = "") -> None:
        super().__init__(detail or f"Allowed here: {', '.join(allowed)}.")
        self.allowed = allowed

    def headers(self) -> dict[str, str]:
        return {"Allow": ", ".join(self.allowed)}


class NotAcceptable(Problem):
    code = "NotAcceptable"
    title = "The answer cannot be given in a media type that the request accepts"
    status = 406


class AlreadyExists(Problem):
    code = "AlreadyExists"
    title = "The element already exists"
    status = 409


class Conflict(Problem):
    """What is asked contradicts what is registered or under way."""

    code = "Conflict"
    title = "The request conflicts with the present state"
    status = 409


class LengthRequired(Problem):
    code = "LengthRequired"
    title = "The request must say the length of its body"
    status = 411


class PayloadTooLarge(Problem):
    code = "PayloadTooLarge"
    title = "The body of the request is too large"
    status = 413


class UnsupportedMediaType(Problem):
    code = "UnsupportedMediaType"
    title = "The media type of the request's body is not supported"
    status = 415


class OperationNotSupported(Problem):
    code = "OperationNotSupported"
    title = "The operation is not supported"
    status = 422


class TooManyRequests(Problem):
    """The caller's rate limit is used up."""

    code = "TooManyRequests"
    title = "Too many requests"
    status = 429

    def __init__(self, detail: str = "", *, retry_after: int = 1) -> None:
        super().__init__(detail)
        self.retry_after = retry_after

    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after)}


class InternalError(Problem):
    pass


class ServiceUnavailable(Problem):
    """The database cannot be reached now; nothing was written."""

    code = "InternalError"
    title = "The service is not available at the moment"
    status = 503

    def headers(self) -> dict[str, str]:
        return {"Retry-After": "1"}


class NoMultiTenantSupport(Problem):
    code = "NoMultiTenantSupport"
    title = "Tenants are not supported"
    status = 501


class LdContextNotAvailable(Problem):
    """A remote @context cannot be had.

    Versions up to 1.8 answer 503, the table of version 1.9.1 says 504. The public conformance suite and the clients in
    use look for 503, so that is what we send; the type says the same in both.
    """

    code = "LdContextNotAvailable"
    title = "A remote JSON-LD @context is not available"
    status = 503


class QueryTimeout(Problem):
    """The answer took longer than the organisation's time limit."""

    code = "TooComplexQuery"
    title = "The query took longer than the time limit"
    status = 504
