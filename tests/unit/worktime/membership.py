"""The rule itself, slowly: an instant is open if the clock on the wall shows a time within the hours.

Written beside the library, from the JSON data alone: it steps through every minute of a window.
"""

from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from worktime import zone

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE = timedelta(minutes=1)

Pauses = list[tuple[datetime, datetime]]


class Minutes:
    """Every open minute of a window, and the answers that can be read off them."""

    def __init__(self, data: dict[str, Any], first: datetime, minutes: int, pauses: Pauses) -> None:
        self.data, self.zone, self.pauses = data, zone(data["tz"]), pauses
        self.said = cache(self.said)  # type: ignore[method-assign]
        self.all = [first + number * MINUTE for number in range(minutes)]
        self.open = [at for at in self.all if self.is_open(at)]

    def is_open(self, at: datetime) -> bool:
        wall = at.astimezone(self.zone)
        clock = wall.isoformat()[11:16]
        hours, night, closed = self.said(wall.date())
        return (
            (
                any(begins <= clock and (clock < ends or ends < begins) for begins, ends in hours)
                or clock < night
            )
            and not any(begins <= clock < ends for begins, ends in closed)
            and not any(begins <= at < ends for begins, ends in self.pauses)
        )

    def said(self, day: date) -> tuple[list[list[str]], str, list[list[str]]]:
        """The hours that begin on a date, until when the night before goes on there, and what is closed."""
        night = max(
            (ends for begins, ends in self.hours(day - timedelta(days=1)) if ends < begins), default=""
        )
        whole = [["00:00", "24:00"]] if self.is_closed(day) else []
        return self.hours(day), night, self.data["breaks"].get(str(day), []) + whole

    def hours(self, day: date) -> list[list[str]]:
        weekly = self.data["weekly"].get(WEEKDAYS[day.weekday()], [])
        return [] if self.is_closed(day) else self.data["date_hours"].get(str(day), weekly)

    def is_closed(self, day: date) -> bool:
        return str(day) in self.data["holidays"] or self.data["date_hours"].get(str(day)) == []

    def due(self, start: datetime, minutes: int) -> datetime | None:
        """The end of the nth open minute from `start`; None where it lies behind the window."""
        ahead = [at for at in self.open if at >= start]
        if minutes == 0:
            return ahead[0] if ahead else None
        return ahead[minutes - 1] + MINUTE if minutes <= len(ahead) else None

    def back(self, end: datetime, minutes: int) -> datetime | None:
        """The beginning of the nth open minute back from `end`; None where it lies before the window."""
        behind = [at for at in self.open if at < end]
        if minutes == 0:
            return end if end in self.open else behind[-1] + MINUTE if behind else None
        return behind[-minutes] if minutes <= len(behind) else None

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        return sum(start <= at < end for at in self.open) * MINUTE

    def next_close(self, at: datetime) -> datetime | None:
        """The first closed minute after the first open one; None where that is not in the window."""
        ahead = [minute for minute in self.open if minute >= at]
        known = set(self.open)
        return next((m for m in self.all if ahead and m > ahead[0] and m not in known), None)
