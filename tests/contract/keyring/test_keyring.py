"""What every keyring promises: one key per subject, the same for ever, and a tombstone after its end."""

import asyncio

import pytest

from events.clock import new_id
from events.keyring import CustomerErased, Erased


async def test_key_for__is_made_once_and_stays(keyring):
    keys = await asyncio.gather(*(keyring.key_for("one") for _ in range(8)))
    assert len({key.id for key in keys}) == 1
    assert await keyring.key_for("one") == keys[0]
    other = await keyring.key_for("other")
    assert (other.id, other.secret) != (keys[0].id, keys[0].secret)
    assert len(other.secret) == 32


async def test_keys__are_found_by_their_ids_and_unknown_ones_are_none(keyring):
    one, other, nobody = await keyring.key_for("one"), await keyring.key_for("other"), new_id()
    found = await keyring.keys({one.id, other.id, nobody})
    assert found == {one.id: one, other.id: other, nobody: None}
    assert await keyring.keys([]) == {}


async def test_destroy__leaves_a_tombstone(keyring):
    key = await keyring.key_for("one")
    assert await keyring.destroy("one") is True
    assert await keyring.keys([key.id]) == {key.id: None}
    with pytest.raises(Erased, match="one is erased"):
        await keyring.key_for("one")
    assert await keyring.destroy("one") is False
    await keyring.key_for("other")


async def test_destroy__where_there_was_no_key_lets_none_be_made(keyring):
    assert await keyring.destroy("one") is False
    with pytest.raises(CustomerErased):
        await keyring.key_for("one")
