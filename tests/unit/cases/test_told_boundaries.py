"""Told exactly at an instant or a microsecond beside it (commitment.md §6)."""

from datetime import timedelta

import pytest

from cases.case.commands import ToldByMessage
from cases.correction import untold
from events.catalogue import CustomerTold
from events.catalogue.terms import Timer
from events.testing import NOW

from .scene import (
    A_CASE,
    AFTER,
    BEFORE,
    CALL,
    DUE,
    HOUR,
    INQUIRY,
    LATER,
    ONE,
    OPEN,
    TWO,
    UNTOLD,
    after,
    contact,
    correct,
    fell_due,
    keep,
    reschedule,
    the,
)

MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize(("beside", "told"), [(0 * HOUR, True), (MICROSECOND, False)])
def test_told__of_an_earlier_due_exactly_at_it_is_in_time(beside, told):
    sooner = NOW + 2 * HOUR
    scene = after(OPEN, reschedule(due=sooner), BEFORE)
    message = ToldByMessage(case=A_CASE, commitment=ONE, revision=2, notification=CALL, at=sooner + beside)
    came = scene.when(message, at=sooner + beside)
    assert (the(came.after).told_due == sooner) is told


def test_told__exactly_at_the_due_they_knew_and_read_after_it_never_lapsed():
    message = ToldByMessage(case=A_CASE, commitment=ONE, revision=2, notification=CALL, at=DUE)
    assert the(UNTOLD.when(message, at=AFTER).then_types("CustomerTold")).told_due == LATER


def test_told__kept_late_exactly_at_the_new_due_is_kept_after_all():
    late = after(UNTOLD, contact(at=LATER, recorded_at=LATER), LATER)
    message = ToldByMessage(case=A_CASE, commitment=ONE, revision=2, notification=INQUIRY, at=BEFORE)
    kept = the(late.when(message, at=LATER + HOUR).after)
    assert (kept.state, kept.margin, kept.untold_due) == ("kept", timedelta(0), None)
    later = after(UNTOLD, contact(at=LATER + MICROSECOND), LATER + MICROSECOND)
    assert not untold(the(later), 2)


def test_correct__what_is_open_again_is_reminded_of_its_due_and_lapses_by_the_one_they_know():
    kept = after(UNTOLD, keep(), BEFORE)
    again = the(after(kept, correct(verdict="not_kept"), DUE - HOUR))
    assert (again.due, again.told_due, again.revision) == (LATER, DUE, 3)
    assert again.timers == (Timer(name="rung-1", at=LATER - HOUR), Timer(name="due", at=DUE))
    assert untold(again, 3)
    early = after(after(OPEN, reschedule(due=NOW + 4 * HOUR), BEFORE), keep(), BEFORE)
    again = the(after(early, correct(verdict="not_kept"), BEFORE))
    assert (again.timers[0].at, again.timers[-1].at) == (NOW + 3 * HOUR, DUE)


def test_told__of_an_earlier_due_after_it_had_passed_takes_no_lapse_back():
    lapsed = after(after(OPEN, reschedule(due=NOW + 2 * HOUR), BEFORE), fell_due(revision=2), AFTER)
    lapsed.when(contact(tells=2, at=NOW + 3 * HOUR), at=AFTER).then_types("ContactAttached")


def test_told__what_was_kept_late_is_over_and_has_no_timer():
    late = after(UNTOLD, contact(contact=TWO, at=AFTER), AFTER)
    _, told, _ = late.when(contact(tells=2), at=AFTER).events
    assert isinstance(told, CustomerTold)
    assert (told.told_due, told.timers) == (LATER, ())
    kept = the(after(late, contact(tells=2), AFTER))
    assert (kept.state, kept.timers, kept.due, kept.told_due) == ("kept", (), LATER, LATER)
    assert (kept.change_not_told, kept.untold_due, kept.lapsed_at) == (False, None, None)
    after(late, keep(case=A_CASE), AFTER).when(contact(tells=1), at=AFTER).then_types("ContactAttached")
