"""Business-time facts answered: the format of `python -m worktime answer`."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from .calendar import Calendar
from .days import add_days
from .due import back, due, elapsed, is_open, next_close, next_open
from .instants import MICROSECOND, SECOND, DurationNegative, HorizonPassed, IntervalReversed
from .reading import CalendarInvalid
from .zones import zone

Case = dict[str, Any]

_REFUSED = (CalendarInvalid, DurationNegative, HorizonPassed, IntervalReversed)


class FactsInvalid(ValueError):
    """The facts cannot be read; says where."""


def answers(facts: Any) -> dict[str, Any]:
    """Return the answer of each case by its id, in the form of `expect`.

    An instant is RFC 3339 in the calendar's zone, a duration seconds, a state true or false. What the library
    refuses is `{"error": sentence}`. Raises FactsInvalid.
    """
    try:
        calendars, cases = dict(facts["calendars"]), list(facts["cases"])
    except (TypeError, KeyError, ValueError):
        raise FactsInvalid("facts are an object with calendars and cases") from None
    read = cache(lambda name: Calendar.parse(calendars[name]))
    return dict(_answered(case, read) for case in cases)


def _answered(case: Case, read: Callable[[str], Calendar]) -> tuple[str, Any]:
    try:
        name = str(case["id"])
    except (TypeError, KeyError):
        raise FactsInvalid("a case has no id") from None
    try:
        return name, _answer(case, read)
    except _REFUSED as refused:
        return name, {"error": str(refused)}
    except KeyError as missing:
        raise FactsInvalid(f"case {name}: there is no {missing}") from None
    except (TypeError, ValueError, OverflowError) as wrong:
        raise FactsInvalid(f"case {name}: {wrong}") from None


def _answer(case: Case, read: Callable[[str], Calendar]) -> Any:
    calendar = read(case["calendar"])
    found = _OPERATIONS[case["op"]](calendar, _instant(case["start"]), case)
    if isinstance(found, datetime):
        return found.astimezone(zone(calendar.zone)).isoformat()
    if isinstance(found, timedelta):
        seconds, rest = divmod(found // MICROSECOND, SECOND)
        return seconds if not rest else found.total_seconds()
    return found


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _lasts(case: Case) -> timedelta:
    return timedelta(seconds=case["seconds"])


def _pauses(case: Case) -> list[tuple[datetime, datetime]]:
    return [(_instant(begins), _instant(ends)) for begins, ends in case.get("pauses") or ()]


_OPERATIONS: dict[str, Callable[[Calendar, datetime, Case], datetime | timedelta | bool]] = {
    "due": lambda calendar, at, case: due(calendar, at, _lasts(case), _pauses(case)),
    "back": lambda calendar, at, case: back(calendar, at, _lasts(case), _pauses(case)),
    "elapsed": lambda calendar, at, case: elapsed(calendar, at, _instant(case["end"]), _pauses(case)),
    "is_open": lambda calendar, at, case: is_open(calendar, at, _pauses(case)),
    "next_open": lambda calendar, at, case: next_open(calendar, at, _pauses(case)),
    "next_close": lambda calendar, at, case: next_close(calendar, at, _pauses(case)),
    "add_days": lambda calendar, at, case: add_days(calendar, at, case["days"]),
}
