"""What every log promises of domain time."""

from datetime import UTC, datetime, timedelta

import pytest

from events.errors import Invalid

from .commands import command, to

THEN = datetime(2020, 2, 29, 12, 0, 0, 1, tzinfo=UTC)
STEP = timedelta(microseconds=1)


async def test_now__goes_on_by_itself(log):
    before = await log.now()
    appended = await log.append(command(to("case-1")))
    assert before < appended.recorded_at < await log.now()


async def test_set_clock__stands(log):
    await log.set_clock(THEN)
    assert await log.now() == THEN
    appended = await log.append(command(to("case-1")))
    assert appended.recorded_at == THEN
    assert await log.now() == THEN
    await log.set_clock(THEN)
    await log.set_clock(THEN + STEP)
    assert (await log.append(command(to("case-1", 1)))).recorded_at == THEN + STEP


async def test_set_clock__does_not_run_back(log):
    await log.set_clock(THEN)
    with pytest.raises(Invalid) as refused:
        await log.set_clock(THEN - STEP)
    assert refused.value.field == "at"
    assert await log.now() == THEN


async def test_set_clock__not_before_what_was_recorded(log):
    appended = await log.append(command(to("case-1")))
    with pytest.raises(Invalid):
        await log.set_clock(appended.recorded_at - STEP)
    assert await log.now() > appended.recorded_at
    await log.set_clock(appended.recorded_at)
    assert await log.now() == appended.recorded_at
