"""Orders, clocks and kin that a hostile reading found wrong once: each stays right."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cases.book import Book
from cases.case import decider, lapses
from cases.case.commands import EndKept, Move, NewCondition, NewSeries, Reminder, Service, ToldByMessage
from cases.due import Within, WithinDays, WithinMonths
from cases.policy import DEFAULT, Policy
from cases.setting import Setting
from events.catalogue import CommitmentKept, CommitmentLapsed, FollowUpPromised
from events.catalogue.policies import Aim
from events.catalogue.terms import Rung, Span
from events.clock import derived_id
from events.decider import Asked
from events.errors import Invalid, NotNow
from events.testing import AGENT, LEAD, NOW, SYSTEM
from events.testing import given as given_
from worktime import Calendar

from .scene import (
    A_CASE,
    AFTER,
    AIM,
    BEFORE,
    BOOK,
    CALL,
    DESK,
    DUE,
    HOUR,
    INQUIRY,
    LATER,
    ONE,
    SOON,
    TWO,
    close,
    contact,
    correct,
    desk,
    end_wait,
    expectation,
    fell_due,
    hand_over,
    keep,
    name_due,
    opening,
    promise,
    recompute,
    release,
    reschedule,
    wait,
)
from .scene import (
    OPEN as OPEN_,
)
from .scene import (
    OPENED as OPENED_,
)
from .scene import (
    UNTOLD as UNTOLD_,
)
from .scene import (
    after as after_,
)
from .scene import (
    the as the_,
)
from .test_edges_clocks import BERLIN_ZONE, berlin
from .test_edges_clocks import aims as aims_
from .test_edges_clocks import next_contact as next_contact_
from .test_edges_clocks import waiting as waiting_

after: Any = after_
the: Any = the_
OPENED: Any = OPENED_
UNTOLD: Any = UNTOLD_
OPEN: Any = OPEN_
aims: Any = aims_
next_contact: Any = next_contact_
waiting: Any = waiting_
given: Any = given_
"""Loosely typed: where nothing is amiss a scene has its case, and a commitment its due."""

CYCLE2 = derived_id("cycle", ONE, 2)


def kinds(came):
    return [type(e).__name__ for e in came.events] if came.rejection is None else [repr(came.rejection)]


def series(every=None, **fields):
    every = every or Within(within=8 * HOUR)
    return after(OPENED, promise(series=NewSeries(every=every), **fields))


def test_series_in_business_days_without_a_calendar__lapses_all_the_same():
    try:
        scene = series(every=WithinDays(business_days=2))
    except AssertionError:
        return  # refused when made: fine
    assert kinds(scene.when(fell_due(), at=AFTER))[0] == "CommitmentLapsed"


def test_series_in_business_days_without_a_calendar__can_be_kept():
    try:
        scene = series(every=WithinDays(business_days=2))
    except AssertionError:
        return
    assert kinds(scene.when(keep(), at=BEFORE))[0] == "CommitmentKept"


def test_series_beyond_2200__lapses_all_the_same():
    scene = after(
        OPENED,
        promise(
            due=datetime(2150, 1, 1, tzinfo=UTC),
            series=NewSeries(every=WithinMonths(months=1200), cadence="fixed"),
        ),
    )
    assert kinds(scene.when(keep(), at=BEFORE))[0] == "CommitmentKept"


def test_series_of_no_length__is_refused():
    OPENED.when(promise(series=NewSeries(every=Within(within=timedelta(0))))).then_rejected(
        Invalid, field="series"
    )


@pytest.mark.parametrize("again", [keep(), fell_due(revision=2)])
def test_series__a_cycle_opened_again_makes_no_second_next_one(again):
    scene = after(series(), keep(), BEFORE)
    scene = after(scene, correct(verdict="not_kept"), BEFORE)
    scene = after(scene, hand_over(commitment=CYCLE2, owner="mai"), BEFORE)
    came = scene.when(again, at=AFTER if again.__class__.__name__ == "FellDue" else BEFORE + HOUR)
    made = [e.commitment for e in came.events if isinstance(e, FollowUpPromised)]
    assert CYCLE2 not in made, (kinds(came), scene.and_then(*came.events).state.commitments[CYCLE2].owner)


def test_series__a_cycle_told_after_all_makes_no_second_next_one():
    scene = after(series(), reschedule(), BEFORE)
    scene = after(scene, fell_due(revision=2), AFTER)
    scene = after(scene, keep(commitment=CYCLE2), AFTER)
    scene = after(
        scene, ToldByMessage(case=A_CASE, commitment=ONE, revision=2, notification=CALL, at=BEFORE), AFTER
    )
    came = scene.when(keep(), at=AFTER)
    made = [e.commitment for e in came.events if isinstance(e, FollowUpPromised)]
    assert CYCLE2 not in made, kinds(came)


def test_found__events_that_stand_fold_on_the_state_before_the_refused_command():
    scene = series(every=Within(within=HOUR))
    command = keep(occurred_at=NOW + HOUR, moves=(Move(commitment=CYCLE2, due=LATER, reason="x"),))
    at = NOW + 6 * HOUR
    scene.when(command, at=at).then_rejected(NotNow)
    found = lapses(BOOK, scene.state, command, Asked(at, AGENT))
    scene.and_then(*found)  # KeyError: the stream can no longer be read


def test_child__overdue_lapses_before_its_parent_takes_it_along():
    ola = {"commitment": TWO, "basis": "internal", "parent": ONE, "owner": "mai"}
    family = after(after(OPENED, promise()), expectation(due=DUE - HOUR, **ola))
    at = DUE - HOUR / 2
    first = (
        after(after(family, fell_due(commitment=TWO, due=DUE - HOUR), at), keep(), at)
        .state.commitments[TWO]
        .state
    )
    second = after(family, keep(), at).state.commitments[TWO].state
    assert first == second, (first, second)


def test_contact__too_early_for_one_serves_the_others():
    scene = after(OPENED, promise(not_before=DUE - HOUR))
    scene = after(scene, promise(commitment=TWO))
    both = (Service(commitment=ONE), Service(commitment=TWO))
    came = scene.when(contact(serves=both), at=BEFORE)
    assert came.rejection is None, came.rejection
    assert scene.and_then(*came.events).state.commitments[TWO].state == "kept"


def test_told_or_done__whichever_is_read_first():
    def verdict(*steps):
        scene = UNTOLD
        for command in steps:
            came = scene.when(command, at=AFTER)
            scene = scene.and_then(*came.events)
        return the(scene).state

    told = ToldByMessage(case=A_CASE, commitment=ONE, revision=2, notification=CALL, at=DUE - HOUR)
    done = contact(at=DUE + HOUR, recorded_at=DUE + HOUR)
    assert verdict(told, done) == verdict(done, told), (verdict(told, done), verdict(done, told))


def test_untold_window__the_one_that_the_customer_knows_counts():
    scene = after(OPENED, promise(not_before=DUE - 2 * HOUR))
    scene = after(scene, reschedule(due=DUE + 24 * HOUR), BEFORE)
    came = scene.when(keep(), at=DUE - HOUR)
    assert came.rejection is None, came.rejection


def test_untold_window__falls_with_its_due():
    scene = after(OPENED, promise(not_before=DUE - 2 * HOUR))
    scene = after(scene, reschedule(due=DUE + 24 * HOUR), BEFORE)
    scene = after(scene, fell_due(revision=2), AFTER)
    came = scene.when(keep(), at=AFTER)
    assert came.rejection is None, came.rejection


def test_backfill_by_policy__does_not_lapse_ahead_of_its_due():
    came = OPENED.when(promise(**AIM, backfill=True), at=berlin("2026-11-02T09:00"))
    assert not any(isinstance(e, CommitmentLapsed) for e in getattr(came, "events", ())), came.events


def test_backfill_by_policy__the_past_is_allowed():
    came = OPENED.when(
        promise(**AIM, backfill=True, said_at=berlin("2026-10-05T09:00"), kept_at=berlin("2026-10-05T10:00")),
        at=berlin("2026-11-02T09:00"),
    )
    assert came.rejection is None, came.rejection


def test_by_policy__not_announced_is_of_basis_policy():
    made = the(
        after(OPENED, promise(due=None, by_policy="response", setting=DESK), berlin("2026-11-02T09:00"))
    )
    assert made.basis == "policy", made.basis


def test_by_policy__internal_stays_internal_though_the_policy_announces():
    announced = Setting(policy="desk@3", calendar="berlin@1", zone="Europe/Berlin")
    scene = after(OPENED, promise(commitment=TWO, due=berlin("2026-12-02T09:00")))
    came = scene.when(
        promise(due=None, by_policy="response", basis="internal", parent=TWO, setting=announced),
        at=berlin("2026-11-02T09:00"),
    )
    assert came.events[0].basis == "internal", came.events[0].basis


@pytest.mark.parametrize("how", ["date", "reschedule", "correct", "series"])
def test_unowned__keeps_its_owner_by_timer(how):
    if how == "date":
        scene = after(after(OPENED, promise(**SOON), by=SYSTEM), name_due(), NOW, SYSTEM)
    elif how == "reschedule":
        scene = after(after(OPENED, promise(), by=SYSTEM), reschedule(told_in=CALL), NOW)
    elif how == "correct":
        scene = after(after(OPENED, promise(), by=SYSTEM), keep(), NOW + timedelta(minutes=1))
        scene = after(scene, correct(verdict="not_kept"), NOW + timedelta(minutes=2))
    else:
        scene = after(
            after(OPENED, promise(series=NewSeries(every=Within(within=8 * HOUR))), by=SYSTEM),
            keep(),
            NOW + timedelta(minutes=1),
            SYSTEM,
        )
        assert "owner_by" in [t.name for t in scene.state.commitments[CYCLE2].timers]
        return
    assert the(scene).owner is None
    assert "owner_by" in [t.name for t in the(scene).timers], the(scene).timers


def test_wait_outside_hours__does_not_bring_a_due_in_business_days_forward():
    made = promise(basis="policy", due=WithinDays(business_days=1), setting=DESK)
    at = berlin("2026-11-02T20:00")
    scene = next_contact(after(OPENED, made, at), at)
    due = the(scene).due
    assert due == berlin("2026-11-04T09:00")
    scene = waiting(scene, berlin("2026-11-02T21:00"))
    scene = after(scene, end_wait(), berlin("2026-11-03T07:00"))
    assert the(scene).due == due, the(scene).due.astimezone(BERLIN_ZONE)


def test_recompute_to_the_same_versions__moves_nothing():
    made = promise(basis="policy", due=WithinDays(business_days=1), setting=DESK)
    at = berlin("2026-11-02T20:00")
    scene = next_contact(after(OPENED, made, at), at)
    came = scene.when(recompute(cause="calendar", setting=DESK), at=berlin("2026-11-03T10:00"), by=LEAD)
    assert kinds(came) == [], came.events[0].due.astimezone(BERLIN_ZONE)


def test_series__the_next_cycle_has_the_zone_the_parent_and_the_parts():
    scene = after(OPENED, promise(commitment=TWO, due=LATER))
    s = NewSeries(every=Within(within=8 * HOUR))
    scene = after(scene, promise(series=s, basis="internal", parent=TWO, parts=3, setting=DESK))
    scene = after(scene, keep(), BEFORE)
    nxt = scene.state.commitments[CYCLE2]
    assert (nxt.basis, nxt.parent, nxt.team_zone, nxt.parts) == ("internal", TWO, "Europe/Berlin", 3)


def test_series__internal_ends_with_its_parent():
    scene = after(OPENED, promise(commitment=TWO, due=LATER))
    scene = after(
        scene, promise(series=NewSeries(every=Within(within=8 * HOUR)), basis="internal", parent=TWO)
    )
    scene = after(scene, keep(), BEFORE)
    scene = after(scene, keep(commitment=TWO), BEFORE)
    assert scene.state.commitments[CYCLE2].state == "withdrawn"


def test_recompute__its_own_reminders_stay():
    scene = aims(berlin("2026-11-02T09:00"), reminders=(Reminder(lead=2 * HOUR),), short_notice="skip")
    scene = after(scene, recompute(), berlin("2026-11-02T09:30"), LEAD)
    assert the(scene).terms.ladder == (Rung(lead=2 * HOUR),), the(scene).terms.ladder


def test_recompute__a_newer_ladder_in_business_time_without_hours_is_refused_not_broken():
    real = Aim(within=Span(lasts=8 * HOUR))
    one = Policy("x@1", DEFAULT.says.model_copy(update={"response": real}))
    two = Policy(
        "x@2",
        DEFAULT.says.model_copy(update={"response": real, "ladder": (Rung(lead=HOUR, unit="business"),)}),
    )
    book = Book({}, {"x@1": one, "x@2": two})
    scene = after(given(decider(book)), opening())
    scene = after(
        scene, promise(due=None, by_policy="response", basis="policy", setting=Setting(policy="x@1"))
    )
    try:
        scene.when(recompute(setting=Setting(policy="x@2")), at=BEFORE, by=LEAD)
    except AssertionError as e:
        pytest.fail(f"AssertionError {e}")


def test_contact__keeps_one_cycle():
    scene = series()
    both = (Service(commitment=ONE), Service(commitment=CYCLE2))
    came = scene.when(contact(serves=both), at=BEFORE)
    assert [e.commitment for e in came.events if isinstance(e, CommitmentKept)] == [ONE]


def test_kept_while_waiting_and_bounced__has_not_lapsed():
    scene = waiting(aims(berlin("2026-11-02T09:00")), berlin("2026-11-02T12:00"))
    scene = after(scene, keep(), berlin("2026-11-03T12:00"))
    scene = after(scene, correct(verdict="not_kept"), berlin("2026-11-03T12:05"))
    assert the(scene).state != "lapsed", (the(scene).state, the(scene).lapsed_at)


def test_kept_while_waiting_and_bounced_in_time__still_waits():
    scene = waiting(aims(berlin("2026-11-02T09:00")), berlin("2026-11-02T12:00"))
    scene = after(scene, keep(), berlin("2026-11-02T12:01"))
    scene = after(scene, correct(verdict="not_kept"), berlin("2026-11-02T12:05"))
    assert scene.state.waits
    assert the(scene).state == "waiting", (the(scene).state, the(scene).due.astimezone(BERLIN_ZONE))


@pytest.mark.parametrize("order", [(ONE, TWO), (TWO, ONE)])
def test_close__names_parent_and_child_in_any_order(order):
    ola = {"commitment": TWO, "basis": "internal", "parent": ONE, "owner": "mai"}
    family = after(after(OPENED, promise()), expectation(due=DUE - HOUR, **ola))
    came = family.when(
        close(commitments=tuple(EndKept(end="kept", commitment=each) for each in order)), at=BEFORE
    )
    assert came.rejection is None, came.rejection


def test_parent_corrected_to_kept__takes_its_children_along():
    ola = {"commitment": TWO, "basis": "internal", "parent": ONE, "owner": "mai"}
    family = after(after(OPENED, promise()), expectation(**SOON, **ola))
    scene = after(family, keep(occurred_at=DUE - HOUR), AFTER)
    assert the(scene).state == "kept"
    assert scene.state.commitments[TWO].state == "withdrawn", scene.state.commitments[TWO].state


def test_parent_let_off_after_its_lapse__takes_its_children_along():
    ola = {"commitment": TWO, "basis": "internal", "parent": ONE, "owner": "mai"}
    family = after(after(OPENED, promise()), expectation(**SOON, **ola))
    scene = after(after(family, fell_due(), AFTER), release(), AFTER)
    assert scene.state.commitments[TWO].state == "withdrawn", scene.state.commitments[TWO].state


def test_contact_recorded_by_the_due__never_lapsed_however_late_it_is_read():
    came = OPEN.when(contact(at=BEFORE, recorded_at=BEFORE), at=AFTER)
    assert "CommitmentLapsed" not in kinds(came), kinds(came)


def test_series__its_next_due_hangs_not_on_when_a_contact_is_read():
    def due(at):
        scene = after(series(), contact(at=BEFORE, recorded_at=BEFORE), at)
        return scene.state.commitments[CYCLE2].due

    assert due(BEFORE) == due(AFTER), (due(BEFORE), due(AFTER))


def test_response__a_correction_by_word_of_a_record_keeps_no_reply():
    scene = after(OPENED, promise(answers=(INQUIRY,)))
    scene = after(scene, fell_due(), AFTER)
    came = scene.when(correct(occurred_at=BEFORE), at=AFTER)
    assert came.rejection is not None, kinds(came)


def test_condition_in_business_days_without_hours__is_refused_when_made():
    came = OPENED.when(promise(due=None, condition=NewCondition(words="x", then=WithinDays(business_days=1))))
    assert isinstance(came.rejection, Invalid), "accepted, and can never be met"


def test_instant_promise__is_not_refused_for_want_of_hours_for_a_warning():
    came = OPENED.when(promise(setting=Setting(policy="desk@1")))
    assert came.rejection is None, came.rejection


def test_end_wait__with_hours_that_ended__is_answered():
    cal = Calendar.parse(
        {
            "tz": "Europe/Berlin",
            "weekly": {},
            "date_hours": {"2026-11-02": [["09:00", "17:00"]], "2026-11-03": [["09:00", "17:00"]]},
        }
    )
    book = Book({"c@1": cal}, {"desk@1": desk(1, 8)})
    st = Setting(policy="desk@1", calendar="c@1", zone="Europe/Berlin")
    scene = after(given(decider(book)), opening())
    scene = after(
        scene, promise(due=None, by_policy="response", basis="policy", setting=st), berlin("2026-11-02T09:00")
    )
    scene = after(scene, promise(commitment=TWO, due=berlin("2026-12-02T09:00")), berlin("2026-11-02T09:00"))
    scene = after(scene, wait(), berlin("2026-11-02T10:00"))
    try:
        scene.when(end_wait(), at=berlin("2026-11-03T16:00"))
    except LookupError as e:
        pytest.fail(f"{type(e).__name__}: {e}")


def test_reschedule_earlier_untold__told_when_the_new_due_is_past():
    scene = after(OPENED, promise())
    scene = after(scene, reschedule(due=NOW + 2 * HOUR), BEFORE)
    done, told = (
        contact(at=NOW + 3 * HOUR, recorded_at=NOW + 3 * HOUR),
        contact(tells=2, at=NOW + 4 * HOUR, recorded_at=NOW + 4 * HOUR, contact=INQUIRY),
    )

    def verdict(*steps):
        s = scene
        for c in steps:
            s = s.and_then(*s.when(c, at=NOW + 5 * HOUR).events)
        return the(s).state

    assert verdict(done, told) == verdict(told, done), (verdict(done, told), verdict(told, done))


def test_short_notice__not_in_quiet_hours():
    setting = Setting(policy="quiet@1", calendar="berlin@1", zone="Europe/Berlin")
    at = berlin("2026-11-02T23:00")
    scene = after(
        OPENED,
        promise(due=berlin("2026-11-03T08:00"), reminders=(Reminder(lead=12 * HOUR),), setting=setting),
        at,
    )
    assert the(scene).timers[0].at == berlin("2026-11-03T07:00"), the(scene).timers[0]


def test_quiet_hours__the_lead_is_not_called_before_the_owner():
    setting = Setting(policy="quiet@1", calendar="berlin@1", zone="Europe/Berlin")
    ladder = (Reminder(lead=timedelta(hours=10, seconds=30)), Reminder(lead=9 * HOUR, role="lead"))
    scene = after(
        OPENED,
        promise(due=berlin("2026-11-03T08:00"), reminders=ladder, setting=setting),
        berlin("2026-11-02T12:00"),
    )
    roles = [t.role for t in the(scene).timers if t.name != "due"]
    assert roles == ["owner", "lead"], the(scene).timers


def test_unowned__is_said_before_a_near_due():
    scene = after(OPENED, promise(due=NOW + timedelta(minutes=20)), by=SYSTEM)
    at = {t.name: t.at for t in the(scene).timers}
    assert at["owner_by"] < at["due"], at


def test_aim_made_during_a_wait__stands_still():
    at = berlin("2026-11-02T09:00")
    scene = waiting(next_contact(OPENED, at), at)
    scene = after(scene, promise(**AIM), berlin("2026-11-02T10:00"))
    assert the(scene).state == "waiting"


def test_resumed_with_nothing_left__has_no_reminder_at_due():
    made = promise(basis="policy", due=Within(within=4 * HOUR))
    scene = next_contact(after(OPENED, made, NOW), NOW)
    scene = waiting(scene, NOW + 4 * HOUR)
    scene = after(scene, end_wait(), NOW + 6 * HOUR)
    assert all(t.at < the(scene).due for t in the(scene).timers if t.name != "due"), the(scene).timers


def test_attempts__the_nth_by_time_decides_not_the_last_one_read():
    scene = after(OPENED, promise(setting=Setting(policy="twice@1")))
    late = contact("not_reached", at=DUE + HOUR, recorded_at=DUE + HOUR)
    early = contact("not_reached", at=BEFORE, recorded_at=DUE + 2 * HOUR, contact=INQUIRY)
    one = the(after(after(scene, late, DUE + HOUR), early, DUE + 2 * HOUR, LEAD)).state
    two = the(after(after(scene, early, DUE + 2 * HOUR, LEAD), late, DUE + 2 * HOUR)).state
    assert one == two, (one, two)


@pytest.mark.parametrize("order", [(ONE, TWO), (TWO, ONE)])
def test_contact__serves_parent_and_child_in_any_order(order):
    ola = {"commitment": TWO, "basis": "internal", "parent": ONE, "owner": "mai"}
    family = after(after(OPENED, promise()), expectation(due=DUE - HOUR, **ola))
    scene = after(family, contact(serves=tuple(Service(commitment=each) for each in order)), BEFORE)
    assert scene.state.commitments[TWO].state == "kept"


def test_series__a_command_that_lapses_a_cycle_lapses_every_cycle_that_is_past():
    scene = after(series(every=Within(within=HOUR)), promise(commitment=TWO, due=LATER))
    command = wait()
    scene = after(scene, command, DUE + 5 * HOUR)
    assert scene.when(command, at=DUE + 5 * HOUR).events == ()


def test_series__kept_long_ago_by_mistake_makes_no_cycle_in_the_past():
    scene = series(every=Within(within=HOUR))
    scene = after(scene, keep(occurred_at=NOW - timedelta(days=30)), BEFORE)
    assert scene.state.commitments[CYCLE2].due >= BEFORE, scene.state.commitments[CYCLE2].due


def test_dated__not_after_its_parent():
    scene = after(OPENED, promise())
    scene = after(scene, expectation(commitment=TWO, basis="internal", parent=ONE, **SOON))
    came = scene.when(name_due(commitment=TWO, due=LATER), at=BEFORE)
    assert isinstance(came.rejection, Invalid), kinds(came)


def test_reschedule_untold_twice__the_first_due_still_counts():  # passes; kills the mutant that survived
    scene = after(UNTOLD, reschedule(due=LATER + HOUR), BEFORE)
    assert the(scene).told_due == DUE


def test_open_again_at_its_due__no_reminder_then():
    scene = after(after(OPENED, promise()), keep(), BEFORE)
    scene = after(scene, correct(verdict="not_kept"), DUE)
    assert [t.name for t in the(scene).timers] == ["due"], the(scene).timers


def test_message_left_for_a_reply_that_is_not_named__is_an_attempt():
    scene = after(OPENED, promise(answers=(INQUIRY,)))
    assert "CommitmentAttempted" in kinds(scene.when(contact("message_left"), at=BEFORE))
