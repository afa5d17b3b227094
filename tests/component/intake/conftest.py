"""A database and a topic for intake, empty for every module."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from local.parts import install_service
from local.site import Site, role

from .desk import Intake, intake_on


@dataclass(frozen=True)
class Plot(Site):
    """A site of which only intake's part is there."""


@pytest.fixture(scope="module")
async def plot(parts) -> AsyncIterator[Site]:
    """An empty place for intake."""
    name = f"intake_{secrets.token_hex(3)}"
    site = Plot(name, f"{name}_", parts.postgres, parts.broker, parts.mail, parts.keys)
    await parts.postgres.roles(role("intake"))
    await parts.postgres.create(site.database("intake"), login=role("intake"))
    await install_service("intake", site.databases["intake"])
    await parts.broker.create_topics([site.topics["contacts"]])
    yield site
    await parts.postgres.drop(site.database("intake"))
    await parts.broker.delete_topics([site.topics["contacts"]])


@pytest.fixture(scope="module")
async def intake(plot) -> AsyncIterator[Intake]:
    """Intake on a place of the module's own."""
    async with intake_on(plot) as running:
        yield running
