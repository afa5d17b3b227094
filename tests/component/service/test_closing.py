"""What a service opened is closed at once, and not when a time limit is over."""

import asyncio
from collections.abc import Collection, Mapping

import pytest

from events.errors import Unavailable
from events.postgres import Connection
from events.service import parts as parts_of_service
from events.service.parts import opened
from tests.component.intake.desk import settings_of
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
