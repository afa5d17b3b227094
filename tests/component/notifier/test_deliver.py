"""What is delivered, and what is not: on real PostgreSQL, with real mail and real webhooks."""

import asyncio
import json
import re
from uuid import UUID

import pytest
from standardwebhooks.webhooks import Webhook

from events.catalogue import NotificationFailed, NotificationSent, NotificationSuppressed
from events.clock import new_id
from events.testing import EXAMPLES, NOW, an_id
from notifier import tables

from .conftest import text
from .replica import SECRET, TRACE, replica
from .scene import DUE, HOUR, MAI, SECOND, by_hook, by_mail, event, promised, reminder
from .sinks import MailSink, mail_sink, never, replying, status


async def test_reminder__is_a_letter(one, commitment, post):
    await one.hear(EXAMPLES["OwnerChanged"], stream="owner-agent")
    await by_mail(one, commitment)
    await one.remind(reminder(commitment))
    (settled,) = await one.outcomes(1)
    (letter,) = post.about(commitment)
    identity = settled.entity
    assert letter["X-Kept-Notification"] == identity
    assert letter["Message-ID"] == f"<{identity}@localhost>"
    assert letter["Subject"] == "Due in 1 h: We call you."
    assert letter["To"] == "agent@kept.example"
    assert letter["X-RcptTo"] == "agent@kept.example"
    assert "17:00 Asia/Ho_Chi_Minh" in text(letter)
    assert settled.event == NotificationSent(
        commitment=commitment,
        case=settled.event.case,
        revision=1,
        notice="rung-1",
        recipient="agent",
        due=settled.event.due,
        role="owner",
        means="email",
        attempts=1,
    )
    assert settled.metadata.causation is not None
    assert settled.metadata.correlation == an_id("chain")
    assert await one.at_rest() is None


async def test_edge_24__the_same_record_three_times_is_one_letter(one, commitment, post):
    await by_mail(one, commitment)
    await one.remind(reminder(commitment), copies=3)
    await one.outcome()
    await one.remind(reminder(commitment))
    await one.hear(promised(new_id()), copies=3)
    await one.at_rest()
    assert len(post.about(commitment)) == 1
    assert len(await one.settled()) == 1


async def test_edge_25__a_reminder_before_its_commitment_waits_for_it(one, commitment, post):
    await one.reached("agent", email=MAI)
    await one.remind(reminder(commitment))
    assert await one.due() == (1, None)
    assert post.about(commitment) == []
    await one.hear(promised(commitment))
    assert isinstance(await one.outcome(), NotificationSent)


async def test_webhook__is_signed_and_verified(one, commitment, hook):
    await by_hook(one, hook.url, commitment)
    await one.remind(reminder(commitment))
    (settled,) = await one.outcomes(1)
    (request,) = hook.seen
    said = Webhook(SECRET).verify(request.body, request.headers)
    assert request.headers["webhook-id"] == settled.entity
    assert said["type"] == "commitment.reminder"
    assert said["data"]["words"] == "We call you."
    assert UUID(said["data"]["commitment"]) == commitment
    assert settled.event.means == "webhook"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"state": "kept"}, "kept"),
        ({"state": "released"}, "released"),
        ({"state": "lapsed"}, "lapsed"),
        ({"revision": 2}, "newer_revision"),
    ],
)
async def test_edge_27__what_cases_answers_suppresses(one, commitment, ledger, post, changes, reason):
    await by_mail(one, commitment)
    ledger.says(commitment, **changes)
    await one.remind(reminder(commitment))
    outcome = await one.outcome()
    assert isinstance(outcome, NotificationSuppressed)
    assert outcome.reason == reason
    assert post.about(commitment) == []


async def test_what_is_known_here__suppresses_also_when_cases_is_silent(hasty, commitment, ledger, post):
    await by_mail(hasty, commitment)
    await hasty.hear(event("CommitmentKept", commitment))
    ledger.silent = True
    await hasty.remind(reminder(commitment))
    outcome = await hasty.outcome()
    assert isinstance(outcome, NotificationSuppressed)
    assert outcome.reason == "kept"
    assert post.about(commitment) == []


async def test_cases_is_asked__not_older_than_what_is_known_here(one, commitment, ledger):
    await by_mail(one, commitment)
    await one.remind(reminder(commitment))
    await one.outcome()
    (request,) = ledger.sink.seen
    assert request.headers["kept-after"] == f"cases@{one.position}"
    assert request.headers["authorization"] == "Bearer token"
    assert "traceparent" not in request.headers or request.headers["traceparent"] != TRACE


async def test_cases_silent_and_time_left__it_waits(hasty, commitment, ledger, post):
    await by_mail(hasty, commitment)
    ledger.silent = True
    await hasty.remind(reminder(commitment))
    assert await hasty.at_rest() == NOW + SECOND
    assert post.about(commitment) == []
    ledger.silent = False
    await hasty.set_clock(NOW + SECOND)
    outcome = await hasty.outcome()
    assert isinstance(outcome, NotificationSent)
    assert (outcome.attempts, outcome.unchecked) == (2, False)


async def test_cases_silent_and_due_near__it_goes_without_words(hasty, commitment, ledger, post):
    await by_mail(hasty, commitment)
    ledger.silent = True
    await hasty.set_clock(DUE - SECOND)
    await hasty.remind(reminder(commitment))
    outcome = await hasty.outcome()
    assert isinstance(outcome, NotificationSent)
    assert outcome.unchecked
    (letter,) = post.about(commitment)
    assert "We call you" not in letter.as_string()
    assert str(commitment) in letter["Subject"]


async def test_nobody_registered__fails(one, commitment):
    await one.hear(promised(commitment))
    await one.remind(reminder(commitment))
    found, unreached = [each.event for each in await one.outcomes(2)]
    assert isinstance(found, NotificationFailed)
    assert (found.reason, found.recipient, found.role) == ("no_recipient", "agent", "owner")
    assert (unreached.notice, unreached.reason) == ("unreached", "nobody")
    assert await tables.unowned(one.pool) == 1


async def test_reminder_at_its_due__is_not_sent(one, commitment, post):
    await by_mail(one, commitment)
    await one.set_clock(DUE)
    await one.remind(reminder(commitment))
    outcome = await one.outcome()
    assert isinstance(outcome, NotificationFailed)
    assert outcome.reason == "gave_up"
    assert post.about(commitment) == []


@pytest.mark.parametrize("answers", [{"rcpt": ["450 busy"]}, {"data": ["451 try later"]}])
async def test_mail_4xx__is_tried_again_with_the_same_id(dsn, ledger, commitment, answers):
    async with (
        mail_sink(MailSink(**answers)) as sink,
        replica(dsn, ledger, smtp=("127.0.0.1", sink.port)) as one,
    ):
        await by_mail(one, commitment)
        await one.remind(reminder(commitment))
        assert await one.at_rest() == NOW + SECOND
        await one.set_clock(NOW + SECOND)
        outcome = await one.outcome()
        assert isinstance(outcome, NotificationSent)
        assert outcome.attempts == 2
        identities = {re.findall(r"Message-ID: \S+", str(each.content))[0] for each in sink.letters}
        assert len(identities) == 1


@pytest.mark.parametrize("answers", [{"rcpt": ["550 nobody"]}, {"data": ["554 no"]}])
async def test_mail_5xx__is_refused_for_good(dsn, ledger, commitment, answers):
    async with (
        mail_sink(MailSink(**answers)) as sink,
        replica(dsn, ledger, smtp=("127.0.0.1", sink.port)) as one,
    ):
        await by_mail(one, commitment)
        await one.remind(reminder(commitment))
        outcome = await one.outcome()
        assert isinstance(outcome, NotificationFailed)
        assert (outcome.reason, outcome.attempts) == ("refused", 1)


async def test_mail_server_away__gives_up_at_the_due(dsn, ledger, commitment):
    async with replica(dsn, ledger, smtp=("127.0.0.1", 1)) as one:
        await by_mail(one, commitment)
        await one.set_clock(DUE - 20 * SECOND)
        await one.remind(reminder(commitment))
        waits = []
        while (at := await one.at_rest()) is not None:
            waits.append(DUE - at)
            await one.set_clock(at)
        outcome, alarm = [each.event for each in await one.outcomes(2)]
        assert isinstance(outcome, NotificationFailed)
        assert (outcome.reason, outcome.means) == ("gave_up", "email")
        assert isinstance(alarm, NotificationSuppressed)
        assert (alarm.notice, alarm.reason) == ("unreached", "nobody")
        assert [int(wait.total_seconds()) for wait in waits] == [19, 17, 13, 6, 3, 1]


async def test_webhook_timeout__is_tried_again_with_the_same_id(hasty, commitment, hook):
    hook.reply = never
    await by_hook(hasty, hook.url, commitment)
    await hasty.remind(reminder(commitment))
    assert await hasty.at_rest() == NOW + SECOND
    hook.reply = replying(status(204))
    await hasty.set_clock(NOW + SECOND)
    outcome = await hasty.outcome()
    assert isinstance(outcome, NotificationSent)
    assert len({request.headers["webhook-id"] for request in hook.seen}) == 1
    assert len(hook.seen) == outcome.attempts == 2
    assert json.loads(hook.seen[0].body) == json.loads(hook.seen[1].body)


async def test_edge_27__kept_while_the_message_is_on_its_way_has_raced(one, commitment, hook):
    hold = asyncio.Event()

    async def held(_request, writer):
        await hold.wait()
        writer.write(status(200))

    hook.reply = held
    await by_hook(one, hook.url, commitment)
    await one.remind(reminder(commitment))
    await hook.arrived.wait()
    await one.hear(event("CommitmentKept", commitment))
    hold.set()
    outcome = await one.outcome()
    assert isinstance(outcome, NotificationSent)
    assert outcome.raced


async def test_hand_over__tells_both(one, commitment, ledger, post):
    await by_mail(one, commitment)
    await one.reached("mai", email=MAI)
    ledger.says(commitment, owner="mai")
    await one.hear(event("CommitmentHandedOver", commitment))
    settled = [each.event for each in await one.outcomes(2)]
    assert {(each.notice, each.recipient) for each in settled} == {
        ("handed_over", "mai"),
        ("handed_off", "agent"),
    }
    heads = {letter["To"]: letter["Subject"] for letter in post.about(commitment)}
    assert heads == {
        MAI: "Handed over to you: We call you.",
        "agent@kept.example": "Handed over to mai: We call you.",
    }


async def test_all_clear__goes_to_whom_the_lapse_was_told(one, commitment, ledger, post):
    await by_mail(one, commitment)
    ledger.says(commitment, state="lapsed")
    await one.hear(event("CommitmentLapsed", commitment))
    await one.outcome()
    ledger.says(commitment, state="kept")
    await one.hear(event("VerdictCorrected", commitment))
    await one.outcomes(2)
    subjects = [letter["Subject"].partition(":")[0] for letter in post.about(commitment)]
    assert sorted(subjects) == ["All clear", "Lapsed"]


async def test_all_clear__is_needless_where_the_lapse_was_not_told(one, commitment, ledger, post):
    await by_mail(one, commitment)
    ledger.says(commitment, state="kept")
    await one.hear(event("CommitmentLapsed", commitment), event("VerdictCorrected", commitment))
    lapse, all_clear = [each.event for each in await one.outcomes(2)]
    assert (lapse.notice, lapse.reason) == ("lapsed", "kept")
    assert (all_clear.notice, all_clear.reason) == ("all_clear", "not_told")
    assert post.about(commitment) == []


async def test_all_clear__waits_for_a_lapse_notice_that_is_put_off(one, commitment, ledger, hook):
    hook.reply = replying(status(503), status(200))
    await by_hook(one, hook.url, commitment)
    ledger.says(commitment, state="lapsed")
    await one.hear(event("CommitmentLapsed", commitment))
    assert await one.at_rest() == NOW + SECOND
    ledger.says(commitment, state="kept")
    await one.hear(event("VerdictCorrected", commitment))
    assert await one.at_rest() == NOW + SECOND
    await one.set_clock(NOW + SECOND)
    settled = [each.event for each in await one.outcomes(2)]
    assert [each.reason for each in settled] == ["kept", "not_told"]


async def test_lapse_a_week_ago__is_still_told_once(one, commitment, ledger, post):
    await by_mail(one, commitment)
    await one.set_clock(NOW + 24 * 7 * HOUR)
    ledger.says(commitment, state="lapsed")
    await one.hear(event("CommitmentLapsed", commitment))
    assert isinstance(await one.outcome(), NotificationSent)
    assert len(post.about(commitment)) == 1
