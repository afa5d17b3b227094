"""The commands that say what commitments are made under: owners, teams, calendars, policies."""

from collections.abc import Awaitable, Callable
from typing import Any

from events.catalogue import CalendarPublished, PolicyPublished
from events.errors import Invalid
from events.fields import Body
from events.perform import Performer
from events.service import Asking, Commands, command

from . import calendar, owner, policy, team
from .calendar import PublishCalendar
from .examples import EXAMPLES
from .owner import MAY_SET, SetOwner
from .policy import PublishPolicy
from .shelf import Shelf
from .team import SetTeam

SETS: dict[type[Body], str] = {
    SetOwner: "/v1/owners/{name}",
    SetTeam: "/v1/teams/{name}",
    PublishCalendar: "/v1/calendars/{name}",
    PublishPolicy: "/v1/policies/{name}",
}
"""What is put, and where."""


def configuration(shelf: Shelf) -> tuple[Commands[Any, Any, Any], ...]:
    """Return the commands on owners, teams, calendars and policies; what they name must be there."""
    names = Names(shelf)
    return (
        _put(shelf.owners, SetOwner, owner.stream, _of_the_stream, names.of_owner),
        _put(shelf.teams, SetTeam, team.stream, _of_the_stream, names.of_team),
        _put(shelf.calendars, PublishCalendar, calendar.stream, _of_its_own),
        _put(shelf.policies, PublishPolicy, policy.stream, _of_its_own, names.of_policy),
    )


class Names:
    """Checks that what a command names is there; each method raises Invalid, naming the field."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def of_owner(self, body: SetOwner, _asking: Asking | None = None) -> SetOwner:
        """Return the command: team, lead, delegate and calendar are there, and no team has the name."""
        if await self._shelf.team(body.name) is not None:
            raise Invalid(field="name", reason=f"{body.name} is a team: owners and teams share their names")
        if body.team is not None and await self._shelf.team(body.team) is None:
            raise Invalid(field="team", reason=f"{body.team} is not registered: PUT /v1/teams/{body.team}")
        await self._person("lead", body.lead)
        await self._person("delegate", body.delegate)
        await self._shelf.calendar_of(body.calendar)
        return body

    async def of_team(self, body: SetTeam, _asking: Asking | None = None) -> SetTeam:
        """Return the command: lead, manager and calendar are there, and no owner has the name."""
        if await self._shelf.owner(body.name) is not None:
            raise Invalid(field="name", reason=f"{body.name} is an owner: owners and teams share their names")
        await self._person("lead", body.lead)
        await self._person("manager", body.manager)
        await self._shelf.calendar_of(body.calendar)
        return body

    async def of_policy(self, body: PublishPolicy, _asking: Asking | None = None) -> PublishPolicy:
        """Return the command: its calendar is there."""
        await self._shelf.calendar_of(body.calendar)
        return body

    async def _person(self, field: str, name: str | None) -> None:
        if name is not None and await self._shelf.owner(name) is None:
            raise Invalid(field=field, reason=f"{name} is not registered: PUT /v1/owners/{name}")


def _put(
    performer: Performer[Any, Any, Any],
    body: type[Body],
    stream: Callable[[str], str],
    answer: Callable[..., dict[str, Any]],
    prepare: Callable[..., Awaitable[Any]] | None = None,
) -> Commands[Any, Any, Any]:
    return Commands(
        performer,
        stream=lambda command: stream(command.name),
        specs=(command(body, "PUT", SETS[body], roles=MAY_SET, example=EXAMPLES[body]),),
        answer=answer,
        prepare=prepare,
    )


def _of_the_stream(command: Any, _state: object, version: int, _events: object) -> dict[str, Any]:
    return {"id": command.name, "version": version}


def _of_its_own(
    command: Any,
    versions: tuple[CalendarPublished | PolicyPublished, ...],
    version: int,
    _events: object,
) -> dict[str, Any]:
    """Return the version that stands; of `default` it is one more than its stream has, the built-in one."""
    return {"id": command.name, "version": versions[-1].version if versions else version + 1}
