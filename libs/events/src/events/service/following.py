"""A log as it grows: page by page, no faster than it is asked for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from time import monotonic

from events.log import Log
from events.recorded import Stored

PAGE = 32
"""Rows read at once: all that is held for a caller, however slow, beside what the socket takes."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: of one stream, of one type, up to a position; none: all."""

    stream: str | None
    kind: str | None
    until: int | None

    def ends_before(self, position: int) -> bool:
        """Say whether no more is wanted once this position comes."""
        return self.until is not None and position > self.until


@dataclass(slots=True)
class Following:
    """The rows after a position, until `draining` is set or what is wanted has been read."""

    log: Log
    after: int
    wanted: Wanted
    heartbeat: float
    """Seconds."""
    draining: asyncio.Event
    check: Callable[[], Awaitable[object]]
    """Called before each look at the log; what it raises ends it all."""

    async def rows(self) -> AsyncIterator[Stored | None]:
        """Yield rows as they are recorded, and none for each heartbeat without one. Raises Unavailable."""
        last = monotonic()
        while not self.draining.is_set():
            await self.check()
            head = (await self.log.head()).position
            rows = await self.log.tail(self.after, PAGE, stream=self.wanted.stream, kind=self.wanted.kind)
            for row in rows:
                if self.wanted.ends_before(row.position):
                    return
                yield row
                self.after, last = row.position, monotonic()
            if rows:
                continue
            if self.wanted.ends_before(head + 1):
                return
            self.after = max(self.after, head)
            await self._news(head, last + self.heartbeat - monotonic())
            if monotonic() >= last + self.heartbeat:
                yield None
                last = monotonic()

    async def _news(self, head: int, seconds: float) -> None:
        """Wait until the log is longer, no longer than this and not while the service stops."""
        grown = asyncio.ensure_future(self.log.grown(head, max(seconds, 0.0)))
        stopping = asyncio.ensure_future(self.draining.wait())
        try:
            await asyncio.wait({grown, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if grown.done():
                grown.result()
        finally:
            grown.cancel()
            stopping.cancel()
