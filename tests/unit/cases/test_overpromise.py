"""Warnings of promises that may be more than can be kept: they change nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from cases.overpromise import warnings
from events.testing import an_id
from worktime import Calendar

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
DUE = datetime(2026, 11, 9, 13, tzinfo=UTC)  # 14:00 in Berlin, a Monday
HOURS = Calendar.parse({"tz": "Europe/Berlin", "weekly": {"mon": [["09:00", "17:00"]]}})


def kinds(due=DUE, **said):
    return [warning.kind for warning in warnings(due, **said)]


def test_warnings__none_where_nothing_is_known():
    assert kinds() == []


@pytest.mark.parametrize(("needed", "found"), [(HOUR, []), (0 * HOUR, []), (-MINUTE, ["later_than_needed"])])
def test_later_than_needed(needed, found):
    assert kinds(needed_by=DUE + needed) == found


@pytest.mark.parametrize(
    ("wall", "found"),
    [
        ("08:59", ["outside_hours"]),
        ("09:00", []),
        ("16:59", []),
        ("17:00", []),
        ("17:01", ["outside_hours"]),
    ],
)
def test_outside_hours__closing_time_is_inside(wall, found):
    due = datetime.fromisoformat(f"2026-11-09T{wall}+01:00")
    assert kinds(due, owner_calendar=HOURS) == found


@pytest.mark.parametrize(("aim", "found"), [(HOUR, []), (0 * HOUR, []), (-MINUTE, ["beyond_target"])])
def test_beyond_target(aim, found):
    assert kinds(aim_due=DUE + aim) == found


@pytest.mark.parametrize(("apart", "found"), [(HOUR, 0), (59 * MINUTE, 1), (-59 * MINUTE, 1), (0 * HOUR, 1)])
def test_colliding__within_the_hour_either_side(apart, found):
    others = [(an_id("near"), DUE + apart), (an_id("far"), DUE + 5 * HOUR)]
    seen = warnings(DUE, others=others, position=17)
    assert [(each.others, each.position) for each in seen] == [((an_id("near"),), 17)] * found


def test_before_its_children__names_those_due_later_only():
    children = [(an_id("at once"), DUE), (an_id("later"), DUE + MINUTE)]
    (seen,) = warnings(DUE, children=children)
    assert (seen.kind, seen.others) == ("before_its_children", (an_id("later"),))


def test_warnings__all_at_once_name_instants_on_the_owners_wall():
    late = DUE + 6 * HOUR
    seen = warnings(
        late, needed_by=DUE, owner_calendar=HOURS, aim_due=DUE, others=[(an_id("near"), late)], position=3
    )
    assert [each.says for each in seen] == [
        "Due Mon 9 Nov 2026 20:00 (Europe/Berlin), but needed by Mon 9 Nov 2026 14:00.",
        "Due Mon 9 Nov 2026 20:00 (Europe/Berlin), when its owner does not work.",
        "Due Mon 9 Nov 2026 20:00 (Europe/Berlin), later than the policy's Mon 9 Nov 2026 14:00.",
        "Due Mon 9 Nov 2026 20:00 (Europe/Berlin), within the hour of 1 other promise of its owner.",
    ]
