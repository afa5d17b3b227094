"""Calendars as JSON data, read with an answer for each thing that may be wrong with them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from .hours import Hours

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Dated = tuple[tuple[date, tuple[Hours, ...]], ...]

_KEYS = {"tz", "weekly", "holidays", "date_hours", "breaks"}
_PAIR = 2


class CalendarInvalid(ValueError):
    """No calendar can be made of this; names the field and what is wrong with it."""

    def __init__(self, named: str, reason: str) -> None:
        super().__init__(f"{named}: {reason}")
        self.field = named
        self.reason = reason


def fields(data: Any) -> dict[str, Any]:
    """Return the fields of a calendar. Raises CalendarInvalid."""
    given = _mapping("calendar", data)
    for key in given.keys() - _KEYS:
        raise CalendarInvalid(key, "a calendar has tz, weekly, holidays, date_hours and breaks")
    if not isinstance(given.get("tz"), str):
        raise CalendarInvalid("tz", "the name of a time zone is missing")
    weekly = _mapping("weekly", given.get("weekly", {}))
    for key in weekly.keys() - set(WEEKDAYS):
        raise CalendarInvalid(f"weekly.{key}", f"the days are called {', '.join(WEEKDAYS)}")
    holidays = _sequence("holidays", given.get("holidays", []))
    return {
        "zone": given["tz"],
        "weekly": tuple(_hours(f"weekly.{name}", weekly.get(name, [])) for name in WEEKDAYS),
        "holidays": frozenset(_date("holidays", text) for text in holidays),
        "date_hours": _dated("date_hours", given.get("date_hours", {})),
        "breaks": _dated("breaks", given.get("breaks", {})),
    }


def as_data(hours: Sequence[Hours]) -> list[list[str]]:
    """Return the hours of a date as pairs of times."""
    return [one.as_data() for one in hours]


def _dated(named: str, data: Any) -> Dated:
    return tuple(
        sorted(
            (_date(named, text), _hours(f"{named}.{text}", hours))
            for text, hours in _mapping(named, data).items()
        )
    )


def _hours(named: str, data: Any) -> tuple[Hours, ...]:
    return tuple(sorted(_pair(named, pair) for pair in _sequence(named, data)))


def _pair(named: str, data: Any) -> Hours:
    pair = _sequence(named, data)
    if len(pair) != _PAIR or not all(isinstance(time, str) for time in pair):
        raise CalendarInvalid(named, 'a stretch is a pair of times such as ["09:00", "17:00"]')
    try:
        return Hours.read(*pair)
    except ValueError as wrong:
        raise CalendarInvalid(named, str(wrong)) from None


def _date(named: str, text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise CalendarInvalid(named, f"{text!r} is no date such as 2026-12-25") from None


def _mapping(named: str, data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise CalendarInvalid(named, "an object with names is wanted here")
    return data


def _sequence(named: str, data: Any) -> list[Any]:
    if not isinstance(data, list | tuple):
        raise CalendarInvalid(named, "a list is wanted here")
    return list(data)
