"""A policy as people write it: the shapes of the catalogue, each field within its bounds."""

from datetime import time, timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, StringConstraints, Tag, model_validator

from events.catalogue.cases import Kind, Priority
from events.catalogue.contacts import Channel
from events.catalogue.terms import Role, ShortNotice, Unit, WaitKind
from events.fields import Body, Lead, Name

LINES = 20
RUNGS = 10
SHORTEST_DAY = timedelta(hours=1)
"""What quiet hours must leave of a day."""


def _no_twice(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(values)) < len(values):
        msg = "nothing stands here twice"
        raise ValueError(msg)
    return values


Once = AfterValidator(_no_twice)
Positive = Annotated[Lead, Field(gt=timedelta(0))]
Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Reason = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class Length(Body):
    """How long: real or business time in `lasts`, business days or months in `count`."""

    unit: Unit = "real"
    lasts: Positive | None = None
    count: Annotated[int, Field(ge=1, le=366)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        timed = self.unit in {"real", "business"}
        if (self.lasts is not None, self.count is not None) != (timed, not timed):
            msg = f"{self.unit} is said in {'lasts' if timed else 'count'}, and only there"
            raise ValueError(msg)
        return self


class Target(Body):
    """A target, and what is promised beyond it."""

    within: Length
    buffer: Length | None = None


class Rhythm(Body):
    """How often the customer hears from us while nothing is solved."""

    every: Length
    cadence: Literal["sliding", "fixed"] = "sliding"


class Step(Body):
    """A rung: a lead counted back from due, or a share of the time up to it."""

    lead: Positive | None = None
    unit: Literal["real", "business"] = "real"
    share: Annotated[float, Field(gt=0, lt=1)] | None = None
    role: Role = "owner"

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.lead is None) == (self.share is None):
            msg = "a rung has a lead or a share"
            raise ValueError(msg)
        if self.share is not None and self.unit != "real":
            msg = "a share has no unit"
            raise ValueError(msg)
        return self


class Night(Body):
    """Quiet hours, on the walls of the team."""

    begins: Clock
    ends: Clock

    @model_validator(mode="after")
    def _leaves_a_day(self) -> Self:
        if self.begins == self.ends:
            msg = "quiet hours begin and end at different times"
            raise ValueError(msg)
        left = (_minutes(self.begins) - _minutes(self.ends)) % timedelta(days=1)
        if left < SHORTEST_DAY:
            msg = "quiet hours leave at least an hour of the day"
            raise ValueError(msg)
        return self


Quiet = Annotated[
    Annotated[Night, Tag("=hours")] | Annotated[Literal["none"], Tag("=none")],
    Discriminator(lambda value: "=none" if isinstance(value, str) else "=hours"),
]


class Says(Body):
    """What a policy says; what is left out is left to what stands before it."""

    response: Target | None = None
    outcome: Target | None = None
    announced: bool | None = None
    cadence: Rhythm | None = None
    ladder: Annotated[tuple[Step, ...], Field(max_length=RUNGS)] | None = None
    short_notice: ShortNotice | None = None
    quiet: Quiet | None = None
    ack_timeout: Positive | None = None
    attempt_keeps: Literal["never", "message_left"] | Annotated[int, Field(ge=1, le=20)] | None = None
    pauses: Annotated[tuple[WaitKind, ...], Once] | None = None
    told_of_lapse: Annotated[tuple[Role, ...], Once] | None = None
    digest: Annotated[Lead, Field(le=timedelta(days=1))] | None = None
    review: Positive | None = None
    owner_by: Positive | None = None
    lapse_reasons: Annotated[tuple[Reason, ...], Field(min_length=1, max_length=50), Once] | None = None


class Cases(Body):
    """Which contacts and cases a line is for; what is left out does not matter."""

    kind: Annotated[tuple[Kind, ...], Once] = ()
    priority: Annotated[tuple[Priority, ...], Once] = ()
    segment: Annotated[tuple[Name, ...], Field(max_length=5), Once] = ()
    channel: Annotated[tuple[Channel, ...], Once] = ()

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not (self.kind or self.priority or self.segment or self.channel):
            msg = "say for which kind, priority, segment or channel; what is for all stands in `says`"
            raise ValueError(msg)
        return self


class Besides(Says):
    """What holds besides, or instead, in some cases."""

    when: Cases


class Draft(Body):
    """What a policy says, without its name."""

    calendar: Name | None = None
    """A published calendar: in it business time is counted where neither owner nor team has one."""
    says: Says = Says()
    lines: Annotated[tuple[Besides, ...], Field(max_length=LINES)] = ()
    """Later lines go over earlier ones."""


class PublishPolicy(Draft):
    """Publish a policy: the first version, or the next one; whole."""

    name: Name


def _minutes(text: str) -> timedelta:
    at = time.fromisoformat(text)
    return timedelta(hours=at.hour, minutes=at.minute)
