"""The settle driver (design §6): it moves the clock of all services, sends commands, and waits for rest.

It keeps a *horizon*, the earliest instant at which a timer may fire: commands that lie before it need no
waiting.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx

from .caller import Answer, Caller
from .journal import Journal
from .rest import Look, Unsettled, at_rest, look, waits

ORDER = (("cases",), ("intake", "notifier"), ("scheduler",))
"""Who gets a new instant first: whoever hears of a thing must not lag behind whoever says it."""
NEVER = datetime(2200, 1, 1, tzinfo=UTC)
"""After every timer."""
STUCK_SECONDS = 20.0
"""How long all may stand still before they count as stuck."""
PAUSES = (0.004, 0.05)
"""First and longest pause between two looks, in seconds: a hop costs some milliseconds."""
GROWS = 1.4
"""How much longer each pause is than the one before: whoever waits long need not look often."""


class Driver:
    """The one client that drives the clock of the services at `urls`; nobody else appends unasked."""

    def __init__(
        self,
        urls: Mapping[str, str],
        token: str,
        client: httpx.AsyncClient,
        journal: Journal | None = None,
    ) -> None:
        self.caller = Caller(urls, token, client, journal)
        self._services = tuple(urls)
        self._clocks: dict[str, datetime] = {}
        self._next = datetime.min.replace(tzinfo=UTC)
        """The next timer when all had come to rest; before that, any."""
        self._ahead: dict[str, datetime] = {}
        """The next timer of each commitment that an answer told of since then."""
        self._unsettled = True
        """Whether anything was sent since then."""
        self.settles = 0
        """How often it has waited for rest."""

    @property
    def horizon(self) -> datetime:
        """The earliest instant at which a timer may fire."""
        return min(self._next, *self._ahead.values(), NEVER)

    async def to(self, instant: datetime, *only: str) -> None:
        """Move to an instant, timer by timer; then commands at `instant` may be sent.

        The scheduler's own clock stays behind, at the last timer fired: a timer at `instant` itself fires as
        the driver moves on, so that inputs go before timers. `only` names the services whose clocks are
        needed there, where not all are: those that take the inputs, and cases. Raises Unsettled.
        """
        while self.horizon < instant:
            await (self.settle() if self._unsettled else self._fire())
        if not self._clocks:
            await self._move(instant, ORDER)
        await self._move(instant, (only or ("cases", "intake", "notifier"),))

    async def finish(self) -> None:
        """Move on from timer to timer until none is left. Raises Unsettled."""
        await self.settle()
        while self.horizon < NEVER:
            await self._fire()

    async def post(
        self,
        service: str,
        path: str,
        body: Mapping[str, Any],
        *,
        key: str | None = None,
        after: str | None = None,
        token: str | None = None,
    ) -> Answer:
        """POST a command at the present instant; as `Caller.send`."""
        self._unsettled = True
        answer = await self.caller.send("POST", service, path, body, key=key, after=after, token=token)
        for item in answer.items:
            self._look_ahead(item)
        return answer

    async def put(
        self, service: str, path: str, body: Mapping[str, Any], *, etag: str | None = None
    ) -> Answer:
        """PUT a thing, over the version `etag` where it stands already; as `Caller.send`."""
        return await self.caller.send("PUT", service, path, body, etag=etag)

    async def patch(
        self, service: str, path: str, body: Mapping[str, Any], *, etag: str | None = None
    ) -> Answer:
        """PATCH a thing, over the version `etag`; as `Caller.send`."""
        return await self.caller.send("PATCH", service, path, body, etag=etag)

    async def delete(self, service: str, path: str) -> Answer:
        """DELETE a thing; as `Caller.send`."""
        self._unsettled = True
        return await self.caller.send("DELETE", service, path, {})

    async def settle(self) -> None:
        """Wait until every log is relayed and read by all and no timer is due; look up the next timer.

        Raises Unsettled, naming who waits for what, when a stream is parked or nothing moves any more.
        """
        before, moved, pause = await self._looks(), time.monotonic(), PAUSES[0]
        while True:
            now = await self._looks()
            if at_rest(before, now):
                break
            if now != before:
                moved = time.monotonic()
            if any(each.parked for each in now) or time.monotonic() - moved > STUCK_SECONDS:
                raise Unsettled("; ".join(waits(now)))
            before = now
            await asyncio.sleep(pause)  # nothing tells a client that everyone has read on
            pause = min(pause * GROWS, PAUSES[1])
        self.settles += 1
        self._unsettled = False
        self._next = min((each.next for each in now if each.next), default=NEVER)
        self._ahead.clear()

    async def _looks(self) -> list[Look]:
        return list(await asyncio.gather(*(self._look(service) for service in self._services)))

    async def _look(self, service: str) -> Look:
        return look(service, (await self.caller.call("GET", service, "/v1/settled")).body)

    async def _fire(self) -> None:
        await self._move(self.horizon, ORDER)
        await self.settle()

    async def _move(self, instant: datetime, order: Sequence[Sequence[str]]) -> None:
        """Set the clocks, each group at once: before the horizon nothing moves by itself."""
        for services in order:
            behind = [each for each in services if self._clocks.get(each) != instant]
            await asyncio.gather(*(self._set(each, instant) for each in behind if each in self._services))

    async def _set(self, service: str, instant: datetime) -> None:
        await self.caller.call("PUT", service, "/v1/clock", {"at": instant.isoformat()})
        self._clocks[service] = instant

    def _look_ahead(self, item: Mapping[str, Any]) -> None:
        """Take the timers that an answer tells of into the horizon, before anyone has settled."""
        told = (item.get("next_reminder"), item.get("told_due"), item.get("due"))
        instants = [datetime.fromisoformat(at) for at in told if at is not None]
        known = self._ahead.pop(str(item.get("id")), NEVER)
        if instants and item.get("state", "open") == "open":
            self._ahead[str(item["id"])] = min(known, *instants)
