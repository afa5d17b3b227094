"""Every case of a customer is erased: many of them, after a crash in the middle, and one that comes late."""

from typing import Any
from uuid import UUID

import pytest

from cases.api import case_performer
from cases.case.commands import EraseCase
from cases.erasure_reactions import Clearing
from cases.shelf import Shelf
from events.catalogue import CaseErased, CaseOpened, CustomerErased
from events.clock import new_id
from events.errors import Unavailable
from events.keyring import ERASED
from events.log import Append, Entry, Part
from events.recorded import Metadata
from events.testing import recorded
from events.wire import decode, encode

from .desk import Desk

WORDS = "the blue kettle hums"


async def customer_with(cases: Desk, number: int) -> tuple[str, list[str]]:
    """Return a customer and so many cases of theirs, with a promise in each."""
    customer, after = await cases.customer()
    opened = []
    for _ in range(number):
        body = {"customer": customer, "subject": WORDS}
        answer = await cases.post("/v1/cases", body, kept_after=after, prefer="wait=10")
        opened.append(answer.json()["id"])
        await cases.promise(opened[-1], words=WORDS)
    return customer, opened


async def erase(cases: Desk, customer: str) -> str:
    """Let a lead erase a customer; return the position to be read."""
    headers = cases.headers("lead", str(new_id()), {})
    answer = await cases.client.delete(
        f"{cases.running['intake'].url}/v1/customers/{customer}", headers=headers
    )
    assert answer.status_code == 200, answer.text
    return str(answer.headers["kept-position"])


async def states(cases: Desk, customer: str, after: str) -> list[dict[str, Any]]:
    path = f"/v1/cases?customer={customer}"
    items: list[dict[str, Any]] = (await cases.get(path, kept_after=after, prefer="wait=10")).json()["items"]
    return items


async def erasures(cases: Desk, ids: list[str]) -> list[int]:
    """Return how often each case was erased."""
    streams = [await cases.parts.log.stream(f"case-{id_}") for id_ in ids]
    return [sum(isinstance(decode(row).event, CaseErased) for row in rows) for rows in streams]


async def test_erase__every_case_of_the_customer_and_of_nobody_else(cases):
    customer, mine = await customer_with(cases, 3)
    other, _ = await customer_with(cases, 1)
    after = await erase(cases, customer)
    shown = await states(cases, customer, after)
    assert [(each["state"], each["subject"]) for each in shown] == [("closed", ERASED)] * 3
    assert [(each["state"], each["subject"]) for each in await states(cases, other, after)] == [
        ("open", WORDS)
    ]
    assert await erasures(cases, mine) == [1, 1, 1]


async def test_erase__killed_in_the_middle__goes_on_and_erases_each_once(cases):
    customer, mine = await customer_with(cases, 5)
    running, parts = cases.running["cases"], cases.parts
    following = {each.name: each for each in running.service.subscriptions}
    whole = case_performer(parts, Shelf(parts.log))

    class Failing:
        """Performs two commands, then its process is gone."""

        left = 2

        async def perform(self, stream: str, command: EraseCase, *more: Any) -> object:
            if not self.left:
                raise Unavailable("killed")
            self.left -= 1
            return await whole.perform(stream, command, *more)

    class Noting:
        """The ledger, and how far it was last waited for."""

        log, waited = "cases", 0

        async def passed(self, position: int, seconds: float) -> bool:
            self.waited = position
            read: bool = await following["ledger"].passed(position, seconds)
            return read

    noting: Any = Noting()
    asked = recorded(CustomerErased(), f"customer-{customer}", 1, log="contacts")
    projections = (noting, following["customers"])
    failing: Any = Failing()
    with pytest.raises(Unavailable, match="killed"):
        await Clearing(parts, failing, *projections, page=2).clear(UUID(customer), asked)
    assert sorted(await erasures(cases, mine)) == [0, 0, 0, 1, 1]
    await Clearing(parts, whole, *projections, page=2).clear(UUID(customer), asked)
    assert await erasures(cases, mine) == [1, 1, 1, 1, 1]
    rows = await parts.pool.fetch("SELECT body FROM case_v1 WHERE customer = $1", UUID(customer))
    assert not [row for row in rows if WORDS in row["body"]]
    assert noting.waited == (await parts.log.head()).position, "it is cleared when it returns"


async def test_erase__a_case_that_was_just_being_opened_is_erased_at_once(cases):
    customer, (known,) = await customer_with(cases, 1)
    after = await erase(cases, customer)
    await states(cases, customer, after)
    log, late = cases.parts.log, new_id()
    opening = CaseOpened(customer=UUID(customer), subject=ERASED, zone="UTC", at=await log.now())
    metadata = Metadata(actor="agent", correlation=new_id()).model_dump_json().encode()
    entry = Entry(*encode(opening), metadata, await log.now())
    appended = await log.append(Append(new_id(), (Part(f"case-{late}", 0, (entry,)),)))
    await states(cases, customer, f"cases@{appended.last}")  # it has been heard of
    shown = await states(cases, customer, f"cases@{(await log.head()).position}")
    assert {each["id"]: each["state"] for each in shown} == {known: "closed", str(late): "closed"}
    assert await erasures(cases, [str(late)]) == [1]
