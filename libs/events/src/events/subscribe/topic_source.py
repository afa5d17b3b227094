"""The log of another service, read from its topic: assigned, never grouped; positions decide, not offsets."""

import asyncio
from contextlib import AsyncExitStack
from time import monotonic

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError, RecordTooLargeError

from events.errors import Fault, Undecodable
from events.kafka import consuming, from_record
from events.kafka.clients import PARTITION
from events.log import Head
from events.recorded import Stored

QUIET_SECONDS = 5.0
"""After so long without a record the broker is asked whether there is one."""
ANSWER_SECONDS = 10.0


class RecordTooLarge(Fault):
    """The topic holds a record that no fetch can carry: the client has stepped over it (K4)."""


class TopicSource:
    """A topic with one partition.

    Where to begin needs no stored offset: the first copy of position p + 1 cannot lie before offset p.
    Records that are not rows of the log are dropped and counted; what is missing for that is a hole.
    """

    def __init__(self, bootstrap: str, topic: str, log_name: str) -> None:
        self._bootstrap = bootstrap
        self._partition = TopicPartition(topic, PARTITION)
        self.name = log_name
        self._running = AsyncExitStack()
        self._consumer: AIOKafkaConsumer | None = None
        self._given: tuple[int, int, int] | None = None
        """Of the last rows given: the position asked for, the highest position, the first offset."""
        self._heard = 0.0
        self.foreign = 0
        """Records dropped because they were no rows of the log."""
        self.restarts = 0
        """How often the client stood still and was replaced (K9)."""

    async def read(self, after: Head, limit: int, timeout: float) -> list[Stored]:  # noqa: ASYNC109 - a bound
        """Return rows from the topic, copies among them. Raises KafkaError, TimeoutError, RecordTooLarge."""
        try:
            consumer = await self._ready(after)
            records = await consumer.getmany(timeout_ms=int(timeout * 1000), max_records=limit)
        except RecordTooLargeError as error:
            await self.close()
            raise RecordTooLarge(str(error)) from error
        except (KafkaError, TimeoutError):
            await self.close()
            raise
        found = records.get(self._partition, [])
        if found:
            self._heard = monotonic()
        elif monotonic() - self._heard > QUIET_SECONDS:
            await self._watch(consumer)
        return self._rows(after, found)

    async def close(self) -> None:
        """Drop the client."""
        running, self._running, self._consumer = self._running, AsyncExitStack(), None
        self._given = None
        await running.aclose()

    async def _ready(self, after: Head) -> AIOKafkaConsumer:
        if self._consumer is None:
            self._consumer = await self._running.enter_async_context(
                consuming(self._bootstrap, self._partition.topic)
            )
            self._heard = monotonic()
            await self._seek(self._consumer, after.position)
        elif self._given is not None and after.position < self._given[1]:  # not taken in: again (K5)
            asked, _, offset = self._given
            if after.position >= asked:
                self._consumer.seek(self._partition, offset)
            else:
                await self._seek(self._consumer, after.position)
        return self._consumer

    async def _seek(self, consumer: AIOKafkaConsumer, position: int) -> None:
        async with asyncio.timeout(ANSWER_SECONDS):
            end = (await consumer.end_offsets([self._partition]))[self._partition]
        consumer.seek(self._partition, min(position, end))

    async def _watch(self, consumer: AIOKafkaConsumer) -> None:
        """Replace a client that stands still while there are records (K9); raise where the broker is out."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                end = (await consumer.end_offsets([self._partition]))[self._partition]
                behind = end > await consumer.position(self._partition)
        except BaseException:
            await self.close()
            raise
        self._heard = monotonic()
        if behind:
            self.restarts += 1
            await self.close()

    def _rows(self, after: Head, records: list[ConsumerRecord]) -> list[Stored]:
        rows = [row for record in records if (row := self._row(record)) is not None]
        if rows:
            self._given = (after.position, max(row.position for row in rows), records[0].offset)
        return rows

    def _row(self, record: ConsumerRecord) -> Stored | None:
        try:
            return from_record(self.name, record.key, record.value, record.headers)
        except Undecodable:
            self.foreign += 1
            return None
