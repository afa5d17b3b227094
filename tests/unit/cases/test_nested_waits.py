"""Several waits at once, and what each of them holds (commitment.md §5.3)."""

from datetime import timedelta

import pytest

from events.catalogue import WaitEnded
from events.testing import NOW

from .scene import (
    AFTER,
    BEFORE,
    HOUR,
    THREE,
    WAIT,
    after,
    end_wait,
    keep,
    promise,
    the,
    wait,
)
from .two_waits import HELD_TWICE, OTHER, OUR_AIM, RUNNING, waits


def test_wait__a_second_one_holds_what_stands_still_already_from_when_it_first_stopped():
    assert (the(HELD_TWICE).state, the(HELD_TWICE).waits) == ("waiting", (WAIT, OTHER))
    assert the(HELD_TWICE).paused_at == NOW + HOUR


@pytest.mark.parametrize(("first", "then"), [("customer", "third_party"), ("third_party", "customer")])
def test_end_wait__of_one_kind_leaves_the_other_and_time_counts_once(first, then):
    came = HELD_TWICE.when(end_wait(kind=first), at=NOW + 3 * HOUR)
    came.then_types(WaitEnded)
    held = HELD_TWICE.and_then(*came.events)
    assert waits(held) == [OTHER if first == "customer" else WAIT]
    assert (the(held).state, the(held).revision) == ("waiting", 1)
    going_on = after(held, end_wait(kind=then), NOW + 5 * HOUR)
    assert (the(going_on).state, the(going_on).due, the(going_on).paused_at) == (
        "open",
        NOW + 12 * HOUR,
        None,
    )
    assert (waits(going_on), the(going_on).waits) == ([], ())


def test_end_wait__without_a_kind_ends_them_all_and_resumes_once():
    came = HELD_TWICE.when(end_wait(), at=NOW + 5 * HOUR)
    resumed = [event.resumed for event in came.events if isinstance(event, WaitEnded)]
    assert [len(each) for each in resumed] == [0, 1]
    assert the(came.after).due == NOW + 12 * HOUR


def test_wait__made_while_two_are_on_it_is_held_by_both():
    scene = after(HELD_TWICE, promise(**OUR_AIM | {"commitment": THREE}), NOW + 3 * HOUR)
    assert scene.state is not None
    held = scene.state.commitments[THREE]
    assert (held.waits, held.paused_at) == ((WAIT, OTHER), NOW + 3 * HOUR)
    assert waits(scene) == [WAIT, OTHER]


def test_wait__kept_while_two_hold_it_keeps_the_margin_of_when_it_stopped():
    kept = the(after(HELD_TWICE, keep(), AFTER))
    assert (kept.state, kept.waits, kept.margin) == ("kept", (), timedelta(hours=7))


def test_wait__of_an_id_that_is_waited_for_already_is_a_repeat_whatever_its_kind():
    scene = after(RUNNING, wait(), BEFORE)
    scene.when(wait(kind="third_party"), at=AFTER).then_nothing()
