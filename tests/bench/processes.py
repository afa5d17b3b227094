"""Processes that a bench runs: services as in production, and rivals."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from local import ports
from local.children import Child, Server, spawn
from local.site import SERVICES, Site

START_SECONDS = 90.0
NOBODY: Mapping[str, str] = {}


@asynccontextmanager
async def process(name: str, env: dict[str, str], directory: Path, *arguments: str) -> AsyncIterator[None]:
    """Run `python <arguments>` until the block ends; its log lies in the directory."""

    async def launch() -> Child:
        log = directory / f"{name}.log"
        return await spawn(name, sys.executable, *arguments, log=log, env={**os.environ, **env})

    server = Server(await launch(), launch)
    try:
        yield
    finally:
        await server.stop()


async def answers(port: int, path: str) -> None:
    """Wait until a process answers this path at all, but with 5xx."""
    async with asyncio.timeout(START_SECONDS), httpx.AsyncClient() as client:
        while True:
            try:
                if not (await client.get(f"http://127.0.0.1:{port}{path}")).is_server_error:
                    return
            except httpx.HTTPError:
                await asyncio.sleep(0.05)  # a process that starts tells nobody


@asynccontextmanager
async def service(
    name: str,
    site: Site,
    directory: Path,
    *,
    port: int = 0,
    urls: Mapping[str, str] = NOBODY,
    env: Mapping[str, str] = NOBODY,
) -> AsyncIterator[int]:
    """Run a service as in production, its relay in it; those that `urls` does not name are not there."""
    port = port or ports.free()
    known = {**dict.fromkeys(SERVICES, f"http://127.0.0.1:{port}"), **urls}
    async with process(name, {**site.env(name, port, known), **env}, directory, "-m", name):
        await answers(port, "/readyz")
        yield port
