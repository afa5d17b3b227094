"""Calendars: when somebody is there, version after version. Stream `calendar-<name>`."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

import holidays
from pydantic import AfterValidator, Field, StringConstraints

from events.catalogue import CalendarPublished
from events.decider import Asked, Decider
from events.errors import Forbidden, Invalid
from events.fields import Body, Name, Text, Zone
from worktime import Calendar, CalendarInvalid, HorizonPassed, next_open

from .owner import MAY_SET

YEARS_BACK, YEARS_AHEAD = 1, 10
"""Around the year of publishing: the years whose public holidays are written into a version."""

Calendars = tuple[CalendarPublished, ...]
"""Every version, the first one first."""


def _day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        msg = "give a date, such as 2026-02-17"
        raise ValueError(msg) from None
    return text


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Day = Annotated[str, StringConstraints(pattern=r"^2[01]\d\d-\d\d-\d\d$"), AfterValidator(_day)]
Time = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-4]):[0-5]\d$")]
Hours = Annotated[tuple[tuple[Time, Time], ...], Field(max_length=20)]
Title = Annotated[Text, StringConstraints(max_length=200)]
_MANY = 1000


class PublishCalendar(Body):
    """Publish a calendar: the first version, or the next one; whole."""

    name: Name
    zone: Zone
    weekly: dict[Weekday, Hours] = Field(default_factory=dict)
    """Stretches of each day, `["09:00", "17:00"]`; one that closes before it opens runs through midnight."""
    country: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")] | None = None
    """Whose public holidays are closed, by ISO 3166 code; years of publishing -1 to +10."""
    subdivision: Annotated[str, StringConstraints(max_length=40)] | None = None
    """A part of the country with holidays of its own, as ISO 3166-2 names it: `BE` for Berlin."""
    holidays: dict[Day, Title] = Field(default_factory=dict, max_length=_MANY)
    """Further closed dates, and what they are called."""
    not_holidays: Annotated[tuple[Day, ...], Field(max_length=_MANY)] = ()
    """Dates that are open though they are public holidays."""
    date_hours: dict[Day, Hours] = Field(default_factory=dict, max_length=_MANY)
    """Hours in place of the weekly ones; none means closed."""
    breaks: dict[Day, Hours] = Field(default_factory=dict, max_length=_MANY)
    """Closed stretches of a date."""


def stream(name: str) -> str:
    """Return the stream of a calendar."""
    return f"calendar-{name}"


def read(published: CalendarPublished) -> Calendar:
    """Return the calendar that a version describes. Raises Invalid, naming the field."""
    data: dict[str, Any] = published.model_dump(include={"weekly", "date_hours", "breaks"})
    try:
        return Calendar.parse(data | {"tz": published.zone, "holidays": list(published.holidays)})
    except CalendarInvalid as error:
        field = "zone" if error.field == "tz" else error.field
        raise Invalid(field=field, reason=error.reason) from error


def public_holidays(country: str, subdivision: str | None, now: datetime) -> dict[str, str]:
    """Return the public holidays of a country by date, named in its language, for the years around `now`.

    Raises Invalid for a country or subdivision that the `holidays` package does not know.
    """
    try:
        named = holidays.country_holidays(country)
    except NotImplementedError as error:
        raise Invalid(field="country", reason=f"no public holidays are known of {country}") from error
    if subdivision is not None and subdivision not in named.subdivisions:
        parts = ", ".join(named.subdivisions) or "no parts with holidays of their own"
        raise Invalid(field="subdivision", reason=f"{country} has {parts}")
    years = range(now.year - YEARS_BACK, now.year + YEARS_AHEAD + 1)
    found = holidays.country_holidays(
        country, subdiv=subdivision, years=years, language=named.default_language
    )
    return {day.isoformat(): title for day, title in sorted(found.items())}


def decide(versions: Calendars, command: PublishCalendar, asked: Asked) -> Calendars:
    """Return the next version, none where the last one says the same.

    Raises Forbidden without one of the roles; Invalid for a calendar by which nothing is ever open.
    """
    if not asked.actor.has(*MAY_SET):
        raise Forbidden(needed=", ".join(sorted(MAY_SET)))
    wanted = _wanted(command, len(versions) + 1, asked.now)
    if versions and versions[-1] == wanted.model_copy(update={"version": len(versions)}):
        return ()
    try:
        next_open(read(wanted), asked.now)
    except HorizonPassed as error:
        raise Invalid(field="weekly", reason="nothing is open within a year from now") from error
    return (wanted,)


def evolve(versions: Calendars, event: CalendarPublished) -> Calendars:
    """Return the versions after an event."""
    return (*versions, event)


CALENDAR: Decider[Calendars, PublishCalendar, CalendarPublished] = Decider((), decide, evolve)


def _wanted(command: PublishCalendar, version: int, now: datetime) -> CalendarPublished:
    if twice := command.holidays.keys() & set(command.not_holidays):
        raise Invalid(field="not_holidays", reason=f"{min(twice)} is among the holidays too")
    if command.subdivision is not None and command.country is None:
        raise Invalid(field="subdivision", reason="name its country as well")
    seeds = public_holidays(command.country, command.subdivision, now) if command.country else {}
    closed = {day: title for day, title in seeds.items() if day not in command.not_holidays}
    said = dict(command) | {"holidays": dict(sorted((closed | command.holidays).items()))}
    return CalendarPublished(version=version, **said)
