"""An erasure whose services are killed in the middle comes to its end, and does each thing once."""

import os
import signal

import asyncpg
import httpx
import pytest

from events.driver import Driver
from local.stack import Stack, on_site

CASES, SOME = 300, 20
WORDS = "the blue kettle hums"
ERASED = "SELECT count(*) FROM event WHERE type = 'CaseErased'"
TWICE = (
    "SELECT count(*) FROM (SELECT stream FROM event WHERE type = $1 GROUP BY 1 HAVING count(*) > 1) AS twice"
)


@pytest.mark.accept
@pytest.mark.timeout(180)
async def test_erase__killed_in_the_middle__comes_to_its_end_and_erases_each_case_once(parts, tmp_path):
    site = await parts.fresh("killed")
    async with on_site(parts, site, tmp_path) as stack, httpx.AsyncClient(timeout=20) as client:
        driver = Driver(stack.urls, stack.token, client)
        customer = (await driver.post("intake", "/v1/customers", {"name": "Mai", "zone": "UTC"})).id
        item = {"customer": customer, "channel": "call", "words": WORDS}
        await driver.post("intake", "/v1/contacts:batch", {"items": [item] * CASES})
        await driver.settle()
        database = await asyncpg.connect(site.databases["cases"])
        try:
            await driver.delete("intake", f"/v1/customers/{customer}")
            while (so_far := await database.fetchval(ERASED)) < SOME:
                pass  # to ask takes its time
            kill(stack, "cases", "notifier", "intake")
            assert so_far < CASES, "it is in the middle"
            path = f"/v1/customers/{customer}/erasure"
            while not (await driver.caller.call("GET", "intake", path)).body["done"]:
                pass  # the same
            assert await database.fetchval(ERASED) == CASES
            assert await database.fetchval(TWICE, "CaseErased") == 0
            assert await database.fetchval(TWICE, "KeyDestroyed") == 0
            left = "SELECT count(*) FROM case_v1 WHERE body LIKE $1 OR state = 'open'"
            assert await database.fetchval(left, f"%{WORDS}%") == 0
        finally:
            await database.close()
        await driver.settle()
    await parts.drop(site)


def kill(stack: Stack, *services: str) -> None:
    """Kill services; whoever watches the stack starts them again."""
    for service in services:
        os.kill(stack.servers[service].pid, signal.SIGKILL)
