"""Kept's timers as they are measured: heard of through the real subscription, fired by the real ticker."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from events.catalogue import FollowUpPromised
from events.catalogue.terms import Timer
from events.clock import derived_id, jitter, new_id
from events.log import Append, Entry, Part
from events.memory import MemoryLog
from events.postgres import connect
from events.recorded import Metadata
from events.subscribe import LogSource, Subscription
from events.wire import encode
from scheduler.reminder import DUE
from tests.component.scheduler.replica import Replica
from tests.unit.scheduler.plans import promised

from .pending import RUNGS

METADATA = Metadata(actor="an", correlation=derived_id("bench")).model_dump_json().encode()
TOGETHER = 100
"""Promises recorded by one command."""
LONG_SECONDS = 120.0
YEAR, DAY, SECOND = timedelta(days=365), timedelta(days=1), timedelta(seconds=1)

LAGS = """
    SELECT extract(epoch FROM recorded_at
                              - (convert_from(data, 'UTF8')::jsonb ->> 'planned')::timestamptz)::float8
      FROM event WHERE position > $1
"""


@dataclass
class Kept:
    """A scheduler beside a log of cases that lies in memory: rows as a topic gives them, hashes and all."""

    replica: Replica
    cases: MemoryLog = field(default_factory=lambda: MemoryLog("cases"))

    @classmethod
    @asynccontextmanager
    async def opened(cls, dsn: str) -> AsyncIterator[Self]:
        pool = await connect(dsn, application="kept")
        async with Replica.over(pool) as replica:
            yield cls(replica)
        pool.terminate()  # a subscription was cut off in it

    async def schedule(self, timers: int) -> float:
        """Return how many timers per second it takes in, verified, decoded, folded and written."""
        now = await self.replica.log.now()
        await self.record([_in_a_year(now) for _ in range(timers // RUNGS)])
        return timers / await self.hear()

    async def empty(self) -> None:
        """Take every timer away."""
        await self.replica.pool.execute("TRUNCATE timer_v1, armed_v1")

    async def fire(self, timers: int) -> float:
        """Return how many timers fire per second when so many, each of another promise, have come."""
        now = await self.replica.log.now()
        await self.record([_at(now - SECOND, now + DAY) for _ in range(timers)])
        await self.hear()
        loop = asyncio.get_running_loop()
        began, fired, passed = loop.time(), 0, True
        while passed:
            seen, number = await self.replica.ticker.tick()
            fired, passed = fired + number, bool(seen.passed)
        assert fired == timers, f"{fired} of {timers} fired"
        return fired / (loop.time() - began)

    async def lags(self, timers: int, each_second: int) -> list[float]:
        """Return by how many seconds each of these timers is late, when so many come in each second."""
        begin = await self.replica.log.now() + 4 * SECOND
        await self.record(
            [_at(begin + number / each_second * SECOND, begin + DAY) for number in range(timers)]
        )
        await self.hear()
        first = (await self.replica.log.head()).position
        async with running(self.replica):
            assert await self.replica.log.grown(first + timers - 1, timers / each_second + 30)
        rows = await self.replica.pool.fetch(LAGS, first)
        return [row[0] for row in rows]

    async def record(self, promises: Sequence[FollowUpPromised]) -> None:
        """Record promises in the log of cases, each in a case of its own."""
        now = await self.cases.now()
        for start in range(0, len(promises), TOGETHER):
            parts = tuple(
                Part(f"case-{new_id()}", 0, (Entry(*encode(promise), METADATA, now),))
                for promise in promises[start : start + TOGETHER]
            )
            await self.cases.append(Append(new_id(), parts))

    async def hear(self) -> float:
        """Follow the log of cases to its end; return in how many seconds."""
        timers, loop = self.replica.timers, asyncio.get_running_loop()
        following = Subscription(
            self.replica.pool,
            LogSource(self.cases),
            timers,
            holder=str(new_id()),
            on_commit=timers.committed,
        )
        began, task = loop.time(), asyncio.create_task(following.run())
        end = (await self.cases.head()).position
        assert await following.passed(end, LONG_SECONDS), "the promises were not taken in"
        lasted = loop.time() - began
        await _ended(task)
        return lasted


@asynccontextmanager
async def running(replica: Replica) -> AsyncIterator[None]:
    """Run the ticker while the block lasts."""
    task = asyncio.create_task(replica.ticker.run())
    yield
    await _ended(task)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _in_a_year(now: datetime) -> FollowUpPromised:
    """Return a promise with two reminders, due at some time of a year."""
    due = now + DAY + jitter(1) * YEAR
    rungs = (Timer(name="rung-1", at=due - 7200 * SECOND), Timer(name="rung-2", at=due - 900 * SECOND))
    return promised((*rungs, Timer(name=DUE, at=due)), commitment=new_id())


def _at(rung: datetime, due: datetime) -> FollowUpPromised:
    """Return a promise with one reminder."""
    return promised((Timer(name="rung-1", at=rung), Timer(name=DUE, at=due)), commitment=new_id())
