"""A promise by REST with everything on, beside a bare endpoint that writes one row."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from statistics import median

import asyncpg
from rich.console import Console

from events.clock import derived_id
from local import ports
from local.parts import Parts

from .bare import TABLE
from .load import Load, load, post
from .neighbours import answering, neighbours
from .own_parts import own_parts
from .processes import answers, process, service
from .promises import Requests, opened, promise, promises
from .rest_figures import CLIENTS, KEPT, RIVAL, Figures

ROUNDS = 5
SECONDS = 3.0
WARM_SECONDS = 3.0
"""How long a process is under load before it counts: connections have their statements, tokens are known."""
TELEMETRY = {"off": "0", "10 %": "0.1", "all": "1"}
Seen = dict[str, dict[int, list[Load]]]


async def measure(console: Console) -> Figures:
    """Return rates and p99s, each the median of interleaved rounds."""
    seen: Seen = {}
    async with own_parts() as (parts, directory):
        await _measure(parts, directory, seen, console)
    return Figures(_medians(seen, "rate"), _medians(seen, "p99"))


def _medians(seen: Seen, figure: str) -> dict[str, dict[int, float]]:
    return {
        name: {clients: median(getattr(one, figure) for one in loads) for clients, loads in row.items()}
        for name, row in seen.items()
    }


async def _measure(parts: Parts, directory: Path, seen: Seen, console: Console) -> None:
    site = await parts.fresh("rest")
    async with answering() as otlp, _rival(parts, directory) as bare, AsyncExitStack() as stack:
        request = promises(site, await opened(site, directory))
        urls = await stack.enter_async_context(neighbours(site, directory))
        for number in range(ROUNDS):
            console.print(f"rest: round {number + 1} of {ROUNDS}")
            await _round(seen, RIVAL, bare, _rows())
            for name, share in TELEMETRY.items():
                env = {"KEPT_OTLP": f"{otlp}/v1/traces", "KEPT_SAMPLING": share}
                async with service("cases", site, directory, urls=urls, env=env) as port:
                    await _round(seen, f"{KEPT}, telemetry {name}", port, request)


async def _round(seen: Seen, name: str, port: int, request: Requests) -> None:
    await load(port, request, clients=CLIENTS[-1], seconds=WARM_SECONDS)
    for clients in CLIENTS:
        found = await load(port, request, clients=clients, seconds=SECONDS)
        assert not found.refused, f"{name}: {len(found.refused)} were refused: {found.refused[0]!r}"
        seen.setdefault(name, {}).setdefault(clients, []).append(found)


def _rows() -> Requests:
    numbers = count()
    body = promise()
    return lambda: post(f"/v1/cases/{derived_id('bench', next(numbers))}/follow-ups", body, {})


@asynccontextmanager
async def _rival(parts: Parts, directory: Path) -> AsyncIterator[int]:
    port = ports.free()
    await parts.postgres.create("bare", login="kept_cases")
    dsn = parts.postgres.database("bare", "kept_cases")
    connection = await asyncpg.connect(parts.postgres.database("bare"))
    await connection.execute(f"{TABLE}; ALTER TABLE promise OWNER TO kept_cases")
    await connection.close()
    async with process("bare", {}, directory, "-m", "tests.bench.bare", dsn, str(port)):
        await answers(port, "/none")
        yield port
