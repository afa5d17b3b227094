"""The ledger told in words: one line for each thing that a reader cares about, in the customer's own time."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from events.catalogue import (
    CaseClosed,
    CaseOpened,
    CommitmentAgreed,
    CommitmentAttempted,
    CommitmentDeclined,
    CommitmentHandedOver,
    CommitmentKept,
    CommitmentLapsed,
    CommitmentReleased,
    CommitmentRescheduled,
    CommitmentWithdrawn,
    ContactMade,
    ContactReceived,
    CustomerRegistered,
    CustomerTold,
    Event,
    ExpectationSet,
    FollowUpPromised,
    ReminderDue,
    ResolutionConfirmed,
    ResolutionProposed,
    ResolutionRejected,
    VerdictCorrected,
)
from events.recorded import Recorded
from worktime import on_the_wall, zone

Mood = Literal["plain", "promise", "good", "bad", "reminder"]
COMES = {"call": "calls", "visit": "comes by", "chat": "chats", "social": "posts"}
GOES = {"call": "calls", "visit": "visits", "chat": "chats with"}
MISSED = {"not_reached": " (nobody answers)", "message_left": " (a message is left)"}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened."""

    at: datetime
    zone: str
    """The customer's."""
    case: UUID
    text: str
    mood: Mood = "plain"

    def written(self) -> str:
        """Return the line with its time on the customer's wall."""
        offset = self.at.astimezone(zone(self.zone)).strftime("%z")
        return f"{on_the_wall(self.at, self.zone):%a %d %b %H:%M} {offset[:3]}  {self.text}"


@dataclass(slots=True)
class _Made:
    case: UUID
    owner: str
    words: str


@dataclass
class Teller:
    """Tells events in the order of time; knows who is who from what it has told."""

    customers: dict[UUID, CustomerRegistered] = field(default_factory=dict)
    cases: dict[UUID, UUID] = field(default_factory=dict)
    """The customer of each case."""
    promises: dict[UUID, _Made] = field(default_factory=dict)

    def tell(self, recorded: Recorded[Event]) -> Line | None:
        """Return the line of an event, none for what goes without saying."""
        event = recorded.event
        self._learn(recorded)
        case = self._case(recorded)
        told = self._told(event, recorded.metadata.actor.capitalize(), case)
        if told is None or case is None:
            return None
        text, mood = told
        return Line(recorded.recorded_at, self._customer(case).zone, case, text, mood)

    def _learn(self, recorded: Recorded[Event]) -> None:
        match recorded.event:
            case CustomerRegistered() as customer:
                self.customers[UUID(recorded.entity)] = customer
            case ContactReceived(case=case, customer=who) | ContactMade(case=UUID() as case, customer=who):
                self.cases.setdefault(case, who)
            case CaseOpened(customer=who):
                self.cases[UUID(recorded.entity)] = who
            case FollowUpPromised() | ExpectationSet() as made:
                known = _Made(UUID(recorded.entity), (made.owner or "nobody").capitalize(), made.words)
                self.promises[made.commitment] = known
            case CommitmentHandedOver() as handed:
                self.promises[handed.commitment].owner = handed.owner.capitalize()
            case _:
                pass

    def _case(self, recorded: Recorded[Event]) -> UUID | None:
        if recorded.stream.startswith("case-"):
            return UUID(recorded.entity)
        found: UUID | None = getattr(recorded.event, "case", None)
        return found

    def _customer(self, case: UUID) -> CustomerRegistered:
        return self.customers[self.cases[case]]

    def _told(self, event: Event, actor: str, case: UUID | None) -> tuple[str, Mood] | None:
        if case is None:
            return None
        customer = self._customer(case)
        return (
            _of_contacts(event, actor, customer)
            or self._of_promises(event, actor, customer)
            or self._of_verdicts(event, customer)
            or _of_case(event, customer)
        )

    def _of_promises(  # noqa: PLR0911 - one per event
        self, event: Event, actor: str, customer: CustomerRegistered
    ) -> tuple[str, Mood] | None:
        match event:
            case FollowUpPromised() | ExpectationSet():
                by = "" if event.due is None else f", by {_wall(event.due, customer)}"
                return f"{actor} promises{by}: “{event.words}”", "promise"
            case CommitmentRescheduled():
                known = "" if event.told_in else f", which {customer.name} does not know yet"
                return f"{actor} moves it to {_wall(event.due, customer)}{known}: {event.reason}", "promise"
            case CustomerTold():
                return f"{customer.name} now knows of {_wall(event.told_due, customer)}", "promise"
            case CommitmentHandedOver():
                return f"{actor} hands it over to {event.owner.capitalize()}: {event.words}", "promise"
            case CommitmentAgreed():
                return f"{customer.name} agrees to the time", "plain"
            case CommitmentDeclined():
                return f"the time does not suit {customer.name}", "plain"
            case ReminderDue():
                owner, short = self.promises[event.commitment].owner, " at once" * event.short_notice
                left = "no date yet" if event.due is None else f"due in {_span(event.due - event.planned)}"
                return f"Kept reminds {owner}{short}: {left}", "reminder"
            case CommitmentAttempted():
                return "an attempt; the promise still stands", "plain"
            case _:
                return None

    def _of_verdicts(  # noqa: PLR0911 - one per event
        self, event: Event, customer: CustomerRegistered
    ) -> tuple[str, Mood] | None:
        match event:
            case CommitmentKept(verdict="kept"):
                return f"kept, {_span(event.margin)} before it was due", "good"
            case CommitmentKept():
                return f"kept late, by {_span(-event.margin)}", "bad"
            case CommitmentLapsed():
                why = " (moved, but nobody told)" * (event.cause == "change_not_told")
                return f"lapsed{why}: “{self.promises[event.commitment].words}”", "bad"
            case VerdictCorrected():
                return f"kept after all, at {_wall(event.at, customer)}: the lapse is taken back", "good"
            case CommitmentReleased():
                return f"{customer.name} lets us off", "good"
            case CommitmentWithdrawn():
                return f"taken back: {event.reason.replace('_', ' ')}", "plain"
            case _:
                return None


def _of_contacts(event: Event, actor: str, customer: CustomerRegistered) -> tuple[str, Mood] | None:
    match event:
        case ContactReceived():
            return f"{customer.name} {COMES.get(event.channel, 'writes')}: “{event.words}”", "plain"
        case ContactMade():
            goes, missed = GOES.get(event.channel, "writes to"), MISSED.get(event.outcome, "")
            return f"{actor} {goes} {customer.name}{missed}: “{event.words}”", "plain"
        case _:
            return None


def _of_case(event: Event, customer: CustomerRegistered) -> tuple[str, Mood] | None:
    match event:
        case ResolutionProposed():
            return f"asked whether it is solved: “{event.words}”", "plain"
        case ResolutionConfirmed():
            return f"{customer.name} says: solved", "good"
        case ResolutionRejected():
            return f"{customer.name} says: not solved", "bad"
        case CaseClosed():
            return "the case is closed", "plain"
        case _:
            return None


def _wall(at: datetime, customer: CustomerRegistered) -> str:
    return f"{on_the_wall(at, customer.zone):%a %H:%M}"


def _span(lasts: timedelta) -> str:
    minutes = round(lasts.total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    return " ".join(filter(None, (f"{hours} h" * bool(hours), f"{rest} min" * bool(rest)))) or "no time"
