"""How many events per second a projection catches up, beside raw records and the same rows upserted."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from rich.console import Console

from cases.tables import Ledger
from events.postgres import Bell, Pool, PostgresLog, connect
from events.service.heap import freeze_heap
from events.subscribe import LogSource, TopicSource
from local.postgres import Postgres
from local.site import Site
from scheduler.projections import Timers

from .contest import Contest
from .many_cases import EVENTS, fill, relayed
from .own_parts import own_parts
from .raw_upserts import Kind, Raw
from .versus import Versus

ROUNDS = 5
CASES = 50_000
SLICE = CASES // ROUNDS
LEDGER = (Kind("case_v1", "id", "id"), Kind("commitment_v1", "id", "id"))
TIMERS = (Kind("timer_v1", "id", "commitment"), Kind("armed_v1", "commitment", "commitment"))


async def measure(_server: Postgres, console: Console) -> list[Versus]:
    """Return events per second of the ledger from its own log, and of the timers from the topic."""
    async with own_parts() as (parts, _):
        return await _measure(await parts.fresh("catchup"), console)


async def _measure(site: Site, console: Console) -> list[Versus]:
    bootstrap, topic = site.broker.bootstrap, site.topics["cases"]
    async with _pool(site, "cases") as own, _pool(site, "scheduler") as other:
        log = await PostgresLog.open(own, "cases")
        console.print(f"catchup: recording {CASES * EVENTS:,} events")
        await fill(log, 0, CASES)
        await relayed(own, log, bootstrap, topic)
        source = TopicSource(bootstrap, topic, "cases")
        async with _raw(site, "cases", own, LEDGER) as rows, _raw(site, "scheduler", other, TIMERS) as more:
            ledger = Contest(_row("ledger, own log"), own, LogSource(log), Ledger(), rows, SLICE)
            timers = Contest(_row("timers, topic"), other, source, Timers(Bell(other)), more, SLICE)
            freeze_heap()  # as a service does once it has begun
            for number in range(ROUNDS):
                for contest in (ledger, timers):
                    console.print(f"  {await contest.round(number)}", style="dim")
        await log.close()
    return [ledger.versus, timers.versus]


def _row(name: str) -> Versus:
    return Versus(name, "raw records, same rows upserted", "events/s", 0.5)


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
