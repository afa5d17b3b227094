"""The rival: timers as scheduled tasks of procrastinate."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from procrastinate import App, PsycopgConnector
from procrastinate.tasks import Task

from events.clock import jitter, machine_time, new_id

WRITERS = 16
"""Tasks are deferred by so many at once; more gave no more."""
BATCH = 500
"""As many as a subscription of Kept's takes in at once."""
LONG_SECONDS = 120.0
DEFERRING_SECONDS = 8.0
TOGETHER = 10
"""How many tasks the worker runs at once."""

COME = """
    UPDATE procrastinate_jobs SET scheduled_at = now()
     WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place,
                                         count(*) OVER () AS number
                                    FROM procrastinate_jobs WHERE status = 'todo') each
                   WHERE mod(place, number / {come}) = 0)
"""
LEFT = """
    UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 year'
     WHERE status = 'todo' AND scheduled_at <= now()
"""
"""What was not executed in time burdens nothing that is measured later."""
EXECUTED = "SELECT count(*) AS number FROM procrastinate_jobs WHERE status = 'succeeded'"
LAGS = """
    SELECT extract(epoch FROM coalesce(e.at, clock_timestamp()) - j.scheduled_at)::float8 AS lag
      FROM procrastinate_jobs j LEFT JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'started'
     WHERE j.queue_name = 'lag'
"""
"""Of a task that was not begun, how late it is by now: less than it will be."""


@dataclass
class Procrastinate:
    """An application with one task, which does nothing."""

    app: App
    remind: Task[Any, Any, Any]

    @classmethod
    @asynccontextmanager
    async def opened(cls, dsn: str) -> AsyncIterator[Self]:
        app = App(connector=PsycopgConnector(conninfo=dsn, min_size=WRITERS, max_size=WRITERS))

        @app.task(name="remind")
        async def remind(commitment: str, timer: str) -> None:
            """Do nothing."""

        async with app.open_async():
            yield cls(app, remind)

    async def schedule(self, timers: int) -> float:
        """Return how many tasks are deferred per second, each to an instant of its own."""
        left = iter(range(timers))

        async def defer() -> None:
            for _ in left:
                at = machine_time() + timedelta(days=1 + jitter(365))
                await self.remind.configure(schedule_at=at).defer_async(**_arguments())

        return await _rate(timers, *(defer() for _ in range(WRITERS)))

    async def schedule_in_batches(self, timers: int) -> float:
        """Return how many tasks are deferred per second in batches: each is of one instant, by its API."""

        async def defer() -> None:
            for _ in range(0, timers, BATCH):
                at = machine_time() + timedelta(days=1 + jitter(365))
                await self.remind.configure(schedule_at=at).batch_defer_async(
                    *(_arguments() for _ in range(BATCH))
                )

        return await _rate(timers, defer())

    async def empty(self) -> None:
        """Take every task away."""
        await self.app.connector.execute_query_async(
            "TRUNCATE procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers"
        )

    async def fire(self, timers: int, seconds: float) -> float:
        """Return how many tasks it executes per second when so many of those pending have come.

        They lie evenly among the others; it is stopped after so many seconds.
        """
        connector, loop = self.app.connector, asyncio.get_running_loop()
        before = (await connector.execute_query_one_async(EXECUTED))["number"]
        await connector.execute_query_async(COME.format(come=timers))
        began = loop.time()
        await self._work(seconds, wait=False)
        lasted = loop.time() - began
        await connector.execute_query_async(LEFT)
        return float((await connector.execute_query_one_async(EXECUTED))["number"] - before) / lasted

    async def lags(self, timers: int, each_second: int) -> list[float]:
        """Return by how many seconds each task is late, at least, when so many come in each second."""
        begin, left = machine_time() + timedelta(seconds=DEFERRING_SECONDS), iter(range(timers))

        async def defer() -> None:
            for number in left:
                at = begin + timedelta(seconds=number / each_second)
                await self.remind.configure(schedule_at=at, queue="lag").defer_async(**_arguments())

        await asyncio.gather(*(defer() for _ in range(WRITERS)))
        seconds = (begin - machine_time()).total_seconds() + timers / each_second
        await self._work(seconds, wait=True)
        rows = await self.app.connector.execute_query_all_async(LAGS)
        await self.app.connector.execute_query_async(LEFT)
        return [row["lag"] for row in rows]

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Run the worker while the block lasts."""
        task = asyncio.create_task(self._work(LONG_SECONDS, wait=True))
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def _work(self, seconds: float, *, wait: bool) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.app.run_worker_async(
                    concurrency=TOGETHER, wait=wait, install_signal_handlers=False
                )


def _arguments() -> dict[str, Any]:
    return {"commitment": str(new_id()), "timer": "rung-1"}


async def _rate(timers: int, *work: Any) -> float:
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.gather(*work)
    return timers / (loop.time() - began)
