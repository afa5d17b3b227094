"""Timers folded anew from both logs: the same, and nothing fires again (edge case 31)."""

import pytest

from events.clock import derived_id
from events.service.parts import opened
from scheduler.rebuild import rebuild_tables, verify_tables
from scheduler.reminder import FIRST_AFTER
from tests.unit.scheduler.plans import KEPT, NINE, PLAN, at, promised, rescheduled, timers, told

from .desk import said, scheduling, settings_of, silent_cases

STANDING = {("due", at(300) + FIRST_AFTER), ("rung-1", None), ("rung-2", None)}


@pytest.fixture
async def desk(site):
    async with silent_cases(site) as running:
        yield running


async def play(desk) -> None:
    """Live through a morning: fired, skipped, kept, moved and told, moved and not told."""
    one, two, three, four = (derived_id("rebuild", number) for number in range(4))
    async with scheduling(desk) as scheduler:
        await desk.time(NINE)
        await desk.say(*(promised(PLAN, commitment=each) for each in (one, two, three, four)))
        await desk.timers(await desk.say(KEPT.model_copy(update={"commitment": two})))
        await fired(scheduler, desk, at(60), 3)
        moved = rescheduled(timers(120, rung_1=200, rung_2=280), 300, 120)
        after = await desk.say(
            *(moved.model_copy(update={"commitment": each}) for each in (three, four)),
            told(300).model_copy(update={"commitment": three}),
        )
        await desk.timers(after)
        await fired(scheduler, desk, at(290), 6)


async def fired(scheduler, desk, instant, number: int) -> None:
    await desk.time(instant)
    assert await scheduler.parts.log.grown(number - 1, 10)


async def test_rebuild__gives_the_same_timers_and_fires_nothing(desk):
    await play(desk)
    async with opened("scheduler", settings_of(desk.site, "scheduler", desk.urls)) as parts:
        verified = await verify_tables(parts)
        assert verified.ok, verified.lines
        assert {line.split()[0] for line in verified.lines} == {"I5", "I6", "I7", "I8", "I9", "I14"}
        before = await parts.pool.fetch("SELECT * FROM timer_v1 ORDER BY id")
        assert {(row["name"], row["fire_at"]) for row in before} == STANDING
        await parts.pool.execute("DELETE FROM timer_v1")
        first = await rebuild_tables(parts)
        assert await parts.pool.fetch("SELECT * FROM timer_v1 ORDER BY id") == before
        assert (await rebuild_tables(parts)).lines == first.lines
        happened = await said(parts.log)
    async with scheduling(desk) as scheduler:
        assert (await desk.get("/v1/timers/next")).json()["backlog"] == 0
        await fired(scheduler, desk, at(301), len(happened) + 1)
        assert await said(scheduler.parts.log) == [*happened, "CommitmentFellDue"]
