"""The whole stack for as long as a block runs.

Tests share one set of parts, and take a site each:

    async with parts(directory) as running:           # PostgreSQL, Kafka, mail: 3 s, 10 s the first time ever
        site = await running.fresh("cases")            # empty databases and topics: 0.3 s
        site.logins["cases"], site.databases["cases"]  # as the service, as the superuser
        site.topics, site.topic_prefix, site.broker.bootstrap, site.mail.maildir
        site.env("cases", port=8002, urls={…})         # for a process `python -m cases`
        site.keys.token("an", ["lead"])                # a bearer token; site.token has every role
        await running.broker.server.stop(SIGKILL)      # a fault …
        await running.broker.server.start()            # … and its end, at the same address
        await running.drop(site)

The demo and `make run` want everything, with the four services as processes:

    async with stack(directory, console) as running:
        running.urls["cases"], running.token, running.tokens["lead"], running.servers["cases"].pid
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from local.children import Server
from local.parts import Install, Parts, install_service
from local.parts import parts as parts
from local.progress import Progress
from local.report import Report, published, withdraw
from local.services import services
from local.site import Site
from local.watch import watch


@dataclass(frozen=True)
class Stack:
    """Everything running; `urls` and `servers` by service."""

    directory: Path
    """Where everything lies: data, logs, letters, `stack.json` and `env`."""
    parts: Parts
    site: Site
    urls: dict[str, str]
    servers: dict[str, Server]

    @property
    def token(self) -> str:
        """A bearer token of `agent` with every role."""
        return self.site.token

    @property
    def tokens(self) -> dict[str, str]:
        """One bearer token for each role."""
        return self.site.keys.tokens()


@asynccontextmanager
async def stack(
    directory: Path, console: Console | None = None, install: Install = install_service
) -> AsyncIterator[Stack]:
    """Run everything as long as the body runs; `stack.json` and `env` in `directory` tell others of it.

    What dies is started again. Raises PartError where a part cannot be had, and where another run has the
    directory. At the end the services stop first, then mail, broker and database.
    """
    async with (
        parts(directory, console, install) as made,
        on_site(made, await made.lasting(), made.directory, console) as running,
    ):
        yield running


@asynccontextmanager
async def throw_away(
    directory: Path, console: Console | None = None, install: Install = install_service
) -> AsyncIterator[Stack]:
    """Run everything as `stack` does, on a fresh site: nothing is left of it, also not on parts of yours."""
    async with parts(directory, console, install) as made:
        site = await made.fresh("demo")
        try:
            async with on_site(made, site, made.directory, console) as running:
                yield running
        finally:
            if None in (made.postgres.server, made.broker.server):
                await made.drop(site)


@asynccontextmanager
async def on_site(
    made: Parts, site: Site, directory: Path, console: Console | None = None
) -> AsyncIterator[Stack]:
    """Run and watch the four services on a site of running parts; their files lie under `directory`."""
    withdraw(directory)
    async with AsyncExitStack() as running:
        started = await running.enter_async_context(services(site, directory / "logs", Progress(console)))
        report = Report(directory, site, started.urls, started.servers)
        running.enter_context(published(report))
        watched = [*started.servers.values(), *_own(made)]
        await running.enter_async_context(_watching(watched, report, console))
        yield Stack(directory, made, site, started.urls, started.servers)


def _own(made: Parts) -> list[Server]:
    return [server for server in (made.postgres.server, made.broker.server) if server is not None]


@asynccontextmanager
async def _watching(servers: list[Server], report: Report, console: Console | None) -> AsyncIterator[None]:
    tell = (console or Console(quiet=True)).print
    tasks = [asyncio.create_task(watch(server, tell, report.write)) for server in servers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
