"""The plan of a commitment: its rungs and its due as instants (commitment.md §4.1 to 4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.catalogue.terms import Quiet, Role, Rung, Terms, Timer
from worktime import Calendar, back, on_the_wall, resolve_wall_time

CLIMB: tuple[Role, ...] = ("owner", "team", "lead", "manager")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """Every timer from now on, and the rungs that have none of their own."""

    timers: tuple[Timer, ...]
    left_out: tuple[Timer, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """What a plan is made for: the due it counts back from, the due that is told, and when it is made."""

    due: datetime
    told_due: datetime
    now: datetime


def ladder(leads: Iterable[timedelta]) -> tuple[Rung, ...]:
    """Return real leads as a ladder for the owner: the longest first, each once."""
    return tuple(Rung(lead=lead) for lead in sorted(set(leads), reverse=True))


def due_timer(told_due: datetime) -> Timer:
    """Return the timer of the due that the customer knows."""
    return Timer(name="due", at=told_due)


def plan(terms: Terms, frame: Frame, calendar: Calendar | None = None) -> Plan:
    """Return the plan that these terms make.

    Rungs already past become one reminder at once, under the name of the last of them and to the lowest role
    among them, or none where short notice is skipped; the others are left out. A rung at exactly `now` is not
    past. `calendar` counts business leads; it may be none where there are none.
    """
    placed = [(_instant(rung, terms, frame, calendar), rung.role) for rung in terms.ladder]
    placed.sort(key=lambda place: (place[0], CLIMB.index(place[1])))
    rungs = [Timer(name=f"rung-{number}", at=at, role=role) for number, (at, role) in enumerate(placed, 1)]
    past = [rung for rung in rungs if rung.at < frame.now]
    ahead = rungs[len(past) :]
    if past and terms.short_notice == "remind":
        lowest = min((rung.role for rung in past), key=CLIMB.index)
        last = past.pop()
        ahead.insert(0, Timer(name=last.name, at=frame.now, role=lowest, short_notice=True))
    return Plan((*ahead, due_timer(frame.told_due)), tuple(past))


def plan_late(terms: Terms, frame: Frame, calendar: Calendar | None) -> Plan:
    """Return the plan of what may be planned after its due: without a reminder once that has passed."""
    if frame.now > frame.due:
        terms = terms.model_copy(update={"short_notice": "skip"})
    return plan(terms, frame, calendar)


def _instant(rung: Rung, terms: Terms, frame: Frame, calendar: Calendar | None) -> datetime:
    at = _planned(rung, frame, calendar)
    return at if terms.quiet is None else out_of_quiet(at, terms.quiet, now=frame.now, due=frame.due)


def _planned(rung: Rung, frame: Frame, calendar: Calendar | None) -> datetime:
    if rung.share is not None:
        return frame.now + (frame.due - frame.now) * rung.share
    lead = rung.lead or timedelta(0)
    if rung.unit == "real":
        return frame.due - lead
    assert calendar is not None, "a business lead is counted on a calendar"
    return back(calendar, frame.due, lead)


def out_of_quiet(at: datetime, quiet: Quiet, *, now: datetime, due: datetime) -> datetime:
    """Return where a rung stands that is not to fall into quiet hours (rule 3).

    On the last minute before them; if that is past, at their end; if that is not before due, where it was.
    """
    wall = on_the_wall(at, quiet.zone)
    if not _within(quiet, wall):
        return at
    begins = wall.replace(hour=quiet.begins.hour, minute=quiet.begins.minute, second=0, microsecond=0)
    ends = wall.replace(hour=quiet.ends.hour, minute=quiet.ends.minute, second=0, microsecond=0)
    day = timedelta(days=1)
    before = resolve_wall_time(begins if begins <= wall else begins - day, quiet.zone).at - MINUTE
    if before >= now:
        return before
    end = resolve_wall_time(ends if ends > wall else ends + day, quiet.zone).at
    return end if end < due else at


def _within(quiet: Quiet, wall: datetime) -> bool:
    at = wall.time()
    if quiet.begins <= quiet.ends:
        return quiet.begins <= at < quiet.ends
    return at >= quiet.begins or at < quiet.ends
