"""Deliveries: one message about one thing that happened to one commitment, for one recipient.

A delivery is made once, tried until a channel takes it or its time is over, and settled by one event; what
was sent may be acknowledged once.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from events.catalogue import (
    AnnouncementDue,
    NotificationAcknowledged,
    NotificationFailed,
    NotificationSent,
    NotificationSuppressed,
)
from events.catalogue.notices import FailureReason, Means, SuppressionReason
from events.catalogue.terms import Role
from events.clock import derived_id
from events.decider import Actor, Asked, Decider
from events.errors import Invalid, NotNow, Unknown
from events.fields import Body, Id

Outcome = NotificationSent | NotificationFailed | NotificationSuppressed

PATIENCE = timedelta(days=1)
"""How long a message that is no reminder is tried."""
GATHERING = timedelta(minutes=1)
"""How long lapses that were found too late wait for each other, to be one message."""
TO_CUSTOMER = "rescheduled_customer"
ANNOUNCED = "announced"
CUSTOMER = "customer"
"""The recipient of what goes to the customer of the case."""
NOTICES = frozenset(
    {
        "set",
        "dated",
        "recomputed",
        "rescheduled",
        TO_CUSTOMER,
        "tell_customer",
        "declined",
        "handed_over",
        "handed_off",
        "lapsed",
        "lapses_found",
        "all_clear",
        "released",
        "withdrawn",
        "child_lapsed",
        "child_rescheduled",
        "child_withdrawn",
        "unreached",
    }
)
"""What is told when it happened; everything else reminds of what is still to be done."""
FOR_SEVERAL = frozenset({"lapsed", "owner_by"})
"""What several roles are told at once, which one person may have."""
ACKNOWLEDGED = frozenset({"lapsed"})
"""What carries a link to say that it was taken note of, beside every reminder."""
MAY_ACKNOWLEDGE = frozenset({"lead", "system"})
"""The roles that may take note for somebody else."""


class Delivery(BaseModel):
    """What one message is about, and whom it is for; nothing in it is personal."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    """Sent along as the idempotency key; the same for every attempt."""
    commitment: UUID
    case: UUID
    revision: int
    notice: str
    """A rung (`rung-1`), or what happened."""
    recipient: str | None
    """None: whoever has the role, or got the message that this one follows."""
    role: Role | None = None
    """To be resolved when it is handled; none: it is for this recipient and nobody else."""
    owner: str | None
    """Who had the commitment when this was caused."""
    due: datetime | None
    was: datetime | None = None
    """The due that the customer knew before."""
    at: datetime
    """When it was caused, in domain time."""
    actor: str
    """Who caused it."""
    cause: UUID
    """The event that caused it."""
    correlation: UUID
    traceparent: str | None = None
    follows: UUID | None = None
    """A delivery that must have been sent for this one to make sense."""
    counterpart: str | None = None
    """The other one in a hand-over."""
    short_notice: bool = False
    announced: AnnouncementDue | None = None
    """What another system is told; none: it is for people."""

    @property
    def is_reminder(self) -> bool:
        """Say whether it comes before the due, and is worthless after it."""
        return self.notice not in NOTICES and self.announced is None

    @property
    def is_for_customer(self) -> bool:
        """Say whether it goes to the customer."""
        return self.notice == TO_CUSTOMER

    @property
    def kind(self) -> str:
        """With what it may share a message for the same recipient; customers and systems have their own."""
        if self.is_for_customer or self.announced is not None:
            return str(self.id)
        return "reminder" if self.is_reminder else self.notice

    @property
    def step(self) -> tuple[UUID, str, UUID]:
        """What it tells, whoever hears of it: of one step several roles may be told, one person once."""
        return self.commitment, self.notice, self.cause

    @property
    def until(self) -> datetime:
        """When trying ends."""
        end = self.due if self.is_reminder else self.was if self.is_for_customer else None
        return end or self.at + PATIENCE

    def held_until(self, window: timedelta) -> datetime:
        """Return until when it waits for others for the same recipient: at most half of its time."""
        if self.notice == "lapses_found":
            return self.at + GATHERING
        return self.at + min(window, (self.until - self.at) / 2) if self.is_reminder else self.at


def delivery_id(commitment: UUID, revision: int, notice: str, addressee: str, cause: UUID | None) -> UUID:
    """Return the id of the one delivery of this notice to this addressee: a name, or a role until resolved.

    `cause` tells apart what may happen more than once in a revision, such as a hand-over.
    """
    return derived_id("delivery", commitment, revision, notice, addressee, cause or "")


def stream(delivery: UUID) -> str:
    """Return the stream of a delivery."""
    return f"delivery-{delivery}"


@dataclass(frozen=True, slots=True)
class SettleDelivery:
    """Record what came of a delivery; the first to say so is right."""

    delivery: UUID
    outcome: Outcome


class AcknowledgeDelivery(Body):
    """Take note of a message: its reminders are held for a while, the promise stays."""

    delivery: Id


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Record that a recipient took note of a delivery."""

    delivery: UUID
    by: Literal["link", "call"]


@dataclass(frozen=True, slots=True)
class Course:
    """How a delivery went."""

    outcome: Outcome | None = None
    acknowledged: bool = False


Done = Outcome | NotificationAcknowledged
Command = SettleDelivery | Acknowledge


def decide(state: Course, command: Command, asked: Asked) -> tuple[Done, ...]:
    """Return what came of it, or that it was taken note of; none where that stands already."""
    if isinstance(command, SettleDelivery):
        return () if state.outcome is not None else (command.outcome,)
    return _acknowledge(state, command, asked)


def _may_acknowledge(outcome: Outcome, actor: Actor) -> bool:
    return actor.subject == outcome.recipient or actor.has(*MAY_ACKNOWLEDGE)


def _acknowledge(state: Course, command: Acknowledge, asked: Asked) -> tuple[Done, ...]:
    outcome = state.outcome
    if outcome is None or not _may_acknowledge(outcome, asked.actor):
        raise Unknown(what="message", id=command.delivery)
    if not isinstance(outcome, NotificationSent):
        raise NotNow(what="message", state="not sent")
    if outcome.recipient == CUSTOMER:
        raise Invalid(field="delivery", reason="it went to the customer")
    if outcome.notice == ANNOUNCED:
        raise Invalid(field="delivery", reason="it went to another system")
    if state.acknowledged:
        return ()
    about = outcome.model_dump(include={"commitment", "case", "revision", "notice", "recipient", "due"})
    return (NotificationAcknowledged(**about, by=command.by),)


def evolve(state: Course, event: Done) -> Course:
    """Return how it went after an event."""
    if isinstance(event, NotificationAcknowledged):
        return replace(state, acknowledged=True)
    return replace(state, outcome=event)


DECIDER: Decider[Course, Command, Done] = Decider(Course(), decide, evolve)


def sent(
    delivery: Delivery,
    means: Means,
    attempts: int,
    *,
    raced: bool = False,
    unchecked: bool = False,
    digest: UUID | None = None,
) -> NotificationSent:
    """Return the event: the channel took it."""
    about = _about(delivery, means, attempts)
    return NotificationSent.model_validate(
        {**about, "raced": raced, "unchecked": unchecked, "digest": digest}
    )


def failed(
    delivery: Delivery, reason: FailureReason, means: Means | None = None, attempts: int = 0
) -> NotificationFailed:
    """Return the event: it cannot be delivered."""
    return NotificationFailed.model_validate({**_about(delivery, means, attempts), "reason": reason})


def suppressed(
    delivery: Delivery, reason: SuppressionReason, means: Means | None = None, attempts: int = 0
) -> NotificationSuppressed:
    """Return the event: it need not be delivered any more."""
    return NotificationSuppressed.model_validate({**_about(delivery, means, attempts), "reason": reason})


def _about(delivery: Delivery, means: Means | None, attempts: int) -> dict[str, object]:
    copied = delivery.model_dump(include={"commitment", "case", "revision", "notice", "role", "due"})
    owner = delivery.owner if delivery.role in (None, "owner") else None
    recipient = delivery.recipient or owner or delivery.role or "nobody"
    return {**copied, "recipient": recipient, "means": means, "attempts": attempts}
