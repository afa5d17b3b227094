"""Kept, late, corrected, handed over, released, withdrawn: the details that the table does not show."""

from datetime import timedelta
from typing import Any

import pytest

from cases.case.commands import AnswerByLink, Proof
from cases.commitment import Answer
from events.catalogue import CommitmentKept, CommitmentLapsed, VerdictCorrected
from events.catalogue.terms import Evidence, Timer
from events.decider import Actor
from events.errors import Forbidden, Invalid, NotNow, Unknown
from events.testing import AGENT, LEAD, NOW, SYSTEM

from .scene import (
    A_CASE,
    AFTER,
    BEFORE,
    CALL,
    DUE,
    HOUR,
    INQUIRY,
    KEPT,
    LAPSED,
    LATER,
    ONE,
    OPEN,
    OPENED,
    RECORD,
    TWO,
    UNTOLD,
    after,
    agree,
    close,
    contact,
    correct,
    decline,
    fell_due,
    hand_over,
    keep,
    promise,
    release,
    reschedule,
    the,
    withdraw,
)

MICROSECOND = timedelta(microseconds=1)
MAI = Actor("mai", frozenset({"agent"}))


def test_keep__recorded_with_margin_and_evidence():
    OPEN.when(keep(occurred_at=NOW + HOUR, evidence=RECORD), at=NOW + 2 * HOUR).then(
        CommitmentKept(
            commitment=ONE,
            verdict="kept",
            at=NOW + HOUR,
            margin=7 * HOUR,
            evidence=Evidence(record="carrier: delivered"),
        )
    )


def test_keep__exactly_at_due_is_kept():
    kept = the(OPEN.when(keep(), at=DUE).then_types(CommitmentKept))
    assert (kept.state, kept.margin) == ("kept", timedelta(0))


def test_keep__a_microsecond_after_due_is_kept_late():
    kept = the(OPEN.when(keep(), at=DUE + MICROSECOND).then_types(CommitmentLapsed, CommitmentKept))
    assert (kept.state, kept.margin) == ("kept_late", -MICROSECOND)


def test_edge_23__late_evidence_by_the_owners_word_is_marked():
    at = DUE + timedelta(minutes=10)
    command = keep(occurred_at=DUE - timedelta(minutes=5))
    expected = VerdictCorrected(
        commitment=ONE,
        was="lapsed",
        verdict="kept",
        at=DUE - timedelta(minutes=5),
        margin=timedelta(minutes=5),
        evidence=Evidence(),
        self_attested=True,
        revision=1,
    )
    OPEN.when(command, at=at).then(CommitmentLapsed(commitment=ONE, revision=1, at=DUE), expected)
    LAPSED.when(command, at=at).then(expected)


@pytest.mark.parametrize(
    ("command", "by"),
    [
        (keep(occurred_at=BEFORE), LEAD),
        (keep(occurred_at=BEFORE), SYSTEM),
        (keep(occurred_at=BEFORE), Actor("agent", frozenset({"agent", "lead"}))),
        (keep(occurred_at=BEFORE), MAI),
        (correct(occurred_at=BEFORE), MAI),
    ],
)
def test_edge_23__late_evidence_recorded_by_another_or_a_lead_is_not_marked(command, by):
    corrected = the(LAPSED.when(command, at=AFTER, by=by).then_types(VerdictCorrected))
    assert (corrected.state, corrected.self_attested, corrected.lapsed_at) == ("kept", False, None)


@pytest.mark.parametrize(
    "command",
    [
        keep(occurred_at=BEFORE, evidence=RECORD),
        keep(occurred_at=BEFORE, evidence=Proof(contact=CALL)),
        correct(occurred_at=BEFORE),
        contact(recorded_at=DUE + MICROSECOND),
    ],
)
def test_edge_23__what_the_owner_records_after_the_due_is_marked_whatever_it_names(command):
    for scene in (LAPSED, after(LAPSED, hand_over(), AFTER)):
        corrected = the(scene.when(command, at=AFTER).after)
        assert (corrected.state, corrected.self_attested) == ("kept", True)


@pytest.mark.parametrize("by", [AGENT, MAI])
def test_edge_23__a_contact_recorded_by_the_due_is_not_marked_however_late_it_is_read(by):
    corrected = the(LAPSED.when(contact(recorded_at=DUE), at=AFTER, by=by).after)
    assert (corrected.state, corrected.self_attested) == ("kept", False)


def test_edge_26__a_time_somewhat_ahead_is_the_recording_time_and_flagged():
    scene = OPEN.when(keep(occurred_at=BEFORE + timedelta(minutes=20)), at=BEFORE)
    (kept,) = scene.events
    assert isinstance(kept, CommitmentKept)
    assert (kept.at, kept.clock_skew) == (BEFORE, True)


def test_edge_26__a_skewed_contact_read_after_the_lapse_is_flagged_as_well():
    read_late = contact(at=DUE, recorded_at=DUE, clock_skew=True)
    *_, corrected = LAPSED.when(read_late, at=AFTER).events
    assert isinstance(corrected, VerdictCorrected)
    assert (corrected.verdict, corrected.at, corrected.clock_skew) == ("kept", DUE, True)


def test_edge_26__a_time_too_far_ahead_is_rejected():
    command = keep(occurred_at=BEFORE + HOUR + MICROSECOND)
    OPEN.when(command, at=BEFORE).then_rejected(Invalid, field="occurred_at")
    OPEN.when(keep(occurred_at=BEFORE + HOUR), at=BEFORE).then_types(CommitmentKept)


def test_keep__before_it_was_made_is_flagged():
    (kept,) = OPEN.when(keep(occurred_at=NOW - HOUR), at=BEFORE).events
    assert isinstance(kept, CommitmentKept)
    assert (kept.at, kept.order_corrected, kept.margin) == (NOW - HOUR, True, 9 * HOUR)


def test_keep__late_evidence_from_before_it_was_made_is_flagged():
    _, corrected = OPEN.when(keep(occurred_at=NOW - HOUR), at=AFTER).events
    assert isinstance(corrected, VerdictCorrected)
    assert corrected.order_corrected


def test_keep__a_reply_is_not_kept_by_word():
    scene = after(OPENED, promise(answers=(INQUIRY,)))
    scene.when(keep(), at=BEFORE).then_rejected(NotNow)


def test_keep__a_reply_kept_late_is_not_corrected_by_word():
    scene = after(OPENED, promise(answers=(INQUIRY,)))
    late = after(scene, contact(answers=(INQUIRY,), at=AFTER), AFTER)
    assert the(late).state == "kept_late"
    late.when(keep(), at=AFTER).then_nothing()
    late.when(keep(occurred_at=BEFORE), at=AFTER).then_rejected(NotNow)
    state = late.when(contact(answers=(INQUIRY,), contact=TWO), at=AFTER).after
    assert the(state).state == "kept"


@pytest.mark.parametrize("kept", [keep(occurred_at=BEFORE, evidence=RECORD), contact(contact=TWO)])
def test_keep__the_verdict_does_not_hang_on_who_comes_first(kept):
    late = contact(at=AFTER)
    one = after(after(OPEN, late, AFTER), kept, AFTER)
    other = after(after(OPEN, kept, AFTER), late, AFTER)
    assert the(one).state == the(other).state == "kept"
    assert the(one).margin == the(other).margin == DUE - BEFORE


def test_keep__unknown_is_rejected():
    OPEN.when(keep(commitment=TWO)).then_rejected(Unknown)


def test_keep__after_a_change_not_told_counts_by_the_old_due():
    state = UNTOLD.when(keep(occurred_at=DUE), at=AFTER).then_types(CommitmentLapsed, VerdictCorrected)
    assert the(state).state == "kept"


def test_fell_due__says_when_and_why():
    OPEN.when(fell_due()).then(CommitmentLapsed(commitment=ONE, revision=1, at=DUE))
    UNTOLD.when(fell_due(revision=2)).then(
        CommitmentLapsed(commitment=ONE, revision=2, at=DUE, cause="change_not_told")
    )


def test_fell_due__of_an_unknown_commitment_is_ignored():
    OPEN.when(fell_due(commitment=TWO)).then_nothing()


def test_agree__names_the_contact():
    state = OPEN.when(agree()).then_types("CommitmentAgreed")
    assert the(state).answer == Answer(agreed=True, contact=CALL)


def test_agree__after_a_decline():
    after(OPEN, decline()).when(agree()).then_types("CommitmentAgreed")


def test_agree__to_the_new_due_after_a_reschedule():
    scene = after(after(OPEN, agree()), reschedule(told_in=CALL), BEFORE)
    scene.when(agree(contact=INQUIRY), at=BEFORE).then_types("CommitmentAgreed")


def test_decline__with_another_time_still_binds():
    declined = the(OPEN.when(decline(counter=LATER)).then_types("CommitmentDeclined"))
    assert (declined.state, declined.due) == ("open", DUE)
    assert declined.answer == Answer(agreed=False, contact=CALL, counter=LATER)


def by_link(**said: Any) -> AnswerByLink:
    told: dict[str, Any] = {"case": A_CASE, "commitment": ONE, "revision": 1, "agreed": True, "at": BEFORE}
    return AnswerByLink(**told | said)


def test_answer_by_link__yes_and_no_are_noted_without_a_contact():
    agreed = the(OPEN.when(by_link()).then_types("CommitmentAgreed"))
    assert agreed.answer == Answer(agreed=True, contact=None)
    no = by_link(agreed=False, counter=LATER, words="Mornings only.")
    declined = the(after(OPEN, by_link()).when(no).then_types("CommitmentDeclined"))
    assert declined.answer == Answer(agreed=False, contact=None, counter=LATER, words="Mornings only.")
    assert (declined.state, declined.due) == ("open", DUE)


@pytest.mark.parametrize("agreed", [True, False])
def test_answer_by_link__repeated_yields_nothing(agreed):
    after(OPEN, by_link(agreed=agreed)).when(by_link(agreed=agreed)).then_nothing()


@pytest.mark.parametrize("changes", [{"revision": 2}, {"revision": 0}, {"commitment": TWO}, {"at": AFTER}])
def test_answer_by_link__of_another_revision_or_too_late_changes_nothing(changes):
    OPEN.when(by_link(**changes)).then_nothing()


def test_answer_by_link__after_the_end_changes_nothing():
    after(OPEN, release()).when(by_link(agreed=False)).then_nothing()
    after(OPEN, fell_due()).when(by_link(agreed=False)).then_nothing()


def test_hand_over__changes_the_owner_and_no_timer():
    handed = the(OPEN.when(hand_over()).then_types("CommitmentHandedOver"))
    assert (handed.owner, handed.said_by, handed.timers) == ("mai", "agent", the(OPEN).timers)


def test_hand_over__to_the_same_owner_is_a_repeat():
    OPEN.when(hand_over(owner="agent")).then_nothing()


def test_hand_over__by_a_system_is_rejected():
    OPEN.when(hand_over(), by=SYSTEM).then_rejected(Forbidden)


def test_withdraw__by_the_system_that_said_it():
    scene = after(OPENED, promise(owner="mai"), by=SYSTEM)
    scene.when(withdraw(), by=SYSTEM).then_types("CommitmentWithdrawn")


def test_correct__needs_more_than_an_agents_word():
    word = correct(occurred_at=BEFORE, evidence=Proof(words="I did."))
    LAPSED.when(word, at=AFTER).then_rejected(Invalid, field="evidence")
    LAPSED.when(word, at=AFTER, by=LEAD).then_types(VerdictCorrected)
    nothing = correct(occurred_at=BEFORE, evidence=Proof())
    LAPSED.when(nothing, at=AFTER, by=LEAD).then_rejected(Invalid, field="evidence")


def test_correct__to_kept_must_say_when():
    LAPSED.when(correct(), at=AFTER).then_rejected(Invalid, field="occurred_at")


def test_edge_41__what_never_arrived_is_open_again_while_its_due_is_ahead():
    at = DUE - 2 * HOUR
    state = KEPT.when(correct(verdict="not_kept"), at=at).then_types(VerdictCorrected)
    again = the(state)
    assert (again.state, again.revision, again.ended_at) == ("open", 2, None)
    assert again.timers == (Timer(name="rung-1", at=DUE - HOUR), Timer(name="due", at=DUE))


def test_edge_41__what_never_arrived_has_lapsed_once_its_due_has_passed():
    (corrected,) = KEPT.when(correct(verdict="not_kept"), at=AFTER).events
    assert isinstance(corrected, VerdictCorrected)
    assert (corrected.was, corrected.verdict, corrected.at) == ("kept", "lapsed", DUE)


def test_correct__not_kept_lapses_by_the_due_that_the_customer_knows():
    kept = after(UNTOLD, keep(), BEFORE)
    lapsed = the(kept.when(correct(verdict="not_kept"), at=AFTER).then_types(VerdictCorrected))
    assert (lapsed.due, lapsed.told_due, lapsed.change_not_told) == (DUE, DUE, True)


def test_release__of_what_was_kept_late_is_rejected_also_where_it_was_released_before():
    scene = after(after(LAPSED, release(), AFTER), keep(), AFTER)
    rejection = scene.when(release(), at=AFTER).then_rejected(NotNow)
    assert rejection.details["state"] == "kept_late"


def test_correct__nothing_opens_again_in_a_closed_case():
    scene = after(KEPT, close(), BEFORE)
    scene.when(correct(verdict="not_kept"), at=BEFORE).then_rejected(NotNow)
