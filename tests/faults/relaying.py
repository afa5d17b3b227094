"""A relay running alone, to be killed and frozen: `python -m tests.faults.relaying` with four addresses."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from events.postgres import PostgresLog, connect
from events.relay import Relay

ROOT = Path(__file__).parents[2]


async def relay(dsn: str, bootstrap: str, topic: str, holder: str) -> None:
    pool = await connect(dsn, application=f"relay {holder}")
    await Relay(pool, await PostgresLog.open(pool, "cases"), bootstrap, topic, holder).run()


@asynccontextmanager
async def process(line, holder: str = "alone") -> AsyncIterator[asyncio.subprocess.Process]:
    """Run one until the block ends; it is killed then."""
    dsn = line.parts.postgres.database(line.database, "kept_cases")
    started = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.relaying", dsn, line.bootstrap, line.topic, holder), cwd=ROOT
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.wait()


if __name__ == "__main__":
    asyncio.run(relay(*sys.argv[1:]))
