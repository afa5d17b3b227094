"""Rungs exactly on a boundary: of now, of due, of quiet hours, of each other (commitment.md §4.2 to 4)."""

from datetime import datetime, timedelta

import pytest

from cases.plan import Frame, plan, until_owned
from events.catalogue.terms import Role, Rung, Terms
from events.testing import NOW

HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
DUE = NOW + 8 * HOUR


def rungs(*ladder: Rung, now: datetime = NOW, due: datetime = DUE) -> list[tuple[Role, datetime, bool]]:
    planned = plan(Terms(ladder=ladder), Frame(due, due, now))
    return [(timer.role, timer.at, timer.short_notice) for timer in planned.timers[:-1]]


def test_plan__rungs_at_one_instant_climb_from_the_lowest_role():
    ladder = (Rung(lead=HOUR, role="manager"), Rung(lead=HOUR, role="team"), Rung(share=0.875, role="owner"))
    assert [role for role, _, _ in rungs(*ladder)] == ["owner", "team", "manager"]


def test_plan__a_share_of_the_time_counts_from_when_it_is_made():
    assert rungs(Rung(share=0.25)) == [("owner", NOW + 2 * HOUR, False)]


def test_plan__a_rung_a_microsecond_past_is_short_notice():
    assert rungs(Rung(lead=8 * HOUR)) == [("owner", NOW, False)]
    assert rungs(Rung(lead=8 * HOUR + MICROSECOND)) == [("owner", NOW, True)]


def test_edge_28__short_notice_goes_to_the_lowest_role_that_is_past():
    ladder = (Rung(lead=10 * HOUR, role="team"), Rung(lead=9 * HOUR, role="lead"))
    assert rungs(*ladder) == [("team", NOW, True)]


@pytest.mark.parametrize(("left", "count"), [(MICROSECOND, 1), (0 * HOUR, 0), (-HOUR, 0)])
def test_plan__once_the_due_has_come_nobody_is_reminded(left, count):
    assert len(rungs(Rung(lead=HOUR), due=NOW + left)) == count


@pytest.mark.parametrize(
    ("due", "by"),
    [(None, HOUR), (NOW + 3 * HOUR, HOUR), (NOW + HOUR, HOUR / 2), (NOW, HOUR), (NOW - HOUR, HOUR)],
)
def test_until_owned__before_half_the_time_is_over(due, by):
    (timer,) = until_owned(HOUR, NOW, due)
    assert (timer.name, timer.role, timer.at) == ("owner_by", "team", NOW + by)
