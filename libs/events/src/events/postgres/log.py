"""The log in PostgreSQL (schema.sql): appends through the coalescer, reads in the order of commit."""

import asyncio
from datetime import datetime
from typing import Self
from uuid import UUID

from events.errors import Fault, Invalid
from events.log import Append, Appended, Head, check
from events.recorded import Stored
from events.wire import ORIGIN

from .bell import Bell
from .coalescer import Coalescer
from .looking import ROWS, Looking
from .pool import Connection, Pool, ask

POLL_SECONDS = 1.0
"""How long a reader relies on the bell before it looks for itself."""

_OPEN = "SELECT name, log_id FROM log"
_TAIL = f"{ROWS} WHERE position > $1 ORDER BY position LIMIT $2"
_TAIL_OF_STREAM = f"""
    {ROWS} WHERE stream = $3 AND position > $1 AND type = coalesce($4, type) ORDER BY version LIMIT $2
"""
_TAIL_OF_TYPE = f"{ROWS} WHERE position > $1 AND type = $3 ORDER BY position LIMIT $2"
_HEAD = "SELECT position, hash FROM event ORDER BY position DESC LIMIT 1"
_PLACE = "SELECT position, hash FROM event WHERE position = $1"
_SET_CLOCK = "SELECT kept_set_clock($1)"


class PostgresLog:
    """A log in a database; see events.log.Log for what each method promises."""

    def __init__(self, pool: Pool, name: str, log_id: UUID, bell: Bell | None = None) -> None:
        self._pool = pool
        self.name = name
        self.log_id = log_id
        self._rings_alone = bell is None
        self._bell = bell or Bell(pool)
        self._reached = 0
        self._coalescer = Coalescer(pool, self._landed)
        self._looking = Looking(pool, name, log_id)

    @classmethod
    async def open(cls, pool: Pool, name: str, bell: Bell | None = None) -> Self:
        """Open the log of this database, which must be the one named. Raises Unavailable, Fault.

        A bell given is shared, and closed by whoever made it.
        """
        row = await ask(pool, lambda connection: connection.fetchrow(_OPEN))
        held = row and row["name"]
        if row is None or held != name:
            raise Fault(f"this database holds {held or 'no log'}, not the log {name}")
        return cls(pool, name, UUID(int=row["log_id"].int), bell)

    async def close(self) -> None:
        """Let what is being appended come to its end, and stop; before the pool is closed."""
        await self._coalescer.close()
        await self._looking.close()
        if self._rings_alone:
            await self._bell.close()

    async def append(self, append: Append) -> Appended:
        """Append a command's events, or find that they stand already."""
        return await self._coalescer.append(append, check(append))

    async def find(self, command: UUID) -> Appended | None:
        """Return what a command appended, or none."""
        return await self._looking.command(command)

    async def stream(self, stream: str, after: int = 0) -> list[Stored]:
        """Return the rows of a stream with version > after."""
        return await self._looking.stream(stream, after)

    async def tail(
        self, after: int, limit: int = 500, *, stream: str | None = None, kind: str | None = None
    ) -> list[Stored]:
        """Return at most `limit` rows with position > after."""
        if stream is not None:
            return await self._rows(_TAIL_OF_STREAM, after, limit, stream, kind)
        if kind is not None:
            return await self._rows(_TAIL_OF_TYPE, after, limit, kind)
        return await self._rows(_TAIL, after, limit)

    async def head(self) -> Head:
        """Return the last place of the log."""
        return await self._head(_HEAD) or Head(self.log_id, 0, ORIGIN)

    async def place(self, position: int) -> Head | None:
        """Return the place at a position, or none."""
        return await self._head(_PLACE, position) if position else Head(self.log_id, 0, ORIGIN)

    async def now(self) -> datetime:
        """Return domain time."""
        return await self._looking.now()

    async def set_clock(self, at: datetime) -> None:
        """Set domain time and wake who sleeps by it. Raises Invalid where it would run back."""
        earliest = await ask(self._pool, lambda connection: connection.fetchval(_SET_CLOCK, at))
        if earliest is not None:
            raise Invalid(field="at", reason=f"the clock does not go back; {earliest.isoformat()} has been")
        self._bell.ring("kept_clock")

    async def grown(self, after: int, timeout: float) -> bool:  # noqa: ASYNC109 - a bound, not a cancel
        """Wait until the head is above `after`, at most `timeout` seconds."""
        loop = asyncio.get_running_loop()
        overdue = loop.time() + timeout
        while self._reached <= after:
            rung = self._bell.rung("kept_log")
            await self.head()
            left = overdue - loop.time()
            if self._reached > after or left <= 0:
                break
            await self._bell.heard("kept_log", min(left, POLL_SECONDS), rung)
        return self._reached > after

    async def _rows(self, query: str, *arguments: object) -> list[Stored]:
        async def fetch(connection: Connection) -> list[Stored]:
            records = await connection.fetch(query, *arguments)
            return [Stored(self.name, self.log_id, *record) for record in records]

        return await ask(self._pool, fetch)

    async def _head(self, query: str, *arguments: object) -> Head | None:
        row = await ask(self._pool, lambda connection: connection.fetchrow(query, *arguments))
        if row is None:
            return None
        self._reached = max(self._reached, row["position"])
        return Head(self.log_id, row["position"], row["hash"])

    def _landed(self, position: int) -> None:
        self._reached = max(self._reached, position)
        self._bell.ring("kept_log")
