"""The contact that a wait names, and waits that are over (commitment.md §3, §5.3)."""

import pytest

from cases.case import Command
from cases.case.commands import ReopenCase
from events.catalogue import WaitingOnCustomer
from events.errors import Invalid

from .scene import (
    A_CASE,
    AFTER,
    BEFORE,
    DUE,
    HOUR,
    LATER,
    ONE,
    OPENED,
    SOON,
    THREE,
    TWO,
    after,
    close,
    end_wait,
    expectation,
    keep,
    promise,
    release,
    wait,
)
from .two_waits import HELD_TWICE, OUR_AIM, RUNNING, waits

UNFIT: dict[str, Command] = {
    "our own aim": promise(**OUR_AIM | {"commitment": THREE}),
    "an expectation": expectation(commitment=THREE, due=LATER),
    "undated": promise(**SOON, commitment=THREE),
    "not there": promise(due=LATER),
}


@pytest.mark.parametrize("what", UNFIT)
def test_wait__the_next_contact_is_an_open_follow_up_that_was_said(what):
    scene = after(RUNNING, UNFIT[what])
    scene.when(wait(next_contact=THREE), at=BEFORE).then_rejected(Invalid, field="next_contact")


def test_wait__a_next_contact_that_is_over_is_refused():
    scene = after(after(OPENED, promise()), keep(), BEFORE)
    scene.when(wait(next_contact=ONE), at=BEFORE).then_rejected(Invalid, field="next_contact")


def test_wait__is_over_when_the_case_closes_and_reopening_brings_none_back():
    scene = after(after(HELD_TWICE, keep(), AFTER), release(commitment=TWO), AFTER)
    closed = after(scene, close(), AFTER)
    assert waits(closed) == []
    again = after(closed, ReopenCase(case=A_CASE, words="The parcel was empty."), AFTER)
    again = after(again, promise(commitment=THREE, due=DUE + 9 * HOUR), AFTER)
    again.when(wait(next_contact=THREE), at=AFTER).then_types(WaitingOnCustomer)


def test_end_wait__of_a_kind_that_is_not_waited_for_changes_nothing():
    after(RUNNING, wait(), BEFORE).when(end_wait(kind="third_party"), at=AFTER).then_nothing()
