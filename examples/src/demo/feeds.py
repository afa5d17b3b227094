"""The four logs, read to their ends through `GET /v1/events`."""

from collections.abc import AsyncIterator, Mapping
from itertools import chain

from events.caller import Caller
from events.catalogue import Event
from events.feed import read_page
from events.keyring import Keyring
from events.recorded import Recorded
from events.sealed import decoded

PAGE = 1000
SERVICES = ("intake", "cases", "scheduler", "notifier")


async def whole(caller: Caller, keyrings: Mapping[str, Keyring]) -> list[Recorded[Event]]:
    """Return every event of every log, opened, in the order in which things were recorded.

    Raises Refused, Unreachable, Undecodable, Unavailable.
    """
    logs = [
        [recorded async for recorded in follow(caller, service, keyrings.get(service))]
        for service in SERVICES
    ]
    return sorted(chain.from_iterable(logs), key=lambda recorded: recorded.recorded_at)


async def follow(caller: Caller, service: str, keyring: Keyring | None) -> AsyncIterator[Recorded[Event]]:
    """Yield the events of one service's log, as far as it reaches now."""
    after, head = 0, 1
    while after < head:
        answer = await caller.call("GET", service, f"/v1/events?after={after}&limit={PAGE}")
        page = read_page(answer.body)
        head = page.head.position
        for recorded in await decoded(page.rows, keyring):
            after = recorded.position
            yield recorded
        if not page.rows:
            return
