"""A commitment as its events leave it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from events.catalogue import ExpectationSet, FollowUpPromised
from events.catalogue.contacts import Channel
from events.catalogue.terms import Basis, Condition, OverPromise, Rule, Series, Terms, Timer

Made = ExpectationSet | FollowUpPromised
State = Literal[
    "undated", "dormant", "open", "waiting", "lapsed", "kept", "kept_late", "released", "withdrawn"
]
ENDED: frozenset[State] = frozenset({"kept", "kept_late", "released", "withdrawn"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the customer said when asked whether it suits them."""

    agreed: bool
    contact: UUID | None
    """None: by the link that was sent to them."""
    counter: datetime | None = None
    """The time they named instead."""
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why it lapsed."""

    reason: str
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Commitment:
    """Anything the customer may rely on, with the time by which it holds, or what will give it one."""

    id: UUID
    form: Literal["expectation", "follow_up"]
    words: str
    basis: Basis
    owner: str | None
    """None: nobody has it yet."""
    said_by: str
    origin: UUID
    contact: UUID | None
    made_at: datetime
    first_due: datetime | None
    target: datetime | None
    """What we work to."""
    due: datetime | None
    """None: it has none yet."""
    told_due: datetime | None
    rule: Rule | None
    policy: str
    tzdata: str
    terms: Terms
    timers: tuple[Timer, ...]
    left_out: tuple[Timer, ...]
    state: State
    calendar: str | None = None
    team_zone: str = "UTC"
    not_before: datetime | None = None
    condition: Condition | None = None
    replaces: UUID | None = None
    parent: UUID | None = None
    series: Series | None = None
    parts: int = 1
    done: int = 0
    """How many of its parts are done."""
    needed_by: datetime | None = None
    warnings: tuple[OverPromise, ...] = ()
    backfill: bool = False
    channel: Channel | None = None
    answers: tuple[UUID, ...] = ()
    revision: int = 1
    answer: Answer | None = None
    """To the due that stands; none again when it is rescheduled."""
    attempts: tuple[UUID, ...] = ()
    """The contacts that did not reach the customer."""
    attempted_at: tuple[datetime, ...] = ()
    """When each of them was made."""
    rescheduled: int = 0
    told_not_before: datetime | None = None
    """The start of the window that the customer knows."""
    owner_by: datetime | None = None
    """By when somebody must have taken it."""
    waits: tuple[UUID, ...] = ()
    """The waits that stop its clock."""
    paused_at: datetime | None = None
    """When its clock stopped, if it stands still or was kept so."""
    lapsed_at: datetime | None = None
    """The due that passed; none again when a correction takes the lapse back."""
    change_not_told: bool = False
    untold_due: datetime | None = None
    """The due that fell with the lapse, since the customer was not told of it."""
    explanation: Explanation | None = None
    ended_at: datetime | None = None
    """The time of the fact that kept it."""
    debt_ended: bool = False
    """Lapsed and no longer owed: released, or another commitment replaces it."""
    self_attested: bool = False
    dated_when_done: bool = False
    """It never had a due while it was open: outside the rates."""
    past_owners: tuple[str, ...] = ()
    """Who had it before it was handed over."""

    @property
    def ended(self) -> bool:
        """Kept, kept late, released or withdrawn."""
        return self.state in ENDED

    @property
    def pending(self) -> bool:
        """Neither ended nor lapsed: undated, dormant, open or waiting."""
        return not self.ended and self.state != "lapsed"

    @property
    def owed(self) -> bool:
        """Not done, and the customer has not let us off."""
        return self.pending or (self.state == "lapsed" and not self.debt_ended)

    @property
    def owners(self) -> frozenset[str]:
        """Who has it or had it: none of them is a witness for it."""
        return frozenset({*self.past_owners, *([self.owner] if self.owner else [])})

    @property
    def margin(self) -> timedelta | None:
        """What was left when it was kept, negative when late; none while it is not kept.

        Of a clock that stood still: what was left when it stopped.
        """
        if self.ended_at is None or self.told_due is None:
            return None
        return self.told_due - min(self.ended_at, self.paused_at or self.ended_at)
