"""Running a service inside this process: its parts opened, its tasks supervised, its port listening."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from typing_extensions import override

from events.bounded import bounded
from events.client import IDLE_SECONDS
from events.relay import Relay
from events.settings import Settings
from events.telemetry import named, tracing

from .app import build
from .connection import Connection
from .figures import Figures
from .followers import Followers
from .identity import Identity
from .jwks import keys_of
from .parts import Parts, opened
from .service import Service
from .site import Site
from .supervisor import Loop, Supervisor
from .waits import Waits

Compose = Callable[[Parts], Service]

RELAY = "relay"
FLUSH_PAUSE = 0.02
CONSUMERS_SECONDS = 1.5
HANDLERS_SECONDS = 2
RELAY_SECONDS = 1.5
"""What each step of a stop may take; with closing and spans all stays below ten seconds."""


@dataclass(frozen=True, slots=True)
class Running:
    """A service that answers at `url`; `failed` holds what a background task died of, once one has."""

    name: str
    url: str
    parts: Parts
    service: Service
    failed: "asyncio.Future[BaseException]"


@asynccontextmanager
async def serving(name: str, compose: Compose, settings: Settings) -> AsyncIterator[Running]:
    """Run a service in this process until the block ends; `settings.port` 0 takes a free port.

    Raises Unavailable where the database does not answer, and at the end what a background task died of.
    """
    with closing(_listen(settings.host, settings.port)) as listener:
        async with opened(name, settings) as parts:
            life = _Life(parts, compose(parts))
            url = "http://{}:{}".format(*listener.getsockname()[:2])
            try:
                with tracing(life.tracing):
                    await life.begin(listener)
                yield Running(name, url, parts, life.site.service, life.supervisor.failed)
            finally:
                await life.end()
            if life.supervisor.failed.done():
                raise life.supervisor.failed.result()


class _Server(uvicorn.Server):
    """A server that leaves signals to the process and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Life:
    """One service from its beginning to its end, in the order that loses nothing (faults K14)."""

    def __init__(self, parts: Parts, service: Service) -> None:
        settings = parts.settings
        self._keys = keys_of(settings, parts.client)
        identity = Identity(self._keys, issuer=settings.issuer, audience=settings.audience)
        waits = Waits(parts.log, service.subscriptions)
        figures, followers = Figures(service.name), Followers(settings.streams)
        self.site = Site(parts, service, identity, waits, figures, followers)
        self.supervisor = Supervisor(self.site.stopped)
        self.tracing = named(service.name)
        self._relay = Relay(
            parts.pool, parts.log, settings.broker, settings.topic_prefix + parts.log.name, parts.holder
        )
        self.site.health = {each.name: each.health for each in service.subscriptions}
        self.site.health[RELAY] = self._relay.health
        self._consumers: list[str] = []
        self._server = _Server(
            uvicorn.Config(
                build(self.site, self.tracing),
                http=Connection,
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                timeout_keep_alive=int(IDLE_SECONDS) + 15,
                timeout_graceful_shutdown=HANDLERS_SECONDS,
            )
        )

    async def begin(self, listener: socket.socket) -> None:
        """Listen, follow, relay; ready when the port answers."""
        await self._keys.renew()
        self.supervisor.start("http", lambda: self._server.serve([listener]))
        for subscription in self.site.service.subscriptions:
            self._consume(subscription.name, subscription.run)
        for name, loop in self.site.service.tasks.items():
            self._consume(name, loop)
        if self.site.parts.settings.relay:
            self.supervisor.start(RELAY, self._relay.run)
        listening = asyncio.ensure_future(self._server.listening.wait())
        either: set[asyncio.Future[Any]] = {listening, self.supervisor.failed}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        self.site.ready = listening.done()
        listening.cancel()

    async def end(self) -> None:
        """Stop in order: readiness off, consumers, handlers, relay."""
        self.site.ready = False
        self.site.followers.draining.set()
        await self.supervisor.stop(self._consumers, CONSUMERS_SECONDS)
        self.supervisor.expect_end("http")
        self._server.should_exit = True
        await self.supervisor.wait("http", HANDLERS_SECONDS + 1)
        await self._flush()
        await self.supervisor.stop(["http", RELAY], RELAY_SECONDS / 2)

    async def _flush(self) -> None:
        """Let the relay send what the last handlers wrote; what it cannot send it sends after a start."""
        if self.site.parts.settings.relay and RELAY not in self.site.stopped:
            await bounded(self._relayed(), RELAY_SECONDS / 2)

    async def _relayed(self) -> None:
        while (settled := await self.site.settled())["relayed"] < settled["head"]:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(FLUSH_PAUSE)  # what the relay has sent is seen in its row only

    def _consume(self, name: str, loop: Loop) -> None:
        self._consumers.append(name)
        self.supervisor.start(name, loop)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # said out loud, for asyncio sets TCP_NODELAY by it: without, every answer waits 40 ms for an ACK
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener
