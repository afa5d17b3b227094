"""Quiet hours, to their first and last instant (commitment.md §4.3)."""

from datetime import UTC, datetime, time

import pytest

from cases.plan import out_of_quiet
from events.catalogue.terms import Quiet

NIGHT = Quiet(begins=time(22), ends=time(7), zone="UTC")
NOON = Quiet(begins=time(12), ends=time(14), zone="UTC")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "stands"), [(at("03T07:00:01"), at("03T07:00")), (at("03T07:00"), at("03T05:00"))]
)
def test_quiet_hours__their_end_must_lie_before_due(due, stands):
    moved = out_of_quiet(at("03T05:00"), NIGHT, now=at("02T23:00"), due=due)
    assert moved == stands


@pytest.mark.parametrize(
    ("now", "stands"), [(at("02T21:59"), at("02T21:59")), (at("02T21:59:00.000001"), at("03T07:00"))]
)
def test_quiet_hours__the_minute_before_them_may_be_now(now, stands):
    assert out_of_quiet(at("03T05:00"), NIGHT, now=now, due=at("03T12:00")) == stands


@pytest.mark.parametrize(
    ("quiet", "rung", "stands"),
    [
        (NIGHT, "02T21:59:59", "02T21:59:59"),
        (NIGHT, "02T22:00", "02T21:59"),
        (NIGHT, "03T00:00", "02T21:59"),
        (NIGHT, "03T06:59:59", "02T21:59"),
        (NIGHT, "03T07:00", "03T07:00"),
        (NOON, "03T11:59:59", "03T11:59:59"),
        (NOON, "03T12:00", "03T11:59"),
        (NOON, "03T13:59:59", "03T11:59"),
        (NOON, "03T14:00", "03T14:00"),
    ],
)
def test_quiet_hours__begin_at_their_first_instant_and_end_before_their_last(quiet, rung, stands):
    assert out_of_quiet(at(rung), quiet, now=at("02T12:00"), due=at("04T12:00")) == at(stands)


@pytest.mark.parametrize(("rung", "stands"), [("02T22:30", "03T07:00"), ("03T06:30", "03T07:00")])
def test_quiet_hours__once_they_have_begun_their_end_is_the_next_one(rung, stands):
    assert out_of_quiet(at(rung), NIGHT, now=at("02T22:10"), due=at("03T12:00")) == at(stands)
