"""Kafka clients with every setting that matters said (K10), and ends that do not hang (K1, K2, K8)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaConnectionError

from events.bounded import bounded

from .address import connecting
from .starting import START_SECONDS, start
from .topic import TopicUnfit

PARTITION = 0
"""A log lies in one partition."""
STOP_SECONDS = 2.0
"""A client that has not stopped by then is dropped."""
_SHARED: dict[str, Any] = {
    "security_protocol": "PLAINTEXT",
    "request_timeout_ms": 5000,
    "retry_backoff_ms": 100,
}
PRODUCER: dict[str, Any] = _SHARED | {
    "acks": "all",
    "enable_idempotence": True,
    "linger_ms": 0,
    "max_batch_size": 512 * 1024,
    "max_request_size": 1024 * 1024,
    "compression_type": None,
}
CONSUMER: dict[str, Any] = _SHARED | {
    "group_id": None,
    "enable_auto_commit": False,
    "auto_offset_reset": "earliest",
    "isolation_level": "read_uncommitted",
    "check_crcs": True,
    "fetch_max_wait_ms": 500,
    "max_partition_fetch_bytes": 4 * 1024 * 1024,
}
"""A fetch is larger than any record may be: a larger one would be stepped over (K4)."""


@asynccontextmanager
async def producing(bootstrap: str) -> AsyncIterator[AIOKafkaProducer]:
    """Lend a producer that nobody uses afterwards.

    What it has not sent by the end of the block, it will not send: it is not waited for, but dropped.
    """
    producer = AIOKafkaProducer(**PRODUCER | connecting(bootstrap))
    try:
        await start(producer)
        yield producer
    finally:
        await _abandon(producer)


async def _abandon(producer: AIOKafkaProducer) -> None:
    # stop() waits for every batch, and an idempotent producer tries those for ever: they are failed first
    producer._message_accumulator.fail_all(KafkaConnectionError("abandoned"))  # noqa: SLF001 - no public way
    await bounded(producer.stop(), STOP_SECONDS)
    await bounded(producer.client.close(), STOP_SECONDS)


@asynccontextmanager
async def consuming(bootstrap: str, topic: str) -> AsyncIterator[AIOKafkaConsumer]:
    """Lend a consumer of the topic's one partition; no group, nothing committed (K6, K7).

    Raises TopicUnfit where the topic has more partitions, KafkaError or TimeoutError without an answer.
    """
    consumer = AIOKafkaConsumer(**CONSUMER | connecting(bootstrap))
    try:
        await start(consumer)
        async with asyncio.timeout(START_SECONDS):
            consumer.assign([TopicPartition(topic, PARTITION)])
            await _check_partitions(consumer, topic)
        yield consumer
    finally:
        await bounded(consumer.stop(), STOP_SECONDS)


async def _check_partitions(consumer: AIOKafkaConsumer, topic: str) -> None:
    # assign() alone does not wait for the metadata
    await consumer.end_offsets([TopicPartition(topic, PARTITION)])
    partitions = consumer.partitions_for_topic(topic)
    if partitions != {PARTITION}:
        raise TopicUnfit(f"topic {topic} has {len(partitions or ())} partitions: a log lies in exactly one")
