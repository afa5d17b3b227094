"""What is asked of the database while nothing comes, counted by the database itself."""

import asyncio
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import asyncpg

from local.postgres import Postgres

from .kept_timers import Kept, running
from .rival_timers import Procrastinate

SECONDS = 60.0
"""Two of the ticker's longest sleeps."""
SETTLED_SECONDS = 5.0
PRELOAD = "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'"
RESET = "SELECT pg_stat_statements_reset()"
COUNTED = """
    SELECT coalesce(sum(s.calls) FILTER (WHERE s.query LIKE '%timer_v1%'), 0)::int AS ticker,
           coalesce(sum(s.calls), 0)::int AS whole
      FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
     WHERE d.datname = $1
"""


async def statements(server: Postgres, kept: str, rival: str) -> dict[str, float]:
    """Return statements per second of the idle ticker, of its whole process, and of an idle worker.

    The server is started anew with its own counter of statements; one that is not ours must have it already.
    """
    connection = await _counting(server)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(running((await stack.enter_async_context(Kept.opened(kept))).replica))
        worker = await stack.enter_async_context(Procrastinate.opened(rival))
        await stack.enter_async_context(worker.working())
        await asyncio.sleep(SETTLED_SECONDS)
        await connection.execute(RESET)
        await asyncio.sleep(SECONDS)
        ours = await connection.fetchrow(COUNTED, urlsplit(kept).path[1:])
        theirs = await connection.fetchrow(COUNTED, urlsplit(rival).path[1:])
    await connection.close()
    assert ours is not None
    assert theirs is not None
    assert ours["whole"], "nothing was counted"
    return {
        "kept, ticker": ours["ticker"] / SECONDS,
        "kept, ticker and bell": ours["whole"] / SECONDS,
        "procrastinate": theirs["whole"] / SECONDS,
    }


async def _counting(server: Postgres) -> asyncpg.Connection:
    if server.server is not None:
        connection = await asyncpg.connect(server.dsn)
        await connection.execute(PRELOAD)
        await connection.close()
        await server.server.stop()
        await server.server.start()
    connection = await asyncpg.connect(server.dsn)
    await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    return connection
