"""Every operation beside the rule itself, minute by minute, in the nights when clocks are moved."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worktime import (
    Calendar,
    HorizonPassed,
    back,
    due,
    elapsed,
    is_open,
    next_close,
    next_open,
    zone,
    zone_names,
)
from worktime.spans import offsets

from .calendars import WINDOW, moves, nights, pauses
from .membership import MINUTE, Minutes

LENGTH = WINDOW * 24 * 60


@given(st.data())
@settings(max_examples=40)
def test_operations__answer_as_stepping_through_every_minute_does(data):
    told, first = data.draw(nights())
    waits = data.draw(pauses(first))
    calendar, minutes = Calendar.parse(told), Minutes(told, first, LENGTH, waits)
    end = first + LENGTH * MINUTE
    for _ in range(8):
        at = first + data.draw(st.integers(0, LENGTH - 1)) * MINUTE
        lasts = data.draw(st.integers(0, 40) | st.integers(0, LENGTH))
        within(
            minutes.due(at, lasts),
            calendar,
            due,
            at,
            lasts * MINUTE,
            waits,
            beyond=lambda found: found >= end,
        )
        within(
            minutes.back(at, lasts),
            calendar,
            back,
            at,
            lasts * MINUTE,
            waits,
            beyond=lambda found: found <= first,
        )
        within(minutes.due(at, 0), calendar, next_open, at, waits, beyond=lambda found: found >= end)
        within(minutes.next_close(at), calendar, next_close, at, waits, beyond=lambda found: found >= end)
        begins, ends = sorted((at, first + data.draw(st.integers(0, LENGTH - 1)) * MINUTE))
        assert elapsed(calendar, begins, ends, waits) == minutes.elapsed(begins, ends)
        assert is_open(calendar, at, waits) is minutes.is_open(at)


def within(expected: datetime | None, calendar: Calendar, operation: Any, *given: Any, beyond: Any) -> None:
    """Check an answer against the expected one, or that it lies beyond the window where none is in it."""
    try:
        found = operation(calendar, *given)
    except HorizonPassed:
        assert expected is None
    else:
        assert found == expected if expected is not None else beyond(found)


@pytest.mark.parametrize("name", ["America/Recife", "Asia/Gaza", "Africa/Casablanca", "America/Noronha"])
def test_offsets__also_where_clocks_are_moved_there_and_back_within_a_week(name):
    for day in moves(name):
        for hours in range(-30, 30):
            at = day + timedelta(hours=hours, minutes=1)
            assert offset_at(at, name) == at.astimezone(zone(name)).utcoffset()


@given(
    at=st.datetimes(datetime(1901, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    name=st.sampled_from(sorted(zone_names())),
)
@settings(deadline=None)
def test_offsets__are_those_of_the_zone_at_any_instant(at, name):
    assert offset_at(at, name) == at.astimezone(zone(name)).utcoffset()


def offset_at(at: datetime, name: str) -> timedelta:
    number = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    quarter = timedelta(days=91) // timedelta(microseconds=1)
    (offset,) = (
        offset for begins, ends, offset in offsets(name, number // quarter) if begins <= number < ends
    )
    return timedelta(microseconds=offset)
