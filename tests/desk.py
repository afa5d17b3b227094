"""The four services in one process, each on its own port, with one client for all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import httpx

from events.client import authorities
from events.service import Running, serving
from events.settings import Settings
from local import ports
from local.parts import Parts
from local.site import SERVICES, Site


@dataclass(frozen=True)
class Desk:
    """Running services and what a test needs to talk to them."""

    site: Site
    urls: dict[str, str]
    running: dict[str, Running]
    client: httpx.AsyncClient

    def headers(self, key: str | None = None, role: str = "agent", **more: str) -> dict[str, str]:
        """Return the headers of a request by this role, with an idempotency key where one is given."""
        token = self.site.token if role == "all" else self.site.keys.token(role, (role,))
        keys = {"Idempotency-Key": key} if key else {}
        return {"Authorization": f"Bearer {token}", **keys, **more}

    async def post(
        self, service: str, path: str, body: dict[str, Any], key: str, role: str = "agent", **more: str
    ) -> httpx.Response:
        """POST a command."""
        return await self.client.post(
            self.urls[service] + path, json=body, headers=self.headers(key, role, **more)
        )

    async def get(self, service: str, path: str, role: str = "agent", **more: str) -> httpx.Response:
        """GET a thing."""
        return await self.client.get(self.urls[service] + path, headers=self.headers(None, role, **more))


def settings_of(site: Site, service: str, port: int, urls: dict[str, str]) -> Settings:
    """Return a service's settings on a site, of the type that the service itself reads."""
    cls = import_module(f"{service}.settings").Settings if find_spec(f"{service}.settings") else Settings
    env = site.env(service, port, urls)
    fields: dict[str, Any] = {name.removeprefix("KEPT_").lower(): value for name, value in env.items()}
    settings = cls(**fields | {"urls": urls})
    assert isinstance(settings, Settings)
    return settings


@asynccontextmanager
async def fresh(parts: Parts, name: str) -> AsyncIterator[Site]:
    """Make empty databases and topics, for as long as the block runs."""
    site = await parts.fresh(name)
    yield site
    await parts.drop(site)


@asynccontextmanager
async def desk(site: Site) -> AsyncIterator[Desk]:
    """Run the four services in this process until the block ends."""
    chosen = {service: ports.free() for service in SERVICES}
    urls = {service: f"http://127.0.0.1:{port}" for service, port in chosen.items()}
    stacks = [AsyncExitStack() for _ in SERVICES]
    async with httpx.AsyncClient(timeout=10, verify=authorities()) as client, AsyncExitStack() as all_four:
        all_four.push_async_callback(_end, stacks)
        running = {}
        for service, stack in zip(SERVICES, stacks, strict=True):
            compose = import_module(f"{service}.app").compose
            settings = settings_of(site, service, chosen[service], urls)
            running[service] = await stack.enter_async_context(serving(service, compose, settings))
        yield Desk(site, urls, running, client)


async def _end(stacks: list[AsyncExitStack]) -> None:
    """End all at once; what any of them raises is raised."""
    for ended in await asyncio.gather(*(stack.aclose() for stack in stacks), return_exceptions=True):
        if isinstance(ended, BaseException):
            raise ended
