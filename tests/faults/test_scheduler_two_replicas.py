"""Acceptance 7: two schedulers, one frozen and woken, one killed; each reminder exactly once (I12)."""

import asyncio
import signal
import sys
from collections import Counter
from datetime import timedelta

import pytest

from events.catalogue import CommitmentFellDue, ReminderDue
from events.clock import derived_id, jitter
from events.postgres import PostgresLog, connect
from events.verify.firing import single_firing
from events.wire import decode
from tests.component.scheduler.desk import silent_cases
from tests.desk import fresh
from tests.unit.scheduler.plans import KEPT, MINUTE, NINE, at, promised, timers

from .schedulers import armed, quiet, scheduler

NUMBER = 250
RUNGS = 6
STEPS = [*(10 * rung for rung in range(1, RUNGS + 1)), 70.1]
ALIVE = (200, 300)
PLAN = timers(70, **{f"rung_{rung}": 10 * rung for rung in range(1, RUNGS + 1)})


@pytest.fixture
async def site(parts):
    """Databases of each test's own: each begins at nine."""
    async with fresh(parts, "two_replicas") as site:
        yield site


@pytest.fixture
async def desk(site):
    async with silent_cases(site) as running:
        yield running


@pytest.fixture
async def log(site):
    """The schedulers' log, as the test itself sees it."""
    pool = await connect(site.logins["scheduler"], application="test")
    opened = await PostgresLog.open(pool, "reminders")
    yield opened
    await opened.close()
    await pool.close()


@pytest.fixture
async def pool(site):
    opened = await connect(site.logins["scheduler"], application="test")
    yield opened
    await opened.close()


async def promise(desk, number: int, plan=PLAN, due: float = 70):
    """Promise so much in one case."""
    made = [promised(plan, due, commitment=derived_id("two", one)) for one in range(number)]
    for start in range(0, number, 100):
        await desk.say(*made[start : start + 100])
    return [each.commitment for each in made]


async def firings(log):
    rows = await log.tail(0, 10_000)
    return [decode(row) for row in rows]


@pytest.mark.accept
async def test_edge_32__one_frozen_in_the_middle_and_woken(desk, log, pool):
    """At every rung one of them is stopped at a random moment of the firing; the other goes on alone."""
    await log.set_clock(NINE)
    async with scheduler(desk) as one, scheduler(desk) as other:
        commitments = await promise(desk, NUMBER)
        alive = [promised(timers(due), due, commitment=derived_id("alive", due)) for due in ALIVE]
        await desk.say(*alive)
        await armed(pool, NUMBER * (RUNGS + 1) + len(ALIVE))
        for step, minutes in enumerate(STEPS):
            victim = (one, other)[step % 2]
            await log.set_clock(at(minutes))
            await asyncio.sleep(jitter(0.15))
            await victim.frozen()
            await quiet(pool, at(minutes))
            victim.send(signal.SIGCONT)
        for due, awake, asleep in zip(ALIVE, (one, other), (other, one), strict=True):
            await asleep.frozen()
            await log.set_clock(at(due + 1))
            await quiet(pool, at(due + 1))
            asleep.send(signal.SIGCONT)
            assert awake.process.returncode is None, "it came back, and fires alone"
    _once_each(await firings(log), commitments)


def _once_each(records, commitments) -> None:
    finding = single_firing(records)
    assert finding.holds, finding.says
    said = [each for each in records if each.event.commitment in set(commitments)]
    counts = Counter((type(each.event).__name__, getattr(each.event, "rung", "due")) for each in said)
    assert counts == {
        **{("ReminderDue", f"rung-{rung}"): NUMBER for rung in range(1, RUNGS + 1)},
        ("CommitmentFellDue", "due"): NUMBER,
    }
    for each in said:
        planned = each.event.planned if isinstance(each.event, ReminderDue) else each.event.due
        assert each.recorded_at >= planned
        assert each.event.skipped == ()
        if isinstance(each.event, ReminderDue):
            assert each.event.lateness == timedelta(0)
            assert each.recorded_at <= each.event.due


@pytest.mark.accept
async def test_edge_30__down_for_six_hours(desk, log, pool):
    """The due ahead: the highest rung passed. The due passed: the due alone. Ended: silence."""
    await log.set_clock(NINE)
    ahead, passed, kept = (derived_id("six", name) for name in ("ahead", "passed", "kept"))
    long = timers(600, rung_1=60, rung_2=120, rung_3=180, rung_4=500)
    async with scheduler(desk) as only:
        await desk.say(promised(long, 600, commitment=ahead), promised(PLAN, 70, commitment=passed))
        await desk.say(promised(PLAN, 70, commitment=kept))
        await armed(pool, 5 + 2 * (RUNGS + 1))
        only.send(signal.SIGKILL)
    await desk.say(KEPT.model_copy(update={"commitment": kept}))
    await log.set_clock(at(360))
    async with scheduler(desk):
        await quiet(pool, at(360))
        said = {each.event.commitment: each.event for each in await firings(log)}
    assert await log.tail(0) == await log.tail(0, len(said)), "one each"
    assert said.keys() == {ahead, passed}, "silence on what was kept meanwhile"
    reminder, due = said[ahead], said[passed]
    assert isinstance(reminder, ReminderDue)
    assert (reminder.rung, reminder.lateness) == ("rung-3", 180 * MINUTE)
    assert reminder.skipped == ("rung-1", "rung-2")
    assert isinstance(due, CommitmentFellDue)
    assert due.skipped == tuple(f"rung-{rung}" for rung in range(1, RUNGS + 1))


@pytest.mark.accept
async def test_edge_31__rebuilt_from_the_logs_nothing_fires_again(desk, log, pool):
    """As an operator does it: stopped, `python -m scheduler rebuild`, started again."""
    await log.set_clock(NINE)
    async with scheduler(desk):
        await promise(desk, 50)
        await armed(pool, 50 * (RUNGS + 1))
        await log.set_clock(at(25))
        await quiet(pool, at(25))
    happened = await log.head()
    standing = await pool.fetch("SELECT * FROM timer_v1 ORDER BY id")
    assert len(standing) == 50 * (RUNGS + 1 - 2)
    assert "timer_v1: 250 rows" in await _rebuild(desk)
    assert await pool.fetch("SELECT * FROM timer_v1 ORDER BY id") == standing
    async with scheduler(desk):
        await log.set_clock(at(30))
        await quiet(pool, at(30))
        assert (await log.head()).position == happened.position + 50
    assert single_firing(await firings(log)).holds


async def _rebuild(desk) -> str:
    env = desk.site.env("scheduler", 0, desk.urls)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-m", "scheduler", "rebuild"),
        env=env,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out.decode()
