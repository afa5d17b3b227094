"""Teams: who shares commitments. Stream `team-<name>`."""

from dataclasses import dataclass

from events.catalogue import TeamChanged
from events.decider import Asked, Decider
from events.errors import Forbidden
from events.fields import Body, Name, Zone

from .owner import MAY_SET


@dataclass(frozen=True, slots=True)
class Team:
    """A team that can keep a commitment."""

    name: str
    zone: str
    active: bool
    lead: str | None = None
    manager: str | None = None
    calendar: str | None = None


class SetTeam(Body):
    """Register a team, or say anew how it stands; whole."""

    name: Name
    zone: Zone
    active: bool = True
    lead: Name | None = None
    """A registered owner."""
    manager: Name | None = None
    """A registered owner."""
    calendar: Name | None = None
    """Its working hours: a published calendar."""


def stream(name: str) -> str:
    """Return the stream of a team."""
    return f"team-{name}"


def decide(team: Team | None, command: SetTeam, asked: Asked) -> tuple[TeamChanged, ...]:
    """Return what changes. Raises Forbidden without one of the roles."""
    if not asked.actor.has(*MAY_SET):
        raise Forbidden(needed=", ".join(sorted(MAY_SET)))
    changed = TeamChanged(**dict(command))
    return () if team == evolve(team, changed) else (changed,)


def evolve(_team: Team | None, event: TeamChanged) -> Team:
    """Return the team after an event."""
    return Team(**dict(event))


TEAM: Decider[Team | None, SetTeam, TeamChanged] = Decider(None, decide, evolve)
