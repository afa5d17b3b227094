"""The open stretches of a calendar along UTC, laid out quarter by quarter and kept ready."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from itertools import accumulate
from operator import sub
from typing import NamedTuple

from .calendar import Calendar
from .dates import Dates
from .instants import DAY, EARLIEST, LATEST, MICROSECOND, SECOND, HorizonPassed, micros
from .stretches import Stretch
from .zones import zone

QUARTER = 91 * DAY
GLANCE = QUARTER // 14  # 6.5 days: no zone ever moved its clocks twice in less than 6.9
FARTHEST = 16 * 3600 * SECOND  # no clock was ever further from UTC
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()

_NUMBERS = range(micros(EARLIEST) // QUARTER, micros(LATEST) // QUARTER + 1)


class Quarter(NamedTuple):
    """The open stretches of 91 days, and the open time up to the end of each."""

    limit: int
    starts: list[int]
    ends: list[int]
    sums: list[int]

    @property
    def total(self) -> int:
        """Open time of the whole quarter."""
        return self.sums[-1] if self.sums else 0


@lru_cache(maxsize=1024)
def quarter(calendar: Calendar, number: int) -> Quarter:
    """Return what is open from `number * QUARTER` on, for a quarter. Raises HorizonPassed."""
    starts: list[int] = []
    ends: list[int] = []
    for first, limit, offset in offsets(calendar.zone, number):
        for opens, closes in _open(calendar.dates, first, limit, offset):
            if ends and ends[-1] == opens:
                ends[-1] = closes
            else:
                starts.append(opens)
                ends.append(closes)
    return Quarter((number + 1) * QUARTER, starts, ends, list(accumulate(map(sub, ends, starts))))


def on_wall(zone_name: str, begins: int, ends: int) -> Iterator[Stretch]:
    """Yield when clocks of a zone show a time of this stretch: never, once, or more than once.

    `begins` and `ends` count as if the wall showed UTC.
    """
    for number in range((begins - FARTHEST) // QUARTER, (ends + FARTHEST) // QUARTER + 1):
        for first, limit, offset in offsets(zone_name, number):
            start, end = max(begins - offset, first), min(ends - offset, limit)
            if start < end:
                yield start, end


@lru_cache(maxsize=4096)
def offsets(zone_name: str, number: int) -> tuple[tuple[int, int, int], ...]:
    """Return a quarter cut where the clocks of a zone are moved: from, to, and the offset between.

    Raises HorizonPassed.
    """
    if number not in _NUMBERS:
        raise HorizonPassed("the search left the years from 1900 to 2200")
    begins, limit = number * QUARTER, (number + 1) * QUARTER
    parts: list[tuple[int, int, int]] = []
    offset = _offset(zone_name, begins)
    for look in range(begins, limit, GLANCE):
        if (new := _offset(zone_name, look + GLANCE)) != offset:
            moved = _moved(zone_name, look, look + GLANCE, offset)
            parts.append((begins, moved, offset))
            begins, offset = moved, new
    if begins < limit:
        parts.append((begins, limit, offset))
    return tuple(parts)


def _open(dates: Dates, begins: int, ends: int, offset: int) -> list[Stretch]:
    """Return what is open while an offset holds; the first and the last dates may lie across its bounds."""
    found = [
        (midnight + opens, midnight + closes)
        for day in range((begins + offset) // DAY, (ends + offset - 1) // DAY + 1)
        for midnight in (day * DAY - offset,)
        for opens, closes in dates.on(day + EPOCH_ORDINAL).stretches
    ]
    while found and found[0][1] <= begins:
        del found[0]
    while found and found[-1][0] >= ends:
        del found[-1]
    if found:
        found[0] = (max(found[0][0], begins), found[0][1])
        found[-1] = (found[-1][0], min(found[-1][1], ends))
    return found


def _moved(zone_name: str, before: int, after: int, offset: int) -> int:
    """Return the first instant without the offset that still holds at `before`, between the two."""
    while after - before > SECOND:
        middle = (before + after) // 2 // SECOND * SECOND
        before, after = (middle, after) if _offset(zone_name, middle) == offset else (before, middle)
    return after


def _offset(zone_name: str, at: int) -> int:
    offset = datetime.fromtimestamp(at // SECOND, zone(zone_name)).utcoffset()
    assert offset is not None
    return offset // MICROSECOND
