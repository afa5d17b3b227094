"""How many typed events per second are replayed from the own log, beside the rows only, and the library's."""

from collections.abc import Awaitable, Callable
from itertools import cycle, islice
from time import perf_counter

from rich.console import Console

from events.clock import derived_id
from events.log import Append, Entry, Part
from events.postgres import PostgresLog
from events.recorded import Metadata, Stored
from events.service.heap import freeze_heap
from events.testing import EXAMPLES
from events.wire import decode, encode
from local.postgres import Postgres
from tests.logs import ROLE, a_database, a_log

from .versus import Versus

ROUNDS = 5
EVENTS, PAGE = 20_000, 500
METADATA = Metadata(actor="an", correlation=derived_id("bench"), source="cases")
TOLD = list(islice(cycle(EXAMPLES.values()), EVENTS))
"""One of every type, again and again."""
Replay = Callable[[], Awaitable[int]]


async def measure(server: Postgres, console: Console) -> list[Versus]:
    """Return events per second, read and decoded, beside two rivals."""
    rows = [Versus("typed", "undecoded", "events/s", 0.3), Versus("typed", "eventsourcing", "events/s", 3.0)]
    async with a_database(server) as name, a_log(server, name) as log:
        await _fill(log)
        stock = await _stock(server)
        freeze_heap()  # as a service does once it has begun
        for number in range(ROUNDS):
            console.print(f"replay: round {number + 1} of {ROUNDS}")
            typed = await _rate(lambda: _replay(log, decode))
            rows[0].note(typed, await _rate(lambda: _replay(log, None)))
            if stock:
                rows[1].note(typed, await _rate(stock))
    return [row for row in rows if row.ours]


async def _rate(replay: Replay) -> float:
    begun, seen = perf_counter(), await replay()
    assert seen == EVENTS
    return EVENTS / (perf_counter() - begun)


async def _replay(log: PostgresLog, read: Callable[[Stored], object] | None) -> int:
    """Go through the whole log, page by page; return how many rows there were."""
    seen = 0
    while rows := await log.tail(seen, PAGE):
        if read is not None:
            for row in rows:
                read(row)
        seen += len(rows)
    return seen


async def _fill(log: PostgresLog) -> None:
    said = METADATA.model_dump_json().encode()
    for first in range(0, EVENTS, PAGE):
        now = await log.now()
        parts = [
            Part(f"case-{derived_id('bench', number)}", 0, (Entry(*encode(each), said, now),))
            for number, each in enumerate(TOLD[first : first + PAGE], first)
        ]
        await log.append(Append(derived_id("bench", first), tuple(parts)))


async def _stock(server: Postgres) -> Replay | None:
    try:
        from .stock_replay import stock_replay  # noqa: PLC0415 - it needs libpq, which a machine may lack
    except ImportError:
        return None
    await server.create("stock_replay", login=ROLE)
    return await stock_replay(server.database("stock_replay"), TOLD, METADATA, PAGE)
