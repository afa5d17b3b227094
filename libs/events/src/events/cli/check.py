"""`events verify`: logs and topics here, folds and tables by each service; one list."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from uuid import UUID

from aiokafka.errors import KafkaError

from events.bounded import patiently
from events.errors import Fault, Unavailable
from events.journal import Line, read_journal
from events.kafka.dump import dump
from events.log import Appended, Log
from events.postgres import LOGS, ask
from events.postgres.batch import found
from events.recorded import Stored
from events.verify import Finding
from events.verify.acknowledged import durability
from events.verify.chain import Chain
from events.verify.firing import single_firing
from events.verify.readable import readable
from events.verify.topic import Copy

from .place import Installation

_LINE = re.compile(r"(I\d+)\s+(ok|BROKEN): (.*)")
PAGE = 1000
ANSWER_SECONDS = 600


async def verify(place: Installation, journal: Path | None) -> Sequence[Finding]:
    """Return every finding, in the order of the invariants.

    Raises Fault where a database, the broker or the journal cannot be read.
    """
    try:
        async with asyncio.TaskGroup() as group:
            services = [group.create_task(of_service(place, service)) for service in LOGS]
            own = group.create_task(_here(place, journal))
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    findings = chain(own.result(), *(task.result() for task in services))
    return sorted(findings, key=lambda finding: int(finding.invariant[1:]))


async def _here(place: Installation, journal: Path | None) -> list[Finding]:
    """Check what needs no service, one log after the other: it is this process that is busy."""
    found = [await patiently(partial(of_journal, place, journal))]
    for service in LOGS:
        found += await patiently(partial(of_log, place, service))
    return found


async def of_log(place: Installation, service: str) -> list[Finding]:
    """Check one log and its topic: I3, I4, I15, and I12 where timers fire. Raises Fault."""
    async with place.log(service) as log:
        links, stored = Chain(log.name), list[Stored]()
        async for row in rows(log):
            links.take(row)
            stored.append(row)
    copy = Copy(log.name, stored)
    try:
        async for arrived in dump(place.bootstrap, log.name, place.topics[log.name]):
            copy.take(arrived)
    except (KafkaError, TimeoutError) as error:
        topic = f"{place.topics[log.name]} at {place.bootstrap}"
        raise Unavailable(f"the topic {topic} cannot be read: {error or 'no answer in time'}") from error
    findings = [*links.findings(), copy.finding()]
    return findings + [single_firing(readable(stored))] * (log.name == LOGS["scheduler"])


async def rows(log: Log) -> AsyncIterator[Stored]:
    """Yield the rows of a log from the first to the last."""
    position = 0
    while page := await log.tail(position, PAGE):
        for row in page:
            yield row
        position = page[-1].position


async def of_service(place: Installation, service: str) -> list[Finding]:
    """Have a service check its folds and tables: `python -m <service> verify`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", service, "verify"),
        env=os.environ | environment(place, service),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    findings = list(read_lines(out.decode()))
    if process.returncode != 0 and all(finding.holds for finding in findings):
        last = (err.decode().strip().splitlines() or ["no word why"])[-1]
        says = f"{service}: the check ended with {process.returncode}: {last[:300]}"
        findings.append(Finding("I6", False, says))
    return findings


def environment(place: Installation, service: str) -> dict[str, str]:
    """Return the settings of a service that only looks: as the superuser, on the addresses of a place."""
    keyring = {"KEPT_KEYRING": place.keyrings[service]} if service in place.keyrings else {}
    return {
        **place.secrets,
        **keyring,
        "KEPT_PROFILE": "dev",
        "KEPT_DATABASE": place.databases[service],
        "KEPT_BROKER": place.bootstrap,
        "KEPT_TOPIC_PREFIX": place.prefix,
        "KEPT_URLS": json.dumps(dict(place.urls)),
        "KEPT_TOKEN": place.token,
        "KEPT_SMTP": place.smtp,
        "KEPT_PUBLIC_KEY": "none: a check serves nobody",
        "KEPT_LOG_LEVEL": "WARNING",
    }


def read_lines(printed: str) -> list[Finding]:
    """Return the findings among the lines that a service printed."""
    matches = filter(None, map(_LINE.fullmatch, printed.splitlines()))
    return [Finding(match[1], match[2] == "ok", match[3]) for match in matches]


async def of_journal(place: Installation, journal: Path | None) -> Finding:
    """Check I1, from the journal that a client kept. Raises Fault where it is none."""
    if journal is None:
        return Finding("I1", True, "not checked: no --journal was given")

    async def find(service: str, commands: Sequence[UUID]) -> dict[object, Appended]:
        appended: dict[object, Appended] = {}
        async with place.database(service) as pool:
            for first in range(0, len(commands), PAGE):
                page = commands[first : first + PAGE]
                appended |= await ask(pool, partial(found, commands=page))
        return appended

    return await durability(_lines(journal), find)


def _lines(journal: Path) -> list[Line]:
    try:
        return list(read_journal(journal))
    except (ValueError, OSError) as error:
        raise Fault(f"{journal} is not a journal: {' '.join(str(error).split())[:300]}") from error
