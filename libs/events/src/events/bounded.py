"""Waits that end, whatever becomes of what is waited for."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from .errors import Unavailable

log = logging.getLogger("kept.bounded")

TRIES = 5
"""How often work that may be repeated is tried: each try has waited some seconds itself."""
PAUSE_SECONDS = 0.5
SLICES = 10
"""In how many parts a time is waited for: while the loop itself stands still, only one of them passes."""

T = TypeVar("T")

_left: set[asyncio.Task[Any]] = set()
"""Tasks that were given up: the loop itself holds on to them only weakly."""


async def bounded(work: Coroutine[Any, Any, Any], seconds: float) -> bool:
    """Do a last thing within a time, and say whether it was done; what it raises is logged, not raised.

    Work that hangs is cancelled and left to itself: waiting for a cancel can hang as well (K1, K12). Where it
    is the loop that hangs, the work has not had its time, and gets it.
    """
    task = asyncio.create_task(work)
    _left.add(task)
    task.add_done_callback(_forget)
    try:
        for _ in range(SLICES):
            await asyncio.wait({task}, timeout=seconds / SLICES)
            if task.done():
                break
    finally:
        task.cancel()
    return task.done() and not task.cancelled() and task.exception() is None


async def patiently(work: Callable[[], Awaitable[T]], tries: int = TRIES) -> T:
    """Return what work gives, done anew while database or broker are slow; raises its last Unavailable."""
    for _ in range(tries - 1):
        try:
            return await work()
        except Unavailable as error:
            log.info("tried again: %s", error)
        await asyncio.sleep(PAUSE_SECONDS)  # a store that is slow tells nobody when it is not
    return await work()


def _forget(task: asyncio.Task[Any]) -> None:
    _left.discard(task)
    if not task.cancelled() and task.exception() is not None:
        log.info("left behind: %r", task.exception())
