"""What came of messages, heard over Kafka: acknowledged it waits, reached nobody it climbs (rows 43, 45)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

import asyncpg
import pytest

from events.catalogue import CommitmentFellDue, Event
from events.catalogue.notices import FailureReason
from events.clock import derived_id
from events.postgres import parked
from events.recorded import Recorded
from events.service import Running
from events.service.parts import opened
from events.subscribe.parking import MOST
from events.wire import decode, rfc3339
from scheduler.rebuild import rebuild_tables, verify_tables
from scheduler.reminder import FIRST_AFTER
from scheduler.tables import upcoming
from tests.desk import fresh
from tests.line import until
from tests.unit.scheduler.plans import (
    KEPT,
    MINUTE,
    NINE,
    RELEASED,
    WITHDRAWN,
    at,
    promised,
    rescheduled,
    timers,
)
from tests.unit.scheduler.test_notice import acknowledged, failed

from .desk import Desk, scheduling, settings_of, silent_cases

PLAN = timers(240, rung_1=60, rung_2=120, rung_3=130, rung_4=200)
PROMISED = promised(PLAN, 240)
DELIVERY, ANOTHER = derived_id("delivery", 1), derived_id("delivery", 2)


@pytest.fixture
async def site(parts):
    """Databases of each test's own: each begins at nine."""
    async with fresh(parts, "edges") as site:
        yield site


@pytest.fixture
async def desk(site) -> AsyncIterator[Desk]:
    async with silent_cases(site) as running:
        yield running


@pytest.fixture
async def superuser(desk) -> AsyncIterator[asyncpg.Connection]:
    """A connection to the scheduler's database that may wait."""
    connection = await asyncpg.connect(desk.site.databases["scheduler"])
    yield connection
    await connection.close()


@dataclass(frozen=True)
class Day:
    """A scheduler's day, in minutes from nine."""

    desk: Desk
    scheduler: Running

    async def note(self, news: Recorded[Any], delivery: UUID = DELIVERY) -> None:
        """Let the notifier say what came of a message, and the scheduler hear it."""
        await self.desk.timers(await self.desk.note(news.event, news.recorded_at, delivery))

    async def at(self, minutes: float) -> list[Any]:
        """Return what has been said by then: nothing that has come is left to be said."""
        await self.desk.time(at(minutes))
        await until(self._quiet)
        return [decode(row).event for row in await self.scheduler.parts.log.tail(0)]

    async def _quiet(self) -> bool:
        return (await upcoming(self.scheduler.parts.pool))[0] == 0

    @property
    def parked(self) -> int:
        """How many streams are parked."""
        return sum(each.parked_streams for each in self.scheduler.service.subscriptions)

    async def standing(self) -> dict[str, datetime]:
        """Return when each timer speaks."""
        items = (await self.desk.get("/v1/timers")).json()["items"]
        return {item["name"]: datetime.fromisoformat(item["fires_at"]) for item in items}


@asynccontextmanager
async def day(desk: Desk, *events: Event) -> AsyncIterator[Day]:
    """Run a scheduler from nine on; it has heard of these events."""
    async with scheduling(desk) as scheduler:
        await desk.time(NINE)
        if events:
            await desk.timers(await desk.say(*events))
        yield Day(desk, scheduler)


async def rebuilt_as_it_stands(desk: Desk) -> None:
    """Check that what stands follows from the logs, and is what a rebuild makes of them."""
    async with opened("scheduler", settings_of(desk.site, "scheduler", desk.urls)) as parts:
        verified = await verify_tables(parts)
        assert verified.ok, verified.lines
        before = await parts.pool.fetch("SELECT * FROM timer_v1 ORDER BY id")
        await rebuild_tables(parts)
        assert await parts.pool.fetch("SELECT * FROM timer_v1 ORDER BY id") == before


async def test_edge_45__held_then_one_reminder_at_the_highest_rung_and_the_ladder_goes_on(desk):
    async with day(desk, PROMISED) as today:
        assert [event.rung for event in await today.at(60)] == ["rung-1"]
        await today.note(acknowledged(80))
        await today.note(acknowledged(110), ANOTHER)
        assert len(await today.at(139.9)) == 1
        *_, second = await today.at(140)
        assert (second.rung, second.skipped, second.held) == ("rung-3", ("rung-2",), True)
        assert (second.planned, second.lateness) == (at(130), 0 * MINUTE)
        assert [event.rung for event in (await today.at(200))[2:]] == ["rung-4"]
        *_, due = await today.at(241)
        assert isinstance(due, CommitmentFellDue)
    await rebuilt_as_it_stands(desk)


@pytest.mark.parametrize("end", [KEPT, RELEASED, WITHDRAWN])
async def test_edge_45__kept_released_or_withdrawn_end_what_is_held(desk, end):
    async with day(desk, PROMISED) as today:
        await today.at(60)
        await today.note(acknowledged(80))
        await desk.timers(await desk.say(end))
        assert len(await today.at(250)) == 1
    await rebuilt_as_it_stands(desk)


async def test_edge_45__a_reschedule_plans_anew_what_was_held(desk):
    async with day(desk, PROMISED) as today:
        await today.at(60)
        await today.note(acknowledged(80))
        await desk.timers(await desk.say(rescheduled(timers(300, rung_1=100, rung_2=200), 300, 300)))
        said = await today.at(100)
        assert [(event.rung, event.revision, event.held) for event in said[1:]] == [("rung-1", 2, False)]
        await today.note(acknowledged(101), ANOTHER)
        assert len(await today.at(199)) == 2, "of the older revision: it holds nothing"
        assert len(await today.at(200)) == 3
    await rebuilt_as_it_stands(desk)


@pytest.mark.parametrize("reason", get_args(FailureReason))
async def test_edge_43__a_rung_that_reached_nobody_calls_the_next_at_once(desk, reason):
    async with day(desk, PROMISED) as today:
        await today.at(61)
        await today.note(failed("rung-1", 61, reason))
        _, second = await today.at(61)
        assert (second.rung, second.failed, second.held) == ("rung-2", DELIVERY, False)
        assert (second.planned, second.lateness) == (at(120), 0 * MINUTE)
        await today.note(failed("rung-1", 62, reason), ANOTHER)
        assert len(await today.at(63)) == 2, "once is enough"
        await today.note(failed("rung-2", 64, reason), ANOTHER)
        *_, third = await today.at(64)
        assert (third.rung, third.failed) == ("rung-3", ANOTHER)
        assert [event.rung for event in (await today.at(200))[3:]] == ["rung-4"]
    await rebuilt_as_it_stands(desk)


async def test_news_of_what_is_not_known_yet__waits_and_is_taken_in(desk):
    """The commitment, then its next revision: each time the message is heard of before the case is."""
    moved = rescheduled(timers(300, rung_1=100, rung_2=280), 300, 300)
    async with day(desk) as today:
        for event, news in ((PROMISED, acknowledged(10)), (moved, acknowledged(90, 2, 300))):
            await desk.note(news.event, news.recorded_at, DELIVERY)
            await until(lambda: today.parked == 1)
            await desk.timers(await desk.say(event))
            await parked.hurry(today.scheduler.parts.pool)
            await until(lambda: today.parked == 0)
        assert await today.standing() == {
            "rung-1": at(150),
            "rung-2": at(280),
            "due": at(300) + FIRST_AFTER,
        }
    await rebuilt_as_it_stands(desk)


LOCKED = "LOCK TABLE armed_v1 IN SHARE MODE"


async def test_a_scheduler_behind_in_the_cases__lets_the_news_wait_and_parks_nothing(desk, superuser):
    """As at its first start on a long history: more is heard of than may be parked in a minute."""
    many = [derived_id("many", number) for number in range(MOST + 20)]
    async with day(desk) as today:
        noticed = next(each for each in today.scheduler.service.subscriptions if each.name == "noticed")
        async with superuser.transaction():
            await superuser.execute(LOCKED)
            await desk.say(*(PROMISED.model_copy(update={"commitment": each}) for each in many))
            for each in many:
                news = acknowledged(10).event.model_copy(update={"commitment": each})
                last = await desk.note(news, at(10), derived_id("delivery", each))
            await until(lambda: noticed.health.state == "degraded" or today.parked > 0)
        assert today.parked == 0
        held = await desk.timers(last, commitment=many[-1])
        assert [item["fires_at"] for item in held][:1] == [rfc3339(at(70))[:19] + "Z"]
        assert today.parked == 0
