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
    CommitmentDated,
    CommitmentFellDue,
    CommitmentHandedOver,
    CommitmentKept,
    CommitmentLapsed,
    CommitmentRecomputed,
    CommitmentReleased,
    CommitmentRescheduled,
    CommitmentsMovedIn,
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
from events.catalogue.terms import CLIMB, Role
from events.catalogue.waits import Resumed
from events.clock import derived_id
from events.recorded import Recorded

Spoken = ReminderDue | CommitmentFellDue
"""What the scheduler says."""
DUE = "due"
"""The name of the timer that says that the due has passed."""
UNOWNED = "owner_by"
"""The name of the timer that says that still nobody has it."""
RUNG = "rung-"
"""How the names of rungs begin."""
KINDS = ("review", "limit", "rung", UNOWNED, DUE)
"""What timers are for, as they climb: where several have come, the highest speaks for all.

Where nobody has it, this yields to the one before it if that one calls a higher role.
"""
Plan = (
    ExpectationSet
    | FollowUpPromised
    | CommitmentDated
    | CommitmentRescheduled
    | CommitmentRecomputed
    | VerdictCorrected
    | Resumed
)
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
    due: datetime | None
    """The due that the customer knows; none: it has none yet."""
    cause: Cause
    role: Role = "owner"
    short_notice: bool = False
    moved: datetime | None = None
    """When it speaks instead: later where it is held, earlier where the one before it reached nobody."""
    failed: UUID | None = None
    """The notification that reached nobody, so that this is called early."""

    @property
    def held(self) -> bool:
        """Say whether somebody took note, so that this waits."""
        return self.moved is not None and self.failed is None

    @property
    def id(self) -> UUID:
        """What makes it fire once: it follows from commitment, revision, name and instant."""
        return firing_id(self.commitment, self.revision, self.name, self.planned)

    @property
    def fire_at(self) -> datetime | None:
        """When it speaks; none for a rung not before a due that the customer still counts on.

        One that would be held beyond its due, since the customer was told of an earlier one, is not held.
        """
        if self.name == DUE:
            return self.planned + FIRST_AFTER
        instants = (at for at in (self.moved, self.planned) if at is not None)
        return next((at for at in instants if self.due is None or at < self.due), None)


@dataclass(frozen=True, slots=True)
class Ladder:
    """What stands for one commitment: its revision, and its timers that have not fired."""

    commitment: UUID
    case: UUID
    revision: int
    timers: tuple[Held, ...] = ()
    ended: bool = False
    ack_timeout: timedelta = timedelta(0)
    """How long an acknowledgement holds it."""


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


def evolve(ladder: Ladder | None, recorded: Recorded[Event], commitment: UUID) -> Ladder | None:  # noqa: PLR0911 - one per event
    """Return what stands for a commitment after an event of its case.

    A higher revision replaces everything, a lower or equal one is ignored; `CustomerTold` sets `due` again;
    a wait stills all, an ending clears all. Events of no commitment change nothing.
    """
    match recorded.event:
        case ExpectationSet() | FollowUpPromised() | CommitmentRecomputed() as plan:
            return _replaced(ladder, recorded, plan, plan.terms.ack_timeout)
        case CommitmentDated() | CommitmentRescheduled() as plan:
            return _replaced(ladder, recorded, plan)
        case VerdictCorrected() as corrected:
            replaced = _replaced(ladder, recorded, corrected)
            return replaced if corrected.timers else _ended(replaced)
        case WaitingOnCustomer():
            return ladder and replace(ladder, timers=())
        case WaitEnded() as ended:
            resumed = next(each for each in ended.resumed if each.commitment == commitment)
            return _replaced(ladder, recorded, resumed)
        case CommitmentHandedOver():
            owned = (timer for timer in ladder.timers if timer.name != UNOWNED) if ladder else ()
            return ladder and replace(ladder, timers=tuple(owned))
        case CommitmentsMovedIn():
            return ladder and _in_case(ladder, UUID(recorded.entity))
        case CustomerTold() as told:
            return _told(ladder, recorded, told)
        case CommitmentKept() | CommitmentLapsed() | CommitmentReleased() | CommitmentWithdrawn():
            return _ended(ladder)
        case _:
            return ladder


def firings(passed: Iterable[Held], now: datetime) -> list[Firing]:
    """Return one firing per commitment for its timers whose instants are not after `now`.

    The highest rung speaks for those below it; once the due has passed, it speaks for all. That still nobody
    has it goes to a role: a rung or review that calls a higher one speaks for it.
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
    ladder: Ladder | None, recorded: Recorded[Event], plan: Plan, ack_timeout: timedelta | None = None
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
            due=due,
            cause=cause,
            role=timer.role,
            short_notice=timer.short_notice,
        )
        for timer in plan.timers
    )
    if ack_timeout is None:
        ack_timeout = ladder.ack_timeout if ladder else timedelta(0)
    return Ladder(plan.commitment, case, plan.revision, timers, ack_timeout=ack_timeout)


def _told(ladder: Ladder | None, recorded: Recorded[Event], told: CustomerTold) -> Ladder | None:
    if ladder is None or ladder.ended or told.revision != ladder.revision:
        return ladder
    due = told.told_due
    rungs = (replace(timer, due=due) for timer in ladder.timers if timer.name != DUE)
    timer = Held(ladder.commitment, ladder.case, ladder.revision, DUE, due, due, _cause(recorded))
    return replace(ladder, timers=(*rungs, timer))


def _in_case(ladder: Ladder, case: UUID) -> Ladder:
    """Return the ladder of a commitment that goes on in another case, as it stands."""
    return replace(ladder, case=case, timers=tuple(replace(timer, case=case) for timer in ladder.timers))


def _ended(ladder: Ladder | None) -> Ladder | None:
    return ladder and replace(ladder, timers=(), ended=True)


def _cause(recorded: Recorded[Event]) -> Cause:
    return Cause(recorded.id, recorded.metadata.correlation, recorded.metadata.traceparent)


def _place(timer: Held) -> tuple[UUID, int, int, datetime]:
    """Order the timers of a commitment as they climb: reviews, rungs by number, nobody has it, `due`."""
    kind = timer.name.partition("-")[0]
    return timer.commitment, KINDS.index(kind), number(timer.name), timer.planned


def number(name: str) -> int:
    """Return which of its kind a timer is, by its name; 0 where there is but one."""
    last = name.rpartition("-")[2]
    return int(last) if last.isdecimal() else 0


def _firing(timers: tuple[Held, ...], now: datetime) -> Firing:
    *below, top = timers
    if top.name == UNOWNED and below and CLIMB.index(below[-1].role) > CLIMB.index(top.role):
        below[-1], top = top, below[-1]
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
            held=top.held,
            failed=top.failed,
        )
    return Firing(top.id, event, tuple(timer.id for timer in timers), top.cause)


def _settled(event: Spoken) -> UUID:
    if isinstance(event, ReminderDue):
        return firing_id(event.commitment, event.revision, event.rung, event.planned)
    return firing_id(event.commitment, event.revision, DUE, event.due)
