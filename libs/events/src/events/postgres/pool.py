"""Connections that never make anybody wait longer than was agreed, whatever becomes of the server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias, TypeVar

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from typing_extensions import override

from events.errors import Unavailable

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"

T = TypeVar("T")

REQUEST_SECONDS = 1.5
"""How long a request waits for the database: the caller has its answer within two seconds."""
COMMAND_SECONDS = 6.0
"""How long this side waits for one statement; the server gives up before that."""
KEPT = 2
"""Connections that bell and log keep for themselves."""
FIRST_PAUSE, LAST_PAUSE = 0.05, 0.8
"""Seconds between two tries, doubled each time."""
SERVER_SETTINGS = {
    "idle_in_transaction_session_timeout": "1000",
    "lock_timeout": "2000",
    "statement_timeout": "5000",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "timezone": "UTC",
    "jit": "off",
    "enable_seqscan": "off",
}
"""Milliseconds and seconds. A client that froze in a transaction holds others up for one second.

Statements are planned once per connection, perhaps while a table is empty: they must use its index even then.
"""

OUTAGES: tuple[type[BaseException], ...] = (
    Unavailable,
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
    asyncpg.LockNotAvailableError,
    asyncpg.TransactionRollbackError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""What says that the server is gone, slow, locked, full or frozen: a state that passes, not a mistake."""


class Cuttable(asyncpg.Connection):
    """A connection that is cut off when a statement is cancelled or takes too long.

    asyncpg would ask the server to stop and wait for its answer, which a frozen one never gives (K12). What
    had been sent may still take effect.
    """

    @override
    async def fetch(self, *args: Any, **options: Any) -> Any:
        return await self._cut_off(super().fetch(*args, **options))

    @override
    async def fetchrow(self, *args: Any, **options: Any) -> Any:
        return await self._cut_off(super().fetchrow(*args, **options))

    @override
    async def fetchval(self, *args: Any, **options: Any) -> Any:
        return await self._cut_off(super().fetchval(*args, **options))

    @override
    async def executemany(self, *args: Any, **options: Any) -> Any:
        return await self._cut_off(super().executemany(*args, **options))

    @override
    async def copy_records_to_table(self, *args: Any, **options: Any) -> Any:
        return await self._cut_off(super().copy_records_to_table(*args, **options))

    @override
    async def execute(self, query: str, *args: Any, **options: Any) -> Any:
        if self.is_closed() and query.startswith("ROLLBACK"):
            return query  # nothing is left to roll back
        return await self._cut_off(super().execute(query, *args, **options))

    async def _cut_off(self, statement: Awaitable[T]) -> T:
        try:
            return await statement
        except (asyncio.CancelledError, TimeoutError):
            self.terminate()
            raise
        except AttributeError as error:  # asyncpg, cut off between preparing a statement and running it
            if not self.is_closed():
                raise
            raise asyncpg.ConnectionDoesNotExistError("cut off in the middle of a statement") from error


async def connect(dsn: str, *, application: str, size: int = 8) -> Pool:
    """Return a pool of at most `size` connections, besides those kept; none is made before its use."""
    return await asyncpg.create_pool(
        dsn,
        min_size=0,
        max_size=size + KEPT,
        timeout=REQUEST_SECONDS,
        command_timeout=COMMAND_SECONDS,
        server_settings={"application_name": application, **SERVER_SETTINGS},
        connection_class=Cuttable,
        reset=_keep,
    )


async def _keep(_connection: Connection) -> None:
    """Leave a connection as it was handed back: nobody here changes its session."""


@asynccontextmanager
async def borrow(pool: Pool, within: float = REQUEST_SECONDS) -> AsyncIterator[Connection]:
    """Lend a connection for at most `within` seconds, waiting for it included; Unavailable after that."""
    loop = asyncio.get_running_loop()
    overdue = loop.time() + within
    try:
        async with pool.acquire(timeout=within) as connection:
            cut = loop.call_at(overdue, connection.terminate)
            try:
                yield connection
            finally:
                cut.cancel()
    except OUTAGES as error:
        raise Unavailable(f"the database did not answer: {error or type(error).__name__}") from error


async def ask(pool: Pool, work: Callable[[Connection], Awaitable[T]], within: float = REQUEST_SECONDS) -> T:
    """Do work that may be done twice, anew where a connection was lost (K11); Unavailable after `within`."""
    loop = asyncio.get_running_loop()
    overdue, pause = loop.time() + within, FIRST_PAUSE
    while True:
        try:
            async with borrow(pool, overdue - loop.time()) as connection:
                return await work(connection)
        except Unavailable:
            if loop.time() + pause >= overdue:
                raise
        await asyncio.sleep(pause)  # back-off, before another connection is tried
        pause = min(2 * pause, LAST_PAUSE)


class Held:
    """One connection kept for frequent use by one user at a time; made anew where it is lost."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._connection: PoolConnectionProxy[asyncpg.Record] | None = None

    @asynccontextmanager
    async def use(self, within: float) -> AsyncIterator[Connection]:
        """Use it for at most `within` seconds; Unavailable after that."""
        loop = asyncio.get_running_loop()
        overdue = loop.time() + within
        try:
            if self._connection is None:
                self._connection = await self._pool.acquire(timeout=within)
            cut = loop.call_at(overdue, self._connection.terminate)
            try:
                yield self._connection
            finally:
                cut.cancel()
        except OUTAGES as error:
            await self.drop()
            raise Unavailable(f"the database did not answer: {error or type(error).__name__}") from error

    async def drop(self) -> None:
        """Give it back to the pool."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await self._pool.release(connection)
