"""A promise by REST with everything on, beside a bare endpoint that writes one row."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import asyncpg
import httpx
from rich.console import Console

from events.caller import Caller
from events.clock import derived_id, machine_time, new_id
from local import ports
from local.children import Child, Server, spawn
from local.parts import Parts
from local.parts import parts as running_parts
from local.site import SERVICES, Site

from .bare import TABLE
from .load import Load, load, post
from .rest_figures import CLIENTS, KEPT, RIVAL, Figures

ROUNDS = 5
SECONDS = 3.0
CASES = 2_000
TELEMETRY = {"off": "0", "10 %": "0.1", "all": "1"}
START_SECONDS = 60.0
Requests = Callable[[], bytes]
Seen = dict[str, dict[int, list[Load]]]


async def measure(console: Console) -> Figures:
    """Return rates and p99s, each the median of interleaved rounds."""
    seen: Seen = {}
    with TemporaryDirectory(prefix="kept-rest-") as name:
        await _measure(_readable(name), seen, console)
    return Figures(_medians(seen, "rate"), _medians(seen, "p99"))


def _readable(directory: str) -> Path:
    """Let the user that PostgreSQL runs as in."""
    path = Path(directory)
    path.chmod(0o755)
    return path


def _medians(seen: Seen, figure: str) -> dict[str, dict[int, float]]:
    return {
        name: {clients: median(getattr(one, figure) for one in loads) for clients, loads in row.items()}
        for name, row in seen.items()
    }


async def _measure(directory: Path, seen: Seen, console: Console) -> None:
    async with running_parts(directory / "rest") as parts:
        site = await parts.fresh("rest")
        async with _collector() as otlp, _rival(parts, directory) as bare:
            request = _promises(site, await _cases(site, directory, otlp))
            for number in range(ROUNDS):
                console.print(f"rest: round {number + 1} of {ROUNDS}")
                await _round(seen, RIVAL, bare, _rows())
                for name, share in TELEMETRY.items():
                    async with _kept(site, directory, otlp, share) as port:
                        await _round(seen, f"{KEPT}, telemetry {name}", port, request)


async def _round(seen: Seen, name: str, port: int, request: Requests) -> None:
    for clients in CLIENTS:
        found = await load(port, request, clients=clients, seconds=SECONDS)
        assert not found.refused, f"{name}: {len(found.refused)} were refused: {found.refused[0]!r}"
        seen.setdefault(name, {}).setdefault(clients, []).append(found)


def _rows() -> Requests:
    numbers = count()
    body = _body()
    return lambda: post(f"/v1/cases/{derived_id('bench', next(numbers))}/follow-ups", body, {})


def _body() -> bytes:
    due = (machine_time() + timedelta(days=2)).isoformat()
    return f'{{"words": "I will call you.", "due": "{due}"}}'.encode()


async def _cases(site: Site, directory: Path, otlp: str) -> list[str]:
    """Register an owner and a customer, who is known at intake, and open cases of theirs."""
    port, room = ports.free(), asyncio.Semaphore(16)
    env = site.env("intake", port, dict.fromkeys(SERVICES, f"http://127.0.0.1:{port}"))
    async with (
        _process("intake", env, directory, port, "/readyz", "-m", "intake"),
        _kept(site, directory, otlp, "0") as cases,
        httpx.AsyncClient() as client,
    ):
        urls = {"intake": f"http://127.0.0.1:{port}", "cases": f"http://127.0.0.1:{cases}"}
        caller = Caller(urls, site.token, client)
        await caller.send("PUT", "cases", "/v1/owners/agent", {"zone": "Europe/Berlin"})
        customer = await caller.send("POST", "intake", "/v1/customers", {"name": "Lan", "zone": "UTC"})
        body = {"customer": customer.id, "subject": "It is broken."}

        async def opened() -> str:
            async with room:
                return (await caller.send("POST", "cases", "/v1/cases", body, after=customer.position)).id

        return list(await asyncio.gather(*(opened() for _ in range(CASES))))


def _promises(site: Site, cases: list[str]) -> Requests:
    """Return requests that promise something in one case after the other."""
    numbers, body, run = count(), _body(), new_id()
    token = f"Bearer {site.keys.token('agent', ('agent',))}"

    def request() -> bytes:
        number = next(numbers)
        headers = {"Authorization": token, "Idempotency-Key": f"{run}-{number}"}
        return post(f"/v1/cases/{cases[number % CASES]}/follow-ups", body, headers)

    return request


@asynccontextmanager
async def _kept(site: Site, directory: Path, otlp: str, share: str) -> AsyncIterator[int]:
    """Run cases as it runs in production, its relay in it; the other services are not there."""
    port = ports.free()
    nobody = dict.fromkeys(SERVICES, f"http://127.0.0.1:{port}")
    env = site.env("cases", port, nobody) | {"KEPT_OTLP": otlp, "KEPT_SAMPLING": share}
    async with _process("cases", env, directory, port, "/readyz", "-m", "cases"):
        yield port


@asynccontextmanager
async def _rival(parts: Parts, directory: Path) -> AsyncIterator[int]:
    port = ports.free()
    await parts.postgres.create("bare", login="kept_cases")
    dsn = parts.postgres.database("bare", "kept_cases")
    connection = await asyncpg.connect(parts.postgres.database("bare"))
    await connection.execute(f"{TABLE}; ALTER TABLE promise OWNER TO kept_cases")
    await connection.close()
    async with _process("bare", {}, directory, port, "/none", "-m", "tests.bench.bare", dsn, str(port)):
        yield port


@asynccontextmanager
async def _process(
    name: str, env: dict[str, str], directory: Path, port: int, path: str, *arguments: str
) -> AsyncIterator[None]:
    """Run a process until the block ends; it is ready when it answers this path at all, but with 5xx."""

    async def launch() -> Child:
        return await spawn(
            name, sys.executable, *arguments, log=directory / f"{name}.log", env={**os.environ, **env}
        )

    server = Server(await launch(), launch)
    try:
        async with asyncio.timeout(START_SECONDS), httpx.AsyncClient() as client:
            while True:
                try:
                    if not (await client.get(f"http://127.0.0.1:{port}{path}")).is_server_error:
                        break
                except httpx.HTTPError:
                    await asyncio.sleep(0.05)  # a process that starts tells nobody
        yield
    finally:
        await server.stop()


@asynccontextmanager
async def _collector() -> AsyncIterator[str]:
    """Take spans, and forget them."""

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(
                    line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
                )
                await reader.readexactly(int(length.partition(b":")[2]))
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1/traces"
