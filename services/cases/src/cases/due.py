"""By when: as people say it, and the instant that follows (commitment.md §5.2)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal, assert_never

from pydantic import Discriminator, Field, Tag

from events.catalogue.terms import AfterDuration, AfterSpan, AtEndOfDay, AtInstant, AtWallTime, Rule, Span
from events.errors import Invalid
from events.fields import FORM, LAST, Body, Instant, Lead, WallTime, Zone
from worktime import Calendar, DayIsOver, end_of_day, on_the_wall, resolve_wall_time

from .span import after, needed

PositiveLead = Annotated[Lead, Field(gt=timedelta(0))]


class ByWallTime(Body):
    """By a time on the wall: in the zone said, else the customer's."""

    wall_time: WallTime
    zone: Zone | None = None


class Within(Body):
    """Within a real duration from now."""

    within: Lead


class WithinBusiness(Body):
    """Within so much open time from now."""

    within_business: PositiveLead


class WithinDays(Body):
    """Within so many business days, at the time of day it is now."""

    business_days: Annotated[int, Field(ge=1, le=1000)]


class WithinMonths(Body):
    """Within so many months (12: a year), at the time of day it is now on the customer's wall."""

    months: Annotated[int, Field(ge=1, le=1200)]


class ByEndOfDay(Body):
    """By the end of the customer's day or the team's: today's, or that of the day named."""

    end_of_day: Literal["customer", "team"]
    day: date | None = None


Duration = Within | WithinBusiness | WithinDays | WithinMonths
Said = datetime | ByWallTime | Duration | ByEndOfDay
_FORMS = {
    "wall_time": ByWallTime,
    "within": Within,
    "within_business": WithinBusiness,
    "business_days": WithinDays,
    "months": WithinMonths,
    "end_of_day": ByEndOfDay,
}


def _form(value: Any) -> str | None:
    if isinstance(value, str | datetime):
        return "=instant"
    for name, form in _FORMS.items():
        if isinstance(value, form) or (isinstance(value, dict) and name in value):
            return FORM + name
    return None


By = Annotated[
    Annotated[Instant, Tag("=instant")]
    | Annotated[ByWallTime, Tag("=wall_time")]
    | Annotated[Within, Tag("=within")]
    | Annotated[WithinBusiness, Tag("=within_business")]
    | Annotated[WithinDays, Tag("=business_days")]
    | Annotated[WithinMonths, Tag("=months")]
    | Annotated[ByEndOfDay, Tag("=end_of_day")],
    Discriminator(
        _form,
        custom_error_type="due",
        custom_error_message="give an instant, a wall_time (with a zone), within or within_business (a "
        "duration), business_days, months, or end_of_day (customer or team)",
    ),
]
"""By when: an instant, a wall time, a duration of some kind, or the end of a day."""

Lasting = Annotated[
    Annotated[Within, Tag("=within")]
    | Annotated[WithinBusiness, Tag("=within_business")]
    | Annotated[WithinDays, Tag("=business_days")]
    | Annotated[WithinMonths, Tag("=months")],
    Discriminator(
        _form,
        custom_error_type="duration",
        custom_error_message="give within or within_business (a duration), business_days, or months",
    ),
]
"""A duration of some kind."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """When and where a time is said: what words like *today* and *in two days* hang on."""

    now: datetime
    zone: str
    """The customer's."""
    team_zone: str
    calendar: Calendar | None = None


def resolve(by: Said, said: Whereabouts) -> tuple[datetime, Rule]:
    """Return the due and the rule it follows from. Raises Invalid (`due`) unless now < due < year 2200."""
    due, rule = as_said(by, said)
    return must_lie_ahead(due, said.now), rule


def must_lie_ahead(due: datetime, now: datetime, field: str = "due") -> datetime:
    """Return a due that is possible. Raises Invalid."""
    if due <= now:
        raise Invalid(field=field, reason=f"must lie ahead of {now.isoformat()}")
    if due >= LAST:
        raise Invalid(field=field, reason="must lie before the year 2200")
    return due


def again(rule: Rule, said: Whereabouts) -> datetime | None:
    """Return where a rule that is read on a wall puts its due today; none for what no wall changes."""
    match rule:
        case AtWallTime():
            return _on_a_wall(rule.local, rule.zone)[0]
        case AtEndOfDay():
            zone = rule.customer_zone if rule.whose == "customer" else rule.team_zone
            return _end_of(rule.day, zone, said.calendar)
        case _:
            return None


def spanned(duration: Duration) -> Span:
    """Return a duration as events hold it."""
    match duration:
        case Within():
            return Span(lasts=duration.within)
        case WithinBusiness():
            return Span(unit="business", lasts=duration.within_business)
        case WithinDays():
            return Span(unit="business_days", count=duration.business_days)
        case WithinMonths():
            return Span(unit="months", count=duration.months)
        case _:
            assert_never(duration)


def as_said(by: Said, said: Whereabouts) -> tuple[datetime, Rule]:
    """Return the due and the rule it follows from, wherever it lies. Raises Invalid (`due`)."""
    match by:
        case Within():
            return _spanned(by, said)[0], AfterDuration(lasts=by.within)
        case WithinBusiness() | WithinDays() | WithinMonths():
            return _spanned(by, said)
        case ByWallTime():
            return _on_a_wall(by.wall_time, by.zone or said.zone)
        case ByEndOfDay():
            return _by_end_of_day(by, said)
        case _:
            return by, AtInstant(at=by)


def _spanned(by: Duration, said: Whereabouts) -> tuple[datetime, AfterSpan]:
    span = spanned(by)
    due = after(span, said.now.astimezone(UTC), zone=said.zone, calendar=said.calendar)
    return due, AfterSpan(span=span, zone=said.zone)


def _on_a_wall(local: datetime, zone: str) -> tuple[datetime, Rule]:
    try:
        found = resolve_wall_time(local, zone)
    except OverflowError:
        raise Invalid(field="due", reason="must lie before the year 2200") from None
    rule = AtWallTime(local=local, zone=zone, gap_shifted=found.gap_shifted, fold=found.fold)
    return found.at, rule


def _by_end_of_day(by: ByEndOfDay, said: Whereabouts) -> tuple[datetime, AtEndOfDay]:
    zone = said.zone if by.end_of_day == "customer" else said.team_zone
    today = on_the_wall(said.now, zone).date()
    day = by.day or today
    rule = AtEndOfDay(day=day, whose=by.end_of_day, customer_zone=said.zone, team_zone=said.team_zone)
    at = said.now if day == today else resolve_wall_time(datetime.combine(day, time()), zone).at
    return _closing(at, zone, said.calendar), rule


def _end_of(day: date, zone: str, calendar: Calendar | None) -> datetime:
    return _closing(resolve_wall_time(datetime.combine(day, time()), zone).at, zone, calendar)


def _closing(at: datetime, zone: str, calendar: Calendar | None) -> datetime:
    """Return when the day closes that an instant lies in. Raises Invalid with the next possible one (13)."""
    try:
        return end_of_day(needed(calendar, "due").in_zone(zone), at)
    except DayIsOver as error:
        wall = on_the_wall(error.next, zone)
        reason = (
            f"that day is over or closed; the next possible end of day is {wall:%Y-%m-%dT%H:%M} in {zone}"
        )
        raise Invalid(field="due", reason=reason) from error
