"""The end of a topic: the last row of the log that lies in it."""

import asyncio
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition

from events.errors import Undecodable
from events.recorded import Stored
from events.wire import content_hash

from .clients import PARTITION, consuming
from .record import from_record

ANSWER_SECONDS = 20.0
"""How long the look back may take in all."""
_WINDOWS = (1, 64, 4096)
"""How many records are looked at for the last one of ours, before all are."""


@dataclass(frozen=True, slots=True)
class Tail:
    """The last row in a topic, none where it holds none, and the offset at its end."""

    row: Stored | None
    end: int


async def read_tail(bootstrap: str, log: str, topic: str) -> Tail:
    """Return the tail of a log's topic, passing over what others have written there.

    Raises KafkaError and TimeoutError where the broker does not answer.
    """
    partition = TopicPartition(topic, PARTITION)
    async with consuming(bootstrap, topic) as consumer, asyncio.timeout(ANSWER_SECONDS):
        begin = (await consumer.beginning_offsets([partition]))[partition]
        end = (await consumer.end_offsets([partition]))[partition]
        row, since = None, end
        for window in (*_WINDOWS, end):
            if row is None and since > begin:
                since, until = max(begin, end - window), since
                row = await _last(consumer, log, partition, since, until)
    return Tail(row, end)


async def _last(
    consumer: AIOKafkaConsumer, log: str, partition: TopicPartition, since: int, until: int
) -> Stored | None:
    """Return the last whole row at the offsets since..until-1."""
    consumer.seek(partition, since)
    found = None
    while await consumer.position(partition) < until:
        records = await consumer.getmany(partition, timeout_ms=500)
        for record in records.get(partition, ()):
            if record.offset < until:
                found = _whole(log, record.key, record.value, record.headers) or found
    return found


def _whole(
    log: str, key: bytes | None, value: bytes | None, headers: tuple[tuple[str, bytes], ...]
) -> Stored | None:
    try:
        row = from_record(log, key, value, headers)
    except Undecodable:
        return None
    content = content_hash(
        row.stream, row.event_id, row.type, row.schema, row.data, row.metadata, row.occurred_at
    )
    return row if content == row.content else None
