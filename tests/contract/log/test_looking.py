"""Whatever is asked of a log at one time, each is answered with its own."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any

from events.clock import new_id
from events.errors import Unavailable
from events.log import Log
from events.postgres import Connection
from events.postgres.gathered import AT_ONCE
from tests.logs import a_log

from .commands import command, to


@asynccontextmanager
async def busy(log: Log) -> AsyncIterator[None]:
    """Let all that is asked in the block go together: other statements are under way."""
    under_way = [asyncio.ensure_future(log.now()) for _ in range(AT_ONCE)]
    await asyncio.sleep(0)
    yield
    await asyncio.gather(*under_way)


async def test_all_kinds_at_once__each_with_its_own(log: Log):
    first, second, nothing = command(to("a", count=3)), command(to("b", count=2), to("c")), new_id()
    for each in (first, second):
        await log.append(each)
    async with busy(log):
        streams = asyncio.gather(log.stream("a", 1), log.stream("b"), log.stream("nowhere"))
        commands = asyncio.gather(log.find(first.id), log.find(second.id), log.find(nothing))
        (a, b, none), (one, two, missing), now = await asyncio.gather(streams, commands, log.now())
    assert [(row.stream, row.version) for row in a] == [("a", 2), ("a", 3)]
    assert [(row.stream, row.version) for row in b] == [("b", 1), ("b", 2)]
    assert (none, missing) == ([], None)
    assert one is not None
    assert two is not None
    assert (one.first, one.count, one.answer, one.repeat) == (1, 3, b"answer", True)
    assert (two.first, two.count, two.fingerprint) == (4, 3, b"fingerprint")
    assert now >= max(row.recorded_at for row in [*a, *b])
    assert a == (await log.stream("a"))[1:]


async def test_one_stream_from_several_versions__each_gets_its_own(log: Log):
    await log.append(command(to("a", count=4)))
    async with busy(log):
        found = await asyncio.gather(*(log.stream("a", after) for after in (0, 1, 2, 3, 4, 0)))
    assert [len(each) for each in found] == [4, 3, 2, 1, 0, 4]
    assert found[0] == found[-1]


async def test_a_stream_that_takes_long__keeps_no_clock_and_no_command_waiting(server, database, monkeypatch):
    async with a_log(server, database) as log:
        whole = log._looking._whole
        look, begun = whole._look, asyncio.Event()

        async def slow(connection: Connection, asked: Collection[Any]) -> Mapping[Any, Any]:
            begun.set()
            await connection.execute("SELECT pg_sleep(60)")
            return await look(connection, asked)

        monkeypatch.setattr(whole, "_look", slow)
        slowly = [asyncio.ensure_future(log.stream(f"huge-{number}")) for number in range(AT_ONCE + 1)]
        await begun.wait()
        async with asyncio.timeout(1):
            assert await asyncio.gather(log.now(), log.find(new_id()), log.stream("warm", 1))
        assert {type(each) for each in await asyncio.gather(*slowly, return_exceptions=True)} == {Unavailable}
