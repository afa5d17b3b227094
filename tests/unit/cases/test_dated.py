"""Dates that are named, and conditions that are met, field by field (commitment.md §3)."""

from cases.case.commands import NewCondition, Reminder
from cases.due import Within
from events.catalogue import CommitmentDated
from events.catalogue.terms import AtInstant, Timer
from events.errors import Invalid, NotNow
from events.testing import NOW
from worktime import tzdata_version

from .scene import (
    BEFORE,
    CALL,
    DESK,
    DUE,
    HOUR,
    LATER,
    OPEN,
    OPENED,
    SOON,
    after,
    condition_met,
    name_due,
    promise,
    reschedule,
    the,
)

LONG = {"reminders": (Reminder(lead=40 * HOUR), Reminder(lead=39 * HOUR), Reminder(lead=HOUR))}
LEFT_OUT = (Timer(name="rung-1", at=LATER - 40 * HOUR),)
UNDATED = after(OPENED, promise(**SOON, setting=DESK, **LONG))
DATED = after(UNDATED, name_due(contact=CALL), BEFORE)
THEN = NewCondition(words="The part is here.", then=Within(within=2 * HOUR))
MET = after(after(OPENED, promise(due=None, condition=THEN)), condition_met(), BEFORE)


def test_date__says_everything():
    (dated,) = UNDATED.when(name_due(contact=CALL), at=BEFORE).events
    assert isinstance(dated, CommitmentDated)
    assert (dated.due, dated.rule, dated.at) == (LATER, AtInstant(at=LATER), BEFORE)
    assert (dated.cause, dated.revision, dated.contact) == ("named", 2, CALL)
    assert (dated.calendar, dated.tzdata, dated.left_out) == ("berlin@1", tzdata_version(), LEFT_OUT)
    assert [timer.name for timer in dated.timers] == ["rung-2", "rung-3", "due"]
    assert the(DATED).left_out == LEFT_OUT


def test_date__named_twice_alike_is_a_repeat_and_otherwise_a_reschedule():
    DATED.when(name_due(), at=BEFORE).then_nothing()
    for other in (name_due(due=LATER + HOUR), name_due(due=None), condition_met()):
        DATED.when(other, at=BEFORE).then_rejected(NotNow)
    moved = after(after(DATED, reschedule(due=DUE), BEFORE), reschedule(due=LATER, told_in=CALL), BEFORE)
    moved.when(name_due(), at=BEFORE).then_rejected(NotNow)
    OPEN.when(name_due(due=DUE), at=BEFORE).then_rejected(NotNow)


def test_date__a_condition_met_twice_is_a_repeat_wherever_it_has_moved():
    MET.when(condition_met(), at=BEFORE).then_nothing()
    after(MET, reschedule(told_in=CALL), BEFORE).when(condition_met(), at=BEFORE).then_nothing()
    MET.when(name_due(due=BEFORE + 2 * HOUR), at=BEFORE).then_nothing()
    MET.when(name_due(), at=BEFORE).then_rejected(NotNow)
    after(MET, reschedule(told_in=CALL), BEFORE).when(name_due(), at=BEFORE).then_rejected(NotNow)


def test_date__what_is_missing_or_too_much_is_named():
    UNDATED.when(name_due(due=None), at=BEFORE).then_rejected(Invalid, field="due")
    UNDATED.when(condition_met(), at=BEFORE).then_rejected(Invalid, field="cause")
    dormant = after(OPENED, promise(due=None, condition=THEN))
    dormant.when(condition_met(due=LATER), at=BEFORE).then_rejected(Invalid, field="cause")
    too_late = condition_met(occurred_at=NOW - 2 * HOUR)
    dormant.when(too_late, at=BEFORE).then_rejected(Invalid, field="due")
