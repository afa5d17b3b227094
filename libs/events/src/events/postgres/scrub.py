"""Scrubbing: what was erased from the rows of a database leaves its files and its write-ahead log as well."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import NamedTuple

import asyncpg

from events.errors import Unavailable

from .pool import Connection

LOCK_SECONDS = 30
"""How long a table is waited for: whoever asks for it meanwhile waits behind."""
CONNECT_SECONDS = 10
_TABLES = """
    SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND c.relpersistence = 'p'
       AND (n.nspname NOT IN ('pg_catalog', 'information_schema') OR c.oid = 'pg_statistic'::regclass)
       AND c.relname <> 'event'
     ORDER BY n.nspname DESC, c.relname
"""
"""The catalogue's table of statistics comes last: it holds samples of the others, which are taken anew."""
_SIZE = "SELECT pg_total_relation_size($1::oid)"
_SYSTEM = "SELECT system_identifier FROM pg_control_system()"
_HELD = "SELECT slot_name FROM pg_replication_slots WHERE restart_lsn IS NOT NULL"
_AHEAD = """
    SELECT count(*) FROM pg_ls_waldir()
     WHERE name ~ '^[0-9A-F]{24}$' AND name > pg_walfile_name(pg_current_wal_insert_lsn())
"""
_NEXT = "SELECT pg_logical_emit_message(false, 'kept', 'scrub'), pg_switch_wal()"
_SWITCH = "SELECT pg_switch_wal()"


class Written(NamedTuple):
    """A table that was written anew."""

    name: str
    before: int
    after: int
    """Bytes on disk, with indexes."""
    seconds: float


async def scrub_tables(dsn: str) -> AsyncIterator[Written]:
    """Write every table of a database anew, its log excepted: no old version of a row is left in a file.

    `dsn` is a superuser's. One table after the other is locked for as long as that takes, about a second
    for 50 MB. Raises Unavailable where a table is not to be had within LOCK_SECONDS.
    """
    async with _connected(dsn) as connection:
        for table in await connection.fetch(_TABLES):
            before, began = await connection.fetchval(_SIZE, table["oid"]), monotonic()
            try:
                await connection.execute(f"VACUUM (FULL, ANALYZE) {table['name']}")
            except asyncpg.LockNotAvailableError as error:
                raise Unavailable(f"{table['name']} is in use all the time") from error
            after = await connection.fetchval(_SIZE, table["oid"])
            yield Written(table["name"], before, after, monotonic() - began)


async def scrub_wal(dsn: str) -> int:
    """Let nothing old stand in the server's write-ahead log; return how many segments were written over.

    A checkpoint frees what is old; the server keeps such files to use them again, as they are, so each is
    gone through once. `dsn` is a superuser's. Raises Unavailable where a replication slot holds the log.
    """
    async with _connected(dsn) as connection:
        if held := [row["slot_name"] for row in await connection.fetch(_HELD)]:
            raise Unavailable(f"the replication slot {held[0]} keeps old write-ahead log: drop it first")
        await connection.execute(_SWITCH)
        await connection.execute("CHECKPOINT")
        ahead: int = await connection.fetchval(_AHEAD)
        for _ in range(ahead + 1):
            await connection.execute(_NEXT)
        await connection.execute("CHECKPOINT")
        return ahead


async def system(dsn: str) -> int:
    """Return which server a database lies on: databases of one server share its write-ahead log."""
    async with _connected(dsn) as connection:
        found: int = await connection.fetchval(_SYSTEM)
        return found


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[Connection]:
    settings = {"lock_timeout": str(LOCK_SECONDS * 1000), "application_name": "kept-scrub"}
    try:
        connection: Connection = await asyncpg.connect(dsn, timeout=CONNECT_SECONDS, server_settings=settings)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Unavailable(f"the database does not answer: {error}") from error
    try:
        yield connection
    finally:
        await connection.close(timeout=5)
