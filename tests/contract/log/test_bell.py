"""News reach whoever waits: in this process at once, in another by NOTIFY, and after a lost connection."""

import asyncio

import asyncpg
import pytest

from events.postgres import Bell, PostgresLog, connect
from local.postgres import Postgres
from tests.logs import ROLE, a_log, as_superuser

from .commands import command, to

END_LISTENERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"


@pytest.fixture
async def bell(server, database):
    async with await connect(server.database(database, ROLE), application="bell") as pool:
        bell = Bell(pool)
        await listening(bell)
        yield bell
        await bell.close()


async def listening(bell: Bell) -> None:
    """Wait until the bell hears other processes: it rings once when it begins to."""
    assert await bell.heard("kept_log", 5)


async def test_heard__in_this_process(bell):
    waiting = asyncio.create_task(bell.heard("kept_timers", 5))
    await asyncio.sleep(0)
    bell.ring("kept_timers")
    assert await waiting is True


async def test_heard__not_what_was_rung_before(bell):
    bell.ring("kept_timers")
    await bell.heard("kept_timers", 0.2)  # its own notification
    assert await bell.heard("kept_timers", 0.05) is False


async def test_heard__what_was_rung_since(bell):
    rung = bell.rung("kept_timers")
    bell.ring("kept_timers")
    assert await bell.heard("kept_timers", 5, rung) is True


async def test_heard__not_another_channel(bell):
    bell.ring("kept_clock")
    assert await bell.heard("kept_timers", 0.05) is False


async def test_heard__from_another_process(bell, server, database):
    async with a_log(server, database) as log:
        rung = bell.rung("kept_log")
        await log.append(command(to("case-1")))
        assert await bell.heard("kept_log", 5, rung)
        rung = bell.rung("kept_clock")
        await log.set_clock(await log.now())
        assert await bell.heard("kept_clock", 5, rung)


async def test_heard__after_a_lost_connection(bell, server, database):
    rung = bell.rung("kept_log")
    await as_superuser(server, database, END_LISTENERS)
    assert await bell.heard("kept_log", 5, rung)
    rung = bell.rung("kept_timers")
    await as_superuser(server, database, "NOTIFY kept_timers")
    assert await bell.heard("kept_timers", 5, rung)


async def test_ring__many_times_is_told_once(bell, server, database):
    told: asyncio.Queue[str] = asyncio.Queue()
    connection = await asyncpg.connect(server.database(database))
    await connection.add_listener("kept_timers", lambda *heard: told.put_nowait(heard[2]))
    for _ in range(1000):
        bell.ring("kept_timers")
    assert await told.get() == "kept_timers"
    await connection.close()
    assert told.qsize() < 3


async def test_grown__by_another_process(server: Postgres, database: str):
    async with a_log(server, database) as reader, a_log(server, database) as writer:
        await reader.grown(0, 0)
        waiting = asyncio.create_task(reader.grown(0, 5))
        await asyncio.sleep(0)
        await writer.append(command(to("case-1")))
        assert await waiting is True


async def test_grown__without_a_bell(server, database, kept_database):
    """Polling is the safety net: the bell of a pool that cannot listen stays silent."""
    async with (
        await connect(server.database(database, ROLE), application="reader") as pool,
        await connect(server.database(database, ROLE), application="nobody") as closed,
        a_log(server, database) as writer,
    ):
        await closed.close()
        reader = await PostgresLog.open(pool, "cases", Bell(closed))
        waiting = asyncio.create_task(reader.grown(0, 5))
        await asyncio.sleep(0)
        await writer.append(command(to("case-1")))
        assert await waiting is True
        await reader.close()
