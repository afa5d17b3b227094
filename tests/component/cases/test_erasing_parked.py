"""An erasure is not done while something of the customer is parked: it is parked itself, and says why."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from events.keyring import ERASED
from events.postgres import parked
from tests.line import until

from .desk import Desk
from .test_erasing import customer_with, erase, erasures, states


async def park(cases: Desk, case: str, after: int = 0) -> None:
    """Let the ledger be unable to take in a case, from the row after this version on."""
    rows = await cases.parts.log.stream(f"case-{case}", after)
    assert rows
    async with cases.parts.pool.acquire() as connection:
        await parked.park(connection, "ledger", [parked.Unfit(row, "planted") for row in rows])


@pytest.fixture(autouse=True)
async def nothing_parked(cases) -> AsyncIterator[None]:
    """Take away what a test has parked."""
    yield
    await cases.parts.pool.execute("DELETE FROM parked")


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
        await park(cases, each, after=1)  # what follows on its opening does not name the customer
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
    await park(cases, case)
    await pool.execute("DELETE FROM commitment_v1 WHERE case_id = $1", UUID(case))
    await pool.execute("DELETE FROM case_v1 WHERE id = $1", UUID(case))
    await erase(cases, customer)
    assert f"case-{case}" in await ended(cases, customer)
