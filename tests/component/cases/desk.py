"""Cases on real parts, beside intake, and a scheduler that says only what a test tells it to say."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx

from cases.app import compose as compose_cases
from events.catalogue import CommitmentFellDue
from events.client import authorities
from events.clock import new_id
from events.log import Append, Entry, Part
from events.recorded import Metadata
from events.service import Parts, Running, Service, serving
from events.settings import Settings
from events.wire import encode, rfc3339
from intake.app import compose as compose_intake
from local import ports
from local.site import Site


def compose_silence(parts: Parts) -> Service:
    """Return a service that does nothing by itself."""
    return Service(parts.name)


COMPOSES = {
    "intake": compose_intake,
    "cases": compose_cases,
    "scheduler": compose_silence,
    "notifier": compose_silence,
}


@dataclass(frozen=True)
class Desk:
    """Running services, and a client that talks to them."""

    site: Site
    running: dict[str, Running]
    client: httpx.AsyncClient
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def parts(self) -> Parts:
        """The parts of cases."""
        return self.running["cases"].parts

    def headers(self, role: str, key: str | None, more: dict[str, str]) -> dict[str, str]:
        """Return headers by a role, its subject named as the role; `key_` None: without a key."""
        token = self.tokens.setdefault(role, self.site.keys.token(role, (role,)))
        keys = {"Idempotency-Key": key} if key else {}
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {token}", **keys, **named}

    async def post(
        self,
        path: str,
        body: Any,
        *,
        role: str = "agent",
        key: str | None = "",
        service: str = "cases",
        **more: str,
    ) -> httpx.Response:
        """POST a command, under a key of its own unless one is given."""
        headers = self.headers(role, str(new_id()) if key == "" else key, more)
        return await self.client.post(self.running[service].url + path, json=body, headers=headers)

    async def put(self, path: str, body: Any, *, role: str = "lead", **more: str) -> httpx.Response:
        """PUT a thing at cases."""
        url = self.running["cases"].url + path
        return await self.client.put(url, json=body, headers=self.headers(role, None, more))

    async def get(self, path: str, *, role: str = "agent", **more: str) -> httpx.Response:
        """GET a thing from cases."""
        url = self.running["cases"].url + path
        return await self.client.get(url, headers=self.headers(role, None, more))

    async def read(self, path: str, after: httpx.Response) -> Any:
        """Return what is read once the projections show what an answer of cases says."""
        answer = await self.get(path, kept_after=after.headers["kept-position"], prefer="wait=10")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def contact(self, body: dict[str, Any]) -> tuple[Any, str]:
        """Record a contact at intake; return its answer, and the position cases must have read."""
        answer = await self.post("/v1/contacts", {"channel": "call", **body}, service="intake")
        assert answer.status_code == 201, answer.text
        return answer.json(), answer.headers["kept-position"]

    async def customer(self, zone: str = "Asia/Ho_Chi_Minh") -> tuple[str, str]:
        """Register a customer at intake; return the id, and the position cases must have read."""
        answer = await self.post("/v1/customers", {"name": "Mai", "zone": zone}, service="intake")
        assert answer.status_code == 201, answer.text
        return answer.json()["id"], answer.headers["kept-position"]

    async def case(self) -> str:
        """Open a case for a new customer; return its id."""
        customer, after = await self.customer()
        body = {"customer": customer, "subject": "No parcel."}
        answer = await self.post("/v1/cases", body, kept_after=after, prefer="wait=10")
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def promise(self, case: str, due: Any = None, **more: Any) -> httpx.Response:
        """Promise a follow-up, due in eight hours unless said otherwise."""
        body = {"words": "I will call.", "due": due or {"within": "PT8H"}, **more}
        answer = await self.post(f"/v1/cases/{case}/follow-ups", body)
        assert answer.status_code == 201, answer.text
        return answer

    async def time(self, at: datetime) -> None:
        """Set the clocks of all services."""
        for name in COMPOSES:
            answer = await self.client.put(
                f"{self.running[name].url}/v1/clock",
                json={"at": rfc3339(at)},
                headers=self.headers("operator", None, {}),
            )
            assert answer.status_code == 200, answer.text

    async def fell_due(self, case: str, commitment: str, revision: int, due: str) -> str:
        """Let the scheduler say that a due has passed; return the position cases must have read."""
        event = CommitmentFellDue(
            commitment=UUID(commitment),
            case=UUID(case),
            revision=revision,
            due=datetime.fromisoformat(due),
        )
        log, command = self.running["scheduler"].parts.log, new_id()
        metadata = Metadata(actor="scheduler", correlation=command).model_dump_json().encode()
        entry = Entry(*encode(event), metadata, await log.now())
        appended = await log.append(Append(command, (Part(f"commitment-{commitment}", None, (entry,)),)))
        return f"reminders@{appended.last}"


@asynccontextmanager
async def desk_on(site: Site) -> AsyncIterator[Desk]:
    """Run the services until the block ends; the owner `agent` is registered."""
    chosen = {name: ports.free() for name in COMPOSES}
    urls = {name: f"http://127.0.0.1:{port}" for name, port in chosen.items()}
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=20, verify=authorities()))
        running = {
            name: await stack.enter_async_context(
                serving(name, compose, settings_of(site, name, chosen, urls))
            )
            for name, compose in COMPOSES.items()
        }
        desk = Desk(site, running, client)
        answer = await desk.put("/v1/owners/agent", {"zone": "Europe/Berlin"})
        assert answer.status_code == 200, answer.text
        yield desk


def settings_of(site: Site, name: str, chosen: dict[str, int], urls: dict[str, str]) -> Settings:
    """Return the settings of a service on a site."""
    env = site.env(name, chosen[name], urls)
    read: dict[str, Any] = {name.removeprefix("KEPT_").lower(): value for name, value in env.items()}
    return Settings(**{**read, "urls": urls})
