"""A few promises at a small desk, one for each way in which it may go, made through the front door."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from events.caller import Answer
from events.driver import Driver
from events.journal import FileJournal
from tests.desk import Desk

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Play:
    """The desk at work for one customer."""

    driver: Driver
    customer: str

    async def at(self, hours: float) -> None:
        """Go on to so many hours after the start; what came before has been heard by all."""
        await self.driver.settle()
        await self.driver.to(START + hours * HOUR)

    async def contact(self, words: str, **more: Any) -> Answer:
        """Let the customer come to us, or go to them."""
        body = {"customer": self.customer, "channel": "call", "words": words, **more}
        return await self.driver.post("intake", "/v1/contacts", body)

    async def promise(self, case: str, hours: float, **more: Any) -> str:
        """Promise a call in a case; return `case/commitments/commitment`."""
        body = {"words": "We call you.", "due": {"within": f"PT{int(hours * 60)}M"}, **more}
        made = await self.driver.post("cases", f"/v1/cases/{case}/follow-ups", body)
        return f"{case}/commitments/{made.id}"

    async def do(self, promise: str, verb: str, **body: Any) -> None:
        """Send a command on a promise."""
        await self.driver.post("cases", f"/v1/cases/{promise}/{verb}", body)

    async def serve(self, promise: str, **more: Any) -> None:
        """Go to the customer for a promise: to keep it, or to tell a revision of it."""
        case, _, commitment = promise.partition("/commitments/")
        served = {"case": case, "commitment": commitment, **more}
        said = {"direction": "outbound", "outcome": "reached", "case": case, "serves": [served]}
        await self.contact("We have news.", **said)


async def play(desk: Desk, journal: Path) -> None:
    """Play it all, until nothing moves; two promises are still open then, and their timers stand."""
    with journal.open("w", encoding="utf-8") as file:
        driver = Driver(desk.urls, desk.site.token, desk.client, FileJournal(file))
        await driver.to(START)
        for name in ("agent", "lead"):
            await driver.put("cases", f"/v1/owners/{name}", {"zone": "Europe/Berlin"})
            await driver.put("notifier", f"/v1/recipients/{name}", {"email": f"{name}@example.test"})
        customer = await driver.post("intake", "/v1/customers", {"name": "Lan", "zone": "Asia/Ho_Chi_Minh"})
        await _day(Play(driver, customer.id))
        await driver.settle()


async def _day(play: Play) -> None:
    cases = await _morning(play)
    kept, late, moved, given, released, doubled, again, _lapses = [
        await play.promise(case, 3) for case in cases
    ]
    await play.at(1)
    await play.do(moved, "reschedule", due={"within": "PT8H"}, reason="The van is late.")
    await play.do(given, "hand-over", owner="lead")
    await play.do(doubled, "withdraw", reason="duplicate")
    await play.do(again, "keep")
    await play.do(again, "correction", verdict="not_kept", evidence={"record": "no call on the bill"})
    told = await play.contact("You need not call.", case=cases[4])
    await play.serve(moved, tells=2)
    await play.at(1.25)
    await play.do(released, "release", contact=told.id)
    await play.at(2.5)
    await play.serve(kept)
    await play.at(5)
    await play.serve(late)
    bill, done = {"record": "a call on the bill"}, (START + 2 * HOUR).isoformat()
    await play.do(given, "correction", verdict="kept", evidence=bill, occurred_at=done)
    await play.at(8.5)
    await play.promise(cases[0], 0.5)
    await play.promise(cases[1], 26)


async def _morning(play: Play) -> list[str]:
    """Let eight contacts come, four of them in one batch; return their cases."""
    singly = [await play.contact(f"It does not work ({number}).") for number in range(4)]
    item = {"customer": play.customer, "channel": "email"}
    items = [{**item, "words": f"It is broken ({number})."} for number in range(4)]
    batch = await play.driver.post("intake", "/v1/contacts:batch", {"items": items})
    await play.driver.settle()
    return [answer.body["case"] for answer in singly] + [item["case"] for item in batch.items]
