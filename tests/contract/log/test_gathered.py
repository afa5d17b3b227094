"""What is asked at one time is asked in one statement, and answered as it stands after the asking."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping

import pytest

from events.errors import Unavailable
from events.postgres import Pool, connect
from events.postgres.gathered import AT_ONCE, MOST, Gathered
from events.postgres.pool import Connection
from tests.logs import ROLE, a_log

from .commands import command, to


@pytest.fixture
async def pool(server, database) -> AsyncIterator[Pool]:
    async with await connect(server.database(database, ROLE), application="gathered") as opened:
        yield opened


class Doubling:
    """Doubles numbers, but not -1, and notes which it was asked for together."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.may = asyncio.Event()

    async def look(self, _connection: Connection, keys: Collection[int]) -> Mapping[int, int]:
        self.asked.append(list(keys))
        await self.may.wait()
        if -1 in keys:
            raise ValueError("-1")
        return {key: 2 * key for key in keys}


@pytest.fixture
def doubling() -> Doubling:
    return Doubling()


@pytest.fixture
async def gathered(pool, doubling) -> AsyncIterator[Gathered[int, int]]:
    made = Gathered(pool, doubling.look)
    yield made
    await made.close()


async def asking(gathered: Gathered[int, int], *keys: int) -> list[asyncio.Task[int]]:
    tasks = [asyncio.create_task(gathered.get(key)) for key in keys]
    await asyncio.sleep(0)  # each has asked once it has begun
    return tasks


async def test_asked_while_others_are_under_way__goes_with_the_next_once(gathered, doubling):
    tasks = await asking(gathered, *range(AT_ONCE), *range(5), 4, 4)
    doubling.may.set()
    assert await asyncio.gather(*tasks) == [2 * key for key in [*range(AT_ONCE), *range(5), 4, 4]]
    assert sorted(doubling.asked) == sorted([*([key] for key in range(AT_ONCE)), [0, 1, 2, 3, 4]])


async def test_more_than_a_statement_takes__goes_in_several(gathered, doubling):
    tasks = await asking(gathered, *range(AT_ONCE + MOST + 1))
    doubling.may.set()
    await asyncio.gather(*tasks)
    assert sorted(map(len, doubling.asked)) == [1, 1, 1, MOST]


async def test_one_that_fails__fails_nobody_else(gathered, doubling):
    tasks = await asking(gathered, *range(AT_ONCE), 5, -1, 6)
    doubling.may.set()
    *_, five, bad, six = await asyncio.gather(*tasks, return_exceptions=True)
    assert (five, six) == (10, 12)
    assert isinstance(bad, ValueError)


async def test_closed__nobody_waits(gathered):
    tasks = await asking(gathered, *range(AT_ONCE + 3))
    await asyncio.sleep(0.05)  # those under way have their connections
    await gathered.close()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(each) for each in answers} == {Unavailable}


async def test_closed_while_a_culprit_is_looked_for__nobody_waits(pool):
    first, apart = asyncio.Event(), asyncio.Event()

    async def look(_connection: Connection, keys: Collection[int]) -> Mapping[int, int]:
        if len(keys) > 1:
            raise ValueError("one of these")
        if 0 <= min(keys) < AT_ONCE:
            await first.wait()
        else:
            apart.set()
            await asyncio.Event().wait()
        return dict.fromkeys(keys, 0)

    gathered = Gathered(pool, look)
    begun = await asking(gathered, *range(AT_ONCE))
    tasks = await asking(gathered, 7, 8, 9)
    first.set()
    await asyncio.gather(*begun)
    await apart.wait()
    async with asyncio.timeout(5):
        await gathered.close()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(each) for each in answers} == {Unavailable}


async def test_one_who_does_not_wait_any_more__holds_nobody_up(gathered, doubling):
    tasks = await asking(gathered, *range(AT_ONCE), 7, 8)
    tasks[2].cancel()
    doubling.may.set()
    assert await tasks[3] == 16


async def test_streams__each_from_its_version_on(server, database):
    async with a_log(server, database) as log:
        for stream in ("case-a", "case-b") * 3:
            await log.append(command(to(stream, None)))
        wanted = [("case-a", 0), ("case-b", 2), ("case-none", 0), ("case-a", 1), ("case-a", 1), ("case-b", 3)]
        found = await asyncio.gather(*(log.stream(*each) for each in wanted))
        assert [[row.version for row in rows] for rows in found] == [[1, 2, 3], [3], [], [2, 3], [2, 3], []]
        assert [{row.stream for row in rows} for rows in found if rows] == [
            {stream} for (stream, _), rows in zip(wanted, found, strict=True) if rows
        ]
