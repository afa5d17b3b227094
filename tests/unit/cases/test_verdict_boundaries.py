"""Verdicts exactly at an instant, a microsecond beside it, and who bears witness (commitment.md §6)."""

from datetime import timedelta

import pytest

from events.catalogue import CommitmentKept, CommitmentLapsed, FollowUpPromised, VerdictCorrected
from events.testing import NOW, SYSTEM, an_id

from .scene import (
    AFTER,
    BEFORE,
    CALL,
    DUE,
    HOUR,
    INQUIRY,
    LAPSED,
    OPEN,
    OPENED,
    after,
    contact,
    correct,
    fell_due,
    hand_over,
    keep,
    promise,
    the,
)
from .test_edges_clocks import aims, berlin, waiting

MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize("outcome", ["reached", "message_left"])
@pytest.mark.parametrize(("beside", "state"), [(0 * HOUR, "kept"), (MICROSECOND, "kept_late")])
def test_contact__exactly_at_due_keeps_and_a_microsecond_after_is_late(outcome, beside, state):
    done = contact(outcome, at=DUE + beside)
    for scene in (OPEN, LAPSED):
        assert the(scene.when(done, at=AFTER).after).state == state


@pytest.mark.parametrize(
    ("beside", "kinds"), [(0 * HOUR, [CommitmentKept]), (MICROSECOND, [CommitmentLapsed, CommitmentKept])]
)
def test_backfill__kept_exactly_at_due_never_lapsed(beside, kinds):
    due = NOW - HOUR
    said = promise(due=due, backfill=True, said_at=due - HOUR, kept_at=due + beside)
    OPENED.when(said).then_types(FollowUpPromised, *kinds)


def test_keep__what_a_system_owns_its_own_word_is_self_attested():
    lapsed = after(after(OPENED, promise(owner="system")), fell_due(), AFTER)
    said = keep(occurred_at=BEFORE)
    assert the(after(lapsed, said, AFTER, SYSTEM)).self_attested
    handed = after(after(OPENED, promise(owner="system")), hand_over(), BEFORE)
    assert the(after(handed, said, AFTER, SYSTEM)).self_attested
    assert not the(after(lapsed, said, AFTER)).self_attested


@pytest.mark.parametrize(("named", "kept"), [((), 0), ((INQUIRY,), 0), ((CALL,), 0), ((CALL, INQUIRY), 1)])
def test_contact__a_reply_to_several_must_name_each(named, kept):
    scene = after(OPENED, promise(answers=(INQUIRY, CALL)))
    served = scene.when(contact(answers=named, contact=an_id("reply")), at=BEFORE)
    assert (the(served.after).state == "kept") == kept


def test_keep__the_event_of_a_stopped_clock_says_what_was_left_when_it_stopped():
    scene = waiting(aims(berlin("2026-11-02T09:00")), berlin("2026-11-02T12:00"))
    (kept,) = scene.when(keep(), at=berlin("2026-11-20T12:00")).events
    assert isinstance(kept, CommitmentKept)
    assert kept.margin == 5 * HOUR
    (before,) = scene.when(keep(occurred_at=berlin("2026-11-02T11:00")), at=berlin("2026-11-20T12:00")).events
    assert isinstance(before, CommitmentKept)
    assert before.margin == 6 * HOUR


def test_correct__to_kept_clears_and_says_everything():
    (corrected,) = after(LAPSED, hand_over(), AFTER).when(correct(occurred_at=BEFORE), at=AFTER).events
    assert isinstance(corrected, VerdictCorrected)
    assert (corrected.was, corrected.verdict, corrected.at) == ("lapsed", "kept", BEFORE)
    assert (corrected.revision, corrected.timers, corrected.evidence.record) == (1, (), "carrier: delivered")
