"""A service as a process: a signal at any moment ends it within 10 s and loses nothing (I21, K14, K16)."""

import asyncio
import json
import signal

import pytest

from events.clock import new_id
from events.service.main import _read
from events.settings import Settings
from tests.component.intake.desk import intake_on

from .process import Own, own

CUSTOMER = {"name": "Mai", "zone": "Asia/Ho_Chi_Minh"}
COMPLAINTS = (
    "never retrieved",
    "Unclosed",
    "was destroyed but it is pending",
    "Traceback",
    "ResourceWarning",
)


def headers(plot, key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {plot.keys.token('agent', ('agent',))}", "Idempotency-Key": key}


def quiet(said: str) -> bool:
    """Say whether there are JSON lines only, and no complaint in them."""
    assert {json.loads(line)["service"] for line in said.splitlines()} <= {"intake"}
    return not [word for word in COMPLAINTS if word in said]


async def test_stop__under_load_loses_no_answer(plot, intake):
    taken: list[str] = []

    async def send(service: Own) -> None:
        while True:
            answer = await service.client.post(
                "/v1/customers", json=CUSTOMER, headers=headers(plot, str(new_id()))
            )
            if answer.status_code == 201:
                taken.append(answer.headers["kept-position"])

    async with own(plot) as service:
        await service.ready()
        senders = [asyncio.ensure_future(send(service)) for _ in range(8)]
        while len(taken) < 10:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        service.send(signal.SIGTERM)
        status, seconds = await service.ended(12)
        for sender in senders:
            sender.cancel()
        await asyncio.gather(*senders, return_exceptions=True)
    assert (status, quiet(service.said)) == (0, True), service.said
    assert seconds < 10
    assert len(set(taken)) == len(taken)
    head = await intake.length()
    assert {int(place.partition("@")[2]) for place in taken} <= set(range(1, head + 1))


@pytest.mark.accept
async def test_stop__with_the_collector_in_a_black_hole_and_no_broker(plot):
    swallowed: list[asyncio.StreamWriter] = []
    hole = await asyncio.start_server(lambda _, writer: swallowed.append(writer), "127.0.0.1", 0)
    address = f"http://127.0.0.1:{hole.sockets[0].getsockname()[1]}/v1/traces"
    async with hole, own(plot, KEPT_OTLP=address, KEPT_BROKER="127.0.0.1:1") as service:
        await service.ready()
        answer = await service.client.post(
            "/v1/customers", json=CUSTOMER, headers=headers(plot, str(new_id()))
        )
        assert answer.status_code == 201
        service.send(signal.SIGTERM)
        status, seconds = await service.ended(12)
        for writer in swallowed:
            writer.close()
            await writer.wait_closed()
    assert status == 0, service.said
    assert seconds < 10
    assert "spans were left behind" in service.said


async def test_relay__alone_sends_and_stops(plot, intake):
    await intake.customer()
    async with own(plot, "relay") as relay:
        await relay.says("relays")
        relay.send(signal.SIGINT)
        status, _ = await relay.ended(12)
    assert (status, quiet(relay.said)) == (0, True), relay.said


async def test_start__on_a_port_that_is_taken_is_refused(plot, intake):
    with pytest.raises(OSError, match="in use"):
        async with intake_on(plot, port=int(intake.running.url.rpartition(":")[2])):
            pass


def test_start__without_a_setting_names_it(capsys):
    with pytest.raises(SystemExit):
        _read(Settings, serves=True)
    assert "KEPT_DATABASE: Field required" in capsys.readouterr().err
