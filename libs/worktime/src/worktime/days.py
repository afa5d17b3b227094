"""Business days, the end of a day, and months: steps by the date on the wall, not by open time."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from .calendar import Calendar
from .dates import LONGEST_CLOSED
from .due import back, due
from .instants import DAY, EARLIEST, LATEST, HorizonPassed, instant, micros
from .spans import EPOCH_ORDINAL, on_wall
from .walltime import Resolved, on_the_wall, resolve_wall_time

_NONE = timedelta()


class DayIsOver(ValueError):
    """The day has ended already, or is no business day; `next` is the next possible end of a day."""

    def __init__(self, following: datetime) -> None:
        super().__init__(f"the day is over; the next one ends at {following.isoformat()}")
        self.next = following


def add_days(calendar: Calendar, start: datetime, days: int) -> datetime:
    """Return the same time of day this many business days later, or earlier where negative.

    A business day is a date that exists and on which hours begin; the one of `start` is not counted. Where
    that time is outside hours: the next opening, or going back the last closing. Raises HorizonPassed.
    """
    micros(start)
    wall = on_the_wall(start, calendar.zone)
    day = wall.date()
    business = _business_days(calendar, day, -1 if days < 0 else 1)
    for _ in range(abs(days)):
        day, _ends = next(business)
    landed = resolve_wall_time(datetime.combine(day, wall.time()), calendar.zone).at if days else start
    return back(calendar, landed, _NONE) if days < 0 else due(calendar, landed, _NONE)


def end_of_day(calendar: Calendar, at: datetime) -> datetime:
    """Return the last closing time of the local date that `at` falls on; midnight, where it is open beyond.

    Raises DayIsOver at and after that time, and on a date that is no business day; HorizonPassed.
    """
    now = micros(at)
    today = on_the_wall(at, calendar.zone).date()
    day, ends = next(_business_days(calendar, today - timedelta(days=1), 1))
    if day == today and now < ends:
        return instant(ends)
    raise DayIsOver(instant(ends if day > today else next(_business_days(calendar, today, 1))[1]))


def add_months(start: datetime, months: int, zone_name: str) -> Resolved:
    """Return the same time on the wall this many months later, or earlier; a year is twelve.

    A day that the month does not have becomes its last one: 31 January and a month is 28 or 29 February.
    Raises HorizonPassed, ZoneUnknown.
    """
    micros(start)
    wall = on_the_wall(start, zone_name)
    year, month = divmod(wall.year * 12 + wall.month - 1 + months, 12)
    if not EARLIEST.year <= year < LATEST.year:
        raise HorizonPassed("what was asked for does not lie between 1900 and 2200")
    last = monthrange(year, month + 1)[1]
    return resolve_wall_time(wall.replace(year=year, month=month + 1, day=min(wall.day, last)), zone_name)


def _business_days(calendar: Calendar, day: date, step: int) -> Iterator[tuple[date, int]]:
    """Yield the business days after (or before) a date, and when each ends."""
    ordinal = day.toordinal()
    closed = 0
    while closed <= LONGEST_CLOSED:
        ordinal += step
        closed += 1
        ends = _end(calendar, ordinal)
        if ends is not None:
            closed = 0
            yield date.fromordinal(ordinal), ends
    raise HorizonPassed(f"nothing is open for {LONGEST_CLOSED} days")


def _end(calendar: Calendar, ordinal: int) -> int | None:
    """Return when the hours of a business day end; None for any other day, and one that the zone skipped."""
    day = calendar.dates.on(ordinal)
    midnight = (ordinal - EPOCH_ORDINAL) * DAY
    if not day.is_business:
        return None
    shown = (
        ends
        for opens, closes in day.stretches
        for _, ends in on_wall(calendar.zone, midnight + opens, midnight + closes)
    )
    return max(shown, default=None)
