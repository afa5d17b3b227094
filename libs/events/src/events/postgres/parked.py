"""Streams that a subscription could not go on with: their rows wait, in order, to be taken in."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from events.recorded import Stored

from .cursors import BATCH_SECONDS, Outrun
from .pool import Connection, Pool, ask, borrow

_COLUMNS = """
    log, log_id, position, stream, version, event_id, type, schema_version, data, metadata, occurred_at,
    recorded_at, content, hash
"""
_ADD = f"""
    INSERT INTO parked(subscription, error, damaged, {_COLUMNS})
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
    ON CONFLICT DO NOTHING
"""  # noqa: S608 - constants only
_STREAMS = "SELECT DISTINCT stream FROM parked WHERE subscription = $1"
_HELD = "SELECT DISTINCT stream FROM parked WHERE subscription = $1 AND stream = ANY($2)"
_NAMING = """
    SELECT DISTINCT stream FROM parked
     WHERE subscription = $1 AND position(convert_to($2, 'UTF8') in data) > 0
"""
_DUE = """
    SELECT stream FROM (
        SELECT DISTINCT ON (stream) stream, retry_at FROM parked
         WHERE subscription = $1 ORDER BY stream, position) first
     WHERE retry_at <= clock_timestamp()
"""
_WAITING = f"""
    SELECT {_COLUMNS}, damaged FROM parked WHERE subscription = $1 AND stream = $2 ORDER BY position LIMIT $3
"""  # noqa: S608 - constants only
_TAKE = """
    DELETE FROM parked WHERE subscription = $1 AND position = $2 AND NOT EXISTS (
        SELECT FROM parked p WHERE p.subscription = $1 AND p.stream = parked.stream AND p.position < $2)
    RETURNING true
"""
_FAILED = """
    UPDATE parked SET error = $3, tries = tries + 1, retry_at = clock_timestamp() + interval '30 s'
     WHERE subscription = $1 AND position = $2
"""
_HURRY = """
    UPDATE parked SET retry_at = clock_timestamp()
     WHERE subscription = coalesce($1, subscription) AND stream = coalesce($2, stream)
    RETURNING subscription, stream
"""
_LIST = """
    SELECT subscription, stream, min(position) AS position, count(*) AS rows, max(tries) AS tries,
           min(parked_at) AS parked_at, coalesce((array_agg(error ORDER BY position))[1], '') AS error
      FROM parked GROUP BY subscription, stream ORDER BY min(parked_at), subscription, stream
"""


@dataclass(frozen=True, slots=True)
class Unfit:
    """A row that is to be parked; without an error it waits behind one with it."""

    row: Stored
    error: str | None = None
    damaged: bool = False
    """It does not fit its hashes."""
    awaits: bool = False
    """It is sound, and so is whoever handles it: what it waits for is parked itself."""


@dataclass(frozen=True, slots=True)
class ParkedStream:
    """A parked stream, as it is listed."""

    subscription: str
    stream: str
    position: int
    """Of its first row."""
    rows: int
    tries: int
    parked_at: datetime
    error: str


async def park(connection: Connection, subscription: str, unfit: Sequence[Unfit]) -> None:
    """Add rows, within the caller's transaction."""
    rows = [(subscription, each.error, each.damaged, *_values(each.row)) for each in unfit]
    if rows:
        await connection.executemany(_ADD, rows)


async def streams(pool: Pool, subscription: str) -> set[str]:
    """Return the parked streams of a subscription. Raises Unavailable."""
    rows = await ask(pool, lambda connection: connection.fetch(_STREAMS, subscription))
    return {row["stream"] for row in rows}


async def held(pool: Pool, subscription: str, among: Sequence[str]) -> list[str]:
    """Return which of these streams are parked. Raises Unavailable."""
    rows = await ask(pool, lambda connection: connection.fetch(_HELD, subscription, among))
    return [row["stream"] for row in rows]


async def naming(pool: Pool, subscription: str, said: str) -> list[str]:
    """Return the parked streams with an event whose data name this. Raises Unavailable."""
    rows = await ask(pool, lambda connection: connection.fetch(_NAMING, subscription, said))
    return [row["stream"] for row in rows]


async def due(pool: Pool, subscription: str) -> list[str]:
    """Return the streams that are to be tried again now. Raises Unavailable."""
    rows = await ask(pool, lambda connection: connection.fetch(_DUE, subscription))
    return [row["stream"] for row in rows]


async def waiting(pool: Pool, subscription: str, stream: str, limit: int = 1000) -> list[Unfit]:
    """Return the rows of a parked stream, in order; each error is left out. Raises Unavailable."""
    rows = await ask(pool, lambda connection: connection.fetch(_WAITING, subscription, stream, limit))
    return [Unfit(_stored(row), damaged=row["damaged"]) for row in rows]


@asynccontextmanager
async def taking(pool: Pool, subscription: str, position: int) -> AsyncIterator[Connection]:
    """Lend a connection in a transaction that takes a row out of the park.

    Raises Outrun where it is not there any more, or not the first of its stream; Unavailable.
    """
    async with borrow(pool, BATCH_SECONDS) as connection, connection.transaction():
        if not await connection.fetchval(_TAKE, subscription, position):
            raise Outrun(f"{subscription} has already taken in {position}")
        yield connection


async def failed(pool: Pool, subscription: str, position: int, error: str) -> None:
    """Note that a row could not be taken in this time either. Raises Unavailable."""
    await ask(pool, lambda connection: connection.execute(_FAILED, subscription, position, error))


async def hurry(pool: Pool, subscription: str | None = None, stream: str | None = None) -> int:
    """Have parked streams tried again at once, all or those named; returns how many. Raises Unavailable."""
    rows = await ask(pool, lambda connection: connection.fetch(_HURRY, subscription, stream))
    return len(set(map(tuple, rows)))


async def listed(pool: Pool) -> list[ParkedStream]:
    """Return every parked stream of a service, the oldest first. Raises Unavailable."""
    rows = await ask(pool, lambda connection: connection.fetch(_LIST))
    return [ParkedStream(**row) for row in rows]


def _values(row: Stored) -> tuple[object, ...]:
    return (
        *(row.log, row.log_id, row.position, row.stream, row.version, row.event_id, row.type, row.schema),
        *(row.data, row.metadata, row.occurred_at, row.recorded_at, row.content, row.hash),
    )


def _stored(record: asyncpg.Record) -> Stored:
    log, log_id, position, stream, version, event_id, *rest = tuple(record)[:-1]
    return Stored(log, UUID(int=log_id.int), position, stream, version, UUID(int=event_id.int), *rest)
