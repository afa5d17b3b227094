"""Owners: the people who can own commitments. Stream `owner-<name>`."""

from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field, model_validator

from events.catalogue import OwnerChanged
from events.catalogue.owners import Absence
from events.decider import Asked, Decider
from events.errors import Forbidden, Invalid
from events.fields import Body, Instant, Name, Zone

MAY_SET = frozenset({"lead", "system", "operator"})
"""The roles that may register owners and teams, and publish calendars and policies."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A person who can keep a commitment."""

    name: str
    zone: str
    active: bool
    team: str | None = None
    lead: str | None = None
    delegate: str | None = None
    calendar: str | None = None
    absences: tuple[Absence, ...] = ()


class Away(Body):
    """A time in which somebody is not there."""

    begins: Instant
    ends: Instant

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.begins >= self.ends:
            msg = "an absence ends after it begins"
            raise ValueError(msg)
        return self


class SetOwner(Body):
    """Register an owner, or say anew how they stand; whole."""

    name: Name
    zone: Zone
    active: bool = True
    team: Name | None = None
    """A registered team."""
    lead: Name | None = None
    """A registered owner; none: the team's lead."""
    delegate: Name | None = None
    """A registered owner, told instead while this one is away."""
    calendar: Name | None = None
    """Their working hours, a published calendar; none: the team's."""
    absences: Annotated[tuple[Away, ...], Field(max_length=100)] = ()


def stream(name: str) -> str:
    """Return the stream of an owner."""
    return f"owner-{name}"


def decide(owner: Owner | None, command: SetOwner, asked: Asked) -> tuple[OwnerChanged, ...]:
    """Return what changes. Raises Forbidden without one of the roles, Invalid for one's own delegate."""
    if not asked.actor.has(*MAY_SET):
        raise Forbidden(needed=", ".join(sorted(MAY_SET)))
    if command.delegate == command.name:
        raise Invalid(field="delegate", reason="must be somebody else")
    absences = tuple(Absence(**dict(away)) for away in command.absences)
    changed = OwnerChanged(**dict(command) | {"absences": absences})
    return () if owner == evolve(owner, changed) else (changed,)


def evolve(_owner: Owner | None, event: OwnerChanged) -> Owner:
    """Return the owner after an event."""
    return Owner(**dict(event))


OWNER: Decider[Owner | None, SetOwner, OwnerChanged] = Decider(None, decide, evolve)
