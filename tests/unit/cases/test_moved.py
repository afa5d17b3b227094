"""Dates that are named and dues that move, field by field (commitment.md §3)."""

import pytest

from cases.case.commands import Reminder
from cases.setting import Setting
from events.catalogue import CommitmentRescheduled, CustomerTold
from events.catalogue.terms import Timer
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
    TWO,
    UNTOLD,
    after,
    contact,
    expectation,
    promise,
    reschedule,
    the,
)
from .test_edges_clocks import berlin

LONG = {"reminders": (Reminder(lead=40 * HOUR), Reminder(lead=39 * HOUR), Reminder(lead=HOUR))}
LEFT_OUT = (Timer(name="rung-1", at=LATER - 40 * HOUR),)
WINDOW = after(OPENED, promise(not_before=DUE - HOUR))
WIDE = reschedule(not_before=LATER - 3 * HOUR)


def test_reschedule__says_from_where_by_what_and_what_is_left_out():
    scene = after(OPENED, promise(setting=DESK, **LONG))
    moved, again = reschedule(due=DUE + HOUR), reschedule()
    (event,) = after(scene, moved, BEFORE).when(again, at=BEFORE).events
    assert isinstance(event, CommitmentRescheduled)
    assert (event.was, event.due, event.told_due, event.revision) == (DUE + HOUR, LATER, DUE, 3)
    assert (event.calendar, event.tzdata, event.left_out) == ("berlin@1", tzdata_version(), LEFT_OUT)
    assert the(after(after(scene, moved, BEFORE), again, BEFORE)).rescheduled == 2


def test_reschedule__to_where_it_is_in_a_contact_tells_of_it_in_that_contact():
    (told,) = UNTOLD.when(reschedule(told_in=TWO), at=BEFORE).events
    assert isinstance(told, CustomerTold)
    assert (told.contact, told.told_due) == (TWO, LATER)


@pytest.mark.parametrize(("form", "warned"), [(promise, False), (expectation, True)])
def test_reschedule__a_follow_up_is_held_against_the_response_and_an_expectation_against_the_outcome(
    form, warned
):
    announced = Setting(policy="desk@3", calendar="berlin@1", zone="Europe/Berlin")
    scene = after(OPENED, form(setting=announced))
    (event,) = scene.when(reschedule(due=berlin("2026-03-03T10:30")), at=BEFORE).events
    assert isinstance(event, CommitmentRescheduled)
    assert [each.kind for each in event.warnings] == ["beyond_target"] * warned


def test_window__named_anew_moves_alone_and_the_same_one_is_a_repeat():
    WINDOW.when(reschedule(due=DUE, not_before=DUE - HOUR), at=BEFORE).then_nothing()
    moved = the(after(WINDOW, reschedule(due=DUE, not_before=DUE - 2 * HOUR, told_in=CALL), BEFORE))
    assert (moved.due, moved.not_before, moved.told_not_before) == (DUE, DUE - 2 * HOUR, DUE - 2 * HOUR)
    untold = after(WINDOW, WIDE, BEFORE)
    untold.when(WIDE, at=BEFORE).then_nothing()
    untold.when(reschedule(), at=BEFORE).then_nothing()


def test_window__as_wide_as_it_was_last_and_known_once_it_is_told():
    untold = the(after(WINDOW, WIDE, BEFORE))
    assert (untold.not_before, untold.told_not_before) == (LATER - 3 * HOUR, DUE - HOUR)
    twice = after(after(WINDOW, WIDE, BEFORE), reschedule(due=LATER + HOUR), BEFORE)
    assert (the(twice).not_before, the(twice).told_not_before) == (LATER - 2 * HOUR, DUE - HOUR)
    first = after(OPEN, reschedule(not_before=LATER - 2 * HOUR), BEFORE)
    assert the(after(first, reschedule(due=LATER + HOUR), BEFORE)).not_before == LATER - HOUR
    told = the(after(twice, contact(tells=3), BEFORE))
    assert (told.told_due, told.told_not_before) == (LATER + HOUR, LATER - 2 * HOUR)
