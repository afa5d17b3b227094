"""Edge cases of what is sent: late, with nobody there, for several at once (rows 25, 30, 31, 42, 47, 49)."""

import asyncio
from datetime import timedelta

import pytest

from events.catalogue import NotificationSent
from events.catalogue.terms import AtInstant, Condition, Span
from events.clock import new_id
from events.testing import NOW
from notifier import tables
from notifier.courier import PER_SINK

from .conftest import text
from .replica import SECRET
from .scene import DUE, HOUR, by_mail, event, promised, reminder
from .sinks import status
from .test_people import person, staffed

DAY = timedelta(days=1)
WHEN = Condition(words="The part is here.", then=Span(unit="business_days", count=1), limit=NOW)


async def test_edge_25__nothing_that_waits_for_its_commitment_expires(one, commitment, ledger, post):
    await one.reached("agent", email="agent@kept.example")
    late = NOW + 30 * DAY
    ledger.says(commitment, told_due=late + HOUR)
    await one.remind(event("ReminderDue", commitment, due=late + HOUR))
    await one.set_clock(late)
    assert await one.due() == (1, None)
    await one.hear(promised(commitment).model_copy(update={"due": late + HOUR, "rule": AtInstant(at=late)}))
    assert isinstance(await one.outcome(), NotificationSent)
    assert len(post.about(commitment)) == 1


async def test_edge_31__a_reminder_is_sent_however_late_while_its_due_is_ahead(one, commitment, ledger, post):
    await one.reached("agent", email="agent@kept.example")
    due = NOW + 10 * DAY
    ledger.says(commitment, told_due=due)
    await one.hear(promised(commitment).model_copy(update={"due": due}))
    await one.set_clock(due - HOUR)
    late = {"planned": NOW, "lateness": 10 * DAY - HOUR, "skipped": ("rung-0",)}
    await one.remind(event("ReminderDue", commitment, due=due, **late), at=due - HOUR)
    assert isinstance(await one.outcome(), NotificationSent)
    (letter,) = post.about(commitment)
    assert letter["Subject"] == "Due in 1 h: We call you."


async def test_edge_42__where_one_has_nobody_the_others_are_sent(one, ledger, post):
    gone, away, here = (new_id() for _ in range(3))
    owners = {gone: "gone", away: "agent", here: "ben"}
    for each, owner in owners.items():
        ledger.says(each, owner=owner, told_due=DUE)
    absent = person("agent", active=False, delegate="gone", team="care")
    await staffed(one, person("gone", active=False, team=None, lead=None), absent, person("ben"))
    await one.hear(*(promised(each, owner=owner) for each, owner in owners.items()))
    await one.remind(*map(reminder, owners))
    outcomes = [each.event for each in await one.outcomes(4)]
    sent = {each.commitment: each.recipient for each in outcomes if isinstance(each, NotificationSent)}
    assert sent == {away: "lou", here: "ben"}, "the team stands in where the delegate is gone as well"
    unreached = [(each.notice, each.reason) for each in outcomes if each.commitment == gone]
    assert unreached == [("rung-1", "no_recipient"), ("unreached", "nobody")]
    assert await tables.unowned(one.pool) == 1
    assert len(post.about(here)) == len(post.about(away)) == 1


async def test_edge_47__two_promises_are_two_rows_of_one_letter(one, ledger, post):
    two = sorted((new_id(), new_id()), key=str)
    for each in two:
        ledger.says(each, told_due=DUE)
    await by_mail(one, *two)
    await one.remind(*map(reminder, two))
    first, second = await one.outcomes(2)
    assert first.entity != second.entity
    rows = await one.pool.fetch("SELECT commitment FROM delivery_v1 ORDER BY commitment::text")
    assert [row["commitment"] for row in rows] == two
    assert [letter["Message-ID"] for letter in post.about(two[0])] == [
        letter["Message-ID"] for letter in post.about(two[1])
    ]


async def test_edge_49__the_outer_limit_of_a_condition_is_told_to_the_owner(one, commitment, ledger, post):
    ledger.says(commitment, state="dormant", told_due=None)
    await by_mail(one)
    dormant = {"due": None, "rule": None, "condition": WHEN}
    await one.hear(promised(commitment).model_copy(update=dormant))
    await one.remind(event("ReminderDue", commitment, rung="limit", role="owner", due=None))
    outcome = await one.outcome()
    assert isinstance(outcome, NotificationSent)
    assert (outcome.notice, outcome.recipient) == ("limit", "agent")
    (letter,) = post.about(commitment)
    assert "We call you." in text(letter)


@pytest.mark.accept
async def test_edge_30__after_an_outage_so_many_go_out_at_once_and_no_more(one, ledger, hook):
    full, hold, many = asyncio.Event(), asyncio.Event(), [new_id() for _ in range(2 * PER_SINK)]
    under_way = most = 0

    async def held(_request, writer) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        if under_way == PER_SINK:
            full.set()
        await hold.wait()
        under_way -= 1
        writer.write(status(200))

    hook.reply = held
    for number, each in enumerate(many):
        ledger.says(each, owner=f"agent{number}", told_due=DUE)
        await one.reached(f"agent{number}", webhook=hook.url, secret=SECRET)
    await one.hear(*(promised(each, owner=f"agent{number}") for number, each in enumerate(many)))
    await one.remind(*map(reminder, many))
    await asyncio.wait_for(full.wait(), 30)
    one.courier.wake()
    assert (await one.due())[0] >= len(many) - PER_SINK, "the others wait"
    hold.set()
    await one.outcomes(len(many))
    assert most == PER_SINK
    assert len(hook.seen) == len(many)
