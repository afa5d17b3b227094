"""Commitments that go from one case to another; out and in are one append. Log `cases`."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from .contacts import Channel
from .fact import Fact, Personal, Value
from .terms import Basis, Condition, OverPromise, Rule, Series, Terms, Timer


class CarriedAnswer(Value):
    """What the customer had said when asked whether it suits them."""

    agreed: bool
    contact: UUID | None
    counter: datetime | None = None
    words: Personal[str | None] = None


class CarriedExplanation(Value):
    """Why it had lapsed, before that was taken back."""

    reason: str
    words: Personal[str | None] = None


class Carried(Value):
    """A commitment as it stood when it went, whole: with its id, its revision and where it came from."""

    id: UUID
    form: Literal["expectation", "follow_up"]
    words: Personal[str]
    basis: Basis
    owner: str | None
    said_by: str
    origin: UUID
    """The case in which it was made."""
    contact: UUID | None
    made_at: datetime
    first_due: datetime | None
    target: datetime | None
    due: datetime | None
    told_due: datetime | None
    rule: Rule | None
    policy: str
    tzdata: str
    terms: Terms
    timers: tuple[Timer, ...]
    left_out: tuple[Timer, ...]
    state: Literal["undated", "dormant", "open"]
    calendar: str | None = None
    team_zone: str = "UTC"
    not_before: datetime | None = None
    condition: Condition | None = None
    replaces: UUID | None = None
    parent: UUID | None = None
    """The one that it serves, if that went with it."""
    series: Series | None = None
    parts: int = 1
    done: int = 0
    needed_by: datetime | None = None
    warnings: tuple[OverPromise, ...] = ()
    backfill: bool = False
    channel: Channel | None = None
    answers: tuple[UUID, ...] = ()
    revision: int
    answer: CarriedAnswer | None = None
    attempts: tuple[UUID, ...] = ()
    attempted_at: tuple[datetime, ...] = ()
    rescheduled: int = 0
    told_not_before: datetime | None = None
    owner_by: datetime | None = None
    explanation: CarriedExplanation | None = None
    self_attested: bool = False
    dated_when_done: bool = False
    past_owners: tuple[str, ...] = ()


class CommitmentsMovedOut(Fact):
    """These go on in another case, which closes nothing and changes no timer."""

    to: UUID
    commitments: tuple[UUID, ...]


class CommitmentsMovedIn(Fact):
    """These come from another case and go on here as they stood."""

    origin: UUID
    """The case they come from."""
    commitments: tuple[Carried, ...]
