"""The loop: it wakes when the clock moves, when a timer is armed, when its time has come; outages pass."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from events.catalogue import ReminderDue
from events.catalogue.terms import Timer
from scheduler.reminder import DUE
from scheduler.tables import Seen, look
from scheduler.ticker import Ticker, seconds_to_sleep
from tests.unit.scheduler.plans import NINE, PLAN, at, promised, recorded, timers


@asynccontextmanager
async def running(*tickers: Ticker):
    """Run these loops while the block lasts."""
    tasks = [asyncio.create_task(ticker.run()) for ticker in tickers]
    try:
        yield
        assert not any(task.done() for task in tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def names(replica, number: int) -> list[str]:
    """Wait until so many have fired; return which."""
    assert await replica.log.grown(number - 1, 10), f"{await replica.log.head()} instead of {number}"
    return [event.rung if isinstance(event, ReminderDue) else DUE for event in await replica.said()]


async def test_driven_clock__a_year_passes_in_a_moment(replica):
    await replica.log.set_clock(NINE)
    await replica.hear(promised(timers(525_600, rung_1=60, rung_2=400_000), 525_600))
    async with running(replica.ticker):
        for number, minutes in enumerate((60, 400_000, 525_601), 1):
            await replica.log.set_clock(at(minutes))
            fired = await names(replica, number)
    assert fired == ["rung-1", "rung-2", DUE]
    assert [record.event.lateness for record in await replica.records()][:2] == [timedelta(0)] * 2


async def test_driven_clock__several_replicas_fire_once(replica, opened):
    others = [await opened() for _ in range(2)]
    await replica.log.set_clock(NINE)
    async with running(replica.ticker, *(other.ticker for other in others)):
        await replica.follow_many(60)
        for minutes, number in ((60, 60), (105, 120), (121, 180)):
            await replica.log.set_clock(at(minutes))
            await names(replica, number)
    assert (await replica.log.head()).position == 180


async def test_a_timer_armed_while_it_sleeps__wakes_it(replica, opened):
    """It was armed by another replica: the bell is heard in this one."""
    other = await opened()
    await replica.log.set_clock(at(60))
    async with running(replica.ticker):
        await asyncio.sleep(0)
        await other.hear(promised(PLAN))
        other.timers.committed()
        assert await names(replica, 1) == ["rung-1"]


@pytest.mark.parametrize(("minutes", "soon"), [(59.5, True), (59.4, False), (61, True)])
async def test_only_a_timer_within_the_sleep__is_worth_a_ring(replica, minutes, soon):
    await replica.log.set_clock(at(minutes))
    await replica.hear(promised(PLAN))
    rung = replica.bell.rung("kept_timers")
    replica.timers.committed()
    assert replica.bell.rung("kept_timers") - rung == soon


async def test_real_clock__fires_when_its_time_has_come(replica):
    now = await replica.log.now()
    soon, later = now + timedelta(seconds=0.3), now + timedelta(hours=1)
    await replica.hear(promised([Timer(name="rung-1", at=soon), Timer(name=DUE, at=later)]))
    async with running(replica.ticker):
        assert await names(replica, 1) == ["rung-1"]
    (reminder,) = await replica.records()
    assert soon <= reminder.recorded_at
    assert reminder.event.lateness <= reminder.recorded_at - soon


async def test_look__is_one_statement_where_nothing_has_come(replica):
    """With a sleep of half a minute: two statements a minute from an idle ticker."""
    await replica.log.set_clock(NINE)
    await replica.hear(promised(PLAN))
    said: list[str] = []
    async with replica.pool.acquire() as connection:
        with connection.query_logger(lambda logged: said.append(logged.query)):
            seen = await look(connection, 100)
    assert (seen.next, seen.passed) == (at(60), ())
    assert len(said) == 1, said


@pytest.mark.parametrize(
    ("seen", "seconds"),
    [
        (Seen(NINE, False, None), 30),
        (Seen(NINE, False, at(1)), 30),
        (Seen(NINE, False, at(0.1)), 6),
        (Seen(NINE, True, at(0.001)), 1),
        (Seen(NINE, True, at(60)), 1),
    ],
)
def test_sleep__lasts_until_the_next_timer_at_most_thirty_seconds(seen, seconds):
    assert seconds_to_sleep(seen) == pytest.approx(seconds)


CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


async def test_outage__is_waited_out(replica, superuser):
    """All connections are cut, again and again; then it fires."""
    await replica.log.set_clock(NINE)
    await replica.hear(promised(PLAN))
    async with running(replica.ticker):
        for _ in range(3):
            await superuser.execute(CUT)
            await replica.log.set_clock(at(59))
        await replica.log.set_clock(at(110))
        assert await names(replica, 1) == ["rung-2"]


async def test_span__links_the_firing_to_the_command(replica, spans):
    """The event carries the span of its firing, and that links to the span of the commitment's event."""
    await replica.log.set_clock(NINE)
    await replica.follow([recorded(promised(PLAN), 7)])
    await replica.log.set_clock(at(60))
    await replica.ticker.tick()
    (span,) = (span for span in spans.get_finished_spans() if span.name == "fire")
    (link,) = span.links
    assert (link.context.trace_id, link.context.span_id) == (7, 7)
    (record,) = await replica.records()
    carried = f"00-{span.context.trace_id:032x}-{span.context.span_id:016x}"
    assert (record.metadata.traceparent or "").startswith(carried)
