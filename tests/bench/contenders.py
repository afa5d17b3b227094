"""Who is measured: Kept's log and a bare INSERT.

Each is a context that is told how many write at once, and gives as many functions that append one event.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import count
from uuid import UUID

import asyncpg

from events.log import Append, Entry, Part
from events.postgres import PostgresLog, connect

Write = Callable[[], Awaitable[object]]
Contender = Callable[[int], AbstractAsyncContextManager[list[Write]]]

DATA = b'{"case": "0b0e7c54-6f0e-4b0e-9a56-0d8f9a4d7a11", "words": "%s"}' % (b"we call you back " * 12)
METADATA = b'{"actor": "agent", "roles": ["agent"], "correlation": "0b0e7c54-6f0e-4b0e-9a56-0d8f9a4d7a11"}'
AT = datetime(2026, 3, 1, tzinfo=UTC)
HASH = bytes(32)
NUMBERS = count((os.getpid() << 40) + 1)
"""Each process has its own."""

BARE_TABLE = """
    CREATE TABLE bare (LIKE event INCLUDING INDEXES);
    ALTER TABLE bare ALTER position ADD GENERATED ALWAYS AS IDENTITY;
    GRANT ALL ON bare TO PUBLIC;
"""
BARE_INSERT = """
    INSERT INTO bare (stream, version, event_id, type, schema_version, data, metadata,
                      occurred_at, recorded_at, content, hash, command, size, fingerprint, answer)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
"""


@asynccontextmanager
async def kept(dsn: str, writers: int) -> AsyncIterator[list[Write]]:
    """Append through the coalescer: the whole function."""
    async with await connect(dsn, application="kept") as pool:
        log = await PostgresLog.open(pool, "cases")

        async def write() -> None:
            number = next(NUMBERS)
            entry = Entry("FollowUpPromised", 1, DATA, METADATA, AT)
            await log.append(Append(UUID(int=number), (Part(f"case-{number}", 0, (entry,)),), HASH, DATA))

        yield [write] * writers
        await log.close()


@asynccontextmanager
async def bare(dsn: str, writers: int) -> AsyncIterator[list[Write]]:
    """Insert one row like an event's into a table like the log's: no check, no order, no chain."""

    async def write(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        number = next(NUMBERS)
        told = (f"case-{number}", 1, UUID(int=number), "FollowUpPromised", 1, DATA, METADATA, AT, AT)
        await connection.execute(BARE_INSERT, *told, HASH, HASH, UUID(int=number), 1, HASH, DATA)

    connections = [await asyncpg.connect(dsn) for _ in range(writers)]
    yield [partial(write, connection) for connection in connections]
    for connection in connections:
        await connection.close()
