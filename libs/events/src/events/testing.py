"""Given what happened, when a command comes, then these events: tests of deciders read like that."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar
from uuid import UUID

from . import catalogue as c
from .catalogue.contacts import Served
from .catalogue.terms import AtInstant, Evidence, Rung, Terms, Timer
from .clock import derived_id
from .decider import Actor, Asked, Decider
from .errors import Rejection
from .recorded import Metadata, Recorded, Stored
from .wire import encode

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")
R = TypeVar("R", bound=Rejection)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""When a test takes place unless it says otherwise: a Monday morning."""
AGENT = Actor("agent", frozenset({"agent"}))
LEAD = Actor("lead", frozenset({"lead"}))
SYSTEM = Actor("system", frozenset({"system"}))


@dataclass(frozen=True)
class Then(Generic[S, E]):
    """What came of a command: its events, or its rejection."""

    before: S
    events: tuple[E, ...]
    rejection: Rejection | None
    after: S

    def then(self, *expected: E) -> S:
        """Assert that exactly these events came; return the state after them."""
        assert self.rejection is None, f"rejected: {self.rejection!r}"
        assert self.events == expected
        return self.after

    def then_types(self, *expected: type[E] | str) -> S:
        """Assert that events of exactly these types came, in this order; return the state after them."""
        assert self.rejection is None, f"rejected: {self.rejection!r}"
        names = [kind if isinstance(kind, str) else kind.__name__ for kind in expected]
        assert [type(event).__name__ for event in self.events] == names
        return self.after

    def then_nothing(self) -> S:
        """Assert that its effect stood already."""
        return self.then()

    def then_rejected(self, kind: type[R], *, field: str | None = None) -> R:
        """Assert that it was rejected for this reason, naming this field; return the rejection."""
        assert self.rejection is not None, f"not rejected: {self.events}"
        assert isinstance(self.rejection, kind), f"rejected otherwise: {self.rejection!r}"
        assert self.rejection.field == field
        return self.rejection


@dataclass(frozen=True)
class Given(Generic[S, C, E]):
    """An aggregate after some events."""

    decider: Decider[S, C, E]
    state: S

    def and_then(self, *events: E) -> "Given[S, C, E]":
        """Let further events have happened."""
        return replace(self, state=self.decider.fold(events, self.state))

    def when(self, command: C, *, at: datetime = NOW, by: Actor = AGENT) -> Then[S, E]:
        """Send it a command at an instant."""
        try:
            events = tuple(self.decider.decide(self.state, command, Asked(at, by)))
        except Rejection as rejection:
            return Then(self.state, (), rejection, self.state)
        return Then(self.state, events, None, self.decider.fold(events, self.state))


def given(decider: Decider[S, C, E], *events: E) -> Given[S, C, E]:
    """Return an aggregate after these events."""
    return Given(decider, decider.fold(events))


def an_id(name: str) -> UUID:
    """Return the id that tests and examples call by this name."""
    return derived_id("example", name)


def recorded(
    event: c.Event,
    stream: str,
    position: int = 1,
    *,
    log: str = "cases",
    at: datetime = NOW,
    actor: str = AGENT.subject,
    traceparent: str | None = None,
) -> Recorded[c.Event]:
    """Return an event as it stands in a stream of a log, position and version alike, without hashes."""
    kind, schema, data = encode(event)
    row = Stored(
        log=log,
        log_id=an_id(f"log {log}"),
        position=position,
        stream=stream,
        version=position,
        event_id=derived_id("event", log, position, data.decode()),
        type=kind,
        schema=schema,
        data=data,
        metadata=b"",
        occurred_at=at,
        recorded_at=at,
        content=b"",
        hash=b"",
    )
    return Recorded(event, Metadata(actor=actor, correlation=an_id("chain"), traceparent=traceparent), row)


_CASE = an_id("case")
_CUSTOMER = an_id("customer")
_COMMITMENT = an_id("commitment")
_CONTACT = an_id("contact")
_HOUR = timedelta(hours=1)
_DUE = NOW + 8 * _HOUR
_LATER = NOW + 24 * _HOUR
_TERMS = Terms(ladder=(Rung(lead=_HOUR),))
_TIMERS = (Timer(name="rung-1", at=_DUE - _HOUR), Timer(name="due", at=_DUE))

_FAMILIES: tuple[c.Event, ...] = (
    c.CustomerRegistered(name="Nguyễn Thị Mai", zone="Asia/Ho_Chi_Minh", language="vi", channel="call"),
    c.CustomerChanged(name="Nguyễn Thị Mai", zone="Asia/Manila", language="vi", channel="email"),
    c.ContactReceived(
        customer=_CUSTOMER,
        zone="Asia/Ho_Chi_Minh",
        channel="call",
        words="My order has not come.",
        case=_CASE,
        opens=True,
    ),
    c.ContactMade(
        customer=_CUSTOMER,
        channel="call",
        outcome="reached",
        words="It is on its way.",
        case=_CASE,
        serves=(Served(case=_CASE, commitment=_COMMITMENT),),
        answers=(_CONTACT,),
    ),
    c.OwnerChanged(name="agent", zone="Asia/Ho_Chi_Minh"),
    c.CaseOpened(
        customer=_CUSTOMER,
        subject="My order has not come.",
        zone="Asia/Ho_Chi_Minh",
        contact=_CONTACT,
        at=NOW,
    ),
    c.ContactAttached(contact=_CONTACT, direction="inbound"),
    c.ResolutionProposed(words="The parcel was delivered."),
    c.ResolutionConfirmed(words="Yes, it is here.", contact=_CONTACT),
    c.ResolutionRejected(words="It is the wrong one.", contact=_CONTACT),
    c.CaseClosed(words="Delivered.", at=NOW),
    c.CaseReopened(words="The parcel was empty."),
    c.ExpectationSet(
        commitment=_COMMITMENT,
        words="It will be there this afternoon.",
        due=_DUE,
        rule=AtInstant(at=_DUE),
        owner="agent",
        said_by="agent",
        at=NOW,
        terms=_TERMS,
        timers=_TIMERS,
        tzdata="2026a",
        origin=_CASE,
    ),
    c.FollowUpPromised(
        commitment=_COMMITMENT,
        words="I will call you this afternoon.",
        due=_DUE,
        rule=AtInstant(at=_DUE),
        owner="agent",
        said_by="agent",
        at=NOW,
        terms=_TERMS,
        timers=_TIMERS,
        tzdata="2026a",
        origin=_CASE,
        channel="call",
        answers=(_CONTACT,),
    ),
    c.CommitmentAgreed(commitment=_COMMITMENT, contact=_CONTACT),
    c.CommitmentDeclined(commitment=_COMMITMENT, contact=_CONTACT, counter=_LATER, words="Too early."),
    c.CommitmentRescheduled(
        commitment=_COMMITMENT,
        revision=2,
        was=_DUE,
        due=_LATER,
        told_due=_DUE,
        rule=AtInstant(at=_LATER),
        reason="The part is late.",
        timers=(Timer(name="rung-1", at=_LATER - _HOUR), Timer(name="due", at=_DUE)),
        tzdata="2026a",
    ),
    c.CustomerTold(
        commitment=_COMMITMENT,
        revision=2,
        contact=_CONTACT,
        told_due=_LATER,
        timers=(Timer(name="due", at=_LATER),),
    ),
    c.CommitmentHandedOver(commitment=_COMMITMENT, was="agent", owner="mai", words="I am off tomorrow."),
    c.CommitmentAttempted(commitment=_COMMITMENT, contact=_CONTACT, outcome="not_reached", at=NOW),
    c.CommitmentKept(
        commitment=_COMMITMENT,
        verdict="kept",
        at=NOW + _HOUR,
        margin=7 * _HOUR,
        evidence=Evidence(contact=_CONTACT),
    ),
    c.CommitmentLapsed(commitment=_COMMITMENT, revision=1, at=_DUE),
    c.VerdictCorrected(
        commitment=_COMMITMENT,
        was="lapsed",
        verdict="kept",
        at=NOW + _HOUR,
        evidence=Evidence(record="carrier: delivered 10:00"),
        revision=1,
    ),
    c.CommitmentReleased(commitment=_COMMITMENT, contact=_CONTACT, words="Never mind."),
    c.CommitmentWithdrawn(commitment=_COMMITMENT, reason="duplicate"),
    c.ReminderDue(
        commitment=_COMMITMENT,
        case=_CASE,
        revision=1,
        rung="rung-1",
        role="owner",
        planned=_DUE - _HOUR,
        due=_DUE,
    ),
    c.CommitmentFellDue(commitment=_COMMITMENT, case=_CASE, revision=1, due=_DUE),
    c.RecipientChanged(name="agent", email="agent@kept.example"),
    c.NotificationSent(
        commitment=_COMMITMENT, case=_CASE, revision=1, notice="rung-1", recipient="agent", means="email"
    ),
    c.NotificationFailed(
        commitment=_COMMITMENT,
        case=_CASE,
        revision=1,
        notice="rung-1",
        recipient="nobody",
        reason="no_recipient",
    ),
    c.NotificationSuppressed(
        commitment=_COMMITMENT,
        case=_CASE,
        revision=1,
        notice="rung-1",
        recipient="agent",
        reason="kept",
    ),
    c.NotificationAcknowledged(
        commitment=_COMMITMENT, case=_CASE, revision=1, notice="rung-1", recipient="agent", by="link"
    ),
)

EXAMPLES: Mapping[str, c.Event] = {type(event).__name__: event for event in _FAMILIES}
"""One example of every event of the catalogue, by type."""
