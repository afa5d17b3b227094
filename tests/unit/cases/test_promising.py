"""Making a commitment, and moving it."""

from datetime import datetime, timedelta

import pytest

from cases.case.commands import Reminder
from cases.due import ByWallTime, Within
from events.catalogue import CommitmentRescheduled, ExpectationSet, FollowUpPromised, VerdictCorrected
from events.catalogue.terms import AfterDuration, AtInstant, AtWallTime, Rung, Terms, Timer
from events.decider import Actor
from events.errors import Forbidden, Invalid, NotNow, Unknown
from events.testing import LEAD, NOW, SYSTEM, an_id, given
from worktime import tzdata_version

from .scene import (
    A_CASE,
    AFTER,
    BEFORE,
    CALL,
    CASE,
    DUE,
    HOUR,
    INQUIRY,
    LAPSED,
    LATER,
    ONE,
    OPEN,
    OPENED,
    TWO,
    UNTOLD,
    after,
    close,
    contact,
    expectation,
    fell_due,
    keep,
    promise,
    release,
    reschedule,
    the,
)

MADE = {
    "commitment": ONE,
    "due": DUE,
    "rule": AtInstant(at=DUE),
    "owner": "agent",
    "said_by": "agent",
    "at": NOW,
    "terms": Terms(ladder=(Rung(lead=HOUR),)),
    "target": None,
    "timers": (Timer(name="rung-1", at=DUE - HOUR), Timer(name="due", at=DUE)),
    "tzdata": tzdata_version(),
    "origin": A_CASE,
}


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_promise_follow_up__with_three_fields():
    OPENED.when(promise()).then(FollowUpPromised(words="I will call you.", **MADE))


def test_promise_follow_up__with_all_of_them():
    command = promise(
        owner="mai",
        channel="call",
        answers=(INQUIRY,),
        contact=CALL,
        reminders=(Reminder(lead=HOUR), Reminder(lead=2 * HOUR)),
        short_notice="skip",
    )
    event = OPENED.when(command).then_types(FollowUpPromised)
    made = the(event)
    assert (made.owner, made.said_by, made.channel) == ("mai", "agent", "call")
    assert (made.answers, made.contact) == ((INQUIRY,), CALL)
    assert made.terms == Terms(
        ladder=(Rung(lead=HOUR), Rung(lead=2 * HOUR)), short_notice="skip", own=("ladder", "short_notice")
    )
    assert [timer.name for timer in made.timers] == ["rung-1", "rung-2", "due"]


def test_promise_follow_up__without_reminders_has_none():
    made = the(OPENED.when(promise(reminders=())).then_types(FollowUpPromised))
    assert made.timers == (Timer(name="due", at=DUE),)


def test_promise_follow_up__repeated():
    OPEN.when(promise()).then_nothing()


@pytest.mark.parametrize("due", [NOW, NOW - timedelta(microseconds=1), Within(within=timedelta(0))])
def test_edge_29__a_due_that_is_not_ahead_is_rejected(due: datetime | Within):
    OPENED.when(promise(due=due)).then_rejected(Invalid, field="due")


@pytest.mark.parametrize("year", ["2200", "9999"])
def test_promise_follow_up__too_far_ahead_is_rejected(year: str):
    due = ByWallTime(wall_time=wall(f"{year}-12-31T23:00"), zone="America/New_York")
    OPENED.when(promise(due=due)).then_rejected(Invalid, field="due")


def test_promise_follow_up__in_no_case_is_rejected():
    given(CASE).when(promise()).then_rejected(Unknown)


def test_promise_follow_up__in_a_closed_case_is_rejected():
    after(OPENED, close()).when(promise()).then_rejected(NotNow)


def test_promise_follow_up__by_an_analyst_is_rejected():
    analyst = Actor("ana", frozenset({"analyst"}))
    OPENED.when(promise(), by=analyst).then_rejected(Forbidden)


def test_set_expectation__recorded():
    OPENED.when(expectation()).then(ExpectationSet(words="It will be there.", **MADE))


def test_set_expectation__within_a_duration():
    made = the(OPENED.when(expectation(due=Within(within=8 * HOUR))).then_types(ExpectationSet))
    assert (made.due, made.rule) == (DUE, AfterDuration(lasts=8 * HOUR))


def test_edge_09__a_wall_time_in_the_customers_zone():
    due = ByWallTime(wall_time=wall("2026-10-25T10:00"))
    made = the(OPENED.when(expectation(due=due)).then_types(ExpectationSet))
    assert made.due == datetime.fromisoformat("2026-10-25T09:00:00+00:00")
    assert made.rule == AtWallTime(local=wall("2026-10-25T10:00"), zone="Europe/Berlin")


def test_edge_10__a_wall_time_in_the_gap_is_flagged():
    due = ByWallTime(wall_time=wall("2026-03-29T02:30"))
    made = the(OPENED.when(expectation(due=due)).then_types(ExpectationSet))
    assert made.due == datetime.fromisoformat("2026-03-29T01:30:00+00:00")
    assert isinstance(made.rule, AtWallTime)
    assert made.rule.gap_shifted


def test_edge_11__a_wall_time_that_exists_twice_is_the_first():
    due = ByWallTime(wall_time=wall("2026-10-25T02:30"))
    made = the(OPENED.when(expectation(due=due)).then_types(ExpectationSet))
    assert made.due == datetime.fromisoformat("2026-10-25T00:30:00+00:00")
    assert isinstance(made.rule, AtWallTime)
    assert made.rule.fold == 0


def test_set_expectation__in_the_zone_said():
    due = ByWallTime(wall_time=wall("2026-03-02T18:00"), zone="Asia/Manila")
    made = the(OPENED.when(expectation(due=due)).then_types(ExpectationSet))
    assert made.due == datetime.fromisoformat("2026-03-02T10:00:00+00:00")


def test_edge_36__what_replaces_a_lapse_ends_the_debt_not_the_verdict():
    scene = after(LAPSED, promise(commitment=TWO, replaces=ONE, due=LATER), AFTER)
    assert (the(scene).state, the(scene).owed) == ("lapsed", False)
    scene.when(promise(commitment=an_id("third"), replaces=ONE, due=LATER), at=AFTER).then_rejected(NotNow)


def test_promise_follow_up__that_replaces_nothing_is_rejected():
    OPENED.when(promise(replaces=TWO)).then_rejected(Invalid, field="replaces")


def test_edge_35__rescheduled_and_told_in_a_contact():
    moved = OPEN.when(reschedule(told_in=CALL), at=BEFORE)
    moved.then(
        CommitmentRescheduled(
            commitment=ONE,
            revision=2,
            was=DUE,
            due=LATER,
            told_due=LATER,
            at=BEFORE,
            rule=AtInstant(at=LATER),
            reason="The part is late.",
            told_in=CALL,
            timers=(Timer(name="rung-1", at=LATER - HOUR), Timer(name="due", at=LATER)),
            tzdata=tzdata_version(),
        )
    )


def test_edge_35__rescheduled_and_not_told_the_old_due_counts():
    commitment = the(UNTOLD)
    assert (commitment.due, commitment.told_due, commitment.revision) == (LATER, DUE, 2)
    assert commitment.timers == (Timer(name="rung-1", at=LATER - HOUR), Timer(name="due", at=DUE))
    lapsed = the(UNTOLD.when(keep(), at=AFTER).then_types("CommitmentLapsed", "CommitmentKept"))
    assert (lapsed.state, lapsed.change_not_told, lapsed.due) == ("kept_late", True, DUE)


def test_edge_35__told_before_the_old_due_the_due_timer_moves():
    told = the(UNTOLD.when(contact(tells=2), at=BEFORE).then_types("ContactAttached", "CustomerTold"))
    assert (told.told_due, told.revision) == (LATER, 2)
    assert told.timers == (Timer(name="rung-1", at=LATER - HOUR), Timer(name="due", at=LATER))


def test_edge_35__told_exactly_at_the_old_due_is_in_time():
    UNTOLD.when(contact(tells=2), at=DUE).then_types("ContactAttached", "CustomerTold")


def test_edge_35__told_after_the_old_due_is_too_late():
    late = contact(tells=2, at=AFTER)
    state = UNTOLD.when(late, at=AFTER).then_types("ContactAttached", "CommitmentLapsed")
    assert the(state).change_not_told


def test_edge_35__told_in_time_and_read_late_never_lapses():
    told = the(UNTOLD.when(contact(tells=2), at=AFTER).then_types("ContactAttached", "CustomerTold"))
    assert (told.state, told.told_due, told.revision) == ("open", LATER, 2)
    both = UNTOLD.when(contact(tells=2), at=LATER + HOUR)
    lapsed = the(both.then_types("ContactAttached", "CustomerTold", "CommitmentLapsed"))
    assert (lapsed.lapsed_at, lapsed.change_not_told) == (LATER, False)


def test_edge_35__told_in_time_and_read_after_the_lapse_takes_it_back():
    scene = after(UNTOLD, fell_due(revision=2), AFTER)
    came = scene.when(contact(tells=2), at=AFTER)
    again = the(came.then_types("ContactAttached", "VerdictCorrected", "CustomerTold"))
    assert (again.state, again.due, again.told_due, again.revision) == ("open", LATER, LATER, 3)
    assert (again.lapsed_at, again.change_not_told, again.self_attested) == (None, False, False)
    assert again.timers == (Timer(name="rung-1", at=LATER - HOUR), Timer(name="due", at=LATER))
    scene.and_then(*came.events).when(contact(tells=2), at=AFTER).then_nothing()


def test_edge_35__told_in_time_and_read_after_the_new_due_lapses_by_that_one():
    scene = after(UNTOLD, fell_due(revision=2), AFTER)
    came = scene.when(contact(tells=2), at=LATER + HOUR)
    lapsed = the(came.then_types("ContactAttached", "VerdictCorrected", "CustomerTold", "CommitmentLapsed"))
    assert (lapsed.lapsed_at, lapsed.change_not_told, lapsed.due) == (LATER, False, LATER)
    corrected = came.events[1]
    assert isinstance(corrected, VerdictCorrected)
    assert corrected.timers == (Timer(name="due", at=LATER),), "no reminder after the due"


def test_edge_35__told_in_time_but_recorded_after_it_is_late_evidence():
    late = contact(tells=2, recorded_at=AFTER)
    kinds = ("ContactAttached", "CommitmentLapsed", "VerdictCorrected", "CustomerTold")
    assert the(UNTOLD.when(late, at=AFTER).then_types(*kinds)).self_attested
    assert not the(UNTOLD.when(late, at=AFTER, by=SYSTEM).then_types(*kinds)).self_attested


def test_edge_35__what_is_no_longer_owed_or_closed_is_not_opened_by_telling():
    scene = after(UNTOLD, fell_due(revision=2), AFTER)
    for ended in (release(), close()):
        after(scene, ended, AFTER).when(contact(tells=2), at=AFTER).then_types("ContactAttached")


def test_edge_36__rescheduled_after_due_is_rejected():
    rejection = OPEN.when(reschedule(), at=AFTER).then_rejected(NotNow)
    assert rejection.details["state"] == "lapsed"


def test_reschedule__exactly_at_due_is_in_time():
    OPEN.when(reschedule(), at=DUE).then_types(CommitmentRescheduled)


def test_reschedule__into_the_past_is_rejected():
    OPEN.when(reschedule(due=BEFORE), at=BEFORE).then_rejected(Invalid, field="due")


def test_reschedule__by_a_system_is_rejected():
    OPEN.when(reschedule(), by=SYSTEM).then_rejected(Forbidden)


def test_reschedule__forgets_what_the_customer_agreed_to():
    assert the(after(after(OPEN, reschedule(), BEFORE), reschedule(due=LATER + HOUR), BEFORE)).answer is None


def test_reschedule__unknown_is_rejected():
    OPEN.when(reschedule(commitment=TWO), by=LEAD).then_rejected(Unknown)


def test_reschedule__with_less_time_than_the_lead_reminds_at_once():
    soon = BEFORE + timedelta(minutes=30)
    moved = the(OPEN.when(reschedule(due=soon, told_in=CALL), at=BEFORE).then_types(CommitmentRescheduled))
    assert moved.timers == (
        Timer(name="rung-1", at=BEFORE, short_notice=True),
        Timer(name="due", at=soon),
    )
