"""Several things for one recipient at one moment are one message (commitment.md §4 rule 10)."""

import asyncio
import json
from datetime import time, timedelta
from uuid import UUID

import pytest
from standardwebhooks.webhooks import Webhook

from events.catalogue import NotificationSent, NotificationSuppressed
from events.catalogue.terms import Quiet
from events.clock import new_id
from events.testing import NOW
from notifier import tables

from .conftest import text
from .replica import SECRET
from .scene import DUE, SECOND, by_hook, by_mail, event, promised, reminder
from .sinks import replying, status

WINDOW = timedelta(minutes=1)


@pytest.fixture
def two(ledger):
    """Two commitments of `agent`, due at the same time."""
    both = [new_id(), new_id()]
    for place, each in enumerate(both):
        ledger.says(each, told_due=DUE, words=f"Promise {place}.")
    return both


async def test_edge_47__two_promises_with_the_same_due_are_one_letter(one, two, post):
    await by_mail(one, *two)
    await one.remind(*map(reminder, two))
    settled = await one.outcomes(2)
    assert [type(each.event) for each in settled] == [NotificationSent] * 2
    (digest,) = {each.event.digest for each in settled}
    (letter,) = post.about(two[0])
    assert letter["X-Kept-Notification"] == str(digest)
    assert letter["Subject"] == "2 promises need you soon"
    assert "Promise 0." in text(letter)
    assert "Promise 1." in text(letter)
    assert [each["Message-ID"] for each in post.about(two[1])] == [letter["Message-ID"]]


async def test_edge_47__two_lapses_are_one_letter_and_two_verdicts(one, two, ledger, post):
    await by_mail(one, *two)
    for each in two:
        ledger.says(each, state="lapsed")
    await one.hear(*(event("CommitmentLapsed", each, at=DUE) for each in two))
    assert {each.event.commitment for each in await one.outcomes(2)} == set(two)
    (letter,) = post.about(two[0])
    assert letter["Subject"] == "2 promises lapsed"


async def test_digest__is_one_signed_webhook(one, two, hook):
    await by_hook(one, hook.url, *two)
    await one.remind(*map(reminder, two))
    settled = await one.outcomes(2)
    (request,) = hook.seen
    said = Webhook(SECRET).verify(request.body, request.headers)
    assert said["type"] == "commitment.digest"
    assert {each["notification"] for each in said["data"]["items"]} == {each.entity for each in settled}


async def test_digest__leaves_out_what_is_needless(one, two, ledger, post):
    await by_mail(one, *two)
    ledger.says(two[0], state="kept")
    await one.remind(*map(reminder, two))
    came = {each.event.commitment: each.event for each in await one.outcomes(2)}
    assert isinstance(came[two[0]], NotificationSuppressed)
    assert came[two[1]].digest is None
    (letter,) = post.about(two[1])
    assert "Promise 0." not in text(letter)


async def test_digest_tried_again__has_the_same_id_and_takes_nobody_in(one, two, ledger, hook):
    hook.reply = replying(status(500), status(200))
    third = new_id()
    ledger.says(third, told_due=DUE)
    await by_hook(one, hook.url, *two, third)
    await one.remind(*map(reminder, two))
    assert await one.at_rest() == NOW + SECOND
    await one.remind(reminder(third))
    await one.outcomes(1)
    ledger.says(two[0], state="kept")
    await one.set_clock(NOW + SECOND)
    await one.outcomes(3)
    first, alone, again = hook.seen
    assert first.headers["webhook-id"] == again.headers["webhook-id"] != alone.headers["webhook-id"]
    assert json.loads(again.body)["data"]["commitment"] == str(two[1])


async def test_window__gathers_what_comes_within_it(one, two, post):
    await one.reached("agent", email="agent@kept.example")
    await one.hear(*(promised(each, digest=WINDOW) for each in two))
    await one.remind(reminder(two[0]))
    assert await one.at_rest() == NOW + WINDOW
    await one.set_clock(NOW + 30 * SECOND)
    await one.remind(reminder(two[1]), at=NOW + 30 * SECOND)
    assert await one.at_rest() == NOW + WINDOW
    assert post.about(two[0]) == []
    await one.set_clock(NOW + WINDOW)
    await one.outcomes(2)
    assert len(post.about(two[0])) == 1
    assert post.about(two[0])[0]["Message-ID"] == post.about(two[1])[0]["Message-ID"]


async def test_window__holds_nothing_beyond_half_of_its_time(one, two):
    await one.reached("agent", email="agent@kept.example")
    await one.hear(promised(two[0], digest=timedelta(hours=9)))
    await one.remind(reminder(two[0]))
    assert await one.at_rest() == NOW + (DUE - NOW) / 2


async def test_edge_44__what_gathers_does_not_gather_into_the_quiet_hours(one, two):
    """At NOW it is 09:00 in London."""
    quiet = Quiet(begins=time(9, 5), ends=time(9, 30), zone="Europe/London")
    await one.reached("agent", email="agent@kept.example")
    await one.hear(promised(two[0], digest=timedelta(minutes=10), quiet=quiet))
    await one.remind(reminder(two[0]))
    assert await one.at_rest() == NOW + timedelta(minutes=4)


@pytest.mark.accept
async def test_edge_34__five_hundred_at_one_moment_miss_nothing(one, ledger, hook):
    many = [new_id() for _ in range(500)]
    for each in many:
        ledger.says(each, told_due=DUE)
    await by_hook(one, hook.url, *many)
    await one.remind(*map(reminder, many))
    async with asyncio.timeout(15):
        while (await tables.counts(one.pool)).get("sent") != 500:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)
    named = [item for each in hook.seen for item in json.loads(each.body)["data"]["items"]]
    assert len(named) == 500
    assert {UUID(each["commitment"]) for each in named} == set(many)
    assert len(hook.seen) <= 4
