"""Two relays at once, one frozen and woken: it may write copies, which nobody takes for news (I4, I12)."""

import signal
from functools import partial

import pytest

from tests.line import Line, running, tallied, until

from .relaying import process
from .test_relay_killed import further, load, relayed

LEASE_ENDS = "update lease set until = clock_timestamp() where name = 'relay cases'"


async def frozen_and_woken(line: Line) -> None:
    """Freeze whichever relays, let the other take over, wake it; three times."""
    async with process(line, "one") as one, process(line, "other") as other:
        await until(partial(further, line, 0))
        relays = {"one": one, "other": other}
        for _ in range(3):
            holder = await line.pool.fetchval("select holder from lease where name = 'relay cases'")
            relays[holder].send_signal(signal.SIGSTOP)
            before = await relayed(line)
            await line.as_superuser(LEASE_ENDS)  # as five seconds do
            await until(partial(further, line, before + 60))
            relays[holder].send_signal(signal.SIGCONT)
            await until(partial(further, line, before + 120))
        head = (await line.log.head()).position
        await until(partial(further, line, head - 1))


@pytest.mark.accept
async def test_two_relays_one_frozen_and_woken__the_state_of_followers_is_right(line):
    subscription = line.by_topic()
    async with running(subscription.run()):
        async with running(load(line)):
            await frozen_and_woken(line)
        async with process(line, "last"):
            await line.as_superuser(LEASE_ENDS)
            await line.append(1)
            head = (await line.log.head()).position
            assert await subscription.passed(head, 30)
    rows = await line.rows()
    assert await line.taken() == [row.position for row in rows]
    assert await line.tally() == tallied(rows)
    assert subscription.counts.holes == 0
    assert once(await line.relayed()) == rows


def once(copy):
    """Drop what was seen before, as a follower does."""
    kept, reached = [], 0
    for row in copy:
        if row.position > reached:
            kept.append(row)
            reached = row.position
    return kept


async def test_a_woken_relay__steps_back(line):
    await line.append(5)
    async with process(line, "one") as one:
        await until(partial(further, line, 4))
        one.send_signal(signal.SIGSTOP)
        await line.as_superuser(LEASE_ENDS)
        other = line.relay("other")
        async with running(other.run()):
            await until(lambda: other.health.state == "working")
            one.send_signal(signal.SIGCONT)
            await line.append(100)
            await until(lambda: other.position == 105)
    assert once(await line.relayed()) == await line.rows()
