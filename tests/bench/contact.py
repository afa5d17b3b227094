"""How long after a contact is accepted its case is open, beside a raw record that becomes one row."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import UUID

import asyncpg
import httpx
from aiokafka import AIOKafkaProducer
from rich.console import Console

from events.caller import Caller
from events.clock import new_id
from events.kafka import producing
from local import ports
from local.parts import Parts
from local.postgres import Postgres
from local.site import Site

from .own_parts import own_parts
from .processes import process, service
from .raw_line import TABLE
from .versus import Versus

ROUNDS, WARM = 7, 30
EACH = 60
"""Contacts of a round, one after the other."""
LOOK_SECONDS = 0.0005
LOST_SECONDS = 30.0
WORDS = "My order has not come."
OPENED = "SELECT 1 FROM event WHERE stream = 'case-' || $1::text"
INSERTED = "SELECT 1 FROM raw_case WHERE id = $1::uuid"
Hop = Callable[[], Awaitable[float]]


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


async def measure(_server: Postgres, console: Console) -> list[Versus]:
    """Return the p50 of both in milliseconds, round by round."""
    row = Versus(
        "contact accepted → case opened", "raw produce → consume → INSERT", "ms, p50", 3.0, most=True
    )
    async with own_parts() as (parts, directory), AsyncExitStack() as stack:
        site = await parts.fresh("contact")
        kept = await stack.enter_async_context(_kept(site, directory))
        raw = await stack.enter_async_context(_raw(parts, site, directory))
        for hop in (kept, raw):
            await _p50(hop, WARM)
        for number in range(ROUNDS):
            row.note(await _p50(kept, EACH), await _p50(raw, EACH))
            console.print(
                f"  contact, round {number + 1}: {row.ours[-1]:.1f} ms, rival {row.theirs[-1]:.1f} ms"
            )
    return [row]


async def _p50(hop: Hop, many: int) -> float:
    return median([await hop() for _ in range(many)])


@asynccontextmanager
async def _kept(site: Site, directory: Path) -> AsyncIterator[Hop]:
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
async def _raw(parts: Parts, site: Site, directory: Path) -> AsyncIterator[Hop]:
    """Run the rival; a hop begins when its record is given to the producer."""
    topic, dsn = f"raw_{new_id().hex[:8]}", site.databases["cases"]
    await parts.broker.create_topics([topic])
    async with _reader(dsn, INSERTED) as reader, producing(site.broker.bootstrap) as producer:
        await reader.connection.execute(TABLE)
        arguments = (dsn, site.broker.bootstrap, topic)
        async with process("raw_line", {}, directory, "-m", "tests.bench.raw_line", *arguments):
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
