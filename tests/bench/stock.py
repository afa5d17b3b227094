"""The rival that others use: the recorder of the library `eventsourcing`; needs libpq."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from urllib.parse import urlsplit
from uuid import UUID

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

from .contenders import DATA, METADATA, NUMBERS, Write


def datastore(dsn: str, size: int) -> PostgresDatastore:
    """Return the library's own pool of this many connections."""
    parts = urlsplit(dsn)
    return PostgresDatastore(
        dbname=parts.path[1:],
        host=parts.hostname or "",
        port=parts.port or 5432,
        user=parts.username or "",
        password=parts.password or "",
        pool_size=size,
    )


@asynccontextmanager
async def stock(dsn: str, writers: int) -> AsyncIterator[list[Write]]:
    """Insert one event by the library's recorder, each writer on a thread and a connection of its own."""
    with datastore(dsn, writers) as store, ThreadPoolExecutor(writers) as threads:
        recorder = PostgresApplicationRecorder(store, events_table_name="stock")
        recorder.create_table()
        loop = asyncio.get_running_loop()

        def insert() -> None:
            event = StoredEvent(UUID(int=next(NUMBERS)), 1, "FollowUpPromised", DATA + METADATA)
            recorder.insert_events([event])

        async def write() -> None:
            await loop.run_in_executor(threads, insert)

        yield [write] * writers
