"""What the scheduler says. Stream `commitment-<uuid>`, log `reminders`."""

from datetime import datetime, timedelta
from uuid import UUID

from .fact import Fact
from .terms import Role


class ReminderDue(Fact):
    """A rung, a review or a limit was reached, and the commitment is not due yet."""

    commitment: UUID
    case: UUID
    revision: int
    rung: str
    role: Role
    planned: datetime
    due: datetime | None
    """The due that the customer knows; none: it has none yet."""
    lateness: timedelta = timedelta(0)
    """How long after the planned instant it fired; not below zero."""
    skipped: tuple[str, ...] = ()
    """Earlier rungs that this one stands for."""
    short_notice: bool = False
    held: bool = False
    """It was held by an acknowledgement until now."""
    failed: UUID | None = None
    """The notification that reached nobody, so that this rung speaks before its time."""


class CommitmentFellDue(Fact):
    """The due that the customer knows has passed."""

    commitment: UUID
    case: UUID
    revision: int
    due: datetime
    lateness: timedelta = timedelta(0)
    skipped: tuple[str, ...] = ()
    """Rungs that never fired because the due passed first."""
