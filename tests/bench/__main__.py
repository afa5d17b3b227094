"""`python -m tests.bench [names]`: beside rivals, all of BENCHES or those named; bench.json."""

import asyncio
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop
from rich.console import Console

from tests.logs import a_server

from .benches import BENCHES, Report

REPORT = Path("bench.json")


async def run(names: list[str], directory: Path, console: Console) -> Report:
    """Measure on a server of the bench's own."""
    async with a_server(directory, flushes=True) as server:
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
