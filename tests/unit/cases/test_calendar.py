"""Calendars are published version after version; an impossible one is refused, naming the field."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as sample
from hypothesis import strategies as st
from pydantic import ValidationError

from cases.calendar import CALENDAR, PublishCalendar, public_holidays, read
from events.decider import Actor
from events.errors import Forbidden, Invalid
from events.testing import LEAD, NOW, given
from worktime import due, is_open

OFFICE = [["09:00", "17:00"]]
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), OFFICE)


def publish(**said: Any) -> PublishCalendar:
    body = {"name": "berlin", "zone": "Europe/Berlin", "weekly": WEEK, **said}
    return PublishCalendar.model_validate_json(json.dumps(body), strict=True)


def test_publish__recorded_as_the_first_version():
    (made,) = given(CALENDAR).when(publish(holidays={"2026-12-24": "Eve"}), by=LEAD).events
    assert (made.version, made.zone, made.holidays) == (1, "Europe/Berlin", {"2026-12-24": "Eve"})
    assert not is_open(read(made), datetime(2026, 12, 24, 10, tzinfo=UTC))


def test_publish__repeated_writes_nothing():
    once = given(CALENDAR).when(publish(country="DE"), by=LEAD)
    given(CALENDAR, *once.events).when(publish(country="DE"), by=LEAD).then_nothing()


def test_publish__changed_makes_the_next_version_and_keeps_the_first():
    first = given(CALENDAR).when(publish(), by=LEAD)
    second = given(CALENDAR, *first.events).when(publish(holidays={"2026-03-04": "Moved"}), by=LEAD)
    assert [each.version for each in second.after] == [1, 2]
    assert [is_open(read(each), datetime(2026, 3, 4, 10, tzinfo=UTC)) for each in second.after] == [
        True,
        False,
    ]


def test_publish__back_to_what_was_before_is_a_version_too():
    first = given(CALENDAR).when(publish(), by=LEAD)
    second = given(CALENDAR, *first.events).when(publish(holidays={"2026-03-04": "Moved"}), by=LEAD)
    assert given(CALENDAR, *second.after).when(publish(), by=LEAD).events[0].version == 3


@pytest.mark.parametrize("role", ["agent", "analyst"])
def test_publish__by_others_is_rejected(role):
    given(CALENDAR).when(publish(), by=Actor("x", frozenset({role}))).then_rejected(Forbidden)


def test_country__its_holidays_are_closed_and_named():
    made = given(CALENDAR).when(publish(country="VN", zone="Asia/Ho_Chi_Minh"), by=LEAD).events[0]
    assert made.holidays["2026-02-17"] == "Tết Nguyên Đán"
    years = {day[:4] for day in made.holidays}
    assert (min(years), max(years)) == ("2025", "2036")
    assert not is_open(read(made), datetime(2026, 2, 17, 3, tzinfo=UTC))


def test_country__an_override_is_open_after_all():
    made = given(CALENDAR).when(publish(country="PH", not_holidays=["2026-12-30"]), by=LEAD).events[0]
    assert "2026-12-25" in made.holidays
    assert "2026-12-30" in public_holidays("PH", None, NOW)
    assert is_open(read(made), datetime(2026, 12, 30, 10, tzinfo=UTC))


def test_country__a_subdivision_has_its_own():
    berlin = given(CALENDAR).when(publish(country="DE", subdivision="BE"), by=LEAD).events[0]
    whole = given(CALENDAR).when(publish(country="DE"), by=LEAD).events[0]
    assert set(berlin.holidays) - set(whole.holidays) >= {"2027-03-08"}


def test_country__published_a_year_later_reaches_a_year_further():
    once = given(CALENDAR).when(publish(country="DE"), by=LEAD)
    later = given(CALENDAR, *once.events).when(publish(country="DE"), by=LEAD, at=NOW.replace(year=2027))
    assert max(later.events[0].holidays)[:4] == "2037"


@pytest.mark.parametrize(
    ("said", "field", "reason"),
    [
        ({"weekly": {}}, "weekly", "nothing is ever open"),
        ({"weekly": {"mon": []}}, "weekly", "nothing is ever open"),
        ({"weekly": {"mon": [["09:00", "12:00"], ["11:00", "17:00"]]}}, "weekly.mon", "overlap"),
        ({"weekly": {"mon": [["09:00", "09:00"]]}}, "weekly.mon", "empty"),
        ({"weekly": {"mon": [["17:00", "09:00"]]}}, "weekly.mon", "backwards"),
        ({"breaks": {"2026-03-02": [["12:00", "11:00"]]}}, "breaks.2026-03-02", "backwards"),
        ({"country": "XX"}, "country", "XX"),
        ({"country": "DE", "subdivision": "ZZ"}, "subdivision", "BE"),
        ({"subdivision": "BE"}, "subdivision", "country"),
        ({"holidays": {"2026-03-04": "x"}, "not_holidays": ["2026-03-04"]}, "not_holidays", "2026-03-04"),
        ({"weekly": {}, "date_hours": {"2020-01-01": OFFICE}}, "weekly", "a year from now"),
    ],
)
def test_edge_07__an_impossible_calendar_is_refused_naming_the_field(said, field, reason):
    rejection = given(CALENDAR).when(publish(**said), by=LEAD).then_rejected(Invalid, field=field)
    assert reason in str(rejection)


def test_edge_07__holidays_that_cover_everything_are_refused():
    mondays = (date(2026, 1, 5) + timedelta(weeks=number) for number in range(150))
    closed = {day.isoformat(): "Closed" for day in mondays}
    asked = publish(weekly={"mon": OFFICE}, holidays=closed)
    rejection = given(CALENDAR).when(asked, by=LEAD).then_rejected(Invalid, field="holidays")
    assert "more than a year" in str(rejection)


@pytest.mark.parametrize(
    "said",
    [
        {"zone": "Mars/Olympus"},
        {"weekly": {"monday": OFFICE}},
        {"weekly": {"mon": [["9:00", "17:00"]]}},
        {"weekly": {"mon": [["09:00", "25:00"]]}},
        {"weekly": {"mon": [["09:00"]]}},
        {"holidays": {"2026-02-30": "x"}},
        {"holidays": {"tomorrow": "x"}},
        {"holidays": {"2026-02-03": ""}},
        {"country": "vn"},
        {"hours": {}},
    ],
)
def test_publish__what_is_no_calendar_is_refused(said):
    with pytest.raises(ValidationError):
        publish(**said)


def test_edge_06__a_night_shift_is_counted_through_midnight():
    nights = {day: [["22:00", "06:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    made = given(CALENDAR).when(publish(weekly=nights), by=LEAD).events[0]
    start = datetime(2026, 10, 24, 21, tzinfo=UTC)
    assert due(read(made), start, start - start.replace(hour=13)) == datetime(2026, 10, 25, 5, tzinfo=UTC)


BODIES = [{}, {"zone": "Asia/Manila"}, {"holidays": {"2026-03-04": "Moved"}}, {"weekly": {"sat": OFFICE}}]


@sample(st.lists(st.sampled_from(BODIES), max_size=8))
def test_publish__each_change_is_one_version_more_and_a_repeat_is_none(bodies):
    scene = given(CALENDAR)
    for body in bodies:
        came = scene.when(publish(**body), by=LEAD)
        scene = scene.and_then(*came.events)
        assert [each.version for each in scene.state] == list(range(1, len(scene.state) + 1))
        assert read(scene.state[-1]).zone == body.get("zone", "Europe/Berlin")
        scene.when(publish(**body), by=LEAD).then_nothing()
