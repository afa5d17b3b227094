"""What the tests of the whole system share."""

from collections.abc import AsyncIterator

import pytest

from tests.desk import desk

from .installed import Installed
from .small_desk import play


@pytest.fixture(scope="session")
async def installed(parts, tmp_path_factory) -> AsyncIterator[Installed]:
    """An installation on which the small desk was played, at rest and with its services stopped."""
    site = await parts.fresh("installed")
    journal = tmp_path_factory.mktemp("installed") / "journal.jsonl"
    async with desk(site) as running:
        await play(running, journal)
    yield Installed(site, running.urls, journal)
    await parts.drop(site)
