"""By which means a message goes out next, and for how long."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.testing import NOW
from notifier.recipient import MEANS
from notifier.turn import LONGEST_TURN, Again, Turn, again
from tests.unit.notifier.cast import a_delivery

SECOND = timedelta(seconds=1)
NONE = timedelta(0)


def due_in(seconds: float):
    return a_delivery(due=NOW + seconds * SECOND)


def test_edge_46__a_turn_is_at_most_half_of_the_time_left():
    assert Turn().of(due_in(100), NOW, others=True).until == NOW + 50 * SECOND
    assert Turn().of(due_in(100_000), NOW, others=True).until == NOW + LONGEST_TURN


def test_turn_of_the_only_means__has_no_end():
    assert Turn().of(due_in(100), NOW, others=False).until is None


def test_turn_that_has_begun__goes_on():
    begun = Turn(("email",), 3, NOW + SECOND)
    assert begun.of(due_in(100), NOW, others=True) == begun


def test_edge_46__at_the_end_of_its_turn_the_next_means_comes_at_once():
    turn = Turn((), 0, NOW + 3 * SECOND)
    assert again(due_in(9), turn, "email", 2, NOW, NONE) == Again(NOW + 2 * SECOND, turn)
    assert again(due_in(9), turn, "email", 3, NOW, NONE) == Again(NOW, Turn(("email",), 3))


def test_last_means__is_tried_until_the_due():
    turn = Turn(("email",), 3)
    assert again(due_in(9), turn, "chat", 4, NOW, NONE) == Again(NOW + SECOND, turn)
    assert again(due_in(1), turn, "chat", 4, NOW, NONE) is None


@pytest.mark.parametrize("left", [0, -1])
def test_next_means__starts_before_the_due(left):
    assert again(due_in(left), Turn((), 0, NOW), "email", 3, NOW, NONE) is None


@given(st.integers(4, 100_000), st.integers(1, 3))
def test_every_means__has_its_turn_before_the_due(left, count):
    """However long the time is: each is tried, and nobody longer than half of what was left."""
    delivery, names = due_in(left), MEANS[:count]
    now, turn, attempts, tried = NOW, Turn(), 0, []
    while True:
        rest = [each for each in names if each not in turn.spent]
        before = turn
        turn = turn.of(delivery, now, others=len(rest) > 1)
        if not before.until and turn.until:
            assert turn.until - now <= (delivery.until - now) / 2
        attempts += 1
        tried.append(rest[0])
        later = again(delivery, turn, rest[0], attempts, now, NONE)
        if later is None:
            break
        assert now <= later.at < delivery.until
        now, turn = later.at, later.turn
    assert tuple(dict.fromkeys(tried)) == names
