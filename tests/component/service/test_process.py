"""A service from start to stop: SIGTERM at any moment ends it within 10 s and loses nothing (I21, K14)."""

import asyncio
import json
import signal

import pytest

from events.clock import new_id
from tests.component.intake.desk import Intake

from .process import own

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


def lines(said: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in said.splitlines()]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_stop__of_an_idle_service(plot, how):
    async with own(plot) as service:
        await service.ready()
        service.send(how)
        status, seconds = await service.ended(10)
    assert status == 0, service.said
    assert seconds < 5
    assert {line["service"] for line in lines(service.said)} == {"intake"}
    assert not [word for word in COMPLAINTS if word in service.said]


@pytest.mark.parametrize("after", [0.0, 0.05])
async def test_stop__under_load_loses_no_answer(plot, intake, after):
    taken: list[str] = []

    async def send(service) -> None:
        while True:
            key = str(new_id())
            answer = await service.client.post("/v1/customers", json=CUSTOMER, headers=headers(plot, key))
            if answer.status_code == 201:
                taken.append(answer.headers["kept-position"])

    async with own(plot) as service:
        await service.ready()
        senders = [asyncio.ensure_future(send(service)) for _ in range(8)]
        while len(taken) < 10:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await asyncio.sleep(after)
        service.send(signal.SIGTERM)
        status, _ = await service.ended(10)
        for sender in senders:
            sender.cancel()
        await asyncio.gather(*senders, return_exceptions=True)
    assert status == 0, service.said
    assert not [word for word in COMPLAINTS if word in service.said]
    assert len(set(taken)) == len(taken)
    head = await intake.length()
    assert {int(place.partition("@")[2]) for place in taken} <= set(range(1, head + 1))


async def test_stop__with_the_collector_in_a_black_hole(plot):
    swallowed: list[asyncio.StreamWriter] = []
    hole = await asyncio.start_server(lambda _, writer: swallowed.append(writer), "127.0.0.1", 0)
    address = f"http://127.0.0.1:{hole.sockets[0].getsockname()[1]}/v1/traces"
    async with hole, own(plot, KEPT_OTLP=address) as service:
        await service.ready()
        for _ in range(5):
            answer = await service.client.post(
                "/v1/customers", json=CUSTOMER, headers=headers(plot, str(new_id()))
            )
            assert answer.status_code == 201
        service.send(signal.SIGTERM)
        status, seconds = await service.ended(10)
        for writer in swallowed:
            writer.close()
            await writer.wait_closed()
    assert status == 0, service.said
    assert seconds < 10
    assert "spans were left behind" in service.said


async def test_stop__while_the_broker_cannot_be_reached(plot):
    async with own(plot, KEPT_BROKER="127.0.0.1:1") as service:
        await service.ready()
        answer = await service.client.post(
            "/v1/customers", json=CUSTOMER, headers=headers(plot, str(new_id()))
        )
        assert answer.status_code == 201
        ready = (await service.client.get("/readyz")).json()
        assert ready["status"] in {"ready", "degraded"}
        service.send(signal.SIGTERM)
        status, _ = await service.ended(10)
    assert status == 0, service.said


async def test_start__with_a_setting_missing_names_it(plot):
    async with own(plot, KEPT_DATABASE="", KEPT_PROFILE="test") as service:
        status, _ = await service.ended(20)
    assert status == 2
    assert "KEPT_PROFILE" in service.said


async def test_start__on_a_port_that_is_taken_says_so(plot, intake: Intake):
    port = intake.running.url.rpartition(":")[2]
    async with own(plot, KEPT_PORT=port) as service:
        status, _ = await service.ended(20)
    assert status == 1
    assert "Address already in use" in service.said


async def test_relay__alone_sends_and_stops(plot, intake):
    await intake.customer()
    async with own(plot, "relay") as relay:
        await relay.says("relays")
        relay.send(signal.SIGTERM)
        status, _ = await relay.ended(10)
    assert status == 0, relay.said
