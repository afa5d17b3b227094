"""What requests ask of a log at one time goes in one statement, whatever each of them asks."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, TypeAlias, cast
from uuid import UUID

from asyncpg import Record

from events.log import Appended
from events.recorded import Stored

from .gathered import Gathered
from .pool import Connection, Pool

_Stream: TypeAlias = tuple[str, int]
"""A stream, and the version after which its rows are wanted."""
_Key: TypeAlias = "_Stream | UUID | None"
"""A stream's rows, what a command came to, or what time it is."""

_NOW = "SELECT kept_now()"
ROWS = """
    SELECT position, stream, version, event_id, type, schema_version, data, metadata,
           occurred_at, recorded_at, content, hash
      FROM event
"""
WIDTH = 12
"""How many columns those are."""
_STREAM = f"{ROWS} WHERE stream = $1 AND version > $2 ORDER BY version"
_ALL = f"""
    SELECT found.*, NULL::uuid, NULL::int, NULL::bytea, NULL::bytea
      FROM unnest($1::text[], $2::bigint[]) AS asked(name, since)
     CROSS JOIN LATERAL ({ROWS} WHERE stream = asked.name AND version > asked.since ORDER BY version) found
     UNION ALL
    SELECT position, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, recorded_at, NULL, NULL,
           command, size, fingerprint, answer
      FROM event WHERE command = ANY($3::uuid[])
     UNION ALL
    SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, kept_now(), NULL, NULL,
           NULL, NULL, NULL, NULL
"""  # noqa: S608 - what it is made of stands here
"""The order within keeps the planner from anything but the index of streams. The clock is read last: what was
read before it was recorded before it."""


class Looking:
    """Rows of streams, outcomes of commands and domain time; each as it stands after the asking."""

    def __init__(self, pool: Pool, log: str, log_id: UUID) -> None:
        self._log, self._log_id = log, log_id
        self._asked: Gathered[_Key, Any] = Gathered(pool, self._look)
        self._whole: Gathered[_Key, Any] = Gathered(pool, self._look)
        """Streams from their beginning: one that is long keeps nobody waiting who asks for news."""

    async def stream(self, stream: str, after: int) -> list[Stored]:
        """Return the rows of a stream with version > after. Raises Unavailable."""
        asked = self._asked if after else self._whole
        return cast("list[Stored]", await asked.get((stream, after)))

    async def command(self, command: UUID) -> Appended | None:
        """Return what a command appended, as a repeat, or none. Raises Unavailable."""
        return cast("Appended | None", await self._asked.get(command))

    async def now(self) -> datetime:
        """Return domain time. Raises Unavailable."""
        return cast("datetime", await self._asked.get(None))

    async def close(self) -> None:
        """Let nobody wait any more; before the pool is closed."""
        await self._asked.close()
        await self._whole.close()

    async def _look(self, connection: Connection, asked: Collection[_Key]) -> Mapping[_Key, Any]:
        if len(asked) == 1:
            (key,) = asked
            if key is None:
                return {None: await connection.fetchval(_NOW)}
            if isinstance(key, tuple):
                return {key: [self._stored(row) for row in await connection.fetch(_STREAM, *key)]}
        since: dict[str, int] = {}
        for key in asked:
            if isinstance(key, tuple):
                since[key[0]] = min(key[1], since.get(key[0], key[1]))
        commands = [key for key in asked if isinstance(key, UUID)]
        return self._sorted(asked, await connection.fetch(_ALL, list(since), list(since.values()), commands))

    def _sorted(self, asked: Collection[_Key], records: list[Record]) -> Mapping[_Key, Any]:
        rows: dict[str, list[Stored]] = {}
        others: dict[object, Any] = {}
        for record in records:
            position, at, command, *told = record[0], record[9], *record[WIDTH:]
            if record["stream"] is not None:
                rows.setdefault(record["stream"], []).append(self._stored(record))
            elif command is None:
                others[None] = at
            else:
                size, fingerprint, answer = told
                others[command] = Appended(position, size, at, fingerprint, answer, repeat=True)
        return {
            key: [row for row in rows.get(key[0], ()) if row.version > key[1]]
            if isinstance(key, tuple)
            else others.get(key)
            for key in asked
        }

    def _stored(self, record: Record) -> Stored:
        return Stored(self._log, self._log_id, *record[:WIDTH])
