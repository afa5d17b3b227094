"""I24 and I13: no commitment is lost between its states, and each lapse is there once, where it belongs."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never
from uuid import UUID

from events.catalogue import (
    CommitmentDated,
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
    VerdictCorrected,
    WaitEnded,
    WaitingOnCustomer,
)
from events.recorded import Recorded

from .finding import Finding, judged

Moving = CommitmentRescheduled | CommitmentRecomputed | CustomerTold
"""What may move the due of what is open."""
Settling = CommitmentKept | CommitmentLapsed | CommitmentReleased | CommitmentWithdrawn | VerdictCorrected
"""What may change a commitment's state."""
PENDING = ("undated", "dormant", "open", "waiting")
STEPS: dict[type[Settling], set[tuple[str, str]]] = {
    CommitmentKept: {("open", "kept"), ("waiting", "kept"), ("lapsed", "kept_late")},
    CommitmentLapsed: {("open", "lapsed")},
    CommitmentReleased: {*((state, "released") for state in PENDING), ("lapsed", "lapsed")},
    CommitmentWithdrawn: {*((state, "withdrawn") for state in PENDING), ("lapsed", "withdrawn")},
    VerdictCorrected: {
        *(("lapsed", "kept"), ("lapsed", "open"), ("kept_late", "kept")),
        *(("kept", "open"), ("kept", "lapsed"), ("kept_late", "lapsed")),
    },
}
"""From which state into which an event may take a commitment (commitment.md §2, §3)."""


@dataclass(slots=True)
class Life:
    """One commitment, read from its events alone: a second reading beside the decider's fold."""

    state: str
    told_due: datetime | None
    place: str
    """Where the due that the customer knows was set, `cases@7`."""
    lapses: dict[int, str] = field(default_factory=dict)
    """Where it lapsed, by revision."""


def _state(event: Settling, was: str) -> str:
    match event:
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
        self.lapses = 0
        self.broken: list[str] = []
        """What no commitment may do."""
        self.untrue: list[str] = []
        """Lapses that are none."""

    def read(self, recorded: Recorded[Event]) -> None:
        """Take the next event of the log, noting what it may not do."""
        event, place = recorded.event, f"{recorded.row.log}@{recorded.position}"
        self.events += 1
        match event:
            case ExpectationSet() | FollowUpPromised():
                self._make(event, place)
            case CommitmentRescheduled() | CommitmentRecomputed() | CustomerTold():
                self._move(event, place)
            case CommitmentDated():
                self._step(event.commitment, place, ("undated", "dormant"), "open", event.due)
            case WaitingOnCustomer():
                for commitment in event.paused:
                    self._step(commitment, place, ("open", "waiting"), "waiting")
            case WaitEnded():
                for each in event.resumed:
                    self._step(each.commitment, place, ("waiting",), "open", each.due)
            case (
                CommitmentKept()
                | CommitmentLapsed()
                | VerdictCorrected()
                | CommitmentReleased()
                | CommitmentWithdrawn()
            ):
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
        state = "open" if event.due else "dormant" if event.condition else "undated"
        self.lives[event.commitment] = Life(state, event.due, place)
        self.states[state] += 1

    def _move(self, event: Moving, place: str) -> None:
        life = self.lives.get(event.commitment)
        if life is None or life.state != "open":
            self.broken.append(f"{place} moves commitment {event.commitment}, which is not open")
            return
        life.told_due = event.due if isinstance(event, CommitmentRecomputed) else event.told_due
        life.place = place

    def _step(
        self, commitment: UUID, place: str, before: tuple[str, ...], after: str, due: datetime | None = None
    ) -> None:
        life = self.lives.get(commitment)
        if life is None or life.state not in before:
            was = "unknown" if life is None else life.state
            self.broken.append(f"{place} takes commitment {commitment} from {was} to {after}")
            return
        self._enter(life, after)
        if due is not None:
            life.told_due, life.place = due, place

    def _enter(self, life: Life, state: str) -> None:
        self.states[life.state] -= 1
        self.states[state] += 1
        life.state = state

    def _settle(self, event: Settling, place: str) -> None:
        life = self.lives.get(event.commitment)
        was = "unknown" if life is None else life.state
        state = _state(event, was)
        if life is not None and isinstance(event, CommitmentLapsed):
            self._lapse(event, life, place)
        if life is None or (was, state) not in STEPS[type(event)]:
            self.broken.append(
                f"{place} ({type(event).__name__}) takes commitment {event.commitment} from {was} to {state}"
            )
            return
        self._enter(life, state)

    def _lapse(self, event: CommitmentLapsed, life: Life, place: str) -> None:
        self.lapses += 1
        first, what = life.lapses.setdefault(event.revision, place), f"{place} lapses commitment"
        if first != place:
            self.untrue.append(f"{what} {event.commitment} again at revision {event.revision}, after {first}")
        elif life.state != "open":
            self.untrue.append(f"{what} {event.commitment}, which was {life.state}")


def conservation(ledger: Ledger) -> Finding:
    """I24: made = the sum of all states, at every position, by steps that may follow each other."""
    states = ", ".join(f"{count} {state}" for state, count in sorted(ledger.states.items()) if count)
    says = f"{ledger.made:,} made = {states or 'none'}, at each of {ledger.events:,} positions"
    return judged("I24", ledger.broken, says)


def lapse_truth(ledger: Ledger, now: datetime) -> Finding:
    """I13: what is past its told due has ended or lapsed, once per revision. `now` is the log's clock."""
    dated = [(id_, life, life.told_due) for id_, life in ledger.lives.items() if life.told_due]
    past = [(id_, life, due) for id_, life, due in dated if due < now]
    late = [
        f"{life.place}: commitment {id_} is still open although due {due.isoformat()} has passed"
        for id_, life, due in past
        if life.state == "open"
    ]
    says = f"{len(past):,} commitments past due, {ledger.lapses:,} lapses"
    return judged("I13", ledger.untrue + late, says)


def read(log: Iterable[Recorded[Event]]) -> Ledger:
    """Return the ledger after a whole log."""
    ledger = Ledger()
    for recorded in log:
        ledger.read(recorded)
    return ledger
