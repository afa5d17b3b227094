"""The nearest and the furthest dues, to the microsecond (commitment.md §3)."""

from datetime import datetime, timedelta

import pytest

from cases.case.commands import NewCondition
from cases.due import ByEndOfDay, ByWallTime, WithinDays, must_lie_ahead
from events.errors import Invalid
from events.fields import LAST
from events.testing import NOW

from .scene import (
    BEFORE,
    CALL,
    DESK,
    DUE,
    HOUR,
    OPENED,
    after,
    expectation,
    promise,
    reschedule,
    the,
)

MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize("local", [datetime(2200, 1, 1), datetime(2199, 12, 31, 23, 59, 59, 999999)])  # noqa: DTZ001 - on a wall
def test_due__the_year_2200_is_too_far_and_a_microsecond_before_it_is_not(local):
    came = OPENED.when(expectation(due=ByWallTime(wall_time=local, zone="UTC")))
    if local.year == 2200:
        came.then_rejected(Invalid, field="due")
    else:
        assert the(came.after).due == LAST - MICROSECOND


def test_due__now_is_not_ahead_and_a_microsecond_later_is():
    assert must_lie_ahead(NOW + MICROSECOND, NOW) == NOW + MICROSECOND
    with pytest.raises(Invalid):
        must_lie_ahead(NOW, NOW)


@pytest.mark.parametrize(
    ("limit", "accepted"), [(NOW, 0), (NOW + MICROSECOND, 1), (LAST, 0), (LAST - HOUR, 1)]
)
def test_condition__its_limit_lies_ahead_and_before_2200(limit, accepted):
    condition = NewCondition(words="The part is here.", then=WithinDays(business_days=1)).model_copy(
        update={"limit": limit}
    )
    came = OPENED.when(promise(due=None, condition=condition, setting=DESK))
    if accepted:
        assert the(came.after).timers[-1].at == limit
    else:
        came.then_rejected(Invalid, field="condition.limit")


def test_condition__after_which_nothing_can_be_counted_names_the_field():
    condition = NewCondition(words="The part is here.", then=WithinDays(business_days=1))
    OPENED.when(promise(due=None, condition=condition)).then_rejected(Invalid, field="condition.then")
    OPENED.when(promise(due=ByEndOfDay(end_of_day="team"))).then_rejected(Invalid, field="due")


@pytest.mark.parametrize("begins", [DUE + HOUR, DUE + 2 * HOUR])
def test_reschedule__a_window_that_begins_at_its_due_or_later_is_refused(begins):
    moved = reschedule(due=DUE + HOUR, not_before=begins, told_in=CALL)
    after(OPENED, promise()).when(moved, at=BEFORE).then_rejected(Invalid, field="not_before")
