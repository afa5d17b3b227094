"""The timers held for a commitment, and what is said when their instants have come.

The case plans every timer as an instant; nothing is computed here but which of them stand, and which of those
that have passed speaks for the others (commitment.md §4).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
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
from events.catalogue.terms import Role
from events.clock import derived_id
from events.recorded import Recorded

Spoken = ReminderDue | CommitmentFellDue
"""What the scheduler says."""
DUE = "due"
"""The name of the timer that says that the due has passed; every other one is a rung."""
FIRST_AFTER = timedelta(microseconds=1)
"""Done exactly at due is kept, so the due has passed from the next microsecond on."""


@dataclass(frozen=True, slots=True)
class Cause:
    """The event that set a timer, its chain of commands, and its span."""

    event: UUID
    correlation: UUID
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """One timer that stands."""

    commitment: UUID
    case: UUID
    revision: int
    name: str
    planned: datetime
    due: datetime
    """The due that the customer knows."""
    cause: Cause
    role: Role = "owner"
    short_notice: bool = False

    @property
    def id(self) -> UUID:
        """What makes it fire once: it follows from commitment, revision, name and instant."""
        return firing_id(self.commitment, self.revision, self.name, self.planned)

    @property
    def fire_at(self) -> datetime | None:
        """When it speaks; none for a rung not before a due that the customer still counts on."""
        if self.name == DUE:
            return self.planned + FIRST_AFTER
        return self.planned if self.planned < self.due else None


@dataclass(frozen=True, slots=True)
class Ladder:
    """What stands for one commitment: its revision, and its timers that have not fired."""

    commitment: UUID
    case: UUID
    revision: int
    timers: tuple[Held, ...] = ()
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Firing:
    """One event for the timers of a commitment that have passed; `id` is its command's id."""

    id: UUID
    event: Spoken
    timers: tuple[UUID, ...]
    """Every timer that this settles: the one that speaks, and those it stands for."""
    cause: Cause


def firing_id(commitment: UUID, revision: int, name: str, planned: datetime) -> UUID:
    """Return the command id of the firing of this timer, the same whoever fires it."""
    return derived_id(commitment, revision, name, planned.astimezone(UTC).isoformat())


def evolve(ladder: Ladder | None, recorded: Recorded[Event]) -> Ladder | None:
    """Return what stands for a commitment after an event of its case.

    A higher revision replaces everything, a lower or equal one is ignored; `CustomerTold` sets `due` again;
    an ending clears all. Events of no commitment change nothing.
    """
    match recorded.event:
        case ExpectationSet() | FollowUpPromised() as made:
            return _replaced(ladder, recorded, made)
        case CommitmentRescheduled() as moved:
            return _replaced(ladder, recorded, moved)
        case VerdictCorrected() as corrected:
            replaced = _replaced(ladder, recorded, corrected)
            return replaced if corrected.timers else _ended(replaced)
        case CustomerTold() as told:
            return _told(ladder, recorded, told)
        case CommitmentKept() | CommitmentLapsed() | CommitmentReleased() | CommitmentWithdrawn():
            return _ended(ladder)
        case _:
            return ladder


def commitment_of(event: Event) -> UUID | None:
    """Return the commitment that an event speaks of, or none."""
    commitment: UUID | None = getattr(event, "commitment", None)
    return commitment


def firings(passed: Iterable[Held], now: datetime) -> list[Firing]:
    """Return one firing per commitment for its timers whose instants are not after `now`.

    The highest rung speaks for those below it; once the due has passed, it speaks for all.
    """
    ladders = groupby(sorted(passed, key=_place), key=lambda timer: timer.commitment)
    return [_firing(tuple(timers), now) for _, timers in ladders]


def unfired(ladder: Ladder, said: Iterable[Spoken]) -> Ladder:
    """Return the ladder without the timers that what was said of its commitment fired or skipped."""
    events = [event for event in said if event.revision == ladder.revision]
    fired = {_settled(event) for event in events}
    skipped = {name for event in events for name in event.skipped}
    left = (timer for timer in ladder.timers if timer.id not in fired and timer.name not in skipped)
    return replace(ladder, timers=tuple(left))


def _replaced(
    ladder: Ladder | None,
    recorded: Recorded[Event],
    plan: ExpectationSet | FollowUpPromised | CommitmentRescheduled | VerdictCorrected,
) -> Ladder | None:
    if ladder is not None and plan.revision <= ladder.revision:
        return ladder
    case, cause = UUID(recorded.entity), _cause(recorded)
    due = next((timer.at for timer in plan.timers if timer.name == DUE), None)
    timers = tuple(
        Held(
            commitment=plan.commitment,
            case=case,
            revision=plan.revision,
            name=timer.name,
            planned=timer.at,
            due=due or timer.at,
            cause=cause,
            role=timer.role,
            short_notice=timer.short_notice,
        )
        for timer in plan.timers
    )
    return Ladder(plan.commitment, case, plan.revision, timers)


def _told(ladder: Ladder | None, recorded: Recorded[Event], told: CustomerTold) -> Ladder | None:
    if ladder is None or ladder.ended or told.revision != ladder.revision:
        return ladder
    due = told.told_due
    rungs = (replace(timer, due=due) for timer in ladder.timers if timer.name != DUE)
    timer = Held(ladder.commitment, ladder.case, ladder.revision, DUE, due, due, _cause(recorded))
    return replace(ladder, timers=(*rungs, timer))


def _ended(ladder: Ladder | None) -> Ladder | None:
    return ladder and replace(ladder, timers=(), ended=True)


def _cause(recorded: Recorded[Event]) -> Cause:
    return Cause(recorded.id, recorded.metadata.correlation, recorded.metadata.traceparent)


def _place(timer: Held) -> tuple[UUID, bool, int, datetime]:
    """Order the timers of a commitment as they climb: rungs by number, `due` above all."""
    number = timer.name.rpartition("-")[2]
    rung = int(number) if number.isdecimal() else 0
    return timer.commitment, timer.name == DUE, rung, timer.planned


def _firing(timers: tuple[Held, ...], now: datetime) -> Firing:
    *below, top = timers
    lateness = max(now - (top.fire_at or now), timedelta(0))
    skipped = tuple(timer.name for timer in below)
    event: Spoken
    if top.name == DUE:
        event = CommitmentFellDue(
            commitment=top.commitment,
            case=top.case,
            revision=top.revision,
            due=top.planned,
            lateness=lateness,
            skipped=skipped,
        )
    else:
        event = ReminderDue(
            commitment=top.commitment,
            case=top.case,
            revision=top.revision,
            rung=top.name,
            role=top.role,
            planned=top.planned,
            due=top.due,
            lateness=lateness,
            skipped=skipped,
            short_notice=top.short_notice,
        )
    return Firing(top.id, event, tuple(timer.id for timer in timers), top.cause)


def _settled(event: Spoken) -> UUID:
    if isinstance(event, ReminderDue):
        return firing_id(event.commitment, event.revision, event.rung, event.planned)
    return firing_id(event.commitment, event.revision, DUE, event.due)
