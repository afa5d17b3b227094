"""I10 and I11: nobody is reminded of what is done, and nobody is told one thing twice."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from events.catalogue import (
    CommitmentKept,
    CommitmentReleased,
    CommitmentWithdrawn,
    Event,
    NotificationFailed,
    NotificationSent,
    NotificationSuppressed,
    VerdictCorrected,
)
from events.recorded import Recorded

from .finding import Finding, judged

UNDER_WAY = timedelta(minutes=1)
"""How long a message may be on its way when the end of what it is about is being read."""
REMINDERS = ("rung-", "review-", "limit", "owner_by")
"""How the notices begin that remind of what is still to be done."""
ONCE = (*REMINDERS, "lapsed")
Ends = dict[UUID, list[tuple[datetime, bool]]]
"""For each commitment, when it ended (true) and when it was open again (false)."""


def ends(cases: Iterable[Recorded[Event]]) -> Ends:
    """Return when commitments were done, let off or taken back, and when that was corrected."""
    found: defaultdict[UUID, list[tuple[datetime, bool]]] = defaultdict(list)
    for recorded in cases:
        match recorded.event:
            case CommitmentKept() | CommitmentReleased() | CommitmentWithdrawn() as event:
                found[event.commitment].append((recorded.recorded_at, True))
            case VerdictCorrected() as event:
                found[event.commitment].append((recorded.recorded_at, event.verdict != "open"))
            case _:
                continue
    return dict(found)


def quiet_after_the_end(
    notifications: Iterable[Recorded[Event]], ended: Ends, under_way: timedelta = UNDER_WAY
) -> Finding:
    """I10: no reminder goes out for what has ended, but one that was under way, or that could not ask."""
    broken: list[str] = []
    reminders = raced = 0
    for recorded in notifications:
        event, at = recorded.event, recorded.recorded_at
        if not isinstance(event, NotificationSent) or not event.notice.startswith(REMINDERS):
            continue
        reminders, raced = reminders + 1, raced + event.raced
        if _had_ended(ended.get(event.commitment, ()), at - under_way, at) and not event.unchecked:
            broken.append(
                f"{recorded.row.log}@{recorded.position}: {event.notice} of commitment {event.commitment} "
                f"was sent to {event.recipient} at {at.isoformat()}, after its end"
            )
    return judged("I10", broken, f"{reminders:,} reminders sent, {raced:,} of them raced with the end")


def _had_ended(changes: Iterable[tuple[datetime, bool]], before: datetime, now: datetime) -> bool:
    """Say whether it had ended before an instant, and was not open again by now."""
    ended = False
    for at, ends_it in changes:
        if not ends_it and at <= now:
            ended = False
        elif at < before:
            ended = True
    return ended


def told_once(notifications: Iterable[Recorded[Event]]) -> Finding:
    """I11: one outcome for each delivery, and one message for each step and recipient, whatever their roles.

    What lapsed, was kept after all and was not in the end, is a step of its own each time.
    """
    settled: dict[str, str] = {}
    sent: dict[tuple[object, ...], str] = {}
    broken: list[str] = []
    kinds: Counter[str] = Counter()
    for recorded in notifications:
        event = recorded.event
        if not isinstance(event, NotificationSent | NotificationFailed | NotificationSuppressed):
            continue
        kinds[recorded.row.type] += 1
        place = f"{recorded.row.log}@{recorded.position}"
        if recorded.entity in settled:
            broken.append(f"{place} settles the delivery again that {settled[recorded.entity]} settled")
        settled.setdefault(recorded.entity, place)
        if not isinstance(event, NotificationSent) or not event.notice.startswith(ONCE):
            continue
        cause = recorded.metadata.causation if event.notice == "lapsed" else None
        key = (event.commitment, event.revision, event.notice, event.recipient, cause)
        if key in sent:
            step = f"{event.notice} of commitment {event.commitment} revision {event.revision}"
            broken.append(f"{place} tells {event.recipient} of {step} again, after {sent[key]}")
        sent.setdefault(key, place)
    counts = ", ".join(f"{number:,} {kind}" for kind, number in sorted(kinds.items()))
    return judged("I11", broken, f"{len(settled):,} deliveries, each settled once ({counts or 'none yet'})")
