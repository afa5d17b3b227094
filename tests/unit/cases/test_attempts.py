"""Attempts to reach the customer: which count, and the time of which decides (commitment.md §6)."""

import pytest

from cases.setting import Setting
from events.catalogue import (
    CommitmentAttempted,
    CommitmentKept,
    ContactAttached,
)
from events.testing import NOW, an_id

from .scene import (
    AFTER,
    BEFORE,
    DUE,
    HOUR,
    INQUIRY,
    OPENED,
    TWO,
    after,
    contact,
    promise,
    the,
)

TWICE = after(OPENED, promise(setting=Setting(policy="twice@1")))
REPLY = after(OPENED, promise(answers=(INQUIRY,)))


def test_attempts__an_automatic_message_is_none_of_them():
    once = after(TWICE, contact("not_reached"), BEFORE)
    once.when(contact("automatic", contact=TWO), at=BEFORE).then_types(ContactAttached)
    assert the(once.when(contact("message_left", contact=TWO), at=BEFORE).after).state == "kept"


def test_attempts__the_second_by_its_time_decides_and_one_that_reached_by_its_own():
    once = after(TWICE, contact("not_reached", at=NOW), BEFORE)
    late = contact("not_reached", contact=TWO, at=DUE + HOUR)
    assert the(once.when(late, at=AFTER).after).state == "kept_late"
    *_, kept = once.when(contact(contact=TWO, at=BEFORE), at=BEFORE).events
    assert isinstance(kept, CommitmentKept)
    assert (kept.at, kept.evidence.contact) == (BEFORE, TWO)
    assert the(after(TWICE, contact(at=BEFORE), BEFORE)).ended_at == BEFORE


@pytest.mark.parametrize("outcome", ["reached", "automatic"])
def test_contact__that_names_not_what_it_answers_is_no_attempt(outcome):
    REPLY.when(contact(outcome), at=BEFORE).then_types(ContactAttached)


def test_contact__a_message_left_that_names_not_what_it_answers_is_an_attempt_once():
    once = after(REPLY, contact("message_left"), BEFORE)
    once.when(contact("message_left"), at=BEFORE).then_nothing()
    kept = once.when(contact("message_left", contact=an_id("later"), answers=(INQUIRY,)), at=BEFORE)
    kept.then_types(ContactAttached, CommitmentKept)
    assert the(once).attempted_at == (BEFORE,)
    REPLY.when(contact("message_left"), at=BEFORE).then_types(ContactAttached, CommitmentAttempted)
