"""Every bench by its name: it measures, draws a table, and returns what stands in bench.json."""

from collections.abc import Awaitable, Callable
from typing import Any

from rich.console import Console

from local.postgres import Postgres

from . import (
    append,
    catchup,
    contact,
    figures,
    growth,
    replay,
    rest,
    rest_figures,
    timer_figures,
    timers,
    worktime,
)
from .versus import Versus, report, table

Report = dict[str, Any]
Bench = Callable[[Postgres, Console], Awaitable[Report]]


async def appended(server: Postgres, console: Console) -> Report:
    """Measure appends per second."""
    rates = await append.measure(await append.contenders(server), console)
    found = figures.ratios(rates)
    console.print(figures.table(rates, found, append.ROUNDS))
    return {"append_per_second": rates, "ratios": found, "missed": figures.missed(found)}


async def timed(server: Postgres, console: Console) -> Report:
    """Measure timers with a million pending."""
    seen = await timers.measure(server, console)
    console.print(timer_figures.table(seen, timers.ROUNDS))
    return seen.report


async def promised(_server: Postgres, console: Console) -> Report:
    """Measure promises by REST, on parts of their own: the service needs a broker."""
    seen = await rest.measure(console)
    console.print(rest_figures.table(seen, rest.ROUNDS))
    return seen.report


async def dues(_server: Postgres, console: Console) -> Report:
    """Measure due times per second; nothing of it needs a server."""
    seen = worktime.measure_due(console)
    return {"due_seconds": seen, "missed": worktime.missed(seen)}


def beside(title: str, measure: Callable[[Postgres, Console], Awaitable[list[Versus]]]) -> Bench:
    """Return a bench of figures that each stand beside one of a rival."""

    async def bench(server: Postgres, console: Console) -> Report:
        rows = await measure(server, console)
        console.print(table(title, rows))
        return report(rows)

    return bench


BENCHES: dict[str, Bench] = {
    "append": appended,
    "catchup": beside("catching up", catchup.measure),
    "contact": beside("a contact's way", contact.measure),
    "due": dues,
    "growth": beside("growth", growth.measure),
    "replay": beside("replay", replay.measure),
    "rest": promised,
    "timers": timed,
}
