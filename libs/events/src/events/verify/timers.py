"""I8: every timer of a commitment's last plan is pending, has spoken, or was skipped by a later one."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from events.catalogue import (
    CommitmentDated,
    CommitmentFellDue,
    CommitmentHandedOver,
    CommitmentKept,
    CommitmentLapsed,
    CommitmentRecomputed,
    CommitmentReleased,
    CommitmentRescheduled,
    CommitmentWithdrawn,
    CustomerTold,
    Event,
    ExpectationSet,
    FollowUpPromised,
    ReminderDue,
    VerdictCorrected,
    WaitEnded,
    WaitingOnCustomer,
)
from events.catalogue.waits import Resumed
from events.recorded import Recorded

from .finding import Finding, judged

Name = tuple[UUID, int, str, datetime | None]
"""A timer: commitment, revision, name; and its instant where it is the due, which a telling may move."""
DUE = "due"
UNOWNED = "owner_by"
Planning = (
    ExpectationSet
    | FollowUpPromised
    | CommitmentDated
    | CommitmentRescheduled
    | CommitmentRecomputed
    | VerdictCorrected
    | CustomerTold
    | Resumed
)
Plan = dict[Name, int]
"""Timers, each with the position in `cases` of the event that planned it."""


def planned(cases: Iterable[Recorded[Event]]) -> Plan:
    """Return the timers that the last plan of each commitment that is still open names."""
    plans: dict[UUID, Plan] = {}
    for recorded in cases:
        match recorded.event:
            case (
                ExpectationSet()
                | FollowUpPromised()
                | CommitmentDated()
                | CommitmentRescheduled()
                | CommitmentRecomputed()
                | VerdictCorrected() as event
            ):
                plans[event.commitment] = _plan(event, recorded.position)
            case WaitingOnCustomer() as event:
                plans |= {commitment: {} for commitment in event.paused}
            case WaitEnded() as event:
                plans |= {each.commitment: _plan(each, recorded.position) for each in event.resumed}
            case CommitmentHandedOver() as event:
                plan = plans.get(event.commitment, {})
                plans[event.commitment] = {name: at for name, at in plan.items() if name[2] != UNOWNED}
            case CustomerTold() as event:
                plan = plans.get(event.commitment, {})
                rungs = {name: at for name, at in plan.items() if name[2] != DUE}
                plans[event.commitment] = rungs | _plan(event, recorded.position)
            case (
                CommitmentKept() | CommitmentLapsed() | CommitmentReleased() | CommitmentWithdrawn() as event
            ):
                plans.pop(event.commitment, None)
            case _:
                continue
    return {name: position for plan in plans.values() for name, position in plan.items()}


def _plan(event: Planning, position: int) -> Plan:
    return {
        timer_name(event.commitment, event.revision, timer.name, timer.at): position for timer in event.timers
    }


def timer_name(commitment: UUID, revision: int, name: str, at: datetime) -> Name:
    """Return what tells a timer from every other."""
    return commitment, revision, name, at if name == DUE else None


def spoken(reminders: Iterable[Recorded[Event]]) -> set[Name]:
    """Return the timers that fired, or that a later one stood for."""
    done: set[Name] = set()
    for recorded in reminders:
        match recorded.event:
            case ReminderDue() as event:
                top, at = event.rung, event.planned
            case CommitmentFellDue() as event:
                top, at = DUE, event.due
            case _:
                continue
        done |= {timer_name(event.commitment, event.revision, name, at) for name in (top, *event.skipped)}
    return done


def completeness(plan: Mapping[Name, int], done: set[Name], pending: Iterable[Name]) -> Finding:
    """I8, from what is planned, what has spoken, and the rows that are pending."""
    rows = Counter(pending)
    silent = sorted(plan.keys() - done - rows.keys())
    broken = [f"{_said(name)} of cases@{plan[name]} has neither a row nor spoken" for name in silent]
    broken += [f"{_said(name)} is pending but belongs to no open plan" for name in sorted(rows.keys() - plan)]
    broken += [
        f"{_said(name)} of cases@{plan[name]} is pending although it has spoken"
        for name in sorted(rows.keys() & plan & done)
    ]
    broken += [f"{_said(name)} has {number} rows" for name, number in sorted(rows.items()) if number > 1]
    counts = (
        f"{len(plan):,} timers of open commitments: {len(rows):,} pending, {len(plan.keys() & done):,} spoken"
    )
    return judged("I8", broken, counts)


def _said(name: Name) -> str:
    commitment, revision, timer, _ = name
    return f"{timer} of commitment {commitment} revision {revision}"
