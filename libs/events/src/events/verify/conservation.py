"""I24 and I13: no commitment is lost between its states, and each lapse is there once, where it belongs."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never
from uuid import UUID

from events.catalogue import (
    CommitmentKept,
    CommitmentLapsed,
    CommitmentReleased,
    CommitmentRescheduled,
    CommitmentWithdrawn,
    CustomerTold,
    Event,
    ExpectationSet,
    FollowUpPromised,
    VerdictCorrected,
)
from events.recorded import Recorded

from .finding import Finding, judged

ENDING = {
    "open": {"kept", "lapsed", "released", "withdrawn"},
    "lapsed": {"kept_late", "kept", "open", "withdrawn", "lapsed"},
    "kept": {"open", "lapsed", "kept"},
    "kept_late": {"kept", "open", "lapsed", "kept_late"},
    "released": set[str](),
    "withdrawn": set[str](),
}
"""Which state may follow which (commitment.md §2, §3); a correction may confirm a verdict."""

_Settling = (
    ExpectationSet
    | FollowUpPromised
    | CommitmentKept
    | CommitmentLapsed
    | CommitmentReleased
    | CommitmentWithdrawn
    | VerdictCorrected
)


@dataclass(slots=True)
class Life:
    """One commitment, read from its events alone: a second reading beside the decider's fold."""

    state: str
    told_due: datetime
    revision: int
    lapses: Counter[int] = field(default_factory=Counter)


def _state(event: _Settling, was: str) -> str:
    match event:
        case ExpectationSet() | FollowUpPromised():
            return "open"
        case CommitmentKept() | VerdictCorrected():
            return event.verdict
        case CommitmentLapsed():
            return "lapsed"
        case CommitmentReleased():
            return "lapsed" if was == "lapsed" else "released"  # no longer owed, but lapsed
        case CommitmentWithdrawn():
            return "withdrawn"
        case _:
            assert_never(event)


class Ledger:
    """Every commitment of a log, event by event."""

    def __init__(self) -> None:
        self.lives: dict[UUID, Life] = {}
        self.states: Counter[str] = Counter()
        self.made = 0
        self.events = 0
        self.broken: list[str] = []

    def read(self, recorded: Recorded[Event]) -> None:
        """Take the next event of the log, noting what it may not do."""
        event, place = recorded.event, f"{recorded.row.log}@{recorded.position}"
        self.events += 1
        match event:
            case ExpectationSet() | FollowUpPromised():
                self._make(event, place)
            case CommitmentRescheduled() | CustomerTold():
                self._move(event, place)
            case CommitmentKept() | CommitmentLapsed() | VerdictCorrected():
                self._settle(event, place)
            case CommitmentReleased() | CommitmentWithdrawn():
                self._settle(event, place)
            case _:
                return
        if self.made != self.states.total():
            self.broken.append(f"{place}: {self.made} made, but {self.states.total()} in some state")

    def _make(self, event: ExpectationSet | FollowUpPromised, place: str) -> None:
        if event.commitment in self.lives:
            self.broken.append(f"{place} makes commitment {event.commitment} a second time")
            return
        self.made += 1
        self.lives[event.commitment] = Life("open", event.due, event.revision)
        self.states["open"] += 1

    def _move(self, event: CommitmentRescheduled | CustomerTold, place: str) -> None:
        life = self.lives.get(event.commitment)
        if life is None or life.state != "open":
            self.broken.append(f"{place} moves commitment {event.commitment}, which is not open")
            return
        life.told_due, life.revision = event.told_due, event.revision

    def _settle(
        self,
        event: CommitmentKept
        | CommitmentLapsed
        | VerdictCorrected
        | CommitmentReleased
        | CommitmentWithdrawn,
        place: str,
    ) -> None:
        life = self.lives.get(event.commitment)
        was = "unknown" if life is None else life.state
        state = _state(event, was)
        if life is None or state not in ENDING[was]:
            self.broken.append(f"{place} takes commitment {event.commitment} from {was} to {state}")
            return
        if isinstance(event, CommitmentLapsed):
            life.lapses[event.revision] += 1
        if isinstance(event, VerdictCorrected):
            life.revision = event.revision
        self.states[life.state] -= 1
        self.states[state] += 1
        life.state = state


def conservation(ledger: Ledger) -> Finding:
    """I24: made = the sum of all states, at every position, by steps that may follow each other."""
    states = ", ".join(f"{count} {state}" for state, count in sorted(ledger.states.items()) if count)
    says = f"{ledger.made:,} made = {states or 'none'}, at each of {ledger.events:,} positions"
    return judged("I24", ledger.broken, says)


def lapse_truth(ledger: Ledger, now: datetime) -> Finding:
    """I13: what is past its told due has ended or lapsed, once per revision. `now` is the log's clock."""
    broken = [
        f"commitment {commitment} is still open although due {life.told_due.isoformat()} has passed"
        for commitment, life in ledger.lives.items()
        if life.state == "open" and life.told_due < now
    ]
    broken += [
        f"commitment {commitment} lapsed {times} times at revision {revision}"
        for commitment, life in ledger.lives.items()
        for revision, times in life.lapses.items()
        if times > 1
    ]
    lapses = sum(life.lapses.total() for life in ledger.lives.values())
    past = sum(life.told_due < now for life in ledger.lives.values())
    return judged("I13", broken, f"{past:,} commitments past due, {lapses:,} lapses")


def read(log: Iterable[Recorded[Event]]) -> Ledger:
    """Return the ledger after a whole log."""
    ledger = Ledger()
    for recorded in log:
        ledger.read(recorded)
    return ledger
