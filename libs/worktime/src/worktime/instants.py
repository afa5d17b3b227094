"""Instants as whole microseconds since 1970 in UTC, within the years that are searched."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from .stretches import Stretch, joined

MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
DAY = 86_400 * SECOND
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

Pauses = Sequence[tuple[datetime, datetime]]


class HorizonPassed(LookupError):
    """What was asked for lies before 1900, after 2200, or behind more than 366 days without open time."""


class DurationNegative(ValueError):
    """A duration is counted on or back, so it has no sign."""


class IntervalReversed(ValueError):
    """The end of an interval lies before its start."""


def micros(at: datetime) -> int:
    """Return an instant as a number. Raises HorizonPassed; ValueError where it carries no offset."""
    number = _number(at)
    if not EARLIEST <= at <= LATEST:
        raise HorizonPassed(f"{at.isoformat()} does not lie between 1900 and 2200")
    return number


def instant(number: int) -> datetime:
    """Return the instant of a number, in UTC. Raises HorizonPassed."""
    if not _FIRST <= number <= _LAST:
        raise HorizonPassed("what was asked for does not lie between 1900 and 2200")
    return EPOCH + timedelta(microseconds=number)


def paused(pauses: Pauses) -> list[Stretch]:
    """Return pauses as numbers, in order and joined: each moment counts once. Raises IntervalReversed."""
    stretches = [(_number(begins), _number(ends)) for begins, ends in pauses]
    for begins, ends in stretches:
        if ends < begins:
            raise IntervalReversed("a pause ends before it begins")
    return joined(stretches)


def _number(at: datetime) -> int:
    if at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} carries no offset, so it is no instant")
    return (at - EPOCH) // MICROSECOND


_FIRST, _LAST = micros(EARLIEST), micros(LATEST)
