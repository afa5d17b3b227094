"""Work that one replica does at a time, for ever: it holds a lease, and outages pass without ending it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from .bounded import bounded
from .clock import jitter
from .postgres import Lease

log = logging.getLogger("kept.leading")

RENEW_SECONDS = 1.5
RELEASE_SECONDS = 1.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
"""Seconds between tries while something is out."""

State = Literal["starting", "standby", "working", "degraded"]


@dataclass(slots=True)
class Health:
    """How a piece of work fares: `degraded` means that it waits for something; `error` says for what."""

    state: State = "starting"
    error: str | None = None
    pause: float = FIRST_PAUSE

    def well(self) -> None:
        """Say that the work gets on."""
        self.state, self.error, self.pause = "working", None, FIRST_PAUSE

    def standby(self) -> None:
        """Say that another replica does it."""
        self.state, self.error, self.pause = "standby", None, FIRST_PAUSE

    def ill(self, error: BaseException | str) -> None:
        """Say what it waits for."""
        said = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
        if self.error is None:
            log.warning("degraded: %s", said)
        self.state, self.error = "degraded", said


async def lead(
    lease: Lease,
    work: Callable[[], Awaitable[None]],
    health: Health,
    outages: tuple[type[BaseException], ...],
) -> None:
    """Do `work` while the lease is held, again after each of the `outages`, until cancelled.

    Raises what else `work` raises. Work that returns steps back: the lease is asked for again.
    """
    while True:
        try:
            if await lease.hold():
                await _term(lease, work)
            else:
                health.standby()
                await asyncio.sleep(RENEW_SECONDS + jitter(0.2))  # a lease runs out, and tells nobody
        except outages as error:
            if _cancelled():  # what a cancel cut off may say so in its own way
                raise asyncio.CancelledError from error
            health.ill(error)
            await asyncio.sleep(health.pause + jitter(health.pause / 4))  # back-off: an outage ends unsaid
            health.pause = min(2 * health.pause, LONGEST_PAUSE)


async def _term(lease: Lease, work: Callable[[], Awaitable[None]]) -> None:
    """Work until it ends or the lease is lost, and give the lease back."""
    task = asyncio.ensure_future(work())
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=RENEW_SECONDS)
            if not task.done() and not await lease.hold():
                return
        await task
    finally:
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # it has been raised, or it is of no interest any more
        await bounded(lease.release(), RELEASE_SECONDS)


def _cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
