"""Background tasks that must not die unseen: one that ends ends the service (faults K8, K15)."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from events.errors import KeptError, LogDiverged
from events.kafka import TopicUnfit
from events.relay import TopicBegun
from events.subscribe import RecordTooLarge, TooManyParked

log = logging.getLogger("kept.tasks")

LASTING = (LogDiverged, TopicBegun, TopicUnfit, TooManyParked, RecordTooLarge)
"""What does not pass by itself: a task that raises one of these stays stopped, and the service goes on.

To start again would not help, and what is in the database can still be read and written.
"""
Loop = Callable[[], Coroutine[Any, Any, None]]


class TaskEnded(KeptError):
    """A background task ended by itself."""


class Supervisor:
    """Runs loops that never return.

    One that raises what is LASTING stays stopped and is named in `stopped`; one that ends in any other way
    sets `failed`.
    """

    def __init__(self, stopped: dict[str, str]) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stopped = stopped
        self._stopping: set[str] = set()
        self.failed: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()

    def start(self, name: str, loop: Loop) -> None:
        """Run a loop under a name."""
        task = asyncio.create_task(loop(), name=name)
        self._tasks[name] = task
        task.add_done_callback(lambda _: self._ended(name, task))

    def expect_end(self, name: str) -> None:
        """Take the end of this loop as meant."""
        self._stopping.add(name)

    async def wait(self, name: str, seconds: float) -> None:
        """Wait until this loop has ended, no longer than this."""
        await asyncio.wait({self._tasks[name]}, timeout=seconds)

    async def stop(self, names: Sequence[str], seconds: float) -> None:
        """Cancel these loops and wait for them, no longer than this: a hung one is left."""
        self._stopping.update(names)
        tasks = {task for name, task in self._tasks.items() if name in self._stopping and not task.done()}
        for task in tasks:
            task.cancel()
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=seconds)
            for task in left:
                log.warning("a task does not stop", extra={"task": task.get_name()})

    def _ended(self, name: str, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if name in self._stopping:
            return
        if isinstance(error, LASTING):
            self._stopped[name] = str(error)
            log.critical("%s stopped for good: %s", name, error)
            return
        log.critical("%s ended; the process ends too", name, exc_info=error)
        if not self.failed.done():
            self.failed.set_result(error or TaskEnded(f"{name} ended"))
