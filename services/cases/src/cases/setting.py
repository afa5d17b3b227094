"""What a new commitment finds in place: the versions that it pins, and what else its owner owes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Setting:
    """What is current when a command comes; the commitment it makes pins it."""

    policy: str = "default@1"
    calendar: str | None = None
    """The version of the working hours: the owner's, else the team's, else the policy's."""
    zone: str = "UTC"
    """The team's: quiet hours, and the end of the team's day, are read in it."""
    others: tuple[tuple[UUID, datetime], ...] = ()
    """The owner's other open promises about that time, with their dues."""
    position: int | None = None
    """As of which position of the log they were looked up."""
