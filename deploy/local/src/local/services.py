"""The four service processes at their ports."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx

from local import ports
from local.children import PORT_TRIES, Child, Server, ready, spawn
from local.errors import PartError
from local.progress import Progress
from local.site import SERVICES, Site

WANTED_PORTS = {"intake": 8001, "cases": 8002, "scheduler": 8003, "notifier": 8004}
START_SECONDS = 90.0
PROBE_SECONDS = 2.0
TAKEN = "address already in use"


@dataclass(frozen=True)
class Services:
    """The running services; `urls` and `servers` by name."""

    urls: dict[str, str]
    servers: dict[str, Server]


@asynccontextmanager
async def services(site: Site, logs: Path, progress: Progress) -> AsyncIterator[Services]:
    """Run the four services on a site as long as the body runs; logs go to `logs`/<service>.log.

    Raises PartError, with the last lines of its log, where one does not become ready.
    """
    running = await _start(site, logs, progress)
    try:
        yield running
    finally:
        await _stop(running)


async def _start(site: Site, logs: Path, progress: Progress) -> Services:
    for _ in range(PORT_TRIES):
        running = await _launch(site, logs)
        try:
            await _ready(running, site.token, progress)
        except PartError as error:
            await _stop(running)
            if TAKEN not in str(error).lower():
                raise
            last = error
        except BaseException:
            await _stop(running)
            raise
        else:
            return running
    raise last


async def _launch(site: Site, logs: Path) -> Services:
    chosen = dict(zip(SERVICES, ports.free_each(WANTED_PORTS[service] for service in SERVICES), strict=True))
    urls = {service: f"http://{ports.HOST}:{port}" for service, port in chosen.items()}
    servers = {}
    for service, port in chosen.items():
        env = _inherited() | site.env(service, port, urls)
        launch = partial(_launch_one, service, env, logs / f"{service}.log")
        servers[service] = Server(await launch(), launch)
    return Services(urls, servers)


async def _launch_one(service: str, env: Mapping[str, str], log: Path) -> Child:
    return await spawn(service, sys.executable, "-m", service, log=log, env=env)


def _inherited() -> dict[str, str]:
    """Our own environment without the addresses meant for the stack; a service knows its own only."""
    return {name: value for name, value in os.environ.items() if name != "KEPT_POSTGRES"}


async def _ready(running: Services, token: str, progress: Progress) -> None:
    """Wait for all of them; say only what failed first.

    At a port lost to another run that one's service would answer, but it knows nothing of our token.
    """
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(timeout=PROBE_SECONDS, headers=headers) as client:
        try:
            async with asyncio.TaskGroup() as group:
                for service, server in running.servers.items():
                    group.create_task(_ready_one(server.child, client, running.urls[service], progress))
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None


async def _ready_one(child: Child, client: httpx.AsyncClient, url: str, progress: Progress) -> None:
    async def probe() -> bool:
        try:
            answers = [await client.get(f"{url}{path}") for path in ("/readyz", "/v1/settled")]
        except httpx.HTTPError:
            return False
        return all(answer.is_success for answer in answers)

    with progress.step(child.name) as step:
        await ready(child, probe, step, START_SECONDS)


async def _stop(running: Services) -> None:
    await asyncio.gather(*(server.stop() for server in running.servers.values()))
