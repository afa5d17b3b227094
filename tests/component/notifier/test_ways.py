"""By which means a message goes out, and that another takes over in time (commitment.md §4 rule 9)."""

import asyncio
import json
import logging
from datetime import timedelta

from events.catalogue import NotificationFailed, NotificationSent
from events.clock import new_id
from notifier.recipient import SetRecipient

from .replica import SECRET, replica
from .scene import DUE, SECOND, promised, reminder
from .sinks import MailSink, http_sink, mail_sink, never, replying, status

TOKEN = "3ccdd113474722377935511fc85d3dd4"


def room(sink) -> str:
    """Return the address of a chat on a server of this machine."""
    return f"mmost://127.0.0.1:{sink.port}/{TOKEN}"


async def test_chat__says_what_is_owed(one, commitment, hook):
    await one.reached("agent", chat=room(hook))
    await one.hear(promised(commitment))
    await one.remind(reminder(commitment))
    outcome = await one.outcome()
    assert (type(outcome), outcome.means) == (NotificationSent, "chat")
    (request,) = hook.seen
    said = json.dumps(json.loads(request.body))
    assert "You owe this to a customer" in said
    assert "We call you." in said
    assert "/v1/acknowledgements/" in said


async def test_chat__of_long_words_comes_in_parts_that_the_service_takes(one, commitment, ledger, hook):
    ledger.says(commitment, words="We call you. " * 400)
    await one.reached("agent", chat=room(hook))
    await one.hear(promised(commitment))
    await one.remind(reminder(commitment))
    assert isinstance(await one.outcome(), NotificationSent)
    parts = [json.loads(each.body)["text"] for each in hook.seen]
    assert len(parts) > 1
    assert max(map(len, parts)) <= 4000
    assert "/v1/acknowledgements/" in parts[-1]


async def test_chat__calls_nobody_whom_the_words_name(one, commitment, ledger, hook):
    ledger.says(commitment, words="@channel and @all: we call you.")
    await one.reached("agent", chat=room(hook))
    await one.hear(promised(commitment))
    await one.remind(reminder(commitment))
    await one.outcome()
    (request,) = hook.seen
    said = json.loads(request.body)["text"]
    assert "we call you." in said
    assert "@channel" not in said
    assert "@all" not in said


async def test_a_silent_chat__keeps_no_other_waiting(dsn, ledger, smtp, hook):
    hook.reply = never
    whose = {f"person-{number}": new_id() for number in range(12)} | {"mai": new_id()}
    async with http_sink() as other, replica(dsn, ledger, smtp=smtp, seconds=10) as one:
        for name, commitment in whose.items():
            ledger.says(commitment, owner=name, told_due=DUE)
            await one.reached(name, chat=room(other if name == "mai" else hook))
        await one.hear(*(promised(commitment, owner=name) for name, commitment in whose.items()))
        await one.remind(*(reminder(commitment) for name, commitment in whose.items() if name != "mai"))
        async with asyncio.timeout(10):
            while len(hook.seen) < 8:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
        await one.remind(reminder(whose["mai"]))
        async with asyncio.timeout(3):
            (settled,) = await one.outcomes(1)
        assert (settled.event.recipient, settled.event.attempts) == ("mai", 1)


async def test_chat__follows_no_redirect(one, commitment, hook):
    async with http_sink() as inside:
        hook.reply = replying(status(307, f"Location: {inside.url}"))
        await one.reached("agent", chat=room(hook))
        await one.hear(promised(commitment))
        await one.remind(reminder(commitment))
        assert await one.at_rest() is not None
        assert (len(hook.seen), inside.seen) == (1, [])


async def test_chat_address__is_never_logged(one, commitment, hook, caplog):
    caplog.set_level(logging.DEBUG)
    hook.reply = replying(status(500))
    await one.reached("agent", chat=room(hook))
    await one.hear(promised(commitment))
    await one.remind(reminder(commitment))
    assert await one.at_rest() is not None
    assert hook.seen
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(SetRecipient(name="a", chat=room(hook)))


async def test_edge_46__mail_away_and_the_next_way_has_time_left(dsn, ledger, commitment, hook):
    async with (
        mail_sink(MailSink(rcpt=["450 busy"] * 50)) as sink,
        replica(dsn, ledger, smtp=("127.0.0.1", sink.port)) as one,
    ):
        await one.reached("agent", email="agent@kept.example", webhook=hook.url, secret=SECRET)
        await one.hear(promised(commitment))
        await one.set_clock(DUE - 60 * SECOND)
        await one.remind(reminder(commitment), at=DUE - 60 * SECOND)
        while (at := await one.at_rest()) is not None:
            assert not hook.seen
            assert at < DUE - 30 * SECOND
            await one.set_clock(at)
        outcome = await one.outcome()
    assert isinstance(outcome, NotificationSent)
    assert (outcome.means, outcome.digest) == ("webhook", None)
    (request,) = hook.seen
    (settled,) = [json.loads(each.body)["data"]["notification"] for each in hook.seen]
    assert request.headers["webhook-id"] == settled
    assert outcome.attempts > 2


async def test_edge_46__each_of_three_is_tried_and_the_last_before_the_due(dsn, ledger, commitment, hook):
    hook.reply = replying(status(503))
    async with (
        http_sink(replying(status(500))) as chat,
        replica(dsn, ledger, smtp=("127.0.0.1", 1)) as one,
    ):
        ways = {"email": "agent@kept.example", "chat": room(chat), "webhook": hook.url}
        await one.reached("agent", **ways, secret=SECRET, order=["webhook", "chat"])
        await one.hear(promised(commitment))
        await one.set_clock(DUE - 60 * SECOND)
        await one.remind(reminder(commitment), at=DUE - 60 * SECOND)
        begun: dict[int, timedelta] = {}
        while (at := await one.at_rest()) is not None:
            await one.set_clock(at)
            spent = await one.pool.fetchval("SELECT spent FROM delivery_v1")
            begun.setdefault(len(spent), DUE - at)
        outcome = (await one.outcomes(1))[0].event
    assert isinstance(outcome, NotificationFailed)
    assert (outcome.reason, outcome.means) == ("gave_up", "email")
    assert begun.keys() == {0, 1, 2}
    assert hook.seen
    assert chat.seen
    assert len({each.headers["webhook-id"] for each in hook.seen}) == 1


async def test_refused_for_good__goes_the_next_way_at_once(dsn, ledger, commitment, hook):
    async with (
        mail_sink(MailSink(rcpt=["550 nobody"])) as sink,
        replica(dsn, ledger, smtp=("127.0.0.1", sink.port)) as one,
    ):
        await one.reached("agent", email="agent@kept.example", webhook=hook.url, secret=SECRET)
        await one.hear(promised(commitment))
        await one.remind(reminder(commitment))
        outcome = await one.outcome()
    assert isinstance(outcome, NotificationSent)
    assert (outcome.means, outcome.attempts) == ("webhook", 2)


async def test_edge_46__a_late_success_makes_no_second_message(hasty, commitment, hook):
    """The webhook took it and said nothing: the mail goes under the same id."""
    hook.reply = never
    await hasty.reached(
        "agent", email="agent@kept.example", webhook=hook.url, secret=SECRET, order=["webhook"]
    )
    await hasty.hear(promised(commitment))
    await hasty.set_clock(DUE - 4 * SECOND)
    await hasty.remind(reminder(commitment), at=DUE - 4 * SECOND)
    async with asyncio.timeout(20):
        while (at := await hasty.at_rest()) is not None:
            await hasty.set_clock(at)
    (settled,) = await hasty.settled()
    assert (type(settled.event), settled.event.means) == (NotificationSent, "email")
    assert {each.headers["webhook-id"] for each in hook.seen} == {settled.entity}


async def test_chat_that_is_not_one_target__is_refused(one, commitment):
    await one.reached("agent", chat="tgram://123456789:abcdefg_hijklmnop/12345/777")
    await one.hear(promised(commitment))
    await one.remind(reminder(commitment))
    outcome = await one.outcome()
    assert isinstance(outcome, NotificationFailed)
    assert (outcome.reason, outcome.means) == ("refused", "chat")
