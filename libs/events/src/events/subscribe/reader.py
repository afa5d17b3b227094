"""From a source that may repeat, lack or damage rows to those of the log: once, in order, verified."""

from dataclasses import dataclass
from time import monotonic

from aiokafka.errors import KafkaError

from events.errors import Unavailable
from events.log import Head
from events.recorded import Stored
from events.wire import ORIGIN

from .integrity import flaw, place_of
from .source import Source, Truth

SILENCE_SECONDS = 5.0
"""After so long without a record from the source, the feed is asked for news."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """The next row of a log; `flaw` says why it is damaged, in the log itself."""

    row: Stored
    flaw: str | None = None


@dataclass(slots=True)
class Counts:
    """What a reader has put right."""

    copies: int = 0
    """Rows dropped because they had been seen."""
    holes: int = 0
    healed: int = 0
    """Rows that the source lacked, or had damaged, taken from the feed."""
    fed: int = 0
    """Rows read from the feed because the source was silent."""


class Reader:
    """Reads a source, and the feed of the log's owner where the source falls short."""

    def __init__(
        self, source: Source, feed: Truth | None, reader: str, silence: float = SILENCE_SECONDS
    ) -> None:
        self._source = source
        self._feed = feed
        self._truth = feed or (source if isinstance(source, Truth) else None)
        self._name = reader
        self._silence = silence
        self._heard = monotonic()
        self.counts = Counts()
        self.on_feed = False
        """Whether the last rows came from the feed because the source was silent or out."""

    async def check(self, at: Head) -> None:
        """Raise LogDiverged where the log has another history than was read; a feed that is out may be."""
        if self._truth is None:
            return
        try:
            await self._truth.check(at, self._name)
        except Unavailable:
            if self._truth is self._source:
                raise

    async def read(self, after: Head, limit: int, timeout: float) -> list[Arrival]:  # noqa: ASYNC109 - a bound
        """Return the rows that follow `after`, without gap or copy; none where there is no news.

        Raises LogDiverged, and what says that the source or the feed is out.
        """
        out: KafkaError | TimeoutError | None = None
        rows: list[Stored] = []
        try:
            rows = await self._source.read(after, limit, 0 if self.on_feed else timeout)
        except (KafkaError, TimeoutError) as error:
            out = error
        if rows:
            self._heard, self.on_feed = monotonic(), False
        elif self._feed is not None and monotonic() - self._heard >= self._silence:
            rows = await self._from_feed(self._feed, after, limit)
        if out is not None and not rows:
            raise out
        return await self._line_up(after, rows)

    async def again(self, row: Stored) -> Arrival:
        """Return a row that was found damaged, as the log has it now."""
        if row.position == 1:
            at, rows = Head(row.log_id, 0, ORIGIN), await self._ask(Head(row.log_id, 0, ORIGIN), 1)
        else:
            before, *rows = await self._ask(Head(row.log_id, row.position - 2, b""), 2)
            at = place_of(before)
        return Arrival(rows[0], flaw(at, rows[0]))

    async def close(self) -> None:
        """Let go of the source."""
        await self._source.close()

    async def _from_feed(self, feed: Truth, after: Head, limit: int) -> list[Stored]:
        rows = await feed.read(after, limit, 0)
        self.on_feed = bool(rows)
        self.counts.fed += len(rows)
        if not rows:
            await feed.check(after, self._name)
            self._heard = monotonic()
        return rows

    async def _line_up(self, after: Head, rows: list[Stored]) -> list[Arrival]:
        arrivals: list[Arrival] = []
        at = after
        for row in rows:
            if row.position <= at.position:
                await self._copy(at, row)
                continue
            found = [Arrival(row, flaw(at, row))] if row.position == at.position + 1 else []
            if not found or found[0].flaw:
                found = await self._heal(at, row)
            arrivals += found
            at = place_of(arrivals[-1].row)
            if at.position < row.position:  # a hole too wide for one page: the rest is read next time
                break
        return arrivals

    async def _copy(self, at: Head, row: Stored) -> None:
        self.counts.copies += 1
        if row.log_id != at.log_id or (row.position == at.position and row.hash != at.hash):
            await self._checked(at)

    async def _heal(self, at: Head, row: Stored) -> list[Arrival]:
        """Return the rows after `at` up to this one, as the log itself has them."""
        await self._checked(at)
        width = row.position - at.position
        self.counts.holes += 1
        arrivals = []
        for each in await self._ask(at, width):
            arrivals.append(Arrival(each, flaw(at, each)))
            at = place_of(each)
        if not arrivals:
            raise Unavailable(
                f"{self._source.name} lacks {row.position - width + 1} to {row.position}, as does its feed"
            )
        self.counts.healed += len(arrivals)
        return arrivals

    async def _checked(self, at: Head) -> None:
        if self._truth is None:
            raise Unavailable(
                f"{self._source.name} does not fit at {at.position}, and there is no feed to ask"
            )
        await self._truth.check(at, self._name)

    async def _ask(self, after: Head, limit: int) -> list[Stored]:
        if self._truth is None:
            raise Unavailable(f"there is no feed of {self._source.name} to ask")
        return await self._truth.read(after, limit, 0)
