"""Contacts: in and out, once each, the case named or opened."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from events.catalogue import ContactMade, ContactReceived
from events.catalogue.contacts import Served
from events.clock import derived_id
from events.errors import Invalid
from events.lookup import Lookup
from events.testing import NOW, an_id, given
from intake.contact import CONTACT, ContactKnown, NewContact, command_of, contact_id

LOOKUP = Lookup(b"lookup" * 6)

CONTACT_ID, CASE = an_id("contact"), an_id("case")
ZONE = "Asia/Manila"


def inbound(**more: object) -> NewContact:
    return NewContact.model_validate(
        {"customer": an_id("customer"), "channel": "call", "words": "Where is it?"} | more
    )


def outbound(**more: object) -> NewContact:
    return inbound(direction="outbound", outcome="reached", words="It is on its way.", **more)


def test_receive_contact__recorded_and_opens_a_case():
    then = given(CONTACT).when(command_of(inbound(), CONTACT_ID, ZONE))
    then.then(
        ContactReceived(
            customer=an_id("customer"),
            zone=ZONE,
            channel="call",
            words="Where is it?",
            case=derived_id("case", CONTACT_ID),
            opens=True,
        )
    )


def test_receive_contact__recorded_for_the_case_it_names():
    event = given(CONTACT).when(command_of(inbound(case=CASE), CONTACT_ID, ZONE)).events[0]
    assert isinstance(event, ContactReceived)
    assert (event.case, event.opens) == (CASE, False)


def test_receive_contact__repeated_also_after_the_customer_moved():
    said = given(CONTACT).when(command_of(inbound(), CONTACT_ID, ZONE)).events
    given(CONTACT, *said).when(command_of(inbound(), CONTACT_ID, "Europe/Berlin")).then_nothing()


def test_receive_contact__rejected_for_another_under_the_same_reference():
    said = given(CONTACT).when(command_of(inbound(), CONTACT_ID, ZONE)).events
    other = command_of(inbound(words="Never mind."), CONTACT_ID, ZONE)
    given(CONTACT, *said).when(other).then_rejected(ContactKnown)


@pytest.mark.parametrize(("ahead", "taken"), [(3600, True), (3601, False), (-86400 * 365, True)])
def test_receive_contact__rejected_too_far_ahead_of_the_clock(ahead, taken):
    claimed = NOW + timedelta(seconds=ahead)
    then = given(CONTACT).when(command_of(inbound(occurred_at=claimed), CONTACT_ID, ZONE))
    if taken:
        then.then_types(ContactReceived)
    else:
        then.then_rejected(Invalid, field="occurred_at")


def test_make_contact__recorded_with_what_it_serves():
    serves = [{"case": CASE, "commitment": an_id("commitment"), "tells": 2}]
    body = outbound(serves=serves, answers=[an_id("earlier")])
    given(CONTACT).when(command_of(body, CONTACT_ID, ZONE)).then(
        ContactMade(
            customer=an_id("customer"),
            channel="call",
            outcome="reached",
            words="It is on its way.",
            case=CASE,
            serves=(Served(case=CASE, commitment=an_id("commitment"), tells=2),),
            answers=(an_id("earlier"),),
        )
    )


def test_make_contact__of_no_case_where_it_serves_two():
    serves = [{"case": an_id(name), "commitment": an_id("commitment")} for name in ("one", "two")]
    assert command_of(outbound(serves=serves), CONTACT_ID, ZONE).case is None


def test_contact_id__follows_from_the_reference_or_from_the_command():
    named = inbound(source="phone", reference="call-7")
    other = Lookup(b"other" * 8)
    assert contact_id(named, an_id("a"), LOOKUP) != contact_id(named, an_id("a"), other)
    assert contact_id(named, an_id("a"), LOOKUP) == contact_id(named, an_id("b"), LOOKUP)
    assert contact_id(inbound(), an_id("a"), LOOKUP) != contact_id(inbound(), an_id("b"), LOOKUP)


@pytest.mark.parametrize(
    "wrong",
    [
        {"direction": "outbound"},
        {"outcome": "reached"},
        {"serves": [{"case": CASE, "commitment": CASE}]},
        {"answers": [CASE]},
        {"source": "phone"},
        {"reference": "call-7"},
        {"words": ""},
        {"words": "\x00"},
        {"channel": "fax"},
        {"recorded_at": "2026-01-01T00:00:00Z"},
        {"occurred_at": "2026-01-01T00:00:00"},
        {"serves": [{"case": CASE, "commitment": CASE, "tells": 0}], "direction": "outbound"},
    ],
)
def test_contact__refused_where_a_field_does_not_fit(wrong):
    with pytest.raises(ValidationError):
        inbound(**wrong)
