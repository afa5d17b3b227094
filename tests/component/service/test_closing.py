"""What a service opened is closed at once, and not when a time limit is over."""

import asyncio
import time
from collections.abc import Collection, Mapping
from contextlib import suppress

import pytest

from events.client import IDLE_SECONDS, Client
from events.errors import Unavailable
from events.postgres import Connection
from events.service import parts as parts_of_service
from events.service.parts import opened
from tests.component.intake.desk import settings_of
from tests.component.notifier.sinks import Request, http_sink, listening
from tests.line import until


async def test_opened__lets_go_of_the_connection_that_listens(plot, monkeypatch):
    monkeypatch.setattr(parts_of_service, "CLOSING_SECONDS", 60.0)
    async with asyncio.timeout(20), opened("intake", settings_of(plot)) as parts:
        parts.bell.rung("kept_log")
        await until(lambda: parts.pool.get_size() > parts.pool.get_idle_size())


async def test_opened__lets_nobody_wait_for_what_was_gathered(plot):
    asked = asyncio.Event()

    async def look(connection: Connection, keys: Collection[int]) -> Mapping[int, int]:
        asked.set()
        await connection.execute("SELECT pg_sleep(60)")
        return dict.fromkeys(keys, 0)

    async with opened("intake", settings_of(plot)) as parts:
        waiting = asyncio.ensure_future(parts.gather(look).get(1))
        await asked.wait()
    assert waiting.done()
    with pytest.raises(Unavailable, match="closed"):
        waiting.result()


async def test_opened__closes_its_client_when_nothing_is_under_way(plot, monkeypatch):
    closing, rest = asyncio.Event(), Client.rest

    async def resting(self: Client) -> None:
        closing.set()
        await rest(self)

    async def reply(_request: Request, writer: asyncio.StreamWriter) -> None:
        await closing.wait()
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    monkeypatch.setattr(Client, "rest", resting)
    async with http_sink(reply) as sink:
        async with opened("intake", settings_of(plot)) as parts:
            answer = asyncio.ensure_future(parts.client.get(f"http://127.0.0.1:{sink.port}/"))
            await sink.arrived.wait()
        assert answer.done()
        assert answer.result().is_success


async def test_a_call_some_seconds_later__goes_by_the_same_connection(monkeypatch):
    """So that a cancelled call seldom finds any to close: httpcore forgets those it has not closed."""
    machine_time, later, connections = time.monotonic, [0.0], list[asyncio.StreamWriter]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        with suppress(asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    monkeypatch.setattr(time, "monotonic", lambda: machine_time() + later[-1])
    async with listening(serve) as port, Client(5) as client:
        for seconds, made in ((0.0, 1), (50.0, 1), (3 * IDLE_SECONDS, 2)):
            later.append(seconds)
            await client.get(f"http://127.0.0.1:{port}/")
            assert len(connections) == made
