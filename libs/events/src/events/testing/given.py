"""Given what happened, when a command comes, then these events: tests of deciders read like that."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Generic, TypeVar
from uuid import UUID

from events import catalogue as c
from events.clock import derived_id
from events.decider import Actor, Asked, Decider
from events.errors import Rejection
from events.recorded import Metadata, Recorded, Stored
from events.wire import encode

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
