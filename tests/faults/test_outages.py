"""Broker or database gone, killed or frozen: nothing hangs, nothing is lost, and it heals by itself."""

import asyncio
import signal
from time import monotonic

import pytest

from events.driver import Driver

from .test_log_outages import OUTAGES

HANG = 2.0
HEAL = 30.0


async def eventually(check, within=HEAL):
    """Return what `check` gives once it is true."""
    end = monotonic() + within
    while monotonic() < end:
        if found := await check():
            return found
        await asyncio.sleep(0.05)  # an outage ends when it ends, and tells nobody
    pytest.fail(f"not healed within {within} s")


@pytest.fixture(scope="module")
async def driver(desk):
    driver = Driver(desk.urls, desk.site.token, desk.client)
    await driver.put("cases", "/v1/owners/agent", {"zone": "Europe/Berlin"})
    return driver


async def register(desk, key):
    start = monotonic()
    answer = await desk.post("intake", "/v1/customers", {"name": "Linh", "zone": "Asia/Ho_Chi_Minh"}, key)
    return answer, monotonic() - start


async def test_broker_down__http_goes_on_and_all_catches_up(desk, driver, parts):
    await parts.broker.server.stop(signal.SIGKILL)
    try:
        answers = [await register(desk, f"down-{n}") for n in range(5)]
        ready = await desk.get("intake", "/readyz")
        assert [answer.status_code for answer, _ in answers] == [201] * 5
        assert max(seconds for _, seconds in answers) < HANG
        assert ready.status_code == 200
        settled = (await desk.get("intake", "/v1/settled", role="operator")).json()
        assert settled["relayed"] < settled["head"]
    finally:
        await parts.broker.server.start()

    async def relayed():
        settled = (await desk.get("intake", "/v1/settled", role="operator")).json()
        return settled["relayed"] == settled["head"]

    await eventually(relayed)
    await driver.settle()


@pytest.mark.parametrize(
    "outage", [pytest.param(each, marks=() if each == "killed" else pytest.mark.accept) for each in OUTAGES]
)
async def test_database_out__503_at_once_and_heals(desk, driver, parts, outage):
    before, _ = await register(desk, f"before-{outage}")
    assert before.status_code == 201
    async with OUTAGES[outage](parts.postgres):
        answer, seconds = await register(desk, f"during-{outage}")
        assert answer.status_code == 503
        assert "retry-after" in answer.headers
        assert seconds < HANG
        assert (await desk.get("intake", "/readyz")).status_code == 503

    async def taken():
        answer, _ = await register(desk, f"during-{outage}")
        return answer if answer.status_code == 201 else None

    once = await eventually(taken)
    again, _ = await register(desk, f"during-{outage}")
    assert again.content == once.content
    await eventually(lambda: settles(driver))


async def settles(driver):
    await driver.settle()
    return True
