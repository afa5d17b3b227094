"""No service says that it has erased a customer of whom it has parked something; each says what holds it."""

import pytest

from events.catalogue import CustomerErased
from events.clock import new_id
from events.log import Append, Entry, Part
from events.postgres import parked
from events.recorded import Metadata
from events.wire import encode
from tests.desk import Desk
from tests.line import until

METADATA = Metadata(actor="lead", correlation=new_id()).model_dump_json().encode()
UNREADABLE = ("CustomerChanged", 99, b"{}")
"""What a later release has said of the customer."""


@pytest.fixture
async def customer(desk: Desk) -> str:
    """Erased after something that this release cannot read."""
    answer = await desk.post("intake", "/v1/customers", {"name": "Mai", "zone": "UTC"}, str(new_id()))
    customer = str(answer.json()["id"])
    log = desk.running["intake"].parts.log
    for version, said in enumerate([UNREADABLE, encode(CustomerErased())], 1):
        part = Part(f"customer-{customer}", version, (Entry(*said, METADATA, await log.now()),))
        await log.append(Append(new_id(), (part,)))
    return customer


@pytest.mark.parametrize("service", ["intake", "cases", "notifier"])
async def test_erase__while_the_customer_is_parked__is_held_back(desk: Desk, customer, service):
    parts, stream = desk.running[service].parts, f"customer-{customer}"

    async def ended() -> bool:
        held = await parked.held(parts.pool, "erasing", [stream])
        return bool(held or await parts.log.stream(f"erasure-{customer}"))

    await until(ended, 20)
    assert await parts.log.stream(f"erasure-{customer}") == []
    listed = {(each.subscription, each.stream): each.error for each in await parked.listed(parts.pool)}
    assert stream in listed["erasing", stream]
