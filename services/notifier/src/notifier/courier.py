"""The loop that keeps deliveries going: claim, hand to the sender, sleep; replicas need no leader."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from time import monotonic
from typing import Any
from uuid import UUID

from events.bounded import bounded
from events.clock import jitter
from events.postgres import OUTAGES, Bell, Pool

from . import claims
from .claims import Claim, Flight

log = logging.getLogger("kept.courier")

AT_ONCE = 64
"""How many deliveries are under way at most."""
PER_SINK = 16
"""How many of them go to one mail server or webhook host, before others have their turn."""
LONGEST_SLEEP = 30.0
RENEW_SECONDS = 1.0
FIRST_PAUSE, LAST_PAUSE = 0.1, 5.0
"""Seconds of back-off while the database is away."""
DRAIN_SECONDS, RELEASE_SECONDS = 1.0, 0.3
"""What deliveries under way, and the return of claims, are given when the service stops."""


Deliver = Callable[[Flight], Coroutine[Any, Any, None]]


class Courier:
    """Starts what has come; wakes when something is made, ended or renewed, and when the clock is set."""

    def __init__(self, pool: Pool, bell: Bell, holder: str, deliver: Deliver) -> None:
        self._pool = pool
        self._bell = bell
        self._holder = holder
        self._deliver = deliver
        self._flying: dict[asyncio.Task[None], Flight] = {}
        self._sinks: dict[str, str] = {}
        self._renewed = 0.0
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Say that there may be something to deliver."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver for ever; an outage of the database is waited out."""
        pause = FIRST_PAUSE
        try:
            while True:
                self._woken.clear()
                rung = self._bell.rung("kept_clock")
                try:
                    await self._renew()
                    if not await self._start():
                        await self._rest(rung)
                    pause = FIRST_PAUSE
                except OUTAGES as error:
                    log.warning("deliveries wait: %s", type(error).__name__)
                    await asyncio.sleep(pause + jitter(pause / 4))
                    pause = min(2 * pause, LAST_PAUSE)
        finally:
            await self._end()

    async def _start(self) -> int:
        """Start what can be claimed; return how many messages were."""
        room = min(AT_ONCE - len(self._flying), PER_SINK)
        if room <= 0:
            return 0
        asked = monotonic()
        flying = self._by_delivery().keys()
        claimed = await claims.claim(self._pool, self._holder, room, flying=flying, busy=self._busy())
        for each in claimed:
            flight = Flight(each, self._sink(each), self._has_room)
            flight.held_until = asked + claims.LASTS.total_seconds()
            task = asyncio.create_task(self._deliver(flight))
            self._flying[task] = flight
            task.add_done_callback(self._ended)
        return len(claimed)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        flight = self._flying.pop(task)
        self.wake()
        self._sinks[flight.recipient] = flight.sink
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a delivery failed", exc_info=error)

    def _sink(self, claimed: Sequence[Claim]) -> str:
        recipient = claimed[0].delivery.recipient or ""
        return self._sinks.setdefault(recipient, f"of {recipient}")

    def _has_room(self, flight: Flight) -> bool:
        """Say whether others leave room for a flight where it goes: that may be known only under way."""
        self._sinks[flight.recipient] = flight.sink
        return sum(each.sink == flight.sink for each in self._flying.values()) <= PER_SINK

    def _by_delivery(self) -> dict[UUID, Flight]:
        return {each.delivery.id: flight for flight in self._flying.values() for each in flight.claims}

    def _busy(self) -> list[str]:
        """Return the recipients whose mail server or webhook host has enough to do."""
        self._sinks |= {each.recipient: each.sink for each in self._flying.values()}
        load = Counter(flight.sink for flight in self._flying.values())
        return [recipient for recipient, sink in self._sinks.items() if load[sink] >= PER_SINK]

    async def _renew(self) -> None:
        """Hold the claims of what is under way."""
        if not self._flying or monotonic() < self._renewed + RENEW_SECONDS:
            return
        self._renewed = asked = monotonic()
        flights = self._by_delivery()
        held = await claims.renew(self._pool, self._holder, flights.keys())
        lost = {flights[delivery] for delivery in flights.keys() - held}
        for flight in set(flights.values()) - lost:
            flight.held_until = asked + claims.LASTS.total_seconds()

    async def _rest(self, rung: int) -> None:
        """Sleep until something can be claimed; `rung` is how often the clock had rung before the look."""
        left = await claims.seconds_left(self._pool)
        longest = RENEW_SECONDS if self._flying else LONGEST_SLEEP
        seconds = max(min(longest if left is None else left, longest), 0.0)
        clock = asyncio.create_task(self._bell.heard("kept_clock", seconds, rung))
        woken = asyncio.create_task(self._woken.wait())
        try:
            await asyncio.wait({clock, woken}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            clock.cancel()
            woken.cancel()

    async def _end(self) -> None:
        """Let what is under way end, for a while; somebody else goes on with the rest."""
        if flying := set(self._flying):
            _, left = await asyncio.wait(flying, timeout=DRAIN_SECONDS)
            for task in left:
                task.cancel()
            if left:
                await asyncio.wait(left, timeout=RELEASE_SECONDS)
        await bounded(claims.release(self._pool, self._holder), RELEASE_SECONDS)
