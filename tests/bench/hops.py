"""What a contact goes through until its case is open, and a rival's record until it is a row."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from uuid import UUID

import asyncpg
import httpx
from aiokafka import AIOKafkaProducer

from events.caller import Caller
from events.clock import new_id
from events.kafka import producing
from local import ports
from local.parts import Parts
from local.site import Site

from .processes import process, service
from .raw_line import TABLE

LOOK_SECONDS, LOST_SECONDS = 0.0005, 30.0
WORDS = "My order has not come."
OPENED = "SELECT 1 FROM event WHERE stream = 'case-' || $1::text"
INSERTED = "SELECT 1 FROM raw_case WHERE id = $1::uuid"
Hop = Callable[[], Awaitable[float]]
"""Takes one contact or record its way; returns the milliseconds it took."""


@dataclass
class Reader:
    """Looks again and again whether something stands in a database."""

    connection: "asyncpg.Connection[asyncpg.Record]"
    query: str

    async def stands(self, id_: str, begun: float) -> float:
        """Return the milliseconds from then until it does."""
        async with asyncio.timeout(LOST_SECONDS):
            while await self.connection.fetchval(self.query, id_) is None:  # noqa: ASYNC110 - a look from outside
                await asyncio.sleep(LOOK_SECONDS)
        return 1000 * (perf_counter() - begun)


@asynccontextmanager
async def kept_hop(site: Site, directory: Path) -> AsyncIterator[Hop]:
    """Run intake and cases as in production; a hop begins when intake has answered."""
    intake, cases = ports.free(), ports.free()
    urls = {"intake": f"http://127.0.0.1:{intake}", "cases": f"http://127.0.0.1:{cases}"}
    async with (
        service("intake", site, directory, port=intake, urls=urls),
        service("cases", site, directory, port=cases, urls=urls),
        httpx.AsyncClient() as client,
        _reader(site.databases["cases"], OPENED) as reader,
    ):
        caller = Caller(urls, site.token, client)
        customer = await caller.send("POST", "intake", "/v1/customers", {"name": "Lan", "zone": "UTC"})
        body = {"customer": customer.id, "channel": "call", "words": WORDS}

        async def hop() -> float:
            answer = await caller.send("POST", "intake", "/v1/contacts", body)
            return await reader.stands(str(answer.body["case"]), perf_counter())

        yield hop


@asynccontextmanager
async def raw_hop(parts: Parts, site: Site, directory: Path) -> AsyncIterator[Hop]:
    """Run the rival; a hop begins when its record is given to the producer."""
    topic, dsn = f"raw_{site.name}", site.databases["cases"]
    await parts.broker.create_topics([topic])
    async with _reader(dsn, INSERTED) as reader, producing(site.broker.bootstrap) as producer:
        await reader.connection.execute(TABLE)
        told = ("-m", "tests.bench.raw_line", dsn, site.broker.bootstrap, topic)
        async with process("raw_line", {}, directory, *told):
            yield lambda: _raw_hop(producer, topic, new_id(), reader)


async def _raw_hop(producer: AIOKafkaProducer, topic: str, id_: UUID, reader: Reader) -> float:
    begun = perf_counter()
    await producer.send(topic, WORDS.encode(), str(id_).encode(), partition=0)
    return await reader.stands(str(id_), begun)


@asynccontextmanager
async def _reader(dsn: str, query: str) -> AsyncIterator[Reader]:
    connection = await asyncpg.connect(dsn)
    yield Reader(connection, query)
    await connection.close()
