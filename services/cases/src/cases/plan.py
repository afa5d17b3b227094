"""The plan of a commitment: its rungs and its due as instants (commitment.md §4.1, 2, 4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.catalogue.commitments import ShortNotice, Timer


@dataclass(frozen=True, slots=True)
class Plan:
    """Every timer from now on, and the rungs that have none of their own."""

    timers: tuple[Timer, ...]
    left_out: tuple[Timer, ...] = ()


def ladder(leads: Iterable[timedelta]) -> tuple[timedelta, ...]:
    """Return leads as a ladder: the longest first, each once."""
    return tuple(sorted(set(leads), reverse=True))


def due_timer(told_due: datetime) -> Timer:
    """Return the timer of the due that the customer knows."""
    return Timer(name="due", at=told_due)


def plan(
    leads: tuple[timedelta, ...],
    *,
    due: datetime,
    told_due: datetime,
    now: datetime,
    short_notice: ShortNotice,
) -> Plan:
    """Return the plan for a ladder counted back from `due`, made at `now`.

    Rungs already past become one reminder at once, under the name of the last of them, or none where short
    notice is skipped; the others are left out. A rung at exactly `now` is not past.
    """
    rungs = [Timer(name=f"rung-{number}", at=due - lead) for number, lead in enumerate(leads, 1)]
    past = [rung for rung in rungs if rung.at < now]
    ahead = rungs[len(past) :]
    if past and short_notice == "remind":
        lowest = past[0].role
        last = past.pop()
        ahead.insert(0, Timer(name=last.name, at=now, role=lowest, short_notice=True))
    return Plan((*ahead, due_timer(told_due)), tuple(past))
