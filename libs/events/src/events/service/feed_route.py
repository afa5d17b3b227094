"""`GET /v1/events`: the own log as a feed, exact bytes and hashes (events.feed); in pages, or as it grows."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query
from starlette.requests import Request

from events.errors import Invalid
from events.feed import write_page
from events.log import Head, Log
from events.recorded import Stored
from events.subscribe import LogSource

from .bookmark import LONGEST, Bookmark, bookmark_of
from .event_stream import MEDIA_TYPE, EventStream, wants_stream
from .following import Wanted
from .site import site_of

LIMIT = 1000
"""The most rows of one page."""
FARTHEST = 2**62
EXAMPLE = "id: <cursor>\nevent: CaseOpened\ndata: {an item, as in a page}\n\n"
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A page; to `Accept: text/event-stream` server-sent events, which never end by "
        "themselves: `id` is the cursor after the event, `event` its type, `data` an item as in a page.",
        "content": {MEDIA_TYPE: {"schema": {"type": "string"}, "example": EXAMPLE}},
    }
}
After = Annotated[
    str, Query(max_length=LONGEST, description="What follows a position, or `next` of the page before.")
]
Last = Annotated[
    str | None,
    Header(
        max_length=LONGEST,
        description="To go on with a stream after the event of this `id`; before `after`.",
    ),
]

router = APIRouter(prefix="/v1")


@router.get("/events", response_model=dict[str, Any], responses=ANSWERS)
async def events(
    request: Request,
    last_event_id: Last = None,
    after: After = "0",
    limit: Annotated[int, Query(ge=1, le=LIMIT)] = 200,
    until: Annotated[int | None, Query(ge=0, le=FARTHEST, description="The last position wanted.")] = None,
    stream: Annotated[str | None, Query(max_length=200)] = None,
    kind: Annotated[str | None, Query(alias="type", max_length=100)] = None,
) -> Any:
    """Return rows of the log in order, and how far the log reaches."""
    site, streams = site_of(request), wants_stream(request)
    log = site.parts.log
    at = bookmark_of(request, after, "after")
    if streams and last_event_id:
        at = bookmark_of(request, last_event_id, "Last-Event-ID")
    begin = await _begin(log, at)

    def cursor(row: Stored) -> str:
        return at.write(row.log_id, row.position, row.hash.hex())

    if streams:
        return EventStream(site, request, begin, Wanted(stream, kind, until), cursor)
    head = await log.head()
    rows = await log.tail(begin, limit, stream=stream, kind=kind)
    rows = [row for row in rows if until is None or row.position <= until]
    return write_page(log.name, head, rows, cursor)


async def _begin(log: Log, at: Bookmark) -> int:
    """Return the position that is asked for. Raises Invalid; LogDiverged for what another history wrote."""
    said = at.said or ""
    if said.isascii() and said.isdecimal():
        if (position := int(said)) > FARTHEST:
            raise Invalid(field=at.field, reason=f"no position is above {FARTHEST}")
        return position
    place = Head(*at.place(UUID, int, bytes.fromhex) or ())
    await LogSource(log).check(place, "the cursor")
    return place.position
