"""Subscriptions over every source: each event once, in order, whoever runs them."""

import asyncio

import pytest

from events.errors import LogDiverged
from events.kafka import to_record
from tests.line import followed, running, tallied, until


@pytest.mark.parametrize("source", ["log", "topic", "feed"])
async def test_subscription__by_any_source__has_the_same_state(line, source):
    await line.append(450)
    if source == "log":
        await followed(line, line.by_log())
        assert await line.tally(line.pool) == tallied(await line.rows())
        return
    relay = line.relay()
    subscription = line.by_topic(source=line.feed() if source == "feed" else None)
    async with running(relay.run()):
        await followed(line, subscription)
    assert await line.tally() == tallied(await line.rows())
    assert await line.taken() == list(range(1, 451))
    assert line.feed_asked == (0 if source == "topic" else line.feed_asked)


async def test_subscription__takes_in_what_comes(line):
    subscription = line.by_topic()
    async with running(line.relay().run(), subscription.run()):
        for _ in range(5):
            await line.append(3)
            assert await subscription.passed(line.written, 20)
    assert await line.taken() == list(range(1, 16))


async def test_subscription_started_again__goes_on_after_its_cursor(line):
    async with running(line.relay().run()):
        for _ in range(3):
            await line.append(20)
            await followed(line, line.by_topic())
    assert await line.taken() == list(range(1, 61))


async def test_a_hole_in_the_topic__is_healed_from_the_feed(line):
    await line.append(30)
    rows = await line.rows()
    await line.send([*rows[:10], *rows[17:], *rows[5:20]])
    subscription = line.by_topic()
    await followed(line, subscription)
    assert await line.taken() == list(range(1, 31))
    assert (subscription.counts.holes, subscription.counts.healed) == (1, 8)


async def test_strange_records__are_dropped_and_what_they_hide_is_healed(line):
    await line.append(6)
    rows = await line.rows()
    await line.send(rows[:3])
    await line.strange(b"\xff not ours")
    await line.strange(b"{}", headers=(("kept_position", b"4"),))
    await line.send(rows[4:])
    source = line.topic_source()
    await followed(line, line.by_topic(source=source))
    assert await line.taken() == [1, 2, 3, 4, 5, 6]
    assert source.foreign == 2


async def test_a_row_that_is_no_cloud_event__is_dropped_and_healed(line):
    await line.append(3)
    rows = await line.rows()
    await line.send(rows[:1])
    record = to_record(rows[1])
    unsaid = [(name, part) for name, part in record.headers if name != "ce_specversion"]
    await line.strange(record.value, headers=tuple(unsaid), key=record.key)
    await line.send(rows[2:])
    source = line.topic_source()
    subscription = line.by_topic(source=source)
    await followed(line, subscription)
    assert await line.taken() == [1, 2, 3]
    assert (source.foreign, subscription.counts.holes) == (1, 1)


async def test_a_silent_broker__has_the_feed_read(line, caplog):
    await line.append(250)
    subscription = line.by_topic()
    subscription._reader._silence = 0.0
    async with running(subscription.run()):
        await until(lambda: subscription.position == 250 and subscription.health.state == "working")
    assert subscription.counts.fed == 250
    assert "degraded: the topic of cases is silent; its feed is read" in caplog.text


async def test_a_follower_ahead_of_a_restored_log__stops_and_says_so(line):
    await line.append(30)
    async with running(line.relay().run()):
        await followed(line, line.by_topic())
    seen = (await line.rows())[29]
    await line.cut(20)
    await line.reopen()
    with pytest.raises(LogDiverged, match=r"has seen position 30 .* ends at 20; restore a newer backup"):
        await followed(line, line.by_topic())
    await line.append(11, prefix="other")
    found = (await line.rows())[29]
    with pytest.raises(LogDiverged) as stopped:
        await followed(line, line.by_topic())
    for said in (seen.hash.hex()[:16], found.hash.hex()[:16], found.stream, "docs/restore.md"):
        assert said in str(stopped.value)
    assert len(await line.taken()) == 30


@pytest.mark.accept
async def test_a_running_follower_of_a_log_restored_beneath_it__stops(line):
    await line.append(30)
    subscription = line.by_topic()
    async with running(line.relay().run()):
        following = asyncio.create_task(subscription.run())
        await until(lambda: subscription.position == 30)
    await line.cut(20)
    await line.append(11, prefix="other")
    with pytest.raises(LogDiverged):
        await following


async def test_a_poisonous_record_in_the_topic__with_a_sound_log__parks_nothing(line):
    await line.append(5)
    rows = await line.rows()
    headers = to_record(rows[3]).headers
    await line.send(rows[:3])
    await line.strange(b'{"name": "forged"}', headers=headers, key=rows[3].stream.encode())
    await line.send(rows[4:])
    subscription = line.by_topic()
    await followed(line, subscription)
    assert await line.tally() == tallied(rows)
    assert subscription.counts.healed >= 1
