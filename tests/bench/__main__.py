"""`python -m tests.bench`: appends and due times per second beside their rivals, and bench.json."""

import asyncio
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop
from rich.console import Console

from tests.logs import a_server

from .append import ROUNDS, contenders, measure
from .figures import Rates, missed, ratios, table
from .worktime import measure_due

REPORT = Path("bench.json")


async def run(directory: Path, console: Console) -> Rates:
    """Measure on a server of the bench's own."""
    async with a_server(directory) as server:
        return await measure(await contenders(server), console)


def main() -> None:
    console = Console()
    with TemporaryDirectory(prefix="kept-bench-") as directory:
        Path(directory).chmod(0o755)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as the services do
            rates = runner.run(run(Path(directory), console))
    found = ratios(rates)
    console.print(table(rates, found, ROUNDS))
    for line in missed(found):
        console.print(f"missed: {line}", style="yellow")
    report: dict[str, object] = {"append_per_second": rates, "ratios": found, "missed": missed(found)}
    report["due_seconds"] = measure_due(console)
    REPORT.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
