"""What a service opened is closed at once, and not when a time limit is over."""

import asyncio

from events.service import parts as parts_of_service
from events.service.parts import opened
from tests.component.intake.desk import settings_of
from tests.line import until


async def test_opened__lets_go_of_the_connection_that_listens(plot, monkeypatch):
    monkeypatch.setattr(parts_of_service, "CLOSING_SECONDS", 60.0)
    async with asyncio.timeout(20), opened("intake", settings_of(plot)) as parts:
        parts.bell.rung("kept_log")
        await until(lambda: parts.pool.get_size() > parts.pool.get_idle_size())
