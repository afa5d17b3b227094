"""Who has two of the roles that are told is told once, whichever message is under way first (I11)."""

import asyncio

from events.catalogue import NotificationSent, NotificationSuppressed
from events.catalogue.owners import Absence
from events.testing import NOW
from notifier import claims
from notifier.claims import Flight
from notifier.turn import Again, Turn

from .replica import replica
from .scene import DUE, HOUR, SECOND, event, promised
from .test_people import person, staffed


async def test_second_role__waits_until_what_came_of_the_first_is_known(dsn, ledger, smtp, commitment):
    away = (Absence(begins=NOW + SECOND, ends=NOW + HOUR),)
    async with replica(dsn, ledger, smtp=smtp, running=False) as one:
        await staffed(one, person("agent", delegate="kim", absences=away), person("kim"))
        ledger.says(commitment, state="lapsed")
        await one.hear(promised(commitment, told_of_lapse=("owner", "lead")))
        await one.hear(event("CommitmentLapsed", commitment, at=DUE))
        claimed = {each.delivery.role: each for (each,) in await claims.claim(one.pool, one.holder, 9)}
        owners, leads = claimed["owner"].delivery, claimed["lead"].delivery
        assert (owners.recipient, leads.recipient) == ("agent", "kim")
        await claims.pass_on(one.pool, one.holder, {owners.id: "kim"})
        assert await claims.claim(one.pool, "another", 9) == []
        await claims.bind(one.pool, one.holder, [leads.id], leads.id)
        await claims.put_off(one.pool, one.holder, [leads.id], Again(NOW + SECOND, Turn()))
        assert await claims.claim(one.pool, "another", 9) == []
        await one.set_clock(NOW + SECOND)
        for outcome in (NotificationSent, NotificationSuppressed):
            async with asyncio.timeout(15):
                while not (ready := await claims.claim(one.pool, one.holder, 9)):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)  # until the table says what came of the first; nobody tells
            flight = Flight(ready[0], "")
            flight.held_until = float("inf")
            await one.sender.deliver(flight)
            assert isinstance((await one.settled())[-1].event, outcome)
