"""A service as a process of its own: started, watched, stopped."""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import httpx

from local import ports
from local.site import Site

START_SECONDS = 90
"""A busy machine needs a while to start an interpreter."""


@dataclass
class Own:
    """A running process and its port."""

    process: Process
    client: httpx.AsyncClient
    said: str = ""

    async def ready(self) -> None:
        """Wait until it says that it is ready."""
        async with asyncio.timeout(START_SECONDS):
            while True:
                with suppress(httpx.TransportError):
                    if (await self.client.get("/readyz")).status_code == 200:
                        return
                assert self.process.returncode is None, await self.last_words()
                await asyncio.sleep(0.05)

    async def says(self, word: str) -> None:
        """Wait until it has written a line with this word."""
        assert self.process.stderr is not None
        async with asyncio.timeout(START_SECONDS):
            while word not in (line := (await self.process.stderr.readline()).decode()):
                assert line, "it ended"

    def send(self, how: signal.Signals) -> None:
        """Send a signal."""
        os.kill(self.process.pid, how)

    async def ended(self, within: float) -> tuple[int, float]:
        """Wait for the end; return the exit status and how many seconds it took."""
        begun = time.monotonic()
        async with asyncio.timeout(within):
            self.said = await self.last_words()
            status = await self.process.wait()
        return status, time.monotonic() - begun

    async def last_words(self) -> str:
        """Return everything it wrote, once it has ended."""
        assert self.process.stderr is not None
        return self.said or (await self.process.stderr.read()).decode()


@asynccontextmanager
async def own(site: Site, what: str = "serve", **env: str) -> AsyncIterator[Own]:
    """Run `python -m intake <what>` on a site until the block ends."""
    port = ports.free()
    settings = site.env("intake", port, {"intake": f"http://127.0.0.1:{port}"})
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-m", "intake", what),
        env=os.environ | settings | env,
        stderr=PIPE,
        stdout=PIPE,
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=15) as client:
            yield Own(process, client)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
