"""From what a clock on a wall shows to an instant, and back (rules: commitment.md §5.2)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from .zones import zone


@dataclass(frozen=True, slots=True)
class Resolved:
    """The instant of a wall time, in UTC, and what had to be decided to find it."""

    at: datetime
    gap_shifted: bool = False
    """The wall time does not exist; it was read with the offset before the gap."""
    fold: Literal[0] | None = None
    """0 where the wall time exists twice: the first one was taken."""


def resolve_wall_time(local: datetime, zone_name: str) -> Resolved:
    """Return the instant at which the clocks of a zone show `local` (which carries no offset).

    Raises ZoneUnknown; ValueError where `local` has an offset; OverflowError at the edges of year 1 and 9999.
    """
    if local.tzinfo is not None:
        raise ValueError("a wall time carries no offset")
    there = local.replace(tzinfo=zone(zone_name))
    first, second = (_offset(there.replace(fold=fold)) for fold in (0, 1))
    at = (local - first).replace(tzinfo=UTC)
    if first == second:
        return Resolved(at)
    return Resolved(at, gap_shifted=True) if first < second else Resolved(at, fold=0)


def on_the_wall(at: datetime, zone_name: str) -> datetime:
    """Return what the clocks of a zone show at an instant, without offset. Raises ZoneUnknown."""
    return at.astimezone(zone(zone_name)).replace(tzinfo=None)


def after(start: datetime, lasts: timedelta) -> datetime:
    """Return the instant a real duration after `start`: real seconds, whatever clocks on walls do."""
    return start.astimezone(UTC) + lasts


def _offset(there: datetime) -> timedelta:
    offset = there.utcoffset()
    assert offset is not None
    return offset
