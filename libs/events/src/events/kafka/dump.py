"""A topic from its first record to its last, as it is."""

from collections.abc import AsyncIterator

from aiokafka import TopicPartition

from events.errors import Undecodable
from events.recorded import Stored

from .clients import consuming
from .record import from_record


async def dump(bootstrap: str, log: str, topic: str) -> AsyncIterator[tuple[int, Stored | str]]:
    """Yield each record's offset, and its row or why it is none, up to the end as it is now.

    Raises KafkaError, TimeoutError, TopicUnfit.
    """
    partition = TopicPartition(topic, 0)
    async with consuming(bootstrap, topic) as consumer:
        end = (await consumer.end_offsets([partition]))[partition]
        await consumer.seek_to_beginning(partition)
        while await consumer.position(partition) < end:
            for record in (await consumer.getmany(partition, timeout_ms=500)).get(partition, ()):
                if record.offset < end:
                    try:
                        yield record.offset, from_record(log, record.key, record.value, record.headers)
                    except Undecodable as error:
                        yield record.offset, str(error)
