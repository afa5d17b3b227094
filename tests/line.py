"""A line: a log with its topic and feed, and the database of somebody who follows it."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from time import monotonic
from typing import Any

import asyncpg
import httpx
from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from events.catalogue import Event, OwnerChanged
from events.clock import derived_id
from events.feed import write_page
from events.kafka import SETTINGS, consuming, from_record, producing, to_record
from events.kafka.record import Headers
from events.log import Append, Entry, Part
from events.postgres import Connection, Pool, PostgresLog, connect, install
from events.recorded import Metadata, Recorded, Stored
from events.relay import Relay
from events.subscribe import FeedSource, Handler, LogSource, Source, Subscription, TopicSource
from events.wire import encode
from local.parts import Parts

AT = datetime(2026, 3, 1, 10, tzinfo=UTC)
OWNER, FOLLOWER = "kept_cases", "kept_scheduler"
TABLES = """
    create table if not exists tally_v1(
        stream text primary key, version bigint not null, digest text not null);
    create table if not exists taken_v1(at bigint generated always as identity, position bigint not null);
    create table if not exists answer_v1(
        event uuid primary key, position bigint not null, at bigint generated always as identity);
"""
ANSWER = "insert into answer_v1(event, position) values ($1, $2) on conflict do nothing"
PUT = """
    insert into tally_v1 values ($1, $2, $3)
    on conflict (stream) do update set version = excluded.version, digest = excluded.digest
"""


class Tally:
    """Folds each stream into a digest of everything in it, in order; a missing or repeated event raises."""

    def __init__(self, name: str = "tally", log: str = "cases", refused: str = "refused") -> None:
        self.name = name
        self.log = log
        self.refused = refused
        self.calls = 0

    async def apply(self, connection: Connection, batch: Sequence[Recorded[Event]]) -> None:
        self.calls += 1
        names = list({each.stream for each in batch})
        rows = await connection.fetch("select * from tally_v1 where stream = any($1)", names)
        states = {stream: (version, digest) for stream, version, digest in rows}
        for each in batch:
            version, digest = states.get(each.stream, (0, ""))
            assert isinstance(each.event, OwnerChanged)
            assert each.version == version + 1, f"{each.stream}: {each.version} after {version}"
            if each.event.zone == self.refused:
                raise ValueError(self.refused)
            if each.event.zone == "data":
                await connection.execute("select $1::bigint", "no number")
            states[each.stream] = (each.version, step(digest, each.row))
        await connection.executemany(PUT, [(name, *state) for name, state in states.items()])
        await connection.executemany(
            "insert into taken_v1(position) values ($1)", [(each.position,) for each in batch]
        )


def step(digest: str, row: Stored) -> str:
    return sha256(digest.encode() + row.event_id.bytes + row.data).hexdigest()


def tallied(rows: Sequence[Stored]) -> dict[str, tuple[int, str]]:
    """Return what a Tally of these rows holds."""
    states: dict[str, tuple[int, str]] = {}
    for row in rows:
        states[row.stream] = (row.version, step(states.get(row.stream, (0, ""))[1], row))
    return states


@dataclass
class Line:
    """One log named `cases`, in a database of its own; followers in another."""

    parts: Parts
    database: str
    following: str
    topic: str
    log: PostgresLog
    pool: Pool
    follower: Pool
    client: httpx.AsyncClient
    feed_out: bool = False
    feed_asked: int = 0
    written: int = 0
    seed: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def bootstrap(self) -> str:
        return self.parts.broker.bootstrap

    async def append(self, count: int, streams: int = 7, zone: str = "UTC", prefix: str = "owner") -> None:
        """Append events over a few streams, in batches as they come."""
        numbers = range(self.written, self.written + count)
        self.written += count
        for start in range(0, count, 200):
            await asyncio.gather(
                *(self._append(n, f"{prefix}{n % streams}", zone) for n in numbers[start : start + 200])
            )

    async def _append(self, number: int, name: str, zone: str) -> None:
        metadata = Metadata(actor="test", correlation=derived_id(self.seed)).model_dump_json().encode()
        entry = Entry(*encode(OwnerChanged(name=name, zone=zone)), metadata, AT)
        await self.raw(number, name, entry)

    async def raw(self, number: object, name: str, entry: Entry) -> None:
        """Append any bytes as an event of an owner."""
        part = Part(f"owner-{name}", None, (entry,))
        await self.log.append(Append(derived_id(self.seed, number), (part,)))

    def relay(self, holder: str = "first", **options: Any) -> Relay:
        return Relay(self.pool, self.log, self.bootstrap, self.topic, holder, **options)

    def topic_source(self) -> TopicSource:
        return TopicSource(self.bootstrap, self.topic, "cases")

    def feed(self) -> FeedSource:
        return FeedSource(self.client, "http://cases", "token", "cases")

    def by_topic(self, handler: Handler | None = None, holder: str = "first", **options: Any) -> Subscription:
        """Return a subscription of the follower."""
        source: Source = options.pop("source", None) or self.topic_source()
        return Subscription(
            self.follower, source, handler or Tally(), holder=holder, feed=self.feed(), **options
        )

    def by_log(self, handler: Handler | None = None, holder: str = "first", **options: Any) -> Subscription:
        """Return a subscription of the log's owner to its own log."""
        return Subscription(self.pool, LogSource(self.log), handler or Tally(), holder=holder, **options)

    async def rows(self) -> list[Stored]:
        """Return the whole log."""
        return await self.log.tail(0, 1_000_000)

    async def tally(self, pool: Pool | None = None) -> dict[str, tuple[int, str]]:
        rows = await (pool or self.follower).fetch("select * from tally_v1")
        return {stream: (version, digest) for stream, version, digest in rows}

    async def taken(self, pool: Pool | None = None) -> list[int]:
        """Return the positions that a Tally took in, in that order."""
        rows = await (pool or self.follower).fetch("select position from taken_v1 order by at")
        return [row["position"] for row in rows]

    async def records(self) -> list[ConsumerRecord]:
        """Return every record of the topic."""
        partition = TopicPartition(self.topic, 0)
        found: list[ConsumerRecord] = []
        async with consuming(self.bootstrap, self.topic) as consumer:
            end = (await consumer.end_offsets([partition]))[partition]
            consumer.seek(partition, 0)
            while end and await consumer.position(partition) < end:
                found += (await consumer.getmany(partition, timeout_ms=500)).get(partition, [])
        return found

    async def relayed(self) -> list[Stored]:
        """Return every row in the topic, copies included."""
        return [from_record("cases", each.key, each.value, each.headers) for each in await self.records()]

    async def as_superuser(self, *statements: str, following: bool = False) -> None:
        """Do what nobody but a superuser may do."""
        dsn = self.parts.postgres.database(self.following if following else self.database)
        connection = await asyncpg.connect(dsn)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def cut(self, position: int) -> None:
        """Take the log back to an older state, as a backup would."""
        await self.as_superuser(
            "alter table event disable trigger append_only",
            f"delete from event where position > {position}",
            "alter table event enable always trigger append_only",
        )

    async def reopen(self) -> None:
        """Open the log again, as a new process would."""
        await self.log.close()
        self.log = await PostgresLog.open(self.pool, "cases")

    async def settled(self, pool: Pool | None = None) -> dict[str, Any]:
        row = await (pool or self.pool).fetchrow("select * from kept_settled()")
        assert row is not None
        return dict(row) | {"cursors": json.loads(row["cursors"])}

    async def strange(
        self, value: bytes, times: int = 1, headers: Headers = (), key: bytes = b"stranger"
    ) -> None:
        """Write into the topic past the relay."""
        async with producing(self.bootstrap) as producer:
            for _ in range(times):
                await producer.send(self.topic, value, key, partition=0, headers=list(headers))
            await producer.flush()

    async def send(self, rows: Sequence[Stored]) -> None:
        """Write rows into the topic past the relay, as a zombie would."""
        async with producing(self.bootstrap) as producer:
            for row in rows:
                record = to_record(row)
                await producer.send(
                    self.topic, record.value, record.key, partition=0, headers=list(record.headers)
                )
            await producer.flush()

    async def answer(self, recorded: Recorded[Event]) -> None:
        """Do something once for each event, as a command does that has a derived id."""
        await self.pool.execute(ANSWER, recorded.id, recorded.position)

    async def answers(self) -> list[asyncpg.Record]:
        return await self.pool.fetch("select * from answer_v1 order by at")

    async def delete_records(self, before: int) -> None:
        """Let the broker delete the first records of the topic."""
        async with self.admin() as admin:
            await admin.delete_records({TopicPartition(self.topic, 0): RecordsToDelete(before_offset=before)})

    async def another_topic(self, partitions: int, settings: dict[str, str]) -> None:
        """Have the line's topic be another one, of this shape."""
        self.topic = f"{self.topic}_{secrets.token_hex(2)}"
        async with self.admin() as admin:
            configs = SETTINGS | settings
            await admin.create_topics([NewTopic(self.topic, partitions, 1, topic_configs=configs)])

    @asynccontextmanager
    async def admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        """Lend an admin client."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        try:
            yield admin
        finally:
            await admin.close()

    async def events(self, request: Request) -> Response:
        """Answer as the owner's feed does."""
        self.feed_asked += 1
        if self.feed_out:
            return Response(status_code=503)
        after, limit = (int(request.query_params[name]) for name in ("after", "limit"))
        head = await self.log.head()
        rows = await self.log.tail(after, limit)
        return JSONResponse(write_page("cases", head, rows, lambda row: str(row.position)))


class Chance:
    """The same seed, the same numbers."""

    def __init__(self, seed: object) -> None:
        self.seed = seed
        self.drawn = 0

    def between(self, least: int, most: int) -> int:
        self.drawn += 1
        return least + derived_id(self.seed, self.drawn).int % (most - least + 1)


@asynccontextmanager
async def templates(parts: Parts) -> AsyncIterator[dict[str, str]]:
    """Make a database for an owner and one for a follower, to be copied."""
    names = {}
    await parts.postgres.roles(OWNER, FOLLOWER)
    for role, log in ((OWNER, "cases"), (FOLLOWER, "reminders")):
        names[role] = f"line_{log}_{secrets.token_hex(3)}"
        await parts.postgres.create(names[role], login=role)
        await install(parts.postgres.database(names[role]), log=log, schema=TABLES, role=role)
    yield names
    await parts.postgres.drop(*names.values())


@asynccontextmanager
async def a_line(parts: Parts, copied: dict[str, str], *, followed: bool = True) -> AsyncIterator[Line]:
    """Make an empty line; not `followed`, it has neither topic nor follower."""
    name = f"line_{secrets.token_hex(4)}"
    databases = {OWNER: f"{name}_cases"} | ({FOLLOWER: f"{name}_follower"} if followed else {})
    topics = [name] if followed else []
    async with AsyncExitStack() as stack:
        await _create(parts, copied, databases)
        if topics:
            await parts.broker.create_topics(topics)
        stack.push_async_callback(_remove, parts, list(databases.values()), topics)
        pools = [
            await connect(parts.postgres.database(database, role), application="line")
            for role, database in databases.items()
        ]
        for pool in pools:
            stack.callback(pool.terminate)
        log = await PostgresLog.open(pools[0], "cases")
        app = Starlette()
        client = await stack.enter_async_context(httpx.AsyncClient(transport=httpx.ASGITransport(app)))
        line = Line(
            parts, databases[OWNER], databases.get(FOLLOWER, ""), name, log, pools[0], pools[-1], client
        )
        app.router.routes.append(Route("/v1/events", line.events))
        yield line
        await line.log.close()


async def _create(parts: Parts, copied: dict[str, str], databases: dict[str, str]) -> None:
    for role, database in databases.items():
        await parts.postgres.create(database, login=role, template=copied[role])


async def _remove(parts: Parts, databases: list[str], topics: list[str]) -> None:
    await parts.postgres.drop(*databases)
    if topics:
        await parts.broker.delete_topics(topics)


@asynccontextmanager
async def running(*works: Coroutine[Any, Any, None]) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Run works that never end until the block does; what one raised before that is raised."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield tasks
        for task in tasks:
            if task.done():
                await task  # raises
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def until(done: Callable[[], bool | Awaitable[bool]], seconds: float = 60) -> None:
    """Wait for something that happens elsewhere."""
    end = monotonic() + seconds
    while True:
        answer = done()
        if answer if isinstance(answer, bool) else await answer:
            return
        assert monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.01)


async def followed(line: Line, subscription: Subscription) -> None:
    """Follow until the whole log has been taken in."""
    head = (await line.log.head()).position
    async with running(subscription.run()) as (task,):
        await until(lambda: subscription.position == head or task.done())
