"""`events verify`: logs and topics here, folds and tables by each service; one list."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import UUID

from events.journal import read_journal
from events.kafka.dump import dump
from events.log import Appended, Log
from events.postgres import LOGS
from events.recorded import Stored
from events.verify import Finding
from events.verify.acknowledged import durability
from events.verify.chain import Chain
from events.verify.firing import single_firing
from events.verify.topic import Copy
from events.wire import decode

from .place import Installation

_LINE = re.compile(r"(I\d+)\s+(ok|BROKEN): (.*)")
PAGE = 1000
ANSWER_SECONDS = 600


async def of_log(place: Installation, service: str) -> list[Finding]:
    """Check one log and its topic: I3, I4, I15, and I12 where timers fire."""
    async with place.log(service) as log:
        chain, stored = Chain(log.name), list[Stored]()
        async for row in rows(log):
            chain.take(row)
            stored.append(row)
        copy = Copy(log.name, stored)
        async for arrived in dump(place.bootstrap, log.name, place.topics[log.name]):
            copy.take(arrived)
    found = [*chain.findings(), copy.finding()]
    return found + [single_firing(decode(row) for row in stored)] * (log.name == LOGS["scheduler"])


async def rows(log: Log) -> AsyncIterator[Stored]:
    """Yield the rows of a log from the first to the last."""
    position = 0
    while page := await log.tail(position, PAGE):
        for row in page:
            yield row
        position = page[-1].position


async def of_service(place: Installation, service: str) -> list[Finding]:
    """Have a service check its folds and tables: `python -m <service> verify`."""
    environment = os.environ | {
        "KEPT_PROFILE": "dev",
        "KEPT_DATABASE": place.databases[service],
        "KEPT_BROKER": place.bootstrap,
        "KEPT_TOPIC_PREFIX": place.prefix,
        "KEPT_URLS": json.dumps(dict(place.urls)),
        "KEPT_TOKEN": place.token,
        "KEPT_SMTP": place.smtp,
        "KEPT_PUBLIC_KEY": "none: a check serves nobody",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        service,
        "verify",
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(ANSWER_SECONDS):
        out, err = await process.communicate()
    found = [_read(match) for line in out.decode().splitlines() if (match := _LINE.fullmatch(line))]
    if process.returncode != 0 and all(finding.holds for finding in found):
        last = (err.decode().strip().splitlines() or ["no word why"])[-1]
        found.append(
            Finding("I6", False, f"{service}: the check ended with {process.returncode}: {last[:300]}")
        )
    return found


def _read(match: re.Match[str]) -> Finding:
    invariant, outcome, says = match.groups()
    return Finding(invariant, outcome == "ok", says)


async def of_journal(place: Installation, journal: Path | None) -> Finding:
    """Check I1, from the journal that a client kept."""
    if journal is None:
        return Finding("I1", True, "not checked: no --journal was given")
    async with AsyncExitStack() as open_logs:
        logs = {service: await open_logs.enter_async_context(place.log(service)) for service in LOGS}

        async def find(service: str, command: UUID) -> Appended | None:
            return await logs[service].find(command)

        return await durability(read_journal(journal), find)


async def verify(place: Installation, journal: Path | None) -> Sequence[Finding]:
    """Return every finding, in the order of the invariants."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(of_service(place, service)) for service in LOGS]
        tasks += [group.create_task(of_log(place, service)) for service in LOGS]
        told = group.create_task(of_journal(place, journal))
    found = [told.result(), *(finding for task in tasks for finding in task.result())]
    return sorted(found, key=lambda finding: int(finding.invariant[1:]))
