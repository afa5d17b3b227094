"""The feed as server-sent events, one for each row, as fast as the caller takes them."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from functools import partial

from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send
from typing_extensions import override

from events.errors import Unavailable
from events.feed import to_json
from events.recorded import Stored

from .command import READERS
from .following import Following, Wanted
from .problems import Problem
from .site import Site

MEDIA_TYPE = "text/event-stream"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
PATIENCE = 60.0
"""Seconds after which a caller who takes nothing has lost the stream."""
BEGIN = b"retry: 1000\n\n"
HEARTBEAT = b":\n\n"


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
        self._followers = site.followers
        self._cursor = cursor
        self._patience = patience
        still = partial(site.identity.actor, request.headers.get("authorization"), READERS)
        heartbeat = site.parts.settings.heartbeat_seconds
        self._following = Following(
            site.parts.log, after, wanted, heartbeat, site.followers.draining, check=still
        )

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer. Raises Problem, 503, where too many follow already."""
        with self._followers.place():
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
            async for row in self._following.rows():
                yield HEARTBEAT if row is None else self._event(row)

    def _event(self, row: Stored) -> bytes:
        data = json.dumps(to_json(row), separators=(",", ":"))
        return f"id: {self._cursor(row)}\nevent: {row.type}\ndata: {data}\n\n".encode()
