"""A line of its own for every test."""

from collections.abc import AsyncIterator

import pytest

from tests.line import Line, a_line, templates


@pytest.fixture(scope="session")
async def copied(parts) -> AsyncIterator[dict[str, str]]:
    """The databases that a line's are copied from."""
    async with templates(parts) as names:
        yield names


@pytest.fixture
async def line(parts, copied) -> AsyncIterator[Line]:
    """An empty log with its topic and feed, and a follower's empty database."""
    async with a_line(parts, copied) as made:
        yield made


@pytest.fixture
async def own(parts, copied) -> AsyncIterator[Line]:
    """An empty log, and nobody who follows it from elsewhere."""
    async with a_line(parts, copied, followed=False) as made:
        yield made
