"""The rival of a projection: records as they come from the topic, the same rows upserted in batches."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import chain
from time import perf_counter
from typing import Any, Self
from uuid import UUID

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from events.kafka import consuming
from events.kafka.clients import PARTITION
from events.postgres import Pool

BATCH = 500
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Kind:
    """A table that a projection fills: its key, and the column by which an event finds its rows."""

    table: str
    key: str
    by: str


@dataclass
class Raw:
    """Reads a topic, and puts rows that are known beforehand beside the projection's tables."""

    pool: Pool
    consumer: AIOKafkaConsumer
    partition: TopicPartition
    kinds: Sequence[Kind]
    upserts: dict[str, str] = field(default_factory=dict)
    rows: dict[str, dict[UUID, dict[Any, Row]]] = field(default_factory=dict)

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, pool: Pool, bootstrap: str, topic: str, kinds: Sequence[Kind]
    ) -> AsyncIterator[Self]:
        async with consuming(bootstrap, topic) as consumer:
            await consumer.seek_to_beginning()
            yield cls(pool, consumer, TopicPartition(topic, PARTITION), kinds)

    async def learn(self, ids: Sequence[UUID]) -> None:
        """Look up the rows that the projection made of what these ids name."""
        for kind in self.kinds:
            query = f"SELECT * FROM {kind.table} WHERE {kind.by} = any($1)"
            known = self.rows[kind.table] = {}
            for start in range(0, len(ids), BATCH):
                for row in await self.pool.fetch(query, ids[start : start + BATCH]):
                    known.setdefault(row[kind.by], {})[row[kind.key]] = tuple(row)
                    self.upserts[kind.table] = self.upserts.get(kind.table) or _upsert(kind, row)

    async def follow(self, until: int) -> float:
        """Take in the records before this offset; return how many per second."""
        begun, first = perf_counter(), await self._offset()
        while (at := await self._offset()) < until:
            many = min(BATCH, until - at)
            records = (await self.consumer.getmany(timeout_ms=1000, max_records=many)).get(self.partition, [])
            await self._take(records)
        return (until - first) / (perf_counter() - begun)

    async def _offset(self) -> int:
        return int(await self.consumer.position(self.partition))

    async def _take(self, records: list[ConsumerRecord]) -> None:
        ids = set(chain.from_iterable(map(_named, records)))
        async with self.pool.acquire() as connection, connection.transaction():
            for table, known in self.rows.items():
                rows: dict[Any, Row] = {}
                for each in ids:
                    rows |= known.get(each, {})
                await connection.executemany(self.upserts[table], list(rows.values()))


def _named(record: ConsumerRecord) -> list[UUID]:
    """Return what an event is about: its case, and its commitment where it has one."""
    said = json.loads(record.value)
    case = UUID(record.key.decode().removeprefix("case-"))
    return [case, UUID(said["commitment"])] if "commitment" in said else [case]


def _upsert(kind: Kind, row: Any) -> str:
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    changes = ", ".join(f"{name} = excluded.{name}" for name in dict(row) if name != kind.key)
    return f"INSERT INTO raw_{kind.table} VALUES ({places}) ON CONFLICT ({kind.key}) DO UPDATE SET {changes}"
