"""A log in memory, for tests and trials: the same promises as the one in PostgreSQL, but nothing lasts."""

import asyncio
from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from .clock import derived_id, machine_time, new_id
from .errors import Conflict, Invalid
from .log import Append, Appended, Head, check
from .recorded import Stored
from .wire import ORIGIN, chain_hash, content_hash


class MemoryLog:
    """A log that ends with its process; see events.log.Log for what each method promises."""

    def __init__(
        self, name: str = "memory", *, log_id: UUID | None = None, at: datetime | None = None
    ) -> None:
        self.name = name
        self.log_id = log_id or new_id()
        self._at = at
        self._rows: list[Stored] = []
        self._streams: defaultdict[str, list[Stored]] = defaultdict(list)
        self._commands: dict[UUID, Appended] = {}
        self._news = asyncio.Event()

    async def append(self, append: Append) -> Appended:
        """Append a command's events, or find that they stand already."""
        check(append)
        if known := self._commands.get(append.id):
            return known
        for part in append.parts:
            if part.expected not in {None, len(self._streams[part.stream])}:
                raise Conflict(f"{part.stream}: not at version {part.expected}")
        rows = self._numbered(append, await self._stamp())
        appended = Appended(
            rows[0].position, len(rows), rows[0].recorded_at, append.fingerprint, append.answer
        )
        self._commands[append.id] = replace(appended, repeat=True)
        self._rows += rows
        for row in rows:
            self._streams[row.stream].append(row)
        self._news.set()
        self._news = asyncio.Event()
        return appended

    async def find(self, command: UUID) -> Appended | None:
        """Return what a command appended, or none."""
        return self._commands.get(command)

    async def stream(self, stream: str, after: int = 0) -> list[Stored]:
        """Return the rows of a stream with version > after."""
        return self._streams[stream][after:]

    async def tail(
        self, after: int, limit: int = 500, *, stream: str | None = None, kind: str | None = None
    ) -> list[Stored]:
        """Return at most `limit` rows with position > after."""
        return [
            row
            for row in self._rows[after:]
            if (stream is None or row.stream == stream) and (kind is None or row.type == kind)
        ][:limit]

    async def head(self) -> Head:
        """Return the last place of the log."""
        return self._head(len(self._rows))

    async def place(self, position: int) -> Head | None:
        """Return the place at a position, or none."""
        return self._head(position) if position <= len(self._rows) else None

    async def now(self) -> datetime:
        """Return domain time: the machine's until it is set; never before what is recorded."""
        now = self._at or machine_time()
        return max(now, self._last_recorded() or now)

    async def set_clock(self, at: datetime) -> None:
        """Set domain time. Raises Invalid where it would run back."""
        known = [instant for instant in (self._at, self._last_recorded()) if instant is not None]
        if known and at < max(known):
            reason = f"the clock does not go back; {max(known).isoformat()} has been"
            raise Invalid(field="at", reason=reason)
        self._at = at

    async def grown(self, after: int, timeout: float) -> bool:  # noqa: ASYNC109 - a bound, not a cancel
        """Wait until the head is above `after`, at most `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                while len(self._rows) <= after:
                    await self._news.wait()
        except TimeoutError:
            return False
        return True

    async def _stamp(self) -> datetime:
        now = await self.now()
        return max(now, self._last_recorded() or now)

    def _last_recorded(self) -> datetime | None:
        return self._rows[-1].recorded_at if self._rows else None

    def _head(self, position: int) -> Head:
        return Head(self.log_id, position, self._rows[position - 1].hash if position else ORIGIN)

    def _numbered(self, append: Append, at: datetime) -> list[Stored]:
        """Return the rows of a command as they will stand."""
        rows: list[Stored] = []
        chain = self._head(len(self._rows)).hash
        for part in append.parts:
            for version, entry in enumerate(part.entries, len(self._streams[part.stream]) + 1):
                position, event = len(self._rows) + len(rows) + 1, derived_id(append.id, len(rows) + 1)
                told = (entry.type, entry.schema, entry.data, entry.metadata, entry.occurred_at)
                content = content_hash(part.stream, event, *told)
                chain = chain_hash(chain, position, version, at, content)
                place = (self.name, self.log_id, position, part.stream, version, event)
                rows.append(Stored(*place, *told, at, content, chain))
        return rows
