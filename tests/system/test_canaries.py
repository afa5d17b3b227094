"""Marked words in every personal field: they are in the clear projections only, and then nowhere."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from events.catalogue import TYPES
from events.catalogue.personal import personal_fields
from events.cli.place import Installation, installation
from events.clock import derived_id, new_id
from events.driver import Driver
from events.feed import read_page
from events.log import Append, Entry, Part
from events.postgres import LOGS
from events.recorded import Metadata
from events.sealing import MARK as TOKEN
from events.sealing import Seal
from events.service.parts import opened
from events.testing import an_id
from local.stack import Stack, throw_away
from tests.component.notifier.sinks import HttpSink, http_sink
from tests.desk import settings_of
from tests.files import holding

from .canary_play import MARK, mark, play
from .canary_search import command_lines, dumped, files_with, named, stands_in, tables_with
from .installed import run

pytestmark = [pytest.mark.accept, pytest.mark.timeout(600)]
CLEAR = {
    "intake": {"customer_v1", "contact_v1"},
    "cases": {"case_v1", "commitment_v1"},
    "scheduler": set(),
    "notifier": set(),
}
"""The only tables in which words are in clear (docs/privacy.md)."""


BROKEN = f"customer-{an_id('parked')}"
PARKED = [("intake", "register", BROKEN), ("cases", "customers", BROKEN), ("notifier", "customers", BROKEN)]
"""Who parks an event that is sealed well and fits no model."""


@dataclass
class Scene:
    """A whole stack of its own, on which the play was played."""

    stack: Stack
    driver: Driver
    client: httpx.AsyncClient
    spans: HttpSink
    customer: str

    @property
    def place(self) -> Installation:
        """Where it is."""
        return installation(self.stack.directory / "stack.json")

    @property
    def databases(self) -> dict[str, str]:
        """Every database, those of the keys too."""
        keyrings = {f"{name} keys": dsn for name, dsn in self.place.keyrings.items()}
        return {**self.place.databases, **keyrings}

    async def answers(self, path: str) -> list[tuple[str, bytes]]:
        """Return what each service answers."""
        headers = {"Authorization": f"Bearer {self.stack.token}"}
        found = []
        for service, url in self.stack.urls.items():
            answer = await self.client.get(url + path, headers=headers)
            assert answer.status_code == 200, answer.text
            found.append((f"{service} {path}", answer.content))
        return found

    async def found(self) -> None:
        """Look for what is personal, by every route that looks for it."""
        headers = {"Authorization": f"Bearer {self.stack.token}"}
        url = self.stack.urls["intake"]
        by = {"source": "phone", "reference": mark("contact reference")}
        listed = await self.client.get(f"{url}/v1/contacts", params=by, headers=headers)
        assert len(listed.json()["items"]) == 1
        body = {"name": mark("changed name")}
        listed = await self.client.post(f"{url}/v1/customers:search", json=body, headers=headers)
        assert len(listed.json()["items"]) == 1

    async def printed(self, *arguments: str) -> tuple[str, bytes]:
        """Return what the command line prints."""
        ran = await run("events", "--stack", str(self.stack.directory / "stack.json"), *arguments)
        assert ran.status == 0, ran.err
        return " ".join(arguments), "\n".join(ran.out + ran.err).encode()

    async def exports(self) -> list[tuple[str, bytes]]:
        """Return all that leaves the services by itself or on demand, topics and logs aside."""
        tails = [await self.printed("tail", log, "--json") for log in LOGS.values()]
        return [
            *await self.answers("/v1/events?limit=1000"),
            *await self.answers("/metrics"),
            *tails,
            await self.printed("parked", "list"),
            *[await self.printed("parked", "show", *each) for each in PARKED],
            *((f"span {number}", each.body) for number, each in enumerate(self.spans.seen)),
            *(("a command line", each) for each in command_lines()),
        ]

    def written(self, *names: str) -> list[str]:
        """Return the files below these directories of the stack that hold the mark."""
        directory = self.stack.directory
        return [
            str(path.relative_to(directory))
            for name in names
            for path in holding(directory / name, MARK.encode())
        ]


@pytest.fixture(scope="module")
async def scene(tmp_path_factory) -> AsyncIterator[Scene]:
    """Where everything personal that can be said is said."""
    async with told(tmp_path_factory.mktemp("canaries")) as scene:
        yield scene


@pytest.fixture(scope="module")
async def afterwards(tmp_path_factory) -> AsyncIterator[Scene]:
    """Another such scene, whose customer was erased."""
    async with told(tmp_path_factory.mktemp("erased")) as scene:
        await erase(scene)
        yield scene


@asynccontextmanager
async def told(directory: Path) -> AsyncIterator[Scene]:
    """Run a stack whose spans come to us, and say everything personal that can be said."""
    patch = pytest.MonkeyPatch()
    async with http_sink() as sink, httpx.AsyncClient(timeout=20) as client:
        patch.setenv("KEPT_OTLP", f"http://127.0.0.1:{sink.port}/v1/traces")
        async with throw_away(directory) as stack:
            patch.undo()
            driver = Driver(stack.urls, stack.token, client)
            maildir = stack.site.mail.maildir
            assert maildir is not None
            found = Scene(stack, driver, client, sink, await play(driver, maildir, client))
            await found.found()
            await park(found)
            yield found


async def park(scene: Scene) -> None:
    """Append an event that is sealed well and fits no model, and wait until everybody has parked it."""
    settings = settings_of(scene.stack.site, "intake", 0, scene.stack.urls)
    async with opened("intake", settings) as parts:
        append, key = new_id(), await parts.keyring.key_for(scene.customer)
        name = Seal(key, derived_id(append, 1))("name", mark("parked"))
        metadata = Metadata(actor="agent", correlation=append).model_dump_json().encode()
        data = json.dumps({"name": name, "zone": 7}).encode()
        entry = Entry("CustomerRegistered", 1, data, metadata, await parts.log.now())
        await parts.log.append(Append(append, (Part(BROKEN, None, (entry,)),)))
    async with asyncio.timeout(30):
        while (await scene.printed("parked", "list"))[1].count(BROKEN.encode()) < len(PARKED):
            pass  # to print takes its time


def fields() -> set[str]:
    """Return every personal field of the catalogue, by event."""
    found = set[str]()
    for name, cls in TYPES.items():
        marked, parts = personal_fields(cls)
        found |= {f"{name}.{field}" for field in marked} | {f"{name}.{field}" for field in parts}
    return found


async def test_canaries__are_in_every_personal_field(scene):
    said = set[str]()
    for _, page in await scene.answers("/v1/events?limit=1000"):
        for row in read_page(json.loads(page)).rows:
            values = json.loads(row.data).items()
            said |= {f"{row.type}.{field}" for field, value in values if TOKEN in json.dumps(value)}
    assert fields() - said == set()


async def test_canaries__are_in_the_clear_projections_and_in_no_other_table(scene):
    for service, dsn in scene.databases.items():
        assert set(await tables_with(dsn)) == CLEAR.get(service, set()), service


async def test_canaries__are_in_the_files_of_the_clear_projections_and_in_no_other_file(scene):
    data = Path(scene.stack.directory, "postgres", "data")
    clear = {f"{service}.{table}" for service, tables in CLEAR.items() for table in tables}
    found = await files_with(data, scene.databases)
    assert found - clear == {"pg_wal"}
    assert scene.written("kafka", "logs") == []
    assert scene.written("postgres") != [], "the search finds what is there"


async def test_canaries__are_in_nothing_that_leaves_the_services(scene):
    exports = await scene.exports()
    assert named(exports) == []
    assert sum(name.startswith("span") for name, _ in exports) > 0
    assert all(said for name, said in exports if name.startswith(("tail", "intake", "cases")))


async def test_canaries__after_the_erasure_are_in_no_row_export_dump_or_topic(afterwards):
    for service, dsn in afterwards.databases.items():
        assert await tables_with(dsn) == {}, service
        assert not stands_in(await dumped(dsn)), service
    assert named(await afterwards.exports()) == []
    assert afterwards.written("kafka", "logs") == []


async def test_canaries__after_the_scrub_are_in_no_file_of_the_database(afterwards):
    _, said = await afterwards.printed("scrub")
    assert b"intake contact_v1: " in said
    assert afterwards.written("postgres", "kafka", "logs") == []


async def erase(scene: Scene) -> None:
    """Erase the customer, and wait until every service is done."""
    answer = await scene.driver.delete("intake", f"/v1/customers/{scene.customer}")
    path = f"/v1/customers/{scene.customer}/erasure"
    async with asyncio.timeout(30):
        while not (await scene.driver.caller.call("GET", "intake", path, after=answer.position)).body["done"]:
            pass  # to ask takes its time
