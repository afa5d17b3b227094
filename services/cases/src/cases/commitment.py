"""One commitment: what it is made of, and how events change it (commitment.md §1, §2)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, assert_never
from uuid import UUID

from events.catalogue import (
    CommitmentAgreed,
    CommitmentAttempted,
    CommitmentDeclined,
    CommitmentHandedOver,
    CommitmentKept,
    CommitmentLapsed,
    CommitmentReleased,
    CommitmentRescheduled,
    CommitmentWithdrawn,
    CustomerTold,
    ExpectationSet,
    FollowUpPromised,
    VerdictCorrected,
)
from events.catalogue.contacts import Channel
from events.catalogue.terms import Basis, Rule, Terms, Timer

Made = ExpectationSet | FollowUpPromised
Changed = (
    CommitmentAgreed
    | CommitmentDeclined
    | CommitmentRescheduled
    | CustomerTold
    | CommitmentHandedOver
    | CommitmentAttempted
    | CommitmentKept
    | CommitmentLapsed
    | VerdictCorrected
    | CommitmentReleased
    | CommitmentWithdrawn
)
State = Literal["open", "lapsed", "kept", "kept_late", "released", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the customer said when asked whether it suits them."""

    agreed: bool
    contact: UUID | None
    counter: datetime | None = None
    """The time they named instead."""
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Commitment:
    """Anything the customer may rely on, with the time by which it holds."""

    id: UUID
    form: Literal["expectation", "follow_up"]
    words: str
    basis: Basis
    owner: str
    said_by: str
    origin: UUID
    contact: UUID | None
    made_at: datetime
    first_due: datetime
    due: datetime
    told_due: datetime
    rule: Rule
    policy: str
    tzdata: str
    terms: Terms
    timers: tuple[Timer, ...]
    left_out: tuple[Timer, ...]
    replaces: UUID | None = None
    channel: Channel | None = None
    answers: tuple[UUID, ...] = ()
    revision: int = 1
    state: State = "open"
    answer: Answer | None = None
    """To the due that stands; none again when it is rescheduled."""
    attempts: tuple[UUID, ...] = ()
    """The contacts that did not reach the customer."""
    rescheduled: int = 0
    lapsed_at: datetime | None = None
    """The due that passed; none again when a correction takes the lapse back."""
    change_not_told: bool = False
    untold_due: datetime | None = None
    """The due that fell with the lapse, since the customer was not told of it."""
    ended_at: datetime | None = None
    """The time of the fact that kept it."""
    debt_ended: bool = False
    """Lapsed and no longer owed: released, or another commitment replaces it."""
    self_attested: bool = False
    past_owners: tuple[str, ...] = ()
    """Who had it before it was handed over."""

    @property
    def ended(self) -> bool:
        """Kept, kept late, released or withdrawn."""
        return self.state not in {"open", "lapsed"}

    @property
    def owed(self) -> bool:
        """Not done, and the customer has not let us off."""
        return self.state == "open" or (self.state == "lapsed" and not self.debt_ended)

    @property
    def owners(self) -> frozenset[str]:
        """Who has it or had it: none of them is a witness for it."""
        return frozenset({self.owner, *self.past_owners})

    @property
    def margin(self) -> timedelta | None:
        """The told due minus the time it was kept: negative when late; none while it is not kept."""
        return None if self.ended_at is None else self.told_due - self.ended_at


def made(event: Made) -> Commitment:
    """Return the commitment that begins with this event."""
    follow_up = isinstance(event, FollowUpPromised)
    return Commitment(
        id=event.commitment,
        form="follow_up" if follow_up else "expectation",
        words=event.words,
        basis=event.basis,
        owner=event.owner,
        said_by=event.said_by,
        origin=event.origin,
        contact=event.contact,
        made_at=event.at,
        first_due=event.due,
        due=event.due,
        told_due=event.due,
        rule=event.rule,
        policy=event.policy,
        tzdata=event.tzdata,
        terms=event.terms,
        timers=event.timers,
        left_out=event.left_out,
        replaces=event.replaces,
        channel=event.channel if isinstance(event, FollowUpPromised) else None,
        answers=event.answers if isinstance(event, FollowUpPromised) else (),
        revision=event.revision,
    )


def evolve(commitment: Commitment, event: Changed) -> Commitment:  # noqa: C901, PLR0911 - one arm per event
    """Return the commitment after an event."""
    match event:
        case CommitmentAgreed():
            return replace(commitment, answer=Answer(agreed=True, contact=event.contact))
        case CommitmentDeclined():
            return replace(commitment, answer=declined(event))
        case CommitmentRescheduled():
            return _rescheduled(commitment, event)
        case CustomerTold():
            rungs = tuple(timer for timer in commitment.timers if timer.name != "due")
            return replace(commitment, told_due=event.told_due, timers=rungs + event.timers)
        case CommitmentHandedOver():
            past = (*commitment.past_owners, commitment.owner)
            return replace(commitment, owner=event.owner, past_owners=past)
        case CommitmentAttempted():
            return replace(commitment, attempts=(*commitment.attempts, event.contact))
        case CommitmentKept():
            return replace(commitment, state=event.verdict, ended_at=event.at, timers=())
        case CommitmentLapsed():
            return _lapsed(commitment, event)
        case VerdictCorrected():
            return _corrected(commitment, event)
        case CommitmentReleased():
            return _released(commitment)
        case CommitmentWithdrawn():
            return replace(commitment, state="withdrawn", timers=())
        case _:
            assert_never(event)


def declined(event: CommitmentDeclined) -> Answer:
    """Return the customer's no."""
    return Answer(agreed=False, contact=event.contact, counter=event.counter, words=event.words)


def _rescheduled(commitment: Commitment, event: CommitmentRescheduled) -> Commitment:
    return replace(
        commitment,
        revision=event.revision,
        due=event.due,
        told_due=event.told_due,
        rule=event.rule,
        tzdata=event.tzdata,
        timers=event.timers,
        left_out=event.left_out,
        rescheduled=commitment.rescheduled + 1,
        answer=None,
    )


def _lapsed(commitment: Commitment, event: CommitmentLapsed) -> Commitment:
    fell = _fall_due(commitment, event.at, untold=event.cause == "change_not_told")
    return replace(fell, state="lapsed", timers=())


def _fall_due(commitment: Commitment, at: datetime, *, untold: bool) -> Commitment:
    """Let the due that the customer knows be what it lapsed by; one they were not told of falls with it."""
    return replace(
        commitment,
        due=at,
        lapsed_at=at,
        change_not_told=untold,
        untold_due=commitment.due if untold else None,
    )


def _released(commitment: Commitment) -> Commitment:
    if commitment.state == "lapsed":
        return replace(commitment, debt_ended=True)
    return replace(commitment, state="released", timers=())


def _corrected(commitment: Commitment, event: VerdictCorrected) -> Commitment:
    kept = event.verdict in {"kept", "kept_late"}
    return replace(
        _judged_anew(commitment, event),
        state=event.verdict,
        revision=event.revision,
        ended_at=event.at if kept else None,
        self_attested=event.self_attested,
        timers=event.timers,
        left_out=event.left_out,
    )


def _judged_anew(commitment: Commitment, event: VerdictCorrected) -> Commitment:
    match event.verdict:
        case "open":
            due = commitment.untold_due or commitment.due
            return replace(commitment, due=due, lapsed_at=None, change_not_told=False, untold_due=None)
        case "lapsed" if commitment.due != commitment.told_due:
            return _fall_due(commitment, event.at, untold=True)
        case "lapsed":
            return replace(commitment, lapsed_at=event.at)
        case _:
            return replace(commitment, lapsed_at=None)
