"""What stands is what a rebuild makes of the three logs, whatever was heard first (I6)."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from events import testing
from events.catalogue import Event, NotificationAcknowledged, NotificationFailed
from events.clock import derived_id
from events.errors import Undecodable
from events.recorded import Recorded
from scheduler.notice import noticed
from scheduler.reminder import Ladder, Spoken, evolve, firings, unfired

from .plans import (
    CASE,
    COMMITMENT,
    KEPT,
    at,
    corrected,
    promised,
    recorded,
    rescheduled,
    taken,
    timers,
    told,
)

PLAN = timers(120, rung_1=30, rung_2=60, rung_3=90, rung_4=110, owner_by=45)
MOVED = timers(120, rung_1=100, rung_2=125, rung_3=200)
LIFE: Sequence[Event] = (
    promised(PLAN),
    taken(),
    rescheduled(MOVED, 240, 120),
    told(240),
    KEPT,
    corrected(3, PLAN),
)
"""A case's events; a test reads the first few of them, each after the one before."""
Action = Recorded[Any] | int | None
"""News of a message, a look at the clock (which one), or the next event of the case."""


def news(number: int, minutes: int, revision: int, notice: str | None) -> Recorded[Any]:
    """Return that this rung reached nobody, or that something was acknowledged."""
    about = {"commitment": COMMITMENT, "case": CASE, "revision": revision, "recipient": "an"}
    event = (
        NotificationAcknowledged.model_validate(
            {**about, "notice": "set", "due": at(120 if revision != 2 else 240), "by": "link"}
        )
        if notice is None
        else NotificationFailed.model_validate({**about, "notice": notice, "reason": "gave_up"})
    )
    delivery = derived_id("delivery", number)
    return testing.recorded(event, f"delivery-{delivery}", number, log="notifications", at=at(minutes))


class Live:
    """A scheduler's tables: it hears, and it fires."""

    def __init__(self, cases: Sequence[Recorded[Event]]) -> None:
        self.ladder: Ladder | None = None
        self.said: list[Spoken] = []
        self._cases = list(cases)
        self._parked: list[Recorded[Any]] = []

    def do(self, action: Action) -> None:
        if action is None:
            self.ladder = evolve(self.ladder, self._cases.pop(0), COMMITMENT)
            waiting, self._parked = self._parked, []
            for each in waiting:
                self._hear(each)
        elif isinstance(action, int):
            self._look(action)
        else:
            self._hear(action)

    def _hear(self, each: Recorded[Any]) -> None:
        if self.ladder is not None:
            with suppress(Undecodable):
                self.ladder = noticed(self.ladder, each)
                return
        self._parked.append(each)

    def _look(self, minutes: int) -> None:
        standing = self.ladder.timers if self.ladder else ()
        come = [timer for timer in standing if timer.fire_at and timer.fire_at <= at(minutes)]
        for firing in firings(come, at(minutes)):
            assert self.ladder is not None
            self.said.append(firing.event)
            self.ladder = unfired(self.ladder, [firing.event])


def rebuilt(
    cases: Sequence[Recorded[Event]], told_of: Sequence[Recorded[Any]], said: Sequence[Spoken]
) -> Ladder:
    """Return what a rebuild makes of the whole logs, one after the other."""
    ladder: Ladder | None = None
    for each in cases:
        ladder = evolve(ladder, each, COMMITMENT)
    assert ladder is not None
    for each in told_of:
        ladder = noticed(ladder, each)
    return unfired(ladder, said)


MINUTES = st.integers(0, 250)
NOTICES = st.sampled_from([None, "rung-1", "rung-2", "rung-3"])


@given(
    length=st.integers(1, len(LIFE)),
    heard=st.lists(st.tuples(MINUTES, st.integers(1, 3), NOTICES), max_size=6),
    looks=st.lists(MINUTES, max_size=5),
    data=st.data(),
)
def test_whatever_is_heard_first__what_stands_is_what_a_rebuild_makes(length, heard, looks, data):
    cases = [recorded(event, number) for number, event in enumerate(LIFE[:length], 1)]
    known = max(getattr(event, "revision", 1) for event in LIFE[:length])
    told_of = [
        news(number, minutes, min(revision, known), notice)
        for number, (minutes, revision, notice) in enumerate(sorted(heard, key=lambda each: each[0]), 1)
    ]
    clock = iter(sorted(looks))
    actions: list[Action] = data.draw(st.permutations([*[None] * length, *told_of, *looks]))
    live = Live(cases)
    for action in actions:
        live.do(next(clock) if isinstance(action, int) else action)
    assert live.ladder is not None
    again = rebuilt(cases, told_of, live.said)
    assert (set(live.ladder.timers), live.ladder.revision) == (set(again.timers), again.revision)
