"""The loop that fires timers when their instants have come; replicas need no leader."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from events.clock import jitter
from events.log import Append, Entry, Part
from events.postgres import OUTAGES, Bell, Pool, borrow
from events.postgres.bell import Channel
from events.recorded import Metadata
from events.telemetry import linked, traceparent
from events.wire import encode

from .reminder import Firing, firings
from .tables import WINDOW, Seen, fire, look

log = logging.getLogger("kept.ticker")

LIMIT = 100
"""Of how many commitments timers fire in one call."""
FIRST_PAUSE, LAST_PAUSE = 0.1, 5.0
"""Seconds of back-off while the database is away."""
DRIVEN_SECONDS = 1.0
"""How long a ticker relies on the bell while the clock is driven: a step is no half minute."""
YIELD = 0.02
"""Seconds to wait while another replica holds what has come."""
CHANNELS: tuple[Channel, ...] = ("kept_timers", "kept_clock")


class Ticker:
    """Fires what has come, sleeps until the next timer, and wakes when one is armed or the clock is set.

    `heard` returns once the timers follow from all that was recorded before the start: what ended while
    nobody listened must not speak (edge case 30).
    """

    def __init__(self, pool: Pool, bell: Bell, heard: Callable[[], Awaitable[None]]) -> None:
        self._pool = pool
        self._bell = bell
        self._heard = heard

    async def run(self) -> None:
        """Fire for ever; an outage is waited out."""
        await self._heard()
        pause = FIRST_PAUSE
        while True:
            rung = {channel: self._bell.rung(channel) for channel in CHANNELS}
            try:
                seen, fired = await self.tick()
            except OUTAGES as error:
                log.warning("timers wait: %s", error or type(error).__name__)
                await asyncio.sleep(pause + jitter(pause / 4))
                pause = min(2 * pause, LAST_PAUSE)
                continue
            pause = FIRST_PAUSE
            if not seen.passed:
                await self._sleep(seconds_to_sleep(seen), rung)
            elif not fired:
                await asyncio.sleep(YIELD + jitter(YIELD))

    async def tick(self, limit: int = LIMIT) -> tuple[Seen, int]:
        """Fire once what has come, of at most `limit` commitments; return what was seen, and how many fired.

        Raises one of OUTAGES, after which nothing or all of it has fired.
        """
        async with borrow(self._pool) as connection:
            seen = await look(connection, limit)
        if not seen.passed:
            return seen, 0
        said = firings(seen.passed, seen.now)
        with linked(
            "fire", *{firing.cause.traceparent for firing in said}, attributes={"kept.count": len(said)}
        ):
            fired = await self._fire(seen, said)
        if fired:
            self._bell.ring("kept_log")
        return seen, fired

    async def _fire(self, seen: Seen, said: Sequence[Firing]) -> int:
        settled = {command(firing, seen): firing.timers for firing in said}
        async with borrow(self._pool) as connection:
            return await fire(connection, seen.now, settled)

    async def _sleep(self, seconds: float, rung: dict[Channel, int]) -> None:
        bells = [
            asyncio.create_task(self._bell.heard(channel, seconds, since)) for channel, since in rung.items()
        ]
        try:
            await asyncio.wait(bells, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for bell in bells:
                bell.cancel()


def command(firing: Firing, seen: Seen) -> Append:
    """Return the command that records a firing: its id follows from the timer, so it stands once."""
    metadata = Metadata(
        actor="scheduler",
        correlation=firing.cause.correlation,
        causation=firing.cause.event,
        traceparent=traceparent() or firing.cause.traceparent,
        source="scheduler",
    )
    entry = Entry(*encode(firing.event), metadata.model_dump_json().encode(), seen.now)
    return Append(firing.id, (Part(f"commitment-{firing.event.commitment}", None, (entry,)),))


def seconds_to_sleep(seen: Seen) -> float:
    """Return how long nothing can come, unless the bell rings: a driven clock stands until it is moved."""
    if seen.driven:
        return DRIVEN_SECONDS
    if seen.next is None:
        return WINDOW.total_seconds()
    return min((seen.next - seen.now).total_seconds(), WINDOW.total_seconds())
