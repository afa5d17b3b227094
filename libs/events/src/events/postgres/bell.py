"""Wakes whoever waits for news, here at once, in other processes by NOTIFY; a hint, polling is the truth."""

import asyncio
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

import asyncpg

from events.clock import jitter
from events.errors import Unavailable

from .pool import OUTAGES, REQUEST_SECONDS, Connection, Pool, borrow

Channel = Literal["kept_log", "kept_clock", "kept_timers"]
CHANNELS: tuple[Channel, ...] = ("kept_log", "kept_clock", "kept_timers")

NOTIFY_SECONDS = 0.02
"""Rings within this time go to the other processes as one."""
PING_SECONDS = 5.0
FIRST_PAUSE, LAST_PAUSE = 0.1, 5.0

_NOTIFY = "SELECT set_config('synchronous_commit', 'off', true), pg_notify(c, '') FROM unnest($1::text[]) c"
"""A hint need not be durable: without a flush of its own."""
_PING = "SELECT 1"


@dataclass(slots=True)
class _Waiters:
    """How often a channel was rung, and who waits for the next time."""

    rung: int = 0
    next: asyncio.Event = field(default_factory=asyncio.Event)


class Bell:
    """The bell of one process, on one LISTEN connection, made again with back-off where it is lost."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._channels: defaultdict[str, _Waiters] = defaultdict(_Waiters)
        self._unsent: set[Channel] = set()
        self._listening: asyncio.Task[None] | None = None
        self._telling: asyncio.Task[None] | None = None

    def ring(self, channel: Channel) -> None:
        """Wake all who wait on a channel: here now, elsewhere soon."""
        self._wake(channel)
        self._unsent.add(channel)
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell())

    def rung(self, channel: Channel) -> int:
        """Return how often a channel was rung: ask this, look at the thing, then wait to hear more."""
        self._listen()
        return self._channels[channel].rung

    async def heard(self, channel: Channel, timeout: float, since: int | None = None) -> bool:  # noqa: ASYNC109 - a bound, not a cancel
        """Wait at most `timeout` seconds for a ring after `since` (of `rung`; none: after now)."""
        self._listen()
        waiters = self._channels[channel]
        if since is None or since == waiters.rung:
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    return await waiters.next.wait()
            return False
        return True

    async def close(self) -> None:
        """Stop listening and telling."""
        for task in (self._listening, self._telling):
            if task is not None:
                task.cancel()
                await asyncio.wait({task}, timeout=REQUEST_SECONDS)

    def _wake(self, channel: str) -> None:
        waiters = self._channels[channel]
        waiters.rung += 1
        waiters.next.set()
        waiters.next = asyncio.Event()

    def _listen(self) -> None:
        if self._listening is None or self._listening.done():
            self._listening = asyncio.create_task(self._keep_listening())

    async def _tell(self) -> None:
        while self._unsent:
            channels, self._unsent = self._unsent, set()
            with suppress(Unavailable):  # the others poll
                async with borrow(self._pool) as connection:
                    await connection.execute(_NOTIFY, list(channels))
            await asyncio.sleep(NOTIFY_SECONDS)  # rings meanwhile go out as one

    async def _keep_listening(self) -> None:
        pause = FIRST_PAUSE
        while True:
            began = asyncio.get_running_loop().time()
            with suppress(*OUTAGES):
                connection = await self._pool.acquire(timeout=REQUEST_SECONDS)
                try:
                    await self._listen_on(connection)
                finally:
                    with suppress(asyncpg.InterfaceError):  # it was cut off: a cancel goes on
                        connection.terminate()
                    await self._pool.release(connection)
            lasted = asyncio.get_running_loop().time() - began
            pause = FIRST_PAUSE if lasted > PING_SECONDS else min(2 * pause, LAST_PAUSE)
            await asyncio.sleep(pause + jitter(pause / 4))  # back-off, before it connects again

    async def _listen_on(self, connection: Connection) -> None:
        """Listen until the connection is lost or does not answer."""
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        for channel in CHANNELS:
            await connection.add_listener(channel, self._hear)
        for channel in CHANNELS:  # what was rung while nobody listened
            self._wake(channel)
        while not lost.is_set():
            try:
                async with asyncio.timeout(PING_SECONDS):
                    await lost.wait()
            except TimeoutError:
                await connection.execute(_PING, timeout=REQUEST_SECONDS)

    def _hear(self, _connection: object, _pid: int, channel: str, _payload: object) -> None:
        self._wake(channel)
