"""The relay: it sends a log to its topic, in order, resuming from what the topic holds."""

import asyncio

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from opentelemetry.trace import SpanKind

from events.errors import Fault
from events.kafka import check_topic, producing, read_tail, to_record
from events.kafka.clients import PARTITION
from events.leading import Health, lead
from events.log import Head, Log
from events.postgres import OUTAGES, Lease, Pool
from events.postgres.relayed import relayed
from events.recorded import Stored
from events.subscribe.integrity import diverged, flaw, place_of
from events.telemetry import linked
from events.wire import ORIGIN

PASSING = (*OUTAGES, KafkaError)
BATCH = 500
DEADLINE_SECONDS = 10.0
"""How long a batch may be on its way before its producer is dropped."""
IDLE_SECONDS = 5.0
"""How often an idle relay looks whether the log is still the one that it has sent."""
PAUSE_SECONDS = 0.2
LINKS = 32
"""The most origins one span is linked to."""


class TopicBegun(Fault):
    """The topic has held records, but holds no row of the log now."""


class Relay:
    """Sends one log to one topic; of several replicas one does it, by a lease.

    It keeps no mark of its own: the last row in the topic is the mark. `from_start` lets it begin at
    position 1 in a topic whose records have been deleted.
    """

    def __init__(
        self,
        pool: Pool,
        log: Log,
        bootstrap: str,
        topic: str,
        holder: str,
        *,
        from_start: bool = False,
        deadline: float = DEADLINE_SECONDS,
    ) -> None:
        self.health = Health()
        self.position = 0
        """How far the topic is known to hold the log."""
        self._pool = pool
        self._log = log
        self._bootstrap = bootstrap
        self._topic = topic
        self._lease = Lease(pool, f"relay {log.name}", holder)
        self._from_start = from_start
        self._deadline = deadline

    async def run(self) -> None:
        """Relay until cancelled. Raises LogDiverged, TopicBegun, TopicUnfit: what does not pass by itself."""
        await lead(self._lease, self._relay, self.health, PASSING)

    async def _relay(self) -> None:
        """Send what the topic lacks, and what comes; an error of any kind ends the producer with it (K2)."""
        await check_topic(self._bootstrap, self._topic)
        at = await self._resume()
        async with producing(self._bootstrap) as producer:
            while True:
                self.health.well()
                rows = await self._news(at)
                if rows:
                    at = await self._send(producer, at, rows)

    async def _resume(self) -> Head:
        """Return the place that the topic reaches. Raises LogDiverged, TopicBegun."""
        tail = await read_tail(self._bootstrap, self._log.name, self._topic)
        at = Head(self._log.log_id, 0, ORIGIN)
        if tail.row is not None:
            at = place_of(tail.row)
            await self._check(at, tail.row)
        elif tail.end > 0 and not self._from_start:
            raise TopicBegun(
                f"topic {self._topic} held {tail.end} records, but none of {self._log.name} is there now; "
                f"to send the whole log again: events relay {self._log.name} --from-start"
            )
        await self._mark(at.position, onwards=False)
        return at

    async def _news(self, at: Head) -> list[Stored]:
        """Return the rows after a place, waiting for them; none now and then."""
        if not await self._log.grown(at.position, IDLE_SECONDS):
            await self._check(at)
            return []
        rows = await self._log.tail(at.position, BATCH)
        if not rows or flaw(at, rows[0]):
            await self._check(at)
            await asyncio.sleep(0 if rows else PAUSE_SECONDS)  # no tight loop where nothing is to be had
        return rows

    async def _send(self, producer: AIOKafkaProducer, at: Head, rows: list[Stored]) -> Head:
        """Send as many rows as one batch takes, and return the place after them.

        One batch at a time: a broker that does not know a producer yet takes whatever sequence comes first,
        so a second batch could land where the first one failed.
        """
        batch, records = producer.create_batch(), [to_record(row) for row in rows]
        for record, row in zip(records, rows, strict=True):
            if not batch.append(
                timestamp=None, key=record.key, value=record.value, headers=list(record.headers)
            ):
                break
            at = place_of(row)
        origins = {record.traceparent: None for record in records[: batch.record_count()]}
        with linked(f"send {self._topic}", *list(origins)[:LINKS], kind=SpanKind.PRODUCER):
            async with asyncio.timeout(self._deadline):
                await (await producer.send_batch(batch, self._topic, partition=PARTITION))
        await self._mark(at.position)
        return at

    async def _mark(self, position: int, *, onwards: bool = True) -> None:
        self.position = position
        await relayed(self._pool, self._log.name, position, onwards=onwards)

    async def _check(self, at: Head, seen: Stored | None = None) -> None:
        """Raise LogDiverged unless the log has what the topic has."""
        if at != await self._log.place(at.position):
            rows = await self._log.tail(max(at.position - 1, 0), 1)
            head = await self._log.head()
            found = rows[0] if rows else None
            raise diverged(f"the topic {self._topic}", self._log.name, seen or at, found, head.position)
