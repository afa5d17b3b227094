"""What commitments do to each other: a parent and its children, a follow-up and what it was about, aims."""

from datetime import datetime, timedelta

import pytest

from cases.case.commands import Move, ToldByMessage
from cases.setting import Setting
from events.catalogue import (
    CommitmentKept,
    CommitmentReleased,
    CommitmentRescheduled,
    CommitmentWithdrawn,
    CustomerTold,
    ExpectationSet,
    FollowUpPromised,
)
from events.errors import Invalid, NotNow
from events.testing import LEAD

from .scene import (
    A_CASE,
    AFTER,
    AIM,
    BEFORE,
    CALL,
    DESK,
    DUE,
    HOUR,
    LATER,
    ONE,
    OPENED,
    THREE,
    TWO,
    UNTOLD,
    after,
    close,
    contact,
    expectation,
    fell_due,
    keep,
    promise,
    release,
    reschedule,
    the,
    withdraw,
)
from .test_edges_clocks import berlin
from .test_edges_promises import updates

OLA = {"commitment": TWO, "basis": "internal", "parent": ONE, "owner": "mai"}
PARENT = after(OPENED, promise())
FAMILY = after(PARENT, expectation(due=DUE - HOUR, **OLA))


def test_internal__is_due_before_its_parent():
    PARENT.when(expectation(due=DUE, **OLA)).then_types(ExpectationSet)
    PARENT.when(expectation(due=DUE + HOUR, **OLA)).then_rejected(Invalid, field="due")


@pytest.mark.parametrize(
    "fields",
    [
        {**OLA, "parent": TWO},
        {**OLA, "parent": THREE},
        {**OLA, "parent": None},
        {**OLA, "basis": "said"},
    ],
)
def test_internal__a_circle_a_stranger_and_no_parent_are_refused(fields):
    PARENT.when(expectation(due=DUE - HOUR, **fields)).then_rejected(Invalid, field="parent")


def test_internal__of_what_has_ended_is_refused():
    after(PARENT, keep(), BEFORE).when(expectation(due=DUE - HOUR, **OLA), at=BEFORE).then_rejected(NotNow)


@pytest.mark.parametrize(
    ("ending", "kind"),
    [(keep(), CommitmentKept), (release(), CommitmentReleased), (withdraw(), CommitmentWithdrawn)],
)
def test_internal__a_parent_that_ends_takes_its_children_along(ending, kind):
    came = FAMILY.when(ending, at=BEFORE)
    came.then_types(kind, CommitmentWithdrawn)
    child = came.events[1]
    assert isinstance(child, CommitmentWithdrawn)
    assert (child.commitment, child.reason) == (TWO, "parent_ended")


def test_internal__a_child_kept_never_keeps_its_parent():
    kept = after(FAMILY, keep(commitment=TWO), BEFORE)
    assert the(kept).state == "open"


def test_internal__a_parent_that_lapses_is_still_owed_and_so_is_its_child():
    lapsed = after(FAMILY, fell_due(), AFTER)
    assert lapsed.state is not None
    assert lapsed.state.commitments[TWO].state == "open"


def test_internal__rescheduled_its_colleague_knows_at_once():
    came = FAMILY.when(reschedule(commitment=TWO, due=LATER), at=BEFORE)
    came.then_types(CommitmentRescheduled)
    (moved,) = came.events
    assert isinstance(moved, CommitmentRescheduled)
    assert moved.told_due == moved.due == LATER


def test_keep__moves_what_has_no_result_yet_in_the_same_talk():
    scene = after(after(OPENED, promise()), expectation(commitment=TWO, due=DUE))
    moves = (Move(commitment=TWO, due=LATER, reason="The part is late."),)
    came = scene.when(keep(evidence={"contact": CALL}, moves=moves), at=BEFORE)
    came.then_types(CommitmentKept, CommitmentRescheduled)
    moved = came.events[1]
    assert isinstance(moved, CommitmentRescheduled)
    assert (moved.commitment, moved.told_due, moved.told_in) == (TWO, LATER, CALL)


def test_keep__moving_a_strangers_commitment_is_refused_and_keeps_nothing():
    moves = (Move(commitment=TWO, due=LATER, reason="The part is late."),)
    PARENT.when(keep(moves=moves), at=BEFORE).then_rejected(Invalid, field="moves")


def test_policy__an_aim_is_due_at_its_target():
    made = the(OPENED.when(promise(**AIM), at=berlin("2026-11-02T09:00")).then_types(FollowUpPromised))
    assert (made.basis, made.target, made.due) == ("policy", made.due, berlin("2026-11-02T17:00"))


def test_policy__what_is_announced_is_said_and_has_a_buffer():
    announced = Setting(policy="desk@3", calendar="berlin@1", zone="Europe/Berlin")
    command = promise(**AIM | {"setting": announced})
    made = the(OPENED.when(command, at=berlin("2026-11-02T09:00")).then_types(FollowUpPromised))
    assert (made.basis, made.target) == ("said", berlin("2026-11-02T17:00"))
    assert made.due == made.told_due == berlin("2026-11-02T18:00")
    assert made.policy == "desk@3"


def test_policy__without_such_a_target_it_is_refused():
    OPENED.when(promise(due=None, by_policy="response", basis="policy")).then_rejected(
        Invalid, field="by_policy"
    )


def test_warnings__are_in_the_event_and_change_nothing():
    setting = Setting(
        policy="desk@1",
        calendar="berlin@1",
        zone="Europe/Berlin",
        others=((THREE, berlin("2026-11-07T12:30")),),
        position=41,
    )
    due = berlin("2026-11-07T12:00")
    command = promise(due=due, needed_by=due - HOUR, setting=setting)
    made = the(OPENED.when(command, at=berlin("2026-11-02T09:00")).then_types(FollowUpPromised))
    assert [warning.kind for warning in made.warnings] == [
        "later_than_needed",
        "outside_hours",
        "beyond_target",
        "colliding",
    ]
    assert (made.warnings[3].others, made.warnings[3].position) == ((THREE,), 41)
    assert made.due == due


def test_warnings__none_where_all_is_well():
    command = promise(due=berlin("2026-11-02T12:00"), setting=DESK)
    made = the(OPENED.when(command, at=berlin("2026-11-02T09:00")).then_types(FollowUpPromised))
    assert made.warnings == ()


def test_attempts__so_many_keep_a_follow_up_where_the_policy_says_so():
    twice = Setting(policy="twice@1")
    scene = after(OPENED, promise(setting=twice))
    first = after(scene, contact("not_reached"), BEFORE)
    assert the(first).state == "open"
    again = contact("not_reached", contact=TWO)
    assert the(after(first, again, BEFORE + timedelta(minutes=1))).state == "kept"


def test_close__a_series_ends_with_its_case():
    ending = {"end": "kept", "commitment": ONE}
    came = updates().when(close(commitments=(ending,)), at=berlin("2026-11-03T15:00"), by=LEAD)
    came.then_types(CommitmentKept, "CaseClosed")


def told(at: datetime = BEFORE, revision: int = 2) -> ToldByMessage:
    return ToldByMessage(case=A_CASE, commitment=ONE, revision=revision, notification=CALL, at=at)


def test_told_by_message__the_due_timer_moves():
    made = the(UNTOLD.when(told(), at=BEFORE).then_types(CustomerTold))
    assert (made.told_due, made.timers[-1].at) == (LATER, LATER)


def test_told_by_message__read_after_the_due_it_is_the_time_of_the_message_that_counts():
    made = the(UNTOLD.when(told(), at=AFTER).then_types(CustomerTold))
    assert made.state == "open"


@pytest.mark.parametrize("asked", [told(revision=1), told(at=AFTER)])
def test_told_by_message__of_an_older_revision_or_too_late_changes_nothing(asked):
    assert UNTOLD.when(asked, at=BEFORE).events == ()


def test_warnings__of_a_new_due_are_in_the_event_too():
    made = promise(due=berlin("2026-11-02T12:00"), setting=DESK, needed_by=berlin("2026-11-03T12:00"))
    scene = after(OPENED, made, berlin("2026-11-02T09:00"))
    came = scene.when(reschedule(due=berlin("2026-11-07T12:00")), at=berlin("2026-11-02T10:00"))
    came.then_types(CommitmentRescheduled)
    (moved,) = came.events
    assert isinstance(moved, CommitmentRescheduled)
    kinds = [warning.kind for warning in moved.warnings]
    assert kinds == ["later_than_needed", "outside_hours", "beyond_target"]
