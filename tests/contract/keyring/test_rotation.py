"""Rotation: every key opens with the new wrapping key alone, wherever it was broken off."""

import asyncio

import pytest

from events.clock import new_secret
from events.keyring import Erased
from events.postgres import PostgresKeyring
from events.postgres.rotation import rotate
from events.wrapping import Locked, Wrapping

OLD, NEW = new_secret(32), new_secret(32)
MANY = 25


async def made(pool) -> dict[str, object]:
    ring = PostgresKeyring(pool, Wrapping(OLD))
    return {name: await ring.key_for(name) for name in map(str, range(MANY))}


async def test_rotate__tells_its_progress_and_ends(pool):
    keys = await made(pool)
    said = [each async for each in rotate(pool, Wrapping(NEW, OLD), batch=10)]
    assert said == [(0, 25), (10, 15), (20, 5), (25, 0)]
    ring = PostgresKeyring(pool, Wrapping(NEW))
    assert {name: await ring.key_for(name) for name in keys} == keys
    assert [each async for each in rotate(pool, Wrapping(NEW, OLD))] == [(0, 0)]


async def test_rotate__killed_in_the_middle_goes_on(pool, server, database):
    keys = await made(pool)
    rotating = rotate(pool, Wrapping(NEW, OLD), batch=10)
    await anext(rotating)
    assert await anext(rotating) == (10, 15)
    await rotating.aclose()
    either = PostgresKeyring(pool, Wrapping(NEW, OLD))
    assert {name: await either.key_for(name) for name in keys} == keys  # a service beside it reads both
    assert [each async for each in rotate(pool, Wrapping(NEW, OLD), batch=10)][-1] == (15, 0)
    ring = PostgresKeyring(pool, Wrapping(NEW))
    assert {name: await ring.key_for(name) for name in keys} == keys


async def test_rotate__leaves_tombstones_and_keys_made_meanwhile(pool):
    await made(pool)
    rotating = rotate(pool, Wrapping(NEW, OLD), batch=10)
    await anext(rotating)
    await PostgresKeyring(pool, Wrapping(NEW, OLD)).destroy("24")
    await PostgresKeyring(pool, Wrapping(OLD, NEW)).key_for("late")
    assert [each async for each in rotating][-1] == (25, 0)
    ring = PostgresKeyring(pool, Wrapping(NEW))
    await ring.key_for("late")
    with pytest.raises(Erased):
        await ring.key_for("24")


async def test_rotate__two_at_once_wrap_each_key_once(pool):
    await made(pool)

    async def whole() -> int:
        return [each async for each in rotate(pool, Wrapping(NEW, OLD), batch=5)][-1][0]

    assert sum(await asyncio.gather(whole(), whole())) == MANY


async def test_rotate__without_the_former_key_changes_nothing(pool):
    await made(pool)
    with pytest.raises(Locked):
        _ = [each async for each in rotate(pool, Wrapping(NEW))]
    assert (
        await pool.fetchval("SELECT count(*) FROM data_key WHERE wrapped_by = $1", Wrapping(OLD).name) == MANY
    )
