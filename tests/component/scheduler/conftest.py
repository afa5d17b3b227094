"""A scheduler's database, empty for every test, and what a test does with it."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from events.bounded import bounded
from events.postgres import Connection, Pool, connect
from local.parts import install_service
from local.site import role

from .replica import Replica

ROLE = role("scheduler")


async def closed(pool: Pool) -> None:
    """Close a pool, whatever was cut off in it."""
    if not await bounded(pool.close(), 1):
        pool.terminate()


@pytest.fixture(scope="session")
async def template(parts) -> AsyncIterator[str]:
    """The name of a database with the scheduler's empty tables."""
    name = f"scheduler_template_{secrets.token_hex(3)}"
    await parts.postgres.roles(ROLE)
    await parts.postgres.create(name, login=ROLE)
    await install_service("scheduler", parts.postgres.database(name))
    yield name
    await parts.postgres.drop(name)


@pytest.fixture
async def dsn(parts, template) -> AsyncIterator[str]:
    """The address of a database of the test's own, as the service connects to it."""
    name = f"scheduler_{secrets.token_hex(3)}"
    await parts.postgres.create(name, login=ROLE, template=template)
    yield parts.postgres.database(name, ROLE)
    await parts.postgres.drop(name)


@pytest.fixture
async def opened(dsn) -> AsyncIterator[Callable[[], Awaitable[Replica]]]:
    """Opens the database as one more replica would."""
    async with AsyncExitStack() as stack:

        async def opened() -> Replica:
            pool: Pool = await connect(dsn, application="test")
            stack.push_async_callback(closed, pool)
            return await stack.enter_async_context(Replica.over(pool))

        yield opened


@pytest.fixture
async def replica(opened) -> Replica:
    """The only replica, or the first."""
    first: Replica = await opened()
    return first


@pytest.fixture
async def superuser(parts, dsn) -> AsyncIterator[Connection]:
    """A connection of the superuser to the same database."""
    pool = await connect(parts.postgres.database(dsn.rpartition("/")[2]), application="superuser", size=1)
    async with pool.acquire() as connection:
        yield connection
    await pool.close()
