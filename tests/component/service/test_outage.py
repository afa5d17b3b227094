"""The database stopped, killed or frozen: 503 within two seconds, no hang, and it heals by itself."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from io import StringIO

import httpx
import pytest
from rich.console import Console

from events.clock import new_id
from events.service.main import _once_up
from intake.app import compose
from local import ports
from local.children import Server
from local.postgres import postgres
from local.progress import Progress
from tests.component.intake.desk import Intake, intake_on, plot_on, settings_of
from tests.processes import freeze, wake

from .process import own

CUSTOMER = {"name": "Mai", "zone": "Asia/Ho_Chi_Minh"}
WITHIN = 2.0
"""Seconds for an answer."""


@pytest.fixture(scope="module")
async def server(parts, tmp_path_factory) -> AsyncIterator[tuple[Server, Intake]]:
    """A PostgreSQL of this module's own, and intake on it."""
    directory = tmp_path_factory.mktemp("outage")
    async with postgres(directory, Progress(Console(file=StringIO()))) as lone:
        if lone.server is None:
            pytest.skip("the server is not ours to stop")
        async with plot_on(replace(parts, postgres=lone)) as site, intake_on(site) as intake:
            yield lone.server, intake


async def timed(call) -> tuple[httpx.Response, float]:
    begun = time.monotonic()
    answer = await call
    return answer, time.monotonic() - begun


async def all_say_so(intake: Intake, key: str) -> None:
    """Assert that reads and commands answer 503, in time, with when to come back."""
    calls = [
        intake.post("/v1/customers", CUSTOMER, key=key),
        intake.get("/v1/contacts"),
        intake.get("/v1/events", role="analyst"),
        intake.post("/v1/customers", CUSTOMER),
    ]
    for answer, seconds in await asyncio.gather(*(timed(call) for call in calls)):
        assert (answer.status_code, answer.headers.get("retry-after")) == (503, "1"), answer.text
        assert answer.json()["type"] == "/problems/unavailable"
        assert seconds < WITHIN
    assert (await intake.client.get("/readyz")).status_code == 503
    assert (await intake.client.get("/livez")).status_code == 200
    assert "kept_database_up" in (await intake.client.get("/metrics")).text


async def heals(intake: Intake, key: str) -> None:
    """Assert that the command of unknown outcome can be sent again, and has happened once."""
    async with asyncio.timeout(30):
        answer = await intake.patiently("/v1/customers", CUSTOMER, key=key)
        assert answer.status_code == 201
        again = await intake.post("/v1/customers", CUSTOMER, key=key)
        assert again.content == answer.content
        shown = await intake.get(
            answer.headers["location"], kept_after=answer.headers["kept-position"], prefer="wait=9"
        )
        assert shown.status_code == 200
    stream = await intake.running.parts.log.stream(f"customer-{answer.json()['id']}")
    assert len(stream) == 1
    assert (await intake.client.get("/readyz")).status_code == 200


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
async def test_database__stopped_or_killed(server, how):
    database, intake = server
    key = str(new_id())
    await intake.customer()
    await database.stop(how)
    await all_say_so(intake, key)
    await database.start()
    await heals(intake, key)
    assert not intake.running.failed.done()


@pytest.mark.accept
async def test_database__frozen(server):
    database, intake = server
    key = str(new_id())
    await asyncio.gather(*(intake.customer() for _ in range(8)))
    freeze(database.pid)
    try:
        await all_say_so(intake, key)
        await all_say_so(intake, key)
    finally:
        wake(database.pid)
    await heals(intake, key)
    assert not intake.running.failed.done()


@pytest.mark.accept
async def test_stop__while_the_database_is_frozen(server):
    database, intake = server
    async with own(intake.site) as service:
        await service.ready()
        freeze(database.pid)
        try:
            headers = intake.headers()
            waiting = asyncio.ensure_future(
                service.client.post("/v1/customers", json=CUSTOMER, headers=headers)
            )
            await asyncio.sleep(0.2)
            service.send(signal.SIGTERM)
            status, seconds = await service.ended(15)
        finally:
            wake(database.pid)
        await asyncio.gather(waiting, return_exceptions=True)
    assert status == 0, service.said
    assert seconds < 10


async def test_start__before_the_database_waits_for_it(server):
    database, intake = server
    await database.stop()
    stop, port = asyncio.Event(), ports.free()
    settings = settings_of(intake.site, port=port)
    service = asyncio.ensure_future(_once_up("intake", compose, settings, stop))
    await asyncio.sleep(0.5)  # it tries, and tries again
    assert not service.done()
    await database.start()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client, asyncio.timeout(30):
        while not await answers(client):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    stop.set()
    await asyncio.wait_for(service, 10)


async def answers(client: httpx.AsyncClient) -> bool:
    """Say whether a service is ready."""
    with suppress(httpx.TransportError):
        return (await client.get("/readyz")).status_code == 200
    return False
