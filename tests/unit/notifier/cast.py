"""A commitment's events as the notifier reads them, and a delivery about them."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from events import testing
from events.catalogue import Event
from events.catalogue.waits import commitments_of
from events.recorded import Recorded
from events.testing import EXAMPLES, NOW, an_id
from notifier.delivery import Delivery
from notifier.watched import Watched, evolve

HOUR = timedelta(hours=1)
DUE = NOW + 8 * HOUR
CASE, COMMITMENT = an_id("case"), an_id("commitment")


def event(kind: str, **changes: Any) -> Event:
    """Return the example of this type with some fields changed."""
    return EXAMPLES[kind].model_copy(update=changes)


def recorded(event: Event, position: int = 1, actor: str = "agent") -> Recorded[Event]:
    """Return an event as it stands at this position of the case's stream."""
    trace = f"00-{1:032x}-{2:016x}-01"
    return testing.recorded(event, f"case-{CASE}", position, actor=actor, traceparent=trace)


def history(*events: Event, actor: str = "agent") -> list[Recorded[Event]]:
    """Return these events one after the other."""
    return [recorded(each, position, actor) for position, each in enumerate(events, 1)]


def watched(*events: Event) -> Watched:
    """Return a commitment after these events."""
    state = folded(history(*events))
    assert state is not None
    return state


def folded(rows: Iterable[Recorded[Event]]) -> Watched | None:
    """Return the commitment as these records leave it, none where they do not speak of it."""
    state: Watched | None = None
    for row in rows:
        if COMMITMENT in commitments_of(row.event):
            state = evolve(state, row, COMMITMENT)
    return state


def a_delivery(notice: str = "rung-1", **changes: Any) -> Delivery:
    """Return a delivery about the commitment, made now."""
    made = Delivery(
        id=an_id("delivery"),
        commitment=COMMITMENT,
        case=CASE,
        revision=1,
        notice=notice,
        recipient="agent",
        owner="agent",
        due=DUE,
        at=NOW,
        actor="agent",
        cause=an_id("cause"),
        correlation=an_id("chain"),
    )
    return made.model_copy(update=changes)
