"""One PostgreSQL, one broker and one mailbox for the whole run; fresh databases and topics per module."""

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from local.parts import Parts
from local.parts import parts as running_parts
from local.site import Site

from .desk import Desk
from .desk import desk as running_desk

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
async def parts(tmp_path_factory) -> AsyncIterator[Parts]:
    """Real PostgreSQL, Kafka and SMTP, started once."""
    async with running_parts(tmp_path_factory.mktemp("parts")) as started:
        yield started


@pytest.fixture(scope="module")
async def site(parts, request) -> AsyncIterator[Site]:
    """Empty databases and topics that only this module has."""
    fresh = await parts.fresh(re.sub(r"\W", "_", request.module.__name__.rpartition(".")[2])[:30])
    yield fresh
    if parts.postgres.server is None or parts.broker.server is None:  # ours end with the run
        await parts.drop(fresh)


@pytest.fixture(scope="module")
async def desk(site) -> AsyncIterator[Desk]:
    """The four services in this process, on a site of the module's own."""
    async with running_desk(site) as running:
        yield running


@pytest.fixture(scope="session")
def data() -> Path:
    """The shared data; absent, the test is skipped, and fails in CI."""
    folder = SHARED / "data"
    if not folder.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("../shared/data is absent")
        pytest.skip("../shared/data is absent")
    return folder
