"""Rotation: every data key is wrapped anew by the wrapping key in use, beside a service that runs."""

from collections.abc import AsyncGenerator
from uuid import UUID

from events.wrapping import Locked, Wrapped, Wrapping

from .pool import Connection, Pool, ask

BATCH = 500

_LEFT = "SELECT count(*) FROM data_key WHERE wrapped IS NOT NULL AND wrapped_by <> $1"
_STRANGE = "SELECT wrapped_by FROM data_key WHERE wrapped IS NOT NULL AND wrapped_by <> ALL($1) LIMIT 1"
_NEXT = """
    SELECT id, subject, wrapped, wrapped_by FROM data_key
     WHERE wrapped IS NOT NULL AND wrapped_by <> $1 ORDER BY id LIMIT $2 FOR UPDATE
"""
_PUT = "UPDATE data_key SET wrapped = $2, wrapped_by = $3 WHERE id = $1"


async def rotate(pool: Pool, wrapping: Wrapping, batch: int = BATCH) -> AsyncGenerator[tuple[int, int], None]:
    """Yield how many keys are wrapped anew and how many are left, after each batch; it may be begun again.

    A batch is one transaction: what breaks off is left as it was, and a key destroyed meanwhile stays so.
    Raises Locked where a key is wrapped by one that was not given, Unavailable.
    """
    strange = await ask(pool, lambda connection: connection.fetchval(_STRANGE, wrapping.names))
    if strange is not None:
        raise Locked(f"a data key is wrapped by {strange}, which is neither of the wrapping keys given")
    done = 0
    left = await ask(pool, lambda connection: connection.fetchval(_LEFT, wrapping.name))
    yield done, left
    while moved := await ask(pool, lambda connection: _wrap_anew(connection, wrapping, batch)):
        done += moved
        left = await ask(pool, lambda connection: connection.fetchval(_LEFT, wrapping.name))
        yield done, left


async def _wrap_anew(connection: Connection, wrapping: Wrapping, batch: int) -> int:
    async with connection.transaction():
        rows = await connection.fetch(_NEXT, wrapping.name, batch)
        anew = []
        for id_, subject, wrapped, by in rows:
            key = wrapping.unwrap(Wrapped(UUID(int=id_.int), subject, wrapped, by))
            put = wrapping.wrap(key, subject)
            anew.append((put.id, put.wrapped, put.by))
        await connection.executemany(_PUT, anew)
        return len(anew)
