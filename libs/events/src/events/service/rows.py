"""A log that has been read: brought to a projection in order, or in all the disorder that may befall it."""

from bisect import bisect_right
from collections.abc import AsyncIterator, Sequence
from hashlib import sha256

from typing_extensions import override

from events.catalogue import Event
from events.log import Head
from events.postgres import Connection
from events.postgres.cursors import NOWHERE
from events.recorded import Recorded, Stored
from events.subscribe import Projection
from events.subscribe.integrity import place_of
from events.subscribe.reader import Arrival, Reader

PAGE = 500
MOST_COPIES = 5
REACH = 40
"""How far, in positions, a copy may arrive from its place."""
PAGES = 30
"""In so many pages a restless log arrives, if not in more: copies come after the first was applied, too."""


class Rows:
    """A whole log, each row verified as it was read."""

    def __init__(self, name: str, arrivals: Sequence[Arrival]) -> None:
        self.name = name
        self.arrivals = arrivals

    @property
    def rows(self) -> list[Stored]:
        """The rows."""
        return [arrival.row for arrival in self.arrivals]

    @property
    def end(self) -> Head:
        """The place after the last row."""
        return place_of(self.arrivals[-1].row) if self.arrivals else NOWHERE

    async def pages(self) -> AsyncIterator[Sequence[Arrival]]:
        """Yield the rows as a subscription reads them: once, in order."""
        for first in range(0, len(self.arrivals), PAGE):
            yield self.arrivals[first : first + PAGE]

    async def bring(
        self, connection: Connection, projection: Projection, events: Sequence[Recorded[Event]]
    ) -> None:
        """Let a projection apply events, in a transaction."""
        async with connection.transaction():
            await projection.apply(connection, events)


class Restless(Rows):
    """A log whose rows arrive one to five times each, out of order, the same way each time.

    Each transaction in which they are applied is rolled back once and done again, as after a lost connection.
    """

    def __init__(self, log: Rows) -> None:
        super().__init__(log.name, log.arrivals)
        arriving = [
            (row.position + _chance(row, copy) % REACH, copy, row)
            for row in log.rows
            for copy in range(1 + _chance(row, 0) % MOST_COPIES)
        ]
        self.arriving = [row for *_, row in sorted(arriving, key=lambda each: each[:2])]
        """The rows as they arrive."""

    @override
    async def pages(self) -> AsyncIterator[Sequence[Arrival]]:
        truth = _Held(self)
        reader, at = Reader(_Arriving(self), truth, self.name), NOWHERE
        while at.position < self.end.position:
            if arrivals := await reader.read(at, PAGE, 0):
                yield arrivals
                at = place_of(arrivals[-1].row)

    @override
    async def bring(
        self, connection: Connection, projection: Projection, events: Sequence[Recorded[Event]]
    ) -> None:
        in_vain = connection.transaction()
        await in_vain.start()
        try:
            await projection.apply(connection, events)
        finally:
            await in_vain.rollback()
        await super().bring(connection, projection, events)


class _Held:
    """The log itself, to whoever asks for what arrived too late."""

    def __init__(self, log: Rows) -> None:
        self.name = log.name
        self._arrivals = log.arrivals

    async def read(self, after: Head, limit: int, timeout: float) -> list[Stored]:  # noqa: ASYNC109 - a bound
        """Return the rows that follow a place."""
        del timeout
        first = bisect_right(self._arrivals, after.position, key=lambda arrival: arrival.row.position)
        return [arrival.row for arrival in self._arrivals[first : first + limit]]

    async def check(self, at: Head, reader: str) -> None:
        """Trust it: it was verified as it was read."""

    async def close(self) -> None:
        """Hold nothing."""


class _Arriving(_Held):
    """What arrives, a page at a time; when nothing does any more, the log itself."""

    def __init__(self, log: Restless) -> None:
        super().__init__(log)
        self._arriving = log.arriving
        self._page = min(PAGE, 1 + len(log.arriving) // PAGES)
        self._pages = iter(range(0, len(log.arriving), self._page))

    @override
    async def read(self, after: Head, limit: int, timeout: float) -> list[Stored]:
        first = next(self._pages, None)
        if first is None:
            return await super().read(after, limit, timeout)
        return self._arriving[first : first + self._page]


def _chance(row: Stored, copy: int) -> int:
    return int.from_bytes(sha256(row.content + bytes([copy])).digest()[:4])
