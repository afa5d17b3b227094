"""Gathers what one process asks of its database at one time, and asks it in one statement."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from events.errors import Unavailable

from .pool import REQUEST_SECONDS, Connection, Pool, ask

K = TypeVar("K")
V = TypeVar("V")
Look: TypeAlias = Callable[[Connection, Collection[K]], Awaitable[Mapping[K, V]]]
"""Answers for every key it is given, in one statement."""

AT_ONCE = 2
"""Statements under way; what is asked meanwhile goes with the next one."""
MOST = 256
"""A statement asks for so much at most."""


@dataclass(frozen=True, slots=True)
class _Asked(Generic[K, V]):
    """One asking; who asked waits on `found`."""

    key: K
    overdue: float
    found: asyncio.Future[V]

    def fail(self, error: Exception) -> None:
        if not self.found.done():
            self.found.set_exception(error)

    def settle(self, answer: V) -> None:
        if not self.found.done():
            self.found.set_result(answer)


class Gathered(Generic[K, V]):
    """Looks things up by key: always as they stand after the asking, never from memory.

    A key that is asked for alone goes at once.
    """

    def __init__(self, pool: Pool, look: Look[K, V]) -> None:
        self._pool = pool
        self._look = look
        self._waiting: list[_Asked[K, V]] = []
        self._under_way: set[asyncio.Task[None]] = set()

    async def get(self, key: K) -> V:
        """Return what stands under a key. Raises Unavailable, REQUEST_SECONDS after the asking at most."""
        loop = asyncio.get_running_loop()
        asked: _Asked[K, V] = _Asked(key, loop.time() + REQUEST_SECONDS, loop.create_future())
        self._waiting.append(asked)
        self._go_on()
        return await asked.found

    async def close(self) -> None:
        """Let nobody wait any more; before the pool is closed."""
        waiting, self._waiting = self._waiting, []
        for asked in waiting:
            asked.fail(Unavailable("the log was closed"))
        for task in (tasks := set(self._under_way)):
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=REQUEST_SECONDS)

    def _go_on(self) -> None:
        while self._waiting and len(self._under_way) < AT_ONCE:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            task = asyncio.get_running_loop().create_task(self._settle(batch))
            self._under_way.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._go_on()

    async def _settle(self, batch: list[_Asked[K, V]]) -> None:
        keys = dict.fromkeys(asked.key for asked in batch)
        within = batch[0].overdue - asyncio.get_running_loop().time()
        try:
            answers = await ask(self._pool, lambda connection: self._look(connection, keys), within)
            for asked in batch:
                asked.settle(answers[asked.key])
        except Exception as error:  # noqa: BLE001 - whoever asked is told, and nobody else
            await self._apart(batch, error)
        finally:
            for asked in batch:  # whoever is not told by now never is: this was cancelled
                asked.fail(Unavailable("the log was closed"))

    async def _apart(self, batch: list[_Asked[K, V]], error: Exception) -> None:
        """Find the culprit: after an error of data each key is asked for by itself."""
        if isinstance(error, Unavailable) or len(batch) == 1:
            for asked in batch:
                asked.fail(error)
        else:
            for asked in batch:
                await self._settle([asked])
