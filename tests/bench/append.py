"""How many events are appended per second, by each contender and number of writers."""

import asyncio
from functools import partial
from statistics import median

from rich.console import Console
from rich.progress import track

from local.postgres import Postgres
from tests.logs import ROLE, TEMPLATE, as_superuser

from .contenders import BARE_TABLE, Contender, Write, bare, kept
from .figures import WRITERS, Rates

ROUNDS = 5
SECONDS = 0.5
WARM_SECONDS = 0.1
FLUSH = ("commit_delay = 1000", "commit_siblings = 0")


async def rate(contender: Contender, writers: int) -> float:
    """Return appends per second of this many writers, each of whom waits for one before it sends the next."""
    loop = asyncio.get_running_loop()
    done = 0

    async with contender(writers) as writes:
        begin = loop.time() + WARM_SECONDS
        end = begin + SECONDS

        async def write_on(write: Write) -> None:
            nonlocal done
            while loop.time() < end:
                await write()
                done += begin <= loop.time() < end

        await asyncio.gather(*map(write_on, writes))
        return done / SECONDS


async def measure(contenders: dict[str, Contender], console: Console) -> Rates:
    """Return the median rate of each, the rounds interleaved."""
    seen: dict[tuple[str, int], list[float]] = {}
    for number in track(range(ROUNDS * len(WRITERS)), "append", console=console, transient=True):
        writers = WRITERS[number % len(WRITERS)]
        for name, contender in contenders.items():
            seen.setdefault((name, writers), []).append(await rate(contender, writers))
    return {name: {writers: median(seen[name, writers]) for writers in WRITERS} for name in contenders}


async def contenders(server: Postgres) -> dict[str, Contender]:
    """Make a database for each flush, and return who is measured there."""
    for name in ("fast", "slow"):
        await server.create(name, login=ROLE, template=TEMPLATE)
        await as_superuser(server, name, BARE_TABLE)
    for setting in FLUSH:
        await as_superuser(server, "slow", f"ALTER DATABASE slow SET {setting}")
    await server.create("stock", login=ROLE)
    fast, slow = server.database("fast", ROLE), server.database("slow", ROLE)
    return {
        "kept": partial(kept, fast),
        "bare INSERT": partial(bare, fast),
        "kept, 1 ms flush": partial(kept, slow),
        "bare INSERT, 1 ms flush": partial(bare, slow),
    } | _stock(server.database("stock"))


def _stock(dsn: str) -> dict[str, Contender]:
    try:
        from .stock import stock  # noqa: PLC0415 - it needs libpq, which a machine may lack
    except ImportError:
        return {}
    return {"eventsourcing": partial(stock, dsn)}
