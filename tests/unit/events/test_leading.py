"""Leading: what passes is tried again, what does not is raised, and a cancel is a cancel."""

import asyncio
from dataclasses import dataclass, field
from typing import cast

import pytest

from events.errors import LogDiverged, Unavailable
from events.leading import Health, lead
from events.postgres import Lease

OUTAGES = (Unavailable,)


@dataclass
class PaperLease:
    """Is held as the answers say, then for good; masks a cancel as a connection that was cut off does."""

    answers: list[bool | Exception] = field(default_factory=list)
    hangs: bool = False
    released: int = 0

    async def hold(self) -> bool:
        if self.hangs:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                raise Unavailable("cut off") from None
        answer = self.answers.pop(0) if self.answers else True
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def release(self) -> None:
        self.released += 1


def leading(lease, work, health=None):
    return asyncio.create_task(lead(cast("Lease", lease), work, health or Health(), OUTAGES))


async def ended(task):
    done, _ = await asyncio.wait({task}, timeout=2)
    assert done
    return task


async def test_an_outage__is_tried_again_and_told():
    health, seen = Health(), []

    async def work():
        seen.append(health.state)
        if len(seen) < 3:
            raise Unavailable("gone")
        raise LogDiverged("enough")

    lease = PaperLease(answers=[True, Unavailable("gone")])
    with pytest.raises(LogDiverged):
        await leading(lease, work, health)
    assert seen == ["starting", "degraded", "degraded"]
    assert health.error == "Unavailable: gone"
    assert lease.released == 3


async def test_what_does_not_pass__is_raised_and_the_lease_given_back():
    async def work():
        raise LogDiverged("two histories")

    lease = PaperLease()
    with pytest.raises(LogDiverged):
        await leading(lease, work)
    assert lease.released == 1


async def test_a_cancel__ends_the_work_and_gives_the_lease_back():
    began, ended_too = asyncio.Event(), []

    async def work():
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended_too.append(True)

    lease = PaperLease()
    task = leading(lease, work)
    await began.wait()
    task.cancel()
    assert (await ended(task)).cancelled()
    assert (ended_too, lease.released) == ([True], 1)


async def test_a_cancel_that_looks_like_an_outage__is_a_cancel_all_the_same():
    async def work():
        raise AssertionError("nothing is led without a lease")

    task = leading(PaperLease(hangs=True), work)
    await asyncio.sleep(0)
    task.cancel()
    assert (await ended(task)).cancelled()


async def test_without_the_lease__it_stands_by():
    health = Health()
    task = leading(PaperLease(answers=[False] * 9), asyncio.Event().wait, health)
    await asyncio.sleep(0)
    assert health.state == "standby"
    task.cancel()
    await ended(task)
