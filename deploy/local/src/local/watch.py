"""Starts again what has died, more slowly if it keeps dying, and says so."""

import asyncio
import signal
import time
from collections.abc import Callable

from local.children import Server
from local.errors import PartError

RECENT_SECONDS = 30.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
LOOP = 3
"""So many ends within RECENT_SECONDS are a crash loop."""


def pause(recent_ends: int) -> float:
    """Seconds to wait before the next start, after so many recent ends (the last one counts)."""
    return min(FIRST_PAUSE * 2.0 ** (recent_ends - 1), LONGEST_PAUSE)


def ending(status: int | None) -> str:
    """Say how a process ended, by its exit status."""
    if status is not None and status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"ended with exit status {status}"


async def watch(server: Server, tell: Callable[[str], None], changed: Callable[[], None]) -> None:
    """Keep `server` running until it is stopped on purpose; call `changed` when its process is another."""
    ends: list[float] = []
    while True:
        status = await server.child.process.wait()
        if not server.wanted:
            return
        now = time.monotonic()
        ends = [end for end in ends if now - end < RECENT_SECONDS] + [now]
        wait = pause(len(ends))
        tell(f"{server.name} {ending(status)}; starting it again in {wait:.1f} s")
        if len(ends) % LOOP == 0:
            tell(
                f"{server.name} has ended {len(ends)} times in {RECENT_SECONDS:.0f} s. "
                f"The end of its log, {server.child.log}:\n{server.child.last_words()}"
            )
        await asyncio.sleep(wait)
        try:
            await server.start()
        except (PartError, OSError) as error:
            tell(str(error))
        changed()
