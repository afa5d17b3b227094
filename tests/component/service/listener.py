"""A caller who follows the feed: one event at a time, as `text/event-stream` has them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.component.intake.desk import Intake

SECONDS = 30
CUSTOMER = {"name": "Mai", "zone": "Asia/Ho_Chi_Minh"}


@dataclass(frozen=True)
class Told:
    """One event of a stream."""

    cursor: str
    kind: str
    row: dict[str, Any]

    @property
    def position(self) -> int:
        """Where it stands in the log."""
        return int(self.row["position"])


class Listener:
    """A stream that was opened, and what comes of it."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._blocks = self._read()

    async def hear(self, many: int) -> list[Told]:
        """Return so many events, as they come."""
        return [await self._next() for _ in range(many)]

    async def block(self) -> dict[str, str]:
        """Return the next block whatever it is, by the names of its fields; a comment's name is empty."""
        async with asyncio.timeout(SECONDS):
            return await anext(self._blocks)

    async def ended(self) -> bool:
        """Wait for the end; say whether nothing more was told until then."""
        async with asyncio.timeout(SECONDS):
            return not [block async for block in self._blocks if "data" in block]

    async def _next(self) -> Told:
        while "data" not in (block := await self.block()):
            pass
        return Told(block["id"], block["event"], json.loads(block["data"]))

    async def _read(self) -> AsyncIterator[dict[str, str]]:
        block: dict[str, str] = {}
        async for line in self.answer.aiter_lines():
            if line:
                name, _, value = line.partition(":")
                block[name] = value.removeprefix(" ")
            else:
                yield block
                block = {}


@asynccontextmanager
async def listening(intake: Intake, query: str = "", *, role: str = "analyst", **headers: str) -> Any:
    """Follow the feed until the block ends."""
    sent = intake.headers(role=role, key=None, accept="text/event-stream", **headers)
    async with intake.client.stream("GET", f"/v1/events{query}", headers=sent) as answer:
        yield Listener(answer)


async def fill(intake: Intake, many: int = 3) -> int:
    """Record some events; return where the log ends."""
    await asyncio.gather(*(intake.patiently("/v1/customers", CUSTOMER) for _ in range(many)))
    return await intake.length()
