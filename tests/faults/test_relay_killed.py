"""Kill -9 of a relay under load: the topic is the log, nothing missing and nothing twice (I4)."""

import asyncio
from contextlib import suppress
from functools import partial

import pytest

from events.errors import Unavailable
from tests.line import Chance, Line, running, tallied, until

from .relaying import process


async def load(line: Line) -> None:
    """Append for ever, some hundred events a second."""
    while True:
        with suppress(Unavailable):  # a busy machine; what becomes of them is unknown, and does not matter
            await line.append(20)
        await asyncio.sleep(0.03)


async def relayed(line: Line) -> int:
    return int(await line.pool.fetchval("select coalesce(max(position), 0) from relay"))


async def killed(line: Line, times: int, seed: int) -> None:
    """Kill the relay after it has got on, at any moment of its work."""
    chance = Chance(seed)
    async with running(load(line)):
        for _ in range(times):
            before = await relayed(line)
            async with process(line):
                await until(partial(further, line, before))
                await asyncio.sleep(
                    chance.between(0, 300) / 1000
                )  # the moment of the kill is the chance here


async def further(line: Line, before: int) -> bool:
    return await relayed(line) > before


async def finished(line: Line) -> None:
    head = (await line.log.head()).position
    async with process(line):
        await until(partial(further, line, head - 1))


async def check(line: Line, times: int) -> None:
    await killed(line, times, seed=times)
    await finished(line)
    rows, copy = await line.rows(), await line.relayed()
    assert len(rows) >= 20 * times
    assert [row.position for row in copy] == list(range(1, len(rows) + 1))
    assert copy == rows


async def test_relay_killed_three_times__nothing_missing_nothing_twice(line):
    await check(line, 3)


@pytest.mark.accept
async def test_relay_killed_25_times__nothing_missing_nothing_twice(line):
    await check(line, 25)


@pytest.mark.accept
async def test_relay_killed__followers_see_each_event_once(line):
    subscription = line.by_topic()
    async with running(subscription.run()):
        await killed(line, 2, seed=7)
        await finished(line)
        assert await subscription.passed((await line.log.head()).position, 30)
    rows = await line.rows()
    assert await line.tally() == tallied(rows)
    assert await line.taken() == [row.position for row in rows]
    assert subscription.counts.holes == 0
