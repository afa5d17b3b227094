"""Rows and log change in one call, on real PostgreSQL: each timer fires once, whoever looks."""

import asyncio
from datetime import timedelta

import pytest

from events.catalogue import CommitmentFellDue, CommitmentsMovedIn, CommitmentsMovedOut, ReminderDue
from events.clock import derived_id, new_id
from events.errors import Unavailable
from events.postgres import borrow
from events.testing import EXAMPLES
from scheduler.reminder import DUE, FIRST_AFTER, firings
from scheduler.tables import fire, look
from scheduler.ticker import command
from tests.component.scheduler.replica import Replica
from tests.unit.scheduler.plans import (
    CASE,
    CHAIN,
    COMMITMENT,
    KEPT,
    MINUTE,
    NINE,
    PLAN,
    at,
    promised,
    recorded,
    rescheduled,
    timers,
    told,
)


@pytest.fixture(autouse=True)
async def nine(replica):
    """It is nine o'clock."""
    await replica.log.set_clock(NINE)


WAITS = """
    SELECT EXISTS (SELECT FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock')
"""


async def until(replica: Replica, minutes: float) -> int:
    """Move to an instant and fire what has come; return how many fired."""
    await replica.log.set_clock(at(minutes))
    return (await replica.ticker.tick())[1]


async def test_rung__fires_at_its_instant(replica):
    await replica.hear(promised(PLAN))
    assert await until(replica, 59) == 0
    assert await until(replica, 60) == 1
    assert await until(replica, 61) == 0
    (record,) = await replica.records()
    assert record.event == ReminderDue(
        commitment=COMMITMENT,
        case=CASE,
        revision=1,
        rung="rung-1",
        role="owner",
        planned=at(60),
        due=at(120),
    )
    assert record.recorded_at == at(60)
    assert record.stream == f"commitment-{COMMITMENT}"
    assert await replica.names() == ["rung-2", DUE]


async def test_firing__names_the_event_that_set_the_timer(replica):
    await replica.hear(promised(PLAN))
    await until(replica, 60)
    (record,) = await replica.records()
    assert record.metadata.actor == record.metadata.source == "scheduler"
    assert record.metadata.causation == recorded(promised(PLAN)).row.event_id
    assert record.metadata.correlation == CHAIN
    firing = derived_id(COMMITMENT, 1, "rung-1", "2026-03-02T10:00:00+00:00")
    assert await replica.log.find(firing) is not None
    assert record.id == derived_id(firing, 1)


async def test_due__fires_at_the_first_microsecond_after(replica):
    await replica.hear(promised(timers(120)))
    assert await until(replica, 120) == 0
    await replica.log.set_clock(at(120) + FIRST_AFTER)
    await replica.ticker.tick()
    assert await replica.said() == [
        CommitmentFellDue(commitment=COMMITMENT, case=CASE, revision=1, due=at(120))
    ]
    assert await replica.names() == []


async def test_edge_30__down_for_hours_the_due_alone_speaks(replica):
    await replica.hear(promised(PLAN))
    assert await until(replica, 480) == 1
    (said,) = await replica.said()
    assert said == CommitmentFellDue(
        commitment=COMMITMENT,
        case=CASE,
        revision=1,
        due=at(120),
        lateness=360 * MINUTE - FIRST_AFTER,
        skipped=("rung-1", "rung-2"),
    )


async def test_edge_30__the_due_still_ahead_the_highest_rung_speaks(replica):
    await replica.hear(promised(PLAN))
    assert await until(replica, 110) == 1
    (said,) = await replica.said()
    assert isinstance(said, ReminderDue)
    assert (said.rung, said.lateness, said.skipped) == ("rung-2", 5 * MINUTE, ("rung-1",))


async def test_edge_33__a_timer_of_eighteen_months_is_a_row(replica, opened):
    await replica.hear(promised(timers(120, rung_1=790_000), 800_000))
    later = await opened()
    assert await until(later, 790_000) == 1


async def test_edge_24__the_same_event_again_sets_no_timer_again(replica):
    for _ in range(3):
        await replica.hear(promised(PLAN))
        await until(replica, 60)
    assert len(await replica.said()) == 1
    await replica.hear(KEPT)
    await replica.hear(promised(PLAN))
    assert await replica.names() == []


async def test_told_again_after_it_fired__is_a_repeat(replica):
    moved = rescheduled(timers(120), 300, 120)
    await replica.hear(promised(PLAN), moved, told(300))
    assert await until(replica, 301) == 1
    await replica.hear(told(300))
    assert await replica.names() == [DUE]
    assert await until(replica, 302) == 0
    assert await replica.names() == []
    assert len(await replica.said()) == 1


async def test_rung_beyond_the_old_due__waits_until_the_customer_is_told(replica):
    await replica.hear(promised(PLAN), rescheduled(timers(120, rung_1=130), 300, 120))
    assert await until(replica, 140) == 1
    assert await until(replica, 150) == 0
    await replica.hear(promised(PLAN), told(300))
    assert await until(replica, 151) == 1
    due, reminder = await replica.said()
    assert isinstance(due, CommitmentFellDue)
    assert isinstance(reminder, ReminderDue)
    assert (reminder.rung, reminder.due, reminder.lateness) == ("rung-1", at(300), 21 * MINUTE)


async def built(replica):
    """Look, and build what is to be said; a replica may be frozen after that."""
    async with borrow(replica.pool) as connection:
        seen = await look(connection, 100)
    return seen, {command(firing, seen): firing.timers for firing in firings(seen.passed, seen.now)}


async def fired(replica, seen, settled) -> int:
    async with borrow(replica.pool) as connection:
        return await fire(connection, seen.now, settled)


async def test_edge_32__a_replica_that_comes_back_finds_no_row(replica, opened):
    await replica.hear(promised(PLAN))
    await replica.log.set_clock(at(60))
    frozen = await built(replica)
    other = await opened()
    assert (await other.ticker.tick())[1] == 1
    assert await fired(replica, *frozen) == 0
    assert len(await replica.said()) == 1


async def test_a_replica_that_comes_back_alone__builds_anew(replica):
    """Nobody fired meanwhile: what it built is not true any more, for the due has passed."""
    await replica.hear(promised(PLAN))
    await replica.log.set_clock(at(60))
    frozen = await built(replica)
    await replica.log.set_clock(at(130))
    with pytest.raises(Unavailable):
        await fired(replica, *frozen)
    assert await replica.said() == []
    assert await replica.names() == ["rung-1", "rung-2", DUE]
    await replica.ticker.tick()
    (said,) = await replica.said()
    assert isinstance(said, CommitmentFellDue)


async def test_a_due_that_came_within_the_look__is_never_overtaken_by_a_reminder(replica):
    """One second after the look is not too late by itself, but the due lies between."""
    await replica.hear(promised(timers(120, rung_1=119.99)))
    await replica.log.set_clock(at(120))
    frozen = await built(replica)
    await replica.log.set_clock(at(120) + timedelta(seconds=1))
    with pytest.raises(Unavailable):
        await fired(replica, *frozen)
    assert await replica.said() == []


async def test_what_was_built_long_ago__is_built_anew(replica):
    """Nothing else has come, but its lateness would not be true."""
    await replica.hear(promised(PLAN))
    await replica.log.set_clock(at(60))
    frozen = await built(replica)
    await replica.log.set_clock(at(70))
    with pytest.raises(Unavailable):
        await fired(replica, *frozen)
    await replica.ticker.tick()
    (said,) = await replica.said()
    assert said.lateness == 10 * MINUTE


async def test_kept_between_look_and_fire__says_nothing(replica):
    await replica.hear(promised(PLAN))
    await replica.log.set_clock(at(60))
    frozen = await built(replica)
    await replica.hear(KEPT)
    assert await fired(replica, *frozen) == 0
    assert await replica.said() == []


async def test_a_timer_that_another_holds__is_left_whole(replica):
    """One of two rungs is locked: neither is deleted, and the other commitment fires."""
    other = new_id()
    await replica.hear(promised(PLAN), promised(PLAN, commitment=other))
    await replica.log.set_clock(at(110))
    async with replica.pool.acquire() as connection, connection.transaction():
        await connection.execute(
            "SELECT FROM timer_v1 WHERE commitment = $1 AND name = 'rung-1' FOR UPDATE", COMMITMENT
        )
        assert (await replica.ticker.tick())[1] == 1
        assert [said.commitment for said in await replica.said()] == [other]
    assert (await replica.ticker.tick())[1] == 1
    assert (await replica.names()).count(DUE) == 2


async def test_told_while_it_fires__does_not_bring_back_what_fired(replica):
    await replica.hear(promised(PLAN), rescheduled(timers(120, rung_1=60, rung_2=70), 300, 120))
    await replica.log.set_clock(at(71))
    seen, settled = await built(replica)
    async with borrow(replica.pool) as connection, connection.transaction():
        assert await fire(connection, seen.now, settled) == 1
        hearing = asyncio.create_task(replica.hear(promised(PLAN), told(300)))
        while not await connection.fetchval(WAITS):  # noqa: ASYNC110 - the other side is a server
            await asyncio.sleep(0.01)
    await hearing
    assert await replica.names() == [DUE]


async def test_replicas_at_once__fire_each_timer_once(replica, opened):
    replicas = [replica, *[await opened() for _ in range(3)]]
    await replica.follow_many(300)
    await replica.log.set_clock(at(110))

    async def drain(one):
        passed = True
        while passed:
            passed = (await one.ticker.tick(limit=20))[0].passed

    await asyncio.gather(*(drain(one) for one in replicas))
    said = await replica.said()
    assert len(said) == len({event.commitment for event in said}) == 300
    assert all(isinstance(event, ReminderDue) and event.skipped == ("rung-1",) for event in said)


async def test_due_and_next__are_told_to_the_driver(replica):
    await replica.hear(promised(PLAN))

    async def kept_due():
        return tuple(await replica.pool.fetchrow("SELECT due, next FROM kept_due()"))

    assert await kept_due() == (0, at(60))
    await replica.log.set_clock(at(60))
    assert await kept_due() == (1, at(105))
    await replica.log.set_clock(at(500))
    assert await kept_due() == (3, None)


async def test_many_rows__are_found_by_index(replica):
    """A join in place of `= ANY` read the whole table once it was analyzed (0.15 ms became 13.5 ms)."""
    await replica.hear(promised(timers(120, rung_1=1)))
    await replica.pool.execute("VACUUM ANALYZE timer_v1")
    await replica.log.set_clock(at(61))
    async with borrow(replica.pool, 10) as connection:
        seen, settled = await built(replica)
        assert await fire(connection, seen.now, settled) == 1, "planned on a table of one page"
        await replica.follow_many(2000)
        scans = await _scans(connection)
        seen = await look(connection, 20)
        settled = {command(firing, seen): firing.timers for firing in firings(seen.passed, seen.now)}
        assert await fire(connection, seen.now, settled) == 20
        await connection.fetch("SELECT * FROM kept_due()")
        assert await _scans(connection) == scans
        await connection.fetch("SELECT count(*) FROM timer_v1 WHERE role = 'owner'")
        assert await _scans(connection) == scans + 1, "a scan would be seen"


async def _scans(connection) -> int:
    """Return how often the whole table of timers was read."""
    await connection.execute("SELECT pg_stat_force_next_flush()")
    scans: int = await connection.fetchval(
        "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'timer_v1'"
    )
    return scans


async def test_clock_of_the_machine_put_back__what_has_come_fires_still(replica, superuser):
    """An event was recorded while the clock ran ahead: domain time stands until the clock is there again."""
    await replica.hear(promised(PLAN, commitment=new_id()))
    assert await until(replica, 60) == 1
    await superuser.execute("UPDATE clock SET at = $1", NINE)
    await replica.hear(promised(PLAN))
    assert await replica.log.now() == at(60)
    assert (await replica.ticker.tick())[1] == 1


async def test_edge_37__a_timer_goes_with_its_commitment_and_names_the_new_case(replica):
    other = derived_id("another case")
    example = EXAMPLES["CommitmentsMovedIn"]
    assert isinstance(example, CommitmentsMovedIn)
    carried = example.commitments[0].model_copy(update={"id": COMMITMENT})
    out = CommitmentsMovedOut(to=other, commitments=(COMMITMENT,))
    into = CommitmentsMovedIn(origin=CASE, commitments=(carried,))
    await replica.hear(promised(PLAN))
    before = await replica.names()
    await replica.follow([recorded(out, 2), recorded(into, 3, other)])
    assert await replica.names() == before
    await until(replica, 60)
    await until(replica, 121)
    assert [event.case for event in await replica.said()] == [other, other]
    row = await replica.pool.fetchrow("SELECT case_id FROM armed_v1 WHERE commitment = $1", COMMITMENT)
    assert row["case_id"] == other
