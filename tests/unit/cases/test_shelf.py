"""The shelf finds what a new commitment is made in, and keeps every version that was read."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cases import calendar, owner, policy, team
from cases.book import Book
from cases.calendar import PublishCalendar
from cases.configuration import Names
from cases.owner import SetOwner
from cases.policy import DEFAULT, PublishPolicy
from cases.shelf import Shelf
from cases.team import SetTeam
from events.clock import new_id
from events.errors import Invalid, Unknown
from events.fields import Body
from events.memory import MemoryLog
from events.perform import Context
from events.testing import LEAD, NOW
from worktime import is_open

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
OFFICE = {"weekly": {"mon": [["09:00", "17:00"]]}}


class Desk:
    """A shelf on a log in memory, and the commands that fill it."""

    def __init__(self) -> None:
        self.log = MemoryLog("cases", at=NOW)
        self.shelf = Shelf(self.log)

    async def put(self, body: type[Body], name: str, **said: Any) -> int:
        """Perform a command as the front door does; return the version of its stream."""
        command: Any = body.model_validate_json(json.dumps({"name": name, **said}), strict=True)
        context = Context(new_id(), LEAD, new_id())
        names = Names(self.shelf)
        match command:
            case SetOwner():
                await names.of_owner(command)
                done: Any = await self.shelf.owners.perform(owner.stream(name), command, context)
            case SetTeam():
                await names.of_team(command)
                done = await self.shelf.teams.perform(team.stream(name), command, context)
            case PublishCalendar():
                done = await self.shelf.calendars.perform(calendar.stream(name), command, context)
            case _:
                await names.of_policy(command)
                done = await self.shelf.policies.perform(policy.stream(name), command, context)
        return int(done.version)


@pytest.fixture
async def desk() -> Desk:
    """Three calendars, a team with a lead, and people in it and outside it."""
    made = Desk()
    await made.put(PublishCalendar, "berlin", zone="Europe/Berlin", **OFFICE)
    await made.put(PublishCalendar, "manila", zone="Asia/Manila", **OFFICE)
    await made.put(PublishCalendar, "tokyo", zone="Asia/Tokyo", **OFFICE)
    await made.put(PublishPolicy, "desk", calendar="tokyo")
    await made.put(SetOwner, "an", zone="Asia/Ho_Chi_Minh")
    await made.put(SetTeam, "care", zone="Europe/Rome", lead="an", calendar="berlin")
    await made.put(SetTeam, "sales", zone="Europe/Rome", active=False)
    await made.put(SetOwner, "mai", zone="Asia/Ho_Chi_Minh", team="care", calendar="manila")
    await made.put(SetOwner, "binh", zone="Asia/Ho_Chi_Minh", team="care", lead="an", delegate="mai")
    await made.put(SetOwner, "chi", zone="Asia/Ho_Chi_Minh", team="sales", active=False)
    return made


@pytest.mark.parametrize(
    ("name", "calendar_ref", "zone", "team_name", "stands"),
    [
        ("mai", "manila@1", "Europe/Berlin", "care", (True, True)),
        ("binh", "berlin@1", "Europe/Berlin", "care", (True, True)),
        ("an", "tokyo@1", "Asia/Ho_Chi_Minh", None, (True, True)),
        ("care", "berlin@1", "Europe/Berlin", "care", (True, True)),
        ("chi", "tokyo@1", "Europe/Rome", "sales", (True, False)),
        ("sales", "tokyo@1", "Europe/Rome", "sales", (True, False)),
        ("nobody", "tokyo@1", "Asia/Tokyo", None, (False, False)),
        (None, "tokyo@1", "Asia/Tokyo", None, (False, False)),
    ],
)
async def test_setting__the_owners_calendar_then_the_teams_then_the_policys(
    desk, name, calendar_ref, zone, team_name, stands
):
    found = await desk.shelf.setting(name, "desk")
    assert (found.policy, found.calendar, found.zone, found.team) == ("desk@1", calendar_ref, zone, team_name)
    assert (found.found, found.active) == stands
    assert is_open(desk.shelf.book.calendar(calendar_ref), datetime(2026, 3, 2, 3, tzinfo=UTC)) == (
        calendar_ref != "berlin@1"
    )


async def test_setting__without_a_policy_it_is_the_default(desk):
    found = await desk.shelf.setting("an")
    assert (found.policy, found.calendar) == ("default@1", None)
    assert desk.shelf.book.policy("default@1") == DEFAULT
    await desk.put(PublishPolicy, "default", says={"short_notice": "skip"})
    assert (await desk.shelf.setting("an")).policy == "default@2"
    assert desk.shelf.book.policy("default@2").says.short_notice == "skip"


async def test_setting__an_unknown_policy_is_refused(desk):
    with pytest.raises(Invalid, match="policy: nowhere"):
        await desk.shelf.setting("an", "nowhere")


async def test_edge_21__a_later_version_leaves_the_pinned_one_as_it_is(desk):
    assert await desk.shelf.current("calendar", "berlin") == "berlin@1"
    await desk.put(PublishCalendar, "berlin", zone="Europe/Berlin", holidays={"2026-03-02": "New"}, **OFFICE)
    assert await desk.shelf.current("calendar", "berlin") == "berlin@2"
    book = await desk.shelf.load(calendars=["berlin@1", "berlin@2", None])
    assert [is_open(book.calendar(f"berlin@{version}"), MONDAY) for version in (1, 2)] == [True, False]


async def test_load__on_another_process_finds_every_version(desk):
    await desk.put(PublishPolicy, "desk", says={"short_notice": "skip"})
    book = await Shelf(desk.log).load(policies=["desk@1", "desk@2", "default@1"])
    assert [book.policy(f"desk@{version}").says.short_notice for version in (1, 2)] == ["remind", "skip"]


@pytest.mark.parametrize("ref", ["berlin@9", "berlin@0", "berlin", "nowhere@1"])
async def test_load__what_was_never_published_is_unknown(desk, ref):
    with pytest.raises(Unknown):
        await desk.shelf.load(calendars=[ref])


def test_book__what_was_not_read_is_said_by_name():
    with pytest.raises(LookupError, match="berlin@3"):
        Book().calendar("berlin@3")
    with pytest.raises(LookupError, match="desk@1"):
        Book().policy("desk@1")
    assert Book().policy("default@1") is DEFAULT


async def test_current__none_where_there_is_none(desk):
    assert await desk.shelf.current("calendar", "nowhere") is None
    assert await desk.shelf.current("policy", "nowhere") is None
    assert await desk.shelf.current("policy", "default") == "default@1"


@pytest.mark.parametrize(
    ("body", "name", "said", "field"),
    [
        (SetOwner, "new", {"zone": "UTC", "team": "nowhere"}, "team"),
        (SetOwner, "new", {"zone": "UTC", "team": "mai"}, "team"),
        (SetOwner, "new", {"zone": "UTC", "lead": "nobody"}, "lead"),
        (SetOwner, "new", {"zone": "UTC", "lead": "care"}, "lead"),
        (SetOwner, "new", {"zone": "UTC", "delegate": "nobody"}, "delegate"),
        (SetOwner, "mai", {"zone": "UTC", "delegate": "mai"}, "delegate"),
        (SetOwner, "new", {"zone": "UTC", "calendar": "nowhere"}, "calendar"),
        (SetOwner, "care", {"zone": "UTC"}, "name"),
        (SetTeam, "new", {"zone": "UTC", "lead": "nobody"}, "lead"),
        (SetTeam, "new", {"zone": "UTC", "manager": "nobody"}, "manager"),
        (SetTeam, "new", {"zone": "UTC", "calendar": "nowhere"}, "calendar"),
        (SetTeam, "mai", {"zone": "UTC"}, "name"),
        (PublishPolicy, "new", {"calendar": "nowhere"}, "calendar"),
    ],
)
async def test_names__what_is_not_there_is_refused_and_nothing_written(desk, body, name, said, field):
    before = await desk.log.head()
    with pytest.raises(Invalid) as refused:
        await desk.put(body, name, **said)
    assert refused.value.field == field
    assert await desk.log.head() == before
