"""What nobody owns is asked for once, also when its plan is made anew (commitment.md §3)."""

from datetime import datetime, timedelta

import pytest

from cases.due import Within
from events.catalogue.terms import Timer
from events.testing import NOW, SYSTEM

from .scene import (
    CALL,
    DUE,
    HOUR,
    LATER,
    OPENED,
    Scene,
    after,
    end_wait,
    hand_over,
    promise,
    reschedule,
    the,
    wait,
)

MINUTE = timedelta(minutes=1)
BY = NOW + HOUR / 2
"""By then somebody must have taken what nobody owns."""
UNOWNED = after(OPENED, promise(), by=SYSTEM)
OWN_AIM = promise(basis="policy", due=Within(within=8 * HOUR))


def names(scene: Scene) -> list[tuple[str, datetime]]:
    return [(timer.name, timer.at) for timer in the(scene).timers]


@pytest.mark.parametrize(
    ("moved", "kept"), [(BY - MINUTE, True), (BY, True), (BY + timedelta(microseconds=1), False)]
)
def test_unowned__is_asked_for_once_and_not_again_when_that_is_past(moved, kept):
    again = after(UNOWNED, reschedule(told_in=CALL), moved)
    unowned = [Timer(name="owner_by", at=BY, role="team")] if kept else []
    assert list(the(again).timers[:-2]) == unowned
    assert names(again)[-2:] == [("rung-1", LATER - HOUR), ("due", LATER)]


def test_unowned__taken_and_moved_nobody_is_asked_for():
    taken = after(UNOWNED, hand_over(), NOW + MINUTE)
    moved = after(taken, reschedule(told_in=CALL), NOW + 2 * MINUTE)
    assert names(moved) == [("rung-1", LATER - HOUR), ("due", LATER)]


@pytest.mark.parametrize(
    ("stopped", "goes_on", "asked"),
    [
        (BY - MINUTE, BY - MINUTE / 2, BY),
        (BY - MINUTE, BY + HOUR, BY + HOUR),
        (BY, BY + HOUR, BY + HOUR),
        (BY + MINUTE, BY + HOUR, None),
    ],
)
def test_unowned__whose_clock_stood_still_when_it_was_to_be_asked_is_asked_after(stopped, goes_on, asked):
    scene = after(after(OPENED, OWN_AIM, by=SYSTEM), promise(commitment=CALL, due=LATER))
    scene = after(after(scene, wait(next_contact=CALL), stopped), end_wait(), goes_on)
    assert names(scene)[0] == ("owner_by", asked) if asked else names(scene)[0][0] == "rung-1"
    assert names(scene)[-1] == ("due", DUE + (goes_on - stopped))
