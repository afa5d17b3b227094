"""What is folded is what is written, in bulk; a write that is called off waits for nobody."""

import asyncio

import pytest

from events.catalogue import Event
from events.clock import derived_id
from scheduler.projections import Noticed, fold
from scheduler.tables import ladders
from tests.unit.scheduler.plans import (
    COMMITMENT,
    KEPT,
    PLAN,
    at,
    promised,
    recorded,
    rescheduled,
    timers,
    told,
)
from tests.unit.scheduler.test_notice import acknowledged

LOCKED = "LOCK TABLE armed_v1 IN ACCESS EXCLUSIVE MODE"
BLOCKED = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'armed_v1'::regclass"
ROW = (derived_id("one"), derived_id("case"), 1, False)


async def test_batch__is_read_back_as_it_was_folded(replica):
    """Among them some that end, that move, and that wait until the customer is told."""
    ids = [derived_id("write", number) for number in range(40)]
    moved = rescheduled(timers(120, rung_1=130), 300, 120)
    events: list[Event] = [
        *(promised(PLAN, commitment=each) for each in ids),
        *(KEPT.model_copy(update={"commitment": each}) for each in ids[:10]),
        *(moved.model_copy(update={"commitment": each}) for each in ids[5:20]),
    ]
    batch = [recorded(event, position) for position, event in enumerate(events, 1)]
    await replica.follow(batch[:45])
    await replica.follow(batch[45:])
    async with replica.pool.acquire() as connection:
        found = await ladders(connection, ids)
    wanted = fold({}, batch)
    assert {each: set(ladder.timers) for each, ladder in found.items()} == {
        each: set(ladder.timers) for each, ladder in wanted.items()
    }
    assert {each: (ladder.revision, ladder.ended) for each, ladder in found.items()} == {
        each: (ladder.revision, ladder.ended) for each, ladder in wanted.items()
    }


@pytest.mark.parametrize("first", ["told", "acknowledged"])
async def test_told_and_acknowledged_at_once__neither_undoes_the_other(replica, first):
    """Two subscriptions write the same ladder: whichever comes second sees all that the first has written."""
    await replica.hear(promised(PLAN), rescheduled(timers(120, rung_1=100, rung_2=200), 300, 120))
    news = {
        "told": (replica.timers, recorded(told(300), 3)),
        "acknowledged": (Noticed(replica.bell), acknowledged(90, revision=2, due=120)),
    }
    one, record = news.pop(first)
    ((other, next_record),) = news.values()
    async with replica.pool.acquire() as connection, replica.pool.acquire() as second:

        async def follow() -> None:
            async with second.transaction():
                await other.apply(second, [next_record])

        async with connection.transaction():
            await one.apply(connection, [record])
            following = asyncio.create_task(follow())
            while not await connection.fetchval(BLOCKED):  # noqa: ASYNC110 - the other side is a server
                await asyncio.sleep(0.01)
        await following
        found = (await ladders(connection, [COMMITMENT]))[COMMITMENT]
    stands = {timer.name: (timer.due, timer.moved) for timer in found.timers}
    assert stands == {
        "rung-1": (at(300), at(105)),
        "rung-2": (at(300), None),
        "due": (at(300), None),
    }


async def test_copy_called_off__cuts_its_connection(replica, superuser):
    """asyncpg would wait for the server's answer, which a frozen one never gives (K12)."""
    async with superuser.transaction(), replica.pool.acquire() as connection:
        cut: list[object] = []
        connection.add_termination_listener(cut.append)
        await superuser.execute(LOCKED)
        copying = asyncio.create_task(connection.copy_records_to_table("armed_v1", records=[ROW]))
        while not await superuser.fetchval(WAITS):  # noqa: ASYNC110 - the other side is a server
            await asyncio.sleep(0.01)
        copying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await copying
        assert len(cut) == 1
