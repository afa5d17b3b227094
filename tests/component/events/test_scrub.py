"""`events scrub`: what was deleted from a table is gone from the files of the server, its WAL included."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from events.cli.scrub import scrubbed
from events.postgres.scrub import scrub_tables
from local.site import role
from tests.files import holding

MARK = "Xq7scrub"
SAMPLED = "SELECT count(*) FROM pg_stats WHERE histogram_bounds::text LIKE $1"
"""The planner keeps samples, compressed."""


@pytest.fixture
async def dsn(parts) -> AsyncIterator[str]:
    """An empty database."""
    name = f"scrub_{secrets.token_hex(3)}"
    await parts.postgres.roles(role("intake"))
    await parts.postgres.create(name, login=role("intake"))
    yield parts.postgres.database(name)
    await parts.postgres.drop(name)


def readable(place: Path) -> Path:
    if not place.is_dir():
        pytest.skip("the server's files are on another machine")
    return place


async def test_scrub__leaves_nothing_of_what_was_erased_in_any_file(dsn):
    connection = await asyncpg.connect(dsn)
    try:
        place = readable(Path(await connection.fetchval("SHOW data_directory")))
        mark = f"{MARK}{secrets.token_hex(4)}".encode()
        await connection.execute("CREATE TABLE said(id int PRIMARY KEY, words text)")
        await connection.execute("CREATE INDEX ON said(words)")
        words = [(number, f"{mark.decode()} {number}") for number in range(2000)]
        await connection.executemany("INSERT INTO said VALUES ($1, $2)", words)
        await connection.execute("ANALYZE said")
        assert await connection.fetchval(SAMPLED, f"%{mark.decode()}%") == 1
        await connection.execute("UPDATE said SET words = '[erased]'")
        await connection.execute("CHECKPOINT")
        before = {path.parent.name for path in holding(place, mark)}
        assert "pg_wal" in before
        assert len(before) == 2, "and in the table"
        lines = [line async for line in scrubbed({"intake": dsn})]
        assert await connection.fetchval(SAMPLED, f"%{mark.decode()}%") == 0
        assert [path.relative_to(place) for path in holding(place, mark)] == []
        assert await connection.fetchval("SELECT count(*) FROM said WHERE words = '[erased]'") == 2000
        assert lines[0].startswith("intake said: 0.")
        assert lines[-2].startswith("intake pg_catalog.pg_statistic: ")
        assert lines[-1].startswith("write-ahead log: ")
    finally:
        await connection.close()


async def test_scrub__leaves_the_log_alone(dsn):
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("CREATE TABLE event(position bigint); CREATE TABLE other(id int)")
        names = [written.name async for written in scrub_tables(dsn)]
    finally:
        await connection.close()
    assert "public.other" in names
    assert "public.event" not in names
