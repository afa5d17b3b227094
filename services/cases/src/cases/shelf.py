"""Where owners, teams, calendars and policies are looked up, in the log and as it is now."""

from collections.abc import Iterable
from typing import Literal, TypeVar

from events.catalogue import CalendarPublished, PolicyPublished
from events.errors import Invalid, Unknown
from events.log import Log
from events.perform import Performer

from . import calendar, owner, policy, team
from .book import Book, Standing
from .calendar import CALENDAR, Calendars
from .owner import OWNER, Owner
from .policy import POLICY, Policies, Policy
from .policy.decide import versions
from .team import TEAM, Team

Kind = Literal["calendar", "policy"]
V = TypeVar("V", CalendarPublished, PolicyPublished)


class Shelf:
    """Reads the streams of what commitments are made under, and keeps every version that it has read."""

    def __init__(self, log: Log, book: Book | None = None) -> None:
        self.owners = Performer(log, OWNER, source="cases")
        self.teams = Performer(log, TEAM, source="cases")
        self.calendars = Performer(log, CALENDAR, source="cases")
        self.policies = Performer(log, POLICY, source="cases")
        self.book = book or Book()

    async def owner(self, name: str) -> Owner | None:
        """Return an owner as they stand."""
        return (await self.owners.state(owner.stream(name)))[1]

    async def team(self, name: str) -> Team | None:
        """Return a team as it stands."""
        return (await self.teams.state(team.stream(name)))[1]

    async def calendar_versions(self, name: str) -> Calendars:
        """Return every version of a calendar, none where there is no such calendar."""
        return (await self.calendars.state(calendar.stream(name)))[1]

    async def policy_versions(self, name: str) -> Policies:
        """Return every version of a policy, none where there is no such policy."""
        return versions(name, (await self.policies.state(policy.stream(name)))[1])

    async def current(self, kind: Kind, name: str) -> str | None:
        """Return the version that holds now (`berlin@3`), none where there is no such calendar or policy."""
        found = await (self.calendar_versions(name) if kind == "calendar" else self.policy_versions(name))
        return f"{name}@{found[-1].version}" if found else None

    async def load(self, *, calendars: Iterable[str | None] = (), policies: Iterable[str] = ()) -> Book:
        """Read these versions into the book (None: not asked for), and return it. Raises Unknown."""
        for ref in calendars:
            if ref is not None and not self.book.has_calendar(ref):
                found = _version("calendar", ref, await self.calendar_versions(_name(ref)))
                self.book.add_calendar(ref, calendar.read(found))
        for ref in policies:
            if not self.book.has_policy(ref):
                published = _version("policy", ref, await self.policy_versions(_name(ref)))
                self.book.add_policy(Policy.of(published))
        return self.book

    async def setting(self, owner_name: str | None, policy_name: str | None = None) -> Standing:
        """Return what a new commitment of this owner (none: of nobody yet) is made in, all of it loaded.

        Raises Invalid, field `policy`, where there is no such policy; an unknown owner is not `found`.
        """
        ref = await self.current("policy", policy_name or "default")
        if ref is None:
            raise Invalid(field="policy", reason=f"{policy_name} is not published")
        book = await self.load(policies=[ref])
        return await self.under(book.policy(ref), owner_name)

    async def under(self, held: Policy, owner_name: str | None) -> Standing:
        """Return what a commitment of this owner would be made in under this policy, its calendar loaded.

        Raises Invalid, field `calendar`, where the policy names one that is not published.
        """
        person = await self.owner(owner_name) if owner_name else None
        named = person.team if person else owner_name
        group = await self.team(named) if named else None
        theirs = await self.calendar_of(person.calendar if person else None)
        teams = await self.calendar_of(group.calendar if group else None)
        ref = theirs or teams or await self.calendar_of(held.calendar)
        book = await self.load(calendars=[ref, teams])
        walls = [
            book.calendar(teams).zone if teams else None,
            *(each.zone for each in (group, person) if each),
        ]
        known = person or group
        return Standing(
            policy=held.ref,
            calendar=ref,
            zone=next(filter(None, walls), book.calendar(ref).zone if ref else "UTC"),
            owner=owner_name,
            found=known is not None,
            active=known is not None and known.active,
            team=group.name if group else None,
        )

    async def calendar_of(self, name: str | None) -> str | None:
        """Return the version of a calendar that holds now, none where none is named.

        Raises Invalid, field `calendar`, where there is no such calendar.
        """
        if not name:
            return None
        ref = await self.current("calendar", name)
        if ref is None:
            raise Invalid(field="calendar", reason=f"{name} is not published: PUT /v1/calendars/{name}")
        return ref


def _name(ref: str) -> str:
    return ref.partition("@")[0]


def _version(kind: str, ref: str, found: tuple[V, ...]) -> V:
    for each in found:
        if f"{each.name}@{each.version}" == ref:
            return each
    raise Unknown(what=kind, id=ref)
