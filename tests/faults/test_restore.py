"""Acceptance 8: a log restored to an older state and appended to; docs/restore.md keeps it, step by step."""

import asyncio
import json
import logging
import re
import shlex
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from events.catalogue import CommitmentFellDue, CommitmentLapsed, NotificationSent, ReminderDue
from events.cli.check import of_journal, of_log
from events.driver import Driver
from events.feed import to_json
from events.journal import FileJournal
from events.kafka.dump import dump
from events.postgres import LOGS
from events.recorded import Stored
from events.verify import Finding
from events.wire import decode
from local.site import role
from tests.desk import Desk, desk
from tests.line import until
from tests.system.installed import Installed, Ran, broken
from tests.system.small_desk import START, Play

DOCUMENT = (Path(__file__).parents[2] / "docs/restore.md").read_text()
STEPS = DOCUMENT.partition("## 2. ")[2].partition("\n## ")[0]
BLOCKS = [line.strip() for line in STEPS.splitlines() if line.startswith(" " * 8)]
"""What the second way shows: the form of installation.json, then the commands in their order."""
ADOPT, RELAY, REBUILD = (line for line in BLOCKS if line.startswith(("events ", "python ")))
ADVICE = "restore a newer backup, or keep the older one by the steps of docs/restore.md"
ROW = r"position (\d+) of [0-9a-f-]{36} with hash ([0-9a-f]{16})"
MUST_STOP = {
    ("cases", "relay"),
    ("scheduler", "timers"),
    ("notifier", "watched"),
    ("notifier", "announcements"),
}
READS = {"intake": "contacts", "cases": "cases", "scheduler": "timers", "notifier": "deliveries"}
AT = "SELECT max(position) FROM cursor WHERE log = 'cases'"
MORE = {"words": "We write.", "due": {"within": "PT48H"}}

pytestmark = pytest.mark.accept

Said = dict[tuple[str, str], str]
"""What `/readyz` says of a log that has diverged, by service and task."""


@dataclass
class Story:
    """One restore from beginning to end, and what was seen on the way."""

    here: Installed
    scratch: Path
    customer: str = ""
    cases: dict[str, str] = field(default_factory=dict)
    promises: dict[str, str] = field(default_factory=dict)
    """Each by its name here, as `case/commitments/commitment`."""
    logs: dict[str, list[Stored]] = field(default_factory=dict)
    """The log of cases as it was `backed up`, `before` the restore, and `restored` and appended to."""
    topic: list[Stored] = field(default_factory=list)
    """What the topic of cases held when the services were stopped."""
    short: Said = field(default_factory=dict)
    """What had stopped while the log was shorter than what was read of it."""
    long: Said = field(default_factory=dict)
    """The same once it was longer."""
    answers: dict[str, int] = field(default_factory=dict)
    """The status of what was asked for then."""
    heard: list[str] = field(default_factory=list)
    """What cases wrote into its service log then."""
    ran: dict[str, Ran] = field(default_factory=dict)
    """What came of each command of the document, by its line."""
    cursors: dict[str, int] = field(default_factory=dict)
    """Where the followers of cases stood once it was adopted, before anything else was done."""

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[tuple[Desk, Play]]:
        """Run the services until the block ends."""
        with self.here.journal.open("a", encoding="utf-8") as file:
            async with desk(self.here.site) as running:
                self.here = replace(self.here, urls=running.urls)
                driver = Driver(running.urls, self.here.site.token, running.client, FileJournal(file))
                yield running, Play(driver, self.customer)

    def commitment(self, name: str) -> str:
        """Return the id of a promise."""
        return self.promises[name].rpartition("/")[2]

    @property
    def agreed(self) -> int:
        """Return how far both histories are the same: with a driven clock, what is done again may be."""
        both = zip(self.logs["before"], self.logs["restored"], strict=False)
        return next(number for number, (was, now) in enumerate(both) if was != now)

    @property
    def lost(self) -> list[Stored]:
        """Return the rows that only the other history had."""
        return self.logs["before"][self.agreed :]

    async def spoken(self, service: str, *types: type) -> Counter[str]:
        """Return how often a log speaks of each promise in events of these types."""
        ids = {self.commitment(name): name for name in self.promises}
        events = [decode(row).event for row in await self.here.rows(service)]
        said = [str(event.commitment) for event in events if isinstance(event, types)]  # type: ignore[union-attr]
        return Counter(ids[each] for each in said if each in ids)

    async def do(self, command: str) -> Ran:
        """Run a command of the document where its files lie."""
        program, *arguments = shlex.split(command)
        module = ["events.cli"] if program == "events" else [arguments.pop(0), arguments.pop(0)][1:]
        environment = None if program == "events" else self.here.environment(module[0])
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *module, *arguments),
            cwd=self.scratch,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        return Ran(process.returncode, out.decode().splitlines(), err.decode().splitlines())

    def describe(self) -> None:
        """Write installation.json in the form that the document gives."""
        said = json.loads("".join(line for line in BLOCKS if not line.startswith(("events ", "python "))))
        place, urls = self.here.place, self.here.urls
        mine: dict[str, Any] = {
            "databases": place.databases,
            "keyrings": place.keyrings,
            "secrets": place.secrets,
            "broker": {"bootstrap": place.bootstrap, "topics": place.topics},
            "services": {name: {"url": urls[name]} for name in said["services"]},
        }
        for name, members in mine.items():
            assert said[name].keys() == members.keys()
        (self.scratch / "installation.json").write_text(json.dumps(said | mine))

    async def checked(self) -> list[Finding]:
        """Return what `events verify` finds, from the same checks in this process."""
        found = [await of_journal(self.here.place, self.here.journal)]
        for service in LOGS:
            found += await of_log(self.here.place, service)
            found += await self.here.checked(service)
        return found


async def play(story: Story) -> None:
    """Make what the backup holds: two promises, one of them reminded."""
    async with story.at_work() as (_, at):
        await at.driver.to(START)
        await at.driver.put("cases", "/v1/owners/agent", {"zone": "Europe/Berlin"})
        await at.driver.put("notifier", "/v1/recipients/agent", {"email": "agent@example.test"})
        customer = await at.driver.post("intake", "/v1/customers", {"name": "Lan", "zone": "Asia/Manila"})
        at.customer = story.customer = customer.id
        story.cases["first"] = (await at.contact("It does not work.")).body["case"]
        await at.driver.settle()
        story.promises["kept"] = await at.promise(story.cases["first"], 3)
        story.promises["lapses"] = await at.promise(story.cases["first"], 1.5)
        await at.at(1)
    story.logs["backed up"] = await story.here.rows("cases")


async def play_on(story: Story) -> None:
    """Do what the backup will not have: a promise is kept, one lapses, one is made and reminded of."""
    async with story.at_work() as (_, at):
        await at.at(1)
        story.cases["by contact"] = (await at.contact("It is broken.")).body["case"]
        body = {"customer": at.customer, "subject": "A bill"}
        story.cases["by command"] = (await at.driver.post("cases", "/v1/cases", body)).id
        await at.driver.settle()
        await at.contact("Which bill?", case=story.cases["by command"])
        story.promises["lost"] = await at.promise(story.cases["by contact"], 1.5)
        await at.do(story.promises["kept"], "keep")
        await at.at(1.75)
        await at.driver.settle()
    story.logs["before"] = await story.here.rows("cases")


async def stopped(story: Story, running: Desk, moment: str) -> Said:
    """Return what the services say once all that must stop has; note that they go on answering."""
    said: Said = {}

    async def ask() -> bool:
        for service in LOGS:
            answer = await running.get(service, "/readyz")
            story.answers[f"{moment}: readyz of {service}"] = answer.status_code
            tasks = answer.json()["tasks"].items()
            said.update({(service, task): says for task, says in tasks if " has diverged: " in says})
        return said.keys() >= MUST_STOP

    await until(ask, 20)
    for service, things in READS.items():
        answer = await running.get(service, f"/v1/{things}")
        story.answers[f"{moment}: {things} of {service}"] = answer.status_code
    return said


@contextmanager
def overheard(story: Story) -> Iterator[None]:
    """Note what cases writes into its service log, as it does where it runs by itself."""
    written, handler = logging.getLogger("kept.cases"), logging.Handler()
    handler.emit = lambda record: story.heard.append(record.getMessage())  # type: ignore[method-assign]
    written.addHandler(handler)
    written.setLevel("INFO")
    try:
        yield
    finally:
        written.removeHandler(handler)
        written.setLevel("NOTSET")


async def append(story: Story) -> None:
    """Write into the restored log through the front door, until it is longer than what was read of it."""
    with overheard(story):
        async with story.at_work() as (running, at):
            story.short = await stopped(story, running, "short")
            story.promises["meanwhile"] = await at.promise(story.cases["first"], 4)
            position, path = 0, f"/v1/cases/{story.cases['first']}/follow-ups"
            while position <= len(story.logs["before"]):
                made = await at.driver.post("cases", path, MORE)
                position = int((made.position or "").removeprefix("cases@"))
        async with story.at_work() as (running, _):
            story.long = await stopped(story, running, "long")
            story.describe()
            story.ran["too early"] = await story.do(ADOPT.replace("lost.jsonl", "early.jsonl"))
    place = story.here.place
    records = [row async for _, row in dump(place.bootstrap, "cases", place.topics["cases"])]
    story.topic = [row for row in records if isinstance(row, Stored)]
    story.logs["restored"] = await story.here.rows("cases")


async def keep(story: Story) -> None:
    """Go the second way of the document, steps 3 to 5; the services are stopped."""
    story.ran[ADOPT] = await story.do(ADOPT)
    for service in ("cases", "scheduler", "notifier"):
        story.cursors[service] = await story.here.value(service, AT)
    story.ran[RELAY] = await story.do(RELAY)
    named = re.findall(r"Then: (python -m \w+ rebuild)", "\n".join(story.ran[ADOPT].out))
    story.ran |= dict(zip(named, await asyncio.gather(*map(story.do, named)), strict=True))


async def go_on(story: Story) -> None:
    """Start the services, make one more promise, and let time pass until the due of each is over."""
    async with story.at_work() as (_, at):
        await at.at(1.75)
        story.promises["after"] = await at.promise(story.cases["first"], 2)
        await at.at(6)
        await at.driver.settle()


@pytest.fixture(scope="module")
async def story(parts, tmp_path_factory) -> AsyncIterator[Story]:
    """Play it once: back up, go on, restore, append, keep the older one, go on."""
    scratch = tmp_path_factory.mktemp("restore")
    site = await parts.fresh("restore")
    story = Story(Installed(site, {}, scratch / "journal.jsonl"), scratch)
    database, login = site.database("cases"), role("cases")
    backup = f"{database}_backup"
    await play(story)
    await site.postgres.create(backup, login=login, template=database)
    await play_on(story)
    await site.postgres.drop(database)
    await site.postgres.create(database, login=login, template=backup)
    await append(story)
    await keep(story)
    await go_on(story)
    yield story
    await site.postgres.drop(backup)
    await parts.drop(site)


async def test_edge_31__restored_relay_and_followers_stop_and_name_both_rows(story):
    assert story.long.keys() == MUST_STOP
    last, now = story.logs["before"][-1], story.logs["restored"][len(story.logs["before"]) - 1]
    for says in story.long.values():
        assert says.startswith("cases has diverged: ")
        assert says.endswith(f"; {ADVICE}")
        assert re.findall(ROW, says) == [(str(last.position), each.hash.hex()[:16]) for each in (last, now)]
        assert f"but the log has {now.type} of {now.stream} at" in says
    assert f"has seen {last.type} of {last.stream} at" in story.long["cases", "relay"]


async def test_restored__and_shorter_than_what_was_read__they_say_where_it_ends(story):
    assert story.short.keys() == MUST_STOP
    last = story.logs["before"][-1]
    for says in story.short.values():
        assert re.findall(ROW, says) == [(str(last.position), last.hash.hex()[:16])]
        assert re.search(r"but the log ends at \d+; ", says)
        assert says.endswith(f"; {ADVICE}")


async def test_restored__http_is_answered(story):
    assert len(story.answers) == 16
    assert set(story.answers.values()) == {200}


async def test_restored__nothing_is_sent_and_nothing_of_the_topic_is_dropped(story):
    assert story.topic == story.logs["before"]
    assert len(story.logs["restored"]) > len(story.logs["before"])


async def test_adopt__while_services_run__refuses_and_changes_nothing(story):
    early = story.ran["too early"]
    assert (early.status, early.out, len(early.err)) == (2, [], 1)
    assert "stop every service first" in early.err[0]
    assert not (story.scratch / "early.jsonl").exists()
    assert {row.log_id for row in story.logs["restored"]} == {story.logs["before"][0].log_id}


async def test_adopt__writes_and_prints_what_is_lost_and_says_what_comes_next(story):
    ran, lost = story.ran[ADOPT], story.lost
    assert (ran.status, ran.err) == (0, [])
    kept = [json.loads(line) for line in (story.scratch / "lost.jsonl").read_text().splitlines()]
    assert kept == [to_json(row) for row in lost]
    assert [line.split()[0] for line in ran.out if line.startswith("cases@")] == [
        f"cases@{row.position}" for row in lost
    ]
    assert f"the topic agreed up to {story.agreed}." in ran.out[0]
    assert RELAY.replace(" --stack installation.json", "") in ran.out[-3]
    assert [line.partition("Then: ")[2] for line in ran.out[-2:]] == [
        REBUILD.replace("scheduler", service) for service in ("scheduler", "notifier")
    ]


async def test_adopt__puts_back_those_who_have_read_what_is_lost_and_nobody_else(story):
    stays = len(story.logs["restored"])
    assert story.cursors == {"cases": stays, "scheduler": story.agreed, "notifier": story.agreed}


async def test_relay_and_rebuild__end_well(story):
    commands = [command for command in story.ran if command not in {"too early", ADOPT}]
    assert commands == [RELAY, REBUILD, REBUILD.replace("scheduler", "notifier")]
    assert [(story.ran[each].status, story.ran[each].err) for each in commands] == [(0, [])] * 3
    assert story.ran[RELAY].out == [
        f"{story.here.site.topics['cases']} holds cases up to {len(story.logs['restored'])}."
    ]


async def test_afterwards__the_log_is_the_restored_one_under_another_id(story):
    rows, restored = await story.here.rows("cases"), story.logs["restored"]
    (log_id,) = {row.log_id for row in rows}
    assert log_id != restored[0].log_id
    assert [row.hash for row in rows[: len(restored)]] == [row.hash for row in restored]
    assert story.agreed >= len(story.logs["backed up"])


async def test_edge_31__afterwards_every_promise_is_reminded_of_once_and_lapses_once(story):
    """The one whose keep was lost is open again; the lost one was reminded of while it stood."""
    every = dict.fromkeys(["kept", "lapses", "lost", "meanwhile", "after"], 1)
    known = {name: 1 for name in every if name != "lost"}
    assert await story.spoken("scheduler", ReminderDue) == every
    assert await story.spoken("scheduler", CommitmentFellDue) == known
    assert await story.spoken("cases", CommitmentLapsed) == known
    assert await story.spoken("notifier", NotificationSent) == dict.fromkeys(known, 2) | {"lost": 1}


async def test_afterwards__what_others_wrote_is_done_again_or_refused_and_said(story):
    streams = {row.stream for row in await story.here.rows("cases")}
    assert f"case-{story.cases['by contact']}" in streams
    assert f"case-{story.cases['by command']}" not in streams
    contacts = await story.here.rows("intake")
    (said,) = {each for each in story.heard if " was refused: " in each}
    assert said.startswith(f"AttachContact after contacts@{len(contacts)} was refused: ")
    assert said.endswith(f"There is no case {story.cases['by command']}.")


async def test_afterwards__verify_holds_but_for_the_acknowledged_commands_that_are_lost(story):
    found = broken(await story.checked())
    assert found.keys() == {"I1"}
    told = re.findall(
        r"(\S+) under key \S+ was acknowledged at (\d+), but cases has no event of it", found["I1"]
    )
    asked = {"FollowUpPromised": "/follow-ups", "CommitmentKept": "/keep", "CaseOpened": "/v1/cases"}
    lost = {str(row.position): row for row in story.lost}
    assert len(told) == 3
    assert all(path.endswith(asked[lost[position].type]) for path, position in told)
