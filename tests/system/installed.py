"""An installation at rest, played once; whoever plants faults takes a copy of its databases or of a topic."""

import asyncio
import json
import os
import secrets
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import asyncpg

from events.catalogue import Event
from events.cli.check import read_lines
from events.cli.place import Installation
from events.clock import new_id
from events.kafka import producing, to_record
from events.kafka.record import Record
from events.log import Append, Entry, Part
from events.postgres import LOGS
from events.recorded import Metadata, Stored
from events.service.parts import opened
from events.verify import Finding
from events.wire import encode
from local.site import Site, keyring_role, role
from tests.desk import settings_of


@dataclass(frozen=True)
class Installed:
    """Databases, topics and the journal of a play; no service runs."""

    site: Site
    urls: Mapping[str, str]
    journal: Path

    @property
    def place(self) -> Installation:
        """Where it is, as the command line knows it."""
        smtp = f"{self.site.mail.host}:{self.site.mail.port}"
        databases, topics = self.site.databases, self.site.topics
        bootstrap, keys = self.site.broker.bootstrap, self.site.keys
        secrets = {"KEPT_WRAPPING_KEY": keys.wrapping, "KEPT_LOOKUP_KEY": keys.lookup}
        known = (databases, bootstrap, topics, self.urls, self.site.token, smtp)
        return Installation(*known, self.site.keyrings, secrets)

    def stack(self, directory: Path) -> Path:
        """Write its stack.json."""
        path = directory / "stack.json"
        place, mail = self.place, self.site.mail
        said = {
            "services": {name: {"url": url} for name, url in self.urls.items()},
            "broker": {"bootstrap": place.bootstrap, "topics": place.topics},
            "databases": place.databases,
            "keyrings": place.keyrings,
            "secrets": place.secrets,
            "smtp": {"host": mail.host, "port": mail.port, "maildir": str(mail.maildir)},
            "token": place.token,
        }
        path.write_text(json.dumps(said))
        return path

    def environment(self, service: str) -> dict[str, str]:
        """Return what the process of a service reads from its environment."""
        return {**os.environ, **self.site.env(service, 0, self.urls)}

    @asynccontextmanager
    async def copy(self, *services: str) -> AsyncIterator["Installed"]:
        """Lend a copy of the databases of these services, or of all; the topics are the same."""
        postgres, copy = self.site.postgres, replace(self.site, name=f"copy_{secrets.token_hex(4)}")
        for service in services or LOGS:
            login, template = role(service), self.site.database(service)
            await postgres.create(copy.database(service), login=login, template=template)
            keys = {"login": keyring_role(service), "template": self.site.keyring(service)}
            await postgres.create(copy.keyring(service), **keys)
        yield replace(self, site=copy)
        await postgres.drop(*map(copy.database, services or LOGS), *map(copy.keyring, services or LOGS))

    async def sql(self, service: str, *statements: str) -> None:
        """Run statements as the superuser, with the log's trigger disabled."""
        connection = await asyncpg.connect(self.site.databases[service])
        try:
            await connection.execute("ALTER TABLE event DISABLE TRIGGER append_only")
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def value(self, service: str, query: str) -> Any:
        """Return the one value of a query."""
        connection = await asyncpg.connect(self.site.databases[service])
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    async def fetch(self, service: str, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        connection = await asyncpg.connect(self.site.databases[service])
        try:
            return [tuple(row) for row in await connection.fetch(query)]
        finally:
            await connection.close()

    async def rows(self, service: str) -> list[Stored]:
        """Return the log of a service."""
        async with self.place.log(service) as log:
            return await log.tail(0)

    async def append(self, service: str, stream: str, event: Event) -> int:
        """Append an event past its service; return its position."""
        metadata = Metadata(actor="mallory", correlation=new_id()).model_dump_json().encode()
        async with self.place.log(service) as log:
            entry = Entry(*encode(event), metadata, await log.now())
            return (await log.append(Append(new_id(), (Part(stream, None, (entry,)),)))).last

    @asynccontextmanager
    async def topic(self, log: str, records: Iterable[Stored | Record]) -> AsyncIterator[Installation]:
        """Lend the place with another topic for a log, which holds these records."""
        name = f"{self.site.topic_prefix}{log}_{secrets.token_hex(4)}"
        await self.site.broker.create_topics([name])
        async with producing(self.site.broker.bootstrap) as producer:
            for each in records:
                record = to_record(each) if isinstance(each, Stored) else each
                headers = list(record.headers)
                await producer.send(name, record.value, record.key, partition=0, headers=headers)
            await producer.flush()
        place = self.place
        yield replace(place, topics={**place.topics, log: name})
        await self.site.broker.delete_topics([name])

    async def checked(self, service: str) -> list[Finding]:
        """Return what a service's own check finds, in this process."""
        async with opened(service, settings_of(self.site, service, 0, dict(self.urls))) as parts:
            report = await import_module(f"{service}.rebuild").verify_tables(parts)
        findings = read_lines("\n".join(report.lines))
        assert report.ok == all(finding.holds for finding in findings)
        return findings


@dataclass(frozen=True)
class Ran:
    """What became of a process."""

    status: int | None
    out: list[str]
    err: list[str]


async def run(*arguments: str, environment: Mapping[str, str] | None = None) -> Ran:
    """Run `python -m …` to its end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *arguments),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return Ran(process.returncode, out.decode().splitlines(), err.decode().splitlines())


def broken(findings: Iterable[Finding]) -> dict[str, str]:
    """Return what does not hold, and in which words, by the id of the invariant."""
    return {finding.invariant: finding.says for finding in findings if not finding.holds}
