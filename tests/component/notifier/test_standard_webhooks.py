"""Standard Webhooks: secrets that are replaced, and what each status of a receiver means."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from events.clock import new_id
from events.testing import NOW
from notifier import recipient, subscriber
from notifier.channels import Accepted, Hook, Message, Refused, TryAgain, webhook_client
from notifier.signing import Keys
from notifier.wording import Letter

from .replica import SECRET
from .scene import DUE, HOUR, MAI, SECOND, by_hook, event, promised, reminder
from .sinks import http_sink, replying, status

OTHER = "whsec_" + "b3RoZXJz" * 4
DAY = timedelta(days=1)
STATUSES = {
    "2xx": (200, 201, 202, 204, 299),
    "410": (410,),
    "429, 502, 504": (429, 502, 504),
    "3xx": (300, 301, 302, 303, 307, 308),
    "anything else": (400, 401, 404, 409, 500, 501, 503, 599),
}
"""What each row of the vectors stands for."""


async def post(url: str):
    async with webhook_client() as client:
        return await Hook(client, url, Keys(SECRET)).send(Message(new_id(), Letter("a", "b"), {}, NOW))


@pytest.mark.parametrize("row", range(5))
async def test_status__means_what_the_vectors_say(data, hook, row):
    rows = json.loads((data / "standard-webhooks-vectors.json").read_text())["status_handling"]
    assert {each["status"] for each in rows} == STATUSES.keys()
    means = rows[row]["means"]
    async with http_sink() as elsewhere:
        for code in STATUSES[rows[row]["status"]]:
            hook.reply = replying(status(code, f"Location: {elsewhere.url}", "Retry-After: 7"))
            result = await post(hook.url)
            if means == "delivered":
                assert result == Accepted()
            elif means.startswith("disable"):
                assert result == Refused("HTTP 410", gone=True)
            else:
                assert means.startswith("failed"), means
                assert result == TryAgain(f"HTTP {code}", timedelta(seconds=7))
        assert elsewhere.seen == []


def readers(request) -> set[str]:
    """Return the secrets by which a receiver takes a post as genuine."""
    found = set()
    for secret in (SECRET, OTHER):
        try:
            Webhook(secret).verify(request.body, request.headers)
        except WebhookVerificationError:
            continue
        found.add(secret)
    return found


def kept(commitment: UUID):
    """Return the events of a promise that was kept."""
    return promised(commitment), event("CommitmentKept", commitment, verdict="kept", at=DUE, margin=SECOND)


async def announced(one, hook, number: int):
    """Let one more promise be kept; return what was posted of it."""
    await one.hear(*kept(new_id()))
    await one.announce()
    await one.outcomes(number)
    return hook.seen[-1]


async def test_secret_of_a_subscriber__replaced__both_sign_for_a_day(one, hook):
    await one.subscribed("board", hook.url)
    assert readers(await announced(one, hook, 1)) == {SECRET}
    await one.subscribed("board", hook.url, secret=OTHER)
    assert readers(await announced(one, hook, 2)) == {SECRET, OTHER}
    await one.set_clock(NOW + DAY - SECOND)
    assert readers(await announced(one, hook, 3)) == {SECRET, OTHER}
    await one.set_clock(NOW + DAY)
    assert readers(await announced(one, hook, 4)) == {OTHER}


async def test_secret_of_a_recipient__replaced__both_sign_as_long_as_is_said(one, commitment, ledger, hook):
    await by_hook(one, hook.url, commitment)
    await one.reached("agent", webhook=hook.url, secret=OTHER, overlap=HOUR / 2)
    await one.remind(reminder(commitment))
    await one.outcome()
    await one.set_clock(NOW + HOUR / 2)
    await one.remind(reminder(commitment, rung="rung-2"))
    await one.outcomes(2)
    assert [readers(request) for request in hook.seen] == [{SECRET, OTHER}, {OTHER}]


async def test_gone__the_recipient_s_webhook_is_forgotten_and_the_rest_stays(one, commitment, hook):
    hook.reply = replying(status(410))
    await one.reached("agent", email=MAI, webhook=hook.url, secret=SECRET, order=["webhook"], language="vi")
    await one.hear(promised(commitment))
    await one.remind(reminder(commitment))
    assert (await one.outcome()).means == "email"
    _, found = await one.recipients.state(recipient.stream("agent"))
    assert found == recipient.Recipient(email=MAI, order=("webhook",), language="vi")
    await one.remind(reminder(commitment, rung="rung-2"))
    await one.outcomes(2)
    assert len(hook.seen) == 1


async def test_gone__a_subscriber_rests_until_it_is_set_again(one, hook):
    hook.reply = replying(status(410), status(200))
    await one.subscribed("board", hook.url)
    await announced(one, hook, 1)
    _, found = await one.sender.scales.subscribers.state(subscriber.stream("board"))
    assert found is not None
    assert (found.active, found.reached.keys.at(NOW)) == (False, (SECRET,))
    await one.hear(*kept(new_id()))
    await one.announce()
    await one.at_rest()
    assert len(hook.seen) == 1
    later, last = NOW + HOUR, new_id()
    await one.set_clock(later)
    await one.subscribed("board", hook.url)
    await one.hear(*kept(last), at=later)
    await one.announce()
    await one.at_rest()
    assert len(hook.seen) == 2
    assert str(last).encode() in hook.seen[-1].body


async def test_gone__where_it_listens_elsewhere_by_now__nothing_ends(one, hook):
    async with http_sink() as now:

        async def moved(_request, writer):
            await one.subscribed("board", now.url)
            writer.write(status(410))

        hook.reply = moved
        await one.subscribed("board", hook.url)
        await announced(one, hook, 1)
        _, found = await one.sender.scales.subscribers.state(subscriber.stream("board"))
        assert found is not None
        assert (found.url, found.active) == (now.url, True)
