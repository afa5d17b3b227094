"""What aiokafka 0.14 does, and must not do to us (faults K3 to K5, K9): one named test each."""

from time import monotonic

import pytest
from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import RecordTooLargeError
from typing_extensions import override

from events.log import ENTRY_BYTES
from events.postgres.cursors import NOWHERE
from events.subscribe import RecordTooLarge
from events.subscribe.integrity import place_of
from tests.line import Tally, running, until


async def test_k03_no_offset__is_kept_as_truth(line):
    columns = await line.pool.fetch(
        "select column_name from information_schema.columns where table_name in ('relay', 'cursor')"
    )
    assert columns
    assert not [column for (column,) in columns if "offset" in column]


class Consumer:
    """Stands in for a client that fails in a way no broker of today brings about."""

    def __init__(self, *, error: Exception | None = None, end: int = 0) -> None:
        self.error = error
        self.end = end

    async def getmany(self, **_options: object) -> dict[TopicPartition, list[ConsumerRecord]]:
        if self.error:
            raise self.error
        return {}

    async def end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, self.end)

    async def position(self, _partition: TopicPartition) -> int:
        return 0


async def test_k04_a_record_stepped_over_for_its_size__is_fatal(line):
    source = line.topic_source()
    source._consumer = Consumer(error=RecordTooLargeError("5 MiB"))
    with pytest.raises(RecordTooLarge):
        await source.read(NOWHERE, 10, 0)
    assert source._consumer is None


async def test_k04_the_largest_event__arrives(line):
    await line.append(3, zone="z" * (ENTRY_BYTES - 300))
    subscription = line.by_topic()
    async with running(line.relay().run(), subscription.run()):
        assert await subscription.passed(3, 30)
    assert await line.taken() == [1, 2, 3]


async def test_k05_rows_that_were_not_taken_in__are_given_again(line):
    await line.append(30)
    rows = await line.rows()
    await line.send(rows)
    source = line.topic_source()
    assert await source.read(NOWHERE, 10, 10) == rows[:10]
    assert await source.read(NOWHERE, 10, 10) == rows[:10]
    assert await source.read(place_of(rows[4]), 10, 10) == rows[:10]
    assert await source.read(place_of(rows[9]), 10, 10) == rows[10:20]
    assert (await source.read(place_of(rows[4]), 10, 10))[0].position <= 6
    await source.close()


class Failing(Tally):
    """Finds its database out, three times."""

    @override
    async def apply(self, connection, batch):
        if self.calls < 3:
            self.calls += 1
            raise ConnectionResetError("out for a moment")
        await super().apply(connection, batch)


async def test_k05_a_batch_that_failed__is_brought_again(line):
    await line.append(30)
    await line.send(await line.rows())
    subscription = line.by_topic(Failing())
    async with running(subscription.run()):
        assert await subscription.passed(30, 30)
    assert await line.taken() == list(range(1, 31))
    assert subscription.parked_streams == 0


async def test_k09_a_client_that_stands_still__is_replaced(line):
    source = line.topic_source()
    source._consumer, source._heard = Consumer(end=5), monotonic() - 60
    assert await source.read(NOWHERE, 10, 0) == []
    assert (source.restarts, source._consumer) == (1, None)
    await line.append(5)
    await line.send(await line.rows())
    assert len(await source.read(NOWHERE, 10, 10)) == 5
    await source.close()


async def test_k09_a_client_that_has_read_all__stays(line):
    source = line.topic_source()
    standing = Consumer(end=0)
    source._consumer, source._heard = standing, monotonic() - 60
    await source.read(NOWHERE, 10, 0)
    assert (source.restarts, source._consumer) == (0, standing)


async def test_relayed_and_followed__end_in_time(line):
    relay, subscription = line.relay(), line.by_topic()
    async with running(relay.run(), subscription.run()):
        await line.append(5)
        assert await subscription.passed(5, 30)
        await until(lambda: relay.position == 5)
        began = monotonic()
    assert monotonic() - began < 3
