import json

import pytest

from hitotsu.faces.ngsi import problems
from hitotsu.faces.ngsi.problems import ERRORS, Problem

# ETSI GS CIM 009 V1.9.1, table 6.3.2-1; 503 for the last one as every version before says.
OF_THE_STANDARD = {
    "AlreadyExists": 409,
    "BadRequestData": 400,
    "InternalError": 500,
    "InvalidRequest": 400,
    "NoMultiTenantSupport": 501,
    "NonexistentTenant": 404,
    "OperationNotSupported": 422,
    "ResourceNotFound": 404,
    "TooComplexQuery": 403,
    "TooManyResults": 403,
    "LdContextNotAvailable": 503,
}


@pytest.mark.parametrize(("name", "status"), OF_THE_STANDARD.items())
def test_the_standards_errors_have_their_type_and_status(name: str, status: int) -> None:
    problem = getattr(problems, name)("What went wrong.")
    body = json.loads(problem.body())
    assert body == {
        "type": f"https://uri.etsi.org/ngsi-ld/errors/{name}",
        "title": problem.title,
        "status": status,
        "detail": "What went wrong.",
    }
    assert problem.headers() == {}


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("NotAcceptable", 406),
        ("UnsupportedMediaType", 415),
        ("PayloadTooLarge", 413),
        ("LengthRequired", 411),
        ("Conflict", 409),
        ("AccessDenied", 403),
    ],
)
def test_errors_of_http_have_their_status(name: str, status: int) -> None:
    problem = getattr(problems, name)()
    assert (problem.status, problem.details()["type"]) == (status, ERRORS + name)
    assert "detail" not in problem.details()


def test_problems_say_where_and_more() -> None:
    problem = problems.BadRequestData(
        "温度 must be a number.", pointer="/temperature/value", entityId="urn:ngsi-ld:A:1"
    )
    assert json.loads(problem.body()) == {
        "type": ERRORS + "BadRequestData",
        "title": problem.title,
        "status": 400,
        "detail": "温度 must be a number.",
        "pointer": "/temperature/value",
        "entityId": "urn:ngsi-ld:A:1",
    }
    assert str(problem) == "温度 must be a number."
    assert str(problems.ResourceNotFound()) == problems.ResourceNotFound.title


def test_answers_carry_the_headers_that_http_wants() -> None:
    assert problems.MethodNotAllowed(("GET", "POST")).headers() == {"Allow": "GET, POST"}
    assert problems.Unauthorized().headers() == {"WWW-Authenticate": "Bearer"}
    assert problems.TooManyRequests(retry_after=7).headers() == {"Retry-After": "7"}


def test_every_problem_has_a_title_of_its_own() -> None:
    kinds = [kind for kind in vars(problems).values() if isinstance(kind, type) and issubclass(kind, Problem)]
    titles = [kind.title for kind in kinds if kind not in (Problem, problems.InternalError)]
    assert len(titles) == len(set(titles)) > 15
    assert all(400 <= kind.status < 600 for kind in kinds)
