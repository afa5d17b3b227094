"""Owners: who can own commitments. Stream `owner-<name>`."""

from dataclasses import dataclass

from events.catalogue import OwnerChanged
from events.decider import Asked, Decider
from events.errors import Forbidden
from events.fields import Body, Name, Zone

MAY_SET = frozenset({"lead", "system", "operator"})
"""The roles that may register and change owners."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A person or team that can keep a commitment."""

    name: str
    zone: str
    active: bool


class SetOwner(Body):
    """Register an owner, or say anew how they stand; whole."""

    name: Name
    zone: Zone
    active: bool = True


def stream(name: str) -> str:
    """Return the stream of an owner."""
    return f"owner-{name}"


def decide(owner: Owner | None, command: SetOwner, asked: Asked) -> tuple[OwnerChanged, ...]:
    """Return what changes. Raises Forbidden without one of the roles."""
    if not asked.actor.has(*MAY_SET):
        raise Forbidden(needed=", ".join(sorted(MAY_SET)))
    wanted = Owner(command.name, command.zone, command.active)
    if owner == wanted:
        return ()
    return (OwnerChanged(name=wanted.name, zone=wanted.zone, active=wanted.active),)


def evolve(_owner: Owner | None, event: OwnerChanged) -> Owner:
    """Return the owner after an event."""
    return Owner(event.name, event.zone, event.active)


OWNER: Decider[Owner | None, SetOwner, OwnerChanged] = Decider(None, decide, evolve)
