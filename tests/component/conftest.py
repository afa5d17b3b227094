"""A database and a topic for intake, empty for every module."""

from collections.abc import AsyncIterator

import pytest

from local.site import Site

from .intake.desk import Intake, intake_on, plot_on


@pytest.fixture(scope="module")
async def plot(parts) -> AsyncIterator[Site]:
    """An empty place for intake."""
    async with plot_on(parts) as site:
        yield site


@pytest.fixture(scope="module")
async def intake(plot) -> AsyncIterator[Intake]:
    """Intake on a place of the module's own."""
    async with intake_on(plot) as running:
        yield running
