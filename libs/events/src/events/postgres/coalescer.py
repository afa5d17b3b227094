"""Gathers what is appended while the last batch commits, and sends it as the next one."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from events.errors import Conflict, Invalid, Unavailable
from events.log import Append, Appended

from .batch import APPEND, entries, outcomes
from .pool import COMMAND_SECONDS, FIRST_PAUSE, REQUEST_SECONDS, Held, Pool

COMMANDS = 512
BYTES = 4 * 1024 * 1024
"""A batch holds at most so much."""
WAITING = 20_000
"""So many commands wait at most; more are turned away."""


@dataclass(slots=True, eq=False)
class _Pending:
    """One command on its way; who asked for it waits on `settled`, until `overdue` at most."""

    append: Append
    bytes: int
    names: tuple[UUID | str, ...]
    """What no other command of its batch may have in common with it."""
    settled: asyncio.Future[Appended]
    overdue: float

    def fail(self, error: Exception) -> None:
        if not self.settled.done():
            self.settled.set_exception(error)

    def settle(self, appended: Appended | None) -> None:
        if appended is None:
            streams = ", ".join(part.stream for part in self.append.parts)
            self.fail(Conflict(f"{streams}: not at the version expected"))
        elif not self.settled.done():
            self.settled.set_result(appended)


class Coalescer:
    """Sends the batches of one process, one at a time; `landed` is told each position reached."""

    def __init__(self, pool: Pool, landed: Callable[[int], None]) -> None:
        self._connection = Held(pool)
        self._landed = landed
        self._waiting: deque[_Pending] = deque()
        self._asked: deque[_Pending] = deque()
        self._alarm: asyncio.TimerHandle | None = None
        self._sending: asyncio.Task[None] | None = None

    async def append(self, append: Append, size: int) -> Appended:
        """Append a command of `size` bytes with the next batch (see events.log.Log.append)."""
        if len(self._waiting) >= WAITING:
            raise Unavailable(f"{WAITING} commands wait already")
        loop = asyncio.get_running_loop()
        names: tuple[UUID | str, ...] = (append.id, *[part.stream for part in append.parts])
        pending = _Pending(append, size, names, loop.create_future(), loop.time() + REQUEST_SECONDS)
        self._watch(pending)
        self._waiting.append(pending)
        if self._sending is None or self._sending.done():
            self._sending = loop.create_task(self._send_all())
        return await pending.settled

    async def close(self) -> None:
        """Let what is being sent come to its end, for a bounded time."""
        if self._sending is not None:
            await asyncio.wait({self._sending}, timeout=REQUEST_SECONDS)
            self._sending.cancel()
            await asyncio.wait({self._sending}, timeout=REQUEST_SECONDS)
        if self._alarm is not None:
            self._alarm.cancel()
        await self._connection.drop()

    def _watch(self, pending: _Pending) -> None:
        """Have it given up when it is overdue: one alarm for all, since the oldest comes first."""
        while self._asked and self._asked[0].settled.done():
            self._asked.popleft()
        self._asked.append(pending)
        if self._alarm is None:
            self._alarm = asyncio.get_running_loop().call_at(pending.overdue, self._give_up)

    def _give_up(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        while self._asked and (self._asked[0].overdue <= now or self._asked[0].settled.done()):
            late = Unavailable(f"the append did not come to an end within {REQUEST_SECONDS:g} s")
            self._asked.popleft().fail(late)
        self._alarm = loop.call_at(self._asked[0].overdue, self._give_up) if self._asked else None

    async def _send_all(self) -> None:
        while batch := self._next():
            await self._settle(batch)

    def _next(self) -> list[_Pending]:
        """Take a batch from those who wait, in order; what must not overtake another stays for the next."""
        batch: list[_Pending] = []
        left: list[_Pending] = []
        names: set[UUID | str] = set()
        size = 0
        while self._waiting and len(batch) < COMMANDS and len(left) < COMMANDS:
            pending = self._waiting.popleft()
            if pending.settled.done():
                continue
            if batch and size + pending.bytes > BYTES:
                left.append(pending)
                break
            if names.isdisjoint(pending.names):
                batch.append(pending)
                size += pending.bytes
            else:
                left.append(pending)
            names.update(pending.names)
        self._waiting.extendleft(reversed(left))
        return batch

    async def _settle(self, batch: Sequence[_Pending]) -> None:
        try:
            answers = await self._send([pending.append for pending in batch])
        except Exception as error:  # noqa: BLE001 - whoever asked is told, and nobody else
            await self._apart(batch, error)
        except asyncio.CancelledError:
            for pending in (*batch, *self._waiting):
                pending.fail(Unavailable("the log was closed"))
            raise
        else:
            for pending, answer in zip(batch, answers, strict=True):
                pending.settle(answer)

    async def _apart(self, batch: Sequence[_Pending], error: Exception) -> None:
        """Find the culprit: after an error of data each command goes by itself."""
        if isinstance(error, Unavailable) or len(batch) == 1:
            if isinstance(error, asyncpg.DataError):
                error = Invalid(field="append", reason=str(error))
            for pending in batch:
                pending.fail(error)
        else:
            for pending in batch:
                if not pending.settled.done():
                    await self._settle([pending])

    async def _send(self, appends: Sequence[Append]) -> list[Appended | None]:
        """Send a batch, again where its outcome is unknown, until its time is over."""
        loop, rows = asyncio.get_running_loop(), entries(appends)
        overdue, pause = loop.time() + COMMAND_SECONDS, 0.0
        while True:
            try:
                async with self._connection.use(overdue - loop.time()) as connection:
                    answer = await connection.fetchrow(APPEND, rows)
                    assert answer is not None
                    answers = await outcomes(connection, appends, answer)
            except Unavailable:
                if loop.time() + FIRST_PAUSE >= overdue:
                    raise
                await asyncio.sleep(pause)  # back-off, from the second try on
                pause = FIRST_PAUSE
            else:
                if any(answers):
                    self._landed(max(answer.last for answer in answers if answer))
                return answers
