"""What must hold of open time whatever the calendar: to the microsecond, with pauses too."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from worktime import back, due, elapsed, is_open, next_close, next_open

from .calendars import WINDOW, calendars, pauses

MICROSECOND = timedelta(microseconds=1)
lasts = st.timedeltas(timedelta(), timedelta(days=9))


def instants(first: datetime) -> st.SearchStrategy[datetime]:
    return st.timedeltas(-timedelta(days=2), timedelta(days=WINDOW)).map(lambda after: first + after)


@st.composite
def scenes(draw):
    calendar, first = draw(calendars())
    waits = draw(pauses(first, MICROSECOND))
    return calendar, sorted((draw(instants(first)), draw(instants(first)), draw(instants(first)))), waits


many = settings(max_examples=40)


@many
@given(scenes(), lasts)
def test_elapsed__until_due_is_what_was_counted(scene, lasts):
    calendar, (start, *_), waits = scene
    at = due(calendar, start, lasts, waits)
    assert elapsed(calendar, start, at, waits) == lasts
    if lasts:
        assert elapsed(calendar, start, at - MICROSECOND, waits) == lasts - MICROSECOND


@many
@given(scenes(), lasts)
def test_back__inverts_due(scene, lasts):
    calendar, (start, _, end), waits = scene
    since = back(calendar, end, lasts, waits)
    assert elapsed(calendar, since, end, waits) == lasts
    if lasts:
        assert elapsed(calendar, since + MICROSECOND, end, waits) == lasts - MICROSECOND
        opens = next_open(calendar, start, waits)
        assert back(calendar, due(calendar, start, lasts, waits), lasts, waits) == opens


@many
@given(scenes(), lasts, lasts)
def test_due__is_monotone_in_both_arguments_and_additive(scene, lasts, more):
    calendar, (earlier, later, _), waits = scene
    at = due(calendar, earlier, lasts, waits)
    assert at <= due(calendar, later, lasts, waits)
    assert at <= due(calendar, earlier, lasts + more, waits)
    if more:
        assert due(calendar, at, more, waits) == due(calendar, earlier, lasts + more, waits)


@many
@given(scenes(), lasts, lasts)
def test_back__is_monotone_in_both_arguments(scene, lasts, more):
    calendar, (_, earlier, later), waits = scene
    at = back(calendar, later, lasts, waits)
    assert back(calendar, earlier, lasts, waits) <= at
    assert back(calendar, later, lasts + more, waits) <= at


@many
@given(scenes())
def test_elapsed__is_additive_over_any_cut_and_never_more_than_real_time(scene):
    calendar, (start, cut, end), waits = scene
    whole = elapsed(calendar, start, end, waits)
    assert whole == elapsed(calendar, start, cut, waits) + elapsed(calendar, cut, end, waits)
    assert timedelta() <= whole <= elapsed(calendar, start, end) <= end - start


@many
@given(scenes())
def test_next_open_and_next_close__bound_a_stretch_that_is_open_throughout(scene):
    calendar, (at, *_), waits = scene
    opens = next_open(calendar, at, waits)
    closes = next_close(calendar, at, waits)
    assert is_open(calendar, opens, waits)
    assert not is_open(calendar, closes, waits)
    assert elapsed(calendar, opens, closes, waits) == closes - opens
    assert elapsed(calendar, at, opens, waits) == timedelta()
    assert is_open(calendar, at, waits) is (opens == at)
