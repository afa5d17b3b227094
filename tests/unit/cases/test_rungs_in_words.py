"""How rungs, spans and warnings are said to a person."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from cases.overpromise import warnings
from cases.plan import Frame
from cases.rungs import Ladder
from cases.telling import on_wall, spanning
from events.catalogue.terms import Quiet, Rung, Span, Terms
from events.testing import NOW
from worktime import Calendar

HOUR = timedelta(hours=1)
DUE = NOW + 8 * HOUR
HOURS = Calendar.parse({"tz": "UTC", "weekly": {"mon": [["09:00", "16:00"]]}})
NOON = Quiet(begins=time(12), ends=time(14), zone="UTC")
LADDER = (
    Rung(lead=4 * HOUR),
    Rung(share=0.75, role="team"),
    Rung(lead=2 * HOUR, unit="business", role="lead"),
    Rung(lead=HOUR, role="manager"),
)


def said(*ladder: Rung, now: datetime = NOW, **terms: object) -> tuple[str, ...]:
    return Ladder(
        Terms.model_validate({"ladder": ladder, **terms}), Frame(DUE, DUE, now), HOURS, "UTC"
    ).steps()


QUIET_RUNG = (
    "Reminder to the owner, 4 h before → Mon 2 Mar 2026 13:00 (UTC), "
    "in the quiet hours 12:00 to 14:00 → Mon 2 Mar 2026 11:59."
)


def test_steps__a_sentence_for_each_rung_and_one_for_short_notice():
    assert said(*LADDER, quiet=NOON) == (
        QUIET_RUNG,
        "Reminder to the team, after 75% of the time → Mon 2 Mar 2026 15:00 (UTC).",
        "Reminder to the lead, 2 business h before → Mon 2 Mar 2026 14:00 (UTC).",
        "Reminder to the manager, 1 h before → Mon 2 Mar 2026 16:00 (UTC).",
        "No reminder lies in the past.",
    )


@pytest.mark.parametrize(("notice", "how"), [("remind", "one is sent at once"), ("skip", "none is sent")])
def test_steps__say_what_short_notice_does(notice, how):
    *rungs, last = said(*LADDER, now=DUE - 2 * HOUR, short_notice=notice)
    past = [rung.endswith("which is past.") for rung in rungs]
    assert past == [True, False, True, False]
    assert last == f"2 of 4 reminders would lie in the past: {how}."


def test_steps__a_rung_at_exactly_now_is_not_past():
    first, last = said(Rung(lead=HOUR), now=DUE - HOUR)
    assert (first[-12:], last) == ("16:00 (UTC).", "No reminder lies in the past.")


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (Span(unit="business_days", count=1), "1 business day"),
        (Span(unit="business_days", count=2), "2 business days"),
        (Span(unit="months", count=1), "1 month"),
        (Span(unit="months", count=12), "12 months"),
        (Span(unit="business", lasts=HOUR), "1 business h"),
        (Span(lasts=HOUR), "1 h"),
    ],
)
def test_spanning__one_and_many(span, words):
    assert spanning(span) == words


def test_on_wall__part_of_a_second_shows_the_seconds():
    assert on_wall(NOW + timedelta(microseconds=1), "UTC") == "Mon 2 Mar 2026 09:00:00"


def test_outside_hours__after_all_hours_have_ended():
    ended = Calendar.parse(
        {"tz": "UTC", "weekly": {}, "date_hours": {date(2026, 3, 2).isoformat(): [["09:00", "10:00"]]}}
    )
    far = datetime(2199, 1, 1, tzinfo=UTC) + timedelta(days=400)
    assert [each.kind for each in warnings(far, owner_calendar=ended)] == ["outside_hours"]
