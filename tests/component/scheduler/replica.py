"""One replica of the scheduler, as far as its database goes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

from events.catalogue import CommitmentFellDue, Event, ReminderDue
from events.clock import derived_id
from events.postgres import Bell, Pool, PostgresLog
from events.recorded import Recorded
from events.wire import decode
from scheduler.projections import Timers
from scheduler.ticker import Ticker
from tests.unit.scheduler.plans import PLAN, promised, recorded


async def at_once() -> None:
    """Let the ticker begin without waiting for a subscription: there is none."""


@dataclass(frozen=True)
class Replica:
    """A pool, a log, a bell, and what stands on them."""

    pool: Pool
    log: PostgresLog
    bell: Bell
    timers: Timers
    ticker: Ticker

    @classmethod
    @asynccontextmanager
    async def over(cls, pool: Pool) -> AsyncIterator[Self]:
        """Open a replica on a pool."""
        bell = Bell(pool)
        log = await PostgresLog.open(pool, "reminders", bell)
        yield cls(pool, log, bell, Timers(bell), Ticker(pool, bell, at_once))
        await log.close()
        await bell.close()

    async def hear(self, *events: Event) -> None:
        """Follow these events of one case, as one batch."""
        await self.follow([recorded(event, position) for position, event in enumerate(events, 1)])

    async def follow(self, batch: list[Recorded[Event]]) -> None:
        """Follow a batch, as a subscription does."""
        async with self.pool.acquire() as connection, connection.transaction():
            await self.timers.apply(connection, batch)

    async def names(self) -> list[str]:
        """Return the names of the timers that stand, in the order of their instants."""
        rows = await self.pool.fetch("SELECT name FROM timer_v1 ORDER BY planned, name")
        return [row["name"] for row in rows]

    async def said(self) -> list[ReminderDue | CommitmentFellDue]:
        """Return what its log holds."""
        return [recorded.event for recorded in await self.records()]

    async def records(self) -> list[Recorded[ReminderDue | CommitmentFellDue]]:
        """Return what its log holds, with who caused it."""
        found = []
        for row in await self.log.tail(0):
            record = decode(row)
            assert isinstance(record.event, ReminderDue | CommitmentFellDue)
            found.append(Recorded(record.event, record.metadata, row))
        return found

    async def follow_many(self, number: int) -> None:
        """Follow so many promises, each of one commitment with the usual plan."""
        promises = [promised(PLAN, commitment=derived_id("many", one)) for one in range(number)]
        await self.hear(*promises)
