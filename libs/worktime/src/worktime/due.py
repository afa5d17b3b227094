"""Open time counted on from an instant, back from it, and between two; and when it opens and closes.

Open is what the calendar has open and no pause covers; a stretch [open, close) is closed at its close.
Instants are datetimes with an offset, answers are in UTC. Everything raises HorizonPassed where an answer
would lie outside 1900 to 2200, or behind more than 366 days without open time; IntervalReversed for a
pause that ends before it begins; ValueError for an instant without offset.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from .calendar import Calendar
from .dates import LONGEST_CLOSED
from .instants import (
    DAY,
    MICROSECOND,
    DurationNegative,
    HorizonPassed,
    IntervalReversed,
    Pauses,
    instant,
    micros,
    paused,
)
from .spans import QUARTER, Quarter, quarter
from .stretches import Stretch

_FOREVER = 1 << 62
_ENDLESS = "quarters end with HorizonPassed"


def due(calendar: Calendar, start: datetime, lasts: timedelta, pauses: Pauses = ()) -> datetime:
    """Return the earliest instant by which this much open time has passed since `start`.

    No time at all outside hours gives the next opening. Raises DurationNegative.
    """
    left = _duration(lasts)
    if not left:
        return next_open(calendar, start, pauses)
    for begins, ends in _unpaused(micros(start), pauses):
        found = _forward(calendar, begins, left)
        if found <= ends:
            break
        left -= _between(calendar, begins, ends)
    return instant(found)


def back(calendar: Calendar, end: datetime, lasts: timedelta, pauses: Pauses = ()) -> datetime:
    """Return the latest instant since which this much open time had passed at `end`.

    No time at all outside hours gives the last closing. Raises DurationNegative.
    """
    left = _duration(lasts)
    if not left:
        return instant(micros(end)) if is_open(calendar, end, pauses) else _last_close(calendar, end, pauses)
    for begins, ends in _unpaused_before(micros(end), pauses):
        found = _backward(calendar, ends, left)
        if found >= begins:
            break
        left -= _between(calendar, begins, ends)
    return instant(found)


def elapsed(calendar: Calendar, start: datetime, end: datetime, pauses: Pauses = ()) -> timedelta:
    """Return the open time between two instants. Raises IntervalReversed where `end` is before `start`."""
    since, until = micros(start), micros(end)
    if until < since:
        raise IntervalReversed("the end lies before the start")
    parts = ((begins, min(ends, until)) for begins, ends in _unpaused(since, pauses) if begins < until)
    return sum(_between(calendar, *part) for part in parts) * MICROSECOND


def is_open(calendar: Calendar, at: datetime, pauses: Pauses = ()) -> bool:
    """Tell whether an instant counts."""
    number = micros(at)
    now = quarter(calendar, number // QUARTER)
    index = bisect_right(now.starts, number) - 1
    is_paused = any(begins <= number < ends for begins, ends in paused(pauses))
    return index >= 0 and number < now.ends[index] and not is_paused


def next_open(calendar: Calendar, at: datetime, pauses: Pauses = ()) -> datetime:
    """Return the first open instant at or after `at`."""
    return instant(_opening(calendar, at, pauses)[0])


def next_close(calendar: Calendar, at: datetime, pauses: Pauses = ()) -> datetime:
    """Return the end of the open stretch that the next open instant lies in.

    Stretches that touch, over midnight too, are one. Raises HorizonPassed where it never closes again.
    """
    opens, pause = _opening(calendar, at, pauses)
    closes = opens
    for now in _ahead(calendar, opens):
        index = bisect_right(now.ends, closes)
        if index == len(now.ends) or now.starts[index] > closes:
            break
        closes = now.ends[index]
        if closes < now.limit or closes >= pause:
            break
    return instant(min(closes, pause))


def _opening(calendar: Calendar, at: datetime, pauses: Pauses) -> Stretch:
    """Return the first instant that is open and not paused, and when the next pause begins."""
    for begins, ends in _unpaused(micros(at), pauses):
        found = _next_open(calendar, begins)
        if found < ends:
            break
    return found, ends


def _last_close(calendar: Calendar, at: datetime, pauses: Pauses) -> datetime:
    for begins, ends in _unpaused_before(micros(at), pauses):
        found = _previous_close(calendar, ends)
        if found > begins:
            break
    return instant(found)


def _unpaused(at: int, pauses: Pauses) -> Iterator[Stretch]:
    """Yield the stretches between pauses from `at` on; the last has no end."""
    for begins, ends in paused(pauses):
        if at < begins:
            yield at, begins
        at = max(at, ends)
    yield at, _FOREVER


def _unpaused_before(at: int, pauses: Pauses) -> Iterator[Stretch]:
    """Yield the stretches between pauses from `at` backwards; the last has no beginning."""
    for begins, ends in reversed(paused(pauses)):
        if ends < at:
            yield ends, at
        at = min(at, begins)
    yield -_FOREVER, at


def _duration(lasts: timedelta) -> int:
    if lasts < timedelta():
        raise DurationNegative("a duration is not negative")
    return lasts // MICROSECOND


def _forward(calendar: Calendar, at: int, left: int) -> int:
    for now in _ahead(calendar, at):
        target = _counted(now, at) + left
        if target <= now.total:
            index = bisect_left(now.sums, target)
            return now.ends[index] - (now.sums[index] - target)
        left, at = target - now.total, now.limit
    raise AssertionError(_ENDLESS)


def _backward(calendar: Calendar, at: int, left: int) -> int:
    for now in _behind(calendar, at):
        target = _counted(now, at) - left
        if target >= 0:
            index = bisect_right(now.sums, target)
            return now.ends[index] - (now.sums[index] - target)
        left = -target
    raise AssertionError(_ENDLESS)


def _next_open(calendar: Calendar, at: int) -> int:
    for now in _ahead(calendar, at):
        index = bisect_right(now.ends, at)
        if index < len(now.ends):
            return max(at, now.starts[index])
    raise AssertionError(_ENDLESS)


def _previous_close(calendar: Calendar, at: int) -> int:
    for now in _behind(calendar, at):
        index = bisect_left(now.starts, at) - 1
        if index >= 0:
            return min(at, now.ends[index])
    raise AssertionError(_ENDLESS)


def _between(calendar: Calendar, begins: int, ends: int) -> int:
    first, last = begins // QUARTER, ends // QUARTER
    whole = sum(quarter(calendar, number).total for number in range(first, last))
    return whole + _counted(quarter(calendar, last), ends) - _counted(quarter(calendar, first), begins)


def _counted(now: Quarter, at: int) -> int:
    """Return the open time of a quarter before an instant; after its end that is all of it."""
    index = bisect_right(now.starts, at) - 1
    return now.sums[index] - max(0, now.ends[index] - at) if index >= 0 else 0


def _ahead(calendar: Calendar, at: int) -> Iterator[Quarter]:
    """Yield the quarter of an instant and those after it, until nothing is open for too long."""
    open_until = at
    for number in count(at // QUARTER):
        now = quarter(calendar, number)
        _check_gap((now.starts[0] if now.starts else now.limit) - open_until)
        yield now
        open_until = now.ends[-1] if now.ends else open_until


def _behind(calendar: Calendar, at: int) -> Iterator[Quarter]:
    """Yield the quarter of an instant and those before it, until nothing was open for too long."""
    open_from = at
    for number in count(at // QUARTER, -1):
        now = quarter(calendar, number)
        _check_gap(open_from - (now.ends[-1] if now.ends else now.limit - QUARTER))
        yield now
        open_from = now.starts[0] if now.starts else open_from


def _check_gap(gap: int) -> None:
    if gap > LONGEST_CLOSED * DAY:
        raise HorizonPassed(f"nothing is open for {LONGEST_CLOSED} days")
