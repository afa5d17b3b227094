"""I14: only domain time decides, and it never goes back."""

from collections.abc import Iterable
from datetime import datetime

from events.catalogue import (
    CommitmentAttempted,
    CommitmentFellDue,
    CommitmentKept,
    CommitmentPartlyKept,
    Event,
    VerdictCorrected,
)
from events.recorded import Recorded

from .finding import Finding, judged

Done = CommitmentKept | CommitmentAttempted | CommitmentPartlyKept | VerdictCorrected
"""What states when something was done."""


def domain_time(log: Iterable[Recorded[Event]]) -> Finding:
    """I14: events are recorded in the order of time, no due passes early, nothing is done in the future."""
    broken: list[str] = []
    last: datetime | None = None
    events, dues, name = 0, 0, "the log"
    for recorded in log:
        at, name, place = recorded.recorded_at, recorded.row.log, f"{recorded.row.log}@{recorded.position}"
        events += 1
        if last is not None and at < last:
            broken.append(f"{place} was recorded at {at.isoformat()}, before the event in front of it")
        last = at
        match recorded.event:
            case CommitmentFellDue(due=due, commitment=id_):
                dues += 1
                if at <= due:
                    broken.append(f"{place}: commitment {id_} falls due at {at.isoformat()}, not after it")
            case (
                CommitmentKept() | CommitmentAttempted() | CommitmentPartlyKept() | VerdictCorrected() as done
            ):
                if done.at > at:
                    broken.append(f"{place}: commitment {done.commitment} has a fact in the future")
            case _:
                continue
    return judged(
        "I14", broken, f"{name}: {events:,} events in the order of their time, {dues:,} dues passed"
    )
