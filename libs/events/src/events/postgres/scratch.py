"""Tables beside the live ones: a second fold goes there, to be compared with them or to take their place."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from .pool import Connection

_BESIDE = "SET search_path = pg_temp, public"
_EMPTY = "DISCARD TEMP"
_DIGEST = """
    SELECT count(*) AS rows,
           encode(sha256(convert_to(coalesce(string_agg(line, E'\\n' ORDER BY line), ''), 'UTF8')), 'hex')
             AS sha256
      FROM (SELECT row({columns})::text COLLATE "C" AS line FROM {place}.{table}) AS lines
"""
_ROWS = "SELECT count(*) FROM public.{table}"
_ONLY = """
    SELECT row(r.*)::text
      FROM (SELECT {columns} FROM {one}.{table} EXCEPT SELECT {columns} FROM {other}.{table}) AS r
     ORDER BY 1 LIMIT 5
"""
_CLEAR = "DELETE FROM public.{table}"
_FILL = "INSERT INTO public.{table} SELECT * FROM pg_temp.{table}"


@dataclass(frozen=True, slots=True)
class Digest:
    """What a table holds, whatever the order of its rows."""

    rows: int
    sha256: str


@asynccontextmanager
async def beside(dsn: str, schema: str) -> AsyncIterator[Connection]:
    """Lend a connection on which the unqualified names of `schema` (SQL) mean empty tables of its own.

    They vanish with the connection. The live ones are reached as `public.<table>`.
    """
    connection: Connection = await asyncpg.connect(dsn, timeout=10, command_timeout=600)
    try:
        await connection.execute(_BESIDE)
        await connection.execute(schema)
        yield connection
    finally:
        await connection.close(timeout=5)


async def empty(connection: Connection, schema: str) -> None:
    """Make the tables beside the live ones anew, for another fold."""
    await connection.execute(_EMPTY)
    await connection.execute(schema)


async def digests(connection: Connection, tables: Mapping[str, str], *, live: bool) -> dict[str, Digest]:
    """Return the digest of each table over the columns named with it, of the live ones or those beside."""
    place = "public" if live else "pg_temp"
    found = {}
    for table, columns in tables.items():
        row = await connection.fetchrow(_DIGEST.format(columns=columns, place=place, table=table))
        assert row is not None
        found[table] = Digest(row["rows"], row["sha256"])
    return found


@dataclass(frozen=True, slots=True)
class Difference:
    """The first few rows that stand on one side only, and how many rows are live."""

    rows: int
    only_live: tuple[str, ...]
    only_beside: tuple[str, ...]


async def difference(connection: Connection, table: str, columns: str) -> Difference:
    """Compare a live table with the one beside it, over these columns."""
    live = await connection.fetch(_ONLY.format(columns=columns, table=table, one="public", other="pg_temp"))
    other = await connection.fetch(_ONLY.format(columns=columns, table=table, one="pg_temp", other="public"))
    rows = await connection.fetchval(_ROWS.format(table=table))
    return Difference(rows, tuple(row[0] for row in live), tuple(row[0] for row in other))


async def switch(connection: Connection, tables: Sequence[str]) -> None:
    """Put what lies beside into the live tables, within the caller's transaction."""
    for table in tables:
        await connection.execute(_CLEAR.format(table=table))
        await connection.execute(_FILL.format(table=table))
