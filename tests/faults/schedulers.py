"""Schedulers as processes of their own, over one database."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

import httpx

from events.postgres import Pool
from local import ports
from tests.component.scheduler.desk import Desk

START_SECONDS = 60
QUIET_SECONDS = 60


@dataclass(frozen=True)
class Scheduler:
    """One process."""

    process: Process
    url: str

    def send(self, how: signal.Signals) -> None:
        """Freeze, wake or kill it."""
        os.kill(self.process.pid, how)

    async def frozen(self) -> None:
        """Freeze it, and wait until the kernel says so."""
        self.send(signal.SIGSTOP)
        await asyncio.to_thread(os.waitid, os.P_PID, self.process.pid, os.WSTOPPED)


@asynccontextmanager
async def scheduler(desk: Desk) -> AsyncIterator[Scheduler]:
    """Run `python -m scheduler` until the block ends, frozen or not."""
    port = ports.free()
    url = f"http://127.0.0.1:{port}"
    env = os.environ | desk.site.env("scheduler", port, desk.urls | {"scheduler": url})
    command = (sys.executable, "-W", "error", "-m", "scheduler")
    process = await asyncio.create_subprocess_exec(*command, env=env, stdout=DEVNULL, stderr=DEVNULL)
    try:
        await _ready(desk.client, url, process)
        yield Scheduler(process, url)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _ready(client: httpx.AsyncClient, url: str, process: Process) -> None:
    async with asyncio.timeout(START_SECONDS):
        while True:
            with suppress(httpx.TransportError):
                if (await client.get(f"{url}/readyz")).status_code == 200:
                    return
            assert process.returncode is None, "it ended"
            await asyncio.sleep(0.05)


async def armed(pool: Pool, number: int) -> None:
    """Wait until so many timers stand."""
    await _until(pool, "SELECT count(*) >= $1 FROM timer_v1", number)


async def quiet(pool: Pool, instant: datetime) -> None:
    """Wait until every timer up to an instant has fired."""
    await _until(pool, "SELECT NOT EXISTS (SELECT FROM timer_v1 WHERE fire_at <= $1)", instant)


async def _until(pool: Pool, query: str, *arguments: object) -> None:
    async with asyncio.timeout(QUIET_SECONDS):
        while not await pool.fetchval(query, *arguments):  # noqa: ASYNC110 - others write it
            await asyncio.sleep(0.02)
