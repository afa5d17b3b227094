"""Edge cases from one end to the other: what the scheduler hears of the notifier (rows 43, 45)."""

import re
from datetime import datetime, timedelta
from mailbox import Maildir, MaildirMessage
from uuid import UUID

import pytest

from events.catalogue import CommitmentFellDue, Event, NotificationFailed, ReminderDue
from events.driver import Driver
from events.recorded import Recorded
from events.wire import decode
from tests.component.notifier.conftest import Post, text
from tests.desk import Desk

from .small_desk import HOUR, START, Play

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.accept
LINK = re.compile(r"http\S+/v1/acknowledgements/[\w-]+")


@pytest.fixture(scope="module")
async def play(desk) -> Play:
    """A desk with `agent`, whom nothing reaches, `mai`, and their lead `lan`, who are reached by mail."""
    driver = Driver(desk.urls, desk.site.token, desk.client)
    await driver.to(START)
    steps = [{"lead": f"PT{hours}H", "role": role} for hours, role in ((4, "owner"), (2, "lead"))]
    ladder = [*steps, {"lead": "PT1H", "role": "lead"}]
    says = {"ladder": ladder, "ack_timeout": "PT150M", "told_of_lapse": ["owner"]}
    await driver.put("cases", "/v1/policies/climbing", {"says": says})
    for name, more in (("lan", {}), ("agent", {"lead": "lan"}), ("mai", {"lead": "lan"})):
        await driver.put("cases", f"/v1/owners/{name}", {"zone": "Europe/Berlin", **more})
    for name in ("lan", "mai"):
        await driver.put("notifier", f"/v1/recipients/{name}", {"email": f"{name}@example.test"})
    customer = await driver.post("intake", "/v1/customers", {"name": "Lan", "zone": "Asia/Ho_Chi_Minh"})
    return Play(driver, customer.id)


async def begun(desk: Desk, play: Play) -> datetime:
    """Go on by an hour from wherever the test before has come to; return the instant."""
    start = await desk.running["cases"].parts.log.now() + HOUR
    await play.driver.to(start)
    return start


async def promised(play: Play, owner: str) -> str:
    """Promise a call within five hours."""
    asked = await play.contact("It does not work.")
    await play.driver.settle()
    return await play.promise(asked.body["case"], 5, owner=owner, policy="climbing")


async def said(desk: Desk, service: str, promise: str) -> list[Recorded[Event]]:
    """Return what a service has recorded of a promise."""
    rows = [decode(row) for row in await desk.running[service].parts.log.tail(0, 10_000)]
    commitment = promise.rpartition("/")[2]
    return [each for each in rows if str(getattr(each.event, "commitment", "")) == commitment]


async def reminders(desk: Desk, promise: str) -> list[tuple[str, datetime, bool]]:
    """Return which rungs spoke, when, and whether they had been held."""
    found = await said(desk, "scheduler", promise)
    return [(e.event.rung, e.recorded_at, e.event.held) for e in found if isinstance(e.event, ReminderDue)]


def letters(desk: Desk, promise: str, about: str) -> list[MaildirMessage]:
    """Return the letters about a promise whose subject begins so."""
    assert desk.site.mail.maildir is not None
    found = Post(Maildir(desk.site.mail.maildir, create=False)).about(UUID(promise.rpartition("/")[2]))
    return [letter for letter in found if letter["Subject"].startswith(about)]


async def acknowledge(desk: Desk, letter: MaildirMessage) -> None:
    """Press the button behind the link in a letter."""
    link = LINK.search(text(letter))
    assert link
    assert (await desk.client.post(link[0])).status_code == 200


async def test_edge_45__acknowledged_and_nothing_done_it_is_said_once_more_and_the_ladder_goes_on(desk, play):
    start = await begun(desk, play)
    promise = await promised(play, "mai")
    await play.driver.to(start + 65 * MINUTE)
    await play.driver.settle()
    (letter,) = letters(desk, promise, "Due in")
    assert letter["To"] == "mai@example.test"
    await acknowledge(desk, letter)
    await play.driver.settle()
    await play.driver.to(start + 6 * HOUR)
    await play.driver.settle()
    half = (65 + (5 * 60 - 65) / 2) * MINUTE
    spoken = [(rung, at - start, held) for rung, at, held in await reminders(desk, promise)]
    assert [(rung, held) for rung, _, held in spoken] == [
        ("rung-1", False),
        ("rung-2", True),
        ("rung-3", False),
    ]
    assert [spoken[0][1], spoken[2][1]] == [HOUR, 4 * HOUR]
    assert 0 <= (spoken[1][1] - half) / MINUTE < 1, "half of the time that was left"
    dues = [
        each for each in await said(desk, "scheduler", promise) if isinstance(each.event, CommitmentFellDue)
    ]
    assert len(dues) == 1
    assert len(letters(desk, promise, "Due in")) == len(spoken)
    assert [letter["To"] for letter in letters(desk, promise, "Lapsed")] == ["mai@example.test"]


async def test_edge_45__acknowledged_and_kept_nothing_more_is_said(desk, play):
    start = await begun(desk, play)
    promise = await promised(play, "mai")
    await play.driver.to(start + 65 * MINUTE)
    await play.driver.settle()
    await acknowledge(desk, letters(desk, promise, "Due in")[0])
    await play.driver.settle()
    await play.do(promise, "keep")
    await play.driver.to(start + 6 * HOUR)
    await play.driver.settle()
    assert [rung for rung, _, _ in await reminders(desk, promise)] == ["rung-1"]
    assert len(letters(desk, promise, "Due in")) == 1


async def test_edge_43__whom_nothing_reaches_the_next_rung_speaks_for_at_once(desk, play):
    start = await begun(desk, play)
    promise = await promised(play, "agent")
    await play.driver.to(start + 65 * MINUTE)
    await play.driver.settle()
    notified = [each.event for each in await said(desk, "notifier", promise)]
    failed = [each for each in notified if isinstance(each, NotificationFailed)]
    assert [(each.notice, each.reason) for each in failed] == [("rung-1", "no_recipient")]
    spoken = [(rung, at - start) for rung, at, _ in await reminders(desk, promise)]
    assert [rung for rung, _ in spoken] == ["rung-1", "rung-2"]
    assert spoken[0][1] == HOUR
    assert spoken[1][1] - HOUR < MINUTE, "two hours before its own time"
    assert {letter["To"] for letter in letters(desk, promise, "Due in")} == {"lan@example.test"}
