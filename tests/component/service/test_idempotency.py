"""Idempotency-Key: one effect, one answer, whatever is sent again (rows of the published vectors)."""

import asyncio
import json

import pytest

from events.clock import new_id
from events.log import Appended
from tests.component.intake.desk import intake_on

CUSTOMER = {"name": "Mai", "zone": "Asia/Ho_Chi_Minh"}


async def test_post__without_a_key_is_refused(intake):
    answer = await intake.post("/v1/customers", CUSTOMER, key=None)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/key-missing")


@pytest.mark.parametrize("key", ['"unbalanced', "'single'", "x" * 256, '"a", "b"', "a b"])
async def test_post__with_a_malformed_key_is_refused(intake, key):
    answer = await intake.post("/v1/customers", CUSTOMER, key=key)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/key-malformed")


async def test_repeat__is_answered_as_the_first_time_byte_for_byte(intake):
    key = str(new_id())
    first = await intake.post("/v1/customers", CUSTOMER, key=key)
    before = await intake.length()
    again = await intake.post("/v1/customers", CUSTOMER, key=f'"{key}"')
    assert (again.status_code, again.content) == (first.status_code, first.content) == (201, first.content)
    kept = ("kept-position", "location", "etag", "content-type")
    assert [again.headers[name] for name in kept] == [first.headers[name] for name in kept]
    assert await intake.length() == before


async def test_repeat__is_the_same_body_however_written(intake):
    key = str(new_id())
    first = await intake.post("/v1/customers", CUSTOMER, key=key)
    raw = json.dumps(dict(reversed(CUSTOMER.items())), indent=3, ensure_ascii=True)
    headers = intake.headers(key=key) | {"Content-Type": "application/json"}
    again = await intake.client.post("/v1/customers", content=raw, headers=headers)
    assert again.content == first.content


async def test_repeat__after_the_thing_has_changed_is_still_the_first_answer(intake):
    key = str(new_id())
    first = await intake.post("/v1/customers", CUSTOMER, key=key)
    await intake.patch(first.headers["location"], {"zone": "Europe/Berlin"}, if_match='"1"')
    again = await intake.post("/v1/customers", CUSTOMER, key=key)
    assert (again.content, again.headers["etag"]) == (first.content, '"1"')


async def test_key__with_another_body_is_refused(intake):
    key = str(new_id())
    await intake.post("/v1/customers", CUSTOMER, key=key)
    answer = await intake.post("/v1/customers", CUSTOMER | {"name": "Ana"}, key=key)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/key-reused")


async def test_key__is_another_one_for_another_path_or_caller(intake):
    key, customer = str(new_id()), await intake.customer()
    first = await intake.post("/v1/customers", CUSTOMER, key=key)
    by_another = await intake.post("/v1/customers", CUSTOMER, key=key, role="lead")
    contact = {"customer": customer, "channel": "call", "words": "?"}
    elsewhere = await intake.post("/v1/contacts", contact, key=key)
    assert {first.status_code, by_another.status_code, elsewhere.status_code} == {201}
    assert len({each.json()["id"] for each in (first, by_another, elsewhere)}) == 3


async def test_fifty_at_once__have_one_effect(intake):
    key, before = str(new_id()), await intake.length()
    answers = await asyncio.gather(*(intake.post("/v1/customers", CUSTOMER, key=key) for _ in range(50)))
    refused = {answer.json()["type"] for answer in answers if answer.status_code != 201}
    assert refused <= {"/problems/in-flight", "/problems/unavailable"}
    again = await intake.patiently("/v1/customers", CUSTOMER, key=key)
    assert {answer.content for answer in answers if answer.status_code == 201} <= {again.content}
    assert await intake.length() == before + 1


async def test_rejection__is_not_kept_but_decided_again(intake):
    key, stranger = str(new_id()), str(new_id())
    body = {"customer": stranger, "channel": "call", "words": "?"}
    first = await intake.post("/v1/contacts", body, key=key)
    again = await intake.post("/v1/contacts", body, key=key)
    assert (first.status_code, again.status_code, again.content) == (422, 422, first.content)
    assert await intake.running.parts.log.find(new_id()) is None


async def test_patch__needs_no_key_and_repeats_with_one(intake):
    path, key = f"/v1/customers/{await intake.customer()}", str(new_id())
    first = await intake.patch(path, {"zone": "Europe/Berlin"}, key=key, if_match='"1"')
    await intake.patch(path, {"zone": "Asia/Manila"}, if_match="*")
    again = await intake.patch(path, {"zone": "Europe/Berlin"}, key=key)
    assert again.content == first.content
    other = await intake.patch(path, {"zone": "Asia/Tokyo"}, key=key)
    assert other.json()["type"] == "/problems/key-reused"


async def test_record__lies_on_the_first_event_without_what_was_said(intake):
    key = str(new_id())
    answer = await intake.post("/v1/customers", CUSTOMER | {"name": "canary"}, key=key)
    position = int(answer.headers["kept-position"].partition("@")[2])
    row = await intake.running.parts.pool.fetchrow(
        "SELECT command, fingerprint, answer FROM event WHERE position = $1", position
    )
    assert row is not None
    found = await intake.running.parts.log.find(row["command"])
    assert isinstance(found, Appended)
    assert (found.first, found.repeat) == (position, True)
    assert b"canary" not in row["answer"]


async def test_checks__come_in_their_order(intake):
    """Who asks, what is asked, whether it was asked before, which version was read."""
    path, key = f"/v1/customers/{await intake.customer()}", str(new_id())
    good, wrong = {"zone": "Europe/Berlin"}, {"zone": "Mars/Olympus"}
    first = await intake.patch(path, good, key=key, if_match='"1"')
    stranger = await intake.client.patch(path, json=wrong, headers={"Idempotency-Key": key})
    invalid = await intake.patch(path, wrong, key=key, if_match='"1"')
    reused = await intake.patch(path, {"zone": "Asia/Tokyo"}, key=key, if_match='"1"')
    again = await intake.patch(path, good, key=key, if_match='"1"')
    stale = await intake.patch(path, good, key=str(new_id()), if_match='"1"')
    types = [answer.json().get("type") for answer in (stranger, invalid, reused, again, stale)]
    assert [each and each.removeprefix("/problems/") for each in types] == [
        "unauthorized",
        "invalid",
        "key-reused",
        None,
        "changed-meanwhile",
    ]
    assert again.content == first.content


async def test_repeat__whose_first_lands_after_its_look_up_gets_the_first_answer(plot, intake):
    """Two replicas: the second has looked the key up in vain, and waits while the first does it all."""
    key = str(new_id())
    async with intake_on(plot, relay=False) as other:
        ahead = f"contacts@{await intake.length() + 1}"
        waiting = asyncio.ensure_future(
            other.post("/v1/customers", CUSTOMER, key=key, kept_after=ahead, prefer="wait=9")
        )
        for _ in range(3):
            await other.get("/v1/contacts")  # what was asked before has been looked up by then
        first = await intake.post("/v1/customers", CUSTOMER, key=key)
        again = await waiting
    assert (again.status_code, again.content) == (first.status_code, first.content) == (201, first.content)
