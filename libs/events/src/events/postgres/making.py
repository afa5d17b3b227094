"""Data keys are made in batches: what is asked for while the last batch commits is the next one."""

import asyncio
from itertools import islice

from asyncpg import Record

from events.errors import Unavailable
from events.wrapping import Wrapped

from .pool import REQUEST_SECONDS, Pool, ask

BATCH = 500

_MAKE = """
    WITH made AS (
        INSERT INTO data_key(id, subject, wrapped, wrapped_by)
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::text[]) ORDER BY 2
        ON CONFLICT (subject) DO NOTHING RETURNING id, subject, wrapped, wrapped_by)
    SELECT * FROM made UNION ALL
    SELECT id, subject, wrapped, wrapped_by FROM data_key WHERE subject = ANY($2)
"""


class Maker:
    """Makes the keys of one process, one batch at a time."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._wanted: dict[str, tuple[Wrapped, asyncio.Future[Record]]] = {}
        self._making: asyncio.Task[None] | None = None

    async def row(self, key: Wrapped) -> Record:
        """Return the row of a subject, this key's where there was none. Raises Unavailable."""
        loop = asyncio.get_running_loop()
        _, found = self._wanted.setdefault(key.subject, (key, loop.create_future()))
        if self._making is None or self._making.done():
            self._making = loop.create_task(self._make_all())
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                return await asyncio.shield(found)
        except TimeoutError as error:
            raise Unavailable("the keyring did not answer in time") from error

    async def _make_all(self) -> None:
        while self._wanted:
            batch = [key for key, _ in islice(self._wanted.values(), BATCH)]
            try:
                rows = await self._make(batch)
            except Exception as error:  # noqa: BLE001 - whoever waits is told, whatever it is
                for key in batch:
                    _, waits = self._wanted.pop(key.subject)
                    waits.set_exception(error)
                    waits.exception()  # whoever has gone does not ask any more
                continue
            for row in rows:  # what another process is making just now is seen the next time
                self._wanted.pop(row["subject"])[1].set_result(row)

    async def _make(self, batch: list[Wrapped]) -> list[Record]:
        said = zip(*((key.id, key.subject, key.wrapped, key.by) for key in batch), strict=True)
        columns = [list(column) for column in said]
        return list(await ask(self._pool, lambda connection: connection.fetch(_MAKE, *columns)))
