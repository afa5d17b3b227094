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
AGENTS = tuple(f"agent-{number}" for number in range(1, 51))
WEEKS = timedelta(weeks=4)
"""Over so long the dues lie spread: an agent has no twenty promises in one hour."""
STRIDE = timedelta(hours=11, minutes=7)
"""From one promise's due to the next one's, round and round within WEEKS."""
Requests = Callable[[], bytes]


async def opened(site: Site, directory: Path, many: int = CASES) -> list[str]:
    """Register the owners and a customer, who is known at intake, and open so many cases of theirs."""
    room = asyncio.Semaphore(AT_ONCE)
    async with (
        service("intake", site, directory) as intake,
        service("cases", site, directory) as cases,
        httpx.AsyncClient() as client,
    ):
        urls = {"intake": f"http://127.0.0.1:{intake}", "cases": f"http://127.0.0.1:{cases}"}
        caller = Caller(urls, site.token, client)
        for agent in AGENTS:
            await caller.send("PUT", "cases", f"/v1/owners/{agent}", {"zone": "Europe/Berlin"})
        customer = await caller.send("POST", "intake", "/v1/customers", {"name": "Lan", "zone": "UTC"})
        body = {"customer": customer.id, "subject": "It is broken."}

        async def one() -> str:
            async with room:
                return (await caller.send("POST", "cases", "/v1/cases", body, after=customer.position)).id

        return list(await asyncio.gather(*(one() for _ in range(many))))


def promises(site: Site, cases: Sequence[str]) -> Requests:
    """Return requests that promise something in one case after the other, by one agent after the other."""
    numbers, run = count(), new_id()
    tokens = [f"Bearer {site.keys.token(agent, ('agent',))}" for agent in AGENTS]

    def request() -> bytes:
        number = next(numbers)
        headers = {"Authorization": tokens[number % len(tokens)], "Idempotency-Key": f"{run}-{number}"}
        return post(f"/v1/cases/{cases[number % len(cases)]}/follow-ups", promise(number), headers)

    return request


def promise(number: int = 0) -> bytes:
    """Return the body of a promise."""
    due = (machine_time() + timedelta(days=2) + number * STRIDE % WEEKS).isoformat()
    return f'{{"words": "I will call you.", "due": "{due}"}}'.encode()
