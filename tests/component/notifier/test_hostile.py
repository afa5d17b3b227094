"""Receivers that mean no good, or are unwell: each attempt is bounded, and nobody else waits."""

import asyncio
import json
import os
import re
from contextlib import suppress
from datetime import timedelta
from email.utils import format_datetime

import pytest

from events.catalogue import NotificationFailed, NotificationSent, OwnerChanged
from events.clock import machine_time, new_id
from events.perform import Context
from events.testing import LEAD, NOW
from notifier.channels import Accepted, Hook, Message, webhook_client
from notifier.courier import PER_SINK
from notifier.recipient import SetRecipient
from notifier.signing import Keys
from notifier.wording import Letter

from .replica import SECRET, replica
from .scene import DUE, MAI, SECOND, by_hook, by_mail, promised, reminder
from .sinks import (
    OK,
    MailSink,
    flooding_head,
    http_sink,
    listening,
    mail_sink,
    never,
    replying,
    status,
    trickling,
)


async def test_a_slow_webhook__keeps_nobody_else_waiting(dsn, ledger, smtp, hook):
    hook.reply = never
    slow, quick = [new_id() for _ in range(40)], new_id()
    for commitment in (*slow, quick):
        ledger.says(commitment, told_due=DUE)
    ledger.says(quick, owner="mai")
    async with replica(dsn, ledger, smtp=smtp, seconds=3) as one:
        await by_hook(one, hook.url, *slow)
        await one.reached("mai", email=MAI)
        await one.hear(promised(quick, owner="mai"))
        await one.remind(*map(reminder, slow))
        await hook.arrived.wait()
        await one.remind(reminder(quick))
        (settled,) = await one.outcomes(1)
        assert settled.event.recipient == "mai"
        assert len(hook.seen) <= 17


async def test_a_slow_webhook_of_many_who_were_never_written_to__is_not_asked_by_all_at_once(
    one, ledger, hook
):
    hook.reply = never
    whose = {f"person-{number}": new_id() for number in range(40)} | {"mai": new_id()}
    for name, commitment in whose.items():
        ledger.says(commitment, owner=name, told_due=DUE)
        await one.reached(name, webhook=hook.url, secret=SECRET)
    await one.reached("mai", email=MAI)
    await one.hear(*(promised(commitment, owner=name) for name, commitment in whose.items()))
    await one.remind(*map(reminder, whose.values()))
    (settled,) = await one.outcomes(1)
    assert settled.event.recipient == "mai"
    assert len(hook.seen) <= PER_SINK


async def test_webhook_that_is_none__has_its_turn_and_then_comes_the_next_way(one, commitment, post):
    """It was taken before such addresses were refused."""
    known = SetRecipient(name="agent", email="agent@kept.example", webhook="https://a.test/", secret=SECRET)
    stored = known.model_copy(update={"webhook": "https://1.2.3.999/", "order": ("webhook",)})
    await one.recipients.perform("recipient-agent", stored, Context(new_id(), LEAD, correlation=new_id()))
    await one.hear(promised(commitment))
    await one.set_clock(DUE - 60 * SECOND)
    await one.remind(reminder(commitment), at=DUE - 60 * SECOND)
    while (at := await one.at_rest()) is not None:
        await one.set_clock(at)
    outcome = await one.outcome()
    assert (type(outcome), outcome.means) == (NotificationSent, "email")
    assert len(post.about(commitment)) == 1


async def test_delivery_that_cannot_be_weighed__keeps_back_no_other_of_its_message(one, ledger, post):
    mine, broken = new_id(), new_id()
    ledger.says(mine, told_due=DUE)
    ledger.says(broken, owner="ben", told_due=DUE)
    await one.reached("agent", email="agent@kept.example")
    lead = OwnerChanged(name="ben", zone="Europe/Berlin", lead="agent")
    await one.hear(lead, stream="owner-ben")
    await one.hear(*(promised(each, digest=SECOND) for each in (mine,)))
    await one.hear(promised(broken, owner="ben", digest=SECOND))
    await one.remind(reminder(mine), reminder(broken, role="lead"))
    assert await one.at_rest() == NOW + SECOND
    await one.pool.execute("UPDATE roster_v1 SET entry = '{}'")
    await one.set_clock(NOW + SECOND)
    outcome = await one.outcome()
    assert (type(outcome), outcome.commitment) == (NotificationSent, mine)
    await one.pool.execute("UPDATE roster_v1 SET entry = $1", lead.model_dump_json())
    await one.set_clock(NOW + 10 * SECOND)
    assert {each.event.commitment for each in await one.outcomes(2)} == {mine, broken}


@pytest.mark.parametrize("reply", [never, trickling, flooding_head], ids=lambda reply: reply.__name__)
async def test_webhook_that_does_not_answer__is_tried_again(hasty, commitment, hook, reply):
    hook.reply = reply
    await by_hook(hasty, hook.url, commitment)
    await hasty.remind(reminder(commitment))
    assert await hasty.at_rest() == NOW + SECOND
    assert len(hook.seen) == 1


async def test_webhook_that_answers_without_end__is_taken_at_its_first_line(one, commitment, hook):
    written = 0

    async def flooding(_request, writer):
        nonlocal written
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        with suppress(ConnectionError):
            while True:
                writer.write(b"10000\r\n" + b"a" * 0x10000 + b"\r\n")
                await writer.drain()
                written += 0x10000

    hook.reply = flooding
    await by_hook(one, hook.url, commitment)
    await one.remind(reminder(commitment))
    assert isinstance(await one.outcome(), NotificationSent)
    seen = written
    await asyncio.sleep(0)
    assert seen <= written < 16 << 20


async def test_webhook_that_resets_after_its_status__was_sent(one, commitment, hook):
    async def resetting(_request, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        await writer.drain()
        writer.transport.abort()

    hook.reply = resetting
    await by_hook(one, hook.url, commitment)
    await one.remind(reminder(commitment))
    assert isinstance(await one.outcome(), NotificationSent)


async def test_redirect__is_not_followed(one, commitment, hook):
    async with http_sink() as inside:
        hook.reply = replying(status(301, f"Location: {inside.url}"), OK)
        await by_hook(one, hook.url, commitment)
        await one.remind(reminder(commitment))
        assert await one.at_rest() == NOW + SECOND
        await one.set_clock(NOW + SECOND)
        assert isinstance(await one.outcome(), NotificationSent)
        assert inside.seen == []


async def test_cookie__is_not_given_back(one, commitment, hook):
    hook.reply = replying(status(500, "Set-Cookie: a=b; Path=/"), OK)
    await by_hook(one, hook.url, commitment)
    await one.remind(reminder(commitment))
    assert await one.at_rest() == NOW + SECOND
    await one.set_clock(NOW + SECOND)
    await one.outcome()
    assert [request.headers.get("cookie") for request in hook.seen] == [None, None]


async def test_proxy_of_the_environment__is_not_asked(hook):
    os.environ["HTTP_PROXY"] = os.environ["ALL_PROXY"] = "http://127.0.0.1:1"
    try:
        client = webhook_client()
    finally:
        del os.environ["HTTP_PROXY"], os.environ["ALL_PROXY"]
    async with client:
        result = await Hook(client, hook.url, Keys(SECRET)).send(Message(new_id(), Letter("a", "b"), {}, NOW))
    assert result == Accepted()


async def test_gone__is_refused_for_good(one, commitment, hook):
    hook.reply = replying(status(410))
    await by_hook(one, hook.url, commitment)
    await one.remind(reminder(commitment))
    outcome = await one.outcome()
    assert isinstance(outcome, NotificationFailed)
    assert (outcome.reason, outcome.means) == ("refused", "webhook")


@pytest.mark.parametrize(
    ("asked", "waits"),
    [
        ("60", range(60, 61)),
        ("date", range(60, 121)),
        ("99999", range(300, 301)),
        ("soon", range(1, 2)),
        ("-5", range(1, 2)),
    ],
)
async def test_retry_after__is_respected(one, commitment, hook, asked, waits):
    later = format_datetime(machine_time() + timedelta(seconds=120), usegmt=True)
    hook.reply = replying(status(429, f"Retry-After: {later if asked == 'date' else asked}"))
    await by_hook(one, hook.url, commitment)
    await one.remind(reminder(commitment))
    at = await one.at_rest()
    assert at is not None
    assert int((at - NOW).total_seconds()) in waits


async def stalling(_reader, writer):
    writer.write(b"220 sink\r\n")
    await asyncio.Event().wait()


async def silent(_reader, _writer):
    await asyncio.Event().wait()


async def trickling_mail(_reader, writer):
    writer.write(b"220-")
    while True:
        writer.write(b"a")
        await asyncio.sleep(0.05)


async def flooding_mail(_reader, writer):
    with suppress(ConnectionError):
        while True:
            writer.write(b"220-" + b"a" * 1000 + b"\r\n")
            await writer.drain()


async def dawdling(reader, writer):
    """Answer each line, but so late that the whole takes longer than anybody waits."""
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        await asyncio.sleep(0.7)
        writer.write(b"354 go on\r\n" if line.startswith(b"DATA") else b"250 OK\r\n")
        if line.startswith(b"DATA"):
            await reader.readuntil(b"\r\n.\r\n")
            writer.write(b"250 OK\r\n")


async def babbling(_reader, writer):
    writer.write(b"hello\r\n")
    await writer.drain()


@pytest.mark.parametrize(
    "server",
    [stalling, silent, trickling_mail, flooding_mail, dawdling, babbling],
    ids=lambda server: server.__name__,
)
async def test_mail_server_that_does_not_play__is_tried_again(dsn, ledger, commitment, server):
    async with listening(server) as port, replica(dsn, ledger, smtp=("127.0.0.1", port), seconds=1) as one:
        await by_mail(one, commitment)
        await one.remind(reminder(commitment))
        assert await one.at_rest() == NOW + SECOND


async def test_mail_that_was_taken__was_sent_though_the_server_then_hangs(dsn, ledger, commitment):
    sink = MailSink()
    async with mail_sink(sink):

        async def relaying(reader, writer):
            """Pass everything on until the letter is taken; then say nothing any more."""
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", sink.port)
            heard = asyncio.create_task(_pass_on(far_reader, writer, lambda: not sink.letters))
            await _pass_on(reader, far_writer, lambda: not sink.letters)
            await heard
            far_writer.close()
            await asyncio.Event().wait()

        async with listening(relaying) as port, replica(dsn, ledger, smtp=("127.0.0.1", port)) as one:
            await by_mail(one, commitment)
            await one.remind(reminder(commitment))
            assert isinstance(await one.outcome(), NotificationSent)
            assert len(sink.letters) == 1


async def _pass_on(reader, writer, goes_on):
    while goes_on() and (some := await reader.read(65536)):
        writer.write(some)
        await writer.drain()


async def test_words_of_a_promise__break_out_of_nothing(one, commitment, ledger, post):
    ledger.says(commitment, words="Call\r\nBcc: evil@x.test\r\n\r\n.\r\nMAIL FROM:<a@b>\u2028{{7*7}}\x00")
    await by_mail(one, commitment)
    await one.remind(reminder(commitment))
    await one.outcome()
    (letter,) = post.about(commitment)
    assert letter["Bcc"] is None
    assert letter["X-RcptTo"] == "agent@kept.example"
    assert not re.search(r"[\r\n\u2028]", str(letter["Subject"]))
    assert letter["Subject"].startswith("Due in 1 h: Call Bcc: evil@x.test")


async def test_webhook_and_its_secret__are_in_no_event_of_a_delivery(one, commitment, hook):
    await by_hook(one, f"{hook.url}?token=canary", commitment)
    await one.remind(reminder(commitment))
    (settled,) = await one.outcomes(1)
    for row in (settled.row.data, settled.row.metadata):
        assert b"canary" not in row
        assert SECRET.encode() not in row
        assert b"We call you" not in row
    assert json.loads(settled.row.data)["means"] == "webhook"
