"""A last thing has its time, and no more."""

import asyncio
import time

from events.bounded import SLICES, bounded


async def test_bounded__says_whether_it_was_done():
    async def fails():
        raise ValueError("no")

    assert await bounded(asyncio.sleep(0), 1)
    assert not await bounded(fails(), 1)
    assert not await bounded(asyncio.sleep(60), 0)


async def test_bounded__does_not_wait_for_a_cancel_that_hangs():
    async def stubborn():
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if done.is_set():
                    raise

    done = asyncio.Event()
    before = asyncio.all_tasks()
    assert not await bounded(stubborn(), 0)
    done.set()
    for task in asyncio.all_tasks() - before:
        await asyncio.sleep(0)
        task.cancel()


async def test_bounded__takes_no_time_from_work_while_the_loop_stands_still():
    seconds = 0.5

    async def many_turns() -> None:
        time.sleep(seconds)  # noqa: ASYNC251 - it is the loop that stands still
        for _ in range(SLICES):
            await asyncio.sleep(0)

    assert await bounded(many_turns(), seconds)
