"""What a command says is in its event, and what is asked twice is noted once (commitment.md §3)."""

import pytest

from cases.case.commands import Proof
from events.catalogue import (
    CommitmentHandedOver,
    CommitmentReleased,
    CommitmentWithdrawn,
    LapseExplained,
    VerdictCorrected,
)
from events.errors import Invalid, NotNow
from events.testing import AGENT, LEAD, SYSTEM

from .scene import (
    AFTER,
    BEFORE,
    CALL,
    INQUIRY,
    LAPSED,
    ONE,
    OPEN,
    OPENED,
    after,
    contact,
    correct,
    explain,
    fell_due,
    hand_over,
    keep,
    promise,
    release,
    withdraw,
)

WORDS = "She asked for it."


def test_each__has_its_words_and_its_contact():
    OPEN.when(hand_over(words=WORDS)).then(
        CommitmentHandedOver(commitment=ONE, was="agent", owner="mai", words=WORDS)
    )
    OPEN.when(release(words=WORDS)).then(CommitmentReleased(commitment=ONE, contact=CALL, words=WORDS))
    LAPSED.when(explain(words=WORDS), at=AFTER).then(
        LapseExplained(commitment=ONE, reason="forgotten", words=WORDS)
    )
    OPEN.when(withdraw(reason="impossible", contact=CALL, words=WORDS), by=LEAD).then(
        CommitmentWithdrawn(commitment=ONE, reason="impossible", contact=CALL, words=WORDS)
    )


def test_explain__another_reason_or_other_words_are_noted_and_a_reason_not_listed_is_named():
    scene = after(LAPSED, explain(words=WORDS), AFTER)
    scene.when(explain(words=WORDS), at=AFTER).then_nothing()
    scene.when(explain(words="Ill."), at=AFTER).then_types(LapseExplained)
    scene.when(explain(reason="weather"), at=AFTER).then_rejected(Invalid, field="reason")


def test_withdraw__as_impossible_names_what_is_missing():
    OPEN.when(withdraw(reason="impossible"), by=LEAD).then_rejected(Invalid, field="contact")


def test_keep__a_reply_that_is_kept_already_is_a_repeat():
    scene = after(after(OPENED, promise(answers=(INQUIRY,))), contact(answers=(INQUIRY,)), BEFORE)
    scene.when(keep(), at=BEFORE).then_nothing()


@pytest.mark.parametrize(
    ("proof", "by"),
    [
        (Proof(contact=CALL), AGENT),
        (Proof(record=WORDS), AGENT),
        (Proof(words=WORDS), LEAD),
        (Proof(words=WORDS), SYSTEM),
    ],
)
def test_correct__a_contact_a_record_or_the_word_of_a_lead_or_a_system(proof, by):
    LAPSED.when(correct(occurred_at=BEFORE, evidence=proof), at=AFTER, by=by).then_types(VerdictCorrected)


@pytest.mark.parametrize(("by", "may"), [(AGENT, False), (LEAD, True), (SYSTEM, True)])
def test_correct__a_reply_to_kept_by_a_lead_or_a_system_only(by, may):
    lapsed = after(after(OPENED, promise(answers=(INQUIRY,))), fell_due(), AFTER)
    came = lapsed.when(correct(occurred_at=BEFORE), at=AFTER, by=by)
    assert (came.rejection is None) is may
    if not may:
        assert came.then_rejected(NotNow).details["state"] == "lapsed"
