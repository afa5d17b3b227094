"""The simulation itself: desks at work by chance, the clock driven from timer to timer, or slept through."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from demo.chance import Chance
from events.caller import Answer, Refused
from events.clock import derived_id
from events.driver import ORDER, Driver
from tests.desk import Desk as Running

from . import deeds, desks, promising
from .world import Call, Case, Scene

EXPECTED = frozenset(
    {
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.CONFLICT,
        HTTPStatus.PRECONDITION_FAILED,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
"""How a command may be refused."""
REFUSALS = tuple(str(int(status)) for status in EXPECTED)
CUSTOMERS = 12
FULL = 7
"""How many promises a case takes."""
AT_ONCE = 12
"""How many commands are under way; the client is slow with many more."""
YEAR = timedelta(days=365.25)
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is promised, and how closely the clock follows."""

    years: int
    months: int
    """How many busy times there are in a year."""
    steps: int
    """How many moments a busy time has."""
    promises: int
    """How many promises are tried at a moment."""
    others: int
    """How many other commands then, and how many contacts after them."""
    fires: int
    """How many timers are met exactly between busy times; what comes later is late."""


@dataclass
class Simulation:
    """One run, which follows from its seed."""

    running: Running
    driver: Driver
    seed: str
    pace: Pace
    chance: Chance = field(init=False)
    now: datetime = desks.START
    cases: list[Case] = field(default_factory=list)
    customers: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    """How often each kind of command had which status."""
    sent: int = 0
    made: int = 0
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def __post_init__(self) -> None:
        self.chance = Chance(self.seed)
        keys = self.running.site.keys
        self.tokens = {who: keys.token(who, roles) for who, roles in desks.ROLES.items()}

    async def prepare(self) -> None:
        """Publish the rules, register people, teams and customers."""
        await self.driver.to(self.now)
        await self._publish(0)
        people = [(name, desk) for desk in desks.DESKS for name in desk.staff]
        for name, desk in people:
            await self._put("cases", f"/v1/owners/{name}", {"zone": desk.zone})
        for desk in desks.DESKS:
            body = {"zone": desk.zone, "lead": desk.lead, "manager": desks.DESKS[0].lead}
            await self._put("cases", f"/v1/teams/{desk.name}", body | {"calendar": desk.name})
        for name, desk in people:
            await self._put("cases", f"/v1/owners/{name}", self._owner(name, desk))
        for name, _ in people:
            if name not in desks.UNREACHED:
                await self._put("notifier", f"/v1/recipients/{name}", {"email": f"{name}@example.test"})
        for number in range(CUSTOMERS):
            zone = desks.DESKS[number % len(desks.DESKS)].zone
            body = {"name": f"Customer {number}", "zone": zone}
            mail = {"channel": "email", "address": f"c{number}@example.test"} if number % 2 else {}
            answer = await self._send(Call("clara", "/v1/customers", body | mail, "intake"))
            assert answer is not None
            self.customers.append(answer.id)
        await self.driver.settle()

    async def year(self, number: int) -> None:
        """Play a year: busy times, and between them whatever comes due."""
        begins = desks.START + number * YEAR
        for month in range(self.pace.months):
            await self._on(begins + month * YEAR / self.pace.months)
            await self._staff()
            for step in range(self.pace.steps):
                await self.step()
                if number and (month, step) == (0, 0):
                    await self._publish(number)
                    await self._recompute()
                await self._on(self.now + self.chance.one_of(GAPS))
            await asyncio.gather(*(self._end_series(case) for case in self.cases if self._has_series(case)))
        await self._on(begins + YEAR)

    def told(self) -> str:
        """Return how far it has come, in one line."""
        refused = sum(number for kind, number in self.answers.items() if kind.endswith(REFUSALS))
        sent = f"{self.made:,} promises, {self.sent:,} commands, {refused:,} of them refused"
        return f"{sent}, {self.driver.settles:,} times at rest"

    async def step(self) -> None:
        """Let a moment's commands come, each in another case; then contacts; all is heard before the next."""
        cases = await self._live()
        calls = [(case, promising.promise(self._scene(case))) for case in cases[: self.pace.promises]]
        others = [case for case in cases[self.pace.promises :] if case.promises]
        calls += [(case, deeds.deed(self._scene(case))) for case in others[: self.pace.others]]
        await asyncio.gather(*(self._play(case, call) for case, call in calls))
        await self.driver.settle()
        calls = [(case, deeds.contact(self._scene(case))) for case in self.chance.shuffled(cases)]
        await asyncio.gather(*(self._play(case, call) for case, call in calls[: self.pace.others]))
        await self._take_note()
        await self.driver.settle()

    async def _live(self) -> list[Case]:
        """Return the cases of this moment, in an order drawn; full ones are left, and as many are opened."""
        over = [case for case in self.cases if self._is_over(case)]
        self.cases = [case for case in self.cases if case not in over]
        wanted = 2 * self.pace.promises - len(self.cases)
        self.cases += await asyncio.gather(*(self._open() for _ in range(wanted)))
        return self.chance.shuffled(self.cases)[: 2 * self.pace.promises]

    async def _open(self) -> Case:
        """Open a case of one of the customers at one of the desks."""
        desk, customer = self.chance.one_of(desks.DESKS), self.chance.one_of(self.customers)
        body = {"customer": customer, "subject": "It is broken."}
        answer = await self._send(Call(desk.people[0], "/v1/cases", body))
        assert answer is not None
        return Case(answer.id, customer, desk)

    def _is_over(self, case: Case) -> bool:
        """Say whether nothing more happens in a case: it is full, or closed, and stays so as often as not."""
        if self._has_series(case):
            return False
        return len(case.promises) >= FULL or (case.is_closed and self.chance.below(2) > 0)

    def _has_series(self, case: Case) -> bool:
        return any("series" in promise.body for promise in case.promises)

    async def _end_series(self, case: Case) -> None:
        """Take back what is left of a series: unattended it would lapse and begin anew for ever."""
        found = (await self.driver.caller.call("GET", "cases", f"/v1/cases/{case.id}")).body
        for each in found["commitments"]:
            if each["series"] and each["state"] in {"open", "waiting"}:
                path = f"/v1/cases/{case.id}/commitments/{each['id']}/withdraw"
                await self._send(Call(case.desk.lead, path, {"reason": "series_ended"}))
        case.promises = [promise for promise in case.promises if "series" not in promise.body]

    def _scene(self, case: Case) -> Scene:
        beside = (
            each.id
            for each in self.cases
            if each.customer == case.customer and each is not case and not each.is_closed
        )
        return Scene(self.chance, case, self.now, next(beside, None))

    async def _play(self, case: Case, call: Call) -> None:
        answer = await self._send(call)
        if answer is None:
            return
        if call.path.endswith((promising.FOLLOW_UPS, promising.EXPECTATIONS)):
            self.made += 1
            case.promises.append(promising.made(call, answer.id, self.now))
        elif call.path.endswith(("closing", "reopening")):
            case.is_closed = call.path.endswith("closing")
        elif call.path == "/v1/contacts" and "outcome" not in call.body:
            case.contacts.append(answer.id)

    async def _send(self, call: Call) -> Answer | None:
        """Send a command; none where it was refused as it may be."""
        self.sent += 1
        key, kind = str(derived_id("simulation", self.seed, self.sent)), call.path.rpartition("/")[2]
        try:
            async with self.room:
                answer = await self.driver.post(
                    call.service, call.path, call.body, key=key, token=self.tokens[call.who]
                )
        except Refused as refused:
            if refused.answer.status not in EXPECTED:
                raise
            self.answers[f"{kind} {refused.answer.status}"] += 1
            return None
        self.answers[f"{kind} {answer.status}"] += 1
        return answer

    async def _put(self, service: str, path: str, body: dict[str, Any]) -> None:
        """Put a thing over what stands there."""
        try:
            etag = (await self.driver.caller.call("GET", service, path)).etag
        except Refused:
            etag = None
        await self.driver.put(service, path, body, etag=etag)

    async def _publish(self, version: int) -> None:
        for name, body in desks.calendars(version).items():
            await self._put("cases", f"/v1/calendars/{name}", body)
        for name, body in desks.policies(version).items():
            await self._put("cases", f"/v1/policies/{name}", body)
        await self.driver.settle()

    async def _recompute(self) -> None:
        """Count anew what policies dated, now that there are new versions."""
        calls = [(case, call) for case in self.cases for call in deeds.anew(self._scene(case))]
        await asyncio.gather(*(self._play(case, call) for case, call in calls))
        await self.driver.settle()

    async def _staff(self) -> None:
        """Let somebody be away from now on, for some days."""
        desk = self.chance.one_of(desks.DESKS)
        name, days = self.chance.one_of(desk.people), self.chance.below(4)
        away = {"begins": self.now.isoformat(), "ends": (self.now + timedelta(days=days + 1)).isoformat()}
        await self._put("cases", f"/v1/owners/{name}", self._owner(name, desk) | {"absences": [away]})
        await self.driver.settle()

    def _owner(self, name: str, desk: desks.Desk) -> dict[str, Any]:
        body = {"zone": desk.zone, "team": desk.name, "lead": desk.lead}
        return body | ({"delegate": desk.people[1]} if name == desk.people[0] else {})

    async def _take_note(self) -> None:
        """Let some who got a reminder say that they have seen it."""
        found = await self.driver.caller.call("GET", "notifier", "/v1/deliveries?state=sent&limit=12")
        sent = [each for each in found.body["items"] if each["recipient"] in self.tokens]
        for each in sent[: self.chance.below(3)]:
            path = f"/v1/deliveries/{each['id']}/acknowledgement"
            await self._send(Call(each["recipient"], path, {}, "notifier"))

    async def _on(self, instant: datetime) -> None:
        """Move on to an instant: from timer to timer, so many of them; the rest is slept through."""
        await self.driver.settle()
        for _ in range(self.pace.fires):
            if self.driver.horizon >= instant:
                break
            await self.driver.to(self.driver.horizon + MOMENT)
            await self.driver.settle()
        await self.sleep_until(instant)
        self.now = instant

    async def sleep_until(self, instant: datetime) -> None:
        """Set all clocks at once, whatever would have come before: it comes now, and late."""
        for services in ORDER:
            await self._set(services, instant)
        await self.driver.settle()

    async def _set(self, services: Iterable[str], instant: datetime) -> None:
        for service in services:
            await self.driver.caller.call("PUT", service, "/v1/clock", {"at": instant.isoformat()})


GAPS = (
    timedelta(minutes=7),
    timedelta(minutes=45),
    timedelta(hours=3, minutes=20),
    timedelta(hours=9, minutes=5),
    timedelta(hours=26),
    timedelta(days=3, hours=2),
)
"""How long until the next moment of a busy time."""
