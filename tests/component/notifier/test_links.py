"""The link in a letter: looked at by anybody, it does nothing; its button takes note, once."""

import re
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from events.catalogue import NotificationAcknowledged, TeamChanged
from events.testing import NOW
from events.wire import decode
from notifier.pages import pages

from .conftest import text
from .scene import DUE, SECOND, by_mail, event, promised, reminder


@pytest.fixture
async def client(one):
    """A browser without a token."""
    app = FastAPI()
    app.include_router(pages(one.desk))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://kept.example") as browser:
        yield browser


async def link_to(one, commitment, post) -> str:
    """Return the link in the reminder of a commitment."""
    await one.remind(reminder(commitment))
    await one.outcome()
    (letter,) = post.about(commitment)
    found = re.search(r"http://kept\.example(/v1/acknowledgements/[\w-]+)", text(letter))
    assert found
    return found[1]


async def acknowledged(one) -> list[tuple[NotificationAcknowledged, UUID]]:
    """Return who took note of what."""
    rows = [(decode(row), row) for row in await one.log.tail(0)]
    return [
        (found.event, UUID(row.stream.partition("-")[2]))
        for found, row in rows
        if isinstance(found.event, NotificationAcknowledged)
    ]


async def test_link__that_is_looked_at_changes_nothing(one, commitment, post, client):
    await by_mail(one, commitment)
    link = await link_to(one, commitment, post)
    for _ in range(2):
        answer = await client.get(link)
        assert answer.status_code == 200
        assert '<form method="post">' in answer.text
    assert "Mon 2 Mar 2026, 10:00 UTC" in answer.text
    assert "We call you" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert await acknowledged(one) == []


async def test_link__to_what_a_team_was_sent_says_when_on_the_team_s_wall(
    one, commitment, ledger, post, client
):
    ledger.says(commitment, owner="care", told_due=DUE)
    await one.hear(TeamChanged(name="care", zone="Asia/Manila"), stream="team-care")
    await one.reached("care", email="care@kept.example")
    await one.hear(promised(commitment, owner="care"))
    answer = await client.get(await link_to(one, commitment, post))
    assert "Mon 2 Mar 2026, 18:00 Asia/Manila" in answer.text


async def test_edge_45__a_link_takes_note_once(one, commitment, post, client):
    await by_mail(one, commitment)
    link = await link_to(one, commitment, post)
    assert (await client.post(link)).status_code == 200
    again = await client.post(link)
    assert (again.status_code, "Noted already" in again.text) == (409, True)
    ((event, delivery),) = await acknowledged(one)
    (settled,) = await one.settled()
    assert str(delivery) == settled.entity
    assert (event.commitment, event.revision, event.notice) == (commitment, 1, "rung-1")
    assert (event.recipient, event.by) == ("agent", "link")
    await one.at_rest()
    looked = await client.get(link)
    assert looked.status_code == 409


async def test_link_of_a_digest__takes_note_of_each(one, commitment, ledger, post, client):
    other = UUID(int=commitment.int + 1)
    ledger.says(other, told_due=DUE)
    await by_mail(one, commitment, other)
    await one.remind(reminder(other))
    await one.outcomes(1)
    await one.remind(reminder(commitment))
    await one.outcomes(2)
    both = UUID(int=commitment.int + 2), UUID(int=commitment.int + 3)
    for each in both:
        ledger.says(each, told_due=DUE)
    await one.hear(*map(promised, both))
    await one.remind(*map(reminder, both))
    await one.outcomes(4)
    await one.at_rest()
    (letter,) = post.about(both[0])
    found = re.search(r"/v1/acknowledgements/[\w-]+", text(letter))
    assert found
    assert (await client.post(found[0])).status_code == 200
    assert {event.commitment for event, _ in await acknowledged(one)} == set(both)


async def test_link__speaks_the_language_of_its_letter(one, commitment, post, client):
    await one.reached("agent", email="agent@kept.example", language="vi", zone="Asia/Ho_Chi_Minh")
    await one.hear(promised(commitment))
    link = await link_to(one, commitment, post)
    answer = await client.get(link)
    assert '<html lang="vi">' in answer.text
    assert "17:00, thứ Hai, ngày 2/3/2026" in answer.text


async def test_link__ends_with_the_due(one, commitment, post, client):
    await by_mail(one, commitment)
    link = await link_to(one, commitment, post)
    await one.set_clock(DUE - SECOND)
    assert (await client.get(link)).status_code == 200
    await one.set_clock(DUE)
    for answer in (await client.get(link), await client.post(link)):
        assert (answer.status_code, "This link has ended" in answer.text) == (410, True)
    assert await acknowledged(one) == []


async def test_link_in_a_lapse_notice__holds_a_week(one, commitment, ledger, post, client):
    await by_mail(one, commitment)
    ledger.says(commitment, state="lapsed")
    await one.hear(event("CommitmentLapsed", commitment, at=DUE))
    await one.outcome()
    (letter,) = post.about(commitment)
    found = re.search(r"/v1/acknowledgements/[\w-]+", text(letter))
    assert found
    await one.set_clock(NOW + timedelta(days=7) - SECOND)
    assert (await client.get(found[0])).status_code == 200
    await one.set_clock(NOW + timedelta(days=7))
    assert (await client.get(found[0])).status_code == 410


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("token", ["a", "A" * 75, "..", "%00", "a" * 4000])
async def test_forged_link__is_answered_kindly(one, client, method, token):
    answer = await client.request(method, f"/v1/acknowledgements/{token}")
    assert answer.status_code == 404
    if answer.headers["content-type"].startswith("text/html"):
        assert "This link does not work" in answer.text
    assert await acknowledged(one) == []


async def test_link__that_is_quicker_than_the_record_asks_to_wait(one, commitment, client):
    link = one.desk.links.to("acknowledge", commitment, DUE).removeprefix("http://kept.example")
    answer = await client.post(link)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
