"""Cases opened by REST, and requests that promise something in them."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import count
from pathlib import Path

import httpx

from events.caller import Caller
from events.clock import machine_time, new_id
from local.site import Site

from .load import post
from .processes import service

CASES = 2_000
AT_ONCE = 16
Requests = Callable[[], bytes]


async def opened(site: Site, directory: Path, many: int = CASES) -> list[str]:
    """Register an owner and a customer, who is known at intake, and open so many cases of theirs."""
    room = asyncio.Semaphore(AT_ONCE)
    async with (
        service("intake", site, directory) as intake,
        service("cases", site, directory) as cases,
        httpx.AsyncClient() as client,
    ):
        urls = {"intake": f"http://127.0.0.1:{intake}", "cases": f"http://127.0.0.1:{cases}"}
        caller = Caller(urls, site.token, client)
        await caller.send("PUT", "cases", "/v1/owners/agent", {"zone": "Europe/Berlin"})
        customer = await caller.send("POST", "intake", "/v1/customers", {"name": "Lan", "zone": "UTC"})
        body = {"customer": customer.id, "subject": "It is broken."}

        async def one() -> str:
            async with room:
                return (await caller.send("POST", "cases", "/v1/cases", body, after=customer.position)).id

        return list(await asyncio.gather(*(one() for _ in range(many))))


def promises(site: Site, cases: Sequence[str]) -> Requests:
    """Return requests that promise something in one case after the other."""
    numbers, body, run = count(), promise(), new_id()
    token = f"Bearer {site.keys.token('agent', ('agent',))}"

    def request() -> bytes:
        number = next(numbers)
        headers = {"Authorization": token, "Idempotency-Key": f"{run}-{number}"}
        return post(f"/v1/cases/{cases[number % len(cases)]}/follow-ups", body, headers)

    return request


def promise() -> bytes:
    """Return the body of a promise."""
    due = (machine_time() + timedelta(days=2)).isoformat()
    return f'{{"words": "I will call you.", "due": "{due}"}}'.encode()
