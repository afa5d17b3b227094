"""Where each subscription stands in its log; a cursor moves only from where its owner believes it to be."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

from events.errors import Fault
from events.log import Head
from events.wire import ORIGIN

from .pool import Connection, Pool, ask, borrow

NOWHERE = Head(UUID(int=0), 0, ORIGIN)
"""Where a subscription begins: before the first row of whichever log."""
MISUSE = asyncpg.InterfaceError
"""On a connection that is open, this says that the caller is mistaken, not that the server is out."""
BATCH_SECONDS = 20.0
"""How long one batch may take; each of its statements is bounded by the server."""

_BEGIN = "INSERT INTO cursor(subscription, log) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_WHERE = "SELECT log_id, position, hash FROM cursor WHERE subscription = $1"
_MOVE = "SELECT kept_move_cursor($1, $2, $3, $4, $5, $6, $7)"


class Outrun(Fault):
    """Another replica has gone on with this subscription: step back."""


async def begin(pool: Pool, subscription: str, log: str) -> None:
    """Make the cursor of a subscription, at NOWHERE, unless it is there. Raises Unavailable."""
    await ask(pool, lambda connection: connection.execute(_BEGIN, subscription, log))


async def where(pool: Pool, subscription: str) -> Head:
    """Return where a subscription stands. Raises Unavailable."""
    row = await ask(pool, lambda connection: connection.fetchrow(_WHERE, subscription))
    return Head(UUID(int=row["log_id"].int), row["position"], row["hash"]) if row else NOWHERE


def _moves(subscription: str, at: Head, to: Head) -> tuple[object, ...]:
    return (subscription, at.log_id, at.position, at.hash, to.log_id, to.position, to.hash)


async def move(pool: Pool, subscription: str, at: Head, to: Head) -> None:
    """Move a cursor by itself. Raises Outrun where it does not stand at `at`, Unavailable."""
    async with borrow(pool) as connection:
        if not await connection.fetchval(_MOVE, *_moves(subscription, at, to)):
            raise _outrun(subscription, at)


def _outrun(subscription: str, at: Head) -> Outrun:
    return Outrun(f"the cursor of {subscription} is no longer at {at.position}")


@asynccontextmanager
async def moving(pool: Pool, subscription: str, at: Head, to: Head) -> AsyncIterator[Connection]:
    """Lend a connection in a transaction that moves a cursor; it is committed at the end of the block.

    The move comes first and locks the row, so two replicas take turns. Raises Outrun where the cursor does
    not stand at `at`, Unavailable where the database does not answer.
    """
    async with borrow(pool, BATCH_SECONDS) as connection, connection.transaction():
        if not await connection.fetchval(_MOVE, *_moves(subscription, at, to)):
            raise _outrun(subscription, at)
        yield connection
