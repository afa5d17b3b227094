"""Where one stretch of 91 days ends and the next begins, nothing is seen of it."""

from datetime import UTC, datetime, timedelta

import pytest

from worktime import Calendar, elapsed, is_open, next_close, next_open
from worktime.instants import MICROSECOND
from worktime.spans import QUARTER

HOUR = timedelta(hours=1)
TURN = datetime(1970, 1, 1, tzinfo=UTC) + 226 * QUARTER * MICROSECOND
"""Midnight before a Thursday."""


def hours(**days: list[list[str]]) -> Calendar:
    return Calendar.parse({"tz": "UTC", "weekly": days})


DAYTIME = hours(wed=[["09:00", "17:00"]], thu=[["09:00", "17:00"]])


@pytest.mark.parametrize(
    ("after", "expected"), [(-8, True), (-7, False), (0, False), (8, False), (9, True), (17, False)]
)
def test_is_open__before_the_first_opening_of_a_quarter_it_is_not(after, expected):
    assert TURN.weekday() == 3
    assert is_open(DAYTIME, TURN + after * HOUR) is expected


@pytest.mark.parametrize(
    ("thursday", "closes"), [([["09:00", "17:00"]], 0), ([["00:00", "02:00"]], 2), ([["00:00", "24:00"]], 24)]
)
def test_next_close__what_ends_with_a_quarter_goes_on_only_where_the_next_touches_it(thursday, closes):
    evening = hours(wed=[["20:00", "24:00"]], thu=thursday)
    assert next_close(evening, TURN - 3 * HOUR) == TURN + closes * HOUR


def test_elapsed__over_the_turn_and_up_to_it():
    assert elapsed(DAYTIME, TURN - 10 * HOUR, TURN + 10 * HOUR) == 4 * HOUR
    assert elapsed(DAYTIME, TURN - 10 * HOUR, TURN) == 3 * HOUR
    assert next_open(DAYTIME, TURN - 7 * HOUR) == TURN + 9 * HOUR
