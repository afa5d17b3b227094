"""Plans made anew: who must take it, which due is meant, and hours that do not reach (commitment.md §4)."""

from datetime import UTC, datetime, time, timedelta

import pytest

from cases.case.commands import Reminder
from cases.due import WithinBusiness
from cases.plan import Frame, out_of_quiet, plan
from cases.setting import Setting
from events.catalogue.terms import Quiet, Rung, Terms
from events.errors import Invalid
from events.testing import NOW
from worktime import Calendar

from .scene import (
    BEFORE,
    CALL,
    DESK,
    DUE,
    HOUR,
    LATER,
    OPENED,
    after,
    end_wait,
    promise,
    the,
    wait,
)
from .test_edges_clocks import berlin, next_contact

HOURS = Calendar.parse({"tz": "UTC", "weekly": {}, "date_hours": {"2026-03-02": [["09:00", "17:00"]]}})


def test_wait__of_our_own_aim_named_by_hand_moves_it_by_real_time():
    scene = after(after(OPENED, promise(basis="policy", due=DUE)), promise(commitment=CALL, due=LATER))
    scene = after(after(scene, wait(next_contact=CALL), BEFORE), end_wait(), BEFORE + 3 * HOUR)
    assert the(scene).due == DUE + 3 * HOUR


def test_edge_16__nothing_left_and_a_wait_outside_hours_moves_nothing():
    made = promise(basis="policy", due=WithinBusiness(within_business=8 * HOUR), setting=DESK)
    scene = next_contact(after(OPENED, made, berlin("2026-11-02T09:00")), berlin("2026-11-02T09:00"))
    scene = after(after(scene, wait(), berlin("2026-11-02T17:00")), end_wait(), berlin("2026-11-02T20:00"))
    assert the(scene).due == berlin("2026-11-02T17:00")


def test_plan__counts_back_from_the_due_and_not_from_the_one_that_is_told():
    told = NOW + HOUR
    share, business = Rung(share=0.5), Rung(lead=2 * HOUR, unit="business")
    planned = plan(Terms(ladder=(share, business)), Frame(DUE, told, NOW), HOURS)
    assert [timer.at for timer in planned.timers] == [NOW + 4 * HOUR, DUE - 2 * HOUR, told]
    late = Terms(ladder=(Rung(lead=9 * HOUR),))
    assert len(plan(late, Frame(DUE, NOW, NOW)).timers) == 2
    assert len(plan(late, Frame(NOW, DUE, NOW)).timers) == 1


def test_plan__a_lead_in_business_time_that_the_hours_do_not_hold_is_refused():
    ladder = Terms(ladder=(Rung(lead=9 * HOUR, unit="business"),))
    with pytest.raises(Invalid) as refused:
        plan(ladder, Frame(DUE, DUE, NOW), HOURS)
    assert refused.value.field == "reminders"


def test_quiet_hours__begin_and_end_at_their_minute_and_no_later():
    quiet = Quiet(begins=time(22, 30), ends=time(7, 15), zone="UTC")
    rung = datetime(2026, 3, 3, 5, 40, 20, 7, tzinfo=UTC)
    before = out_of_quiet(rung, quiet, now=NOW, due=rung + 8 * HOUR)
    assert before == datetime(2026, 3, 2, 22, 29, tzinfo=UTC)
    end = datetime(2026, 3, 3, 7, 15, tzinfo=UTC)
    assert out_of_quiet(rung, quiet, now=rung - HOUR, due=rung + 8 * HOUR) == end
    assert out_of_quiet(rung, Quiet(begins=time(5), ends=time(5), zone="UTC"), now=NOW, due=end) == rung


def test_quiet_hours__end_before_the_due_and_not_before_the_one_that_is_told():
    quiet = Quiet(begins=time(22), ends=time(7), zone="UTC")
    night, seven = datetime(2026, 3, 2, 23, tzinfo=UTC), datetime(2026, 3, 3, 7, tzinfo=UTC)
    frame = Frame(seven + HOUR, seven - HOUR, night)
    assert plan(Terms(ladder=(Rung(lead=2 * HOUR),), quiet=quiet), frame).timers[0].at == seven


def test_quiet_hours__no_rung_is_moved_before_a_lower_one():
    setting = Setting(policy="quiet@1", calendar="berlin@1", zone="Europe/Berlin")
    ladder = (Reminder(lead=timedelta(hours=10, seconds=30)), Reminder(lead=9 * HOUR, role="lead"))
    said = promise(due=berlin("2026-11-03T08:00"), reminders=ladder, setting=setting)
    first, second, _ = the(after(OPENED, said, berlin("2026-11-02T12:00"))).timers
    assert (first.role, second.role, first.at) == ("owner", "lead", second.at)
