"""Acceptance 5, K17: two processes append with random stalls; who tails by position misses nothing."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from events.clock import jitter
from events.postgres import PostgresLog
from events.recorded import Stored
from events.verify.chain import Chain
from tests.logs import ROLE, a_database, a_log, a_server

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
async def server(tmp_path_factory):
    async with a_server(tmp_path_factory.mktemp("two_writers")) as running:
        yield running


@pytest.fixture
async def database(server):
    async with a_database(server) as name:
        yield name


async def start_writer(dsn: str, name: str, events: int) -> asyncio.subprocess.Process:
    command = (sys.executable, "-m", "tests.faults.log_writer", dsn, name, str(events))
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT)


async def freeze_now_and_then(process: asyncio.subprocess.Process) -> int:
    """Stop the process for a moment, again and again until it ends; returns how often."""
    frozen = 0
    while process.returncode is None:
        await asyncio.sleep(0.1 + jitter(0.3))
        if process.returncode is None:
            process.send_signal(signal.SIGSTOP)
            await asyncio.sleep(jitter(0.2))
            with suppress(ProcessLookupError):  # it had ended just before it was stopped
                process.send_signal(signal.SIGCONT)
            frozen += 1
    return frozen


async def follow(log: PostgresLog, last: int) -> AsyncIterator[Stored]:
    """Tail a log by position up to `last`, in pages of any size."""
    position = 0
    while position < last:
        assert await log.grown(position, 30), f"nothing after {position}"
        for row in await log.tail(position, 1 + int(jitter(200))):
            yield row
            position = row.position


async def run(server, database: str, events: int) -> Chain:
    """Let two processes append `events` each while a reader follows."""
    dsn = server.database(database, ROLE)
    async with a_log(server, database) as log:
        writers = [await start_writer(dsn, name, events) for name in ("an", "binh")]
        freezing = [asyncio.create_task(freeze_now_and_then(writer)) for writer in writers]
        seen = Chain("cases")
        try:
            async for row in follow(log, 2 * events):
                seen.take(row)
            assert [await writer.wait() for writer in writers] == [0, 0]
        finally:
            for writer in writers:
                if writer.returncode is None:
                    writer.kill()
        assert all(await asyncio.gather(*freezing))
        stored = Chain("cases")
        position = 0
        while page := await log.tail(position, 1000):
            for row in page:
                stored.take(row)
            position = page[-1].position
        assert (stored.events, stored.hash) == (seen.events, seen.hash)
        return seen


def assert_whole(seen: Chain, events: int) -> None:
    assert (seen.shape, seen.chain) == (None, None)
    assert (seen.events, seen.position) == (events, events)


async def test_two_writers__a_reader_misses_nothing(server, database):
    assert_whole(await run(server, database, 2_500), 5_000)


@pytest.mark.accept
async def test_two_writers__a_reader_misses_nothing_in_a_hundred_thousand(server, database):
    assert_whole(await run(server, database, 50_000), 100_000)
