"""Sealed words are opened for services, by the service that keeps them; everywhere else they stay sealed."""

import pytest

from events.catalogue import ContactReceived
from events.clock import new_id
from events.feed import read_page
from events.wire import decode

WORDS = "Canary: Mẹ tôi bị ốm."
PATH = "/v1/openings"


@pytest.fixture(scope="module")
async def sealed(intake):
    """A token in intake's log, as a follower finds it there."""
    contact = {"customer": await intake.customer(), "channel": "call", "words": WORDS}
    made = await intake.post("/v1/contacts", contact)
    position = int(made.headers["kept-position"].partition("@")[2])
    page = await intake.get(f"/v1/events?after={position - 1}&limit=1", role="system")
    assert WORDS.encode() not in page.content
    (row,) = read_page(page.json()).rows
    event = decode(row).event
    assert isinstance(event, ContactReceived)
    assert WORDS.encode() not in row.data
    return {"event": str(row.event_id), "field": "words", "value": event.words}


async def opened(intake, *sealed, role="system"):
    return await intake.post(PATH, {"sealed": sealed}, key=None, role=role)


async def test_openings__say_what_was_said(intake, sealed):
    answer = await opened(intake, sealed, sealed)
    assert (answer.status_code, answer.json()) == (200, {"clear": [WORDS, WORDS]})


@pytest.mark.parametrize("role", ["agent", "lead", "analyst", "operator"])
async def test_openings__are_for_services_only(intake, sealed, role):
    assert (await opened(intake, sealed, role=role)).status_code == 403


async def test_openings__name_what_is_no_token_of_this_place(intake, sealed):
    wrong = [
        sealed | {"value": WORDS},
        sealed | {"event": str(new_id())},
        sealed | {"value": sealed["value"][:-2] + "AA"},
    ]
    for each in wrong:
        answer = await opened(intake, sealed, each)
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == ["sealed.1.value"]
    assert (await intake.post(PATH, {"sealed": []}, key=None, role="system")).status_code == 422


async def test_openings__are_of_words_and_of_no_secret(intake, sealed):
    for field in ("reference", "name", "secret"):
        answer = await opened(intake, sealed, sealed | {"field": field})
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == ["sealed.1.field"]


async def test_openings__where_the_key_is_gone(intake):
    customer = await intake.customer()
    made = await intake.post("/v1/contacts", {"customer": customer, "channel": "call", "words": WORDS})
    position = int(made.headers["kept-position"].partition("@")[2])
    parts = intake.running.parts
    (row,) = await parts.log.tail(position - 1, 1)
    event = decode(row).event
    assert isinstance(event, ContactReceived)
    await parts.keyring.destroy(customer)
    answer = await opened(intake, {"event": str(row.event_id), "field": "words", "value": event.words})
    assert answer.json() == {"clear": ["[erased]"]}
    refused = await intake.post("/v1/contacts", {"customer": customer, "channel": "call", "words": WORDS})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/customer-erased")
