"""The relay on a real broker: the topic is the log, and the log decides."""

import asyncio

import pytest

from events.errors import LogDiverged
from events.kafka import TopicUnfit, fresh_topic
from events.relay import TopicBegun
from tests.line import running, until


async def relayed(line, relay=None):
    """Relay until the topic holds the whole log."""
    relay = relay or line.relay()
    head = (await line.log.head()).position
    async with running(relay.run()) as (task,):
        await until(lambda: relay.position == head or task.done())


async def test_relay__sends_the_log_in_order_and_to_the_byte(line):
    await line.append(1200)
    await relayed(line)
    assert await line.relayed() == await line.rows()
    assert {record.partition for record in await line.records()} == {0}


async def test_relay__sends_what_comes(line):
    relay = line.relay()
    async with running(relay.run()):
        for _ in range(5):
            await line.append(3)
            await until(lambda: relay.position == line.written)
    assert [row.position for row in await line.relayed()] == list(range(1, 16))


async def test_relay_started_again__resumes_after_the_last_record(line):
    for _ in range(4):
        await line.append(40)
        await relayed(line)
    assert [row.position for row in await line.relayed()] == list(range(1, 161))


async def test_relay__passes_over_what_others_wrote_at_the_end(line):
    await line.append(10)
    await relayed(line)
    await line.strange(b"not json", 70)
    await line.append(10)
    await relayed(line)
    mine = [each for each in await line.records() if each.key != b"stranger"]
    assert len(mine) == 20


async def test_relay__on_an_emptied_topic__refuses_until_told(line):
    await line.append(10)
    await relayed(line)
    await line.delete_records(10)
    with pytest.raises(TopicBegun, match="--from-start"):
        await relayed(line)
    await relayed(line, line.relay(from_start=True))
    assert [row.position for row in await line.relayed()] == list(range(1, 11))


async def test_relay__on_a_fresh_topic__sends_all(line):
    await line.append(10)
    await relayed(line)
    await fresh_topic(line.bootstrap, line.topic)
    await relayed(line)
    assert [row.position for row in await line.relayed()] == list(range(1, 11))


async def test_relay__of_a_log_that_is_behind_its_topic__stops(line):
    await line.append(30)
    await relayed(line)
    await line.cut(20)
    await line.reopen()
    with pytest.raises(
        LogDiverged, match=r"OwnerChanged of owner-owner1 at position 30 .* ends at 20; restore"
    ):
        await relayed(line)


async def test_edge_31__a_log_restored_and_appended_to_is_refused_and_both_rows_named(line):
    await line.append(30)
    await relayed(line)
    seen = (await line.rows())[29]
    await line.cut(20)
    await line.reopen()
    await line.append(15, prefix="other")
    with pytest.raises(LogDiverged) as stopped:
        await relayed(line)
    found = (await line.rows())[29]
    for said in (seen.stream, seen.hash.hex()[:16], found.stream, found.hash.hex()[:16], "docs/restore.md"):
        assert said in str(stopped.value)
    assert len(await line.records()) == 30


async def test_edge_31__a_running_relay_of_a_log_restored_beneath_it_stops(line):
    await line.append(30)
    relay = line.relay()
    relaying = asyncio.create_task(relay.run())
    await until(lambda: relay.position == 30)
    await line.cut(20)
    await line.append(11, prefix="other")
    with pytest.raises(LogDiverged):
        await relaying
    assert len(await line.records()) == 30


async def test_relay__of_another_log__refuses_the_topic(line):
    await line.append(5)
    await relayed(line)
    await line.as_superuser("update log set log_id = gen_random_uuid()")
    await line.reopen()
    with pytest.raises(LogDiverged):
        await relayed(line)


@pytest.mark.parametrize(
    ("partitions", "settings", "said"),
    [
        (2, {}, "2 partitions"),
        (1, {"retention.ms": "1000"}, "retention.ms"),
        (1, {"cleanup.policy": "compact"}, "cleanup.policy"),
        (1, {"max.message.bytes": "1000"}, "1000 bytes"),
    ],
)
async def test_relay__refuses_a_topic_that_cannot_be_a_log(line, partitions, settings, said):
    await line.append(1)
    await line.another_topic(partitions, settings)
    with pytest.raises(TopicUnfit, match=said):
        await relayed(line)


async def test_two_relays__one_sends(line):
    await line.append(100)
    one, other = line.relay("one"), line.relay("other")
    async with running(one.run(), other.run()):
        await until(lambda: 100 in {one.position, other.position})
        await until(lambda: {one.health.state, other.health.state} == {"working", "standby"})
    assert len(await line.records()) == 100


async def test_settled__says_how_far_the_log_is_relayed(line):
    await line.append(10)
    assert (await line.settled())["relayed"] == 0

    async def said():
        settled = await line.settled()
        return settled["relayed"] == settled["head"] == 10

    async with running(line.relay().run()):
        await until(said)


async def test_large_events__fill_several_batches(line):
    await line.append(12, zone="z" * 200_000)
    await relayed(line)
    assert [row.position for row in await line.relayed()] == list(range(1, 13))
