"""What goes wrong, as `application/problem+json` (RFC 9457): the one table from error to status."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pydantic_core import ErrorDetails, to_json, to_jsonable_python
from starlette.responses import Response

from events.errors import (
    Conflict,
    Forbidden,
    Invalid,
    KeptError,
    LogDiverged,
    NotNow,
    NotYet,
    Rejection,
    Unavailable,
    Undecodable,
    Unknown,
)
from events.fields import FORM

MEDIA_TYPE = "application/problem+json"
RETRY = {"Retry-After": "1"}
FAULT = "fault"
"""The type of what is not worth a type of its own to a caller."""

STATUS: Mapping[type[KeptError], int] = {
    Invalid: 422,
    Unknown: 404,
    Forbidden: 403,
    NotNow: 409,
    Rejection: 409,
    Conflict: 409,
    NotYet: 503,
    Unavailable: 503,
    LogDiverged: 503,
    Undecodable: 500,
    KeptError: 500,
}
"""The kinds of error and how they are answered; the nearest base counts."""

TITLES = {
    400: "The request cannot be read",
    401: "Who are you?",
    403: "Not with these roles",
    404: "Not found",
    405: "Not by this method",
    408: "The body did not come in time",
    409: "Not now",
    412: "It has changed since you read it",
    413: "The body is too large",
    415: "Send application/json",
    422: "A field holds what it cannot hold",
    428: "Say which version you have read",
    431: "Path, query and headers are too large",
    500: "Something failed here",
    503: "Try again shortly",
}


MANY, LONGEST = 50, 200
"""The most fields that a refusal names, and the most letters of a field's name."""


class Problem(KeptError):
    """A request that the scaffold itself refuses; `slug` names its type."""

    def __init__(
        self,
        status: int,
        slug: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.slug = slug
        self.headers = dict(headers or {})
        self.members = dict(members or {})


def forbidden(roles: Collection[str]) -> Problem:
    """Return the refusal of a caller who has none of these roles."""
    return Problem(403, "forbidden", f"This needs one of the roles {', '.join(sorted(roles))}.")


def invalid(errors: Sequence[tuple[str, str]]) -> Problem:
    """Return the refusal of a body or query, with a reason for each field."""
    errors = [(field[:LONGEST], reason) for field, reason in errors[:MANY]]
    listed = [{"field": field, "reason": reason} for field, reason in errors]
    detail = "; ".join(f"{field}: {reason}" for field, reason in errors)
    return Problem(422, "invalid", detail, members={"errors": listed})


def fields(errors: Sequence[ErrorDetails]) -> list[tuple[str, str]]:
    """Return field and reason of what pydantic found, without what was sent."""
    return [
        (
            ".".join(part for part in map(str, error["loc"]) if not part.startswith(FORM)),
            error["msg"].removeprefix("Value error, "),
        )
        for error in errors
    ]


def slug(name: str) -> str:
    """Return the last part of a problem's type for a class's name: `CaseUnknown` → `case-unknown`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def problem_of(error: Exception) -> Problem:
    """Return how an error is answered; what is not ours is 500 and says nothing of itself."""
    if isinstance(error, Problem):
        return error
    if not isinstance(error, KeptError):
        return Problem(500, FAULT, "Something failed here; it was logged.")
    kind = next(cls for cls in type(error).__mro__ if cls in STATUS)
    status = STATUS[kind]
    members: dict[str, Any] = {}
    if isinstance(error, Rejection):
        members = {name: to_jsonable_python(value, fallback=str) for name, value in error.details.items()}
        if error.field is not None:
            members["errors"] = [
                {"field": error.field, "reason": str(error.details.get("reason", error))},
            ]
    headers = RETRY if status == 503 else None  # noqa: PLR2004 - the number is the name
    detail = str(error) if status != 500 else "Something failed here; it was logged."  # noqa: PLR2004
    own = type(error) if isinstance(error, Rejection) else kind
    name = slug(own.__name__) if own is not KeptError else FAULT
    return Problem(status, name, detail, headers=headers, members=members)


def response(problem: Problem) -> Response:
    """Return a problem as an answer."""
    body = {
        **problem.members,
        "type": f"/problems/{problem.slug}",
        "title": TITLES.get(problem.status, "Not like this"),
        "status": problem.status,
        "detail": str(problem),
    }
    return Response(to_json(body), problem.status, problem.headers, MEDIA_TYPE)


def unavailable() -> Problem:
    """Return the answer when the store is gone, slow or locked."""
    return problem_of(Unavailable("The store did not answer in time; send the same again."))
