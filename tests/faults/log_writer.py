"""`python -m tests.faults.log_writer <dsn> <name> <events>`: one process that appends, with random stalls."""

import asyncio
import sys
from contextlib import suppress
from itertools import count

from events.clock import jitter, machine_time, new_id
from events.errors import Unavailable
from events.log import Append, Entry, Part
from events.postgres import Pool, PostgresLog, borrow, connect, entries
from events.postgres.batch import APPEND

WRITERS = 16
SHARED = "owner-shared"
MOST = 5
"""Events of one command."""


class Writer:
    """Appends to streams of its own and to one that all processes share."""

    def __init__(self, pool: Pool, log: PostgresLog, name: str, events: int) -> None:
        self.pool = pool
        self.log = log
        self.name = name
        self.left = events
        self.numbers = count(1)

    def command(self) -> Append:
        """Return the next command, of one to five events."""
        size = min(self.left, 1 + int(jitter(MOST)))
        self.left -= size
        entries = tuple(Entry("Happened", 1, b"{}", b"{}", machine_time()) for _ in range(size))
        number = next(self.numbers)
        part = Part(f"{self.name}-{number}", 0, entries) if number % 4 else Part(SHARED, None, entries)
        return Append(new_id(), (part,))

    async def write(self) -> None:
        """Append through the coalescer, now and then resting."""
        while self.left:
            await self.append(self.command())
            if jitter(1) < 0.02:
                await asyncio.sleep(jitter(0.02))

    async def append(self, command: Append) -> None:
        """Append a command, again and again while the outcome is unknown: it stands once."""
        while True:
            try:
                await self.log.append(command)
            except Unavailable:
                continue
            return

    async def stall(self) -> None:
        """Append in a transaction that stays open for a while, as that of a slow client."""
        while self.left:
            command = self.command()
            with suppress(Unavailable):  # who is frozen in a transaction is cut off
                async with borrow(self.pool) as connection, connection.transaction():
                    await connection.fetchrow(APPEND, entries([command]))
                    await asyncio.sleep(jitter(0.03))
            await self.append(command)
            await asyncio.sleep(jitter(0.1))


async def main(dsn: str, name: str, events: int) -> None:
    async with await connect(dsn, application=name) as pool:
        log = await PostgresLog.open(pool, "cases")
        writer = Writer(pool, log, name, events)
        try:
            await asyncio.gather(writer.stall(), *(writer.write() for _ in range(WRITERS)))
        finally:
            await log.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
