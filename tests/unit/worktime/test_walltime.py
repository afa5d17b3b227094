"""Wall times at the nights when clocks are moved, and everywhere else."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worktime import Resolved, ZoneUnknown, after, on_the_wall, resolve_wall_time, zone_names

FIRST = datetime.fromisoformat("2000-01-02")
LAST = datetime.fromisoformat("2199-12-30")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_edge_08__a_duration_counts_real_hours_through_the_long_night():
    made = resolve_wall_time(wall("2026-10-24T20:00"), "Europe/Berlin").at
    assert after(made, timedelta(hours=8)) == utc("2026-10-25T02:00")


def test_edge_09__a_wall_time_after_the_long_night():
    assert resolve_wall_time(wall("2026-10-25T10:00"), "Europe/Berlin") == Resolved(utc("2026-10-25T09:00"))


def test_edge_10__a_wall_time_in_the_gap_is_read_with_the_offset_before_it():
    resolved = resolve_wall_time(wall("2026-03-29T02:30"), "Europe/Berlin")
    assert resolved == Resolved(utc("2026-03-29T01:30"), gap_shifted=True)
    assert on_the_wall(resolved.at, "Europe/Berlin") == wall("2026-03-29T03:30")


def test_edge_11__a_wall_time_that_exists_twice_is_the_first():
    resolved = resolve_wall_time(wall("2026-10-25T02:30"), "Europe/Berlin")
    assert resolved == Resolved(utc("2026-10-25T00:30"), fold=0)


@pytest.mark.parametrize(
    ("local", "zone", "expected"),
    [
        ("2026-03-01T17:00", "Asia/Ho_Chi_Minh", Resolved(utc("2026-03-01T10:00"))),
        ("2026-03-01T17:00", "Asia/Manila", Resolved(utc("2026-03-01T09:00"))),
        ("2018-06-26T18:58:54", "America/New_York", Resolved(utc("2018-06-26T22:58:54"))),
        ("2026-03-29T02:00", "Europe/Berlin", Resolved(utc("2026-03-29T01:00"), gap_shifted=True)),
        ("2026-03-29T03:00", "Europe/Berlin", Resolved(utc("2026-03-29T01:00"))),
        ("2026-10-25T03:00", "Europe/Berlin", Resolved(utc("2026-10-25T02:00"))),
        ("2011-12-30T12:00", "Pacific/Apia", Resolved(utc("2011-12-30T22:00"), gap_shifted=True)),
        ("2199-07-01T12:00", "America/New_York", Resolved(utc("2199-07-01T16:00"))),
    ],
)
def test_resolve_wall_time__at_known_places(local: str, zone: str, expected: Resolved):
    assert resolve_wall_time(wall(local), zone) == expected


def test_resolve_wall_time__with_an_offset_is_refused():
    with pytest.raises(ValueError, match="no offset"):
        resolve_wall_time(utc("2026-03-01T17:00"), "Europe/Berlin")


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../zones", "Europe", "europe/berlin"])
def test_resolve_wall_time__in_an_unknown_zone_is_refused(name: str):
    with pytest.raises(ZoneUnknown):
        resolve_wall_time(wall("2026-03-01T17:00"), name)


@given(
    local=st.datetimes(min_value=FIRST, max_value=LAST),
    zone=st.sampled_from(sorted(zone_names())),
)
def test_resolve_wall_time__comes_back_to_the_same_wall_unless_there_was_a_gap(local: datetime, zone: str):
    resolved = resolve_wall_time(local, zone)
    assert (on_the_wall(resolved.at, zone) == local) is not resolved.gap_shifted


@given(
    at=st.datetimes(min_value=FIRST, max_value=LAST, timezones=st.just(UTC)),
    zone=st.sampled_from(sorted(zone_names())),
)
def test_resolve_wall_time__of_what_a_wall_shows_is_that_instant_or_the_first_of_two(at: datetime, zone: str):
    resolved = resolve_wall_time(on_the_wall(at, zone), zone)
    assert not resolved.gap_shifted
    assert resolved.at == at or (resolved.fold == 0 and resolved.at < at)
