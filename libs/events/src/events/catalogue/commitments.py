"""The life of a commitment (commitment.md). All in the stream of its case, log `cases`."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from .contacts import Channel, Outcome
from .fact import Fact, Personal, Value

Basis = Literal["said", "policy", "internal"]
Role = Literal["owner", "team", "lead", "manager"]
ShortNotice = Literal["remind", "skip"]
Verdict = Literal["open", "kept", "kept_late", "lapsed"]
WithdrawalReason = Literal["entered_in_error", "duplicate"]


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


Rule = Annotated[AtInstant | AtWallTime | AfterDuration, Field(discriminator="kind")]


class Timer(Value):
    """A rung (`rung-1…n`) or `due`: an instant at which the scheduler speaks."""

    name: str
    at: datetime
    role: Role = "owner"
    short_notice: bool = False


class Evidence(Value):
    """What shows that it was done: a contact, an outside record, or somebody's word."""

    contact: UUID | None = None
    record: Personal[str | None] = None
    words: Personal[str | None] = None


class _Made(Fact):
    """What every new commitment says."""

    commitment: UUID
    words: Personal[str]
    basis: Basis = "said"
    due: datetime
    rule: Rule
    owner: str
    said_by: str
    at: datetime
    """When it was made."""
    revision: int = 1
    reminders: tuple[timedelta, ...]
    """The leads of its ladder, longest first."""
    short_notice: ShortNotice
    timers: tuple[Timer, ...]
    """Every timer that stands from now on."""
    left_out: tuple[Timer, ...] = ()
    """Rungs that were already past when it was made, and so have no timer of their own."""
    policy: str = "default@1"
    tzdata: str
    contact: UUID | None = None
    """The contact in which it was said."""
    replaces: UUID | None = None
    """A lapsed commitment whose debt this one takes over."""
    origin: UUID
    """The case it came from."""


class ExpectationSet(_Made):
    """The customer was told: this will happen, by then."""


class FollowUpPromised(_Made):
    """The customer was told: we will contact you, by then."""

    channel: Channel | None = None
    answers: tuple[UUID, ...] = ()
    """The contacts that a reply must name."""


class CommitmentAgreed(Fact):
    """The customer was asked and said yes."""

    commitment: UUID
    contact: UUID


class CommitmentDeclined(Fact):
    """The customer was asked and said no, perhaps with another time; the promise still binds."""

    commitment: UUID
    contact: UUID
    counter: datetime | None = None
    words: Personal[str | None] = None


class CommitmentRescheduled(Fact):
    """Moved before it was due; until the customer is told, the old due counts."""

    commitment: UUID
    revision: int
    was: datetime
    due: datetime
    told_due: datetime
    rule: Rule
    reason: Personal[str]
    told_in: UUID | None = None
    """The contact in which the customer was told."""
    reminders: tuple[timedelta, ...]
    timers: tuple[Timer, ...]
    left_out: tuple[Timer, ...] = ()
    tzdata: str


class CustomerTold(Fact):
    """The customer knows the new due; only the `due` timer moves."""

    commitment: UUID
    revision: int
    contact: UUID
    told_due: datetime
    timers: tuple[Timer, ...]


class CommitmentHandedOver(Fact):
    """Somebody else keeps it from now on."""

    commitment: UUID
    was: str
    owner: str
    words: Personal[str | None] = None


class CommitmentAttempted(Fact):
    """We tried and did not reach the customer."""

    commitment: UUID
    contact: UUID
    outcome: Outcome
    at: datetime


class CommitmentKept(Fact):
    """It was done: in time or late."""

    commitment: UUID
    verdict: Literal["kept", "kept_late"]
    at: datetime
    margin: timedelta
    """told_due minus at: negative when late."""
    evidence: Evidence
    other_channel: bool = False
    """Done through another channel than promised."""
    clock_skew: bool = False
    """The stated time lay ahead of the log's clock; the recording time was taken."""
    order_corrected: bool = False
    """The stated time lies before the promise was made."""


class CommitmentLapsed(Fact):
    """Its due passed and it was not done."""

    commitment: UUID
    revision: int
    at: datetime
    """The due that the customer knew."""
    cause: Literal["due_passed", "change_not_told"] = "due_passed"


class VerdictCorrected(Fact):
    """Evidence showed that the verdict was wrong."""

    commitment: UUID
    was: Verdict
    verdict: Verdict
    at: datetime
    """The time of the fact that decides."""
    evidence: Evidence
    self_attested: bool = False
    """The owner's own word, without a witness."""
    revision: int
    timers: tuple[Timer, ...] = ()
    """Where it is open again: all its timers."""
    left_out: tuple[Timer, ...] = ()
    order_corrected: bool = False
    clock_skew: bool = False
    """The stated time lay ahead of the recording."""


class CommitmentReleased(Fact):
    """The customer let us off."""

    commitment: UUID
    contact: UUID
    words: Personal[str | None] = None


class CommitmentWithdrawn(Fact):
    """We took it back."""

    commitment: UUID
    reason: WithdrawalReason
    words: Personal[str | None] = None
