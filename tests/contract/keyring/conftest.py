"""A keyring of each kind, empty for every test."""

from collections.abc import AsyncIterator
from itertools import count

import pytest

from events.clock import new_secret
from events.keyring import Keyring, MemoryKeyring
from events.postgres import Pool, PostgresKeyring, connect, install_keyring
from events.wrapping import Wrapping
from local.postgres import Postgres

ROLE = "kept_cases_keys"
NUMBERS = count(1)


@pytest.fixture(scope="session")
async def server(parts) -> Postgres:
    """The server of the run."""
    await parts.postgres.roles(ROLE)
    return parts.postgres  # type: ignore[no-any-return]


@pytest.fixture
async def database(server) -> AsyncIterator[str]:
    """The name of a database with an empty keyring."""
    name = f"keyring_{next(NUMBERS)}"
    await server.create(name, login=ROLE)
    await install_keyring(server.database(name), role=ROLE)
    yield name
    await server.drop(name)


@pytest.fixture
async def pool(server, database) -> AsyncIterator[Pool]:
    """Connections as the service's role."""
    async with await connect(server.database(database, ROLE), application="test") as pool:
        yield pool


@pytest.fixture
def wrapping() -> Wrapping:
    """The wrapping key in use."""
    return Wrapping(new_secret(32))


@pytest.fixture(params=["memory", "postgres"])
def keyring(request, wrapping) -> Keyring:
    """The keyring under test."""
    if request.param == "memory":
        return MemoryKeyring()
    return PostgresKeyring(request.getfixturevalue("pool"), wrapping)
