"""A log of each kind, empty for every test."""

from collections.abc import AsyncIterator

import pytest

from events.log import Log
from events.memory import MemoryLog
from local.postgres import Postgres
from tests.logs import a_database, a_log, a_server, empty


@pytest.fixture(scope="session")
async def server(tmp_path_factory) -> AsyncIterator[Postgres]:
    """A server for the tests of the log alone."""
    async with a_server(tmp_path_factory.mktemp("log")) as running:
        yield running


@pytest.fixture(scope="session")
async def kept_database(server) -> AsyncIterator[str]:
    """The name of a database that holds a log."""
    async with a_database(server) as name:
        yield name


@pytest.fixture
async def database(server, kept_database) -> str:
    """The name of a database whose log is empty."""
    await empty(server, kept_database)
    return str(kept_database)


@pytest.fixture(params=["memory", "postgres"])
async def log(request, server, database) -> AsyncIterator[Log]:
    """The log under test."""
    if request.param == "memory":
        yield MemoryLog("cases")
        return
    async with a_log(server, database) as opened:
        yield opened
