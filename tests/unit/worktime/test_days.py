"""Business days, ends of days and months where dates and clocks are unusual."""

from datetime import datetime

import pytest

from worktime import (
    Calendar,
    DayIsOver,
    DurationNegative,
    HorizonPassed,
    IntervalReversed,
    ZoneUnknown,
    add_days,
    add_months,
    back,
    due,
    elapsed,
    end_of_day,
    is_open,
    next_close,
    next_open,
)

from .test_edges import B, at, calendar, hours, next_week

NIGHTS = calendar(["22:00", "06:00"])


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("mon 10:00", 2, "wed 10:00"),
        ("fri 10:00", -2, "wed 10:00"),
        ("wed 08:00", 1, "thu 09:00"),
        ("wed 18:00", 1, "fri 09:00"),
        ("wed 17:00", 1, "fri 09:00"),
        ("wed 08:00", -1, "mon 17:00"),
        ("wed 18:00", -1, "tue 17:00"),
        ("wed 17:00", -1, "tue 17:00"),
        ("wed 18:00", 0, "thu 09:00"),
        ("sat 12:00", -1, "fri 12:00"),
    ],
)
def test_add_days__keeps_the_time_of_day_within_hours(start, days, expected):
    assert add_days(B, at(start), days) == at(expected)


def test_add_days__counts_from_a_closed_day_with_the_next_business_day():
    assert add_days(B, at("sat 12:00"), 1) == next_week("mon 12:00")
    assert add_days(B, at("fri 12:00"), 1) == next_week("mon 12:00")


def test_add_days__leaves_out_holidays_and_days_that_are_all_break():
    closed = calendar(
        ["09:00", "17:00"], holidays=["2026-03-03"], breaks={"2026-03-04": [["00:00", "24:00"]]}
    )
    assert add_days(closed, at("mon 10:00"), 1) == at("thu 10:00")


def test_add_days__the_end_of_a_night_is_no_business_day():
    assert add_days(NIGHTS, at("thu 23:00"), 2) == next_week("mon 23:00")


def test_add_days__a_day_that_the_zone_skipped_does_not_count():
    samoa = B.in_zone("Pacific/Apia")
    assert add_days(samoa, at("2011-12-29T10:00", "Pacific/Apia"), 1) == at(
        "2012-01-02T10:00", "Pacific/Apia"
    )
    assert add_days(samoa, at("2012-01-02T10:00", "Pacific/Apia"), -1) == at(
        "2011-12-29T10:00", "Pacific/Apia"
    )


def test_add_days__a_time_in_the_gap_is_read_with_the_offset_before_it():
    always = calendar(["00:00", "24:00"], days=("sat", "sun"))
    assert add_days(always, at("2026-03-28T02:30"), 1) == at("2026-03-29T03:30")


def test_add_days__too_many_are_refused():
    with pytest.raises(HorizonPassed):
        add_days(B, at("mon 10:00"), 10**9)
    once = Calendar.parse({"tz": "UTC", "date_hours": {"2026-03-02": [["09:00", "17:00"]]}})
    with pytest.raises(HorizonPassed, match="366 days"):
        add_days(once, at("mon 10:00"), 1)


def test_end_of_day__is_the_last_closing():
    split = calendar(["08:00", "12:00"], ["13:00", "18:00"], breaks={"2026-03-03": [["17:00", "24:00"]]})
    assert end_of_day(split, at("mon 00:00")) == at("mon 18:00")
    assert end_of_day(split, at("mon 12:30")) == at("mon 18:00")
    assert end_of_day(split, at("tue 09:00")) == at("tue 17:00")


def test_end_of_day__of_a_night_is_midnight():
    assert end_of_day(NIGHTS, at("tue 03:00")) == at("wed 00:00")
    with pytest.raises(DayIsOver) as refused:
        end_of_day(NIGHTS, at("sat 03:00"))
    assert refused.value.next == next_week("tue 00:00")


def test_add_months__says_what_the_wall_had_to_decide():
    assert add_months(at("2026-01-29T02:30"), 2, "Europe/Berlin").gap_shifted
    assert add_months(at("2026-09-25T02:30"), 1, "Europe/Berlin").fold == 0


@pytest.mark.parametrize("months", [12 * 200, -12 * 200, 10**12])
def test_add_months__beyond_the_years_is_refused(months):
    with pytest.raises(HorizonPassed):
        add_months(at("mon 10:00"), months, "Europe/Berlin")


def test_add_months__in_an_unknown_zone_is_refused():
    with pytest.raises(ZoneUnknown):
        add_months(at("mon 10:00"), 1, "Mars/Olympus")


def test_zero_duration__is_the_next_opening_or_the_last_closing():
    assert due(B, at("mon 10:00"), hours(0)) == at("mon 10:00")
    assert due(B, at("mon 17:00"), hours(0)) == at("tue 09:00")
    assert back(B, at("tue 09:00"), hours(0)) == at("tue 09:00")
    assert back(B, at("tue 08:59"), hours(0)) == at("mon 17:00")
    assert back(B, at("mon 17:00"), hours(0)) == at("mon 17:00")


def test_pauses__bound_openings_and_closings():
    waits = [(at("mon 11:00"), at("mon 12:00")), (at("mon 09:00"), at("mon 10:00"))]
    assert next_open(B, at("mon 08:00"), waits) == at("mon 10:00")
    assert next_close(B, at("mon 08:00"), waits) == at("mon 11:00")
    assert next_close(B, at("mon 11:30"), waits) == at("mon 17:00")
    assert not is_open(B, at("mon 11:00"), waits)
    assert is_open(B, at("mon 12:00"), waits)
    assert back(B, at("mon 11:30"), hours(0), waits) == at("mon 11:00")
    assert back(B, at("mon 13:00"), hours(2), waits) == at("mon 10:00")


def test_pauses__that_never_end_leave_nothing():
    forever = [(at("mon 11:00"), datetime.max.replace(tzinfo=at("mon 11:00").tzinfo))]
    assert due(B, at("mon 10:00"), hours(1), forever) == at("mon 11:00")
    with pytest.raises(HorizonPassed):
        due(B, at("mon 10:00"), hours(1.5), forever)


def test_wrong_questions__are_refused():
    with pytest.raises(IntervalReversed, match="the end lies before the start"):
        elapsed(B, at("tue 10:00"), at("mon 10:00"))
    with pytest.raises(IntervalReversed, match="a pause ends before it begins"):
        elapsed(B, at("mon 10:00"), at("tue 10:00"), [(at("tue 09:00"), at("mon 09:00"))])
    for operation in (due, back):
        with pytest.raises(DurationNegative):
            operation(B, at("mon 10:00"), hours(-1))
    with pytest.raises(ValueError, match="no instant"):
        due(B, at("mon 10:00").replace(tzinfo=None), hours(1))
    with pytest.raises(HorizonPassed, match="1900"):
        is_open(B, at("mon 10:00").replace(year=1899))
