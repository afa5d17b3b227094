"""The scheduler beside a service of cases that says only what a test tells it to say."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx

from events.catalogue import Event
from events.client import authorities
from events.clock import derived_id, new_id
from events.log import Append, Entry, Part
from events.postgres import PostgresLog
from events.recorded import Metadata
from events.service import Parts, Running, Service, serving
from events.settings import Settings
from events.wire import encode, rfc3339
from local import ports
from local.site import Site
from scheduler.app import compose
from tests.unit.scheduler.plans import CASE


def compose_silence(parts: Parts) -> Service:
    """Return a service that does nothing by itself."""
    return Service(parts.name)


@dataclass(frozen=True)
class Desk:
    """What is said of commitments, and what the schedulers at these addresses say then."""

    site: Site
    urls: dict[str, str]
    cases: Running
    notifier: Running
    client: httpx.AsyncClient

    async def say(self, *events: Event, case: UUID = CASE) -> str:
        """Append events of a case; return the position that a reader must have passed."""
        return f"cases@{await _append(self.cases.parts.log, f'case-{case}', events)}"

    async def note(self, event: Event, at: datetime, delivery: UUID) -> str:
        """Append at an instant what came of a message; return the position that a reader must have passed."""
        log = self.notifier.parts.log
        await log.set_clock(at)
        return f"notifications@{await _append(log, f'delivery-{delivery}', [event])}"

    async def get(self, path: str, **more: str) -> httpx.Response:
        """GET a thing from the scheduler; `kept_after` waits for a position."""
        named = {name.replace("_", "-"): value for name, value in more.items()}
        token = self.site.keys.token("agent", ("agent", "operator"))
        headers = {"Authorization": f"Bearer {token}", "Prefer": "wait=10", **named}
        return await self.client.get(self.urls["scheduler"] + path, headers=headers)

    async def timers(self, after: str, **query: Any) -> list[dict[str, Any]]:
        """Return the timers that stand once the scheduler has read up to a position."""
        answer = await self.get(str(httpx.URL("/v1/timers", params=query)), kept_after=after)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def time(self, at: datetime) -> None:
        """Set the scheduler's clock."""
        token = self.site.keys.token("operator", ("operator",))
        answer = await self.client.put(
            self.urls["scheduler"] + "/v1/clock",
            json={"at": rfc3339(at)},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 200, answer.text


async def _append(log: PostgresLog, stream: str, events: Sequence[Event]) -> int:
    metadata = Metadata(actor="an", correlation=derived_id("test", "chain")).model_dump_json().encode()
    now = await log.now()
    entries = tuple(Entry(*encode(event), metadata, now) for event in events)
    return (await log.append(Append(new_id(), (Part(stream, None, entries),)))).last


def settings_of(site: Site, service: str, urls: dict[str, str]) -> Settings:
    """Return the settings of a service on a site."""
    env = site.env(service, int(urls[service].rpartition(":")[2]), urls)
    read: dict[str, Any] = {name.removeprefix("KEPT_").lower(): value for name, value in env.items()}
    return Settings(**{**read, "urls": urls})


@asynccontextmanager
async def silent_cases(site: Site) -> AsyncIterator[Desk]:
    """Run the service of cases that says what it is told; no scheduler runs yet."""
    urls = {name: f"http://127.0.0.1:{ports.free()}" for name in ("cases", "notifier", "scheduler")}
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=20, verify=authorities()))
        cases, notifier = [
            await stack.enter_async_context(serving(name, compose_silence, settings_of(site, name, urls)))
            for name in ("cases", "notifier")
        ]
        yield Desk(site, urls, cases, notifier, client)


@asynccontextmanager
async def scheduling(desk: Desk) -> AsyncIterator[Running]:
    """Run one scheduler in this process."""
    async with serving("scheduler", compose, settings_of(desk.site, "scheduler", desk.urls)) as running:
        yield running


async def said(log: PostgresLog) -> list[str]:
    """Return the types of the scheduler's events, in order."""
    return [row.type for row in await log.tail(0)]
