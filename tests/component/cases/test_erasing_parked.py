"""An erasure is not done while something of the customer is parked: it is parked itself, and says why."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from events.catalogue import CustomerErased
from events.clock import new_id
from events.keyring import ERASED
from events.log import Append, Entry, Part
from events.postgres import parked
from events.recorded import Metadata
from events.wire import encode
from tests.line import until

from .desk import Desk
from .test_erasing import customer_with, erase, erasures, states

PARK = """
    INSERT INTO parked
    SELECT 'ledger', position, 'cases', gen_random_uuid(), stream, version, event_id, type, schema_version,
           data, metadata, occurred_at, recorded_at, content, hash, 'planted', false, 0, now(), 'infinity'
      FROM event WHERE stream = $1
"""


@pytest.fixture(autouse=True)
async def nothing_parked(cases) -> AsyncIterator[None]:
    """Take away what a test has parked."""
    yield
    for name in ("intake", "cases"):
        await cases.running[name].parts.pool.execute("DELETE FROM parked")


async def ended(cases: Desk, customer: str) -> str:
    """Wait until the erasure of a customer is done, or held back; return what holds it back, if anything."""
    pool, log = cases.parts.pool, cases.parts.log

    async def either() -> bool:
        held = await parked.held(pool, "erasing", [f"customer-{customer}"])
        return bool(held or await log.stream(f"erasure-{customer}"))

    await until(either, 20)
    errors = [each.error for each in await parked.listed(pool) if each.stream == f"customer-{customer}"]
    assert bool(errors) != bool(await log.stream(f"erasure-{customer}"))
    return " ".join(errors)


async def test_erase__while_a_case_is_parked__waits_for_it(cases):
    customer, (case,) = await customer_with(cases, 1)
    _, (unconcerned,) = await customer_with(cases, 1)
    pool, log = cases.parts.pool, cases.parts.log
    for each in (case, unconcerned):
        await pool.execute(PARK, f"case-{each}")
    after = await erase(cases, customer)
    said = await ended(cases, customer)
    assert f"case-{case}" in said
    assert unconcerned not in said
    await pool.execute("DELETE FROM parked WHERE stream = $1", f"case-{case}")
    await parked.hurry(pool, "erasing")

    async def done() -> bool:
        return bool(await log.stream(f"erasure-{customer}"))

    await until(done, 20)
    assert await erasures(cases, [case]) == [1]
    assert [each["subject"] for each in await states(cases, customer, after)] == [ERASED]


async def test_erase__while_a_case_is_parked_that_is_not_known_yet__waits_for_it(cases):
    customer, (case,) = await customer_with(cases, 1)
    pool = cases.parts.pool
    await states(cases, customer, f"cases@{(await cases.parts.log.head()).position}")
    await pool.execute(PARK, f"case-{case}")
    await pool.execute("DELETE FROM commitment_v1 WHERE case_id = $1", UUID(case))
    await pool.execute("DELETE FROM case_v1 WHERE id = $1", UUID(case))
    await erase(cases, customer)
    assert f"case-{case}" in await ended(cases, customer)


async def test_erase__while_the_customer_is_parked__waits_for_them(cases):
    customer, _ = await cases.customer()
    log, stream = cases.running["intake"].parts.log, f"customer-{customer}"
    metadata = Metadata(actor="lead", correlation=new_id()).model_dump_json().encode()
    for version, said in enumerate([("CustomerChanged", 99, b"{}"), encode(CustomerErased())], 1):
        part = Part(stream, version, (Entry(*said, metadata, await log.now()),))
        await log.append(Append(new_id(), (part,)))
    assert stream in await ended(cases, customer)
