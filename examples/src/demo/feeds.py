"""The four logs, read to their ends through `GET /v1/events`."""

from collections.abc import AsyncIterator
from itertools import chain

from events.caller import Caller
from events.catalogue import Event
from events.feed import read_page
from events.recorded import Recorded
from events.wire import decode

PAGE = 1000
SERVICES = ("intake", "cases", "scheduler", "notifier")


async def whole(caller: Caller) -> list[Recorded[Event]]:
    """Return every event of every log, in the order in which things were recorded.

    Raises Refused, Unreachable, Undecodable.
    """
    logs = [[recorded async for recorded in follow(caller, service)] for service in SERVICES]
    return sorted(chain.from_iterable(logs), key=lambda recorded: recorded.recorded_at)


async def follow(caller: Caller, service: str) -> AsyncIterator[Recorded[Event]]:
    """Yield the events of one service's log, as far as it reaches now."""
    after, head = 0, 1
    while after < head:
        answer = await caller.call("GET", service, f"/v1/events?after={after}&limit={PAGE}")
        page = read_page(answer.body)
        head = page.head.position
        for row in page.rows:
            after = row.position
            yield decode(row)
        if not page.rows:
            return
