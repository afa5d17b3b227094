"""What is open on each date: weekly hours, and the dates that differ."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from .hours import DAY, Hours
from .instants import EARLIEST, LATEST, SECOND
from .stretches import Stretch, joined, without

Week = tuple[tuple[Hours, ...], ...]
LONGEST_CLOSED = 366


class Day(NamedTuple):
    """What is open on a date, by its clock."""

    stretches: tuple[Stretch, ...]
    """In microseconds after midnight, in order, apart from each other."""
    is_business: bool
    """Hours begin on this date: more than the end of a night that began the day before."""


class Dates(NamedTuple):
    """Every date there is: seven ordinary ones, and those that differ, by ordinal."""

    ordinary: tuple[Day, ...]
    special: dict[int, Day]

    def on(self, ordinal: int) -> Day:
        """Return what is open on a date, given as `date.toordinal` does."""
        return self.special.get(ordinal) or self.ordinary[(ordinal - 1) % 7]

    @property
    def ever_open(self) -> bool:
        """Whether any date has open time."""
        return any(day.stretches for day in (*self.ordinary, *self.special.values()))

    def closed_for_long(self) -> tuple[date, date] | None:
        """Return two open dates with 366 closed ones or more between them; None where there are none."""
        if not self.special or not any(day.stretches for day in self.ordinary):
            return None
        if len(self.special) < LONGEST_CLOSED // 7:
            return None
        span = range(max(min(self.special) - 7, _FIRST), min(max(self.special) + 8, _LAST))
        opened = [ordinal for ordinal in span if self.on(ordinal).stretches]
        found = next((pair for pair in pairwise(opened) if pair[1] - pair[0] > LONGEST_CLOSED), None)
        return found and (date.fromordinal(found[0]), date.fromordinal(found[1]))


def dates_of(
    weekly: Week,
    holidays: frozenset[date],
    date_hours: Mapping[date, tuple[Hours, ...]],
    breaks: Mapping[date, tuple[Hours, ...]],
) -> Dates:
    """Lay out the dates of a calendar.

    A stretch belongs to the date on which it begins: a holiday there, or other hours, take it away whole. A
    holiday, as a date with no hours, closes its own date from midnight to midnight, the end of a night that
    began before it included.
    """
    closed = holidays | {day for day, hours in date_hours.items() if not hours}

    def begun(day: date) -> tuple[Hours, ...]:
        return () if day in closed else date_hours.get(day, weekly[day.weekday()])

    def special(day: date) -> Day:
        return _day((), (), ()) if day in closed else _day(begun(day - _ONE), begun(day), breaks.get(day, ()))

    listed = closed | set(date_hours) | set(breaks)
    touched = listed | {day + _ONE for day in listed if day < date.max}
    return Dates(
        tuple(_day(weekly[number - 1], hours, ()) for number, hours in enumerate(weekly)),
        {day.toordinal(): special(day) for day in touched if day > date.min},
    )


def _day(before: tuple[Hours, ...], hours: tuple[Hours, ...], breaks: tuple[Hours, ...]) -> Day:
    night = without([(0, one.tail) for one in before], breaks)
    own = without([(one.opens, min(one.closes, DAY)) for one in hours], breaks)
    stretches = ((begins * SECOND, ends * SECOND) for begins, ends in joined(night + own))
    return Day(tuple(stretches), bool(own))


_ONE = timedelta(days=1)
_FIRST, _LAST = EARLIEST.toordinal(), LATEST.toordinal()
