"""A subscription: every event of a log comes to its handler once, in order, whatever happens on the way."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from time import monotonic

from events.bounded import bounded
from events.catalogue import Event
from events.keyring import Keyring
from events.leading import Health, lead
from events.log import Head
from events.postgres import OUTAGES, Lease, Pool, cursors, parked
from events.recorded import Recorded
from events.sealed import keys_of

from .delivery import PASSING, Delivery, HandlerFailed
from .handler import Handler
from .intake import Batch, Weigh, concerns_of, said, sort, weigh
from .parking import Parking
from .reader import Arrival, Counts, Reader
from .source import Source, Truth

WAIT_SECONDS = 1.0
POLL_SECONDS = 0.05
UNSAVED = 100
"""A cursor is moved past so many rows that did not concern its handler, also while others follow."""


def lease_of(subscription: str) -> str:
    """Return the name of the lease that whoever runs this subscription holds."""
    return f"subscription {subscription}"


class Subscription:
    """One handler on one log; of several replicas one runs it, by a lease."""

    def __init__(
        self,
        pool: Pool,
        source: Source,
        handler: Handler,
        *,
        holder: str,
        feed: Truth | None = None,
        on_commit: Callable[[], None] | None = None,
        keyring: Keyring | None = None,
    ) -> None:
        self._keyring = keyring
        self.name = handler.name
        self.log = handler.log
        self.health = Health()
        self._pool = pool
        self._delivery = Delivery(handler)
        self._concerns = concerns_of(handler)
        self._room = self._delivery.limit
        self._lease = Lease(pool, lease_of(handler.name), holder)
        self._reader = Reader(source, feed, handler.name)
        self._parking = Parking(pool, handler.name)
        self._on_commit = on_commit
        self._at = self._saved = cursors.NOWHERE
        self._moved = asyncio.Event()

    @property
    def position(self) -> int:
        """How far this replica knows the cursor to be."""
        return self._at.position

    @property
    def counts(self) -> Counts:
        """What had to be put right on the way."""
        return self._reader.counts

    @property
    def parked_streams(self) -> int:
        """How many streams are parked, as far as this replica knows."""
        return len(self._parking.streams)

    async def run(self) -> None:
        """Follow the log until cancelled.

        Raises LogDiverged, TooManyParked, TopicUnfit and RecordTooLarge: what does not pass by itself.
        """
        await lead(self._lease, self._follow, self.health, PASSING)

    async def passed(self, position: int, timeout: float) -> bool:  # noqa: ASYNC109 - a bound, not a cancel
        """Wait until the cursor has reached a position, whichever replica moves it; say whether it has."""
        end = monotonic() + timeout
        while self._at.position < position:
            left = end - monotonic()
            if self.health.state != "working" and await self._passed_elsewhere(position):
                return True
            if left <= 0:
                return False
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left, POLL_SECONDS)):
                    await self._moved.wait()
        return True

    async def _passed_elsewhere(self, position: int) -> bool:
        with suppress(*OUTAGES):
            return (await cursors.where(self._pool, self.name)).position >= position
        return False

    async def _follow(self) -> None:
        """Lead: take up the cursor where it is, and go on from there."""
        try:
            await cursors.begin(self._pool, self.name, self.log)
            self._saved = await cursors.where(self._pool, self.name)
            self._step(self._saved)
            self._tell()
            await self._parking.load()
            await self._reader.check(self._at)
            while True:
                await self._go_on()
        finally:
            if self._saved != self._at:
                await bounded(self._save(), WAIT_SECONDS)
            await bounded(self._reader.close(), WAIT_SECONDS)

    async def _go_on(self) -> None:
        patience = WAIT_SECONDS if self._saved == self._at else 0
        arrivals = await self._reader.read(self._at, self._room, patience)
        if self._reader.on_feed:
            self.health.ill(f"the topic of {self.log} is silent; its feed is read")
        else:
            self.health.well()
        if arrivals:
            self._room = max(len(arrivals) // 2, 1)  # a batch that takes too long is smaller the next time
            await self._take(arrivals, await self._weighing(arrivals))
            self._room = self._delivery.limit
        if self._saved != self._at and (not arrivals or self._at.position - self._saved.position >= UNSAVED):
            await self._save()
        for stream in await self._parking.due():
            await self._retry(stream)

    async def _weighing(self, arrivals: Sequence[Arrival]) -> Weigh:
        """Return what decodes these rows; those of the own log are opened."""
        rows = [each.row for each in arrivals if self._concerns(each.row)]
        return partial(weigh, keys=await keys_of(rows, self._keyring))

    async def _take(self, arrivals: Sequence[Arrival], weighed: Weigh = weigh) -> None:
        """Bring rows to the handler; where it fails, one by one, so that only the one at fault is parked."""
        try:
            streams = self._parking.streams
            await self._commit(sort(arrivals, streams, weighed=weighed, concerns=self._concerns))
        except HandlerFailed as failed:
            if len(arrivals) == 1:
                await self._commit(sort(arrivals, (), failed=failed.cause))
            else:
                for each in arrivals:
                    await self._take([each], weighed)

    async def _commit(self, batch: Batch) -> None:
        if not batch.fit and not batch.unfit:
            self._step(batch.to)
            return
        await self._delivery.before(batch.fit)
        async with cursors.moving(self._pool, self.name, self._saved, batch.to) as connection:
            await self._delivery.within(connection, batch.fit)
            await parked.park(connection, self.name, batch.unfit)
        self._saved = batch.to
        self._step(batch.to)
        self._tell()
        self._parking.add(batch.unfit)
        for stream in {each.row.stream for each in batch.unfit if each.error is None}:
            await self._retry(stream)

    async def _save(self) -> None:
        """Move the cursor past what did not concern the handler."""
        await cursors.move(self._pool, self.name, self._saved, self._at)
        self._saved = self._at

    async def _retry(self, stream: str) -> None:
        """Take in what waits of a parked stream, in order, as far as it goes."""
        while waiting := await parked.waiting(self._pool, self.name, stream):
            for each in waiting:
                arrival = await self._reader.again(each.row) if each.damaged else Arrival(each.row)
                if arrival.flaw is None and not self._concerns(arrival.row):
                    await self._pass_over(each.row.position)
                    continue
                error = await self._redeem((await self._weighing([arrival]))(arrival))
                if error is not None:
                    await parked.failed(self._pool, self.name, each.row.position, error)
                    return
        self._parking.streams.discard(stream)

    async def _pass_over(self, position: int) -> None:
        """Take in a parked row that the handler is not told of."""
        async with parked.taking(self._pool, self.name, position):
            pass

    async def _redeem(self, read: Recorded[Event] | parked.Unfit) -> str | None:
        """Bring one parked event to the handler; returns why it could not be taken in."""
        if isinstance(read, parked.Unfit):
            return read.error
        try:
            await self._delivery.before([read])
            async with parked.taking(self._pool, self.name, read.position) as connection:
                await self._delivery.within(connection, [read])
        except HandlerFailed as failed:
            return said(failed.cause)
        self._tell()
        return None

    def _step(self, to: Head) -> None:
        self._at = to
        self._moved.set()
        self._moved = asyncio.Event()

    def _tell(self) -> None:
        if self._on_commit is not None:
            self._on_commit()
