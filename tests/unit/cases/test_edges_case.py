"""Edge cases of a case and what goes on around its promises (rows 8, 13, 21, 22, 28, 39, 47, 48, 50)."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from cases.book import Book
from cases.case import decider
from cases.case.commands import NewSeries, ProposeResolution, RejectResolution, ReopenCase, Service
from cases.commitment import Commitment
from cases.due import ByEndOfDay, Within, WithinDays
from cases.policy import DEFAULT, Policy
from cases.setting import Setting
from events.catalogue import CommitmentKept, CommitmentLapsed, CustomerTold, FollowUpPromised
from events.catalogue.terms import Rung, Timer
from events.errors import Invalid, NotNow
from events.testing import LEAD, NOW

from .scene import (
    A_CASE,
    AFTER,
    BEFORE,
    CALL,
    DESK,
    DUE,
    HOUR,
    IF,
    LATER,
    ONE,
    OPEN,
    OPENED,
    SOON,
    STATES,
    TWO,
    UNTOLD,
    Scene,
    after,
    agree,
    close,
    contact,
    end_wait,
    expectation,
    fell_due,
    hand_over,
    keep,
    promise,
    reschedule,
    the,
    wait,
)
from .test_edges_clocks import berlin, in_tokyo

MINUTE = timedelta(minutes=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


def test_edge_08__eight_real_hours_through_the_long_night():
    made = OPENED.when(promise(due=Within(within=8 * HOUR)), at=berlin("2026-10-24T20:00"))
    found = the(made.then_types(FollowUpPromised))
    assert found.due == found.told_due == utc("2026-10-25T02:00")
    assert found.timers == (
        Timer(name="rung-1", at=utc("2026-10-25T01:00")),
        Timer(name="due", at=utc("2026-10-25T02:00")),
    )


@pytest.mark.parametrize(
    ("said", "following"),
    [("2026-07-01T10:00", "2026-07-02T17:00"), ("2026-07-04T03:00", "2026-07-06T17:00")],
)
def test_edge_13__the_next_end_of_the_customers_day_is_named(said, following):
    command = expectation(due=ByEndOfDay(end_of_day="customer"), setting=DESK)
    refused = in_tokyo().when(command, at=berlin(said)).then_rejected(Invalid, field="due")
    assert f"the next possible end of day is {following} in Asia/Tokyo" in str(refused)


def test_edge_21__what_was_said_moves_only_once_the_customer_is_told():
    assert (the(UNTOLD).due, the(UNTOLD).told_due) == (LATER, DUE)
    told = the(UNTOLD.when(contact(tells=2), at=BEFORE).then_types("ContactAttached", CustomerTold))
    assert (told.due, told.told_due) == (LATER, LATER)


def around(scene: Scene) -> Scene:
    """Let everything happen in a case that is not about the due of its promise."""
    scene = after(scene, agree(), BEFORE)
    scene = after(scene, hand_over(), BEFORE)
    scene = after(scene, ProposeResolution(case=A_CASE, words="It is there."), BEFORE)
    scene = after(scene, RejectResolution(case=A_CASE, words="No.", contact=CALL), BEFORE)
    scene = after(scene, promise(commitment=TWO, due=LATER), BEFORE)
    scene = after(scene, wait(), BEFORE)
    return after(scene, end_wait(), BEFORE + HOUR)


def test_edge_22__a_due_said_by_hand_is_moved_by_a_reschedule_and_by_nothing_else():
    scene = around(OPEN)
    assert (the(scene).due, the(scene).revision, the(scene).timers) == (DUE, 1, the(OPEN).timers)
    assert scene.state is not None
    raised = Scene(scene.decider, replace(scene.state, priority="urgent"))
    moved = the(raised.when(reschedule(told_in=CALL), at=BEFORE + HOUR).then_types("CommitmentRescheduled"))
    assert (moved.due, moved.revision) == (LATER, 2)


BRIEF = Policy(
    "brief@1",
    DEFAULT.says.model_copy(
        update={
            "ladder": (Rung(lead=HOUR), Rung(lead=15 * MINUTE, role="lead")),
            "short_notice": "skip",
        }
    ),
)


def test_edge_28__skipped_by_the_policy_none_is_reminded_and_the_event_says_so():
    brief = Scene(decider(Book({}, {BRIEF.ref: BRIEF})), OPENED.state)
    made = the(brief.when(promise(due=NOW + 5 * MINUTE, setting=Setting(policy=BRIEF.ref))).after)
    assert made.timers == (Timer(name="due", at=NOW + 5 * MINUTE),)
    assert [(rung.name, rung.role) for rung in made.left_out] == [("rung-1", "owner"), ("rung-2", "lead")]
    assert made.terms.short_notice == "skip"


ENDED = ("lapsed", "not owed", "kept", "kept late", "released", "withdrawn")


@pytest.mark.parametrize("state", ENDED)
def test_edge_39__reopened_every_verdict_is_as_it_was_and_nothing_has_a_timer(state):
    scene, at = STATES[state]
    before = the(scene)
    closed = after(scene, close(), at)
    reopened = after(closed, ReopenCase(case=A_CASE, words="The parcel was empty."), at)
    assert the(reopened) == before
    assert the(reopened).timers == ()
    assert reopened.state is not None
    assert list(reopened.state.commitments) == [ONE]
    anew = after(reopened, promise(commitment=TWO, due=LATER + HOUR), at)
    assert anew.state is not None
    assert (anew.state.commitments[TWO].state, the(anew)) == ("open", before)


def both(scene: Scene) -> list[Commitment]:
    assert scene.state is not None
    return [scene.state.commitments[each] for each in (ONE, TWO)]


def test_edge_47__two_with_the_same_due_have_a_verdict_each():
    scene = after(OPEN, promise(commitment=TWO))
    lapsed = scene
    for each in (ONE, TWO):
        came = lapsed.when(fell_due(commitment=each), at=AFTER)
        came.then_types(CommitmentLapsed)
        lapsed = lapsed.and_then(*came.events)
    assert [(each.state, each.lapsed_at) for each in both(lapsed)] == [("lapsed", DUE)] * 2
    kept = after(scene, keep(), BEFORE)
    assert [each.state for each in both(kept)] == ["kept", "open"]
    by_one_call = contact(serves=(Service(commitment=ONE), Service(commitment=TWO)))
    scene.when(by_one_call, at=BEFORE).then_types("ContactAttached", CommitmentKept, CommitmentKept)


def following(scene: Scene) -> tuple[UUID, datetime, int]:
    """Return the cycle that stands open."""
    assert scene.state is not None
    (found,) = [each for each in scene.state.commitments.values() if each.state == "open"]
    assert found.due is not None
    assert found.series is not None
    return found.id, found.due, found.series.cycle


def test_edge_48__the_third_of_a_series_is_missed():
    series = NewSeries(every=WithinDays(business_days=2))
    scene = after(
        OPENED,
        promise(due=berlin("2026-11-04T10:00"), series=series, setting=DESK),
        berlin("2026-11-02T10:00"),
    )
    for update in ("2026-11-04T09:00", "2026-11-05T15:00"):
        cycle, _, _ = following(scene)
        scene = after(scene, keep(commitment=cycle), berlin(update))
    third, due, number = following(scene)
    assert (due, number) == (berlin("2026-11-09T15:00"), 3)
    missed = fell_due(commitment=third, due=due)
    came = scene.when(missed, at=due + timedelta(microseconds=1))
    came.then_types(CommitmentLapsed, FollowUpPromised)
    scene = scene.and_then(*came.events)
    fourth, its_due, number = following(scene)
    assert (its_due, number) == (berlin("2026-11-11T15:00"), 4)
    scene.when(missed, at=due + MINUTE).then_nothing()
    early = after(scene, keep(commitment=fourth), berlin("2026-11-10T12:00"))
    assert following(early)[1:] == (berlin("2026-11-12T12:00"), 5)


@pytest.mark.parametrize("when", [SOON, IF])
def test_edge_50__without_a_date_it_is_no_contact_that_was_announced(when):
    scene = after(OPENED, promise(commitment=TWO, setting=DESK, **when))
    scene.when(wait(), at=BEFORE).then_rejected(Invalid, field="next_contact")


@pytest.mark.parametrize("when", [SOON, IF])
def test_edge_49__without_a_date_nothing_lapses_and_nothing_is_rescheduled(when):
    scene = after(OPENED, promise(setting=DESK, **when))
    assert (the(scene).due, the(scene).first_due) == (None, None)
    scene.when(fell_due(), at=LATER).then_nothing()
    scene.when(reschedule(), at=LATER).then_rejected(NotNow)
    assert the(scene.when(hand_over(), at=LATER, by=LEAD).after).state == the(scene).state
