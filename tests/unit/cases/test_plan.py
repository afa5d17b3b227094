"""Rungs and timers from leads (commitment.md §4.2, §4.4)."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from cases.plan import Frame, ladder, plan
from events.catalogue.terms import Rung, Terms, Timer
from events.testing import NOW

HOUR = timedelta(hours=1)
DUE = NOW + 8 * HOUR


def terms(*leads, short_notice="remind"):
    return Terms(ladder=ladder(leads), short_notice=short_notice)


def test_ladder__is_longest_first_and_each_lead_once():
    assert ladder([HOUR, 2 * HOUR, HOUR]) == (Rung(lead=2 * HOUR), Rung(lead=HOUR))


def test_plan__has_a_rung_per_lead_and_the_due():
    planned = plan(terms(2 * HOUR, HOUR, short_notice="remind"), Frame(DUE, DUE, NOW))
    assert planned.timers == (
        Timer(name="rung-1", at=DUE - 2 * HOUR),
        Timer(name="rung-2", at=DUE - HOUR),
        Timer(name="due", at=DUE),
    )
    assert planned.left_out == ()


def test_plan__a_rung_at_exactly_now_is_not_past():
    planned = plan(terms(8 * HOUR, short_notice="remind"), Frame(DUE, DUE, NOW))
    assert planned.timers[0] == Timer(name="rung-1", at=NOW)


def test_edge_28__rungs_already_past_become_one_reminder_at_once():
    planned = plan(terms(12 * HOUR, 9 * HOUR, HOUR, short_notice="remind"), Frame(DUE, DUE, NOW))
    assert planned.timers == (
        Timer(name="rung-2", at=NOW, short_notice=True),
        Timer(name="rung-3", at=DUE - HOUR),
        Timer(name="due", at=DUE),
    )
    assert planned.left_out == (Timer(name="rung-1", at=DUE - 12 * HOUR),)


def test_edge_28__short_notice_skipped_leaves_them_out_and_says_so():
    planned = plan(terms(12 * HOUR, HOUR, short_notice="skip"), Frame(DUE, DUE, NOW))
    assert planned.timers == (Timer(name="rung-2", at=DUE - HOUR), Timer(name="due", at=DUE))
    assert planned.left_out == (Timer(name="rung-1", at=DUE - 12 * HOUR),)


def test_plan__the_due_timer_stands_at_what_the_customer_knows():
    planned = plan(terms(HOUR, short_notice="remind"), Frame(DUE + 24 * HOUR, DUE, NOW))
    assert planned.timers == (
        Timer(name="rung-1", at=DUE + 23 * HOUR),
        Timer(name="due", at=DUE),
    )


@given(
    leads=st.lists(st.timedeltas(min_value=timedelta(microseconds=1), max_value=timedelta(days=365))),
    left=st.timedeltas(min_value=timedelta(microseconds=1), max_value=timedelta(days=400)),
    short_notice=st.sampled_from(["remind", "skip"]),
)
def test_plan__every_rung_is_a_timer_between_now_and_due_or_left_out(leads, left, short_notice):
    due = NOW + left
    planned = plan(terms(*leads, short_notice=short_notice), Frame(due, due, NOW))
    *rungs, last = planned.timers
    assert last == Timer(name="due", at=due)
    assert all(NOW <= rung.at < due for rung in rungs)
    assert all(rung.at < NOW for rung in planned.left_out)
    names = [timer.name for timer in (*planned.left_out, *rungs)]
    assert names == [f"rung-{number}" for number in range(1, len(set(leads)) + 1)]
    assert sum(rung.short_notice for rung in rungs) <= 1
    assert not (short_notice == "remind" and planned.left_out and not rungs[0].short_notice)
