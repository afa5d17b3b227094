"""The edge cases that are pure time, as they stand; rows 8, 9 and 11 are in test_walltime."""

from datetime import datetime, timedelta

import pytest

from worktime import (
    Calendar,
    CalendarInvalid,
    DayIsOver,
    HorizonPassed,
    add_months,
    due,
    elapsed,
    end_of_day,
    next_open,
    on_the_wall,
    resolve_wall_time,
)

BERLIN = "Europe/Berlin"
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
EVERY_DAY = (*WORKDAYS, "sat", "sun")


def calendar(*hours: list[str], days=WORKDAYS, **more) -> Calendar:
    return Calendar.parse({"tz": BERLIN, "weekly": {day: list(hours) for day in days}, **more})


B = calendar(["09:00", "17:00"])


def at(text: str, zone: str = BERLIN) -> datetime:
    """Read a time on the wall in March 2026 (`mon 09:00` of its first whole week), or a whole one."""
    day, _, clock = text.partition(" ")
    if day in EVERY_DAY:
        text = f"2026-03-{2 + EVERY_DAY.index(day):02}T{clock}"
    return resolve_wall_time(datetime.fromisoformat(text), zone).at


def next_week(text: str) -> datetime:
    return at(text) + timedelta(days=7)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def test_edge_01__the_hour_goes_on_after_the_weekend():
    assert due(B, at("fri 16:30"), hours(1)) == next_week("mon 09:30")


@pytest.mark.parametrize("made", ["sat 14:00", "sat 18:00"])
def test_edge_02__an_hour_from_a_closed_day_begins_with_the_next_opening(made):
    assert due(B, at(made), hours(1)) == next_week("mon 10:00")


def test_edge_03__a_holiday_is_left_out():
    closed = calendar(["09:00", "17:00"], holidays=["2026-03-09"])
    assert due(closed, at("sat 14:00"), hours(1)) == next_week("tue 10:00")


def test_edge_04__the_last_hour_ends_at_closing():
    assert due(B, at("fri 16:00"), hours(1)) == at("fri 17:00")


def test_edge_05__lunch_does_not_count():
    shifts = calendar(["09:00", "12:00"], ["13:30", "18:00"])
    assert due(shifts, at("mon 11:45"), hours(0.5)) == at("mon 13:45")


@pytest.mark.parametrize("night", [[["22:00", "06:00"]], [["00:00", "06:00"], ["22:00", "24:00"]]])
@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("2026-03-03T23:00", "2026-03-04T23:00"),
        ("2026-10-24T23:00", "2026-10-25T06:00"),
        ("2026-03-28T23:00", "2026-03-30T00:00"),
    ],
)
def test_edge_06__a_night_shift_counts_the_hours_that_the_night_has(night, made, expected):
    assert due(calendar(*night, days=EVERY_DAY), at(made), hours(8)) == at(expected)


def test_edge_07__a_calendar_with_no_open_time_is_refused():
    with pytest.raises(CalendarInvalid, match="nothing is ever open"):
        calendar()
    holidays = [str((at("mon 12:00") + timedelta(days=number)).date()) for number in range(400)]
    with pytest.raises(CalendarInvalid, match="nothing is open between 2026-02-27 and 2027-04-06"):
        calendar(["09:00", "17:00"], holidays=holidays)


def test_edge_07__a_search_ends_at_its_horizon():
    once = calendar(days=(), date_hours={"2026-03-02": [["09:00", "17:00"]]})
    assert due(once, at("mon 09:00"), hours(8)) == at("mon 17:00")
    with pytest.raises(HorizonPassed, match="nothing is open for 366 days"):
        due(once, at("mon 09:00"), hours(8.5))
    with pytest.raises(HorizonPassed, match="2200"):
        due(B, at("mon 09:00"), timedelta(days=10**8))


def test_edge_10__opening_hours_in_the_gap_begin_at_its_end():
    early = calendar(["02:30", "05:00"], days=EVERY_DAY)
    midnight, end_of_gap = at("2026-03-29T00:00"), at("2026-03-29T03:00")
    assert next_open(early, midnight) == end_of_gap
    assert elapsed(early, midnight, midnight + timedelta(days=1)) == hours(2)


@pytest.mark.parametrize(("day", "berlin"), [("2026-07-01", "10:00"), ("2026-01-14", "09:00")])
def test_edge_13__the_end_of_the_customers_day_is_on_their_wall(day, berlin):
    there = B.in_zone("Asia/Tokyo")
    end = end_of_day(there, at(f"{day}T11:00", "Asia/Tokyo"))
    assert end == at(f"{day}T17:00", "Asia/Tokyo")
    assert on_the_wall(end, BERLIN) == datetime.fromisoformat(f"{day}T{berlin}")


@pytest.mark.parametrize("said", ["fri 17:00", "fri 23:59", "sat 10:00", "sun 00:00"])
def test_edge_13__after_the_end_of_the_day_the_next_one_is_named(said):
    with pytest.raises(DayIsOver) as refused:
        end_of_day(B, at(said))
    assert refused.value.next == next_week("mon 17:00")


@pytest.mark.parametrize(
    ("said", "months", "expected"),
    [
        ("2026-01-31T10:00", 1, "2026-02-28T10:00"),
        ("2028-01-31T10:00", 1, "2028-02-29T10:00"),
        ("2028-02-29T10:00", 12, "2029-02-28T10:00"),
        ("2026-03-15T10:00", 8, "2026-11-15T10:00"),
        ("2026-01-31T10:00", -2, "2025-11-30T10:00"),
    ],
)
def test_edge_14__months_are_clipped_to_the_last_day(said, months, expected):
    assert add_months(at(said), months, BERLIN).at == at(expected)


@pytest.mark.parametrize(
    ("made", "lasts", "wait", "expected"),
    [
        ("mon 09:00", 8, ("mon 11:00", "tue 10:00"), "tue 16:00"),
        ("mon 09:00", 4, ("mon 12:00", "tue 10:00"), "tue 11:00"),
        ("mon 09:00", 8, ("mon 12:00", "wed 12:00"), "wed 17:00"),
        ("fri 09:00", 8, ("fri 18:00", "sun 08:00"), "fri 17:00"),
    ],
)
def test_edge_15_16_18_19__a_wait_does_not_count(made, lasts, wait, expected):
    pause = (at(wait[0]), at(wait[1]))
    assert due(B, at(made), hours(lasts), [pause]) == at(expected)
