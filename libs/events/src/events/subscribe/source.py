"""Where the rows of a log are read from: a table, a topic or a feed; the same rows, one cursor."""

import asyncio
from typing import Protocol, runtime_checkable

from events.log import Head, Log
from events.recorded import Stored

from .integrity import diverged

PAUSE_SECONDS = 0.2


class Source(Protocol):
    """Rows of one log, in order."""

    @property
    def name(self) -> str:
        """The log's name."""
        ...

    async def read(self, after: Head, limit: int, timeout: float) -> list[Stored]:  # noqa: ASYNC109 - a bound
        """Return at most `limit` rows that lie after a place, waiting `timeout` seconds for the first.

        None of them is promised to be the next one: a topic may hold copies and lack rows.
        """
        ...

    async def close(self) -> None:
        """Let go of what reading holds; the next read takes it up again."""
        ...


@runtime_checkable
class Truth(Source, Protocol):
    """A source that has every row: the log itself, or its owner's feed."""

    async def check(self, at: Head, reader: str) -> None:
        """Raise LogDiverged unless the log has this hash at this position."""
        ...


class LogSource:
    """The own log, read from its table."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self.name = log.name

    async def read(self, after: Head, limit: int, timeout: float) -> list[Stored]:  # noqa: ASYNC109 - a bound
        """Return the rows that follow a place. Raises Unavailable."""
        rows: list[Stored] = []
        if await self._log.grown(after.position, timeout):
            rows = await self._log.tail(after.position, limit)
            if not rows:  # it was longer once: check() tells
                await asyncio.sleep(min(timeout, PAUSE_SECONDS))
        return rows

    async def check(self, at: Head, reader: str) -> None:
        """Raise LogDiverged unless the log has this hash at this position; Unavailable."""
        if at.position == 0:
            return
        if at != await self._log.place(at.position):
            rows = await self._log.tail(at.position - 1, 1)
            raise diverged(
                reader, self.name, at, rows[0] if rows else None, (await self._log.head()).position
            )

    async def close(self) -> None:
        """Hold nothing."""
