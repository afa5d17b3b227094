"""Intake alone on real parts, and a client that talks to it."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from events.client import authorities
from events.clock import new_id
from events.service import Compose, Running, serving
from events.settings import Settings
from intake.app import compose
from local.parts import Parts, install_keyring, install_service
from local.site import Site, keyring_role, role

BUSY = {409, 503}
"""In flight, or not in time: what a client sends again."""


class Plot(Site):
    """A site of which only intake's part is there."""


@asynccontextmanager
async def plot_on(parts: Parts) -> AsyncIterator[Site]:
    """Make an empty database and topic for intake, for as long as the block runs."""
    name = f"intake_{secrets.token_hex(3)}"
    site = Plot(name, f"{name}_", parts.postgres, parts.broker, parts.mail, parts.keys)
    await parts.postgres.roles(role("intake"))
    await parts.postgres.create(site.database("intake"), login=role("intake"))
    await install_service("intake", site.databases["intake"])
    await parts.postgres.roles(keyring_role("intake"))
    await parts.postgres.create(site.keyring("intake"), login=keyring_role("intake"))
    await install_keyring("intake", site.keyrings["intake"])
    await parts.broker.create_topics([site.topics["contacts"]])
    yield site
    await parts.postgres.drop(site.database("intake"), site.keyring("intake"))
    await parts.broker.delete_topics([site.topics["contacts"]])


@dataclass(frozen=True)
class Intake:
    """Intake as it runs, and what a test sends it."""

    site: Site
    running: Running
    client: httpx.AsyncClient
    token: dict[str, str] = field(default_factory=dict)

    def headers(self, *, role: str = "agent", key: str | None = "", **more: str) -> dict[str, str]:
        """Return headers by a role; a key of its own for each call unless one is given, none for None."""
        token = self.token.setdefault(role, self.site.keys.token(role, (role,)))
        keys = {} if key is None else {"Idempotency-Key": key or str(new_id())}
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {token}", **keys, **named}

    async def post(self, path: str, body: Any, **headers: Any) -> httpx.Response:
        """POST a command."""
        return await self.client.post(path, json=body, headers=self.headers(**headers))

    async def patiently(self, path: str, body: Any, *, key: str = "", **headers: Any) -> httpx.Response:
        """POST a command, and again under its key while the service is busy."""
        key = key or str(new_id())
        while (answer := await self.post(path, body, key=key, **headers)).status_code in BUSY:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        return answer

    async def patch(self, path: str, body: Any, **headers: Any) -> httpx.Response:
        """PATCH a thing."""
        return await self.client.patch(path, json=body, headers=self.headers(**{"key": None} | headers))

    async def get(self, path: str, **headers: Any) -> httpx.Response:
        """GET a thing."""
        return await self.client.get(path, headers=self.headers(**{"key": None} | headers))

    async def customer(self, **more: Any) -> str:
        """Register a customer; return the id."""
        answer = await self.post("/v1/customers", {"name": "Mai", "zone": "Asia/Ho_Chi_Minh"} | more)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def length(self) -> int:
        """Return how long the log is."""
        return (await self.running.parts.log.head()).position


def settings_of(site: Site, **more: Any) -> Settings:
    """Return intake's settings on a site, a free port unless one is said."""
    env = site.env("intake", 0, {})
    read: Mapping[str, Any] = {name.removeprefix("KEPT_").lower(): value for name, value in env.items()}
    return Settings(**{**read, "urls": {}, **more})


@asynccontextmanager
async def intake_on(site: Site, compose: Compose = compose, **more: Any) -> AsyncIterator[Intake]:
    """Run intake on a site until the block ends."""
    async with (
        serving("intake", compose, settings_of(site, **more)) as running,
        httpx.AsyncClient(base_url=running.url, timeout=10, verify=authorities()) as client,
    ):
        yield Intake(site, running, client)
