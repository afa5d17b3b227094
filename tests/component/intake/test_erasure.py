"""Erasing a customer by intake's front door, and what is read of them then."""

from uuid import UUID

import pytest

from events.catalogue import ContactReceived
from events.clock import derived_id, new_id
from events.keyring import ERASED
from events.log import Append, Entry, Part
from events.recorded import Metadata
from events.wire import encode

CALLED = {"name": "Xanthippe Quitt", "address": "quitt@example.test"}


@pytest.fixture
async def path(intake) -> str:
    """A customer of the test's own who said something once."""
    customer = await intake.customer(**CALLED, source="shop", reference=str(new_id()))
    body = {"customer": customer, "channel": "call", "words": "The kettle hums.", "source": "phone"}
    assert (await intake.post("/v1/contacts", body | {"reference": customer})).status_code == 201
    return f"/v1/customers/{customer}"


async def erase(intake, path, *, role="lead", **headers):
    return await intake.client.delete(path, headers=intake.headers(role=role, key=None) | headers)


async def test_erase_customer__recorded_and_nothing_personal_is_read_any_more(intake, path):
    answer = await erase(intake, path)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert answer.json() == {"id": path.rpartition("/")[2], "version": 2}
    after = {"kept_after": answer.headers["kept-position"]}
    shown = (await intake.get(path, **after)).json()
    assert (shown["name"], shown["address"], shown["reference"]) == (ERASED, ERASED, ERASED)
    assert shown["erased_at"]
    (contact,) = (await intake.get(f"/v1/contacts?customer={shown['id']}", **after)).json()["items"]
    assert (contact["words"], contact["reference"]) == (ERASED, ERASED)
    for body in ({"name": CALLED["name"]}, {"name": ERASED}, {"address": CALLED["address"]}):
        found = (await intake.post("/v1/customers:search", body)).json()["items"]
        assert shown["id"] not in [each["id"] for each in found]


async def test_erase_customer__a_reference_goes_whatever_the_words_were(intake, path):
    body = {"customer": path.rpartition("/")[2], "channel": "call", "words": ERASED, "source": "phone"}
    made = await intake.post("/v1/contacts", body | {"reference": f"again-{new_id()}"})
    answer = await erase(intake, path)
    shown = await intake.get(f"/v1/contacts/{made.json()['id']}", kept_after=answer.headers["kept-position"])
    assert shown.json()["reference"] == ERASED


async def test_erase_customer__repeated(intake, path):
    first = await erase(intake, path, **{"Idempotency-Key": "once"})
    assert (await erase(intake, path, **{"Idempotency-Key": "once"})).content == first.content
    again = await erase(intake, path)
    assert (again.status_code, again.json()["changed"]) == (200, False)


async def test_erase_customer__rejected(intake, path):
    assert (await erase(intake, path, role="agent")).status_code == 403
    assert (await erase(intake, f"/v1/customers/{new_id()}")).json()["type"] == "/problems/customer-unknown"
    assert (await intake.get(f"{path}/erasure")).status_code == 404


async def test_erase_customer__conflicting(intake, path):
    stale = await erase(intake, path, **{"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/changed-meanwhile")
    assert (await erase(intake, path, **{"If-Match": '"1"'})).status_code == 200


async def test_erasure__says_who_is_done_and_who_does_not_answer(intake, path):
    answer = await erase(intake, path)
    await intake.get(path, kept_after=answer.headers["kept-position"])  # intake has heard of it
    said = (await intake.get(f"{path}/erasure")).json()
    assert not said["done"]
    assert [(each["service"], each["state"], each["at"] is None) for each in said["services"]] == [
        ("intake", "done", False),
        ("cases", "no answer", True),
        ("notifier", "no answer", True),
    ]


async def test_erase_customer__a_contact_that_was_just_being_recorded_is_cleared_at_once(intake, path):
    customer = path.rpartition("/")[2]
    await erase(intake, path)
    late, parts = new_id(), intake.running.parts
    said = ContactReceived(
        customer=UUID(customer), zone="UTC", channel="call", words="Too late.", case=new_id(), opens=True
    )
    metadata = Metadata(actor="agent", correlation=late).model_dump_json().encode()
    entry = Entry(*encode(said), metadata, await parts.log.now())
    appended = await parts.log.append(
        Append(derived_id("late", late), (Part(f"contact-{late}", 0, (entry,)),))
    )
    shown = await intake.get(f"/v1/contacts/{late}", kept_after=f"contacts@{appended.last}")
    assert shown.json()["words"] == ERASED
