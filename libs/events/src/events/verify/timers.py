"""I8: every timer of a commitment's last plan is pending, has spoken, or was skipped by a later one."""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from events.catalogue import (
    CommitmentFellDue,
    CommitmentKept,
    CommitmentLapsed,
    CommitmentReleased,
    CommitmentRescheduled,
    CommitmentWithdrawn,
    CustomerTold,
    Event,
    ExpectationSet,
    FollowUpPromised,
    ReminderDue,
    VerdictCorrected,
)
from events.recorded import Recorded

from .finding import Finding, judged

Name = tuple[UUID, int, str]
"""A timer: commitment, revision, name."""


def planned(cases: Iterable[Recorded[Event]]) -> set[Name]:
    """Return the timers that the last plan of each commitment that is still open names."""
    plans: dict[UUID, set[Name]] = {}
    for recorded in cases:
        match recorded.event:
            case (
                ExpectationSet() | FollowUpPromised() | CommitmentRescheduled() | VerdictCorrected() as event
            ):
                plans[event.commitment] = {
                    (event.commitment, event.revision, timer.name) for timer in event.timers
                }
            case CustomerTold() as event:
                plans[event.commitment] |= {
                    (event.commitment, event.revision, timer.name) for timer in event.timers
                }
            case (
                CommitmentKept() | CommitmentLapsed() | CommitmentReleased() | CommitmentWithdrawn() as event
            ):
                plans.pop(event.commitment, None)
            case _:
                continue
    return set[Name]().union(*plans.values())


def spoken(reminders: Iterable[Recorded[Event]]) -> set[Name]:
    """Return the timers that fired, or that a later one stood for."""
    done: set[Name] = set()
    for recorded in reminders:
        match recorded.event:
            case ReminderDue() as event:
                names = (event.rung, *event.skipped)
            case CommitmentFellDue() as event:
                names = ("due", *event.skipped)
            case _:
                continue
        done |= {(event.commitment, event.revision, name) for name in names}
    return done


def completeness(plan: set[Name], done: set[Name], pending: Iterable[Name]) -> Finding:
    """I8, from what is planned, what has spoken, and the rows that are pending."""
    rows = Counter(pending)
    broken = [f"{_said(name)} has neither a row nor spoken" for name in sorted(plan - done - rows.keys())]
    broken += [f"{_said(name)} is pending but belongs to no open plan" for name in sorted(rows.keys() - plan)]
    broken += [
        f"{_said(name)} is pending although it has spoken" for name in sorted(rows.keys() & plan & done)
    ]
    broken += [f"{_said(name)} has {number} rows" for name, number in sorted(rows.items()) if number > 1]
    counts = f"{len(plan):,} timers of open commitments: {len(rows):,} pending, {len(plan & done):,} spoken"
    return judged("I8", broken, counts)


def _said(name: Name) -> str:
    commitment, revision, timer = name
    return f"{timer} of commitment {commitment} revision {revision}"
