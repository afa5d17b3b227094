"""How many events are appended per second, by each contender and number of writers."""

from collections.abc import Awaitable, Callable
from functools import partial
from statistics import median

from rich.console import Console
from rich.progress import track

from local.postgres import Postgres
from tests.logs import ROLE, TEMPLATE, as_superuser

from .append_process import together
from .append_rate import rate
from .contenders import BARE_TABLE, Contender, bare, kept
from .figures import WRITERS, Rates

ROUNDS = 5
FEWEST = {"kept, two processes": 2, "bare INSERT, two processes": 2}
"""One writer is of one process."""
Rate = Callable[[int], Awaitable[float]]
FLUSH = ("commit_delay = 1000", "commit_siblings = 0")


async def measure(contenders: dict[str, Rate], console: Console) -> Rates:
    """Return the median rate of each, the rounds interleaved."""
    seen: dict[tuple[str, int], list[float]] = {}
    for number in track(range(ROUNDS * len(WRITERS)), "append", console=console, transient=True):
        writers = WRITERS[number % len(WRITERS)]
        for name, contender in contenders.items():
            if writers >= FEWEST.get(name, 1):
                seen.setdefault((name, writers), []).append(await contender(writers))
    return {
        name: {writers: median(seen[name, writers]) for writers in WRITERS if (name, writers) in seen}
        for name in contenders
    }


async def contenders(server: Postgres) -> dict[str, Rate]:
    """Make a database for each flush, and return who is measured there."""
    for name in ("fast", "slow"):
        await server.create(name, login=ROLE, template=TEMPLATE)
        await as_superuser(server, name, BARE_TABLE)
    for setting in FLUSH:
        await as_superuser(server, "slow", f"ALTER DATABASE slow SET {setting}")
    await server.create("stock", login=ROLE)
    fast, slow = server.database("fast", ROLE), server.database("slow", ROLE)
    alone: dict[str, Contender] = {
        "kept": partial(kept, fast),
        "bare INSERT": partial(bare, fast),
        "kept, 1 ms flush": partial(kept, slow),
        "bare INSERT, 1 ms flush": partial(bare, slow),
    } | _stock(server.database("stock"))
    rates: dict[str, Rate] = {name: partial(rate, contender) for name, contender in alone.items()}
    return rates | {
        "kept, two processes": partial(together, "kept", fast, 2),
        "bare INSERT, two processes": partial(together, "bare", fast, 2),
    }


def _stock(dsn: str) -> dict[str, Contender]:
    try:
        from .stock import stock  # noqa: PLC0415 - it needs libpq, which a machine may lack
    except ImportError:
        return {}
    return {"eventsourcing": partial(stock, dsn)}
