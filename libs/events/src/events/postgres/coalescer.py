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
from .pool import COMMAND_SECONDS, FIRST_PAUSE, REQUEST_SECONDS, Pool, borrow

COMMANDS = 512
BYTES = 4 * 1024 * 1024
"""A batch holds at most so much."""
WAITING = 20_000
"""So many commands wait at most; more are turned away."""


@dataclass(slots=True, eq=False)
class _Pending:
    """One command on its way; who asked for it waits on `settled`."""

    append: Append
    held: int
    settled: asyncio.Future[Appended]

    @property
    def names(self) -> list[UUID | str]:
        """What no other command of its batch may have in common with it."""
        return [self.append.id, *[part.stream for part in self.append.parts]]

    def give_up(self) -> None:
        self.fail(Unavailable(f"the append did not come to an end within {REQUEST_SECONDS:.0f} s"))

    def fail(self, error: BaseException) -> None:
        if not self.settled.done():
            self.settled.set_exception(error)

    def settle(self, appended: Appended | None) -> None:
        if self.settled.done():
            return
        if appended is None:
            streams = ", ".join(part.stream for part in self.append.parts)
            self.settled.set_exception(Conflict(f"{streams}: not at the version expected"))
        else:
            self.settled.set_result(appended)


class Coalescer:
    """Sends batches of one process, `lanes` at a time; `landed` is told when events have been appended."""

    def __init__(self, pool: Pool, landed: Callable[[int], None], lanes: int = 1) -> None:
        self._pool = pool
        self._landed = landed
        self._free = lanes
        self._waiting: deque[_Pending] = deque()
        self._sending: set[UUID | str] = set()
        self._lanes: set[asyncio.Task[None]] = set()

    async def append(self, append: Append, held: int) -> Appended:
        """Append a command of `held` bytes with the next batch (see events.log.Log.append)."""
        if len(self._waiting) >= WAITING:
            raise Unavailable(f"{WAITING} commands wait already")
        loop = asyncio.get_running_loop()
        pending = _Pending(append, held, loop.create_future())
        self._waiting.append(pending)
        if self._free:
            self._free -= 1
            lane = loop.create_task(self._lane())
            self._lanes.add(lane)
            lane.add_done_callback(self._lanes.discard)
        cut = loop.call_later(REQUEST_SECONDS, pending.give_up)
        try:
            return await pending.settled
        finally:
            cut.cancel()

    async def close(self) -> None:
        """Let what is being sent come to its end, for at most two seconds."""
        if self._lanes:
            _, late = await asyncio.wait(self._lanes, timeout=REQUEST_SECONDS)
            for lane in late:
                lane.cancel()

    async def _lane(self) -> None:
        try:
            while batch := self._next():
                try:
                    await self._settle(batch)
                finally:
                    self._sending.difference_update(*[pending.names for pending in batch])
        finally:
            self._free += 1

    def _next(self) -> list[_Pending]:
        """Take a batch from those who wait, in order; what must not overtake another stays for the next."""
        batch: list[_Pending] = []
        left: list[_Pending] = []
        taken, size = set(self._sending), 0
        while self._waiting and len(batch) < COMMANDS and len(left) < COMMANDS:
            pending = self._waiting.popleft()
            if pending.settled.done():
                continue
            if batch and size + pending.held > BYTES:
                left.append(pending)
                break
            if taken.isdisjoint(pending.names):
                batch.append(pending)
                size += pending.held
            else:
                left.append(pending)
            taken.update(pending.names)
        self._waiting.extendleft(reversed(left))
        self._sending.update(*[pending.names for pending in batch])
        return batch

    async def _settle(self, batch: Sequence[_Pending]) -> None:
        try:
            answers = await self._send([pending.append for pending in batch])
        except Exception as error:  # noqa: BLE001 - whoever asked is told, and nobody else
            await self._apart(batch, error)
        except asyncio.CancelledError:
            for pending in batch:
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
                await self._settle([pending])

    async def _send(self, appends: Sequence[Append]) -> list[Appended | None]:
        """Send a batch, again where its outcome is unknown, until its time is over."""
        loop, rows = asyncio.get_running_loop(), entries(appends)
        overdue = loop.time() + COMMAND_SECONDS
        while True:
            try:
                async with borrow(self._pool, overdue - loop.time()) as connection:
                    answer = await connection.fetchrow(APPEND, rows)
                    assert answer is not None
                    answers = await outcomes(connection, appends, answer)
            except Unavailable:
                if loop.time() + FIRST_PAUSE >= overdue:
                    raise
                await asyncio.sleep(FIRST_PAUSE)
            else:
                self._landed(max((one.last for one in answers if one), default=0))
                return answers
