"""`events scrub`: after an erasure, nothing of it is left in the files of the databases either."""

from collections.abc import AsyncIterator, Iterable

from events.postgres.scrub import Written, scrub_tables, scrub_wal, system

from .place import Installation

HELP = """Write every table of every service anew (VACUUM FULL), its statistics too, then let the server
write over its old write-ahead log. The logs themselves are left alone: they never held a word in clear.
Each table is locked while it is written, about a second for 50 MB, one after the other: reads of it and
its projection wait, commands do not. It needs as much free disk as the largest table takes. What is on a
base backup, in an archive of the write-ahead log or on a replica is not touched (docs/privacy.md)."""
MEGABYTE = 1_000_000


async def scrub(place: Installation) -> None:
    """Scrub every database of an installation, telling how it goes. Raises Unavailable."""
    keyrings = {f"{name} keys": dsn for name, dsn in place.keyrings.items()}
    async for line in scrubbed({**place.databases, **keyrings}):
        print(line)


async def scrubbed(databases: dict[str, str]) -> AsyncIterator[str]:
    """Scrub databases by name; yield a line for each table and each server."""
    for name, dsn in databases.items():
        async for written in scrub_tables(dsn):
            yield told(name, written)
    for dsn in await servers(databases.values()):
        yield f"write-ahead log: {await scrub_wal(dsn)} old segments written over"


async def servers(dsns: Iterable[str]) -> list[str]:
    """Return one address for each server among these databases."""
    return list({await system(dsn): dsn for dsn in dsns}.values())


def told(database: str, written: Written) -> str:
    """Return what became of a table, for people."""
    before, after = written.before / MEGABYTE, written.after / MEGABYTE
    table = written.name.removeprefix("public.")
    return f"{database} {table}: {before:.1f} MB, now {after:.1f} MB, in {written.seconds:.1f} s"
