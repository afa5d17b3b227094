"""What is read while a message is weighed still counts."""

from events.catalogue import NotificationSuppressed
from notifier.claims import Claim
from notifier.recipient import Recipient
from notifier.weighing import Ready, still_needed
from tests.unit.notifier.cast import COMMITMENT, a_delivery, event, watched

SET = event("FollowUpPromised")
READY = Ready(Claim(a_delivery(), 2, 1, None, None, None), None, Recipient(email="a@b.test"))


def test_end_that_was_read_meanwhile__suppresses():
    ended = still_needed(READY, {COMMITMENT: watched(SET, event("CommitmentKept"))})
    assert isinstance(ended, NotificationSuppressed)
    assert (ended.reason, ended.attempts) == ("kept", 1)


def test_what_still_stands__goes_out():
    assert still_needed(READY, {COMMITMENT: watched(SET)}) is READY
    assert still_needed(READY, {}) is READY
