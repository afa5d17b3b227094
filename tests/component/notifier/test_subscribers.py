"""Other systems are told of lapses and keeps: each once, signed, again until they take it."""

import asyncio
import json
from datetime import timedelta
from uuid import UUID

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from events.catalogue import AnnouncementDue, NotificationSuppressed
from events.catalogue.terms import Evidence
from events.clock import new_id
from events.postgres.scratch import beside, digests
from events.testing import NOW
from events.wire import decode
from notifier.projections import Settling, Watching
from notifier.rebuild import SCHEMA, TABLES

from . import scene
from .replica import SECRET
from .scene import DUE, HOUR, SECOND, event
from .sinks import http_sink, replying, status
from .test_api import nine_o_clock, promise, put, until
from .test_tables import fold

OTHERS = "whsec_" + "b3RoZXJz" * 4


@pytest.fixture(scope="module", autouse=True)
async def _nine_o_clock(desk):
    await nine_o_clock(desk)


def promised(commitment: UUID):
    """Return the promise; of its lapse nobody is told but subscribers."""
    return scene.promised(commitment, told_of_lapse=())


def lapse(commitment: UUID):
    return event("CommitmentLapsed", commitment, at=DUE)


def keep(commitment: UUID):
    return event("CommitmentKept", commitment, verdict="kept", at=DUE - SECOND, margin=SECOND)


def verified(request, secret: str = SECRET):
    return Webhook(secret).verify(request.body, request.headers)


async def test_subscriber__who_was_not_read_here_yet_is_told(one, commitment, hook):
    await one.hear(promised(commitment), lapse(commitment))
    async with one.pool.acquire() as connection, connection.transaction():
        await connection.execute("LOCK TABLE subscriber_v1 IN SHARE MODE")
        await one.subscribed("board", hook.url)
        announcing = asyncio.create_task(one.announce())
        await asyncio.wait({announcing}, timeout=0.2)
    await announcing
    assert (await one.outcome()).recipient == "subscriber-board"


async def test_lapse_and_keep__arrive_once_each(one, commitment, hook):
    other = new_id()
    await one.subscribed("board", hook.url)
    await one.hear(promised(commitment), promised(other), lapse(commitment), keep(other), copies=2)
    await one.announce(copies=2)
    outcomes = await one.outcomes(2)
    await one.announce()
    await one.at_rest()
    assert len(await one.settled()) == len(outcomes)
    first, second = sorted((verified(each) for each in hook.seen), key=lambda each: each["type"])
    assert (first["type"], second["type"]) == ("commitment.kept", "commitment.lapsed")
    assert first["data"] == {
        "commitment": str(other),
        "case": first["data"]["case"],
        "state": "kept",
        "due": DUE.isoformat(),
        "at": (DUE - SECOND).isoformat(),
        "margin": 1.0,
        "link": f"{one.ledger.url}/v1/commitments/{other}",
    }
    assert (second["data"]["commitment"], second["data"]["state"]) == (str(commitment), "lapsed")
    assert {each.headers["webhook-id"] for each in hook.seen} == {each.entity for each in outcomes}
    assert "We call you" not in str(hook.seen)


async def test_receiver_away__is_tried_again_under_the_same_id(one, commitment, hook):
    hook.reply = replying(status(503), status(500), status(204))
    await one.subscribed("board", hook.url)
    await one.hear(promised(commitment), keep(commitment))
    await one.announce()
    for pause in (SECOND, 2 * SECOND):
        at = await one.at_rest()
        assert at is not None
        assert at - await one.log.now() == pause
        await one.set_clock(at)
    outcome = await one.outcome()
    assert (outcome.attempts, outcome.recipient) == (3, "subscriber-board")
    assert len({each.headers["webhook-id"] for each in hook.seen}) == 1
    assert len([verified(each) for each in hook.seen]) == 3


async def test_receiver_away_for_a_day__is_given_up(one, commitment, hook):
    hook.reply = replying(status(503))
    await one.subscribed("board", hook.url)
    await one.hear(promised(commitment), keep(commitment))
    await one.announce()
    assert await one.at_rest() is not None
    await one.set_clock(NOW + timedelta(days=1))
    outcome = await one.outcome()
    assert (outcome.reason, outcome.attempts) == ("gave_up", 2)


async def test_signature_by_another_secret__is_noticed(one, commitment, hook):
    await one.subscribed("board", hook.url, secret=OTHERS)
    await one.hear(promised(commitment), keep(commitment))
    await one.announce()
    await one.outcome()
    (request,) = hook.seen
    with pytest.raises(WebhookVerificationError):
        verified(request)
    assert verified(request, OTHERS)["type"] == "commitment.kept"


@pytest.mark.parametrize("fields", [{"active": False}, {"on": ("lapsed",)}])
async def test_who_did_not_ask_for_it__is_told_nothing(one, commitment, hook, fields):
    await one.subscribed("board", hook.url, **fields)
    await one.hear(promised(commitment), keep(commitment))
    await one.announce()
    assert await one.at_rest() is None
    assert (await one.settled(), hook.seen) == ([], [])


async def test_who_is_not_active_any_more__is_not_told_what_was_pending(one, commitment, hook):
    hook.reply = replying(status(503))
    await one.subscribed("board", hook.url)
    await one.hear(promised(commitment), keep(commitment))
    await one.announce()
    at = await one.at_rest()
    assert at is not None
    await one.subscribed("board", hook.url, active=False)
    await one.set_clock(at)
    outcome = await one.outcome()
    assert (type(outcome), outcome.reason, len(hook.seen)) == (NotificationSuppressed, "nobody", 1)


async def test_what_was_before_it_subscribed__is_not_told(one, commitment, hook):
    await one.hear(promised(commitment), keep(commitment), at=NOW - SECOND)
    await one.subscribed("board", hook.url)
    await one.announce()
    assert await one.at_rest() is None
    assert hook.seen == []


async def test_subscribed_again__is_told_what_happened_since_the_second_time(one, commitment, hook):
    await one.subscribed("board", hook.url)
    await one.subscribed("board", hook.url, active=False)
    await one.set_clock(NOW + HOUR)
    await one.subscribed("board", hook.url)
    await one.hear(promised(commitment), keep(commitment), at=NOW + SECOND)
    await one.announce()
    assert hook.seen == []
    other = new_id()
    await one.hear(promised(other), keep(other), at=NOW + HOUR)
    await one.announce()
    await one.outcome()
    assert str(other) in str(hook.seen)


async def test_recorded_after_the_fact__is_not_told(one, commitment, hook):
    await one.subscribed("board", hook.url)
    backfilled = promised(commitment).model_copy(update={"backfill": True})
    await one.hear(backfilled, keep(commitment))
    await one.announce()
    outcome = await one.outcome()
    assert (outcome.reason, hook.seen) == ("backfill", [])


async def test_correction__is_told_as_one(one, commitment, hook):
    await one.subscribed("board", hook.url, on=("lapsed",))
    correction = event(
        "VerdictCorrected", commitment, was="lapsed", verdict="kept", at=NOW, evidence=Evidence(words="me")
    )
    await one.hear(promised(commitment), lapse(commitment), correction)
    await one.announce()
    await one.outcomes(2)
    last = [verified(each) for each in hook.seen]
    assert {each["type"] for each in last} == {"commitment.lapsed", "commitment.corrected"}
    (corrected,) = [each["data"] for each in last if each["type"] == "commitment.corrected"]
    assert (corrected["state"], corrected["at"]) == ("kept", NOW.isoformat())


async def test_announcement__holds_nothing_personal(one, commitment, hook):
    await one.subscribed("board", hook.url)
    await one.hear(promised(commitment), keep(commitment))
    await one.announce()
    await one.outcome()
    (row,) = [each for each in await one.log.tail(0) if each.type == AnnouncementDue.__name__]
    for secret in (hook.url, SECRET, "We call you"):
        assert secret.encode() not in row.data


async def test_rebuild__gives_the_same_tables_and_posts_nothing(one, dsn, commitment, hook):
    await one.subscribed("board", hook.url)
    await one.subscribed("shop", hook.url, active=False)
    await one.hear(promised(commitment), keep(commitment))
    await one.announce()
    await one.outcome()
    cases, own = (Watching(), one.cases), (Settling(), [decode(row) for row in await one.log.tail(0)])
    async with beside(dsn, SCHEMA) as connection:
        live = await digests(connection, TABLES.columns, live=True)
        assert (live["subscriber_v1"].rows, live["delivery_v1"].rows) == (2, 1)
        for order in ([cases, own], [own, cases]):
            await connection.execute("DISCARD TEMP")
            await connection.execute(SCHEMA)
            await fold(connection, *order)
            assert await digests(connection, TABLES.columns, live=False) == live
    assert len(hook.seen) == 1


async def test_put_subscriber__is_read_back_without_the_secret(desk):
    name = f"s{new_id().hex[:8]}"
    body = {"url": "https://board.example/kept", "secret": SECRET, "on": ["lapsed"]}
    answer = await put(desk, "notifier", f"/v1/subscribers/{name}", body)
    assert (answer.status_code, answer.json()) == (200, {"id": name, "version": 1})
    read = await desk.get("notifier", f"/v1/subscribers/{name}", role="lead")
    assert read.json() == {
        "name": name,
        "version": 1,
        "url": body["url"],
        "former_until": None,
        "on": ["lapsed"],
        "active": True,
    }
    assert read.headers["etag"] == '"1"'
    after = {"Kept-After": answer.headers["Kept-Position"]}
    listed = await desk.get("notifier", "/v1/subscribers", role="lead", **after)
    assert read.json() in listed.json()["items"]
    assert SECRET not in answer.text + read.text + listed.text
    again = await put(desk, "notifier", f"/v1/subscribers/{name}", body, **{"If-Match": '"1"'})
    assert again.json() == {"id": name, "version": 1, "changed": False}
    assert (await desk.get("notifier", "/v1/subscribers/nobody", role="lead")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "role", "code"),
    [
        ({}, "agent", 403),
        ({"url": "http://board.example/"}, "lead", 422),
        ({"url": "file:///etc/passwd"}, "lead", 422),
        ({"secret": "whsec_short"}, "lead", 422),
        ({"on": []}, "lead", 422),
        ({"on": ["released"]}, "lead", 422),
        ({"extra": 1}, "lead", 422),
    ],
)
async def test_put_subscriber__refuses(desk, changes, role, code):
    body = {"url": "https://board.example/kept", "secret": SECRET, "on": ["lapsed"], **changes}
    answer = await put(desk, "notifier", "/v1/subscribers/refused", body, role=role)
    assert (answer.status_code, SECRET in answer.text) == (code, False)
    assert (await desk.get("notifier", "/v1/subscribers/refused", role="lead")).status_code == 404


async def test_kept_at_a_running_desk__is_posted_to_the_subscriber(desk):
    async with http_sink() as sink:
        name = f"s{new_id().hex[:8]}"
        body = {"url": sink.url, "secret": SECRET, "on": ["kept"]}
        made = await put(desk, "notifier", f"/v1/subscribers/{name}", body)
        after = {"Kept-After": made.headers["Kept-Position"]}
        assert (await desk.get("notifier", "/v1/subscribers", role="lead", **after)).status_code == 200
        await put(desk, "cases", "/v1/owners/agent", {"zone": "Europe/Berlin"})
        promised = await promise(desk, "agent", NOW + 8 * HOUR)
        path = f"/v1/cases/{promised['case']}/commitments/{promised['id']}/keep"
        kept = await desk.post("cases", path, {"evidence": {"words": "done"}}, str(new_id()))
        assert kept.status_code == 200, kept.text
        (sent, *_) = [
            each
            for each in await until(desk, promised["id"], "sent")
            if each["recipient"] == f"subscriber-{name}"
        ]
        (request,) = sink.seen
        told = verified(request)
        assert (request.headers["webhook-id"], told["type"]) == (sent["id"], "commitment.kept")
        assert told["data"]["margin"] == timedelta(hours=8).total_seconds()
        assert json.loads(request.body) == told
        await put(desk, "notifier", f"/v1/subscribers/{name}", {**body, "active": False}, **{"If-Match": "*"})
