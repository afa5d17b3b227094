"""Cases, empty for every module."""

from collections.abc import AsyncIterator

import pytest

from local.site import Site

from .desk import Desk, desk_on


@pytest.fixture(scope="module")
async def cases(site: Site) -> AsyncIterator[Desk]:
    """Cases beside intake on databases of the module's own."""
    async with desk_on(site) as desk:
        yield desk
