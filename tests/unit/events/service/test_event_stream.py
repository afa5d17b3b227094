"""A caller who is slow, or takes nothing, costs a page of memory and a place for a while."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.requests import Request
from typing_extensions import override

from events.memory import MemoryLog
from events.service.event_stream import EventStream, wants_stream
from events.service.followers import Followers
from events.service.following import PAGE, Wanted
from tests.unit.events.paper import fill

SCOPE: dict[str, Any] = {"type": "http", "method": "GET", "path": "/v1/events", "headers": []}


class Watched(MemoryLog):
    """A log that knows how many rows were taken from it."""

    taken = 0

    @override
    async def tail(self, after: int, limit: int = 500, **more: Any) -> Any:
        rows = await super().tail(after, limit, **more)
        self.taken += len(rows)
        return rows


def a_stream(log: MemoryLog, patience: float) -> EventStream:
    async def actor(*_: object) -> None:
        """Let everybody in."""

    settings = SimpleNamespace(heartbeat_seconds=60)
    site = SimpleNamespace(
        parts=SimpleNamespace(log=log, settings=settings),
        identity=SimpleNamespace(actor=actor),
        followers=Followers(1),
    )
    wanted = Wanted(None, None, None)
    return EventStream(cast("Any", site), Request(SCOPE), 0, wanted, lambda _: "c", patience=patience)


async def never(*_: object) -> Any:
    await asyncio.Event().wait()


async def test_slow_caller__makes_no_more_than_a_page_be_read_ahead():
    log = Watched("cases")
    await fill(log, 3 * PAGE)
    told = 0

    async def send(message: Any) -> None:
        nonlocal told
        told += b"data:" in message.get("body", b"")
        if told > PAGE:
            await never()

    stream = asyncio.ensure_future(a_stream(log, patience=60)(SCOPE, never, send))
    async with asyncio.timeout(10):
        while told <= PAGE:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)
    assert log.taken == 2 * PAGE
    stream.cancel()


async def test_caller_who_takes_nothing__is_left():
    log = Watched("cases")
    await fill(log, 1)
    async with asyncio.timeout(10):
        await a_stream(log, patience=0.01)(SCOPE, never, never)
    assert log.taken == 0


@pytest.mark.parametrize(
    ("accept", "streams"),
    [
        (b"text/event-stream", True),
        (b"Text/Event-Stream;q=0.9, */*", True),
        (b"application/json, text/event-stream", False),
        (b"*/*", False),
        (b"", False),
    ],
)
def test_stream__is_for_those_who_ask_for_it_first(accept, streams):
    assert wants_stream(Request(SCOPE | {"headers": [(b"accept", accept)]})) is streams
