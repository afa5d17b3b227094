"""The broker frozen, killed, or refusing: the relay waits, says so, loses nothing, and its end is prompt."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

import pytest
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from events.kafka import TopicUnfit
from tests.line import Line, running, tallied, until

from .test_relay_frozen import once


@asynccontextmanager
async def frozen(line: Line) -> AsyncIterator[None]:
    """Freeze the broker until the block ends."""
    pid = line.parts.broker.server.pid if line.parts.broker.server else pytest.skip("the broker is not ours")
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def test_k01_a_frozen_broker__does_not_hold_the_relay_for_ever(line):
    relay = line.relay(deadline=0.5)
    async with running(relay.run()):
        await line.append(5)
        await until(lambda: relay.position == 5)
        async with frozen(line):
            await line.append(40)
            await until(lambda: relay.health.state == "degraded")
            assert (await line.log.head()).position == 45
        await until(lambda: relay.position == 45)
    assert once(await line.relayed()) == await line.rows()


async def test_k01_a_relay_stopped_while_the_broker_is_frozen__ends_in_time(line):
    relay = line.relay()
    relaying = asyncio.create_task(relay.run())
    await line.append(5)
    await until(lambda: relay.position == 5)
    async with frozen(line):
        await line.append(40)
        await asyncio.sleep(0.2)  # it is in the middle of a batch now
        began = monotonic()
        relaying.cancel()
        await asyncio.wait({relaying})
        assert monotonic() - began < 6
    assert relaying.cancelled()


async def test_k02_a_batch_refused_for_good__does_not_poison_what_follows(line):
    relay = line.relay()
    await line.append(3)
    relaying = asyncio.create_task(relay.run())
    await until(lambda: relay.position == 3)
    await limited(line, 1000)
    await line.append(1, zone="z" * 5000)
    await line.append(10)
    with pytest.raises(TopicUnfit, match="1000 bytes"):
        await relaying
    await limited(line, 1024 * 1024)
    again = line.relay()
    async with running(again.run()):
        await until(lambda: again.position == 14)
    assert await line.relayed() == await line.rows()


async def limited(line: Line, size: int) -> None:
    """Change the size of message that the topic takes."""
    async with line.admin() as admin:
        settings = {"max.message.bytes": str(size), "retention.ms": "-1"}
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, line.topic, settings)])


async def test_k08_a_producer_whose_sender_was_cancelled__is_replaced(line):
    relay = line.relay(deadline=0.5)
    async with running(relay.run()):
        await line.append(5)
        await until(lambda: relay.position == 5)
        senders = [task for task in asyncio.all_tasks() if "_sender_routine" in repr(task.get_coro())]
        assert senders
        for sender in senders:
            sender.cancel()
        await line.append(5)
        await until(lambda: relay.position == 10)
    assert await line.relayed() == await line.rows()


@pytest.mark.accept
async def test_k09_a_broker_killed_and_back__relay_and_followers_go_on(line):
    server = line.parts.broker.server or pytest.skip("the broker is not ours")
    relay, subscription = line.relay(deadline=1.0), line.by_topic()
    async with running(relay.run(), subscription.run()):
        await line.append(20)
        assert await subscription.passed(20, 30)
        await server.stop(signal.SIGKILL)
        await line.append(20)
        assert await subscription.passed(40, 30)  # by the feed
        assert subscription.health.state == "degraded"
        await server.start()
        await until(lambda: relay.position == 40, 60)
        await line.append(20)
        assert await subscription.passed(60, 60)
        await until(lambda: subscription.health.state == "working", 60)
    assert await line.tally() == tallied(await line.rows())
    assert once(await line.relayed()) == await line.rows()


async def test_k18_a_clock_driven_far_ahead__hangs_nothing(line):
    await line.log.set_clock((await line.log.now()).replace(year=2090))
    relay = line.relay()
    relaying = asyncio.create_task(relay.run())
    await line.append(5)
    await until(lambda: relay.position == 5)
    began = monotonic()
    relaying.cancel()
    await asyncio.wait({relaying})
    assert monotonic() - began < 3
    assert {row.recorded_at.year for row in await line.relayed()} == {2090}
