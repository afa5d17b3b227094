"""`python -m demo`: a story of a small service desk, or a replay of a table of tickets."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from pathlib import Path

import uvloop
from rich.console import Console

from events.errors import KeptError
from local.errors import PartError

from . import export, story
from .mapping import MappingError, lead
from .replay import ReplayError
from .tickets import TableError

DESCRIPTION = """
Without --data: two weeks of a small service desk, played to the four services and told as they happen.
With --data and --mapping: a table of tickets (CSV), replayed at the times it states.
Everything runs on this machine, on throw-away data, and stops at the end.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo; 0: all came out as it should, 1: it did not, 2: it was asked for in a wrong way."""
    asked = parser().parse_args(arguments)
    console = Console(highlight=False, soft_wrap=True)
    keep = Path(os.environ.get("KEPT_DIR", ".kept")) / "demo"
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            wrong = runner.run(until_stopped(_work(asked, keep, console)))
    except (MappingError, TableError) as error:
        print(error, file=sys.stderr)
        return 2
    except (PartError, KeptError, ReplayError, OSError) as error:
        print(f"The demo failed: {error}", file=sys.stderr)
        return 1
    for each in wrong or []:
        print(f"wrong: {each}", file=sys.stderr)
    if wrong == []:
        console.print("All is as it should be.")
    return 0 if wrong == [] else 1


def parser() -> argparse.ArgumentParser:
    """Return the reader of the command line."""
    made = argparse.ArgumentParser(
        prog="python -m demo", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--data", type=Path, metavar="CSV", help="the table of tickets to replay")
    made.add_argument(
        "--mapping", type=Path, metavar="TOML", help="how its columns are read: examples/*.toml"
    )
    made.add_argument("--lead", type=leads, metavar="1h", help="remind so long before the due: 15m, 4h, 1d")
    made.add_argument("--report", type=Path, metavar="JSON", help="write the figures to this file")
    made.add_argument("--kill", choices=["each"], help="kill each service once in the middle")
    made.add_argument("--twice", action="store_true", help="send every command twice under the same key")
    return made


def leads(value: str) -> tuple[timedelta, ...]:
    """Return the leads in `1h` or `4h,15m`."""
    try:
        return tuple(lead(part.strip()) for part in value.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


async def until_stopped(work: Coroutine[None, None, list[str]]) -> list[str] | None:
    """Do `work` until it ends, or until SIGINT, SIGTERM or SIGHUP: then let it clean up, and return none."""
    task, loop = asyncio.ensure_future(work), asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(each, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return None


def _work(asked: argparse.Namespace, keep: Path, console: Console) -> Coroutine[None, None, list[str]]:
    only = [name for name in ("mapping", "lead", "kill", "twice") if getattr(asked, name)]
    if asked.data is None and only:
        raise MappingError(f"--{only[0]} needs --data (DATA=): which table is to be replayed?")
    if asked.data is None:
        return story.run(console, keep, asked.report)
    if asked.mapping is None:
        raise MappingError("--data needs --mapping (MAPPING=): see examples/your-tickets.toml.")
    order = export.Order(
        data=asked.data,
        mapping=asked.mapping,
        keep=keep,
        leads=asked.lead or (),
        kill=asked.kill is not None,
        twice=asked.twice,
        report=asked.report,
    )
    return export.run(order, console)


if __name__ == "__main__":
    sys.exit(main())
