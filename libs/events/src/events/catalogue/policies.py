"""Calendars and policies, each version whole. Streams `calendar-<name>`, `policy-<name>`, log `cases`."""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from .cases import Kind, Priority
from .contacts import Channel
from .fact import Fact, Value
from .terms import Role, Rung, ShortNotice, Span, WaitKind

Hours = tuple[tuple[str, str], ...]
"""Stretches of a day on the wall, `("09:00", "17:00")`; the end may be `24:00` or lie on the next day."""


class CalendarPublished(Fact):
    """A version of working hours; all earlier ones stay as they are."""

    name: str
    version: int
    zone: str
    weekly: dict[str, Hours]
    """By day: `mon` … `sun`."""
    holidays: dict[str, str] = Field(default_factory=dict)
    """Closed dates (`2026-02-17`) and their names."""
    date_hours: dict[str, Hours] = Field(default_factory=dict)
    """Hours that replace the weekly ones on a date."""
    breaks: dict[str, Hours] = Field(default_factory=dict)
    """Closed stretches of a date."""
    country: str | None = None
    """Whose public holidays are among the holidays."""
    subdivision: str | None = None
    """The part of the country whose own holidays are among them."""
    not_holidays: tuple[str, ...] = ()
    """Public holidays on which it is open all the same."""


class Aim(Value):
    """A target, and what is promised beyond it."""

    within: Span
    buffer: Span | None = None


class Cadence(Value):
    """How often the customer hears from us while nothing is solved."""

    every: Span
    cadence: Literal["sliding", "fixed"] = "sliding"


class QuietHours(Value):
    """When nobody is reminded, `("22:00", "07:00")`, on the walls of the team."""

    begins: str
    ends: str


class Saying(Value):
    """What a policy says; what is none is left to the lines above it."""

    response: Aim | None = None
    """By when a contact is answered."""
    outcome: Aim | None = None
    """By when what the customer wants is done."""
    announced: bool | None = None
    """The customer is told these times: they are said, and no longer only aimed at."""
    cadence: Cadence | None = None
    ladder: tuple[Rung, ...] | None = None
    short_notice: ShortNotice | None = None
    quiet: QuietHours | Literal["none"] | None = None
    ack_timeout: timedelta | None = None
    attempt_keeps: Literal["never", "message_left"] | int | None = None
    pauses: tuple[WaitKind, ...] | None = None
    told_of_lapse: tuple[Role, ...] | None = None
    digest: timedelta | None = None
    review: timedelta | None = None
    """After how long a promise without a date is looked at."""
    owner_by: timedelta | None = None
    """By when somebody must have taken what nobody owns."""
    lapse_reasons: tuple[str, ...] | None = None


class When(Value):
    """Which contacts and cases a line is for; what is empty does not matter."""

    kind: tuple[Kind, ...] = ()
    priority: tuple[Priority, ...] = ()
    segment: tuple[str, ...] = ()
    channel: tuple[Channel, ...] = ()


class Line(Saying):
    """What holds besides, or instead, in some cases."""

    when: When


class PolicyPublished(Fact):
    """A version of a policy; what earlier ones made stays as it is."""

    name: str
    version: int
    calendar: str | None = None
    """The calendar (its name) where neither owner nor team has one."""
    says: Saying
    lines: tuple[Line, ...] = ()
    """Later lines go over earlier ones."""
