"""The customer says by the link in their letter whether a new time suits them; looking at it says nothing."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from events.catalogue import CustomerAnswered
from events.clock import new_id
from events.lookup import Lookup
from events.perform import Performer
from events.sealed import decoded
from events.testing import NOW, an_id
from notifier import answer
from notifier.answer_pages import Reception, answer_pages

from .conftest import text
from .scene import HOUR, SECOND, event
from .test_api import nine_o_clock, promise, put, until
from .test_customer import NEW_DUE, letters_to, mai, moved


@pytest.fixture(scope="module", autouse=True)
async def _nine_o_clock(desk):
    await nine_o_clock(desk)


@pytest.fixture
async def client(one):
    """A browser without a token."""
    app = FastAPI()
    sealed = {"keyring": one.keyring, "subject": answer.subject}
    answers = Performer(one.log, answer.DECIDER, source="notifier", cache=0, **sealed)
    links, deliveries = one.sender.writer.links, one.sender.scales.deliveries
    app.include_router(
        answer_pages(Reception(one.pool, one.log, links, deliveries, answers, Lookup(b"lookup")))
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://kept.example") as browser:
        yield browser


def links_in(body: str) -> list[str]:
    return re.findall(r"https?://\S+/v1/answers/\S+", body)


@pytest.fixture
async def link(one, commitment, ledger, post):
    """The link in the letter that told the customer of the new time."""
    customer = mai()
    await moved(one, ledger, commitment, customer)
    await one.outcome()
    (letter,) = letters_to(post, customer.address)
    yes, no = links_in(text(letter))
    assert yes.removesuffix("?suits=yes") == no.removesuffix("?suits=no")
    return yes.removesuffix("?suits=yes").removeprefix("http://kept.example")


async def answered(one) -> list[CustomerAnswered]:
    rows = await decoded(await one.log.tail(0), one.keyring)
    return [each for each in (row.event for row in rows) if isinstance(each, CustomerAnswered)]


async def test_link__that_is_looked_at_answers_nothing(one, client, link):
    for suits in ("yes", "no", "", "<script>"):
        page = await client.get(link, params={"suits": suits})
        assert page.status_code == 200
        assert '<html lang="vi">' in page.text
        assert "17:00, thứ Ba, ngày 3/3/2026 (Asia/Ho_Chi_Minh)" in page.text
        assert "Đây là thư tự động." in page.text
        assert "We call you" not in page.text
        assert "<script" not in page.text
        assert page.headers["cache-control"] == "no-store"
    assert (await client.head(link)).status_code == 405
    assert await answered(one) == []


async def test_yes__is_recorded_once(one, commitment, client, link):
    for _ in range(2):
        page = await client.post(link, data={"suits": "yes"})
        assert (page.status_code, "thời gian này tiện" in page.text) == (200, True)
    (said,) = await answered(one)
    assert (said.commitment, said.revision, said.agreed) == (commitment, 2, True)


async def test_no__carries_another_time_and_words(one, client, link):
    words = "Sáng mai <b>thì</b> tiện"
    page = await client.post(link, data={"suits": "no", "counter": "2026-03-03T08:30", "words": words})
    assert (page.status_code, "<b>" in page.text) == (200, False)
    (said,) = await answered(one)
    assert (said.agreed, said.words) == (False, words)
    assert said.counter == NOW + timedelta(hours=16, minutes=30)


async def test_answer__is_shown_and_can_be_changed_and_changed_back(one, client, link):
    for suits in ("yes", "no", "yes"):
        await client.post(link, data={"suits": suits})
        page = await client.get(link)
        assert "câu trả lời cuối cùng được tính" in page.text
    assert [each.agreed for each in await answered(one)] == [True, False, True]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"suits": "perhaps"},
        {"suits": "no", "counter": "2026-03-02T15:00"},
        {"suits": "no", "counter": "2200-01-01T08:00"},
        {"suits": "no", "words": "x" * 2001},
        {"suits": "no", "words": "a\x00b"},
        {"suits": "no", "words": "a\x1b[2Jb"},
    ],
)
async def test_what_cannot_be_taken__is_asked_again(one, client, link, data):
    page = await client.post(link, data=data)
    assert (page.status_code, '<form method="post">' in page.text) == (422, True)
    assert await answered(one) == []


async def test_link__ends_with_the_new_time(one, client, link):
    await one.set_clock(NEW_DUE - SECOND)
    assert (await client.get(link)).status_code == 200
    await one.set_clock(NEW_DUE)
    for page in (await client.get(link), await client.post(link, data={"suits": "yes"})):
        assert (page.status_code, "Liên kết đã hết hạn" in page.text) == (410, True)
    assert await answered(one) == []


async def test_words_of_who_is_erased__are_not_taken(one, client, link):
    await one.keyring.destroy(str(an_id("mai")))
    page = await client.post(link, data={"suits": "no", "words": "Canary"})
    assert (page.status_code, "<form" in page.text) == (409, False)
    assert await answered(one) == []


async def test_link_of_old_news__says_so_and_writes_nothing(one, commitment, client, link):
    await one.hear(
        event("CommitmentRescheduled", commitment, revision=3, told_due=NEW_DUE, due=NEW_DUE + HOUR)
    )
    page = await client.post(link, data={"suits": "yes"})
    assert (page.status_code, "<form" in page.text) == (409, False)
    assert await answered(one) == []


@pytest.mark.parametrize("token", ["a", "A" * 75, "..", "a" * 4000])
async def test_forged_link__is_answered_kindly(one, client, token):
    for page in (
        await client.get(f"/v1/answers/{token}"),
        await client.post(f"/v1/answers/{token}", data={"suits": "yes"}),
    ):
        assert page.status_code == 404
    assert await answered(one) == []


async def test_link_for_another_purpose__is_none(one, client, link):
    path = link.replace("answers", "acknowledgements")
    assert one.desk.links.open("acknowledge", path.rpartition("/")[2]) is None
    acknowledge = one.desk.links.token("acknowledge", new_id(), NEW_DUE)
    assert (await client.post(f"/v1/answers/{acknowledge}", data={"suits": "yes"})).status_code == 404


async def test_link__that_is_quicker_than_the_record_asks_to_wait(one, client):
    token = one.desk.links.token("answer", new_id(), NEW_DUE)
    page = await client.get(f"/v1/answers/{token}")
    assert (page.status_code, page.headers["retry-after"]) == (503, "2")


async def answer_at_cases(desk, path: str, *, agreed: bool) -> dict[str, Any]:
    """Wait until the case knows of a yes, or of a no; return the commitment."""
    async with asyncio.timeout(20):
        while True:
            shown: dict[str, Any] = (await desk.get("cases", path)).json()
            if (shown["answer"] or {}).get("agreed") is agreed:
                return shown
            await asyncio.sleep(0.02)


async def test_c__the_customers_no_by_link_reaches_the_case(desk, post):
    address = f"{new_id().hex}@customer.example"
    await put(desk, "cases", "/v1/owners/agent", {"zone": "Europe/Berlin"})
    reached = {"channel": "email", "address": address}
    made = await promise(desk, "agent", NOW + 8 * HOUR, **reached)
    path = f"/v1/commitments/{made['id']}"
    due = (NOW + 24 * HOUR).isoformat()
    move = f"/v1/cases/{made['case']}/commitments/{made['id']}/reschedule"
    later = await desk.post("cases", move, {"due": due, "reason": "parts"}, str(new_id()))
    assert later.status_code == 200, later.text
    await until(desk, made["id"], "sent")
    (letter,) = letters_to(post, address)
    _, no = links_in(text(letter))
    data = {"suits": "no", "counter": "2026-03-04T08:30", "words": "Mornings only."}
    page = await desk.client.post(no, data=data)
    assert page.status_code == 200, page.text
    shown = await answer_at_cases(desk, path, agreed=False)
    assert shown["answer"] == {
        "agreed": False,
        "contact": None,
        "counter": "2026-03-04T01:30:00Z",
        "words": "Mornings only.",
    }
    assert (await desk.client.post(no, data={"suits": "yes"})).status_code == 200
    shown = await answer_at_cases(desk, path, agreed=True)
    assert shown["state"] == "open"
