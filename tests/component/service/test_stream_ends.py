"""The feed as server-sent events: what keeps a stream open, and what ends it."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from events.bearer import issue
from tests.component.intake.desk import Intake, intake_on

from .listener import SECONDS, fill, listening
from .test_front import problem

AN_INSTANT = 0.05


@pytest.fixture(scope="module")
async def brisk(plot):
    """Intake that lets a stream rest an instant only, and lets three follow."""
    async with intake_on(plot, heartbeat_seconds=AN_INSTANT, streams=3) as running:
        yield running


async def test_quiet_stream__says_that_it_lives(brisk):
    head = await fill(brisk)
    async with listening(brisk, f"?after={head}") as stream:
        assert await stream.block() == {"retry": "1000"}
        assert [await stream.block() for _ in range(3)] == [{"": ""}] * 3
        await brisk.customer()
        assert (await stream.hear(1))[0].position == head + 1


async def test_streams__above_the_limit_are_refused_until_one_ends(brisk):
    async with listening(brisk) as first, listening(brisk) as second:
        async with listening(brisk) as third, listening(brisk) as fourth:
            await fourth.answer.aread()
            assert problem(fourth.answer, 503, "crowded")
            assert fourth.answer.headers["retry-after"] == "1"
            assert [each.answer.status_code for each in (first, second, third)] == [200] * 3
        async with asyncio.timeout(SECONDS):
            while (await _status(brisk)) != 200:  # noqa: ASYNC110 - the service sees the end a moment later
                await asyncio.sleep(0.01)


async def _status(intake: Intake) -> int:
    async with listening(intake) as stream:
        return int(stream.answer.status_code)


async def test_stream__ends_with_its_token(brisk):
    token = issue(brisk.site.keys.private, "analyst", ["analyst"], timedelta(seconds=2))
    async with listening(replace(brisk, token={"analyst": token}), "?until=1") as stream:
        assert stream.answer.status_code == 200
    async with listening(
        replace(brisk, token={"analyst": token}), f"?after={await brisk.length()}"
    ) as stream:
        assert await stream.ended()
    assert (
        await replace(brisk, token={"analyst": token}).get("/v1/events", role="analyst")
    ).status_code == 401


async def test_stream__ends_whole_when_the_service_stops(plot):
    async with AsyncExitStack() as stack:
        async with intake_on(plot) as intake:
            head = await fill(intake)
            client = await stack.enter_async_context(httpx.AsyncClient(base_url=intake.running.url))
            stream = await stack.enter_async_context(listening(replace(intake, client=client)))
            await stream.hear(head)
        assert await stream.ended()  # raises where it was cut
