"""The parts under the services: PostgreSQL, the broker and mail, started together, shared by many sites."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from rich.console import Console

import events.postgres
from events.postgres import LOGS
from local.directory import alone
from local.kafka import Kafka, kafka
from local.keys import Keys, keys
from local.mail import Mail, mail
from local.postgres import Postgres, postgres
from local.progress import Progress
from local.site import SERVICES, Site, keyring_role, role

Install = Callable[[str, str], Awaitable[None]]
"""Puts the schema of a service (the first argument) into the database at a superuser's DSN (the second)."""


@dataclass
class Parts:
    """Running parts. `fresh` gives a test a site of its own; `lasting` is the one `make run` keeps."""

    directory: Path
    postgres: Postgres
    broker: Kafka
    mail: Mail
    keys: Keys
    install: Install
    _templates: str = ""
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def fresh(self, prefix: str) -> Site:
        """Make empty databases and topics that nobody else has; copies of templates, so it is quick."""
        async with self._making:
            if not self._templates:
                self._templates = await self._install_all(f"kept_template_{secrets.token_hex(3)}")
        name = f"{prefix}_{secrets.token_hex(3)}"
        site = self._site(name, topic_prefix=f"{name}_")
        await asyncio.gather(
            site.broker.create_topics(site.topics.values()),
            *(self._copy(service, name) for service in SERVICES),
        )
        return site

    async def lasting(self) -> Site:
        """Give the site that is kept between runs, making what is missing."""
        await self._install_all("kept")
        site = self._site("kept", topic_prefix="")
        await site.broker.create_topics(site.topics.values())
        return site

    async def drop(self, site: Site) -> None:
        """Remove a site's databases and topics, whoever is still connected."""
        names = [(site.database(service), site.keyring(service)) for service in SERVICES]
        await self.postgres.drop(*(name for pair in names for name in pair))
        await self.broker.delete_topics(site.topics.values())

    async def close(self) -> None:
        """Drop the templates from a server that is not ours; ours ends anyway."""
        if self._templates and self.postgres.server is None:
            names = [f"{self._templates}_{service}" for service in SERVICES]
            await self.postgres.drop(*names, *(f"{name}_keys" for name in names))

    def _site(self, name: str, topic_prefix: str) -> Site:
        return Site(name, topic_prefix, self.postgres, self.broker, self.mail, self.keys)

    async def _copy(self, service: str, name: str) -> None:
        template = f"{self._templates}_{service}"
        await self.postgres.create(f"{name}_{service}", login=role(service), template=template)
        login = keyring_role(service)
        await self.postgres.create(f"{name}_{service}_keys", login=login, template=f"{template}_keys")

    async def _install_all(self, name: str) -> str:
        """Make and install the databases of this name that are missing; gives the name back."""
        roles = [each for service in SERVICES for each in (role(service), keyring_role(service))]
        await self.postgres.roles(*roles)
        await asyncio.gather(*(self._install_one(service, f"{name}_{service}") for service in SERVICES))
        return name

    async def _install_one(self, service: str, database: str) -> None:
        await self.postgres.ensure(database, login=role(service))
        await self.install(service, self.postgres.database(database))
        await self.postgres.ensure(f"{database}_keys", login=keyring_role(service))
        await install_keyring(service, self.postgres.database(f"{database}_keys"))


async def install_service(service: str, dsn: str) -> None:
    """Make the log of a service and its own tables, or bring them up to date."""
    schema = (files(service) / "schema.sql").read_text()
    await events.postgres.install(dsn, log=LOGS[service], schema=schema, role=role(service))


async def install_keyring(service: str, dsn: str) -> None:
    """Make the keyring of a service, or bring it up to date."""
    await events.postgres.install_keyring(dsn, role=keyring_role(service))


@asynccontextmanager
async def parts(
    directory: Path, console: Console | None = None, install: Install = install_service
) -> AsyncIterator[Parts]:
    """Run PostgreSQL, the broker and mail as long as the body runs; data and logs lie under `directory`.

    Each comes from the environment (KEPT_POSTGRES, KEPT_BROKER, KEPT_SMTP) or is started here. PartError
    says in one sentence which cannot be had, why, and what to do; or that another run has the directory.
    """
    progress = Progress(console)
    async with AsyncExitStack() as running:
        home = running.enter_context(alone(directory))
        database, broker, letters = await _together(
            running,
            postgres(home / "postgres", progress),
            kafka(home / "kafka", progress),
            mail(home / "mail"),
        )
        made = Parts(home, database, broker, letters, keys(home), install)
        running.push_async_callback(made.close)
        yield made


async def _together(
    running: AsyncExitStack,
    first: AbstractAsyncContextManager[Postgres],
    second: AbstractAsyncContextManager[Kafka],
    third: AbstractAsyncContextManager[Mail],
) -> tuple[Postgres, Kafka, Mail]:
    """Start all three at once; where one fails, stop the others and say only what failed."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = (
                group.create_task(running.enter_async_context(first)),
                group.create_task(running.enter_async_context(second)),
                group.create_task(running.enter_async_context(third)),
            )
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return tasks[0].result(), tasks[1].result(), tasks[2].result()
