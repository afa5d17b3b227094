"""Acceptance 5, I15: what a superuser does to a row, with the triggers off, is found and its place named."""

import asyncpg
import pytest

from events.clock import machine_time, new_id
from events.log import Append, Entry, Part
from events.verify.chain import Chain
from tests.logs import a_database, a_log, a_server, as_superuser

EVENTS = 20
OFF = "ALTER TABLE event DISABLE TRIGGER append_only;"
CHANGES = {
    "stream": "stream || 'x'",
    "version": "version + 100",
    "event_id": "gen_random_uuid()",
    "type": "'Other'",
    "schema_version": "schema_version + 1",
    "data": "data || '\\x20'",
    "metadata": "'\\x00'",
    "occurred_at": "occurred_at + interval '1 microsecond'",
    "recorded_at": "recorded_at - interval '1 microsecond'",
    "content": "sha256(content)",
    "hash": "sha256(hash)",
}
REMOVE = "DELETE FROM event WHERE position = {at};"
SWAP = """
    UPDATE event SET position = -1 WHERE position = {at};
    UPDATE event SET position = {at} WHERE position = {at} + 2;
    UPDATE event SET position = {at} + 2 WHERE position = -1;
"""
MOVE_DOWN = """
    UPDATE event SET position = position + 1000 WHERE position >= {at};
    UPDATE event SET position = position - 999 WHERE position >= 1000;
"""
INSERT = """
    INSERT INTO event
    SELECT {at}, 'case-new', 1, gen_random_uuid(), type, schema_version, data, metadata,
           occurred_at, recorded_at, content, hash
      FROM event WHERE position = {at} - 1;
"""
MOVE_UP = "UPDATE event SET position = position - 1 WHERE position > {at};"


@pytest.fixture(scope="module")
async def server(tmp_path_factory):
    async with a_server(tmp_path_factory.mktemp("tamper")) as running:
        yield running


@pytest.fixture(scope="module")
async def written(server):
    """A database whose log holds twenty events, by commands of two, in four streams."""
    async with a_database(server) as name:
        async with a_log(server, name) as log:
            for number in range(EVENTS // 2):
                entries = tuple(
                    Entry("Happened", 1, bytes([number]), b"{}", machine_time()) for _ in range(2)
                )
                await log.append(Append(new_id(), (Part(f"case-{number % 4}", None, entries),)))
        yield name


@pytest.fixture
async def database(server, written):
    """A copy of it, to be spoilt."""
    name = f"{written}_spoilt"
    await server.create(name, login="kept_cases", template=written)
    yield name
    await server.drop(name)


async def breach(server, database: str):
    """Return what a reader of the log finds."""
    chain = Chain("cases")
    async with a_log(server, database) as log:
        for row in await log.tail(0):
            chain.take(row)
    return chain


async def test_untouched__nothing_found(server, written):
    chain = await breach(server, written)
    assert (chain.shape, chain.chain, chain.events) == (None, None, EVENTS)


@pytest.mark.parametrize("column", CHANGES)
async def test_changed__found(server, database, column):
    at = 2 + new_id().int % (EVENTS - 2)
    await as_superuser(
        server, database, f"{OFF} UPDATE event SET {column} = {CHANGES[column]} WHERE position = {at}"
    )
    chain = await breach(server, database)
    assert chain.chain is not None
    assert chain.chain.position == at
    assert f"cases@{at}" in chain.findings()[1].line()


@pytest.mark.parametrize("at", [1, 7, EVENTS - 1])
async def test_removed__found(server, database, at):
    await as_superuser(server, database, OFF + REMOVE.format(at=at))
    chain = await breach(server, database)
    assert chain.chain is not None
    assert (chain.chain.position, chain.chain.reason[:8]) == (at, "missing:")


@pytest.mark.parametrize("at", [1, 7, EVENTS - 1])
async def test_removed_and_closed_up__found(server, database, at):
    await as_superuser(server, database, OFF + REMOVE.format(at=at) + MOVE_UP.format(at=at))
    chain = await breach(server, database)
    assert chain.chain is not None
    assert chain.chain.position == at


@pytest.mark.parametrize("at", [1, 7, EVENTS - 2])
async def test_swapped__found(server, database, at):
    await as_superuser(server, database, OFF + SWAP.format(at=at))
    chain = await breach(server, database)
    assert chain.chain is not None
    assert chain.chain.position == at


@pytest.mark.parametrize("at", [2, 7, EVENTS + 1])
async def test_inserted__found(server, database, at):
    await as_superuser(server, database, OFF + MOVE_DOWN.format(at=at) + INSERT.format(at=at))
    chain = await breach(server, database)
    assert chain.chain is not None
    assert chain.chain.position == at


async def test_refused__while_the_triggers_are_on(server, database):
    for change in (REMOVE, SWAP, MOVE_UP):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            await as_superuser(server, database, change.format(at=1))
    assert (await breach(server, database)).chain is None
