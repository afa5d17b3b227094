"""`python -m tests.bench.append_process NAME DSN WRITERS BEGIN`: one process of several that append."""

import asyncio
import sys
from functools import partial

import uvloop

from events.clock import machine_time

from .append_rate import rate
from .contenders import bare, kept

START_SECONDS = 4.0
"""From the asking until all processes begin: to start takes them a second or two."""


async def together(name: str, dsn: str, processes: int, writers: int) -> float:
    """Return appends per second of so many processes that share the writers and begin at one instant."""
    begin = machine_time().timestamp() + START_SECONDS
    running = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.append_process", name, dsn),
            *(str(writers // processes), str(begin)),
            stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(processes)
    ]
    said = [await process.communicate() for process in running]
    return sum(float(out) for out, _ in said)


async def _alone(name: str, dsn: str, writers: int, begin: float) -> float:
    contender = partial({"kept": kept, "bare": bare}[name], dsn)
    left = begin - machine_time().timestamp()
    if left < 0:
        sys.exit(f"started {-left:.1f} s late: this machine is too busy to measure two processes")
    await asyncio.sleep(left)  # all begin at one instant
    return await rate(contender, writers)


if __name__ == "__main__":
    _, chosen, where, number, instant = sys.argv
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as the services do
        found = runner.run(_alone(chosen, where, int(number), float(instant)))
    sys.stdout.write(f"{found}\n")
