"""Parking: what cannot be taken in stops its own stream, in order, until it can."""

import json
from typing import ClassVar

import pytest

from events.catalogue import TYPES, OwnerChanged
from events.log import Entry
from events.postgres import parked
from events.subscribe import TooManyParked
from events.subscribe.parking import MOST
from events.wire import UPCASTERS
from tests.line import AT, Tally, followed, running, tallied, until

METADATA = b'{"actor": "test", "correlation": "00000000-0000-0000-0000-000000000001"}'
GOOD = b'{"name": "x", "zone": "UTC"}'
POISON = {
    "bad JSON": Entry("OwnerChanged", 1, b'{"name": ', METADATA, AT),
    "deep nesting": Entry("OwnerChanged", 1, b"[" * 50_000, METADATA, AT),
    "unknown type": Entry("OwnerPromoted", 1, GOOD, METADATA, AT),
    "newer version": Entry("OwnerChanged", 2, GOOD, METADATA, AT),
    "no metadata": Entry("OwnerChanged", 1, GOOD, b"", AT),
    "what the database refuses": Entry("OwnerChanged", 1, b'{"name": "x", "zone": "data"}', METADATA, AT),
    "refused": Entry("OwnerChanged", 1, b'{"name": "x", "zone": "refused"}', METADATA, AT),
}


@pytest.fixture
def line(own):
    """No topic, no follower: the log's owner alone."""
    return own


async def healed(line, subscription):
    """Follow until nothing is parked any more."""
    async with running(subscription.run()):
        await until(lambda: subscription.health.state == "working" and not subscription.parked_streams)


async def others(line):
    tally = await line.tally(line.pool)
    return {stream: state for stream, state in tally.items() if stream != "owner-sick"}


@pytest.mark.parametrize("poison", POISON)
async def test_poison__parks_its_stream_only(line, poison):
    await line.append(20)
    await line.raw("poison", "sick", POISON[poison])
    await line.append(20)
    await line.append(2, streams=1, prefix="sick-not-")
    await line.raw("later", "sick", Entry("OwnerChanged", 1, GOOD, METADATA, AT))
    subscription = line.by_log()
    await followed(line, subscription)
    rows = await line.rows()
    assert await others(line) == tallied([row for row in rows if row.stream != "owner-sick"])
    assert "owner-sick" not in await line.tally(line.pool)
    (listed,) = await parked.listed(line.pool)
    assert (listed.stream, listed.position, listed.rows) == ("owner-sick", 21, 2)
    assert listed.error
    assert (await line.settled())["parked"] == subscription.parked_streams == 1


async def test_edge_55__after_the_upgrade_a_parked_stream_goes_on_in_order(line):
    await line.raw(1, "sick", Entry("OwnerChanged", 1, GOOD, METADATA, AT))
    await line.raw(2, "sick", POISON["refused"])
    for number in range(3, 9):
        await line.raw(number, "sick", Entry("OwnerChanged", 1, GOOD, METADATA, AT))
    await line.append(10)
    await followed(line, line.by_log())
    await healed(line, line.by_log(Tally(refused="nothing")))
    assert await line.tally(line.pool) == tallied(await line.rows())
    assert await parked.listed(line.pool) == []
    assert [at for at in await line.taken(line.pool) if at <= 8] == list(range(1, 9))


class OwnerOfLater(OwnerChanged):
    """The type as the next release has it."""

    schema_version: ClassVar[int] = 2
    floor: int


async def test_edge_55__after_the_upgrade_all_versions_are_read_and_a_rebuild_agrees(line, monkeypatch):
    older, newer = ({"name": "x", "zone": "UTC", "mood": "good"}, {"name": "x", "zone": "UTC", "floor": 3})
    for number, (schema, data) in enumerate([(1, older), (2, newer), (1, older), (2, newer)], 1):
        await line.raw(
            f"v{number}", "sick", Entry("OwnerChanged", schema, json.dumps(data).encode(), METADATA, AT)
        )
    await line.append(10)
    subscription = line.by_log()
    await followed(line, subscription)
    assert await line.taken(line.pool) == [1, *range(5, 15)], "the older one, and what is not of its stream"
    assert subscription.parked_streams == 1
    assert (await line.settled())["parked"] == 1
    monkeypatch.setitem(TYPES, "OwnerChanged", OwnerOfLater)
    monkeypatch.setitem(UPCASTERS, ("OwnerChanged", 1), lambda data: {**data, "floor": 0})
    await healed(line, line.by_log())
    grown = await line.tally(line.pool)
    assert [at for at in await line.taken(line.pool) if at <= 4] == [1, 2, 3, 4]
    assert await parked.listed(line.pool) == []
    await line.as_superuser("TRUNCATE tally_v1", "UPDATE cursor SET position = 0, hash = '\\x00'")
    await followed(line, line.by_log())
    assert await line.tally(line.pool) == grown == tallied(await line.rows())


async def test_edge_25__a_parked_stream_is_tried_again_when_a_later_record_comes(line):
    tally = Tally()
    await line.raw(1, "sick", POISON["refused"])
    subscription = line.by_log(tally)
    async with running(subscription.run()):
        assert await subscription.passed(1, 20)
        tally.refused = "nothing"
        await line.raw(2, "sick", Entry("OwnerChanged", 1, GOOD, METADATA, AT))
        await until(lambda: subscription.parked_streams == 0, 5)
    assert await line.taken(line.pool) == [1, 2]


async def test_edge_25__a_parked_stream_is_tried_again_after_a_while_and_on_request(line):
    tally = Tally()
    await line.raw(1, "sick", POISON["refused"])
    subscription = line.by_log(tally)
    async with running(subscription.run()):
        assert await subscription.passed(1, 20)
        waits = await line.pool.fetchval("select retry_at - clock_timestamp() from parked")
        assert 20 < waits.total_seconds() <= 30
        tally.refused = "nothing"
        assert await parked.hurry(line.pool, "tally", "owner-sick") == 1
        await until(lambda: subscription.parked_streams == 0, 10)
    assert await line.taken(line.pool) == [1]


async def test_retry_in_vain__keeps_the_stream_and_counts(line):
    await line.raw(1, "sick", POISON["refused"])
    await line.raw(2, "sick", Entry("OwnerChanged", 1, GOOD, METADATA, AT))
    subscription = line.by_log()
    async with running(subscription.run()):
        assert await subscription.passed(2, 20)
        await line.raw(3, "sick", Entry("OwnerChanged", 1, GOOD, METADATA, AT))
        await until(lambda: tries(line, 2))
    (listed,) = await parked.listed(line.pool)
    assert listed.rows == 3


async def tries(line, wanted):
    return any(each.tries >= wanted for each in await parked.listed(line.pool))


async def test_too_many_parked_streams__stop_the_subscription(line):
    await line.append(MOST + 1, streams=MOST + 1, zone="refused")
    subscription = line.by_log()
    with pytest.raises(TooManyParked):
        await subscription.run()
    assert len(await parked.listed(line.pool)) == MOST + 1


async def test_a_tampered_row__parks_its_stream_until_it_is_mended(line):
    await line.append(20)
    kept = (await line.rows())[9]
    await tamper(line, 10, b'{"name": "changed", "zone": "UTC"}')
    await followed(line, line.by_log())
    (listed,) = await parked.listed(line.pool)
    assert (listed.stream, listed.position) == (kept.stream, 10)
    assert "content hash" in listed.error
    await tamper(line, 10, kept.data)
    await healed(line, line.by_log())
    assert await line.tally(line.pool) == tallied(await line.rows())


async def tamper(line, position, data):
    await line.as_superuser(
        "alter table event disable trigger append_only",
        f"update event set data = '\\x{data.hex()}' where position = {position}",
        "alter table event enable always trigger append_only",
    )
