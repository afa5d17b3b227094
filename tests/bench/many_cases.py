"""A log of many cases, each of which has two promises, and its topic."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from events.catalogue import CaseOpened, ContactAttached, Event
from events.clock import derived_id, new_id
from events.kafka import read_tail
from events.log import Append, Entry, Part
from events.postgres import Pool, PostgresLog
from events.recorded import Metadata
from events.relay import Relay
from events.wire import encode
from tests.unit.scheduler.plans import NINE, PLAN, promised

TOGETHER = 125
"""Cases whose first events follow each other, then their second ones: no two of a case are neighbours."""
EVENTS = 4
"""Of each case."""
METADATA = Metadata(actor="an", correlation=derived_id("bench"), source="cases").model_dump_json().encode()
PAUSE = 0.2
DAY = timedelta(days=1)


def case_id(number: int) -> UUID:
    """Return the id of the nth case."""
    return derived_id("case of the bench", number)


def promises(number: int) -> list[UUID]:
    """Return the ids of the nth case's promises."""
    return [derived_id("promise of the bench", number, one) for one in (1, 2)]


def told(number: int) -> Iterator[Event]:
    """Yield the events of the nth case."""
    yield CaseOpened(
        customer=derived_id("customer", number % 997), subject="It is broken.", zone="UTC", at=NINE
    )
    yield ContactAttached(contact=derived_id("contact", number), direction="inbound")
    for each in promises(number):
        yield promised(PLAN, commitment=each)


async def fill(log: PostgresLog, first: int, last: int) -> None:
    """Record the cases from `first` up to but not `last`."""
    for start in range(first, last, TOGETHER):
        numbers, now = range(start, min(start + TOGETHER, last)), await log.now()
        whole = [list(told(number)) for number in numbers]
        for version in range(EVENTS):
            parts = [
                Part(f"case-{case_id(number)}", version, (Entry(*encode(events[version]), METADATA, now),))
                for number, events in zip(numbers, whole, strict=True)
            ]
            await log.append(Append(new_id(), tuple(parts)))


async def relayed(pool: Pool, log: PostgresLog, bootstrap: str, topic: str) -> None:
    """Bring the whole log to its topic."""
    end = (await log.head()).position
    task = asyncio.create_task(Relay(pool, log, bootstrap, topic, "bench").run())
    while (row := (await read_tail(bootstrap, log.name, topic)).row) is None or row.position < end:
        assert not task.done(), task
        await asyncio.sleep(PAUSE)  # the relay tells nobody here
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
