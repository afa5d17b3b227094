"""From an aim to instants, step by step, in each kind of time."""

from datetime import UTC, datetime, timedelta

import pytest

from cases.aim import Measure, aimed
from cases.telling import lasting, on_wall
from events.catalogue.policies import Aim
from events.catalogue.terms import Span
from events.errors import Invalid
from worktime import Calendar

HOUR = timedelta(hours=1)
WEEK = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
HOURS = Calendar.parse({"tz": "Europe/Berlin", "weekly": WEEK})
BERLIN = Measure("Europe/Berlin", HOURS, "berlin@3")
NOWHERE = Measure("Asia/Manila")
FRIDAY = datetime(2026, 11, 6, 15, 30, tzinfo=UTC)  # 16:30 in Berlin


@pytest.mark.parametrize(
    ("within", "due"),
    [
        (Span(lasts=HOUR), "2026-11-06T16:30Z"),
        (Span(unit="business", lasts=HOUR), "2026-11-09T08:30Z"),
        (Span(unit="business", lasts=HOUR / 2), "2026-11-06T16:00Z"),
        (Span(unit="business_days", count=1), "2026-11-09T15:30Z"),
        (Span(unit="months", count=1), "2026-12-06T15:30Z"),
    ],
)
def test_aimed__in_each_kind_of_time(within, due):
    reached = aimed(Aim(within=within), FRIDAY, BERLIN)
    assert reached.target == reached.due == datetime.fromisoformat(due)


def test_aimed__the_buffer_is_counted_on_from_the_target():
    aim = Aim(within=Span(unit="business", lasts=HOUR), buffer=Span(lasts=2 * HOUR))
    reached = aimed(aim, FRIDAY, BERLIN)
    assert reached.target == datetime(2026, 11, 9, 8, 30, tzinfo=UTC)
    assert reached.due - reached.target == 2 * HOUR


def test_aimed__each_step_is_a_sentence():
    aim = Aim(within=Span(unit="business", lasts=HOUR), buffer=Span(lasts=90 * HOUR / 60))
    assert aimed(aim, FRIDAY, BERLIN).steps == (
        "Fri 6 Nov 2026 16:30 → 1 business h on berlin@3 → Mon 9 Nov 2026 09:30 (Europe/Berlin).",
        "Buffer: Mon 9 Nov 2026 09:30 → 1 h 30 min → Mon 9 Nov 2026 11:00 (Europe/Berlin).",
    )


def test_aimed__business_time_without_a_calendar_is_refused():
    with pytest.raises(Invalid):
        aimed(Aim(within=Span(unit="business", lasts=HOUR)), FRIDAY, NOWHERE)
    assert aimed(Aim(within=Span(lasts=HOUR)), FRIDAY, NOWHERE).due == FRIDAY + HOUR


def test_edge_07__beyond_the_horizon_is_refused_and_never_loops():
    once = Calendar.parse({"tz": "UTC", "date_hours": {"2026-11-09": [["09:00", "10:00"]]}})
    with pytest.raises(Invalid):
        aimed(Aim(within=Span(unit="business", lasts=5 * HOUR)), FRIDAY, Measure("UTC", once, "once@1"))


@pytest.mark.parametrize(
    ("length", "unit", "said"),
    [
        (HOUR, "", "1 h"),
        (26 * HOUR, "", "1 d 2 h"),
        (26 * HOUR, "business", "26 business h"),
        (1.5 * HOUR, "business", "1 business h 30 min"),
        (timedelta(seconds=90), "", "1 min 30 s"),
        (timedelta(0), "", "0 s"),
    ],
)
def test_lasting__says_a_length(length, unit, said):
    assert lasting(length, unit) == said


def test_on_wall__says_seconds_only_where_there_are_any():
    assert on_wall(FRIDAY, "Asia/Tokyo") == "Sat 7 Nov 2026 00:30"
    assert on_wall(FRIDAY + timedelta(seconds=5), "UTC") == "Fri 6 Nov 2026 15:30:05"
