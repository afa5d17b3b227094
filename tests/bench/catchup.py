"""How many events per second a projection catches up, beside raw records and the same rows upserted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from time import perf_counter

import asyncpg
from rich.console import Console

from cases.tables import Ledger
from events.clock import new_id
from events.postgres import Bell, Pool, PostgresLog, connect
from events.service.heap import freeze_heap
from events.subscribe import Handler, LogSource, Source, Subscription, TopicSource
from local.postgres import Postgres
from local.site import Site
from scheduler.projections import Timers

from .many_cases import EVENTS, case_id, fill, promises, relayed
from .own_parts import own_parts
from .raw_upserts import Kind, Raw
from .versus import Versus

ROUNDS = 5
CASES = 50_000
SLICE = CASES // ROUNDS
LONG_SECONDS = 900.0
RIVAL = "raw consume, same rows upserted"
LEDGER = (Kind("case_v1", "id", "id"), Kind("commitment_v1", "id", "id"))
TIMERS = (Kind("timer_v1", "id", "commitment"), Kind("armed_v1", "commitment", "commitment"))


@dataclass
class Contest:
    """A projection that catches up, and its rival."""

    versus: Versus
    pool: Pool
    source: Source
    handler: Handler
    raw: Raw

    async def round(self, number: int) -> None:
        """Let both take in the next of the slices."""
        until = (number + 1) * SLICE * EVENTS
        ours = await self._catch_up(until)
        mine = range(number * SLICE, (number + 1) * SLICE)
        await self.raw.learn([*map(case_id, mine), *(each for one in mine for each in promises(one))])
        self.versus.note(ours, await self.raw.follow(until))

    async def _catch_up(self, until: int) -> float:
        following = Subscription(self.pool, self.source, self.handler, holder=str(new_id()))
        begun, task = perf_counter(), asyncio.create_task(following.run())
        assert await following.passed(until, LONG_SECONDS), following.health
        rate = SLICE * EVENTS / (perf_counter() - begun)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        return rate


async def measure(_server: Postgres, console: Console) -> list[Versus]:
    """Return events per second of the ledger from its own log, and of the timers from the topic."""
    async with own_parts() as (parts, _):
        return await _measure(await parts.fresh("catchup"), console)


async def _measure(site: Site, console: Console) -> list[Versus]:
    async with _pool(site, "cases") as own, _pool(site, "scheduler") as other:
        log, bootstrap, topic = (
            await PostgresLog.open(own, "cases"),
            site.broker.bootstrap,
            site.topics["cases"],
        )
        console.print(f"catchup: recording {CASES * EVENTS:,} events")
        await fill(log, 0, CASES)
        await relayed(own, log, bootstrap, topic)
        async with (
            _raw(site, "cases", own, LEDGER) as rows_of_ledger,
            _raw(site, "scheduler", other, TIMERS) as rows_of_timers,
        ):
            ledger = Versus("ledger, own log", RIVAL, "events/s", 0.5)
            timers = Versus("timers, topic", RIVAL, "events/s", 0.5)
            contests = (
                Contest(ledger, own, LogSource(log), Ledger(), rows_of_ledger),
                Contest(
                    timers, other, TopicSource(bootstrap, topic, "cases"), Timers(Bell(other)), rows_of_timers
                ),
            )
            freeze_heap()  # as a service does once it has begun
            for number in range(ROUNDS):
                for contest in contests:
                    await contest.round(number)
                    seen = contest.versus
                    console.print(
                        f"  {seen.name}: {seen.ours[-1]:,.0f}, rival {seen.theirs[-1]:,.0f}", style="dim"
                    )
        await log.close()
        return [ledger, timers]


@asynccontextmanager
async def _pool(site: Site, service: str) -> AsyncIterator[Pool]:
    pool = await connect(site.logins[service], application="bench")
    yield pool
    pool.terminate()  # a subscription was cut off in it


@asynccontextmanager
async def _raw(site: Site, service: str, pool: Pool, kinds: tuple[Kind, ...]) -> AsyncIterator[Raw]:
    """Make tables such as the projection's, and open the rival on them."""
    connection = await asyncpg.connect(site.databases[service])
    for kind in kinds:
        name = f"raw_{kind.table}"
        await connection.execute(
            f"CREATE TABLE {name} (LIKE {kind.table} INCLUDING ALL); GRANT ALL ON {name} TO PUBLIC"
        )
    await connection.close()
    async with Raw.opened(pool, site.broker.bootstrap, site.topics["cases"], kinds) as raw:
        yield raw
