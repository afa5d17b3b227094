"""Intake by its front door: customers and contacts, one or many, and what is read of them."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from events.catalogue import ContactMade, ContactReceived
from events.clock import derived_id, new_id
from events.wire import decode


def inbound(customer: str, **more: object) -> dict[str, object]:
    return {"customer": customer, "channel": "call", "words": "Where is my order?"} | more


async def test_register_customer__recorded_and_read(intake):
    answer = await intake.post("/v1/customers", {"name": "Ana", "zone": "Asia/Manila", "channel": "chat"})
    assert answer.status_code == 201
    assert answer.json().keys() == {"id", "version"}
    assert answer.headers["location"] == f"/v1/customers/{answer.json()['id']}"
    shown = await intake.get(answer.headers["location"], kept_after=answer.headers["kept-position"])
    assert shown.status_code == 200
    assert shown.headers["etag"] == answer.headers["etag"] == '"1"'
    assert (shown.json()["name"], shown.json()["language"]) == ("Ana", "en")


async def test_change_customer__recorded_repeated_conflicting(intake):
    path = f"/v1/customers/{await intake.customer()}"
    changed = await intake.patch(path, {"zone": "Europe/Berlin"}, if_match='"1"')
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    again = await intake.patch(path, {"zone": "Europe/Berlin"}, if_match='"2"')
    assert again.json() == {"id": changed.json()["id"], "version": 2, "changed": False}
    stale = await intake.patch(path, {"name": "Ana"}, if_match='"1"')
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/changed-meanwhile")
    shown = await intake.get(path, kept_after=changed.headers["kept-position"])
    assert (shown.json()["zone"], shown.json()["version"]) == ("Europe/Berlin", 2)


async def test_change_customer__rejected_when_unknown(intake):
    answer = await intake.patch(f"/v1/customers/{new_id()}", {"zone": "Europe/Berlin"})
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/customer-unknown")


async def test_receive_contact__opens_a_case_and_is_read(intake):
    customer = await intake.customer()
    answer = await intake.post("/v1/contacts", inbound(customer, source="phone", reference="call-1"))
    assert answer.status_code == 201
    said = answer.json()
    assert said["id"] == str(intake.running.parts.lookup.id("contact", "phone", "call-1"))
    assert said == {"id": said["id"], "case": str(derived_id("case", said["id"])), "customer": customer}
    after = answer.headers["kept-position"]
    shown = (await intake.get(f"/v1/contacts/{said['id']}", kept_after=after)).json()
    assert (shown["direction"], shown["opens"], shown["case"]) == ("inbound", True, said["case"])
    found = await intake.get("/v1/contacts?source=phone&reference=call-1", kept_after=after)
    assert [item["id"] for item in found.json()["items"]] == [said["id"]]


async def test_receive_contact__says_the_zone_of_its_customer(intake):
    customer = await intake.customer(zone="Asia/Manila")
    answer = await intake.post("/v1/contacts", inbound(customer, case=str(new_id())))
    position = int(answer.headers["kept-position"].partition("@")[2])
    event = decode((await intake.running.parts.log.tail(position - 1, 1))[0]).event
    assert isinstance(event, ContactReceived)
    assert (event.zone, event.opens) == ("Asia/Manila", False)


async def test_receive_contact__repeated_under_its_reference_with_another_key(intake):
    customer = await intake.customer()
    body = inbound(customer, source="phone", reference="call-2")
    first, again = await intake.post("/v1/contacts", body), await intake.post("/v1/contacts", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {**first.json(), "changed": False}
    other = await intake.post("/v1/contacts", body | {"words": "Something else"})
    assert (other.status_code, other.json()["type"]) == (409, "/problems/contact-known")


async def test_receive_contact__rejected_for_a_stranger(intake):
    answer = await intake.post("/v1/contacts", inbound(str(new_id())))
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "customer", "reason": "is not registered"}]


async def test_receive_contact__keeps_when_it_happened(intake):
    customer = await intake.customer()
    happened = datetime(2020, 2, 29, 12, 30, 0, 123456, tzinfo=UTC)
    answer = await intake.post("/v1/contacts", inbound(customer, occurred_at=happened.isoformat()))
    shown = await intake.get(answer.headers["location"], kept_after=answer.headers["kept-position"])
    assert datetime.fromisoformat(shown.json()["occurred_at"]) == happened
    ahead = (datetime.now(UTC) + timedelta(hours=2)).isoformat()  # noqa: TID251 - what a client's clock says
    refused = await intake.post("/v1/contacts", inbound(customer, occurred_at=ahead))
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "occurred_at")


async def test_make_contact__recorded_with_what_it_serves(intake):
    customer, case, commitment = await intake.customer(), str(new_id()), str(new_id())
    body = inbound(customer, direction="outbound", outcome="reached", words="It is on its way.")
    served = [{"case": case, "commitment": commitment, "tells": None}]
    answer = await intake.post("/v1/contacts", body | {"serves": served})
    assert answer.json()["case"] == case
    position = int(answer.headers["kept-position"].partition("@")[2])
    event = decode((await intake.running.parts.log.tail(position - 1, 1))[0]).event
    assert isinstance(event, ContactMade)
    shown = await intake.get(answer.headers["location"], kept_after=answer.headers["kept-position"])
    assert (shown.json()["direction"], shown.json()["serves"]) == ("outbound", served)


async def test_batch__answered_item_by_item(intake):
    customer = await intake.customer()
    items = [inbound(customer, source="batch", reference=f"b-{n}") for n in range(3)]
    items[1] = inbound(str(new_id()))
    items.append(inbound(customer, channel="fax"))
    answer = await intake.post("/v1/contacts:batch", {"items": items}, key="batch-1")
    assert answer.status_code == 200
    told = answer.json()["items"]
    assert [each["status"] for each in told] == [201, 422, 201, 422]
    assert told[3]["errors"][0]["field"] == "channel"
    assert told[0]["id"] == str(intake.running.parts.lookup.id("contact", "batch", "b-0"))
    before = await intake.length()
    again = await intake.post("/v1/contacts:batch", {"items": items}, key="batch-1")
    assert again.json()["items"][0] == told[0]
    assert again.headers["kept-position"] == answer.headers["kept-position"]
    assert await intake.length() == before


async def test_batch__of_the_most_items_in_one_go(intake):
    customer = await intake.customer()
    before = await intake.length()
    items = [inbound(customer, source="full", reference=f"f-{n}") for n in range(512)]
    answer = await intake.post("/v1/contacts:batch", {"items": items})
    assert {each["status"] for each in answer.json()["items"]} == {201}
    assert await intake.length() == before + 512
    assert answer.headers["kept-position"] == f"contacts@{before + 512}"
    listed = await intake.get(
        f"/v1/contacts?customer={customer}&limit=200", kept_after=answer.headers["kept-position"]
    )
    seen = [item["id"] for item in listed.json()["items"]]
    while listed.json()["next"]:
        listed = await intake.get(
            f"/v1/contacts?customer={customer}&limit=200&cursor={listed.json()['next']}"
        )
        seen += [item["id"] for item in listed.json()["items"]]
    assert len(seen) == len(set(seen)) == 512


@pytest.mark.parametrize(
    "body",
    [{}, {"items": []}, {"items": [1]}, {"items": [{}] * 513}, {"items": [{}], "more": 1}, {"items": {}}],
)
async def test_batch__rejected_where_it_is_none(intake, body):
    answer = await intake.post("/v1/contacts:batch", body)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")


async def test_batch__takes_more_than_one_body_may_hold_but_not_too_much(intake):
    customer = await intake.customer()
    items = [inbound(customer, words="x" * 8000) for _ in range(100)]
    assert (await intake.post("/v1/contacts:batch", {"items": items})).status_code == 200
    items = [inbound(customer, words="x" * 8000) for _ in range(140)]
    refused = await intake.post("/v1/contacts:batch", {"items": items})
    assert (refused.status_code, refused.headers["content-type"]) == (413, "application/problem+json")


async def test_contacts__of_many_at_once_stand_in_one_order(intake):
    customer = await intake.customer()
    answers = await asyncio.gather(*(intake.patiently("/v1/contacts", inbound(customer)) for _ in range(40)))
    places = [int(answer.headers["kept-position"].partition("@")[2]) for answer in answers]
    assert {answer.status_code for answer in answers} == {201}
    assert sorted(places) == list(range(min(places), min(places) + 40))
