"""What the ledger says in the end, counted from the events of the four logs and from nothing else."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from events.catalogue import (
    CaseClosed,
    CommitmentKept,
    CommitmentLapsed,
    CommitmentReleased,
    CommitmentWithdrawn,
    ContactMade,
    ContactReceived,
    Event,
    ExpectationSet,
    FollowUpPromised,
    NotificationSent,
    ReminderDue,
    VerdictCorrected,
)
from events.recorded import Recorded

LATE = timedelta(seconds=1)
"""A reminder is late that was said longer than this after its planned instant."""

State = Literal["open", "kept", "kept_late", "lapsed", "released", "withdrawn"]


@dataclass(slots=True)
class Fate:
    """What became of one promise."""

    state: State = "open"
    lapsed: bool = False
    kept_at: datetime | None = None
    """When it was recorded that it is kept."""


@dataclass(slots=True)
class Ledger:
    """All that the figures need, gathered event by event, the logs in any order."""

    types: Counter[str] = field(default_factory=Counter)
    contacts: int = 0
    """In both directions."""
    promises: dict[UUID, Fate] = field(default_factory=dict)
    reminders: list[tuple[datetime, ReminderDue]] = field(default_factory=list)
    deliveries: set[str] = field(default_factory=set)
    letters: set[str] = field(default_factory=set)
    """One for each delivery by mail, or for several that went in one."""
    corrected: set[str] = field(default_factory=set)
    """Streams of the cases in which a stated order of times was corrected."""

    def add(self, recorded: Recorded[Event]) -> None:
        """Take one event in."""
        event = recorded.event
        self.types[recorded.row.type] += 1
        match event:
            case ContactReceived() | ContactMade():
                self.contacts += 1
            case ReminderDue():
                self.reminders.append((recorded.recorded_at, event))
            case NotificationSent():
                self.deliveries.add(recorded.stream)
                if event.means == "email":
                    self.letters.add(str(event.digest or recorded.stream))
            case CaseClosed() | CommitmentKept() | VerdictCorrected() if event.order_corrected:
                self.corrected.add(recorded.stream)
            case _:
                pass
        self._judge(event, recorded.recorded_at)

    def _judge(self, event: Event, at: datetime) -> None:
        match event:
            case ExpectationSet() | FollowUpPromised():
                self.promises[event.commitment] = Fate()
            case CommitmentKept():
                fate = self.promises[event.commitment]
                fate.state, fate.kept_at = event.verdict, at
            case CommitmentLapsed():
                fate = self.promises[event.commitment]
                fate.state, fate.lapsed = "lapsed", True
            case VerdictCorrected():
                self._correct(self.promises[event.commitment], event, at)
            case CommitmentReleased() if not self.promises[event.commitment].lapsed:
                self.promises[event.commitment].state = "released"
            case CommitmentWithdrawn():
                self.promises[event.commitment].state = "withdrawn"
            case _:
                pass

    @staticmethod
    def _correct(fate: Fate, event: VerdictCorrected, at: datetime) -> None:
        fate.state = event.verdict
        fate.lapsed = event.verdict in {"lapsed", "kept_late"}
        fate.kept_at = at if event.verdict in {"kept", "kept_late"} else None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a report, in its words."""

    contacts: int
    promises: int
    kept: int
    lapsed: int
    kept_late: int
    open: int
    order_corrected: int
    reminders: int
    reminders_late: int
    reminders_after_due: int
    reminders_for_kept: int
    duplicate_reminders: int
    deliveries: int
    events_by_type: dict[str, int]
    letters: int
    """How many letters the notifications went in: not in the report, since the mailbox is counted."""
    reminders_early: int
    """Said before their planned instant: not in the report, since there may be none."""

    def faults(self) -> list[str]:
        """Name what a ledger must never show."""
        never = ("reminders_early", "reminders_after_due", "reminders_for_kept", "duplicate_reminders")
        return [f"{name}: {getattr(self, name)} instead of 0" for name in never if getattr(self, name)]


def count(ledger: Ledger) -> Figures:
    """Return the figures of a ledger."""
    states = Counter(fate.state for fate in ledger.promises.values())
    rungs = Counter((said.commitment, said.revision, said.rung) for _, said in ledger.reminders)
    return Figures(
        contacts=ledger.contacts,
        promises=len(ledger.promises),
        kept=states["kept"],
        lapsed=sum(fate.lapsed for fate in ledger.promises.values()),
        kept_late=states["kept_late"],
        open=states["open"],
        order_corrected=len(ledger.corrected),
        reminders=len(ledger.reminders),
        reminders_late=sum(at - said.planned > LATE for at, said in ledger.reminders),
        reminders_after_due=sum(said.due is not None and at >= said.due for at, said in ledger.reminders),
        reminders_for_kept=sum(_kept_before(ledger, at, said) for at, said in ledger.reminders),
        duplicate_reminders=sum(times - 1 for times in rungs.values()),
        deliveries=len(ledger.deliveries),
        events_by_type=dict(sorted(ledger.types.items())),
        letters=len(ledger.letters),
        reminders_early=sum(at < said.planned and not said.failed for at, said in ledger.reminders),
    )


def gather(records: Iterable[Recorded[Event]]) -> Ledger:
    """Return the ledger of these events."""
    ledger = Ledger()
    for recorded in records:
        ledger.add(recorded)
    return ledger


def _kept_before(ledger: Ledger, at: datetime, said: ReminderDue) -> bool:
    """Say whether it was kept already; at one instant, what comes in goes before what timers say."""
    kept_at = ledger.promises[said.commitment].kept_at
    return kept_at is not None and kept_at <= at
