"""What the scheduler says. Stream `commitment-<uuid>`, log `reminders`."""

from datetime import datetime, timedelta
from uuid import UUID

from .commitments import Role
from .fact import Fact


class ReminderDue(Fact):
    """A rung was reached, and the commitment is not due yet."""

    commitment: UUID
    case: UUID
    revision: int
    rung: str
    role: Role
    planned: datetime
    due: datetime
    """The due that the customer knows."""
    lateness: timedelta = timedelta(0)
    """How long after the planned instant it fired; not below zero."""
    skipped: tuple[str, ...] = ()
    """Earlier rungs that this one stands for."""
    short_notice: bool = False


class CommitmentFellDue(Fact):
    """The due that the customer knows has passed."""

    commitment: UUID
    case: UUID
    revision: int
    due: datetime
    lateness: timedelta = timedelta(0)
    skipped: tuple[str, ...] = ()
    """Rungs that never fired because the due passed first."""
