"""A lease has one holder at a time, and runs out by itself."""

import pytest

from events.postgres import Lease, connect
from tests.logs import ROLE, as_superuser

RUN_OUT = "UPDATE lease SET until = clock_timestamp() - interval '1 ms'"


@pytest.fixture
async def leases(server, database):
    async with await connect(server.database(database, ROLE), application="lease") as pool:
        yield [Lease(pool, "ticker", holder) for holder in ("an", "binh")]


async def test_hold__by_one_only(leases):
    an, binh = leases
    assert await an.hold()
    assert not await binh.hold()
    assert await an.hold()


async def test_hold__of_each_name(leases):
    an, binh = leases
    assert await an.hold()
    assert await Lease(binh._pool, "relay", "binh").hold()


async def test_hold__after_a_release(leases):
    an, binh = leases
    await an.hold()
    await binh.release()
    assert not await binh.hold()
    await an.release()
    assert await binh.hold()
    assert not await an.hold()


async def test_hold__after_it_ran_out(leases, server, database):
    an, binh = leases
    await an.hold()
    await as_superuser(server, database, RUN_OUT)
    assert await binh.hold()
    assert not await an.hold()
