"""Plays a table of tickets to the services, instant by instant, through the front door.

The owner speaks for themselves, so nobody is notified of anything but reminders and lapses: between timers
the notifier's clock may stand.
"""

import asyncio
from collections.abc import Callable
from collections.abc import Mapping as Members
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from events.caller import Answer
from events.clock import derived_id
from events.driver import Driver

from .mapping import Mapping, iso
from .moments import Moment
from .tickets import Ticket

BATCH = 500
"""The most contacts in one request."""


class ReplayError(Exception):
    """The services did not do what a replay relies on; the message says what."""


@dataclass(slots=True)
class Opened:
    """What the services said of a ticket."""

    contact: str
    case: str
    position: str | None
    commitment: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A command that was taken, to be sent again under its key once its moment has been played."""

    service: str
    path: str
    body: Members[str, Any]
    key: str
    after: str | None
    answer: Answer


@dataclass
class Replay:
    """One replay; `tell` hears of every command that was taken."""

    driver: Driver
    mapping: Mapping
    twice: bool = False
    tell: Callable[[datetime], None] = lambda _: None
    opened: dict[str, Opened] = field(default_factory=dict)
    _now: datetime | None = None
    _customers: dict[str, str] = field(default_factory=dict)
    _said: list[Said] = field(default_factory=list)

    async def prepare(self, first: datetime) -> None:
        """Set the clocks to the first instant, and register the owner and where they read mail."""
        await self._to(first)
        owner = self.mapping.promise.owner
        zone = {"zone": self.mapping.times.zone}
        await self.driver.put("cases", f"/v1/owners/{owner}", zone)
        await self.driver.put("notifier", f"/v1/recipients/{owner}", {"email": f"{owner}@localhost"})

    async def play(self, moment: Moment) -> None:
        """Send what happens at one instant: what comes, what is promised, what is closed."""
        await self._to(moment.at, *("cases", "intake")[: 2 if moment.arrivals else 1])
        for start in range(0, len(moment.arrivals), BATCH):
            await self._receive(moment.arrivals[start : start + BATCH])
        for ticket in moment.arrivals:
            if ticket.due is not None:
                await self._promise(ticket)
        for ticket in moment.closings:
            await self._close(ticket)
        said, self._said = self._said, []
        await asyncio.gather(*(self._again(each) for each in said))

    async def _to(self, instant: datetime, *only: str) -> None:
        await self.driver.to(instant, *only)
        self._now = instant

    async def _receive(self, tickets: list[Ticket]) -> None:
        bodies = [await self._contact(ticket) for ticket in tickets]
        if len(tickets) == 1:
            answer = await self._post("intake", "/v1/contacts", bodies[0], tickets[0])
        else:
            answer = await self._post("intake", "/v1/contacts:batch", {"items": bodies}, tickets[0])
        for ticket, item in zip(tickets, answer.items, strict=True):
            if "case" not in item:
                raise ReplayError(f"the contact of line {ticket.line} was refused: {item}")
            self.opened[ticket.reference] = Opened(item["id"], item["case"], answer.position)

    async def _contact(self, ticket: Ticket) -> dict[str, Any]:
        return {
            "direction": "inbound",
            "customer": await self._customer(ticket),
            "channel": ticket.channel,
            "words": ticket.subject,
            "source": self.mapping.source,
            "reference": ticket.reference,
        }

    async def _customer(self, ticket: Ticket) -> str:
        if ticket.customer not in self._customers:
            body = {
                "name": ticket.customer,
                "zone": self.mapping.times.zone,
                "source": self.mapping.source,
                "reference": ticket.customer,
            }
            answer = await self._post("intake", "/v1/customers", body, ticket)
            self._customers[ticket.customer] = answer.id
        return self._customers[ticket.customer]

    async def _promise(self, ticket: Ticket) -> None:
        opened, promise = self.opened[ticket.reference], self.mapping.promise
        assert ticket.due is not None
        body = {
            "words": promise.words,
            "due": ticket.due.isoformat(),
            "owner": promise.owner,
            "contact": opened.contact,
            "reminders": [{"lead": iso(lead)} for lead in promise.reminders],
            "short_notice": promise.short_notice,
        }
        path = f"/v1/cases/{opened.case}/expectations"
        answer = await self._post("cases", path, body, ticket, after=opened.position)
        opened.commitment = answer.id

    async def _close(self, ticket: Ticket) -> None:
        opened = self.opened[ticket.reference]
        assert ticket.closed is not None
        case, stated = f"/v1/cases/{opened.case}", {"occurred_at": ticket.closed.isoformat()}
        if opened.commitment is not None:
            keep = stated | {"evidence": {"record": f"ticket {ticket.reference}"}}
            await self._post("cases", f"{case}/commitments/{opened.commitment}/keep", keep, ticket)
        await self._post("cases", f"{case}/closing", stated, ticket, after=opened.position)

    async def _post(
        self, service: str, path: str, body: Members[str, Any], ticket: Ticket, after: str | None = None
    ) -> Answer:
        key = str(derived_id("replay", self.mapping.source, path, ticket.reference))
        answer = await self.driver.post(service, path, body, key=key, after=after)
        if self.twice:
            self._said.append(Said(service, path, body, key, after, answer))
        assert self._now is not None
        self.tell(self._now)
        return answer

    async def _again(self, said: Said) -> None:
        again = await self.driver.post(said.service, said.path, said.body, key=said.key, after=said.after)
        if (again.status, again.content) != (said.answer.status, said.answer.content):
            raise ReplayError(
                f"{said.service}{said.path} answered {said.answer.status} {said.answer.content!r} and then, "
                f"under the same key, {again.status} {again.content!r}"
            )
