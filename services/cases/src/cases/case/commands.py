"""What can be asked of a case. `New…` are bodies whose thing has no id yet; the rest are commands."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from cases.due import By
from events.catalogue.cases import Kind
from events.catalogue.commitments import WithdrawalReason
from events.catalogue.contacts import Channel, Outcome
from events.catalogue.terms import ShortNotice
from events.fields import Body, Instant, Lead, Name, Reference, Text


class NewCase(Body):
    """Open a case for a customer; with source and reference its id follows from them."""

    customer: UUID
    subject: Text
    kind: Kind = "support"
    contact: UUID | None = None
    source: Name | None = None
    reference: Reference | None = None


class OpenCase(NewCase):
    """Open the case of this id, in the customer's zone."""

    case: UUID
    zone: str
    opened_at: datetime | None = None
    """When the contact came that opened it; none: now."""


class Reminder(Body):
    """A rung of a promise's own ladder."""

    lead: Annotated[Lead, Field(gt=timedelta(0))]


class NewExpectation(Body):
    """Tell the customer what will happen, by when."""

    case: UUID
    words: Text
    due: By
    owner: Name | None = None
    """Who must keep it; none: the caller."""
    basis: Literal["said"] = "said"
    contact: UUID | None = None
    """The contact in which it was said."""
    replaces: UUID | None = None
    """A lapsed commitment of this case whose debt it takes over."""
    reminders: Annotated[tuple[Reminder, ...], Field(max_length=10)] | None = None
    """Its own ladder; none: the policy's."""
    short_notice: ShortNotice | None = None


class SetExpectation(NewExpectation):
    """Set the expectation of this id."""

    commitment: UUID


class NewFollowUp(NewExpectation):
    """Promise the customer that we will contact them, by when."""

    channel: Channel | None = None
    answers: Annotated[tuple[UUID, ...], Field(max_length=50)] = ()
    """The contacts that the reply must name."""


class PromiseFollowUp(NewFollowUp):
    """Promise the follow-up of this id."""

    commitment: UUID


class _OnCase(Body):
    case: UUID


class _OnCommitment(_OnCase):
    commitment: UUID


class Proof(Body):
    """What shows that it was done: a contact, an outside record, or somebody's word."""

    contact: UUID | None = None
    record: Text | None = None
    words: Text | None = None


class AgreeCommitment(_OnCommitment):
    """The customer was asked whether that suits, and said yes."""

    contact: UUID


class DeclineCommitment(_OnCommitment):
    """The customer was asked and said no, perhaps naming another time; it still binds."""

    contact: UUID
    counter: Instant | None = None
    words: Text | None = None


class RescheduleCommitment(_OnCommitment):
    """Move it before it is due; until the customer is told, the old due counts."""

    due: By
    reason: Text
    told_in: UUID | None = None


class HandOverCommitment(_OnCommitment):
    """Let somebody else keep it."""

    owner: Name
    words: Text | None = None


class KeepCommitment(_OnCommitment):
    """It is done; `occurred_at` says since when."""

    occurred_at: Instant | None = None
    evidence: Proof = Proof()


class ReleaseCommitment(_OnCommitment):
    """The customer let us off, in this contact."""

    contact: UUID
    words: Text | None = None


class WithdrawCommitment(_OnCommitment):
    """Take it back: it should not stand here."""

    reason: WithdrawalReason
    words: Text | None = None


class CorrectVerdict(_OnCommitment):
    """Evidence shows that the verdict is wrong."""

    verdict: Literal["kept", "not_kept"]
    evidence: Proof
    occurred_at: Instant | None = None
    """When it was done, where it was."""


class ProposeResolution(_OnCase):
    """We think that it is solved."""

    words: Text


class ConfirmResolution(_OnCase):
    """The customer says that it is solved."""

    words: Text | None = None
    contact: UUID | None = None


class RejectResolution(_OnCase):
    """The customer says that it is not solved."""

    words: Text
    contact: UUID | None = None


class EndKept(Body):
    """At closing: this commitment was kept."""

    end: Literal["kept"]
    commitment: UUID
    occurred_at: Instant | None = None
    evidence: Proof = Proof()


class EndReleased(Body):
    """At closing: the customer lets us off."""

    end: Literal["released"]
    commitment: UUID
    contact: UUID
    words: Text | None = None


class EndWithdrawn(Body):
    """At closing: it is taken back."""

    end: Literal["withdrawn"]
    commitment: UUID
    reason: WithdrawalReason
    words: Text | None = None


Ending = Annotated[EndKept | EndReleased | EndWithdrawn, Field(discriminator="end")]


class CloseCase(_OnCase):
    """Nothing is left to do; says of every open commitment what became of it."""

    words: Text | None = None
    occurred_at: Instant | None = None
    commitments: Annotated[tuple[Ending, ...], Field(max_length=200)] = ()


class ReopenCase(_OnCase):
    """It was not over after all."""

    words: Text


class AttachContact(_OnCase):
    """A contact of the customer belongs to the case."""

    customer: UUID
    contact: UUID
    direction: Literal["inbound", "outbound"]


class Service(Body):
    """One commitment that an outbound contact serves: told of a revision, or (none) done."""

    commitment: UUID
    tells: int | None = None


class ServeContact(_OnCase):
    """We went to the customer; see what that does to the commitments it names."""

    customer: UUID
    contact: UUID
    channel: Channel
    outcome: Outcome
    at: datetime
    """The time of the fact: when it happened, not after its recording."""
    recorded_at: datetime
    """When intake recorded it."""
    clock_skew: bool = False
    """The stated time lay ahead of the recording."""
    serves: tuple[Service, ...] = ()
    answers: tuple[UUID, ...] = ()


class FellDue(_OnCommitment):
    """The scheduler says that this due has passed."""

    revision: int
    due: datetime


Command = (
    OpenCase
    | SetExpectation
    | PromiseFollowUp
    | AgreeCommitment
    | DeclineCommitment
    | RescheduleCommitment
    | HandOverCommitment
    | KeepCommitment
    | ReleaseCommitment
    | WithdrawCommitment
    | CorrectVerdict
    | ProposeResolution
    | ConfirmResolution
    | RejectResolution
    | CloseCase
    | ReopenCase
    | AttachContact
    | ServeContact
    | FellDue
)

AGENTS = frozenset({"agent", "lead"})
WRITERS = frozenset({"agent", "lead", "system"})
MAY: dict[type[Body], frozenset[str]] = {
    OpenCase: WRITERS,
    SetExpectation: WRITERS,
    PromiseFollowUp: WRITERS,
    AgreeCommitment: WRITERS,
    DeclineCommitment: WRITERS,
    RescheduleCommitment: AGENTS,
    HandOverCommitment: AGENTS,
    KeepCommitment: WRITERS,
    ReleaseCommitment: WRITERS,
    WithdrawCommitment: WRITERS,
    CorrectVerdict: WRITERS,
    ProposeResolution: WRITERS,
    ConfirmResolution: WRITERS,
    RejectResolution: WRITERS,
    CloseCase: WRITERS,
    ReopenCase: WRITERS,
}
"""Who may ask (commitment.md §3); what other services' events cause is not asked, and stands not here."""
