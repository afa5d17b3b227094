"""What a commitment is made of: how its due was said, its ladder, and what its policy says of it."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal, get_args
from uuid import UUID

from pydantic import Field

from .fact import Personal, Value

Basis = Literal["said", "policy", "internal"]
Role = Literal["owner", "team", "lead", "manager"]
"""To whom attention goes, from the lowest up."""
CLIMB: tuple[Role, ...] = get_args(Role)
ShortNotice = Literal["remind", "skip"]
WaitKind = Literal["customer", "third_party", "appointment"]
"""What a wait is for; a policy names the kinds that stop its clocks."""
Unit = Literal["real", "business", "business_days", "months"]


class Span(Value):
    """How long: real or business time in `lasts`, business days or months in `count`."""

    unit: Unit = "real"
    lasts: timedelta | None = None
    count: int | None = None


class AtInstant(Value):
    """Said as an instant."""

    kind: Literal["instant"] = "instant"
    at: datetime


class AtWallTime(Value):
    """Said as a time on the wall of a zone."""

    kind: Literal["wall_time"] = "wall_time"
    local: datetime
    zone: str
    gap_shifted: bool = False
    """The wall time does not exist; it was read with the offset before the gap."""
    fold: Literal[0, 1] | None = None
    """0 where the wall time exists twice: the first one was taken."""


class AfterDuration(Value):
    """Said as a real duration from the moment it was said."""

    kind: Literal["duration"] = "duration"
    lasts: timedelta


class AfterSpan(Value):
    """Said as business time, business days or months from the moment it was said."""

    kind: Literal["span"] = "span"
    span: Span
    zone: str
    """On whose walls days and months are counted."""


class AtEndOfDay(Value):
    """Said as the end of a day: the closing time of the calendar, on the walls of the zone meant."""

    kind: Literal["end_of_day"] = "end_of_day"
    day: date
    whose: Literal["customer", "team"]
    customer_zone: str
    team_zone: str


class ByPolicy(Value):
    """Not said: our own aim, or an announced time, from the moment it counts from."""

    kind: Literal["policy"] = "policy"
    aim: Literal["response", "outcome"]
    span: Span
    buffer: Span | None = None
    """What is promised beyond what we aim at."""


Rule = Annotated[
    AtInstant | AtWallTime | AfterDuration | AfterSpan | AtEndOfDay | ByPolicy, Field(discriminator="kind")
]


class Timer(Value):
    """An instant at which the scheduler speaks: `rung-1…n`, `due`, `review-1…3`, `limit`, `owner_by`."""

    name: str
    at: datetime
    role: Role = "owner"
    short_notice: bool = False


class Rung(Value):
    """A step of a ladder: a lead counted back from due, or a share of the time from made to due."""

    lead: timedelta | None = None
    unit: Literal["real", "business"] = "real"
    share: float | None = None
    """0.8: when four fifths of the time have passed."""
    role: Role = "owner"


class Quiet(Value):
    """The hours of every day in which nobody is to be reminded; they may run through midnight."""

    begins: time
    ends: time
    zone: str


class Terms(Value):
    """What the policy says of one commitment, as it was when it was made; nothing changes it later."""

    ladder: tuple[Rung, ...]
    """As they climb."""
    short_notice: ShortNotice = "remind"
    quiet: Quiet | None = None
    ack_timeout: timedelta = timedelta(hours=1)
    """How long an acknowledgement holds the ladder, at most half of the time left."""
    attempt_keeps: Literal["never", "message_left"] | int = "message_left"
    """Which attempt to reach the customer keeps a follow-up; a number: that many attempts."""
    pauses: tuple[WaitKind, ...] = ("customer",)
    """The waits that stop its clock, if it is of basis `policy`."""
    told_of_lapse: tuple[Role, ...] = ("owner", "lead")
    own: tuple[Literal["ladder", "short_notice"], ...] = ()
    """What the promise said itself; no newer policy goes over that."""
    digest: timedelta = timedelta(0)
    """Within which time several reminders for one person become one message."""


class Condition(Value):
    """What must happen before a due can be named, and how long after it."""

    words: Personal[str]
    then: Span
    limit: datetime | None = None
    """Until then the owner is reminded of it, and the customer counts on hearing from us."""


class Series(Value):
    """One of several updates: the next is made when this one is kept or lapses."""

    id: UUID
    cycle: int
    every: Span
    cadence: Literal["sliding", "fixed"] = "sliding"
    """Sliding: the next due counts from when this one was kept; fixed: from its due."""


class OverPromise(Value):
    """A warning: what is promised may be more than can be kept, or not what is needed."""

    kind: Literal["later_than_needed", "outside_hours", "beyond_target", "colliding", "before_its_children"]
    says: str
    """For a person; names instants, never the customer."""
    others: tuple[UUID, ...] = ()
    """The commitments it collides with, or that come after it."""
    position: int | None = None
    """As of which position of the log that was looked up."""


class Evidence(Value):
    """What shows that it was done: a contact, an outside record, or somebody's word."""

    contact: UUID | None = None
    record: Personal[str | None] = None
    words: Personal[str | None] = None
    agreed_in: UUID | None = None
    """The contact in which the customer agreed to an earlier time than the appointment's."""
