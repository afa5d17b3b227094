"""The next cycle of a series, field by field, and when there is none (commitment.md §6)."""

from uuid import UUID

from cases.case.commands import NewSeries, Reminder
from cases.commitment import Commitment
from cases.due import Within, WithinMonths
from events.catalogue import CommitmentKept, FollowUpPromised
from events.catalogue.terms import AfterSpan, Series, Span, Timer
from events.clock import derived_id
from worktime import tzdata_version

from .scene import (
    A_CASE,
    AFTER,
    BEFORE,
    CALL,
    DESK,
    DUE,
    HOUR,
    ONE,
    OPENED,
    Scene,
    after,
    fell_due,
    keep,
    promise,
    reschedule,
)
from .test_edges_clocks import berlin

CYCLE2 = derived_id("cycle", ONE, 2)
EVERY = NewSeries(every=Within(within=8 * HOUR))
LONG = {"reminders": (Reminder(lead=20 * HOUR), Reminder(lead=19 * HOUR), Reminder(lead=HOUR))}


def of(scene: Scene, commitment: UUID) -> Commitment:
    assert scene.state is not None
    return scene.state.commitments[commitment]


def test_series__the_next_cycle_is_made_of_what_the_last_was():
    fixed = NewSeries(every=Within(within=8 * HOUR), cadence="fixed")
    said = promise(series=fixed, contact=CALL, channel="email", setting=DESK, parts=2, owner="mai", **LONG)
    kept, following = after(OPENED, said).when(keep(), at=BEFORE).events
    assert isinstance(kept, CommitmentKept)
    assert isinstance(following, FollowUpPromised)
    due, every = DUE + 8 * HOUR, Span(lasts=8 * HOUR)
    assert (following.due, following.at, following.revision) == (due, BEFORE, 1)
    assert following.rule == AfterSpan(span=every, zone="Europe/Berlin")
    assert following.series == Series(id=ONE, cycle=2, every=every, cadence="fixed")
    assert (following.words, following.basis, following.owner, following.said_by) == (
        "I will call you.",
        "said",
        "mai",
        "agent",
    )
    assert (following.policy, following.calendar, following.team_zone) == (
        "desk@1",
        "berlin@1",
        "Europe/Berlin",
    )
    assert (following.contact, following.channel, following.parts, following.origin) == (
        CALL,
        "email",
        2,
        A_CASE,
    )
    assert following.left_out == (Timer(name="rung-1", at=due - 20 * HOUR),)
    assert [timer.name for timer in following.timers] == ["rung-2", "rung-3", "due"]
    assert (following.terms, following.tzdata) == (of(after(OPENED, said), ONE).terms, tzdata_version())


def test_series__a_cycle_moved_without_telling_lapses_by_the_due_they_knew_and_so_counts_the_next():
    moved = after(after(OPENED, promise(series=EVERY)), reschedule(), BEFORE)
    assert of(after(moved, fell_due(revision=2), AFTER), CYCLE2).due == DUE + 8 * HOUR


def test_series__in_months_counts_on_the_customers_wall():
    month = NewSeries(every=WithinMonths(months=1), cadence="fixed")
    said = promise(due=berlin("2026-03-10T10:00"), series=month)
    assert of(after(after(OPENED, said), keep(), BEFORE), CYCLE2).due == berlin("2026-04-10T10:00")
