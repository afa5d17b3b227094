"""Many timers, and many releases: none is missed, none fires twice (edge cases 33, 34)."""

from collections import Counter
from datetime import timedelta

from events.catalogue import CommitmentFellDue, ReminderDue
from events.clock import derived_id
from events.postgres import Pool, connect
from events.wire import decode
from scheduler.reminder import FIRST_AFTER
from tests.component.scheduler.replica import Replica
from tests.unit.scheduler.plans import NINE, at, promised, recorded, timers

DEPLOYS = 200
MONTHS_18 = 548 * 24 * 60
OPEN, DUE_AT_ONCE = 5_000, 500


async def test_edge_33__two_hundred_releases_later_it_fires_once(dsn):
    pool: Pool = await connect(dsn, application="test")
    fired: list[int] = []
    async with Replica.over(pool) as first:
        await first.log.set_clock(NINE)
        await first.hear(promised(timers(MONTHS_18, rung_1=MONTHS_18 - 60), MONTHS_18))
    for deploy in range(1, DEPLOYS + 1):
        async with Replica.over(pool) as release:
            await release.log.set_clock(at((MONTHS_18 - 60) * deploy / DEPLOYS))
            fired.append((await release.ticker.tick())[1])
    assert fired == [0] * (DEPLOYS - 1) + [1]
    async with Replica.over(pool) as last:
        await last.log.set_clock(at(MONTHS_18) + FIRST_AFTER)
        assert (await last.ticker.tick())[1] == 1
        reminder, due = await last.said()
    assert isinstance(reminder, ReminderDue)
    assert isinstance(due, CommitmentFellDue)
    assert (reminder.lateness, reminder.due, due.due) == (timedelta(0), at(MONTHS_18), at(MONTHS_18))
    await pool.close()


async def test_edge_34__five_hundred_in_one_minute_of_five_thousand(replica):
    """Each second of the minute some come; every look fires what has come, and nothing else."""
    await replica.log.set_clock(NINE)
    made = []
    for number in range(OPEN):
        soon = number < DUE_AT_ONCE
        due = 120 + (number % 60) / 60 if soon else 5_000 + number
        made.append(promised(timers(due, rung_1=due - 60), due, commitment=derived_id("one of", number)))
    for start in range(0, OPEN, 500):
        batch = made[start : start + 500]
        await replica.follow([recorded(event, start + place) for place, event in enumerate(batch, 1)])
    for minute in (60, 120):
        for second in range(61):
            await replica.log.set_clock(at(minute + second / 60) + FIRST_AFTER)
            while (await replica.ticker.tick())[0].passed:
                pass
    said = [decode(row).event for row in await replica.log.tail(0, OPEN)]
    fired = [event for event in said if isinstance(event, ReminderDue | CommitmentFellDue)]
    counted = Counter((event.commitment, type(event).__name__) for event in fired)
    soonest = {event.commitment for event in made[:DUE_AT_ONCE]}
    assert counted == {(each, kind): 1 for each in soonest for kind in ("ReminderDue", "CommitmentFellDue")}
    assert max(event.lateness for event in fired) <= FIRST_AFTER
    assert await replica.pool.fetchval("SELECT count(*) FROM timer_v1") == 2 * (OPEN - DUE_AT_ONCE)
