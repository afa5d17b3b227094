"""What every log promises to its readers."""

import asyncio
from dataclasses import replace

from events.clock import new_id
from events.log import Head
from events.wire import ORIGIN

from .commands import command, to


async def test_find__recorded(log):
    one = command(to("case-1", count=2))
    assert await log.find(one.id) is None
    appended = await log.append(one)
    assert await log.find(one.id) == replace(appended, repeat=True)
    assert await log.find(new_id()) is None


async def test_stream__after_a_version(log):
    await log.append(command(to("case-1", count=3), to("case-2")))
    await log.append(command(to("case-1", 3)))
    assert [row.version for row in await log.stream("case-1")] == [1, 2, 3, 4]
    assert [row.position for row in await log.stream("case-1", 2)] == [3, 5]
    assert await log.stream("case-1", 4) == []
    assert await log.stream("case-9") == []


async def test_tail__pages(log):
    await log.append(command(to("case-1", count=5), to("case-2", count=5)))
    assert [row.position for row in await log.tail(3, 4)] == [4, 5, 6, 7]
    assert [row.position for row in await log.tail(9)] == [10]
    assert await log.tail(10) == []


async def test_tail__of_a_stream_or_type(log):
    await log.append(command(to("case-1", count=3), to("case-2", count=3)))
    assert [row.position for row in await log.tail(1, stream="case-1")] == [2, 3]
    assert [row.position for row in await log.tail(0, 1, stream="case-2")] == [4]
    assert [row.position for row in await log.tail(0, kind="Happened1")] == [2, 5]
    assert [row.position for row in await log.tail(2, 1, kind="Happened2")] == [3]
    assert [row.position for row in await log.tail(0, stream="case-2", kind="Happened1")] == [5]


async def test_head__and_places(log):
    start = Head(log.log_id, 0, ORIGIN)
    assert await log.head() == await log.place(0) == start
    assert await log.place(1) is None
    await log.append(command(to("case-1", count=2)))
    first, second = await log.tail(0)
    assert await log.place(1) == Head(log.log_id, 1, first.hash)
    assert await log.head() == await log.place(2) == Head(log.log_id, 2, second.hash)
    assert await log.place(3) is None


async def test_grown__at_once_or_in_vain(log):
    assert await log.grown(0, 0) is False
    await log.append(command(to("case-1")))
    assert await log.grown(0, 0) is True
    assert await log.grown(1, 0.01) is False


async def test_grown__woken_by_an_append(log):
    waiting = [asyncio.create_task(log.grown(after, 5)) for after in (0, 1)]
    await asyncio.sleep(0)
    await log.append(command(to("case-1")))
    assert await waiting[0] is True
    assert not waiting[1].done()
    await log.append(command(to("case-1", 1)))
    assert await waiting[1] is True
