"""Acceptance 10, K11-K13 at the log: whatever becomes of the server, nobody waits long, and it heals."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from events.clock import machine_time, new_id
from events.errors import Unavailable
from events.log import Append, Entry, Part
from events.postgres import Lease, PostgresLog, ask, borrow
from events.postgres.pool import SERVER_SETTINGS
from tests.logs import a_database, a_log, a_server, as_superuser
from tests.processes import freeze, wake

BOUND = 2.0
HEALED = 15.0
LOCK = "SELECT pg_advisory_lock(1802858612)"
LOCK_IN_TRANSACTION = "SELECT pg_advisory_xact_lock(1802858612)"
DATABASE = "SELECT current_database()"
IN_TRANSACTION = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"


@pytest.fixture(scope="module")
async def server(tmp_path_factory):
    async with a_server(tmp_path_factory.mktemp("outages")) as running:
        yield running


@pytest.fixture
async def log(server):
    async with a_database(server) as name, a_log(server, name) as log:
        yield log


def command(stream: str | None = None) -> Append:
    entry = Entry("Happened", 1, b"{}", b"{}", machine_time())
    return Append(new_id(), (Part(stream or f"case-{new_id()}", None, (entry,)),))


async def seconds_of(what: Awaitable[object]) -> float:
    """Return how long it took to fail with Unavailable."""
    began = asyncio.get_running_loop().time()
    with pytest.raises(Unavailable):
        await what
    return asyncio.get_running_loop().time() - began


async def refuses(log: PostgresLog) -> None:
    """Everything that asks the database gives up in time."""
    asked: list[Awaitable[object]] = [
        *(log.append(command()) for _ in range(20)),
        *(log.tail(0) for _ in range(20)),
        *(log.stream(f"case-{number}") for number in range(20)),
        log.head(),
        log.now(),
        log.find(new_id()),
        Lease(log._pool, "relay", "an").hold(),
    ]
    took = await asyncio.gather(*(seconds_of(one) for one in asked))
    assert max(took) < BOUND


async def heals(log: PostgresLog) -> float:
    """Wait until an append and a read succeed again; returns the seconds that took."""
    began = asyncio.get_running_loop().time()
    while True:
        try:
            appended = await log.append(command())
            assert (await log.tail(appended.first - 1))[0].position == appended.first
        except Unavailable:
            assert asyncio.get_running_loop().time() - began < HEALED
        else:
            return asyncio.get_running_loop().time() - began


@asynccontextmanager
async def frozen(server):
    """Stop every process of the server, as if the network swallowed all it says."""
    freeze(server.server.pid)
    try:
        yield
    finally:
        wake(server.server.pid)


@asynccontextmanager
async def stopped(server, how: signal.Signals | None = None):
    await server.server.stop(how)
    try:
        yield
    finally:
        await server.server.start()


OUTAGES: dict[str, Callable] = {
    "frozen": frozen,
    "stopped": stopped,
    "killed": lambda server: stopped(server, signal.SIGKILL),
}


@pytest.mark.parametrize("outage", OUTAGES)
async def test_outage__unavailable_in_time_and_heals(server, log, outage):
    await log.append(command())
    async with OUTAGES[outage](server):
        await refuses(log)
        await refuses(log)
    await heals(log)
    rows = await log.tail(0, 10_000)
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))


@pytest.mark.accept
async def test_frozen__longer_than_any_timeout(server, log):
    await log.append(command())
    async with frozen(server):
        for _ in range(4):
            await refuses(log)
    assert await heals(log) < 5


async def test_frozen__in_mid_append_the_same_command_is_a_repeat(server, log):
    await log.append(command())
    one = command()
    async with frozen(server):
        assert await seconds_of(log.append(one)) < BOUND
    await heals(log)
    assert (await log.append(one)).count == 1
    assert len(await log.stream(one.parts[0].stream)) == 1


async def test_restart__between_two_requests_is_not_noticed(server, log):
    """K11: the connections of the pool are dead, and replaced."""
    await asyncio.gather(*(log.tail(0) for _ in range(5)))
    for how in (None, signal.SIGKILL):
        async with stopped(server, how):
            pass
        answers = await asyncio.gather(*(log.tail(0) for _ in range(5)), log.append(command()))
        assert len(answers) == 6


async def test_killed__under_load_nothing_acknowledged_is_lost(server, log):
    told: dict[int, str] = {}

    async def write() -> None:
        while len(told) < 1500:
            one = command()
            try:
                appended = await log.append(one)
            except Unavailable:
                continue
            told[appended.first] = one.parts[0].stream

    writing = [asyncio.create_task(write()) for _ in range(16)]
    for how in (signal.SIGKILL, None):
        await asyncio.sleep(0.2)
        async with stopped(server, how):
            await asyncio.sleep(0.1)
    await asyncio.gather(*writing)
    rows = {row.position: row.stream for row in await log.tail(0, 10_000)}
    assert list(rows) == list(range(1, len(rows) + 1))
    assert told.items() <= rows.items()


async def test_locked__the_append_is_unavailable_in_time(server, log):
    holder = await asyncpg.connect(server.dsn, database=await log._pool.fetchval(DATABASE))
    await holder.execute(LOCK)
    took = await asyncio.gather(*(seconds_of(log.append(command())) for _ in range(3)))
    assert max(took) < BOUND
    await holder.close()
    assert await heals(log) < 3


async def test_locked__by_a_client_that_froze_in_its_transaction(server, log):
    """The server ends a transaction that idles: a frozen client stops no writer for long."""
    holder = await asyncpg.connect(
        server.dsn, database=await log._pool.fetchval(DATABASE), server_settings=SERVER_SETTINGS
    )
    await holder.execute(f"BEGIN; {LOCK_IN_TRANSACTION}")
    assert (await log.append(command())).first == 1
    await holder.close()


async def test_cancelled__two_hundred_times_in_transactions(server, log):
    """K13: nothing is committed, nothing stays open, and the pool works on."""

    async def begin() -> None:
        async with borrow(log._pool) as connection, connection.transaction():
            await connection.execute("INSERT INTO lease VALUES ($1, 'an', now())", str(new_id()))
            await connection.execute("SELECT pg_sleep(1)")

    for _ in range(25):
        tasks = [asyncio.create_task(begin()) for _ in range(8)]
        await asyncio.sleep(0.01)
        for task in tasks:
            task.cancel()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError | Unavailable) for one in done)

    async def counts(connection) -> tuple[int, int]:
        return (
            await connection.fetchval("SELECT count(*) FROM lease"),
            await connection.fetchval(IN_TRANSACTION),
        )

    await heals(log)
    assert await ask(log._pool, counts) == (0, 0)


async def test_cancelled__while_the_server_is_frozen(server, log):
    """K12: a cancel does not wait for an answer that never comes."""
    await log.append(command())
    async with frozen(server):
        tasks = [asyncio.create_task(log.tail(0)), asyncio.create_task(log.append(command()))]
        await asyncio.sleep(0.1)
        began = asyncio.get_running_loop().time()
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=5)
        assert asyncio.get_running_loop().time() - began < 0.5
        assert all(task.cancelled() for task in tasks)
    await heals(log)


async def test_cancelled__with_a_plain_pool_while_the_server_is_frozen(server, log):
    """K12: the same for those who use the pool as it is, in a transaction or not."""

    async def plain() -> None:
        await log._pool.fetch("SELECT 1")

    async def in_transaction() -> None:
        async with log._pool.acquire() as connection, connection.transaction():
            await connection.fetch("SELECT 1")

    await asyncio.gather(plain(), in_transaction())
    async with frozen(server):
        for what in (plain, in_transaction):
            began = asyncio.get_running_loop().time()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await what()
            assert asyncio.get_running_loop().time() - began < 0.6
    await heals(log)


async def test_closed__while_the_server_is_frozen(server):
    async with a_database(server) as name, a_log(server, name) as log:
        await log.append(command())
        async with frozen(server):
            appending = asyncio.create_task(log.append(command()))
            await asyncio.sleep(0.1)
            began = asyncio.get_running_loop().time()
            await log.close()
            assert asyncio.get_running_loop().time() - began < 2 * BOUND
            with pytest.raises(Unavailable):
                await appending


async def test_data_error__only_the_culprit_fails(server, log):
    """A batch that fails is sent again command by command."""
    await as_superuser(
        server,
        await log._pool.fetchval(DATABASE),
        "ALTER TABLE event ADD CONSTRAINT planted CHECK (type <> 'Culprit')",
    )
    entry = Entry("Culprit", 1, b"{}", b"{}", machine_time())
    bad = Append(new_id(), (Part("case-bad", 0, (entry,)),))
    asked = [*(command() for _ in range(9)), bad, *(command() for _ in range(9))]
    answers = await asyncio.gather(*(log.append(one) for one in asked), return_exceptions=True)
    assert [type(answer).__name__ for answer in answers if isinstance(answer, Exception)] == [
        "CheckViolationError"
    ]
    assert (await log.head()).position == 18


async def test_cut_off__between_preparing_a_statement_and_running_it(log):
    async def work(lent: Any) -> None:
        connection = lent._con
        prepare = connection._get_statement

        async def prepare_and_cut(*args, **options):
            statement = await prepare(*args, **options)
            connection.terminate()
            return statement

        connection._get_statement = prepare_and_cut
        await connection.fetchval(DATABASE)

    with pytest.raises(Unavailable):
        await ask(log._pool, work, 0.01)
