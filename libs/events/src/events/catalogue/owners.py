"""Who keeps commitments. Streams `owner-<name>` and `team-<name>`, log `cases`."""

from datetime import datetime

from .fact import Fact, Value


class Absence(Value):
    """A time in which somebody is not there."""

    begins: datetime
    ends: datetime


class OwnerChanged(Fact):
    """A person who can own commitments, whole."""

    name: str
    zone: str
    active: bool = True
    team: str | None = None
    lead: str | None = None
    """None: the team's."""
    delegate: str | None = None
    """Who is told instead while they are away."""
    calendar: str | None = None
    """Their working hours, by name; none: the team's."""
    absences: tuple[Absence, ...] = ()


class TeamChanged(Fact):
    """A team that can own commitments, whole."""

    name: str
    zone: str
    active: bool = True
    lead: str | None = None
    manager: str | None = None
    calendar: str | None = None
