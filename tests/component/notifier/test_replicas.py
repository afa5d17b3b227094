"""Several replicas, stalls and unknown outcomes: one notice per step (faults I10, I11)."""

import asyncio
import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from time import monotonic

import pytest

from events.catalogue import NotificationSent, NotificationSuppressed
from events.clock import new_id
from events.errors import Unavailable
from events.perform import Performer
from events.testing import NOW
from notifier import channels, claims, delivery
from notifier.claims import Flight
from notifier.turn import Again, Turn

from .replica import SECRET, replica
from .scene import DUE, SECOND, by_hook, event, reminder
from .sinks import Request, never, replying, status

CLAIMED = "SELECT id FROM delivery_v1 WHERE claimed_by IS NOT NULL"
EXPIRE = "UPDATE delivery_v1 SET claimed_until = clock_timestamp() - interval '1 ms'"
PASS = "UPDATE delivery_v1 SET claimed_until = claimed_until - $1::interval"
"""Lets machine time pass for claims."""


def notice(request: Request) -> str:
    """Return what a webhook is about: a rung, or what happened."""
    return str(json.loads(request.body)["data"]["notice"])


def items(request: Request) -> list[dict[str, str]]:
    """Return what a webhook names: one thing, or several."""
    data = json.loads(request.body)["data"]
    found: list[dict[str, str]] = data.get("items", [data])
    return found


async def test_two_replicas__send_each_once(dsn, ledger, smtp, hook):
    commitments = [new_id() for _ in range(60)]
    for commitment in commitments:
        ledger.says(commitment, told_due=DUE)
    async with replica(dsn, ledger, smtp=smtp) as one, replica(dsn, ledger, smtp=smtp) as other:
        await by_hook(one, hook.url, *commitments)
        await one.remind(*map(reminder, commitments))
        other.courier.wake()
        settled = await one.outcomes(60)
        await one.at_rest()
    wire = Counter(item["notification"] for request in hook.seen for item in items(request))
    assert wire == Counter(each.entity for each in settled)
    assert set(wire.values()) == {1}
    assert {type(each.event) for each in settled} == {NotificationSent}


async def test_claim_that_runs_out_while_the_message_is_bound__sends_nothing(
    dsn, ledger, smtp, commitment, hook
):
    """The database keeps it waiting just before it goes: by then another replica may be sending."""
    async with replica(dsn, ledger, smtp=smtp, running=False) as one:
        await by_hook(one, hook.url, commitment)
        await one.remind(reminder(commitment))
        (claimed,) = await claims.claim(one.pool, one.holder, 1)
        flight = Flight(claimed, "")
        flight.held_until = monotonic() + channels.SECONDS + 1
        async with one.pool.acquire() as connection, connection.transaction():
            await connection.execute("SELECT FROM delivery_v1 FOR UPDATE")
            delivering = asyncio.create_task(one.sender.deliver(flight))
            while flight.outlasts(channels.SECONDS):
                await connection.execute("SELECT pg_sleep(0.05)")
        await delivering
        assert (hook.seen, await one.settled()) == ([], [])


async def test_claim__is_one_replica_s_until_it_runs_out(dsn, ledger, smtp, commitment, hook):
    async with (
        replica(dsn, ledger, smtp=smtp, running=False) as one,
        replica(dsn, ledger, smtp=smtp, running=False) as other,
    ):
        await by_hook(one, hook.url, commitment)
        await one.remind(reminder(commitment))
        ((claim,),) = await claims.claim(one.pool, one.holder, 10)
        assert await claims.claim(other.pool, other.holder, 10) == []
        assert await claims.renew(one.pool, one.holder, [claim.delivery.id]) == {claim.delivery.id}
        await one.pool.execute(EXPIRE)
        ((again,),) = await claims.claim(other.pool, other.holder, 10)
        assert (again.delivery, again.attempts) == (claim.delivery, 2)
        assert await claims.renew(one.pool, one.holder, [claim.delivery.id]) == set()
        await claims.put_off(one.pool, one.holder, [claim.delivery.id], Again(DUE, Turn()))
        assert await one.due() == (1, None)


async def test_claim__outlasts_an_attempt_that_is_not_renewed(dsn, ledger, smtp, commitment, hook):
    """The database stalls once the attempt began: another replica still finds it claimed."""
    async with replica(dsn, ledger, smtp=smtp, running=False) as one:
        await by_hook(one, hook.url, commitment)
        await one.remind(reminder(commitment))
        assert len(await claims.claim(one.pool, one.holder, 10)) == 1
        await one.pool.execute(PASS, timedelta(seconds=channels.SECONDS))
        assert await claims.claim(one.pool, "another", 10) == []
        await one.pool.execute(PASS, claims.LASTS)
        assert len(await claims.claim(one.pool, "another", 10)) == 1


@pytest.mark.parametrize(("spare", "sends"), [(-0.1, 0), (4, 1)])
async def test_send__begins_only_where_the_claim_outlasts_it(
    dsn, ledger, smtp, commitment, hook, spare, sends
):
    async with replica(dsn, ledger, smtp=smtp, running=False) as one:
        await by_hook(one, hook.url, commitment)
        await one.remind(reminder(commitment))
        ((claim,),) = await claims.claim(one.pool, one.holder, 10)
        flight = Flight([claim], "hook")
        flight.held_until = monotonic() + channels.SECONDS + spare
        await one.sender.deliver(flight)
        assert len(hook.seen) == len(await one.settled()) == sends


async def test_released__is_somebody_else_s_at_once(dsn, ledger, smtp, commitment, hook):
    async with replica(dsn, ledger, smtp=smtp, running=False) as one:
        await by_hook(one, hook.url, commitment)
        await one.remind(reminder(commitment))
        assert len(await claims.claim(one.pool, one.holder, 10)) == 1
        await claims.release(one.pool, one.holder)
        assert len(await claims.claim(one.pool, "another", 10)) == 1


async def test_a_replica_that_was_frozen__does_not_send(dsn, ledger, smtp, commitment, hook):
    async with replica(dsn, ledger, smtp=smtp, running=False) as one:
        await by_hook(one, hook.url, commitment)
        await one.remind(reminder(commitment))
        ((claim,),) = await claims.claim(one.pool, one.holder, 10)
        flight = Flight([claim], "hook")
        assert not flight.outlasts(0)
        await one.sender.deliver(flight)
        assert hook.seen == []
        assert await one.settled() == []


async def test_what_is_settled__is_not_sent_again_before_the_tables_know(dsn, ledger, smtp, commitment, hook):
    async with replica(dsn, ledger, smtp=smtp, running=False) as one:
        await by_hook(one, hook.url, commitment)
        await one.remind(reminder(commitment))
        ((claim,),) = await claims.claim(one.pool, one.holder, 10)
        for _ in range(2):
            flight = Flight([claim], "hook")
            flight.held_until = float("inf")
            await one.sender.deliver(flight)
        assert len(hook.seen) == len(await one.settled()) == 1


class Lossy:
    """A log whose first appends succeed and report that nobody knows."""

    def __init__(self, log, losses):
        self._log = log
        self.losses = losses

    def __getattr__(self, name):
        return getattr(self._log, name)

    async def append(self, append):
        appended = await self._log.append(append)
        if self.losses:
            self.losses -= 1
            raise Unavailable
        return appended


async def test_write_done_and_error_reported__is_sent_once(dsn, ledger, smtp, commitment, hook):
    async with replica(dsn, ledger, smtp=smtp, running=False) as one:
        await by_hook(one, hook.url, commitment)
        await one.remind(reminder(commitment))
        ((claim,),) = await claims.claim(one.pool, one.holder, 10)
        lossy = Lossy(one.log, 2)
        deliveries = Performer(lossy, delivery.DECIDER, source="notifier", cache=0)
        sender = replace(one.sender, scales=replace(one.sender.scales, deliveries=deliveries))
        flight = Flight([claim], "hook")
        flight.held_until = float("inf")
        await sender.deliver(flight)
        assert lossy.losses == 1  # the second try finds it settled
        assert len(hook.seen) == len(await one.settled()) == 1


async def test_i10__nothing_begins_after_the_keep_was_read(dsn, ledger, smtp, commitment, hook):
    """The keep comes between the answer of `cases` and the send."""
    async with replica(dsn, ledger, smtp=smtp, running=False) as one:
        await by_hook(one, hook.url, commitment)
        await one.remind(reminder(commitment))
        ((claim,),) = await claims.claim(one.pool, one.holder, 10)
        await one.hear(event("CommitmentKept", commitment))
        flight = Flight([claim], "hook")
        flight.held_until = float("inf")
        await one.sender.deliver(flight)
        ((settled),) = await one.settled()
        assert isinstance(settled.event, NotificationSuppressed)
        assert hook.seen == []


async def test_stop__lets_what_is_under_way_end(dsn, ledger, smtp, commitment, hook):
    hold = asyncio.Event()

    async def held(_request, writer):
        await hold.wait()
        writer.write(status(200))

    hook.reply = held
    async with replica(dsn, ledger, smtp=smtp, seconds=3) as one:
        await by_hook(one, hook.url, commitment)
        await one.remind(reminder(commitment))
        await hook.arrived.wait()
        asyncio.get_running_loop().call_later(0.1, hold.set)
    async with replica(dsn, ledger, smtp=smtp, running=False) as next_one:
        assert isinstance(await next_one.outcome(), NotificationSent)
    assert len(hook.seen) == 1


async def test_stop__gives_back_what_does_not_end(dsn, ledger, smtp, commitment, hook):
    hook.reply = never
    async with replica(dsn, ledger, smtp=smtp) as one:
        await by_hook(one, hook.url, commitment)
        await one.remind(reminder(commitment))
        await hook.arrived.wait()
    async with replica(dsn, ledger, smtp=smtp, running=False) as next_one:
        assert await next_one.pool.fetch(CLAIMED) == []
        ((claim,),) = await claims.claim(next_one.pool, next_one.holder, 10)
        assert claim.attempts == 2
        assert await next_one.settled() == []


async def test_clock__wakes_the_courier(one, commitment, hook):
    hook.reply = replying(status(429, "Retry-After: 60"), status(200))
    await by_hook(one, hook.url, commitment)
    await one.remind(reminder(commitment))
    assert await one.at_rest() == NOW + 60 * SECOND
    await one.set_clock(NOW + 60 * SECOND)
    assert isinstance(await one.outcome(), NotificationSent)


async def test_recipient_changed_between_attempts__counts(one, commitment, hook):
    hook.reply = replying(status(500))
    await by_hook(one, hook.url, commitment)
    await one.remind(reminder(commitment))
    await one.at_rest()
    await one.reached("agent", webhook=f"{hook.url}/new", secret=SECRET)
    hook.reply = replying(status(200))
    await one.set_clock(NOW + SECOND)
    await one.outcome()
    assert [request.line.split()[1] for request in hook.seen] == ["/hook", "/hook/new"]


async def test_hand_over_before_the_send__reaches_the_new_owner_only(one, commitment, ledger, hook):
    hook.reply = replying(status(500), status(200))
    await by_hook(one, hook.url, commitment)
    await one.reached("mai", webhook=f"{hook.url}/mai", secret=SECRET)
    await one.remind(reminder(commitment))
    await one.at_rest()
    ledger.says(commitment, owner="mai")
    await one.hear(event("CommitmentHandedOver", commitment))
    await one.set_clock(NOW + SECOND)
    settled = {(each.event.notice, each.event.recipient): each.event for each in await one.outcomes(3)}
    assert isinstance(settled["rung-1", "agent"], NotificationSuppressed)
    assert settled["rung-1", "agent"].reason == "other_owner"
    assert isinstance(settled["handed_over", "mai"], NotificationSent)


@pytest.fixture
async def handed(one, commitment, ledger, hook):
    """A replica that has not read that the promise of `agent` is now `mai`'s; both have a webhook."""
    await by_hook(one, hook.url, commitment)
    await one.reached("mai", webhook=f"{hook.url}/mai", secret=SECRET)
    ledger.says(commitment, owner="mai")
    return one


async def test_hand_over_before_it_fired__reaches_the_new_owner_once_it_is_read(handed, commitment, hook):
    await handed.remind(reminder(commitment), at=NOW + SECOND)
    assert await handed.at_rest() == NOW + SECOND
    assert hook.seen == []
    await handed.hear(event("CommitmentHandedOver", commitment), at=NOW)
    await handed.set_clock(NOW + SECOND)
    settled = {each.event.notice: each.event for each in await handed.outcomes(3)}
    assert isinstance(settled["rung-1"], NotificationSent)
    assert settled["rung-1"].recipient == "mai"
    told = Counter((request.line.split()[1], notice(request)) for request in hook.seen)
    assert told == {
        ("/hook/mai", "rung-1"): 1,
        ("/hook/mai", "handed_over"): 1,
        ("/hook", "handed_off"): 1,
    }


async def test_hand_over_after_it_fired__suppresses_once_it_is_read(handed, commitment, hook):
    await handed.remind(reminder(commitment))
    assert await handed.at_rest() == NOW + SECOND
    await handed.hear(event("CommitmentHandedOver", commitment), at=NOW + SECOND)
    await handed.set_clock(NOW + SECOND)
    settled = {each.event.notice: each.event for each in await handed.outcomes(3)}
    assert isinstance(settled["rung-1"], NotificationSuppressed)
    assert (settled["rung-1"].recipient, settled["rung-1"].reason) == ("agent", "other_owner")
    assert sorted(map(notice, hook.seen)) == ["handed_off", "handed_over"]


async def test_hand_over_not_read_and_due_near__reaches_the_new_owner(handed, commitment, hook):
    await handed.set_clock(DUE - SECOND)
    await handed.remind(reminder(commitment))
    outcome = await handed.outcome()
    assert isinstance(outcome, NotificationSent)
    assert (outcome.recipient, outcome.attempts) == ("mai", 1)
    assert [request.line.split()[1] for request in hook.seen] == ["/hook/mai"]


async def test_hand_over_never_read__reaches_the_new_owner_half_a_minute_later(handed, commitment, hook):
    await handed.remind(reminder(commitment))
    while (at := await handed.at_rest()) is not None:
        assert hook.seen == []
        assert at <= NOW + 31 * SECOND
        await handed.set_clock(at)
    outcome = await handed.outcome()
    assert isinstance(outcome, NotificationSent)
    assert outcome.recipient == "mai"
    assert [request.line.split()[1] for request in hook.seen] == ["/hook/mai"]


async def test_hand_over_read_and_cases_silent__reaches_the_new_owner(dsn, ledger, smtp, commitment, hook):
    async with replica(dsn, ledger, smtp=smtp, seconds=0.2, running=False) as one:
        await by_hook(one, hook.url, commitment)
        await one.reached("mai", webhook=f"{hook.url}/mai", secret=SECRET)
        await one.set_clock(DUE - SECOND)
        await one.remind(reminder(commitment), at=DUE - SECOND)
        ledger.silent = True
        await one.hear(event("CommitmentHandedOver", commitment))
        for _ in range(2):
            for (claim,) in await claims.claim(one.pool, one.holder, 10):
                if claim.delivery.is_reminder:
                    flight = Flight([claim], "hook")
                    flight.held_until = float("inf")
                    await one.sender.deliver(flight)
        (settled,) = await one.settled()
        assert isinstance(settled.event, NotificationSent)
        assert (settled.event.recipient, settled.event.unchecked) == ("mai", True)
