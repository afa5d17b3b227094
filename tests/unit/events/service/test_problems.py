"""Problems: one shape, one table, nothing of the inside."""

import json
from datetime import timedelta
from uuid import UUID

import pytest

from events.errors import (
    Conflict,
    Fault,
    Forbidden,
    Invalid,
    LogDiverged,
    NotNow,
    NotYet,
    Rejection,
    Unavailable,
    Undecodable,
    Unknown,
)
from events.service.problems import STATUS, Problem, problem_of, response
from events.testing import an_id


class CaseUnknown(Unknown):
    """There is no case {id}."""


class Closed(Rejection):
    """It is closed."""


class Promised(NotNow):
    """Not while it holds {count} promises."""


def told(error: Exception) -> dict[str, object]:
    answer = response(problem_of(error))
    assert answer.headers["content-type"] == "application/problem+json"
    body = json.loads(bytes(answer.body))
    assert body["status"] == answer.status_code
    assert {"type", "title", "status", "detail"} <= body.keys()
    return dict(body)


@pytest.mark.parametrize(
    ("error", "status", "slug"),
    [
        (Invalid(field="due", reason="lies behind"), 422, "invalid"),
        (Unknown(what="case", id=1), 404, "unknown"),
        (CaseUnknown(id=1), 404, "case-unknown"),
        (Forbidden(needed="lead"), 403, "forbidden"),
        (Promised(count=2), 409, "promised"),
        (Closed(), 409, "closed"),
        (Conflict("x"), 409, "conflict"),
        (NotYet("x"), 503, "not-yet"),
        (Unavailable("x"), 503, "unavailable"),
        (LogDiverged("x"), 503, "log-diverged"),
        (Undecodable("x"), 500, "undecodable"),
        (Fault("x"), 500, "fault"),
        (ValueError("x"), 500, "fault"),
        (Problem(412, "changed-meanwhile", "x"), 412, "changed-meanwhile"),
    ],
)
def test_errors__have_their_status_and_type(error, status, slug):
    body = told(error)
    assert (body["status"], body["type"]) == (status, f"/problems/{slug}")


def test_invalid__names_the_field():
    body = told(Invalid(field="due", reason="lies behind"))
    assert body["errors"] == [{"field": "due", "reason": "lies behind"}]
    assert body["detail"] == "due: lies behind"


def test_rejection__says_its_details_whatever_they_are():
    body = told(Promised(count=2, open=[an_id("a")], left=timedelta(hours=1), status="mine", odd=object()))
    assert UUID(body["open"][0]) == an_id("a")  # type: ignore[index]
    assert (body["count"], body["left"], body["status"]) == (2, "PT1H", 409)


@pytest.mark.parametrize("error", [ValueError("canary"), Undecodable("canary"), Fault("canary")])
def test_fault__says_nothing_of_itself(error):
    assert "canary" not in json.dumps(told(error))


@pytest.mark.parametrize("error", [Unavailable("x"), NotYet("x")])
def test_outage__says_when_to_come_back(error):
    assert problem_of(error).headers == {"Retry-After": "1"}


def test_table__knows_every_kind():
    assert {Invalid, Unknown, Forbidden, NotNow, Conflict, NotYet, Unavailable} <= STATUS.keys()
