"""Subscriptions of the log's owner: who runs them, what moves their cursor, how they end."""

import asyncio

import pytest
from asyncpg import IdleInTransactionSessionTimeoutError
from typing_extensions import override

from events.catalogue import Event
from events.errors import LogDiverged
from events.postgres import cursors
from events.recorded import Recorded
from events.subscribe.delivery import PROJECTED
from events.subscribe.reader import Arrival
from tests.line import Tally, followed, running, tallied, until


@pytest.fixture
def line(own):
    """No topic, no follower: the log's owner alone."""
    return own


async def test_a_full_batch__is_one_transaction(line):
    await line.append(PROJECTED)
    tally = Tally()
    await followed(line, line.by_log(tally))
    assert tally.calls == 1


async def test_two_replicas__one_follows(line):
    one, other = line.by_log(holder="one"), line.by_log(holder="other")
    async with running(one.run(), other.run()):
        await line.append(50)
        assert await one.passed(50, 20)
        assert await other.passed(50, 20)
        await until(lambda: {one.health.state, other.health.state} == {"working", "standby"})
    assert await line.taken(line.pool) == list(range(1, 51))


async def test_a_replica_that_stops__hands_over_at_once(line):
    one, other = line.by_log(holder="one"), line.by_log(holder="other")
    await line.append(10)
    await followed(line, one)
    async with running(other.run()):
        await until(lambda: other.health.state == "working", 4)


async def test_passed__is_false_while_not_reached(line):
    subscription = line.by_log()
    await line.append(1)
    async with running(subscription.run()):
        assert await subscription.passed(1, 20)
        assert not await subscription.passed(2, 0.1)
    assert await subscription.passed(0, 0)


async def test_on_commit__is_told(line):
    told = []
    await line.append(5)
    await followed(line, line.by_log(on_commit=lambda: told.append(1)))
    assert told


async def test_settled__lists_every_cursor(line):
    await line.append(4)
    await followed(line, line.by_log(Tally("one")))
    await line.as_superuser("truncate tally_v1")
    await followed(line, line.by_log(Tally("two")))
    cursors_seen = (await line.settled())["cursors"]
    assert cursors_seen == {name: {"log": "cases", "position": 4} for name in ("one", "two")}


async def test_a_zombie__finds_its_cursor_moved_and_steps_back(line):
    await line.append(10)
    tally = Tally()
    zombie = line.by_log(tally, holder="zombie")
    await followed(line, zombie)
    await line.append(10)
    await followed(line, line.by_log(holder="other"))
    calls = tally.calls
    with pytest.raises(cursors.Outrun):
        await zombie._take([Arrival(row) for row in (await line.rows())[10:]])
    assert tally.calls == calls
    assert await line.taken(line.pool) == list(range(1, 21))


async def test_two_at_the_same_cursor__take_turns(line):
    await line.append(1)
    here, there = await cursors.where(line.pool, "x"), await line.log.head()
    await cursors.begin(line.pool, "x", "cases")

    async def move():
        async with cursors.moving(line.pool, "x", here, there):
            await asyncio.sleep(0.05)

    answers = await asyncio.gather(move(), move(), return_exceptions=True)
    assert {type(answer) for answer in answers} == {type(None), cursors.Outrun}


async def test_an_own_projection_ahead_of_its_log__stops(line):
    await line.append(30)
    await followed(line, line.by_log())
    await line.cut(20)
    await line.reopen()
    with pytest.raises(LogDiverged, match="restore"):
        await followed(line, line.by_log())


class Answering:
    """A reaction that writes to its own service's log, once for each event, however often it is asked."""

    name = "answering"
    log = "cases"

    def __init__(self, line, fails_at=0):
        self.line = line
        self.fails_at = fails_at
        self.seen: list[int] = []
        self.cursors: list[int] = []

    async def react(self, recorded: Recorded[Event]) -> None:
        if recorded.position == self.fails_at:
            self.fails_at = 0
            raise ConnectionResetError("out for a moment")
        self.seen.append(recorded.position)
        self.cursors.append((await cursors.where(self.line.pool, self.name)).position)
        await self.line.answer(recorded)


async def test_reaction__answers_each_event_once(line):
    await line.append(80)
    await followed(line, line.by_log(Answering(line)))
    assert [row["position"] for row in await line.answers()] == list(range(1, 81))


async def test_reaction_broken_off__repeats_and_answers_once(line):
    await line.append(80)
    answering = Answering(line, fails_at=45)
    subscription = line.by_log(answering)
    await followed(line, subscription)
    assert len(answering.seen) > 80
    assert [row["position"] for row in await line.answers()] == list(range(1, 81))


async def test_reaction__moves_its_cursor_after_its_command(line):
    await line.append(1)
    answering = Answering(line)
    await followed(line, line.by_log(answering))
    assert answering.cursors == [0]


class Slow(Tally):
    """Takes a second for a batch."""

    @override
    async def apply(self, connection, batch):
        self.calls += 1
        await connection.execute("select pg_sleep(1)")


async def test_cancelled_in_the_middle_of_a_batch__ends_at_once(line):
    slow = Slow()
    await line.append(1)
    following = asyncio.create_task(line.by_log(slow).run())
    await until(lambda: slow.calls == 1)
    following.cancel()
    done, _ = await asyncio.wait({following}, timeout=0.9)
    assert done
    assert following.cancelled()


class Laborious(Tally):
    """Takes so long over more than 40 events that the server ends its transaction."""

    @override
    async def apply(self, connection, batch):
        await super().apply(connection, batch)
        if len(batch) > 40:
            raise IdleInTransactionSessionTimeoutError("terminating connection")


async def test_a_batch_that_takes_too_long__is_smaller_the_next_time(line):
    await line.append(150)
    subscription = line.by_log(Laborious())
    async with running(subscription.run()):
        assert await subscription.passed(150, 20)
    assert await line.tally(line.pool) == tallied(await line.rows())
