"""What is folded is what is written, in bulk; a write that is called off waits for nobody."""

import asyncio

import pytest

from events.catalogue import Event
from events.clock import derived_id
from scheduler.tables import fold, ladders
from tests.unit.scheduler.plans import KEPT, PLAN, promised, recorded, rescheduled, timers

LOCKED = "LOCK TABLE armed_v1 IN ACCESS EXCLUSIVE MODE"
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
