"""I9: nothing speaks before its time, and what speaks late says how late."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from events.catalogue import (
    CommitmentFellDue,
    CommitmentRecomputed,
    Event,
    ExpectationSet,
    FollowUpPromised,
    NotificationAcknowledged,
    NotificationFailed,
    ReminderDue,
)
from events.recorded import Recorded

from .finding import Finding, judged

FIRST_AFTER = timedelta(microseconds=1)
"""Done exactly at due is kept: the due speaks at the first microsecond after it."""
SLACK = timedelta(seconds=2)
"""How long after it looked at the clock the scheduler may record what speaks."""


class Moved:
    """When reminders spoke that did not speak as planned: where one was held, or reached nobody."""

    def __init__(self, cases: Iterable[Recorded[Event]], notifications: Iterable[Recorded[Event]]) -> None:
        windows = _windows(cases)
        self.held: defaultdict[tuple[UUID, int], set[datetime]] = defaultdict(set)
        """The ends of the windows, by commitment and revision."""
        self.failed: dict[UUID, datetime] = {}
        """When it was known that a notification reached nobody."""
        for recorded in notifications:
            match recorded.event:
                case NotificationAcknowledged() as event:
                    until = _until(event, recorded.recorded_at, windows.get(event.commitment, set()))
                    self.held[event.commitment, event.revision] |= until
                case NotificationFailed():
                    self.failed[UUID(recorded.entity)] = recorded.recorded_at
                case _:
                    continue

    def instants(self, event: ReminderDue) -> set[datetime]:
        """Return the instants at which a reminder may have had to speak."""
        held = self.held.get((event.commitment, event.revision), set())
        if event.failed is not None:
            return held | {at for at in [self.failed.get(event.failed)] if at}
        return held if event.held else {event.planned}


def _windows(cases: Iterable[Recorded[Event]]) -> defaultdict[UUID, set[timedelta]]:
    """Return how long an acknowledgement may hold the reminders of each commitment."""
    windows: defaultdict[UUID, set[timedelta]] = defaultdict(set)
    for recorded in cases:
        match recorded.event:
            case ExpectationSet() | FollowUpPromised() | CommitmentRecomputed() as event:
                windows[event.commitment].add(event.terms.ack_timeout)
            case _:
                continue
    return windows


def _until(event: NotificationAcknowledged, at: datetime, windows: Iterable[timedelta]) -> set[datetime]:
    if event.due is None:
        return {at + window for window in windows}
    return {at + min(window, (event.due - at) / 2) for window in windows}


def punctuality(reminders: Iterable[Recorded[Event]], moved: Moved, slack: timedelta = SLACK) -> Finding:
    """I9: whatever spoke did so at its instant, or later by exactly its lateness; none after its due."""
    broken: list[str] = []
    spoken = late = 0
    for recorded in reminders:
        match recorded.event:
            case ReminderDue() as event:
                instants, said = moved.instants(event), f"{event.rung} of commitment {event.commitment}"
            case CommitmentFellDue() as event:
                instants, said = {event.due + FIRST_AFTER}, f"the due of commitment {event.commitment}"
            case _:
                continue
        spoken, late = spoken + 1, late + (event.lateness > timedelta(0))
        if (wrong := _wrong(event, recorded.recorded_at, instants, slack)) is not None:
            broken.append(f"{recorded.row.log}@{recorded.position}: {said} {wrong}")
    return judged("I9", broken, f"{spoken:,} in time, {late:,} of them late by what they say")


def _wrong(
    event: ReminderDue | CommitmentFellDue, at: datetime, instants: set[datetime], slack: timedelta
) -> str | None:
    """Return what is wrong with when it spoke, or none."""
    if event.lateness < timedelta(0):
        return f"says a lateness below zero, {event.lateness}"
    if isinstance(event, ReminderDue):
        if event.due is not None and at > event.due:
            return f"spoke at {at.isoformat()}, after its due {event.due.isoformat()}"
        if event.failed is None and at < event.planned:
            return f"spoke at {at.isoformat()}, before its planned {event.planned.isoformat()}"
    if not any(timedelta(0) <= at - event.lateness - instant <= slack for instant in instants):
        due = ", ".join(sorted(instant.isoformat() for instant in instants)) or "no instant that is known"
        return f"spoke at {at.isoformat()} and says it is {event.lateness} late; it had to at {due}"
    return None
