"""`python -m tests.bench [names]`: beside rivals, all of BENCHES or those named; bench.json."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvloop
from rich.console import Console

from local.postgres import Postgres
from tests.logs import a_server

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
    versus,
    worktime,
)

REPORT = Path("bench.json")
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


def beside(title: str, measure: Callable[[Postgres, Console], Awaitable[list[versus.Versus]]]) -> Bench:
    """Return a bench of figures that each stand beside one of a rival."""

    async def bench(server: Postgres, console: Console) -> Report:
        rows = await measure(server, console)
        console.print(versus.table(title, rows))
        return versus.report(rows)

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


async def run(names: list[str], directory: Path, console: Console) -> Report:
    """Measure on a server of the bench's own."""
    async with a_server(directory) as server:
        return {name: await BENCHES[name](server, console) for name in names}


def main(names: list[str]) -> None:
    if unknown := set(names) - set(BENCHES):
        sys.exit(f"no such bench: {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    console = Console()
    with TemporaryDirectory(prefix="kept-bench-") as directory:
        Path(directory).chmod(0o755)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as the services do
            report = runner.run(run(names or list(BENCHES), Path(directory), console))
    for name, found in report.items():
        for line in found["missed"]:
            console.print(f"missed: {name}: {line}", style="yellow")
    REPORT.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
