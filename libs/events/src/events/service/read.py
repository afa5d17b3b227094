"""What every read does first, and what lists share: who asks, `Kept-After`, unknown parameters, pages."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from events.decider import Actor

from .bodies import repeated
from .command import READERS
from .entry import Entry
from .problems import invalid
from .record import etag
from .site import site_of

_ENTRY = Entry(READERS)
Limit = Annotated[int, Query(ge=1, le=200, description="The most items of a page.")]


async def reading(request: Request, answer: Response) -> None:
    """Let a reader in: the token, the parameters' names, `Kept-After`; say what is parked."""
    site = site_of(request)
    await _ENTRY(request)
    _check_query(request)
    await site.waits.to_read(request)
    request.state.parked = await site.parked(set(map(str, request.path_params.values())))
    answer.headers.update(parked_headers(request))


def parked_headers(request: Request) -> dict[str, str]:
    """Return the header that names the parked streams an answer depends on, if there are any."""
    parked: list[str] = getattr(request.state, "parked", [])
    return {"Kept-Parked": ", ".join(parked)} if parked else {}


def caller(request: Request) -> Actor:
    """Return who reads; a dependency for routes."""
    actor: Actor = request.state.actor
    return actor


Caller = Annotated[Actor, Depends(caller)]


def tagged(answer: Response, version: int) -> None:
    """Say the version of the one thing that is read."""
    answer.headers["ETag"] = etag(version)


def page(items: Sequence[Any], limit: int, place: Callable[[Any], str]) -> dict[str, Any]:
    """Return `{"items": …, "next": …}` from up to `limit` + 1 items: one more says that there is a next."""
    shown = items[:limit]
    return {"items": list(shown), "next": place(shown[-1]) if len(items) > limit else None}


def _check_query(request: Request) -> None:
    asked = request.query_params.multi_items()
    if unstorable := [name for name, value in [*asked, *request.path_params.items()] if "\x00" in str(value)]:
        raise invalid([(name, "NUL cannot be stored") for name in unstorable])
    dependant = getattr(request.scope.get("route"), "dependant", None)
    if dependant is None or not asked:
        return
    known = {field.alias for each in (dependant, *dependant.dependencies) for field in each.query_params}
    if unknown := sorted(set(request.query_params) - known):
        raise invalid([(name, "is not a parameter of this route") for name in unknown])
    if len(asked) > len(set(request.query_params)):
        raise invalid(repeated(name for name, _ in asked))
