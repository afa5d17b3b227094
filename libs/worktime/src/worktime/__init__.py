"""Business time, wall times and zones, resolved to instants: pure, and the same on every machine."""

from .calendar import Calendar
from .days import DayIsOver, add_days, add_months, end_of_day
from .due import back, due, elapsed, is_open, next_close, next_open
from .hours import Hours
from .instants import DurationNegative, HorizonPassed, IntervalReversed, Pauses
from .reading import CalendarInvalid
from .walltime import Resolved, after, on_the_wall, resolve_wall_time
from .zones import ZoneUnknown, tzdata_version, zone, zone_names

__all__ = [
    "Calendar",
    "CalendarInvalid",
    "DayIsOver",
    "DurationNegative",
    "HorizonPassed",
    "Hours",
    "IntervalReversed",
    "Pauses",
    "Resolved",
    "ZoneUnknown",
    "add_days",
    "add_months",
    "after",
    "back",
    "due",
    "elapsed",
    "end_of_day",
    "is_open",
    "next_close",
    "next_open",
    "on_the_wall",
    "resolve_wall_time",
    "tzdata_version",
    "zone",
    "zone_names",
]
