"""A client that is cut off while it starts loses no connection."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from events.kafka import check_topic, consuming, producing
from tests.component.notifier.sinks import listening


class Between:
    """Stands between client and broker, and holds the second answer of the first connection back."""

    def __init__(self, broker: str) -> None:
        self._broker = broker
        self.port = 0
        self.asked = asyncio.Event()
        self.answers = asyncio.Event()
        self.closed = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, _, port = self._broker.rpartition(":")
        there, onwards = await asyncio.open_connection(host, int(port))
        answering = asyncio.create_task(self._answer(there, writer))
        try:
            while said := await reader.read(1 << 16):
                onwards.write(said)
            self.closed.set()
        finally:
            answering.cancel()
            onwards.close()

    async def _answer(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            writer.write(await frame(there))
            second = await frame(there)
            self.asked.set()
            await self.answers.wait()
            writer.write(second)


async def frame(reader: asyncio.StreamReader) -> bytes:
    """Return one answer: its size in four bytes, and as many bytes."""
    size = await reader.readexactly(4)
    return size + await reader.readexactly(int.from_bytes(size))


@pytest.fixture
async def between(parts) -> AsyncIterator[Between]:
    """A way to the broker that is slow to answer."""
    way = Between(parts.broker.bootstrap)
    async with listening(way.serve) as port:
        way.port = port
        yield way


@asynccontextmanager
async def checked(bootstrap: str, topic: str) -> AsyncIterator[None]:
    await check_topic(bootstrap, topic)
    yield


@asynccontextmanager
async def produced(bootstrap: str, _topic: str) -> AsyncIterator[None]:
    async with producing(bootstrap):
        yield


@pytest.mark.parametrize("reach", [consuming, produced, checked])
async def test_start__cut_off_before_the_second_answer_closes_its_connection(reach, between):
    async def started() -> None:
        async with reach(f"127.0.0.1:{between.port}", "none"):
            raise AssertionError

    starting = asyncio.create_task(started())
    await between.asked.wait()
    starting.cancel()
    between.answers.set()
    with pytest.raises(asyncio.CancelledError):
        await starting
    async with asyncio.timeout(5):
        await between.closed.wait()
    gc.collect()  # one that was lost would say so
