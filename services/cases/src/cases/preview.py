"""A dry run of a policy: what would be promised, when who would be reminded, and why; nothing is written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from events.catalogue.cases import Kind, Priority
from events.catalogue.contacts import Channel
from events.catalogue.policies import Aim
from events.catalogue.terms import OverPromise, Role, Terms
from events.fields import Body, Instant, Name

from .aim import Aimed, Measure, aimed
from .overpromise import warnings
from .plan import Frame
from .policy import About, Draft, Effect, Policy
from .rungs import Ladder

AimName = Literal["response", "outcome"]
AIMS: tuple[AimName, ...] = ("response", "outcome")


class PreviewPolicy(Body):
    """Ask what a policy would do with a contact."""

    kind: Kind = "support"
    priority: Priority = "normal"
    segment: Name | None = None
    channel: Channel | None = None
    at: Instant | None = None
    """When the contact comes; none: now."""
    owner: Name | None = None
    """Who is to keep what is promised: their calendar counts, and their team's zone."""
    needed_by: Instant | None = None
    kept_at: Instant | None = None
    """When it was done: says whether that would have been in time."""
    version: Annotated[int, Field(ge=1)] | None = None
    """A version of the policy; none: the one that holds now."""
    draft: Draft | None = None
    """Instead of a version: what is not published yet."""


class Reminded(BaseModel):
    """A reminder as it would be planned."""

    name: str
    at: datetime
    role: Role
    short_notice: bool


class Foreseen(BaseModel):
    """What an aim would come to."""

    aim: AimName
    announced: bool
    """The customer is told the due; otherwise both are only aimed at."""
    target: datetime
    due: datetime
    reminders: tuple[Reminded, ...]
    steps: tuple[str, ...]
    """How each instant came about, a sentence each."""
    warnings: tuple[OverPromise, ...]
    would: Literal["have been kept", "have lapsed"] | None
    """What would have become of it, kept when the question says."""


class Preview(BaseModel):
    """What a policy would do; nothing of it stands anywhere."""

    hypothetical: Literal[True] = True
    policy: str
    """Its version; a draft has the version that it would get."""
    calendar: str | None
    zone: str
    """On whose walls quiet hours are."""
    at: datetime
    lines: tuple[int, ...]
    """The lines that match, counted from 0."""
    why: tuple[str, ...]
    foreseen: tuple[Foreseen, ...]


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a preview is made for."""

    asked: PreviewPolicy
    at: datetime
    measure: Measure
    zone: str
    """On whose walls quiet hours are."""


def preview(policy: Policy, occasion: Occasion) -> Preview:
    """Return what a policy would do. Raises Invalid where its time cannot be counted."""
    asked = occasion.asked
    about = About(asked.kind, asked.priority, asked.segment, asked.channel)
    effect, terms = policy.effect(about), policy.terms(about, zone=occasion.zone)
    aims = {name: aim for name in AIMS if (aim := getattr(effect.says, name)) is not None}
    told = bool(effect.says.announced)
    return Preview(
        policy=policy.ref,
        calendar=occasion.measure.ref,
        zone=occasion.zone,
        at=occasion.at,
        lines=effect.lines,
        why=_reasons(effect),
        foreseen=tuple(_foreseen(name, aim, terms, occasion, told=told) for name, aim in aims.items()),
    )


def _reasons(effect: Effect) -> tuple[str, ...]:
    """Return why it comes out so, a sentence each."""
    if effect.says.response is None and effect.says.outcome is None:
        return (*effect.why, "It aims at nothing here: a promise is due when somebody says so.")
    return effect.why or ("No line matches: what is said for all holds.",)


def _foreseen(name: AimName, aim: Aim, terms: Terms, occasion: Occasion, *, told: bool) -> Foreseen:
    reached, hours = aimed(aim, occasion.at, occasion.measure), occasion.measure.calendar
    due = reached.due if told else reached.target
    ladder = Ladder(terms, Frame(due, due, occasion.at), hours, occasion.zone)
    return Foreseen(
        aim=name,
        announced=told,
        target=reached.target,
        due=due,
        reminders=tuple(
            Reminded(**dict(timer)) for timer in ladder.plan().timers if timer.name.startswith("rung-")
        ),
        steps=(*_told(reached, announced=told), *ladder.steps()),
        warnings=warnings(due, needed_by=occasion.asked.needed_by, owner_calendar=hours, zone=occasion.zone),
        would=_would(occasion.asked.kept_at, due),
    )


def _told(reached: Aimed, *, announced: bool) -> tuple[str, ...]:
    if announced or reached.due == reached.target:
        return reached.steps
    return (*reached.steps[:-1], "The customer is told no time, so the buffer does not count.")


def _would(kept_at: datetime | None, due: datetime) -> Literal["have been kept", "have lapsed"] | None:
    if kept_at is None:
        return None
    return "have been kept" if kept_at <= due else "have lapsed"
