"""The feed as server-sent events: the log as it grows, read page by page, as fast as the caller takes it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send
from typing_extensions import override

from events.errors import Unavailable
from events.feed import to_json
from events.recorded import Stored

from .command import READERS
from .problems import Problem
from .site import Site

MEDIA_TYPE = "text/event-stream"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
PAGE = 32
"""Rows read at once: all that is held for a caller, however slow, beside what the socket takes."""
PATIENCE = 60.0
"""Seconds after which a caller who takes nothing has lost the stream."""
BEGIN = b"retry: 1000\n\n"
HEARTBEAT = b":\n\n"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are streamed: of one stream, of one type, up to a position; none: all."""

    stream: str | None
    kind: str | None
    until: int | None

    def ends_before(self, position: int) -> bool:
        """Say whether no more is wanted once this position comes."""
        return self.until is not None and position > self.until


def wants_stream(request: Request) -> bool:
    """Say whether a caller would rather have a stream than a page: the first thing they accept."""
    first = request.headers.get("accept", "").partition(",")[0]
    return first.partition(";")[0].strip().lower() == MEDIA_TYPE


class EventStream(StreamingResponse):
    """Rows after a position, one event each, until the token or the service ends.

    A store that is out ends it, too: who comes back with `Last-Event-ID` misses nothing.
    """

    def __init__(
        self,
        site: Site,
        request: Request,
        after: int,
        wanted: Wanted,
        cursor: Callable[[Stored], str],
        patience: float = PATIENCE,
    ) -> None:
        super().__init__(self._chunks(), media_type=MEDIA_TYPE, headers=HEADERS)
        self._site = site
        self._authorization = request.headers.get("authorization")
        self._after = after
        self._wanted = wanted
        self._cursor = cursor
        self._patience = patience

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer. Raises Problem, 503, where too many follow already."""
        with self._site.followers.place():
            await super().__call__(scope, receive, send)

    @override
    async def stream_response(self, send: Send) -> None:
        """Send; a caller who takes nothing is left."""

        async def patiently(message: Message) -> None:
            async with asyncio.timeout(self._patience):
                await send(message)

        with suppress(TimeoutError):
            await super().stream_response(patiently)

    async def _chunks(self) -> AsyncIterator[bytes]:
        yield BEGIN
        with suppress(Problem, Unavailable):
            async for row in self._rows():
                yield HEARTBEAT if row is None else self._event(row)

    async def _rows(self) -> AsyncIterator[Stored | None]:
        """Yield rows as they are recorded, and none where there was none for as long as a heartbeat."""
        log, wanted, last = self._site.parts.log, self._wanted, monotonic()
        while not self._site.followers.draining.is_set():
            await self._site.identity.actor(self._authorization, READERS)
            head = (await log.head()).position
            rows = await log.tail(self._after, PAGE, stream=wanted.stream, kind=wanted.kind)
            for row in rows:
                if wanted.ends_before(row.position):
                    return
                yield row
                self._after, last = row.position, monotonic()
            if rows:
                continue
            if wanted.ends_before(head + 1):
                return
            self._after = max(self._after, head)
            beat = last + self._site.parts.settings.heartbeat_seconds
            await self._news(head, beat - monotonic())
            if monotonic() >= beat:
                yield None
                last = monotonic()

    async def _news(self, head: int, seconds: float) -> None:
        """Wait until the log is longer, no longer than this and not while the service stops."""
        grown = asyncio.ensure_future(self._site.parts.log.grown(head, max(seconds, 0.0)))
        stopping = asyncio.ensure_future(self._site.followers.draining.wait())
        try:
            await asyncio.wait({grown, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if grown.done():
                grown.result()
        finally:
            grown.cancel()
            stopping.cancel()

    def _event(self, row: Stored) -> bytes:
        data = json.dumps(to_json(row), separators=(",", ":"))
        return f"id: {self._cursor(row)}\nevent: {row.type}\ndata: {data}\n\n".encode()
