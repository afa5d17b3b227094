"""Waits, in which the clocks of our own aims stand still. In the stream of the case, log `cases`."""

from datetime import datetime
from uuid import UUID

from .fact import Fact, Personal, Value
from .moves import CommitmentsMovedIn, CommitmentsMovedOut
from .terms import Timer, WaitKind


class WaitingOnCustomer(Fact):
    """We cannot go on before somebody else does; the clocks of what the policy names stand still."""

    wait: UUID
    kind: WaitKind
    reason: Personal[str]
    next_contact: UUID
    """The open follow-up that says when the customer hears from us all the same."""
    paused: tuple[UUID, ...]
    at: datetime


class Resumed(Value):
    """A commitment whose clock goes on, with its new plan."""

    commitment: UUID
    revision: int
    due: datetime
    timers: tuple[Timer, ...]
    left_out: tuple[Timer, ...] = ()


class WaitEnded(Fact):
    """The wait is over; what no other wait holds goes on with the time that was left."""

    wait: UUID
    resumed: tuple[Resumed, ...]
    at: datetime


def commitments_of(event: Fact) -> tuple[UUID, ...]:
    """Return the commitments that an event speaks of: of a wait, all that it stops or lets go on."""
    match event:
        case CommitmentsMovedOut():
            return event.commitments
        case CommitmentsMovedIn():
            return tuple(each.id for each in event.commitments)
        case WaitingOnCustomer():
            return event.paused
        case WaitEnded():
            return tuple(each.commitment for each in event.resumed)
        case _:
            commitment: UUID | None = getattr(event, "commitment", None)
            return () if commitment is None else (commitment,)
