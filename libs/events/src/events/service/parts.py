"""What a service is composed from: its settings, its database and log, and the ways to the other services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from events.settings import Settings

if TYPE_CHECKING:
    from events.postgres import Bell, Pool, PostgresLog
    from events.subscribe import FeedSource, LogSource, Projection, Reaction, Subscription, TopicSource


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

    def source(self, log_name: str) -> LogSource | TopicSource:
        """Return where a log is read from: the own one by table, another service's by topic."""
        raise NotImplementedError

    def feed(self, log_name: str) -> FeedSource:
        """Return another service's log by `GET /v1/events`."""
        raise NotImplementedError

    def follow(
        self, handler: Projection | Reaction, on_commit: Callable[[], None] | None = None
    ) -> Subscription:
        """Return a subscription of this handler to the log it names (`handler.log`)."""
        raise NotImplementedError
