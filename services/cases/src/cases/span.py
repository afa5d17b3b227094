"""Spans of time on calendars: how an instant follows from another, and how much lies between two."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from events.catalogue.policies import Aim
from events.catalogue.terms import AfterDuration, AfterSpan, ByPolicy, Rule, Span
from events.errors import Invalid
from worktime import Calendar, HorizonPassed, add_days, add_months, due, elapsed, next_open

OPEN_UNITS = frozenset({"business", "business_days"})
"""What is counted on a calendar of open hours."""


def after(
    span: Span, start: datetime, *, zone: str, calendar: Calendar | None, field: str = "due"
) -> datetime:
    """Return the instant a span after `start`; days and months on the walls of `zone`.

    Raises Invalid (`field`) where open time is counted without a calendar, or there is none within reach.
    """
    try:
        return _after(span, start, zone, calendar, field)
    except (HorizonPassed, OverflowError) as error:
        raise Invalid(field=field, reason=str(error) or "must lie before the year 2200") from error


def _after(span: Span, start: datetime, zone: str, calendar: Calendar | None, field: str) -> datetime:
    match span.unit:
        case "real":
            return start + (span.lasts or timedelta(0))
        case "months":
            return add_months(start, span.count or 0, zone).at
        case "business":
            return due(needed(calendar, field), start, span.lasts or timedelta(0))
        case "business_days":
            return add_days(needed(calendar, field), start, span.count or 0)


def promised(
    aim: Aim, start: datetime, zone: str, calendar: Calendar | None, field: str = "due"
) -> tuple[datetime, datetime]:
    """Return the target of an aim, and what is promised: the target and its buffer. Raises Invalid."""
    target = after(aim.within, start, zone=zone, calendar=calendar, field=field)
    if aim.buffer is None:
        return target, target
    return target, after(aim.buffer, target, zone=zone, calendar=calendar, field=field)


def needed(calendar: Calendar | None, field: str) -> Calendar:
    """Return the calendar. Raises Invalid where there is none."""
    if calendar is None:
        raise Invalid(field=field, reason="needs working hours: give the owner, team or policy a calendar")
    return calendar


def between(start: datetime, end: datetime, span: Span, calendar: Calendar | None) -> timedelta:
    """Return how much time lies between two instants, in the kind of time the span counts."""
    if span.unit in OPEN_UNITS:
        return elapsed(needed(calendar, "due"), start, end)
    return end - start


def onward(start: datetime, lasts: timedelta, span: Span, calendar: Calendar | None) -> datetime:
    """Return the instant that much time after `start`, in the kind of time the span counts.

    What is counted in business days is due at an open instant. Raises Invalid past the end of all hours.
    """
    if span.unit not in OPEN_UNITS:
        return start + lasts
    hours = needed(calendar, "due")
    try:
        at = due(hours, start, lasts)
        return next_open(hours, at) if span.unit == "business_days" else at
    except HorizonPassed as error:
        raise Invalid(field="due", reason=str(error)) from error


def counted(rule: Rule | None) -> Span | None:
    """Return the kind of time, and how much of it, that a rule counts; none where an instant was named."""
    match rule:
        case ByPolicy() | AfterSpan():
            return rule.span
        case AfterDuration():
            return Span(lasts=rule.lasts)
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Running:
    """A clock that runs for a span from some instant, perhaps with pauses (commitment.md §5.5)."""

    since: datetime
    span: Span
    zone: str
    calendar: Calendar | None

    @property
    def whole(self) -> timedelta:
        """How much time it has in all, in the kind of time it counts."""
        end = after(self.span, self.since, zone=self.zone, calendar=self.calendar)
        return between(self.since, end, self.span, self.calendar)

    def used(self, now: datetime, due: datetime) -> timedelta:
        """Return how much of it is used up, given the due it has come to by its pauses."""
        return self.whole - between(now, due, self.span, self.calendar)

    def due(self, now: datetime, used: timedelta) -> datetime:
        """Return its due, of which so much is used up now."""
        return onward(now, self.whole - used, self.span, self.calendar)
