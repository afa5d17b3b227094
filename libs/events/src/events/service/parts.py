"""What a service is composed from: its settings, its database and log, and the ways to the other services."""

import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from events.bounded import bounded
from events.client import Client
from events.clock import new_id
from events.keyring import Keyring
from events.lookup import Lookup
from events.postgres import LOGS, Bell, Pool, PostgresKeyring, PostgresLog, connect
from events.postgres.gathered import Gathered, K, Look, V
from events.settings import Settings
from events.subscribe import FeedSource, LogSource, Projection, Reaction, Source, Subscription, TopicSource

SERVICES = {log: service for service, log in LOGS.items()}
"""Which service keeps a log."""
CLIENT_SECONDS = 5.0
CLOSING_SECONDS = 1.0
"""How long each part may take to close."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The dependencies of one service, handed to its `compose`."""

    name: str
    """The service's name."""
    settings: Settings
    pool: Pool
    log: PostgresLog
    bell: Bell
    client: httpx.AsyncClient
    """For calls to the other services; without a token and without an address of its own."""
    holder: str
    """This process, as leases name it."""
    keyring: Keyring
    """The data keys of what is personal in the own log."""
    lookup: Lookup
    """By what customers and contacts are found again."""
    gathered: list[Gathered[Any, Any]] = field(default_factory=list)
    """What `gather` has returned: closed with the rest."""

    def gather(self, look: Look[K, V]) -> Gathered[K, V]:
        """Return what looks things up in the tables, all that is asked at one time in one statement."""
        made = Gathered(self.pool, look)
        self.gathered.append(made)
        return made

    @property
    def skew_limit(self) -> timedelta:
        """How far `occurred_at` may lie ahead of the log's clock."""
        return timedelta(seconds=self.settings.skew_seconds)

    def source(self, log_name: str) -> Source:
        """Return where a log is read from: the own one by table, another service's by topic."""
        if log_name == self.log.name:
            return LogSource(self.log)
        return TopicSource(self.settings.broker, self.settings.topic_prefix + log_name, log_name)

    def feed(self, log_name: str) -> FeedSource:
        """Return another service's log by `GET /v1/events`."""
        url = self.settings.urls[SERVICES[log_name]]
        return FeedSource(self.client, url, self.settings.token.get_secret_value(), log_name)

    def follow(
        self, handler: Projection | Reaction, on_commit: Callable[[], None] | None = None
    ) -> Subscription:
        """Return a subscription of this handler to the log it names (`handler.log`)."""
        own = handler.log == self.log.name
        return Subscription(
            self.pool,
            self.source(handler.log),
            handler,
            holder=self.holder,
            feed=None if own else self.feed(handler.log),
            on_commit=on_commit,
            keyring=self.keyring if own else None,
        )


@asynccontextmanager
async def lent(dsn: str, name: str) -> AsyncIterator[Pool]:
    """Lend a pool, and close it in bounded time."""
    pool = await connect(dsn, application=f"kept-{name}")
    try:
        yield pool
    finally:
        if not await bounded(pool.close(), CLOSING_SECONDS):
            pool.terminate()


@asynccontextmanager
async def opened(name: str, settings: Settings) -> AsyncIterator[Parts]:
    """Open the parts of a service, and close them at the end of the block, each in bounded time.

    Raises Unavailable where the database does not answer.
    """
    dsn, keys = settings.database.get_secret_value(), settings.keyring.get_secret_value()
    async with lent(dsn, name) as pool, lent(keys, f"{name}-keys") as keyring_pool:
        bell = Bell(pool)
        log = await PostgresLog.open(pool, LOGS[name], bell)
        client = Client(CLIENT_SECONDS)
        holder = f"{name}-{socket.gethostname()}-{os.getpid()}-{new_id().hex[:8]}"
        keyring = PostgresKeyring(keyring_pool, settings.wrapping)
        made = Parts(name, settings, pool, log, bell, client, holder, keyring, settings.lookup)
        try:
            yield made
        finally:
            for each in made.gathered:
                await bounded(each.close(), CLOSING_SECONDS)
            await bounded(log.close(), CLOSING_SECONDS)
            await bounded(bell.close(), CLOSING_SECONDS)
            await bounded(client.rest(), CLOSING_SECONDS / 2)
            await bounded(client.aclose(), CLOSING_SECONDS / 2)
