"""What an outbound contact does to the commitments that it names."""

from datetime import timedelta

import pytest

from cases.case.commands import AttachContact, Service
from events.catalogue import CommitmentAttempted, CommitmentKept, ContactAttached
from events.catalogue.terms import Evidence
from events.errors import Invalid, Unknown
from events.testing import NOW, an_id, given

from .scene import (
    A_CASE,
    AFTER,
    BEFORE,
    CALL,
    CASE,
    CUSTOMER,
    DUE,
    INQUIRY,
    ONE,
    OPEN,
    OPENED,
    TWO,
    UNTOLD,
    after,
    contact,
    expectation,
    promise,
    the,
)

MICROSECOND = timedelta(microseconds=1)
ATTACHED = ContactAttached(contact=CALL, direction="outbound")


def attach(**fields: object) -> AttachContact:
    said = {"case": A_CASE, "customer": CUSTOMER, "contact": INQUIRY, "direction": "inbound"}
    return AttachContact(**{**said, **fields})


def test_attach_contact__recorded_and_repeated():
    scene = after(OPENED, attach())
    assert scene.state is not None
    assert scene.state.contacts == (INQUIRY,)
    scene.when(attach()).then_nothing()


def test_edge_40__an_inbound_contact_keeps_nothing():
    assert the(after(OPEN, attach())).state == "open"


def test_attach_contact__of_another_customer_is_rejected():
    OPENED.when(attach(customer=an_id("other"))).then_rejected(Invalid, field="case")


def test_attach_contact__to_no_case_is_rejected():
    given(CASE).when(attach()).then_rejected(Unknown)


def test_serve__keeps_with_the_contact_as_evidence():
    OPEN.when(contact(), at=BEFORE).then(
        ATTACHED,
        CommitmentKept(
            commitment=ONE, verdict="kept", at=BEFORE, margin=DUE - BEFORE, evidence=Evidence(contact=CALL)
        ),
    )


def test_serve__an_expectation_is_kept_too():
    scene = after(OPENED, expectation())
    assert the(scene.when(contact(), at=BEFORE).after).state == "kept"


def test_serve__a_message_left_keeps_no_expectation():
    after(OPENED, expectation()).when(contact("message_left"), at=BEFORE).then(
        ATTACHED, CommitmentAttempted(commitment=ONE, contact=CALL, outcome="message_left", at=BEFORE)
    )


def test_serve__through_another_channel_is_flagged():
    scene = after(OPENED, promise(channel="email"))
    _, kept = scene.when(contact(), at=BEFORE).events
    assert isinstance(kept, CommitmentKept)
    assert kept.other_channel
    _, kept = scene.when(contact(channel="email"), at=BEFORE).events
    assert isinstance(kept, CommitmentKept)
    assert not kept.other_channel


@pytest.mark.parametrize(("answers", "kept"), [((), False), ((TWO,), False), ((TWO, INQUIRY), True)])
def test_serve__a_reply_must_name_what_it_answers(answers, kept):
    scene = after(OPENED, promise(answers=(INQUIRY,)))
    served = the(scene.when(contact(answers=answers), at=BEFORE).after)
    assert (served.state == "kept") is kept


def test_edge_41__an_automatic_message_keeps_nothing():
    scene = after(OPENED, promise(answers=(INQUIRY,)))
    scene.when(contact("automatic", answers=(INQUIRY,)), at=BEFORE).then(ATTACHED)


def test_serve__an_automatic_message_tells():
    UNTOLD.when(contact("automatic", tells=2), at=BEFORE).then_types("ContactAttached", "CustomerTold")


def test_serve__an_attempt_is_counted_once_per_contact():
    scene = after(OPEN, contact("not_reached"), BEFORE)
    scene.when(contact("not_reached"), at=BEFORE).then_nothing()
    state = scene.when(contact("not_reached", contact=TWO), at=BEFORE).after
    assert the(state).attempts == (CALL, TWO)


def test_serve__an_attempt_says_what_became_of_it():
    OPEN.when(contact("not_reached"), at=BEFORE).then(
        ATTACHED,
        CommitmentAttempted(commitment=ONE, contact=CALL, outcome="not_reached", at=BEFORE),
    )


def test_serve__several_at_once_each_by_its_own_state():
    scene = after(after(OPENED, promise()), expectation(commitment=TWO, due=NOW + (AFTER - NOW) / 2))
    both = (Service(commitment=ONE), Service(commitment=TWO), Service(commitment=an_id("unknown")))
    late = contact(serves=both, at=DUE)
    scene.when(late, at=DUE).then_types(
        "ContactAttached", "CommitmentKept", "CommitmentLapsed", "CommitmentKept"
    )


def test_serve__a_contact_of_another_customer_is_rejected():
    OPEN.when(contact(customer=an_id("other"))).then_rejected(Invalid, field="case")


def test_serve__without_commitments_only_attaches():
    OPEN.when(contact(serves=()), at=BEFORE).then(ATTACHED)


def test_serve__a_contact_ahead_of_the_clock_counts_now_and_is_flagged():
    _, kept = OPEN.when(contact(at=BEFORE), at=NOW).events
    assert isinstance(kept, CommitmentKept)
    assert (kept.at, kept.clock_skew) == (NOW, True)


def test_edge_26__a_skewed_contact_counts_the_same_however_late_it_is_read():
    skewed = contact(at=DUE - MICROSECOND, clock_skew=True)
    _, kept = OPEN.when(skewed, at=DUE).events
    assert isinstance(kept, CommitmentKept)
    assert (kept.verdict, kept.at, kept.clock_skew) == ("kept", DUE - MICROSECOND, True)
    assert the(OPEN.when(skewed, at=AFTER).after).state == "kept"
