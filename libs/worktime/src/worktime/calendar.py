"""A calendar of open hours: the weekly ones on the walls of a zone, and what differs on dates."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from . import reading
from .dates import Dates, Week, dates_of
from .hours import DAY, Hours, wrong
from .reading import WEEKDAYS, CalendarInvalid, Dated
from .zones import zone_names


@dataclass(frozen=True, slots=True)
class Calendar:
    """When somebody is there. Immutable and hashable; two with the same content are equal.

    Raises CalendarInvalid, which names the field and what is wrong with it.
    """

    zone: str
    """The IANA name of the zone whose clocks the hours are read from."""
    weekly: Week
    """The hours of Monday to Sunday, each in order."""
    holidays: frozenset[date] = frozenset()
    """Dates that are closed, whatever else is said of them."""
    date_hours: Dated = ()
    """Hours that stand in place of the weekly ones; none means closed."""
    breaks: Dated = ()
    """Stretches of a date that are closed."""
    dates: Dates = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        self._check()
        dates = dates_of(self.weekly, self.holidays, dict(self.date_hours), dict(self.breaks))
        if not dates.ever_open:
            raise CalendarInvalid("weekly", "nothing is ever open")
        if gap := dates.closed_for_long():
            raise CalendarInvalid(
                "holidays", f"nothing is open between {gap[0]} and {gap[1]}, for more than a year"
            )
        object.__setattr__(self, "dates", dates)

    def __hash__(self) -> int:  # type: ignore[explicit-override]
        """Enough of the content to tell calendars apart, and quick: calendars are keys of caches."""
        return hash((self.zone, self.weekly, len(self.date_hours), len(self.breaks), self.holidays))

    @classmethod
    def parse(cls, data: Any) -> "Calendar":
        """Return the calendar that JSON data describes. Raises CalendarInvalid.

        `{"tz": "Europe/Berlin", "weekly": {"mon": [["09:00", "17:00"]]}, "holidays": ["2026-12-25"],
        "date_hours": {"2026-12-24": [["09:00", "12:00"]]}, "breaks": {"2026-03-02": [["12:00", "13:00"]]}}`;
        all but `tz` may be left out.
        """
        return cls(**reading.fields(data))

    def as_data(self) -> dict[str, Any]:
        """Return JSON data from which `parse` makes an equal calendar."""
        return {
            "tz": self.zone,
            "weekly": {
                name: reading.as_data(hours)
                for name, hours in zip(WEEKDAYS, self.weekly, strict=True)
                if hours
            },
            "holidays": sorted(day.isoformat() for day in self.holidays),
            "date_hours": {day.isoformat(): reading.as_data(hours) for day, hours in self.date_hours},
            "breaks": {day.isoformat(): reading.as_data(hours) for day, hours in self.breaks},
        }

    def in_zone(self, name: str) -> "Calendar":
        """Return the same hours on the walls of another zone. Raises CalendarInvalid."""
        return self if name == self.zone else replace(self, zone=name)

    def _check(self) -> None:
        if self.zone not in zone_names():
            raise CalendarInvalid("tz", f"no time zone is called {self.zone!r}")
        if len(self.weekly) != len(WEEKDAYS):
            raise CalendarInvalid("weekly", "a week has seven days")
        for number, name in enumerate(WEEKDAYS):
            _check_hours(f"weekly.{name}", self.weekly[number])
            _check_night(name, self.weekly[number - 1], self.weekly[number])
        for day, hours in self.date_hours:
            _check_hours(f"date_hours.{day}", hours)
        for day, cuts in self.breaks:
            for cut in cuts:
                _check_hours(f"breaks.{day}", (cut,))
                if cut.closes > DAY:
                    raise CalendarInvalid(
                        f"breaks.{day}", f"{cut.words} runs backwards; a break stays on its date"
                    )


def _check_hours(named: str, hours: tuple[Hours, ...]) -> None:
    if reason := wrong(hours):
        raise CalendarInvalid(named, reason)


def _check_night(name: str, before: tuple[Hours, ...], hours: tuple[Hours, ...]) -> None:
    if before and hours and before[-1].tail > hours[0].opens:
        raise CalendarInvalid(
            f"weekly.{name}", f"{hours[0].words} overlaps {before[-1].words} of the night before"
        )
