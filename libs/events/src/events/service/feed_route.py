"""`GET /v1/events`: the own log as a feed, exact bytes and hashes (events.feed)."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request

from events.feed import write_page

from .site import site_of

LIMIT = 1000
"""The most rows of one page."""

router = APIRouter(prefix="/v1")


@router.get("/events")
async def events(
    request: Request,
    after: Annotated[int, Query(ge=0, le=2**62, description="Rows with a larger position.")] = 0,
    limit: Annotated[int, Query(ge=1, le=LIMIT)] = 200,
    until: Annotated[int | None, Query(ge=0, le=2**62, description="The last position wanted.")] = None,
    stream: Annotated[str | None, Query(max_length=200)] = None,
    kind: Annotated[str | None, Query(alias="type", max_length=100)] = None,
) -> dict[str, Any]:
    """Return rows of the log in order, and how far the log reaches."""
    log = site_of(request).parts.log
    head = await log.head()
    rows = await log.tail(after, limit, stream=stream, kind=kind)
    return write_page(log.name, head, [row for row in rows if until is None or row.position <= until])
