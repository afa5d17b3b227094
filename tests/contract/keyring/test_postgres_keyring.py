"""The keyring in PostgreSQL: what lies in its table, who may do what, and for how long a key is known."""

import asyncio

import asyncpg
import pytest

from events.clock import new_id, new_secret
from events.errors import Unavailable
from events.keyring import DataKey, Erased
from events.postgres import PostgresKeyring, connect
from events.postgres import keyring as module
from events.wrapping import Locked, NotOurs, Wrapping


async def test_key_for__is_committed_wrapped_and_seen_by_others(pool, wrapping):
    key = await PostgresKeyring(pool, wrapping).key_for("one")
    (row,) = await pool.fetch("SELECT * FROM data_key")
    assert (row["id"], row["subject"], row["wrapped_by"]) == (key.id, "one", wrapping.name)
    assert key.secret not in row["wrapped"]
    assert await PostgresKeyring(pool, wrapping).key_for("one") == key


async def test_key_for__two_processes_make_one(pool, wrapping):
    rings = [PostgresKeyring(pool, wrapping) for _ in range(6)]
    assert (
        len({(await key).id for key in [asyncio.ensure_future(each.key_for("one")) for each in rings]}) == 1
    )


async def test_key_for__a_known_key_costs_no_query(pool, wrapping):
    ring = PostgresKeyring(pool, wrapping)
    key = await ring.key_for("one")
    await pool.close()
    assert await ring.key_for("one") == key
    assert await ring.keys([key.id]) == {key.id: key}


async def test_destroy__leaves_nothing_of_the_key_in_the_row(pool, wrapping):
    ring = PostgresKeyring(pool, wrapping)
    await ring.key_for("one")
    await ring.destroy("one")
    (row,) = await pool.fetch("SELECT * FROM data_key")
    assert (row["wrapped"], row["wrapped_by"]) == (None, "")
    assert row["destroyed_at"] is not None


async def test_destroy__another_process_knows_the_key_for_seconds_only(pool, wrapping, monkeypatch):
    ring, other = (PostgresKeyring(pool, wrapping) for _ in range(2))
    now = 1000.0
    monkeypatch.setattr(module, "monotonic", lambda: now)
    key = await other.key_for("one")
    await ring.destroy("one")
    with pytest.raises(Erased):
        await ring.key_for("one")
    assert await other.key_for("one") == key
    now += module.KNOWN_SECONDS
    with pytest.raises(Erased):
        await other.key_for("one")
    assert await other.keys([key.id]) == {key.id: None}


async def test_keys__are_known_up_to_a_bound(pool, wrapping, monkeypatch):
    monkeypatch.setattr(module, "KNOWN", 2)
    ring = PostgresKeyring(pool, wrapping)
    keys = [await ring.key_for(each) for each in ("one", "two", "three")]
    await pool.close()
    assert await ring.keys([each.id for each in keys[1:]]) == {each.id: each for each in keys[1:]}
    with pytest.raises(Unavailable):
        await ring.key_for("one")


async def test_unwrap__refuses_another_wrapping_key_and_another_row(pool, wrapping):
    await PostgresKeyring(pool, wrapping).key_for("one")
    with pytest.raises(Locked, match="neither of the wrapping keys given"):
        await PostgresKeyring(pool, Wrapping(new_secret(32))).key_for("one")
    with pytest.raises(Locked, match="is not set"):
        await PostgresKeyring(pool, None).key_for("one")
    await pool.execute("UPDATE data_key SET subject = 'two'")
    with pytest.raises(NotOurs):
        await PostgresKeyring(pool, wrapping).key_for("two")


async def test_role__can_neither_delete_nor_change_the_table(pool, wrapping):
    await PostgresKeyring(pool, wrapping).key_for("one")
    for sql in ("DELETE FROM data_key", "TRUNCATE data_key", "DROP TABLE data_key", "CREATE TABLE x()"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(sql)


async def test_store_gone__is_unavailable_within_two_seconds(wrapping):
    async with await connect("postgresql://nobody@127.0.0.1:1/none", application="test") as pool:
        async with asyncio.timeout(2):
            with pytest.raises(Unavailable):
                await PostgresKeyring(pool, wrapping).key_for("one")


def test_secret__stands_in_no_repr(wrapping):
    key = DataKey(new_id(), b"s" * 32)
    assert "ssss" not in repr(key) + repr(wrapping.wrap(key, "one"))
    assert repr(wrapping.current) not in repr(wrapping)
