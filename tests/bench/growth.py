"""What a command and a reminder cost with ten times as many cases."""

from contextlib import AsyncExitStack

from rich.console import Console

from local.postgres import Postgres

from .kept_timers import Kept
from .load import load
from .own_parts import own_parts
from .pending import kept_database
from .processes import service
from .promises import Requests, opened, promises
from .versus import Versus

ROUNDS = 7
CASES, TIMERS = 2_000, 60_000
TIMES = 10
CLIENTS, SECONDS = 32, 3.0
FIRED = 4_000
GOAL = 1.2


async def measure(server: Postgres, console: Console) -> list[Versus]:
    """Return microseconds of a command and of a reminder, with many cases and with ten times as many."""
    return [await _commands(console), await _reminders(server, console)]


async def _commands(console: Console) -> Versus:
    """Promise by REST in one case after the other, in two installations."""
    row = Versus(f"a promise, {TIMES * CASES:,} cases", f"{CASES:,} cases", "µs", GOAL, most=True)
    async with own_parts() as (parts, directory), AsyncExitStack() as stack:
        places: list[tuple[int, Requests]] = []
        for many in (TIMES * CASES, CASES):
            console.print(f"growth: opening {many:,} cases")
            site = await parts.fresh(f"growth_{many}")
            requests = promises(site, await opened(site, directory, many))
            places.append((await stack.enter_async_context(service("cases", site, directory)), requests))
        for number in range(ROUNDS):
            row.note(*[await _microseconds(*place) for place in places])
            console.print(
                f"  promises, round {number + 1}: {row.ours[-1]:,.0f} µs, fewer {row.theirs[-1]:,.0f} µs"
            )
    return row


async def _microseconds(port: int, request: Requests) -> float:
    found = await load(port, request, clients=CLIENTS, seconds=SECONDS)
    assert not found.refused, found.refused[0]
    return 1e6 / found.rate


async def _reminders(server: Postgres, console: Console) -> Versus:
    """Fire what has come among many timers that have not, in two databases."""
    row = Versus(f"a reminder, {TIMES * TIMERS:,} timers", f"{TIMERS:,} timers", "µs", GOAL, most=True)
    async with AsyncExitStack() as stack:
        places = []
        for pending in (TIMES * TIMERS, TIMERS):
            dsn = await kept_database(server, f"growth_{pending}", pending)
            places.append(await stack.enter_async_context(Kept.opened(dsn)))
        for number in range(ROUNDS):
            row.note(*[1e6 / await kept.fire(FIRED) for kept in places])
            console.print(
                f"  reminders, round {number + 1}: {row.ours[-1]:,.0f} µs, fewer {row.theirs[-1]:,.0f} µs"
            )
    return row
