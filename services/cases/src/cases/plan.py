"""The plan of a commitment: its rungs and its due as instants (commitment.md §4.1 to 4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.catalogue.terms import CLIMB, Quiet, Rung, Terms, Timer
from events.errors import Invalid
from worktime import Calendar, HorizonPassed, back, on_the_wall, resolve_wall_time

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
    past; once the due has come, there is no reminder. `calendar` counts business leads; it may be none where
    there are none. Raises Invalid where it has too little open time for a lead.
    """
    rungs = _rungs(terms, frame, calendar)
    past = [rung for rung in rungs if rung.at < frame.now]
    ahead = rungs[len(past) :]
    if past and terms.short_notice == "remind" and frame.now < frame.due:
        lowest = min((rung.role for rung in past), key=CLIMB.index)
        last = past.pop()
        at = _out_of_quiet(frame.now, terms, frame)
        ahead.insert(0, Timer(name=last.name, at=at, role=lowest, short_notice=True))
    return Plan((*ahead, due_timer(frame.told_due)), tuple(past))


def until_owned(waits: timedelta | None, now: datetime, due: datetime | None) -> tuple[Timer, ...]:
    """Return the timer by which somebody must have taken what nobody owns: before half the time is over."""
    if waits is None:
        return ()
    at = now + waits if due is None or due <= now else min(now + waits, now + (due - now) / 2)
    return (Timer(name="owner_by", at=at, role="team"),)


def _rungs(terms: Terms, frame: Frame, calendar: Calendar | None) -> list[Timer]:
    """Return the rungs as they climb; quiet hours move them, but none before a lower one."""
    placed = [(_planned(rung, frame, calendar), rung.role) for rung in terms.ladder]
    placed.sort(key=lambda place: (place[0], CLIMB.index(place[1])))
    rungs = list[Timer]()
    for number, (at, role) in enumerate(placed, 1):
        moved = _out_of_quiet(at, terms, frame)
        never_before = max(moved, rungs[-1].at) if rungs else moved
        rungs.append(Timer(name=f"rung-{number}", at=never_before, role=role))
    return rungs


def _out_of_quiet(at: datetime, terms: Terms, frame: Frame) -> datetime:
    return at if terms.quiet is None else out_of_quiet(at, terms.quiet, now=frame.now, due=frame.due)


def _planned(rung: Rung, frame: Frame, calendar: Calendar | None) -> datetime:
    if rung.share is not None:
        return frame.now + (frame.due - frame.now) * rung.share
    lead = rung.lead or timedelta(0)
    if rung.unit == "real":
        return frame.due - lead
    assert calendar is not None, "a business lead is counted on a calendar"
    try:
        return back(calendar, frame.due, lead)
    except HorizonPassed as error:
        raise Invalid(field="reminders", reason=str(error)) from error


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
