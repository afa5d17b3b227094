"""Deliveries: one message about one thing that happened to one commitment, for one recipient.

A delivery is made once, tried until a channel takes it or its time is over, and settled by one event.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from events.catalogue import NotificationFailed, NotificationSent, NotificationSuppressed
from events.catalogue.notices import FailureReason, Means, SuppressionReason
from events.clock import derived_id
from events.decider import Asked, Decider

from .watched import State, Watched

Outcome = NotificationSent | NotificationFailed | NotificationSuppressed

PATIENCE = timedelta(days=1)
"""How long a message that is no reminder is tried."""
LONGEST_PAUSE = timedelta(minutes=5)
SHORTEST_PAUSE = timedelta(seconds=1)


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
    """None: the owner, not known here yet."""
    due: datetime | None
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

    @property
    def is_reminder(self) -> bool:
        """Say whether it comes before the due, and is worthless after it."""
        return self.notice not in NEEDS

    @property
    def until(self) -> datetime:
        """When trying ends."""
        return self.due if self.is_reminder and self.due is not None else self.at + PATIENCE


class Standing(Protocol):
    """How a commitment stands, whoever says so."""

    @property
    def state(self) -> State:
        """Open, lapsed or ended."""
        ...

    @property
    def revision(self) -> int:
        """The revision that counts."""
        ...

    @property
    def owner(self) -> str | None:
        """Who must keep it."""
        ...


@dataclass(frozen=True, slots=True)
class Need:
    """What must still hold for a message to be worth sending."""

    states: frozenset[State]
    same_revision: bool = False
    same_owner: bool = False


_OPEN: frozenset[State] = frozenset({"open"})
_OWED: frozenset[State] = frozenset({"open", "lapsed"})
_ANY: frozenset[State] = frozenset({"open", "kept", "kept_late", "lapsed", "released", "withdrawn"})

REMINDER = Need(_OPEN, same_revision=True)
NEEDS: Mapping[str, Need] = {
    "set": Need(_OPEN, same_owner=True),
    "rescheduled": Need(_OPEN, same_revision=True, same_owner=True),
    "declined": Need(_OPEN, same_owner=True),
    "handed_over": Need(_OWED, same_owner=True),
    "handed_off": Need(_OWED),
    "lapsed": Need(frozenset({"lapsed"}), same_revision=True, same_owner=True),
    "all_clear": Need(_ANY - {"lapsed"}),
    "released": Need(_ANY),
    "withdrawn": Need(_ANY),
}
"""What each notice needs; a rung needs what REMINDER says, and not to be taken over."""


def delivery_id(commitment: UUID, revision: int, notice: str, addressee: str, cause: UUID | None) -> UUID:
    """Return the id of the one delivery of this notice to this addressee: a name, or a role until resolved.

    `cause` tells apart what may happen more than once in a revision, such as a hand-over.
    """
    return derived_id("delivery", commitment, revision, notice, addressee, cause or "")


def stream(delivery: UUID) -> str:
    """Return the stream of a delivery."""
    return f"delivery-{delivery}"


def needless(delivery: Delivery, standing: Standing) -> SuppressionReason | None:
    """Return why a message need not be sent any more, or none (commitment.md §4 rule 7)."""
    need = NEEDS.get(delivery.notice, REMINDER)
    if need.same_revision and standing.revision > delivery.revision:
        return "newer_revision"
    if standing.state not in need.states and standing.state != "open":
        return standing.state
    if need.same_owner and standing.owner != delivery.recipient:
        return "other_owner"
    return None


def is_taken_over(delivery: Delivery, known: Watched) -> bool:
    """Say whether a reminder's commitment was handed over since it fired; of that the new owner is told.

    One handed over before is its new owner's (commitment.md §4 rules 2 and 7).
    """
    if known.handed_at is None or known.owner == delivery.recipient:
        return False
    return delivery.is_reminder and known.handed_at >= delivery.at


def pause(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: 1, 2, 4, … seconds, at most LONGEST_PAUSE."""
    return min(SHORTEST_PAUSE * (1 << min(max(attempts - 1, 0), 20)), LONGEST_PAUSE)


def next_try(
    delivery: Delivery, attempts: int, now: datetime, at_least: timedelta = timedelta(0)
) -> datetime | None:
    """Return when to try again after so many attempts, or none: its time is over.

    Never later than half of the time left, so that the last attempts lie close before the end. `at_least`
    is what the receiver asked for; it is granted up to LONGEST_PAUSE.
    """
    wait = min(max(pause(attempts), at_least), LONGEST_PAUSE, (delivery.until - now) / 2)
    return now + wait if wait >= SHORTEST_PAUSE else None


def goes_unchecked(delivery: Delivery, attempts: int, now: datetime) -> bool:
    """Say whether it is sent although nobody says how it stands: its end is nearer than the next pause."""
    return now + pause(attempts) >= delivery.until


def is_too_late(delivery: Delivery, now: datetime) -> bool:
    """Say whether not even a first attempt makes sense: a reminder is never sent once its due has come."""
    return delivery.is_reminder and now >= delivery.until


@dataclass(frozen=True, slots=True)
class SettleDelivery:
    """Record what came of a delivery; the first to say so is right."""

    delivery: UUID
    outcome: Outcome


def decide(state: Outcome | None, command: SettleDelivery, _asked: Asked) -> tuple[Outcome, ...]:
    """Return what came of it, or none where that stands already."""
    return () if state is not None else (command.outcome,)


def evolve(_state: Outcome | None, event: Outcome) -> Outcome:
    """Return what came of a delivery."""
    return event


DECIDER: Decider[Outcome | None, SettleDelivery, Outcome] = Decider(None, decide, evolve)


def sent(
    delivery: Delivery, means: Means, attempts: int, *, raced: bool = False, unchecked: bool = False
) -> NotificationSent:
    """Return the event: the channel took it."""
    about = _about(delivery, means, attempts)
    return NotificationSent.model_validate({**about, "raced": raced, "unchecked": unchecked})


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
    copied = delivery.model_dump(include={"commitment", "case", "revision", "notice", "recipient"})
    return {**copied, "means": means, "attempts": attempts}
