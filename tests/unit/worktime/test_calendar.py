"""Calendars: read from data and written back, refused with a reason, and what holds where rules meet."""

import pickle
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings

from worktime import Calendar, CalendarInvalid, Hours, elapsed, is_open, next_close, next_open

from .calendars import calendars

WEEK = {"mon": [["09:00", "17:00"]]}
NIGHTS = {day: [["22:00", "06:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def whole(calendar: Calendar, day: str) -> timedelta:
    """Return the open time of a date in UTC."""
    return elapsed(calendar, utc(day), utc(day) + timedelta(days=1))


@settings(deadline=None)
@given(calendars())
def test_as_data__is_read_as_an_equal_calendar(found):
    calendar, _ = found
    again = Calendar.parse(calendar.as_data())
    assert again == calendar
    assert hash(again) == hash(calendar)
    assert pickle.loads(pickle.dumps(calendar)) == calendar


def test_as_data__keeps_what_was_said():
    data = {
        "tz": "Asia/Tokyo",
        "weekly": {"mon": [["09:00", "12:00:30"], ["13:00", "24:00"]], "fri": [["22:00", "06:00"]]},
        "holidays": ["2026-01-01"],
        "date_hours": {"2026-12-24": [["09:00", "12:00"]], "2026-12-31": []},
        "breaks": {"2026-03-02": [["10:00", "10:15"]]},
    }
    assert Calendar.parse(data).as_data() == data


def test_parse__takes_midnight_as_the_end_of_the_day():
    assert Calendar.parse({"tz": "UTC", "weekly": {"mon": [["18:00", "00:00"]]}}).weekly[0] == (
        Hours(18 * 3600, 24 * 3600),
    )


@pytest.mark.parametrize(
    ("data", "field", "reason"),
    [
        ([], "calendar", "an object"),
        ({"weekly": WEEK}, "tz", "missing"),
        ({"tz": "Mars/Olympus", "weekly": WEEK}, "tz", "no time zone is called 'Mars/Olympus'"),
        ({"tz": "UTC", "weekly": WEEK, "lunch": []}, "lunch", "a calendar has"),
        ({"tz": "UTC", "weekly": []}, "weekly", "an object"),
        ({"tz": "UTC", "weekly": {"monday": []}}, "weekly.monday", "the days are called mon, tue"),
        ({"tz": "UTC", "weekly": {"mon": "09:00-17:00"}}, "weekly.mon", "a list"),
        ({"tz": "UTC", "weekly": {"mon": [["09:00"]]}}, "weekly.mon", "a pair of times"),
        ({"tz": "UTC", "weekly": {"mon": [[9, 17]]}}, "weekly.mon", "a pair of times"),
        ({"tz": "UTC", "weekly": {"mon": [["9:00", "17:00"]]}}, "weekly.mon", "'9:00' is no time"),
        ({"tz": "UTC", "weekly": {"mon": [["09:00", "24:30"]]}}, "weekly.mon", "'24:30' is no time"),
        ({"tz": "UTC", "weekly": {"mon": [["09:00", "09:00"]]}}, "weekly.mon", "09:00-09:00 is empty"),
        ({"tz": "UTC", "weekly": {"mon": [["24:00", "06:00"]]}}, "weekly.mon", "runs backwards"),
        ({"tz": "UTC", "weekly": {"mon": [["17:00", "09:00"]]}}, "weekly.mon", "17:00-09:00 runs backwards"),
        (
            {"tz": "UTC", "weekly": {"mon": [["09:00", "13:00"], ["12:00", "17:00"]]}},
            "weekly.mon",
            "09:00-13:00 and 12:00-17:00 overlap",
        ),
        (
            {"tz": "UTC", "weekly": {"sun": [["22:00", "06:00"]], "mon": [["05:00", "09:00"]]}},
            "weekly.mon",
            "05:00-09:00 overlaps 22:00-06:00 of the night before",
        ),
        ({"tz": "UTC", "weekly": WEEK, "holidays": ["2026-02-30"]}, "holidays", "'2026-02-30' is no date"),
        ({"tz": "UTC", "weekly": WEEK, "holidays": [7]}, "holidays", "7 is no date"),
        (
            {"tz": "UTC", "weekly": WEEK, "date_hours": {"2026-03-02": [["10:00", "10:00"]]}},
            "date_hours.2026-03-02",
            "empty",
        ),
        (
            {"tz": "UTC", "weekly": WEEK, "breaks": {"2026-03-02": [["15:00", "14:00"]]}},
            "breaks.2026-03-02",
            "runs backwards",
        ),
        (
            {"tz": "UTC", "weekly": WEEK, "breaks": {"2026-03-02": [["23:00", "01:00"]]}},
            "breaks.2026-03-02",
            "a break stays on its date",
        ),
        ({"tz": "UTC"}, "weekly", "nothing is ever open"),
        ({"tz": "UTC", "date_hours": {"2026-03-02": []}}, "weekly", "nothing is ever open"),
        (
            {
                "tz": "UTC",
                "date_hours": {"2026-03-02": [["09:00", "17:00"]]},
                "breaks": {"2026-03-02": [["08:00", "18:00"]]},
            },
            "weekly",
            "nothing is ever open",
        ),
    ],
)
def test_parse__names_what_is_wrong(data, field, reason):
    with pytest.raises(CalendarInvalid, match=reason) as refused:
        Calendar.parse(data)
    assert refused.value.field == field
    assert str(refused.value) == f"{field}: {refused.value.reason}"


def test_calendar__of_a_week_that_is_none_is_refused():
    with pytest.raises(CalendarInvalid, match="seven days"):
        Calendar("UTC", ((Hours(0, 60),),))
    with pytest.raises(CalendarInvalid, match="runs backwards"):
        Calendar("UTC", ((Hours(-60, 60),), *[()] * 6))


def test_in_zone__is_the_same_hours_on_other_walls():
    calendar = Calendar.parse({"tz": "UTC", "weekly": WEEK})
    assert next_open(calendar.in_zone("Asia/Tokyo"), utc("2026-03-01")) == utc("2026-03-02")
    assert calendar.in_zone("UTC") is calendar
    with pytest.raises(CalendarInvalid, match="Mars"):
        calendar.in_zone("Mars/Olympus")


def test_holiday__closes_its_date_and_the_night_that_would_begin_on_it():
    calendar = Calendar.parse({"tz": "UTC", "weekly": NIGHTS, "holidays": ["2026-03-04"]})
    assert next_close(calendar, utc("2026-03-03T23:00")) == utc("2026-03-04")
    assert next_open(calendar, utc("2026-03-04")) == utc("2026-03-05T22:00")


def test_date_hours__replace_the_night_that_would_begin_there_and_leave_the_one_before():
    calendar = Calendar.parse(
        {"tz": "UTC", "weekly": NIGHTS, "date_hours": {"2026-03-04": [["20:00", "02:00"]]}}
    )
    assert next_close(calendar, utc("2026-03-04T00:00")) == utc("2026-03-04T06:00")
    assert next_open(calendar, utc("2026-03-04T06:00")) == utc("2026-03-04T20:00")
    assert next_close(calendar, utc("2026-03-04T20:00")) == utc("2026-03-05T02:00")
    assert next_open(calendar, utc("2026-03-05T02:00")) == utc("2026-03-05T22:00")


def test_holiday__is_closed_though_it_has_hours_of_its_own():
    both = {"holidays": ["2026-03-02"], "date_hours": {"2026-03-02": [["10:00", "12:00"]]}}
    assert whole(Calendar.parse({"tz": "UTC", "weekly": WEEK, **both}), "2026-03-02") == timedelta()


def test_breaks__may_overlap_and_reach_over_the_hours():
    breaks = {"2026-03-02": [["08:00", "10:00"], ["09:30", "11:00"], ["16:00", "24:00"]]}
    calendar = Calendar.parse({"tz": "UTC", "weekly": WEEK, "breaks": breaks})
    assert whole(calendar, "2026-03-02") == timedelta(hours=5)
    assert whole(calendar, "2026-03-09") == timedelta(hours=8)


def test_stretches_that_touch__are_one():
    calendar = Calendar.parse(
        {"tz": "UTC", "weekly": {"fri": [["17:00", "24:00"]], "sat": [["00:00", "06:00"]]}}
    )
    assert next_close(calendar, utc("2026-03-06T12:00")) == utc("2026-03-07T06:00")


def test_next_close__goes_on_where_it_is_open_for_years():
    always = {day: [["00:00", "24:00"]] for day in NIGHTS}
    calendar = Calendar.parse({"tz": "UTC", "weekly": always, "holidays": ["2029-01-01"]})
    assert next_close(calendar, utc("2026-03-06T12:00")) == utc("2029-01-01")


def test_hour_that_comes_twice__is_open_twice():
    calendar = Calendar.parse({"tz": "Europe/Berlin", "weekly": {"sun": [["02:00", "03:00"]]}})
    assert whole(calendar, "2026-10-25") == timedelta(hours=2)
    assert whole(calendar, "2026-03-29") == timedelta()
    assert is_open(calendar, utc("2026-10-25T01:30"))
