"""A projection that catches up, slice by slice, and its rival that follows it."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter

from events.clock import new_id
from events.postgres import Pool
from events.subscribe import Handler, Source, Subscription

from .many_cases import EVENTS, case_id, promises
from .raw_upserts import Raw
from .versus import Versus

LONG_SECONDS = 900.0


@dataclass
class Contest:
    """Both, and what came of them; `cases` are those of a slice."""

    versus: Versus
    pool: Pool
    source: Source
    handler: Handler
    raw: Raw
    cases: int

    async def round(self, number: int) -> str:
        """Let both take in the next of the slices; say how fast they were."""
        until = (number + 1) * self.cases * EVENTS
        ours = await self._catch_up(until)
        mine = range(number * self.cases, (number + 1) * self.cases)
        await self.raw.learn([*map(case_id, mine), *(each for one in mine for each in promises(one))])
        theirs = await self.raw.follow(until)
        self.versus.note(ours, theirs)
        return f"{self.versus.name}: {ours:,.0f} events/s, rival {theirs:,.0f}"

    async def _catch_up(self, until: int) -> float:
        following = Subscription(self.pool, self.source, self.handler, holder=str(new_id()))
        begun, task = perf_counter(), asyncio.create_task(following.run())
        assert await following.passed(until, LONG_SECONDS), following.health
        rate = self.cases * EVENTS / (perf_counter() - begun)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        return rate
