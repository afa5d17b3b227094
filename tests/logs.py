"""Databases with an empty log, and logs opened in them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import asyncpg

from events.postgres import PostgresLog, connect, install
from local.postgres import Postgres, postgres
from local.progress import Progress

ROLE = "kept_cases"
TEMPLATE = "kept_template"
NUMBERS = count(1)
EMPTY = """
    ALTER TABLE event DISABLE TRIGGER append_only;
    TRUNCATE event, clock, lease;
    ALTER TABLE event ENABLE ALWAYS TRIGGER append_only;
    UPDATE log SET log_id = gen_random_uuid();
"""


@asynccontextmanager
async def a_server(directory: Path, *, flushes: bool = False) -> AsyncIterator[Postgres]:
    """Run a server of one's own, which one may stop and freeze; it has a template of an empty log."""
    async with postgres(directory, Progress()) as running:
        if not flushes:
            await hurry(running)
        await running.roles(ROLE)
        await running.create(TEMPLATE, login=ROLE)
        await install(running.database(TEMPLATE), log="cases", schema="", role=ROLE)
        yield running


async def hurry(server: Postgres) -> None:
    """Let a server of a test's own flush nothing: to drop a database takes seconds where it does.

    Processes are killed here, never the machine: what they have written is in its cache either way.
    """
    if server.server is not None:
        for statement in ("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"):
            await as_superuser(server, "postgres", statement)


@asynccontextmanager
async def a_database(server: Postgres) -> AsyncIterator[str]:
    """Make a database with an empty log; gives its name."""
    name = f"log_{next(NUMBERS)}"
    await server.create(name, login=ROLE, template=TEMPLATE)
    try:
        yield name
    finally:
        await server.drop(name)


async def as_superuser(server: Postgres, database: str, sql: str) -> None:
    """Run statements that nobody but a superuser may run."""
    connection = await asyncpg.connect(server.database(database))
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


async def empty(server: Postgres, database: str) -> None:
    """Make the log as it was on its first day; quicker than another database."""
    await as_superuser(server, database, EMPTY)


@asynccontextmanager
async def a_log(server: Postgres, database: str) -> AsyncIterator[PostgresLog]:
    """Open the log as the service does, with a pool of its own."""
    async with await connect(server.database(database, ROLE), application="test") as pool:
        log = await PostgresLog.open(pool, "cases")
        try:
            yield log
        finally:
            await log.close()
