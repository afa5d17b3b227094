"""The life of a commitment (commitment.md). All in the stream of its case, log `cases`."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from .contacts import Channel, Outcome
from .fact import Fact, Personal
from .terms import Basis, Condition, Evidence, OverPromise, Rule, Series, Terms, Timer

Verdict = Literal["open", "kept", "kept_late", "lapsed"]
WithdrawalReason = Literal[
    "entered_in_error",
    "duplicate",
    "no_reply_needed",
    "series_ended",
    "parent_ended",
    "customer_erased",
    "impossible",
]


class _Planned(Fact):
    """What every event says that sets a plan."""

    commitment: UUID
    revision: int
    timers: tuple[Timer, ...]
    """Every timer that stands from now on."""
    left_out: tuple[Timer, ...] = ()
    """Rungs that were already past, and so have no timer of their own."""


class _Dated(_Planned):
    """What every event says that gives an open commitment its due."""

    due: datetime
    rule: Rule
    at: datetime
    """What the rule counts from: when it was said, or when the condition was met."""
    calendar: str | None = None
    """The version in which business time is counted, `berlin@3`."""
    tzdata: str


class _Made(_Planned):
    """What every new commitment says."""

    words: Personal[str]
    basis: Basis = "said"
    target: datetime | None = None
    """What we work to; none: the due."""
    due: datetime | None
    """None: it has none yet, being undated or dormant."""
    not_before: datetime | None = None
    """The start of an appointment window."""
    rule: Rule | None
    condition: Condition | None = None
    owner: str | None
    """None: nobody has it yet."""
    said_by: str
    at: datetime
    """When it was made."""
    revision: int = 1
    terms: Terms
    policy: str = "default@1"
    calendar: str | None = None
    team_zone: str = "UTC"
    tzdata: str
    contact: UUID | None = None
    """The contact in which it was said."""
    replaces: UUID | None = None
    """A lapsed commitment whose debt this one takes over."""
    parent: UUID | None = None
    """The commitment to a customer that this one serves, where it is owed to a colleague."""
    series: Series | None = None
    parts: int = 1
    """Of how many parts it consists."""
    needed_by: datetime | None = None
    """By when the customer needs it."""
    backfill: bool = False
    """Recorded after the fact: no timers, no messages."""
    warnings: tuple[OverPromise, ...] = ()
    origin: UUID
    """The case it came from."""


class ExpectationSet(_Made):
    """The customer was told: this will happen, by then."""


class FollowUpPromised(_Made):
    """The customer was told: we will contact you, by then."""

    channel: Channel | None = None
    answers: tuple[UUID, ...] = ()
    """The contacts that a reply must name."""


class CommitmentDated(_Dated):
    """It has a due from now on: a date was named, what it waited for has happened, or it is done already."""

    cause: Literal["named", "condition_met", "done"]
    contact: UUID | None = None


class CommitmentAgreed(Fact):
    """The customer was asked and said yes: in a contact, or by the link that was sent to them."""

    commitment: UUID
    contact: UUID | None = None


class CommitmentDeclined(Fact):
    """The customer was asked and said no, perhaps with another time; the promise still binds."""

    commitment: UUID
    contact: UUID | None = None
    counter: datetime | None = None
    words: Personal[str | None] = None


class CommitmentRescheduled(_Dated):
    """Moved before it was due; until the customer is told, the old due counts."""

    was: datetime
    told_due: datetime
    not_before: datetime | None = None
    reason: Personal[str]
    told_in: UUID | None = None
    """The contact in which the customer was told."""
    warnings: tuple[OverPromise, ...] = ()


class CustomerTold(Fact):
    """The customer knows the new due; only the `due` timer moves."""

    commitment: UUID
    revision: int
    contact: UUID | None = None
    notification: UUID | None = None
    """The message that told them, where it was no contact."""
    told_due: datetime
    timers: tuple[Timer, ...]


class CommitmentRecomputed(_Dated):
    """Its due follows anew from its rule: a newer policy or calendar, or other laws of the zone."""

    was: datetime
    cause: Literal["policy", "calendar", "tzdata"]
    policy: str
    terms: Terms
    tzdata_was: str


class CommitmentHandedOver(Fact):
    """Somebody else keeps it from now on."""

    commitment: UUID
    was: str | None
    owner: str
    words: Personal[str | None] = None


class CommitmentAttempted(Fact):
    """We tried and did not reach the customer."""

    commitment: UUID
    contact: UUID
    outcome: Outcome
    at: datetime


class CommitmentPartlyKept(Fact):
    """Some of its parts are done."""

    commitment: UUID
    done: int
    of: int
    at: datetime
    evidence: Evidence


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
    done: int = 0
    """How many of its parts were done."""
    of: int = 1


class LapseExplained(Fact):
    """Why it lapsed, by the policy's list of reasons."""

    commitment: UUID
    reason: str
    words: Personal[str | None] = None


class VerdictCorrected(Fact):
    """Evidence showed that the verdict was wrong."""

    commitment: UUID
    was: Verdict
    verdict: Verdict
    at: datetime
    """The time of the fact that decides."""
    margin: timedelta | None = None
    """The due that decides minus at, where it was done."""
    evidence: Evidence
    self_attested: bool = False
    """The owner's own word, without a witness."""
    revision: int
    due: datetime | None = None
    """Where it is open again and its clock had stood still: its due from now on."""
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
    contact: UUID | None = None
    """The contact in which the customer was told, where they had to be."""
